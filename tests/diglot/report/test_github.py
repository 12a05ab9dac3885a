"""GitHub gets a summary that holds only text, and annotations in its own words."""

import html
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from diglot.parity.divergences import DivergenceProblem
from diglot.parity.trace import Failure, Site
from diglot.report.document import Acceptance, Contract
from diglot.report.github import MOST_SUMMARY_BYTES, annotations, step_summary
from tests.diglot.report.samples import agreeing, contract, differing, failed, half, postgres_fails, query, report

HOSTILE = "a|b `c` <script>alert(1)</script>\n\n# head\n| x | [y](z) **b** ~~s~~ &amp; </details></pre> @you #1 \x00 é"
BOTH_FAIL = Failure("ValueError", "100% of\r\n:them,all")


def hostile() -> Contract:
    """A contract whose SQL, values, names and message are full of Markdown and HTML."""
    one = query((HOSTILE,), sql=HOSTILE, neutral=HOSTILE, columns=(HOSTILE,), site=Site("a|b.py", 1, "f"))
    other = query((HOSTILE + "!",), sql=HOSTILE, neutral=HOSTILE, columns=(HOSTILE,), site=Site("a|b.py", 1, "f"))
    name = f"tests/x.py::test[{HOSTILE}]"
    return contract(half("sqlite", one, contract=name), half("postgresql", other, contract=name))


def case_at(number: int) -> Contract:
    return differing(f"t::case{number:03}", Site("shop/orders.py", number, f"f{number}"))


def cells(summary: str) -> list[list[str]]:
    """The rows of all tables, as a reader of Markdown sees them: each cell's HTML."""
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(summary)
    return [
        re.findall(r"<td>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", rendered, re.DOTALL)
    ]


def test_summary_has_counts_verdicts_and_cases() -> None:
    """The summary says what ran, how it compares, and of each case why, where and what to do."""
    found = cells(step_summary(report(postgres_fails("t::c"), agreeing("t::a"))))

    assert ["sqlite", "3.40.1", "sqlite3", "2 passed"] in found
    assert ["postgresql", "18.4", "psycopg2", "1 failed, 1 passed"] in found
    assert ["postgresql-fails", "1"] in found
    row = found[-1]
    assert row[:2] == ["<code>t::c</code>", "fails on Postgres only"]
    assert row[2] == "<code>bool-eq-int</code> A boolean is compared with a number"
    assert row[3] == "<code>shop/orders.py:42</code>"
    assert "<details><summary>fix</summary>compare with True or False<br>" in row[5]


def test_summary_of_a_green_run_has_no_cases() -> None:
    """Where the dialects agree there is a heading, the counts, and nothing else."""
    summary = step_summary(report(agreeing()))

    assert summary.startswith("### Diglot: green\n")
    assert "no contract differs" in summary
    assert "<details>" not in summary


def test_hostile_content_stays_text() -> None:
    """Pipes, backticks, new lines and HTML in SQL, values and names change no structure and come out as they were."""
    row = cells(step_summary(report(hostile())))[-1]

    assert len(row) == 6
    assert set(re.findall(r"</?(\w+)", "".join(row))) == {"code", "details", "summary", "pre", "br"}
    sql = re.search(r"<pre>(.*?)</pre>", row[5], re.DOTALL)
    assert sql is not None
    assert html.unescape(sql[1]) == HOSTILE.replace("\x00", "\N{REPLACEMENT CHARACTER}")


def test_hostile_row_is_one_line() -> None:
    """Nothing that a project says begins a line of Markdown."""
    lines = step_summary(report(hostile())).splitlines()

    assert [line for line in lines if line and not line.startswith(("|", "###", "<code>"))] == []


def test_same_key_is_one_row_with_its_contracts() -> None:
    """Contracts that show the same are named in one row."""
    found = cells(step_summary(report(*(differing(f"t::{letter}") for letter in "abcd"))))

    assert found[-1][0] == "<code>t::a</code><br>seen in 4 contracts: t::a, t::b, t::c, ..."
    assert ["differ", "4"] in found


def test_summary_stays_below_the_limit_of_github() -> None:
    """Hundreds of long cases are cut, with how many there are more; the rest of the page is whole."""
    sql = "SELECT '<" + "|" * 1900 + "'"
    found = report(
        *(
            contract(
                half(
                    "sqlite",
                    query((1,), sql=sql, neutral=sql, site=Site("a.py", 1, f"f{number}")),
                    contract=f"t::{number}",
                ),
                half(
                    "postgresql",
                    query((True,), sql=sql, neutral=sql, site=Site("a.py", 1, f"f{number}")),
                    contract=f"t::{number}",
                ),
            )
            for number in range(200)
        )
    )

    summary = step_summary(found)

    assert 0.9 * MOST_SUMMARY_BYTES < len(summary.encode()) < 1.1 * MOST_SUMMARY_BYTES
    shown = summary.count("<details>")
    assert f"\n... and {200 - shown} more: see the report.\n" in summary


def test_summary_shows_problems_of_divergences() -> None:
    """Entries that are no longer right are listed."""
    problems = [DivergenceProblem("expired", "type:00000000", "entry 1 <expired>")]

    assert "- expired: entry 1 &#60;expired&#62;\n" in step_summary(report(agreeing(), problems=problems))


def test_annotation_names_file_line_and_title() -> None:
    """A case is an error at the application's line, with what differs, the fix and the key."""
    (found,) = annotations(report(postgres_fails("t::c")))

    assert found == (
        "::error file=shop/orders.py,line=42,title=Diglot%3A bool-eq-int::t::c: fails on Postgres only%0A"
        "fails on Postgres only: UndefinedFunction 42883: operator does not exist: boolean = integer%0A"
        "Fix: compare with True or False%0Akey bool-eq-int:4931fdd7"
    )


def test_annotation_escapes_what_github_reads() -> None:
    """Percent, carriage return and new line are escaped everywhere, colon and comma in properties too."""
    sqlite, postgresql = (
        replace(failed(name, contract="t::b", failure=BOTH_FAIL), site=Site("a,b:c%.py", 3, "f"))
        for name in ("sqlite", "postgresql")
    )
    (found,) = annotations(report(contract(sqlite, postgresql)))

    assert found == (
        "::error file=a%2Cb%3Ac%25.py,line=3,title=Diglot%3A both-fail::"
        "t::b: fails on both dialects%0AValueError: 100%25 of%0D%0A:them,all"
    )


def test_annotation_without_a_site_is_at_the_test() -> None:
    """Where the application's line is not known, the test's is used; an unknown line is left out."""
    one = differing("tests/test_x.py::test_y")
    one = replace(one, line=0, findings=tuple(replace(each, site=None) for each in one.findings))

    assert annotations(report(one))[0].startswith("::error file=tests/test_x.py,title=Diglot%3A type::")


def test_report_mode_warns() -> None:
    """When parity only reports, what differs is a warning; what fails is an error all the same."""
    found = annotations(report(differing("t::a"), postgres_fails("t::b"), parity="report"))

    assert [one.partition(" ")[0] for one in found] == ["::error", "::warning"]


def test_problems_of_divergences_are_annotated() -> None:
    """An entry that is no longer right is an error at its file; a warning when parity only reports."""
    problems = [DivergenceProblem("unused", "type:00000000", "entry 1 is no longer seen")]

    strict = annotations(report(agreeing(), problems=problems))
    lenient = annotations(report(agreeing(), problems=problems, parity="report"))

    assert strict == ["::error file=divergences.toml,title=Diglot%3A unused::entry 1 is no longer seen"]
    assert lenient == ["::warning file=divergences.toml,title=Diglot%3A unused::entry 1 is no longer seen"]


def test_accepted_is_not_annotated() -> None:
    """What is accepted is no news."""
    one = differing()
    one = replace(one, findings=tuple(replace(each, accepted=Acceptance("known")) for each in one.findings))

    assert annotations(report(one)) == []


@pytest.mark.parametrize(("count", "shown", "last"), [(10, 10, "key type:"), (11, 10, "2 further errors: see ")])
def test_annotations_stay_within_the_limit_of_github(count: int, shown: int, last: str) -> None:
    """Ten errors are shown; of more, nine and how many there are further."""
    found = annotations(report(*map(case_at, range(1, count + 1))))

    assert len(found) == shown
    assert last in found[-1]
