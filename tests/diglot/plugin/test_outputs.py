"""What a run has compared is written where somebody looks: JSON, a page, GitHub, JUnit, the last failures."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from diglot.cli import main

MEAN = """
    import sqlalchemy as sa

    def test_mean(diglot):
        with diglot.connect() as connection:
            connection.execute(sa.text("SELECT avg(id) AS mean FROM items")).all()

    def test_other(diglot):
        pass
"""


@pytest.fixture(autouse=True)
def _no_github(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a run on GitHub, unless a test says so."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


def test_junit_has_the_comparison(shop: pytest.Pytester) -> None:
    """The comparison is a failed test of its own; suite and tests carry dialects and verdicts."""
    shop.makepyfile(MEAN)

    shop.runpytest("--parity", "strict", "--junit-xml", "junit.xml")

    suite = ET.parse(shop.path / "junit.xml").getroot()[0]  # noqa: S314 - our own file
    properties = {one.get("name"): one.get("value") for one in suite.findall("properties/property")}
    cases = {one.get("name"): one for one in suite.findall("testcase")}
    of_test = {one.get("name"): one.get("value") for one in cases["test_mean[postgresql]"].iter("property")}
    assert suite.get("failures") == "1"
    assert "aggregate-result-types" in str(cases["test_mean[parity]"].find("failure").text)
    assert properties["diglot verdict differ"] == "1"
    assert [
        str(value).partition(": ")[2]
        for name, value in properties.items()
        if str(name).startswith("diglot postgresql")
    ] == ["2 passed"]
    assert of_test["diglot_verdict"] == "differ"


def test_last_failed_runs_both_halves_again(shop: pytest.Pytester) -> None:
    """`--lf` after a comparison failed takes the two tests of that contract, and no other."""
    shop.makepyfile(MEAN)
    settings = shop.path / "pyproject.toml"
    settings.write_text(settings.read_text().replace(', "-p", "no:cacheprovider"', ""))
    shop.runpytest("--parity", "strict")

    result = shop.runpytest("--parity", "strict", "--lf", "-v")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["run-last-failure: rerun previous 2 failures"])


def test_page_holds_the_report(shop: pytest.Pytester) -> None:
    """The page is one file with the same document in it."""
    shop.makepyfile(MEAN)

    shop.runpytest("--diglot-html", "report.html")

    page = (shop.path / "report.html").read_text()
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "aggregate-result-types" in page


def test_github_gets_summary_and_annotations(shop: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """On GitHub the step summary has the disagreements, after what is in it already, and each has its line."""
    shop.makepyfile(MEAN)
    summary = shop.path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    result = shop.runpytest("--parity", "strict")

    assert summary.read_text().startswith("before\n")
    assert "aggregate-result-types" in summary.read_text()
    result.stdout.fnmatch_lines(["::error file=test_github_gets_summary_and_annotations.py,line=5,title=*::*"])


def test_unwritable_report_is_red(shop: pytest.Pytester) -> None:
    """A report that cannot be written is an error of the run, which says why; nothing else is lost."""
    shop.makepyfile(MEAN)
    (shop.path / "folder").mkdir()

    result = shop.runpytest("--diglot-report", "folder")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["DG308: folder cannot be written: *Fix: *"])


def test_reports_of_two_jobs_are_paired(
    shop: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two runs, each on one dialect, say what one run would have said once their reports are merged."""
    shop.makepyfile(MEAN)
    for name in ("sqlite", "postgresql"):
        shop.runpytest("--dialect", name, "--diglot-report", f"{name}.json")
    monkeypatch.chdir(shop.path)

    code = main(["report", "merge", "sqlite.json", "postgresql.json", "-o", "both.json", "--parity", "strict"])

    merged = json.loads(Path("both.json").read_text())
    assert code == 1
    assert {one["id"].partition("::")[2]: one["verdict"] for one in merged["contracts"]} == {
        "test_mean": "differ",
        "test_other": "agree",
    }
    assert merged["contracts"][0]["findings"][0]["cause"] == "aggregate-result-types"
    assert "aggregate-result-types" in capsys.readouterr().out


def test_report_of_a_run_on_both_keeps_no_traces(shop: pytest.Pytester) -> None:
    """Traces are kept only of halves that still have to be paired."""
    shop.makepyfile(MEAN)

    shop.runpytest("--diglot-report", "report.json")

    contracts = json.loads((shop.path / "report.json").read_text())["contracts"]
    assert [half["trace"] for one in contracts for half in one["halves"]] == [None] * 4
