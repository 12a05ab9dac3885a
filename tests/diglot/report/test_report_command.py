"""`diglot report` merges, shows and renders reports, and says by its exit code whether all is well."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from diglot.cli import main
from diglot.report.document import Report, contract_of
from tests.diglot.report.samples import agreeing, differing, half, postgres_fails, query, report

Save = Callable[..., str]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working directory, a terminal of 120 columns, and no GitHub."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    for name in ("GITHUB_STEP_SUMMARY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Write a report into the working directory; return its name."""

    def to_file(name: str, found: Report) -> str:
        found.write(tmp_path / name)
        return name

    return to_file


def test_show_says_what_pytest_said(save: Save, capsys: pytest.CaptureFixture[str]) -> None:
    """A report is shown as in the terminal; one that is not green has the exit code 1."""
    code = main(["report", "show", save("a.json", report(differing("t::a")))])

    shown = capsys.readouterr().out
    assert code == 1
    assert shown.startswith("t::a\n  passes on both, and differs\n")
    assert shown.endswith("diglot: sqlite 3.40.1 1 passed | postgresql 18.4 1 passed | 1 contract differs\n")
    assert "\033" not in shown


def test_show_of_a_green_report_ends_well(save: Save) -> None:
    """A green report has the exit code 0."""
    assert main(["report", "show", save("a.json", report(agreeing()))]) == 0


def test_show_is_coloured_on_a_terminal(
    save: Save, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal gets colours."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    main(["report", "show", save("a.json", report(agreeing()))])

    assert "\033[32mdiglot: sqlite" in capsys.readouterr().out


def test_show_survives_a_terminal_without_the_letters(
    save: Save, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the terminal's encoding does not have is shown as an escape."""
    name = save("a.json", report(differing("t::é")))
    monkeypatch.setattr(type(sys.stdout), "encoding", "ascii", raising=False)

    main(["report", "show", name])

    assert capsys.readouterr().out.startswith("t::\\xe9\n")


def test_merge_writes_the_joint_report(save: Save, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Reports are joined into one file, which is shown."""
    one, other = save("a.json", report(agreeing("t::a"))), save("b.json", report(agreeing("t::b")))

    code = main(["report", "merge", one, other, "-o", "out/all.json"])

    joint = Report.read(tmp_path / "out" / "all.json")
    assert code == 0
    assert [each.id for each in joint.contracts] == ["t::a", "t::b"]
    assert joint.run.merged_from == ("a.json", "b.json")
    assert "postgresql 18.4 2 passed | no contract differs\n" in capsys.readouterr().out


def test_merge_is_red_where_dialects_differ(save: Save) -> None:
    """An unaccepted disagreement, or a failing test, has the exit code 1; --parity report forgives the first."""
    differs, fails = save("a.json", report(differing("t::a"))), save("b.json", report(postgres_fails("t::b")))

    assert main(["report", "merge", differs]) == 1
    assert main(["report", "merge", differs, "--parity", "report"]) == 0
    assert main(["report", "merge", fails, "--parity", "report"]) == 1


def test_merge_takes_a_file_of_divergences(save: Save, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the file accepts is accepted, and its stale entries are told."""
    name = save("a.json", report(differing("t::a"), agreeing("t::b")))
    entry = '[[divergence]]\nkey = "{}"\ndirection = "both"\ncontract = "t::b"\nreason = "known"\n'
    (tmp_path / "known.toml").write_text(entry.format("type:199c7232"), encoding="utf-8")
    (tmp_path / "stale.toml").write_text(entry.format("type:00000000"), encoding="utf-8")

    assert main(["report", "merge", name, "--divergences", "known.toml"]) == 0
    capsys.readouterr()
    assert main(["report", "merge", name, "--divergences", "stale.toml"]) == 1
    assert "unused: stale.toml, entry 1 (line 1) is no longer seen" in capsys.readouterr().out


def test_merge_says_what_it_could_not_compare(save: Save, capsys: pytest.CaptureFixture[str]) -> None:
    """Where traces are gone, a note says how many pairs were compared by their outcomes alone, and what to do."""
    lone = contract_of([half("postgresql", query((True,)), version="16.9")], [], "single")
    one, other = save("a.json", report(agreeing())), save("b.json", report(lone))

    main(["report", "merge", one])
    whole = capsys.readouterr().out
    main(["report", "merge", one, other])
    partial = capsys.readouterr().out

    assert "by their outcomes alone" not in whole
    assert "\nnote: compared by their outcomes alone: 1 pair, as " in partial


def test_merge_tells_github(
    save: Save, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --github files are annotated, and the step's summary gets another part."""
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    main(["report", "merge", save("a.json", report(differing())), "--github"])

    assert "\n::error file=shop/orders.py,line=42," in capsys.readouterr().out
    assert summary.read_text(encoding="utf-8").startswith("before\n### Diglot: red\n")


def test_merge_shows_the_summary_without_github(save: Save, capsys: pytest.CaptureFixture[str]) -> None:
    """Outside of GitHub the summary is shown."""
    main(["report", "merge", save("a.json", report(agreeing())), "--github"])

    assert "### Diglot: green\n" in capsys.readouterr().out


def test_pages_are_written(save: Save, tmp_path: Path) -> None:
    """The page of a report, and of a joint one, is written; a page has no verdict, so the code is 0."""
    name = save("a.json", report(differing()))

    assert main(["report", "html", name, "one.html"]) == 0
    assert main(["report", "merge", name, "--html", "all.html"]) == 1

    assert "test_add" in (tmp_path / "one.html").read_text(encoding="utf-8")
    assert "test_add" in (tmp_path / "all.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "none.json"], "DG301: there is no report none.json"),
        (["html", "none.json", "x.html"], "DG301: "),
        (["merge", "a.json", "broken.json"], "DG303: the report broken.json is truncated"),
        (["merge", "a.json", "./a.json"], "DG311: the report a.json is named twice. Fix: "),
        (["merge", "a.json", "link.json"], "DG311: the report a.json is named twice, the second time as link.json"),
        (["merge", "a.json", "--divergences", "none.toml"], "DG321: none.toml cannot be read: there is no such file"),
        (["merge", "a.json", "-o", "a.json/x.json"], "DG308: a.json/x.json cannot be written"),
    ],
)
def test_what_cannot_be_done_is_unusable(
    save: Save, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    """An error is told on stderr with its code, and the command's code is 2."""
    save("a.json", report(agreeing()))
    (tmp_path / "broken.json").write_text('{"schema"', encoding="utf-8")
    (tmp_path / "link.json").symlink_to("a.json")

    code = main(["report", *arguments])

    assert code == 2
    assert capsys.readouterr().err.startswith(message)


@pytest.mark.parametrize("arguments", [[], ["merge"], ["show"], ["merge", "a.json", "--parity", "off"]])
def test_what_is_not_understood_is_unusable(arguments: list[str]) -> None:
    """A missing word and a wrong one have the exit code of a command that was not run."""
    with pytest.raises(SystemExit) as ended:
        main(["report", *arguments])

    assert ended.value.code == 2
