"""The report says what the runs came to, survives its file, and keeps to its published schema."""

import json
from dataclasses import replace

from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator

from diglot.parity.difference import KINDS
from diglot.parity.divergences import DivergenceProblem
from diglot.parity.trace import Failure, Transaction
from diglot.parity.verdict import VERDICTS
from diglot.report.document import OUTCOMES, Acceptance, Contract, Report
from diglot.report.members import Members
from tests.diglot.report.conftest import objections
from tests.diglot.report.samples import (
    SITE,
    agreeing,
    alone,
    contract,
    differing,
    exchange,
    failed,
    half,
    postgres_fails,
    query,
    report,
    statement,
)


def accepted(one: Contract) -> Contract:
    """The contract with all its findings accepted."""
    return replace(one, findings=tuple(replace(each, accepted=Acceptance("known")) for each in one.findings))


def everything() -> Report:
    """A report with one of everything."""
    broken = Failure("ValueError", "no")
    return report(
        agreeing("t::agrees"),
        differing("t::differs"),
        accepted(differing("t::accepted")),
        postgres_fails("t::postgres-fails"),
        contract(
            half("sqlite", exchange(200, {"a": [1, None]}), Transaction("commit", SITE), contract="t::bodies"),
            half(
                "postgresql",
                exchange(200, {"a": [True, 2.5]}),
                Transaction("commit", SITE, "`X` at y.py:1"),
                contract="t::bodies",
            ),
        ),
        contract(
            failed("sqlite", contract="t::both-fail", failure=broken),
            failed("postgresql", contract="t::both-fail", failure=broken),
        ),
        contract(
            half("sqlite", outcome="xfailed", contract="t::declared", reason="known"),
            half("postgresql", contract="t::declared"),
        ),
        alone(name="t::alone"),
        alone("postgresql", name="t::skipped", outcome="skipped", reason="no", trace=None),
        problems=[DivergenceProblem("unused", "type:00000000", "entry 1 is no longer seen")],
    )


def test_report_keeps_to_its_schema(schema: Draft202012Validator) -> None:
    """A report with one of everything is valid, and so is one of nothing."""
    assert objections(schema, everything()) == []
    assert objections(schema, report()) == []


def test_report_survives_json() -> None:
    """Reading what was written gives the same report."""
    before = everything()

    after = Report.from_json(Members(json.loads(json.dumps(before.to_json(), allow_nan=False))))

    assert after == before


def test_contract_survives_as_plain_json() -> None:
    """A worker can send a contract as plain JSON, and the controller reads it."""
    before = postgres_fails()

    assert Contract.from_json(json.loads(json.dumps(before.to_json()))) == before


@given(st.recursive(st.none() | st.text() | st.integers() | st.floats() | st.binary(), st.lists, max_leaves=5))
@settings(max_examples=60, deadline=None)
def test_any_value_keeps_to_the_schema(schema: Draft202012Validator, value: object) -> None:
    """Whatever a row holds, the report is valid and can be written in UTF-8."""
    found = report(
        contract(half("sqlite", query((value,))), half("postgresql", query((object(),)))), alone(name="t::b")
    )

    assert objections(schema, found) == []
    assert json.dumps(found.to_json(), ensure_ascii=False).encode()


def test_schema_has_every_kind_verdict_and_outcome(schema: Draft202012Validator) -> None:
    """The lists in the schema are those of the code."""
    definitions = schema.schema["$defs"]

    assert definitions["finding"]["properties"]["kind"]["enum"] == list(KINDS)
    assert definitions["contract"]["properties"]["verdict"]["enum"] == list(VERDICTS)
    assert definitions["half"]["properties"]["outcome"]["enum"] == list(OUTCOMES)
    assert sorted(schema.schema["properties"]["verdicts"]["required"]) == sorted(VERDICTS)


def test_schema_is_closed(schema: Draft202012Validator) -> None:
    """A member that the schema does not know is refused at every depth."""
    document = everything().to_json()
    document["contracts"][0]["halves"][0]["colour"] = "red"

    assert [error.json_path for error in schema.iter_errors(document)] == ["$.contracts[0].halves[0]"]


def test_report_counts_outcomes_by_dialect() -> None:
    """Each dialect's counts are those of the contracts' runs on it."""
    found = report(agreeing("t::a"), postgres_fails("t::b"), alone(name="t::c", outcome="skipped"))

    sqlite, postgresql = found.dialects
    assert (sqlite.count("passed"), sqlite.count("skipped"), sqlite.count("failed")) == (2, 1, 0)
    assert (postgresql.count("passed"), postgresql.count("failed")) == (1, 1)


def test_report_is_sorted_and_names_its_causes() -> None:
    """Contracts are sorted by id; the causes are those that a finding names, with their pages."""
    found = report(postgres_fails("t::b"), agreeing("t::a"))

    assert [one.id for one in found.contracts] == ["t::a", "t::b"]
    assert list(found.causes) == ["bool-eq-int"]
    assert found.causes["bool-eq-int"].title == "A boolean is compared with a number"


def test_report_is_red_where_dialects_differ() -> None:
    """A difference makes a strict run red, an accepted one does not, nor does any when parity only reports."""
    assert not report(differing()).green
    assert report(accepted(differing())).green
    assert report(differing(), parity="report").green
    assert report(agreeing()).green


def test_report_is_red_where_a_test_fails() -> None:
    """A failing test makes any run red: accepting its finding does not make it pass."""
    assert not report(accepted(postgres_fails())).green
    assert not report(postgres_fails(), parity="report").green
    assert not report(alone(outcome="failed"), parity="off").green


def test_report_is_red_with_a_stale_divergence() -> None:
    """An entry that is no longer right fails a strict run."""
    problems = [DivergenceProblem("unused", "type:00000000", "no longer seen")]

    assert not report(agreeing(), problems=problems).green
    assert report(agreeing(), problems=problems, parity="report").green


def test_trace_is_kept_only_without_a_partner() -> None:
    """A half that ran alone keeps its trace for a later merge; a pair has been compared already."""
    assert [run.trace is None for run in agreeing().halves] == [True, True]
    assert alone().halves[0].trace is not None
    assert alone().halves[0].statements == 1


def test_finding_is_cut_to_what_is_read() -> None:
    """Events in a finding hold at most 50 rows and 2,000 characters of a text, and say how long it was."""
    rows = [(number, "x" * 5000) for number in range(200)]
    many = query(*rows, columns=("id", "text"))
    other = query(*[(True, "x" * 5000), *rows[1:]], columns=("id", "text"))

    finding = contract(half("sqlite", many), half("postgresql", other)).findings[0]

    assert finding.sqlite is not None
    assert len(finding.sqlite["rows"]) == 50
    assert finding.sqlite["n_rows"] == 200
    assert finding.sqlite["rows"][0][1] == {"type": "str", "text": "x" * 2000 + "... (5,000 characters)"}


def test_long_lists_in_a_finding_are_cut() -> None:
    """Parameters and bodies hold at most 50 members, and say how many more there were."""
    parameters = [{"id": number} for number in range(60)]
    one, other = (
        query((value,), sql="INSERT", neutral="INSERT", parameters=parameters, many=True) for value in (1, True)
    )

    finding = contract(half("sqlite", one), half("postgresql", other)).findings[0]

    assert finding.sqlite is not None
    assert len(finding.sqlite["parameters"]["items"]) == 51
    assert finding.sqlite["parameters"]["items"][-1] == {"type": "...", "text": "10 more"}


def test_lone_surrogate_can_be_written(schema: Draft202012Validator) -> None:
    """SQL that UTF-8 cannot hold reaches the report as its escape, in the sentence as well."""
    refused = Failure("UnicodeEncodeError", "surrogates not allowed \ud800")
    sql = "SELECT '\ud800'"
    one = contract(
        half("sqlite", query((1,), sql=sql, neutral=sql)),
        half("postgresql", statement(sql, failure=refused)),
    )

    found = report(one)

    assert objections(schema, found) == []
    assert json.dumps(found.to_json(), ensure_ascii=False).encode("utf-8")
    assert isinstance(found.contracts[0].findings[0].sqlite, dict)
    assert found.contracts[0].findings[0].sqlite["sql"] == "SELECT '\\ud800'"
