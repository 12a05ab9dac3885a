"""Reports of several jobs become one: what ran apart is paired, what was paired is kept, none may contradict."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator

from diglot.errors.parity import ReportMalformed, ReportsContradict, ReportsUnrelated
from diglot.parity.divergences import Accepted, DivergenceProblem, Entry
from diglot.parity.trace import Half
from diglot.report.document import Acceptance, Contract, DialectRun, Report, RunFacts, contract_of
from diglot.report.members import Members
from diglot.report.merge import Merged, merge
from tests.diglot.report.conftest import objections
from tests.diglot.report.samples import agreeing, contract, differing, failed, half, postgres_fails, query, report

TODAY = dt.date(2026, 11, 24)


def job(*halves: Half, parity: str = "strict", **facts: object) -> Report:
    """The report of a job that ran these halves, each on its own, and has been to a file and back."""
    dialects = {half.major: DialectRun(half.dialect, half.version, "driver") for half in halves}
    run = RunFacts("shop", parity, 10.0, created="2026-11-24T09:00:00Z")
    contracts = [contract_of([half], [], "skipped" if half.outcome == "skipped" else "single") for half in halves]
    built = Report.build(run=run, dialects=dialects.values(), contracts=contracts, **facts)  # type: ignore[arg-type]
    return through_file(built)


def through_file(found: Report) -> Report:
    return Report.from_json(Members(json.loads(json.dumps(found.to_json()))))


def joined(*reports: Report, **how: object) -> Merged:
    names = [f"{letter}.json" for letter in "abcdefgh"]
    return merge(dict(zip(names, reports, strict=False)), today=TODAY, **how)  # type: ignore[arg-type]


def sqlite(value: object = 1, **facts: object) -> Half:
    return half("sqlite", query((value,)), **facts)


def postgres(version: str, value: object = 1, **facts: object) -> Half:
    return half("postgresql", query((value,)), version=version, **facts)


def test_halves_that_ran_apart_are_paired(schema: Draft202012Validator) -> None:
    """A SQLite job and jobs of two majors become contracts that are compared, each major with SQLite."""
    merged = joined(job(sqlite()), job(postgres("16.9")), job(postgres("18.4", True)))

    (one,) = merged.report.contracts
    assert (one.verdict, merged.by_outcome) == ("differ", 0)
    assert [run.major for run in one.halves] == ["sqlite 3", "postgresql 16", "postgresql 18"]
    assert [finding.between for finding in one.findings] == [("sqlite 3", "postgresql 18")]
    assert [run.trace for run in one.halves] == [None, None, None]
    assert objections(schema, merged.report) == []


def test_merged_halves_are_compared_as_in_one_run() -> None:
    """Findings and verdict are those of a run that had both dialects."""
    left, right = half("sqlite", query((1,))), half("postgresql", query((True,)))

    merged = joined(job(left), job(right))

    assert merged.report.contracts[0] == through_file(report(contract(left, right))).contracts[0]


def test_worst_major_speaks_for_the_contract() -> None:
    """A contract that one major fails is a failure, whatever the others say."""
    broken = replace(failed("postgresql", query((1,))), version="14.1")

    merged = joined(job(sqlite()), job(postgres("18.4", True)), job(broken))

    assert merged.report.contracts[0].verdict == "postgresql-fails"
    assert [one.between[1] for one in merged.report.contracts[0].findings] == ["postgresql 14", "postgresql 18"]


def test_what_was_paired_is_kept() -> None:
    """A contract that one job compared already keeps its findings and its acceptance."""
    one = differing("t::a")
    one = replace(one, findings=tuple(replace(each, accepted=Acceptance("known")) for each in one.findings))

    merged = joined(report(one), report(agreeing("t::b")))

    assert merged.report.contracts == (one, agreeing("t::b"))
    assert merged.report.green


def test_shards_add_up() -> None:
    """Counts of disjoint shards are added, for each dialect and major."""
    merged = joined(
        report(agreeing("t::a"), differing("t::b")), report(agreeing("t::c")), job(postgres("16.9", contract="t::d"))
    )

    counts = {one.major: one.count("passed") for one in merged.report.dialects}
    assert counts == {"sqlite 3": 3, "postgresql 16": 1, "postgresql 18": 3}
    assert merged.report.verdicts["agree"] == 2


def test_half_in_two_reports_is_counted_once() -> None:
    """SQLite beside each major gives one run of SQLite, where its outcome is the same."""
    other = contract(half("sqlite", query((1,))), half("postgresql", query((True,)), version="16.9"))
    dialects = [DialectRun("sqlite", "3.45.0"), DialectRun("postgresql", "16.9")]

    merged = joined(report(agreeing()), report(other, dialects=dialects))

    (one,) = merged.report.contracts
    assert (one.verdict, len(one.halves)) == ("differ", 3)
    assert merged.report.dialects[0].count("passed") == 1
    assert merged.report.dialects[0].version == "3.40.1, 3.45.0"


def test_order_of_the_reports_does_not_matter() -> None:
    """Whatever comes first, the joint report says the same."""
    parts = [job(sqlite()), job(postgres("9.6")), job(postgres("16.9", True)), report(agreeing("t::b"))]

    one, other = joined(*parts).report, joined(*reversed(parts)).report

    assert one.contracts == other.contracts
    assert [each.major for each in one.dialects] == ["sqlite 3", "postgresql 9", "postgresql 16", "postgresql 18"]
    assert one.dialects == other.dialects


def test_merging_twice_changes_nothing() -> None:
    """A merged report merged with nothing new is the same report."""
    once = joined(job(sqlite()), job(postgres("18.4", True)))

    twice = joined(through_file(once.report))

    assert (twice.report.contracts, twice.by_outcome) == (once.report.contracts, 0)


def test_half_without_a_partners_trace_is_compared_by_outcome() -> None:
    """Where SQLite's trace is gone, a further major is compared by its outcome, counted, and keeps its trace."""
    merged = joined(report(agreeing()), job(postgres("16.9", True)), job(postgres("14.1", True, contract="z::z")))

    one = merged.report.contracts[0]
    assert (one.verdict, merged.by_outcome) == ("agree", 1)
    assert [run.trace is not None for run in one.halves] == [False, True, False]


def test_trace_of_another_job_is_used() -> None:
    """Where one report has lost SQLite's trace and another one has it, the further major is compared with it."""
    paired = contract(half("sqlite", query((1,))), half("postgresql", query((1,)), version="16.9"))

    merged = joined(report(paired), job(sqlite()), job(postgres("18.4", True)))

    assert (merged.report.contracts[0].verdict, merged.by_outcome) == ("differ", 0)


def test_failure_shows_also_without_traces() -> None:
    """A test that fails on the further major is a disagreement all the same."""
    broken = replace(failed("postgresql"), version="16.9")

    assert joined(report(agreeing()), job(broken)).report.contracts[0].verdict == "postgresql-fails"


def test_skipped_half_is_no_partner() -> None:
    """A dialect that skipped the test has nothing to compare; another major speaks."""
    merged = joined(job(sqlite()), job(postgres("14.1", outcome="skipped")), job(postgres("18.4")))
    alone = joined(job(sqlite()), job(postgres("14.1", outcome="skipped")))

    assert (merged.report.contracts[0].verdict, merged.by_outcome) == ("agree", 0)
    assert alone.report.contracts[0].verdict == "single"


def test_contradiction_is_refused() -> None:
    """One contract with two outcomes on one major cannot be merged: the error names both files, and how many more."""
    first = job(sqlite(), sqlite(contract="t::b"))
    second = job(sqlite(outcome="failed"), sqlite(contract="t::b", outcome="error"))

    with pytest.raises(ReportsContradict) as raised:
        joined(first, second)

    told = "t::b passed in a.json, and error in b.json, both on sqlite 3, as do the runs of 1 other contract. Fix: "
    assert told in str(raised.value)


def test_unrelated_projects_are_refused() -> None:
    """Reports of two projects are not merged; the error names both."""
    other = report(agreeing(), run=RunFacts("raptor", "strict"))

    with pytest.raises(ReportsUnrelated, match=r"a\.json about 'shop', b\.json about 'raptor'"):
        joined(report(agreeing()), other)


def test_broken_trace_is_refused() -> None:
    """A trace that cannot be read names the file and the contract."""
    broken = job(sqlite())
    trace = {**(broken.contracts[0].halves[0].trace or {}), "events": [{"event": "party"}]}
    spoilt = replace(broken.contracts[0].halves[0], trace=trace)
    broken = replace(broken, contracts=(replace(broken.contracts[0], halves=(spoilt,)),))

    with pytest.raises(ReportMalformed, match=r"a.json .* the trace of tests/test_orders.py::test_add on sqlite 3 "):
        joined(broken, job(postgres("18.4")))


def test_parity_is_the_strictest_unless_said() -> None:
    """The joint run is as strict as the strictest, or as it is told."""
    lenient, strict = job(sqlite(), parity="report"), job(postgres("18.4", True))

    assert joined(lenient, strict).report.run.parity == "strict"
    assert not joined(lenient, strict).report.green
    assert joined(lenient, strict, parity="report").report.green


def test_facts_of_the_run_are_joined() -> None:
    """The joint report names its parts, takes the longest duration, and is dated anew."""
    merged = joined(job(sqlite()), report(agreeing("t::b")))

    assert merged.report.run.merged_from == ("a.json", "b.json")
    assert merged.report.run.duration_s == 12.3
    assert merged.report.run.created > "2026-11-24"


def test_file_of_divergences_replaces_what_was_accepted() -> None:
    """With a file, what it says counts: for all findings, and for its own problems."""
    one = differing("t::a")
    key = one.findings[0].key
    entries = (Entry(key, "both", "t::a", "known"), Entry("type:00000000", "both", "t::b", "gone"))

    merged = joined(report(one), report(agreeing("t::b")), accepted=Accepted(Path("x/divergences.toml"), entries))

    assert merged.report.contracts[0].accepted
    assert [problem.kind for problem in merged.report.problems] == ["unused"]
    assert merged.report.divergences_file == "divergences.toml"


def test_what_one_job_accepted_is_accepted_in_all() -> None:
    """Without a file, an acceptance in any report counts wherever the same is seen, and its entry is used."""
    one = differing("t::a")
    known = replace(one, findings=tuple(replace(each, accepted=Acceptance("known")) for each in one.findings))
    key = one.findings[0].key
    stale = [DivergenceProblem("unused", key, "not seen"), DivergenceProblem("expired", key, "too old")]

    merged = joined(report(known), report(differing("t::b"), problems=stale), report(agreeing("t::c"), problems=stale))

    assert [contract.accepted for contract in merged.report.contracts] == [True, True, False]
    assert [problem.kind for problem in merged.report.problems] == ["expired"]


def test_pages_of_causes_are_kept() -> None:
    """A cause that only another version of Diglot knows keeps its page; the joint report has those it names."""
    found = report(postgres_fails("t::a"))
    renamed = tuple(replace(each, cause="of-old") for each in found.contracts[0].findings)
    old = replace(
        found,
        contracts=(replace(found.contracts[0], findings=renamed),),
        causes={"of-old": found.causes["bool-eq-int"], "unused": found.causes["bool-eq-int"]},
    )

    merged = joined(old, report(postgres_fails("t::b")))

    assert list(merged.report.causes) == ["bool-eq-int", "of-old"]


OUTCOMES = st.sampled_from(["passed", "failed", "error", "skipped", "xfailed", "xpassed"])


@given(st.lists(st.tuples(OUTCOMES, OUTCOMES, st.sampled_from([1, True, "1"])), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_merging_jobs_equals_running_both(found: list[tuple[str, str, object]]) -> None:
    """Whatever the outcomes are, two jobs merged say what one run of both would have said."""
    names = [f"t::{number}" for number in range(len(found))]
    left = [sqlite(contract=name, outcome=one[0]) for name, one in zip(names, found, strict=True)]
    right = [postgres("18.4", one[2], contract=name, outcome=one[1]) for name, one in zip(names, found, strict=True)]
    both = through_file(report(*(contract(*pair) for pair in zip(left, right, strict=True))))

    merged = joined(job(*left), job(*right))

    assert verdicts(merged.report.contracts) == verdicts(both.contracts)
    assert [one.counts for one in merged.report.dialects] == [one.counts for one in both.dialects]


def verdicts(contracts: tuple[Contract, ...]) -> list[tuple[str, list[str]]]:
    return [
        (one.verdict, [finding.key for finding in one.findings if one.verdict not in {"single", "skipped"}])
        for one in contracts
    ]
