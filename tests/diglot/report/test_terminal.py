"""The terminal section leads with what disagrees, says each thing once, and ends with the counts."""

from dataclasses import replace

import pytest

from diglot.parity.divergences import DivergenceProblem
from diglot.parity.trace import Failure, Site
from diglot.report.document import Acceptance, Contract, DialectRun, Report, RunFacts, contract_of
from diglot.report.terminal import section
from tests.diglot.report.samples import (
    SITE,
    VERSIONS,
    agreeing,
    alone,
    contract,
    differing,
    failed,
    half,
    postgres_fails,
    query,
    report,
)


def shown(found: Report, **how: int) -> str:
    return "\n".join(line.text for line in section(found, **how))


def accepted(one: Contract) -> Contract:
    return replace(one, findings=tuple(replace(each, accepted=Acceptance("known")) for each in one.findings))


def places(count: int) -> list[Contract]:
    """Contracts with one case each, of different keys."""
    return [differing(f"t::case{number:02}", Site("shop/orders.py", number, f"f{number}")) for number in range(count)]


def test_section_shows_a_case_in_full() -> None:
    """A case has contract, outcomes, what differs, cause with title, place, SQL, fix and key."""
    assert shown(report(postgres_fails("t::c"))) == (
        "t::c\n"
        "  fails on Postgres only\n"
        "  outcomes     passed on sqlite 3, failed on postgresql 18\n"
        "  what         fails on Postgres only: UndefinedFunction 42883: operator does\n"
        "               not exist: boolean = integer\n"
        "  cause        bool-eq-int: A boolean is compared with a number\n"
        "  at           shop/orders.py:42 in add\n"
        "  sql          SELECT id FROM items WHERE active = 1\n"
        "  fix          compare with True or False\n"
        "  key          bool-eq-int:4931fdd7 (direction postgresql)\n"
        "  +1 that follows from it\n"
        "\n"
        "verdicts: 1 postgresql-fails\n"
        "diglot: sqlite 3.40.1 1 passed | postgresql 18.4 1 failed | 1 contract differs"
    )


def test_section_shows_values_side_by_side() -> None:
    """Where a column differs, both values stand below each other, with their types."""
    text = shown(report(differing()))

    assert "  sql          SELECT active FROM items\n  on SQLite    int 1\n  on Postgres  bool True\n" in text


def test_section_shows_both_statements_where_they_differ() -> None:
    """SQL that is the same is shown once, other SQL for each dialect."""
    finding = differing().findings[0]
    assert finding.postgresql is not None
    other = {**finding.postgresql, "sql": "SELECT b FROM items", "neutral": "SELECT b FROM items"}
    one = replace(differing(), findings=(replace(finding, postgresql=other),))

    text = shown(report(one))

    assert "  sqlite       SELECT active FROM items\n  postgres     SELECT b FROM items\n" in text


def test_worst_comes_first() -> None:
    """What fails on one dialect comes before what merely differs, whatever the names."""
    both = contract(
        failed("sqlite", contract="t::z", failure=Failure("KeyError", "1")),
        failed("postgresql", contract="t::z", failure=Failure("ValueError", "2")),
    )

    lines = shown(report(differing("t::a"), both, postgres_fails("t::m"), agreeing("t::b"))).splitlines()

    assert [line for line in lines if line.startswith("t::")] == ["t::m", "t::z", "t::a"]


def test_same_key_is_shown_once() -> None:
    """A disagreement that twelve contracts show is one case, with three of their names."""
    found = report(*(differing(f"t::{letter}") for letter in "abcdefghijkl"))

    text = shown(found, width=120)

    assert text.count("column `active` is") == 1
    assert "seen in 12 contracts: t::a, t::b, t::c, ...\n" in text
    assert "12 contracts differ" in text


def test_section_is_limited() -> None:
    """Twenty cases are shown; the rest is counted, with where to see it."""
    text = shown(report(*places(34)))

    assert text.count("  outcomes ") == 20
    assert "\n... and 14 more: see --diglot-report\n" in text
    assert "... and" not in shown(report(*places(20)))


def test_accepted_is_one_line() -> None:
    """An accepted divergence is counted, and not shown."""
    text = shown(report(accepted(differing("t::a")), accepted(differing("t::b")), agreeing("t::c")))

    assert text == (
        "accepted: 1 divergence, seen in 2 contracts (divergences.toml)\n"
        "verdicts: 2 differ, 1 agree\n"
        "diglot: sqlite 3.40.1 3 passed | postgresql 18.4 3 passed | 2 contracts differ (2 accepted)"
    )


def test_accepted_finding_of_a_failing_test_is_shown() -> None:
    """A test that fails is red whatever is accepted, so the section says why."""
    text = shown(report(accepted(postgres_fails("t::a"))))

    assert text.startswith("t::a\n  fails on Postgres only\n")
    assert "  key          bool-eq-int:4931fdd7 (direction postgresql)\n" in text
    assert text.endswith("| 1 contract differs")


def test_problems_of_the_divergences_are_shown() -> None:
    """What is wrong with an entry comes after the disagreements, with its kind."""
    problems = [DivergenceProblem("unused", "type:00000000", "divergences.toml, entry 1 (line 2) is no longer seen")]

    lines = section(report(agreeing(), problems=problems))

    assert lines[0].text == "unused: divergences.toml, entry 1 (line 2) is no longer seen"
    assert lines[0].flags == ("red",)


def test_counts_come_last_and_always() -> None:
    """The last line has what ran on each dialect and how it compares, also when all is well."""
    green = section(report(agreeing("t::a"), alone(name="t::b", outcome="skipped")))
    empty = section(report())

    assert (
        green[-1].text == "diglot: sqlite 3.40.1 1 passed, 1 skipped | postgresql 18.4 1 passed | no contract differs"
    )
    assert green[-1].flags == ("green",)
    assert [line.text for line in empty] == ["diglot: sqlite 3.40.1 nothing ran | postgresql 18.4 nothing ran"]


def test_verdicts_are_counted_where_there_is_news() -> None:
    """All verdicts are counted, the worst first; where all agree, the last line says so already."""
    news = section(report(agreeing("t::a"), differing("t::b"), alone(name="t::c")))
    none = section(report(agreeing("t::a"), alone(name="t::c")))

    assert news[-2].text == "verdicts: 1 differ, 1 agree, 1 single"
    assert len(none) == 1


def test_colours_follow_the_run() -> None:
    """A disagreement is red in a strict run, and yellow in one that only reports."""
    strict, lenient = section(report(differing())), section(report(differing(), parity="report"))

    assert (strict[0].flags, strict[-1].flags) == (("bold", "red"), ("red",))
    assert (lenient[0].flags, lenient[-1].flags) == (("bold", "yellow"), ("green",))


@pytest.mark.parametrize(("width", "widest"), [(20, 80), (80, 80), (120, 120), (200, 200), (400, 200)])
def test_section_fits_the_terminal(width: int, widest: int) -> None:
    """All lines but the last are broken to the width of the terminal, from 80 to 200 columns."""
    sql = "SELECT " + ", ".join(f"column_{number}" for number in range(300)) + " FROM items"
    one, other = (
        query((value, "y" * 300), sql=sql, neutral=sql, columns=("a", "b")) for value in ("x " * 200, "z " * 200)
    )
    problems = [DivergenceProblem("expired", "type:00000000", "word " * 60)]
    unbroken = postgres_fails("t::" + "x" * 30)
    unbroken = replace(unbroken, findings=(replace(unbroken.findings[0], summary="x" * 500, fix="y" * 500),))

    lines = section(
        report(unbroken, contract(half("sqlite", one), half("postgresql", other)), problems=problems), width=width
    )

    broken = [len(line.text) for line in lines[:-1]]
    assert widest - 20 < max(broken) <= widest


def test_long_names_are_not_broken() -> None:
    """A contract's id and a path stay in one piece, so that they can be copied."""
    name = f"tests/{'deep/' * 30}test_x.py::test_y"
    site = Site(f"shop/{'deep/' * 30}orders.py", 1, "add")

    text = shown(report(differing(name, site)))

    assert f"{name}\n" in text
    assert f"{site.file}:1" in text


def test_control_characters_are_not_written() -> None:
    """What a test's values hold cannot move the cursor or colour the terminal."""
    hostile = "\x1b[31mred\a\u202eevil\r"
    sides = (
        query((value,), sql=f"SELECT '{hostile}'", neutral="SELECT", columns=(hostile,)) for value in (hostile, 1)
    )
    name = f"t::test[{hostile}]"
    one = contract(*(half(dialect, side, contract=name) for dialect, side in zip(VERSIONS, sides, strict=True)))

    text = shown(report(one))

    assert "\x1b" not in text
    assert "\a" not in text
    assert "\u202e" not in text
    assert "\r" not in text


def test_majors_are_named_when_there_are_several() -> None:
    """With two majors of Postgres a case says on which of them it was seen."""
    other = half("postgresql", query((True,)), version="16.9")
    pair = differing().findings
    one = replace(contract_of([half("sqlite"), other, half("postgresql")], [], "differ"), findings=pair)
    dialects = [DialectRun("sqlite", "3.40.1"), DialectRun("postgresql", "16.9"), DialectRun("postgresql", "18.4")]
    found = Report.build(run=RunFacts("shop", "strict"), dialects=dialects, contracts=[one])

    text = shown(found, width=120)

    assert "  outcomes     passed on sqlite 3, passed on postgresql 16, passed on postgresql 18\n" in text
    assert "  seen on      postgresql 18\n" in text


def test_disagreement_without_a_finding_is_shown() -> None:
    """A verdict of which nothing was recorded is a case all the same."""
    one = contract_of([half("sqlite"), failed("postgresql")], [], "postgresql-fails")

    assert "fails on Postgres only\n  outcomes     passed on sqlite 3, failed on postgresql 18\n" in shown(report(one))


def test_site_that_is_not_known_is_left_out() -> None:
    """Where no line of the application is known, none is shown."""
    one = differing()
    found = report(replace(one, findings=tuple(replace(each, site=None) for each in one.findings)))

    assert "  at  " not in shown(found)
    assert str(SITE) not in shown(found)
