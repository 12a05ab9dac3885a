"""What checks came to: run one after the other, shown to a person, written for a program."""

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

import diglot.checks
from diglot.checks.document import document
from diglot.checks.finding import Acceptance, CheckRun, Finding, Outcome
from diglot.checks.options import PLAIN, Options
from diglot.checks.registry import Check, all_checks, chosen
from diglot.checks.run import Report, run_checks
from diglot.checks.shown import closing_line, details, headline, sign_of
from diglot.checks.workbench import Workbench
from diglot.errors.checks import MetadataMissing, UnknownCheck
from diglot.parity.divergences import Accepted
from diglot.settings import Settings

TODAY = dt.date(2026, 11, 24)
FINDING = Finding(
    kind="drift.check-changed",
    subject="table trades, constraint ck_amount",
    facts=(("metadata", "CHECK (amount >= 0)"), ("migrated", "CHECK (amount >= -5)")),
    fix="write a revision that replaces the constraint",
    site="alembic/versions/0002_trades.py:12",
)
SCHEMA = json.loads((Path(diglot.checks.__file__).parent / "schema.json").read_text())


def _bench(tmp_path: Path, options: Options = PLAIN) -> Workbench:
    def no_server() -> object:
        raise AssertionError("no check here needs a server")

    return Workbench(Settings(tmp_path), no_server, options)  # type: ignore[arg-type]


def _check(name: str, run: Callable[[Workbench], Outcome]) -> Check:
    return Check(name, f"{name}'s page.", 1, run)


def _holds(_bench: Workbench) -> Outcome:
    return Outcome(looked_at=(("revisions", "3"),), not_done=("the rows of t: no value fits ck_t",))


def _falls_short(_bench: Workbench) -> Outcome:
    return Outcome(findings=(FINDING,))


def _cannot(_bench: Workbench) -> Outcome:
    raise MetadataMissing(path="pyproject.toml")


def _breaks(_bench: Workbench) -> Outcome:
    raise ZeroDivisionError("division by zero")


def _run(tmp_path: Path, *checks: Check, entries: str = "", options: Options = PLAIN) -> Report:
    accepted = Accepted.parse(tmp_path / "divergences.toml", entries)
    return run_checks(checks, _bench(tmp_path, options), accepted, today=TODAY)


def _entry(key: str = FINDING.key, contract: str = "diglot check drift", more: str = "") -> str:
    return f'[[divergence]]\nkey = "{key}"\ndirection = "both"\ncontract = "{contract}"\nreason = "known"\n{more}\n'


def test_registry_knows_every_check() -> None:
    """There are the ten checks, each with a title, in the order in which they run."""
    names = [one.name for one in all_checks()]

    assert names == [
        "heads", "stairway", "downgrade", "idempotent", "offline", "drift", "schema-parity", "statements", "locks",
        "environment",
    ]  # fmt: skip
    assert [one.name for one in all_checks() if not 10 < len(one.title) <= 96] == []


@pytest.mark.parametrize("names", [[], ["all"], ["drift", "all"]])
def test_all_checks_are_chosen(names: list[str]) -> None:
    """No name, and the name `all`, mean every check."""
    assert chosen(names) == all_checks()


def test_chosen_checks_keep_their_order() -> None:
    """Checks run in their own order, whatever the order of the words."""
    assert [one.name for one in chosen(["drift", "heads"])] == ["heads", "drift"]


def test_unknown_check_is_refused_with_the_nearest() -> None:
    """A check that does not exist is an error that names the nearest one."""
    with pytest.raises(UnknownCheck, match="Fix: write stairway"):
        chosen(["stairwy"])


def test_one_check_that_cannot_run_keeps_no_other_from_running(tmp_path: Path) -> None:
    """An error in one check, expected or not, is its own; what could not run is told apart from what falls short."""
    checks = [_check("heads", _cannot), _check("offline", _breaks), _check("drift", _falls_short)]

    report = _run(tmp_path, *checks, _check("locks", _holds))

    assert [one.status for one in report.runs] == ["not-run", "not-run", "falls-short", "holds"]
    assert report.runs[0].error.startswith("DG902")
    assert "DG904" in report.runs[1].error
    assert "ZeroDivisionError: division by zero" in report.runs[1].error
    assert report.could_not_run
    assert not report.holds


def test_run_is_told_when_each_check_has_ended(tmp_path: Path) -> None:
    """Whoever shows the checks gets each as soon as it has ended."""
    ended: list[str] = []

    run_checks(
        [_check("heads", _holds), _check("drift", _falls_short)],
        _bench(tmp_path),
        Accepted(tmp_path / "divergences.toml"),
        today=TODAY,
        done=lambda run: ended.append(f"{run.name} {run.status}"),
    )

    assert ended == ["heads holds", "drift falls-short"]


def test_accepted_finding_holds(tmp_path: Path) -> None:
    """A finding that an entry accepts is shown as accepted, with its reason, and the check holds."""
    report = _run(tmp_path, _check("drift", _falls_short), entries=_entry(more="expires = 2026-11-24"))

    assert report.holds
    assert report.runs[0].outcome.findings[0].accepted == Acceptance("known", "2026-11-24")
    assert "1 accepted" in headline(report.runs[0])
    assert closing_line(report) == "1 of 1 hold; 1 finding accepted"


def test_entry_for_a_kind_accepts_all_of_it(tmp_path: Path) -> None:
    """`drift.check-changed:*` stands for every finding of that kind, and for no other."""
    whole = _run(tmp_path, _check("drift", _falls_short), entries=_entry("drift.check-changed:*"))
    other = _run(tmp_path, _check("drift", _falls_short), entries=_entry("drift.check:*"))

    assert whole.holds
    assert not other.holds


@pytest.mark.parametrize(
    ("entries", "kind", "told"),
    [
        (_entry("drift.comment:0badf00d"), "unused", "is no longer seen: `diglot check drift` ran"),
        (_entry(more="expires = 2026-11-23"), "expired", "expired on 2026-11-23, 1 day ago"),
        (_entry().replace("known", ""), "no-reason", "has no reason"),
        (_entry("locks.x:0badf00d"), "unknown", "finds nothing of that name"),
        (_entry("drft.x:0badf00d", "diglot check drft"), "unknown", "there is no such check"),
    ],
)
def test_entry_that_is_not_right_is_a_problem(tmp_path: Path, entries: str, kind: str, told: str) -> None:
    """The file of accepted divergences can only shrink, for checks as for tests."""
    report = _run(tmp_path, _check("drift", _falls_short), _check("locks", _holds), entries=entries)

    assert [(one.kind, told in one.message) for one in report.problems] == [(kind, True)]
    assert not report.holds


@pytest.mark.parametrize(
    "entries",
    [
        _entry("locks.x:0badf00d", "diglot check locks"),
        _entry("drift.x:0badf00d", "diglot check drift --traced"),
        _entry("error:0badf00d", "tests/test_x.py::test_y"),
    ],
)
def test_entry_of_what_did_not_run_is_left_alone(tmp_path: Path, entries: str) -> None:
    """A run of one check says nothing about the entries of others, of options that were not given, and of tests."""
    report = _run(tmp_path, _check("drift", _holds), entries=entries)

    assert report.problems == ()


def test_entry_of_a_check_that_could_not_run_is_left_alone(tmp_path: Path) -> None:
    """What could not run has not shown that anything is gone."""
    report = _run(tmp_path, _check("drift", _cannot), entries=_entry())

    assert report.problems == ()


def test_entry_of_an_option_is_judged_when_the_option_is_given(tmp_path: Path) -> None:
    """With the option given, an entry that needs it and is no longer seen is unused."""
    entries = _entry("drift.x:0badf00d", "diglot check drift --traced")

    report = _run(tmp_path, _check("drift", _holds), entries=entries, options=Options(traced=tmp_path))

    assert [one.kind for one in report.problems] == ["unused"]


def test_tests_leave_the_entries_of_checks_alone(tmp_path: Path) -> None:
    """A run of tests judges no entry of a check, however old it is, and drops none."""
    accepted = Accepted.parse(tmp_path / "divergences.toml", _entry(more="expires = 2020-01-01"))

    problems = accepted.problems(seen=(), compared=(), today=TODAY, everything={"tests/test_x.py::test_y"})

    assert problems == []
    assert accepted.unused(seen=(), compared=(), everything={"tests/test_x.py::test_y"}) == []


def test_entry_of_a_test_accepts_nothing_that_a_check_found(tmp_path: Path) -> None:
    """An entry whose contract is a test accepts no finding of a check."""
    report = _run(tmp_path, _check("drift", _falls_short), entries=_entry(contract="tests/test_x.py::test_y"))

    assert [one.status for one in report.runs] == ["falls-short"]


def test_entry_of_a_test_never_stands_for_all_of_a_kind(tmp_path: Path) -> None:
    """A key that ends in `:*` is one of checks; in an entry of a test it is no finding's key."""
    accepted = Accepted.parse(tmp_path / "divergences.toml", _entry("error:*", "tests/test_x.py::test_y"))

    assert accepted.match("error:0badf00d", "both") is None


def test_finding_is_shown_with_object_facts_place_and_fix(tmp_path: Path) -> None:
    """A person reads the object, both facts, where it stands, what to do, and the key to accept it by."""
    run = _run(tmp_path, _check("drift", _falls_short)).runs[0]

    assert sign_of(run) == "!!"
    assert list(details(run)) == [
        "    table trades, constraint ck_amount",
        "        metadata  CHECK (amount >= 0)",
        "        migrated  CHECK (amount >= -5)",
        "        at alembic/versions/0002_trades.py:12",
        "        Fix: write a revision that replaces the constraint",
        f"        [{FINDING.key}]",
    ]


def test_what_was_not_looked_at_is_shown(tmp_path: Path) -> None:
    """What a check could not cover is said, and is no failure."""
    run = _run(tmp_path, _check("stairway", _holds)).runs[0]

    assert headline(run).startswith("stairway       revisions 3  (")
    assert list(details(run)) == ["    not looked at: the rows of t: no value fits ck_t"]


def test_key_changes_with_the_facts_and_not_with_the_words(tmp_path: Path) -> None:
    """A finding's key is of its kind, its object and its facts; another fix or place is the same finding."""
    same = Finding(FINDING.kind, FINDING.subject, FINDING.facts, "another fix", site="elsewhere.py:1")
    other = Finding(FINDING.kind, FINDING.subject, (("metadata", "CHECK (amount >= 1)"), FINDING.facts[1]), "")
    fixed = Finding(FINDING.kind, FINDING.subject, (("rows", "17"),), "", identity=("amount",))

    assert same.key == FINDING.key != other.key
    assert fixed.key == Finding(FINDING.kind, FINDING.subject, (("rows", "18"),), "", identity=("amount",)).key


def test_document_has_the_shape_that_the_schema_states(tmp_path: Path) -> None:
    """What a program reads is what `schema.json` says, and says the same as what a person reads."""
    checks = [_check("drift", _falls_short), _check("locks", _cannot), _check("heads", _holds)]

    told = document(_run(tmp_path, *checks, entries=_entry("drift.comment:0badf00d")), "postgresql 18.4 (embedded)")

    jsonschema.validate(told, SCHEMA)
    assert [one["status"] for one in told["checks"]] == ["falls-short", "not-run", "holds"]
    assert told["checks"][0]["findings"][0]["key"] == FINDING.key
    assert told["checks"][0]["findings"][0]["site"] == "alembic/versions/0002_trades.py:12"
    assert told["checks"][1]["error"].startswith("DG902")
    assert [one["kind"] for one in told["problems"]] == ["unused"]
    assert told["holds"] is False


def test_run_without_findings_holds() -> None:
    """A check's status follows from its findings and its error alone."""
    assert CheckRun("drift").status == "holds"
    assert CheckRun("drift", Outcome((FINDING,))).status == "falls-short"
    assert CheckRun("drift", Outcome((FINDING,)), error="DG902").status == "not-run"


def test_page_names_every_finding_of_the_chain() -> None:
    """The table in the documentation has each kind of finding that the checks of the chain can make."""
    package = Path(diglot.checks.__file__).parent
    paths = [*package.glob("chain/*.py"), *package.glob("suite/*.py")]
    source = "".join(path.read_text(encoding="utf-8") for path in paths)
    page = (Path(__file__).parents[3] / "docs" / "checks.md").read_text(encoding="utf-8")
    kinds = re.findall(r'"(?:heads|downgrade|idempotent|offline)\.([a-z-]+)"', source)
    kinds += re.findall(r'_find\("([a-z-]+)"', source)

    missing = {kind for kind in kinds if f".{kind}`" not in page}

    assert len(set(kinds)) > 15
    assert missing == set()
