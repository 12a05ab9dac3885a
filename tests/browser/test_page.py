"""The report's page works in a real browser: it shows, filters, opens, and is used with the keyboard alone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from documents import ACCEPTED, HOSTILE, contract, document, mean, rich
from playwright.sync_api import Page, expect

Show = Callable[..., Page]


def names(page: Page) -> list[str]:
    """The contracts that are shown, by their names."""
    return page.locator("button.name").all_inner_texts()


def test_page_needs_nothing_but_itself(show: Show, seen: Any) -> None:
    """It opens from a file, asks for nothing else, and nothing is complained about."""
    page = show()

    assert seen.complaints == []
    assert len(seen.requests) == 1
    assert page.title() == "✗ shop · Diglot report"


def test_page_says_how_the_run_ended(show: Show) -> None:
    """Outcome, dialects, majors and counts stand at the top."""
    page = show()

    expect(page.locator("#outcome")).to_have_text("✗ Red: 4 of 5 contracts differ")
    expect(page.locator(".dialect").nth(0)).to_contain_text("sqlite 3.45.1 sqlite3")
    expect(page.locator(".dialect").nth(1)).to_contain_text("✗ 1 failed")
    assert page.locator("#columns th").all_inner_texts() == [
        "Contract",
        "sqlite 3",
        "postgresql 18",
        "Verdict",
        "Causes",
    ]


def test_verdicts_filter(show: Show) -> None:
    """A verdict's button shows its contracts alone, a second one adds its own."""
    page = show()

    page.locator(".chip[data-verdict=agree]").click()
    expect(page.locator("#count")).to_have_text("1 of 5 contracts")
    page.locator(".chip[data-verdict=postgresql-fails]").click()

    assert names(page) == ["test_agrees", "test_name"]
    expect(page.locator(".chip[data-verdict=agree]")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("#cause", "aggregate-result-types", ["test_mean"]),
        ("#file", "tests/test_items.py", ["test_name", "test_lost"]),
        ("#ended", "postgresql 18 failed", ["test_name"]),
        ("#accepted", "yes", []),
    ],
)
def test_fields_filter(show: Show, field: str, value: str, expected: list[str]) -> None:
    """Causes, files, outcomes and acceptance each narrow down what is shown."""
    page = show()

    page.locator(field).select_option(value)
    expect(page.locator("#count")).to_have_text(f"{len(expected)} of 5 contracts")

    assert sorted(names(page)) == sorted(expected)


def test_search_looks_at_sql_and_places(show: Show) -> None:
    """Words are looked for in tests, causes, SQL and lines, all of them."""
    page = show()

    page.locator("#search").fill("ifnull repositories.py")
    expect(page.locator("#count")).to_have_text("1 of 5 contracts")

    assert names(page) == ["test_name"]


def test_filter_without_a_match_says_so(show: Show) -> None:
    """An empty table speaks."""
    page = show()

    page.locator("#search").fill("nothing like this")

    expect(page.locator("#empty")).to_have_text("No contract matches these filters.")


def test_view_can_be_linked(show: Show) -> None:
    """Filters and the open contract are kept in the address."""
    first = show()
    first.locator("#search").fill("mean")
    expect(first.locator("#count")).not_to_have_text("5 of 5 contracts")
    first.get_by_role("button", name="test_mean").click()
    fragment = first.evaluate("location.hash")

    second = show(fragment=fragment)

    expect(second.locator("#search")).to_have_value("mean")
    expect(second.locator("tr.opened")).to_contain_text("shop/repositories.py:42 in totals")


def test_divergence_opens_side_by_side(show: Show) -> None:
    """Both dialects' SQL, parameters, rows with types, line, fix, key and the cause's page are there."""
    page = show()

    page.get_by_role("button", name="test_mean").click()
    finding = page.locator("article.finding").first

    sqlite, postgres = finding.locator(".side.sqlite"), finding.locator(".side.postgresql")
    for side, value in ((sqlite, "1.5float"), (postgres, "1.5000Decimal")):
        expect(side).to_contain_text("SELECT avg(amount) AS mean")
        expect(side).to_contain_text("since: 2024-01-01")
        expect(side.locator("td.differs").first).to_contain_text(value)
        expect(side).to_contain_text("shop/repositories.py:42 in totals")
    expect(finding.locator(".facts")).to_contain_text("aggregate-result-types:")
    finding.locator("details.why summary").click()
    expect(finding.locator(".page h5").first).to_be_visible()


def test_cells_that_agree_are_not_marked(show: Show) -> None:
    """Only the column that differs is marked, and it comes first."""
    page = show()

    page.get_by_role("button", name="test_mean").click()

    side = page.locator("article.finding").first.locator(".side.sqlite")
    assert side.locator("th").all_inner_texts() == ["mean", "n"]
    assert side.locator("td.differs").count() == 1


def test_error_and_lost_data_are_shown(show: Show) -> None:
    """A failed statement has its SQLSTATE, a lost commit what lost it."""
    page = show()

    page.get_by_role("button", name="test_name").click()
    expect(page.locator(".side.postgresql .failure").first).to_contain_text("ProgrammingError 42883")
    page.get_by_role("button", name="test_lost").click()

    expect(page.locator(".side.postgresql").first).to_contain_text("turned into a rollback")


def test_consequences_are_folded(show: Show) -> None:
    """What follows from a finding is there, folded away."""
    page = show()
    page.get_by_role("button", name="test_mean").click()
    rest = page.locator("details.rest")

    expect(rest.locator("summary").first).to_have_text("1 more that follows from it")
    expect(rest.locator("article")).not_to_be_visible()
    rest.locator("summary").first.click()

    expect(rest.locator("article")).to_contain_text("$.mean")


def test_keyboard_is_enough(show: Show) -> None:
    """Moving, opening, closing and searching need no mouse."""
    page = show()

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("tr.opened")).to_have_count(1)
    expect(page.get_by_role("button", name="test_mean")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("tr.opened")).to_have_count(0)
    expect(page.get_by_role("button", name="test_mean")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")

    expect(page.get_by_role("dialog")).to_be_visible()


def test_hostile_content_stays_text(show: Show, seen: Any) -> None:
    """SQL, names and values that look like HTML are shown as they are, however long."""
    page = show()

    page.locator("button.name", has_text="</script>").click()

    assert seen.complaints == []
    assert page.locator("img").count() == 0
    expect(page.locator(".side.sqlite .cell-value").first).to_contain_text(
        HOSTILE.replace("\u2028", "").split("<!--")[0]
    )


def test_thousands_of_contracts_are_shown_in_pieces(show: Show) -> None:
    """Of 5,000 contracts a piece is shown, more on demand, and a search finds the last one."""
    one = contract("tests/test_many.py::test_0", mean(1), mean(1))
    many = [replace(one, id=f"tests/test_many.py::test_{number}") for number in range(5000)]
    page = show(document(many))

    assert page.locator("tr.contract").count() == 200
    page.locator("#more").click()
    assert page.locator("tr.contract").count() == 400
    page.locator("#search").fill("test_4999")

    expect(page.locator("#count")).to_have_text("1 of 5000 contracts")


def test_accepted_divergences_are_told_apart(show: Show) -> None:
    """What is accepted says why and until when, and can be filtered out."""
    found = rich()[0]
    taken = replace(found, findings=tuple(replace(one, accepted=ACCEPTED) for one in found.findings))
    page = show(document([taken]))

    page.get_by_role("button", name="test_mean").click()
    expect(page.locator(".facts").first).to_contain_text("rounded by the page itself (until 2027-01-31)")
    expect(page.locator("#outcome")).to_have_text("✓ Green: 1 of 1 contracts differ, 1 accepted")
    page.locator("#accepted").select_option("no")

    expect(page.locator("#empty")).to_be_visible()


def test_report_without_contracts_says_so(show: Show) -> None:
    """Nothing that ran is said in words."""
    page = show(document([]))

    expect(page.locator("#empty")).to_contain_text("holds no contract")


@pytest.mark.parametrize(("scheme", "other"), [("light", "Dark"), ("dark", "Light")])
def test_colours_follow_the_system_and_can_be_changed(show: Show, scheme: str, other: str) -> None:
    """Light and dark come from the system; the button takes the other one."""
    page = show(scheme=scheme)
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")

    expect(page.locator("#theme")).to_have_text(other)
    page.locator("#theme").click()

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_narrow_window_scrolls_one_way(show: Show) -> None:
    """On a telephone the page is as wide as the screen, also with a divergence open."""
    page = show(width=400)

    page.get_by_role("button", name="test_mean").click()

    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_timings_compare_the_dialects(show: Show) -> None:
    """The sums and the slowest contracts are there, with their ratio."""
    page = show()

    page.locator("#timings summary").click()

    expect(page.locator("#timing-body")).to_contain_text("sqlite 3: 60 ms")
    expect(page.locator("#timing-body")).to_contain_text("2.8x")


def test_every_control_has_a_name(show: Show) -> None:
    """Buttons, fields and regions can be told by their names; there is one main heading."""
    page = show()
    page.get_by_role("button", name="test_mean").click()

    nameless = page.evaluate(
        "[...document.querySelectorAll('button, input, select, section, summary')].filter(e =>"
        " !(e.innerText.trim() || e.getAttribute('aria-label') || (e.labels && e.labels.length)))"
        ".map(e => e.outerHTML)"
    )

    assert nameless == []
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
