"""Findings of a run and the file of accepted divergences are joined by key and direction."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from diglot.parity.divergences import Accepted, Entry
from diglot.report.acceptance import accept, problems_of, update_divergences
from diglot.report.document import Acceptance
from tests.diglot.report.samples import agreeing, alone, differing, postgres_fails

TODAY = dt.date(2026, 11, 24)
KEY = "type:199c7232"
PATH = Path("divergences.toml")


def entry(key: str = KEY, direction: str = "both", name: str = "t::a") -> Entry:
    return Entry(key, direction, name, "known", dt.date(2027, 1, 31), "divergences.toml, entry 1")


def test_finding_is_accepted_by_its_entry() -> None:
    """A finding gets the reason and the last day of its entry; the contract is accepted with it."""
    (one,) = accept([differing()], Accepted(PATH, (entry(),)))

    assert one.findings[0].accepted == Acceptance("known", "2027-01-31")
    assert one.accepted


def test_finding_of_another_direction_is_not_accepted() -> None:
    """An entry for one dialect's failure does not accept what is seen in another direction."""
    (one,) = accept([differing()], Accepted(PATH, (entry(direction="sqlite"),)))

    assert one.findings[0].accepted is None
    assert not one.accepted


def test_finding_of_one_dialect_is_accepted_in_its_direction() -> None:
    """A failure of Postgres alone is accepted by an entry that says so, and by no other."""
    failing = postgres_fails()
    key = failing.findings[0].key

    (one,) = accept([failing], Accepted(PATH, (entry(key, "postgresql"),)))
    (other,) = accept([failing], Accepted(PATH, (entry(key, "both"),)))

    assert one.findings[0].accepted == Acceptance("known", "2027-01-31")
    assert other.findings[0].accepted is None


def test_accepting_anew_forgets_what_was_accepted() -> None:
    """Only what the file says now is accepted."""
    before = accept([differing()], Accepted(PATH, (entry(),)))

    (one,) = accept(before, Accepted(PATH))

    assert one.findings[0].accepted is None


def test_contract_is_accepted_only_with_all_its_roots() -> None:
    """One root that nobody accepted is enough; a consequence needs no entry of its own."""
    (one,) = accept([differing()], Accepted(PATH, (entry(),)))
    root = one.findings[0]
    consequence, second = replace(root, follows=True, accepted=None), replace(root, key="x:1", accepted=None)

    assert replace(one, findings=(root, consequence)).accepted
    assert not replace(one, findings=(root, second)).accepted


def test_entries_are_judged_by_what_ran_on_both() -> None:
    """An entry is unused when its contract ran on both dialects; when it ran on one only, nothing is known."""
    accepted = Accepted(PATH, (entry(),))

    assert [one.kind for one in problems_of(accepted, [agreeing("t::a")], today=TODAY, everything=False)] == ["unused"]
    assert problems_of(accepted, [alone(name="t::a")], today=TODAY, everything=False) == []
    assert problems_of(accepted, [differing("t::b"), agreeing("t::a")], today=TODAY, everything=False) == []


def test_a_skipped_half_has_not_run() -> None:
    """A contract that one dialect skipped did not run on both."""
    sqlite, postgresql = agreeing("t::a").halves
    skipped = replace(agreeing("t::a"), halves=(sqlite, replace(postgresql, outcome="skipped")))

    assert problems_of(Accepted(PATH, (entry(),)), [skipped], today=TODAY, everything=False) == []


def test_entry_of_an_unknown_contract_is_told_by_a_whole_run() -> None:
    """When everything was collected, an entry whose contract does not exist is unused."""
    accepted = Accepted(PATH, (entry(name="t::gone"),))

    assert [one.kind for one in problems_of(accepted, [agreeing("t::a")], today=TODAY, everything=True)] == ["unused"]
    assert problems_of(accepted, [agreeing("t::a")], today=TODAY, everything=False) == []


def test_update_adds_what_differs_and_not_what_fails(tmp_path: Path) -> None:
    """What can be accepted is added with its sentence; a failing test is not made to pass by an entry."""
    path = tmp_path / "divergences.toml"

    text = update_divergences(Accepted(path), [differing("t::a"), postgres_fails("t::b")], everything=True)

    (added,) = Accepted.read(path).entries
    assert (added.key, added.direction, added.contract, added.reason) == (KEY, "both", "t::a", "")
    assert "# column `active` is int 1 on SQLite and bool True on Postgres\n[[divergence]]\n" in text
