"""The command says what it found, what it would do, and how to mend what is wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from diglot.cli import main
from diglot.parity.causes.registry import all_causes
from diglot.provision.cachedir import CacheDirectory
from diglot.provision.launch import MARK

WITHOUT_DRIVER = """
import sys

sys.modules["psycopg2"] = None
from diglot.cli import main

sys.exit(main(["doctor"]))
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without settings, an empty cache, nothing said by the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGLOT_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("DATABASE_URL", "DIGLOT_POSTGRES", "DIGLOT_DIALECT", "DIGLOT_RUNTIME_DIR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def _fill_cache() -> None:
    for folder, name in (("sqlite", "aaaa"), ("sqlite", "bbbb"), ("kept", "main-1")):
        (CacheDirectory.default().folder(folder) / f"{name}.sqlite3").write_bytes(b"x" * 2_000_000)


def test_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """`diglot --version` names the version and ends well."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("diglot 0.")


def test_nothing_asked_is_unusable(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command the help is shown, with the exit codes, and nothing was done."""
    assert main([]) == 2

    shown = capsys.readouterr().out
    assert "doctor" in shown
    assert "Exit codes: 0 all is well" in shown


@pytest.mark.parametrize("arguments", [["doctr"], ["cache"], ["cache", "clear", "x", "--all"]])
def test_what_is_not_understood_is_unusable(arguments: list[str]) -> None:
    """A wrong word, a missing one, and a contradiction have the exit code of a command that was not run."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2


def test_doctor_says_what_would_be_used_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    """All topics are there, and the bundled server is what would be used."""
    code = main(["doctor"])

    shown = capsys.readouterr().out
    topics = (
        "settings",
        "python",
        "packages",
        "sqlite",
        "binaries",
        "user",
        "room",
        "socket path",
        "drivers",
        "cache",
    )
    assert code == 0
    assert [topic for topic in topics if f" {topic} " not in shown] == []
    assert "no ICU collations" in shown.replace("\n               ", " ")
    assert "would use      Postgres 18." in shown
    assert "because        nobody said anything else" in shown


def test_doctor_can_be_read_at_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines are broken at blanks; only a path may be longer; no colour where nobody sees it."""
    main(["doctor"])

    shown = capsys.readouterr().out
    long = [line for line in shown.splitlines() if len(line) > 80]
    assert [line for line in long if "/" not in line or " " in line.strip()] == []
    assert "\033" not in shown


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_doctor_is_coloured_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, no_color: str, coloured: bool
) -> None:
    """A terminal gets colours, unless NO_COLOR says no."""
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    main(["doctor"])

    assert ("\033[32mok\033[0m binaries" in capsys.readouterr().out) is coloured


def test_doctor_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The same for programs: findings with topic, fact, ok and fix."""
    main(["doctor", "--json"])

    told = json.loads(capsys.readouterr().out)

    assert set(told) == {"version", "removed", "why", "findings", "would_use", "usable"}
    assert told["usable"] is True
    assert {"topic", "fact", "ok", "fix"} == set(told["findings"][0])


@pytest.mark.parametrize(
    ("said", "words", "why"),
    [
        ("DATABASE_URL=postgresql://me:s3cret@127.0.0.1:1/d", "!! postgres    DG603", "DATABASE_URL says so"),
        ("DIGLOT_POSTGRES=13", "!! postgres    DG501", "DIGLOT_POSTGRES says so"),
        (f"DIGLOT_RUNTIME_DIR=/{'long' * 30}", "shorter path", "nobody said anything else"),
    ],
)
def test_doctor_falls_short_with_a_fix(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, said: str, words: str, why: str
) -> None:
    """What keeps Postgres from running is marked, with its fix, and the exit code is 1."""
    variable, _, value = said.partition("=")
    monkeypatch.setenv(variable, value)

    code = main(["doctor"])

    shown = capsys.readouterr().out
    assert code == 1
    assert words in shown
    assert "Fix: " in shown
    assert f"because        {why}" in shown
    assert "s3cret" not in shown


def test_doctor_needs_no_postgres_for_sqlite_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was told to use SQLite does not fall short for lack of a server."""
    monkeypatch.setenv("DATABASE_URL", "sqlite:///raptor.db")
    monkeypatch.setenv("DIGLOT_RUNTIME_DIR", "/" + "long" * 30)

    assert main(["doctor"]) == 0
    assert "would use      SQLite alone" in capsys.readouterr().out


def test_doctor_warns_of_a_url_that_is_ignored(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A DATABASE_URL of another database is no obstacle, but is not passed over in silence."""
    monkeypatch.setenv("DATABASE_URL", "mysql://me:s3cret@h/d")

    assert main(["doctor"]) == 0

    shown = capsys.readouterr().out
    assert " ! url         DATABASE_URL names neither Postgres nor SQLite" in shown
    assert "s3cret" not in shown


def test_doctor_runs_without_a_driver() -> None:
    """Where the extra is not installed the command says so; it does not end in a traceback."""
    done = subprocess.run([sys.executable, "-c", WITHOUT_DRIVER], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "DG617: connecting to Postgres needs psycopg2" in " ".join(done.stdout.split())
    assert done.stderr == ""


def test_doctor_removes_what_dead_servers_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A folder whose keeper is gone is counted, and removed with `--fix`; other folders stay."""
    monkeypatch.setenv("DIGLOT_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "dead").mkdir()
    (tmp_path / "dead" / MARK).touch()
    (tmp_path / "other").mkdir()

    main(["doctor"])
    before = capsys.readouterr().out
    main(["doctor", "--fix"])
    after = capsys.readouterr().out

    assert "servers     0 running, 1 left over\n               Fix: diglot doctor --fix" in before
    assert f"removed {tmp_path / 'dead'}\n" in after
    assert "servers     0 running, 0 left over" in after
    assert (tmp_path / "other").exists()


def test_bad_settings_make_the_command_unusable(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    """Settings with a mistake are named, as pytest would name them."""
    (elsewhere / "pyproject.toml").write_text("[tool.diglot]\nap = 'x'\n")

    assert main(["doctor"]) == 2
    assert "DG102" in capsys.readouterr().err


def test_cache_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Templates and kept databases are listed with kind, size, age and name."""
    _fill_cache()

    code = main(["cache", "ls"])

    shown = capsys.readouterr().out
    assert code == 0
    assert "kept             2.0 MB        0 s   kept/main-1\n" in shown
    assert f"3 entries, 6.0 MB in {CacheDirectory.default().root}\n" in shown


@pytest.mark.parametrize(
    ("which", "left"),
    [
        (["aa"], ["bbbb", "kept/main-1"]),
        (["kept"], ["aaaa", "bbbb"]),
        (["main"], ["aaaa", "bbbb"]),
        (["--all"], []),
        ([], []),
    ],
)
def test_cache_is_cleared(capsys: pytest.CaptureFixture[str], which: list[str], left: list[str]) -> None:
    """What is called so is removed, or everything, and each removal is told."""
    _fill_cache()

    code = main(["cache", "clear", *which])

    assert code == 0
    assert sorted(entry.name for entry in CacheDirectory.default().entries()) == left
    assert capsys.readouterr().out.count("removed ") == 3 - len(left)


def test_cache_clear_of_an_unknown_name_falls_short(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that nothing begins with is an error, and nothing is removed."""
    _fill_cache()

    assert main(["cache", "clear", "zz"]) == 1

    assert "nothing that is kept begins with 'zz'. Fix: see diglot cache ls" in capsys.readouterr().err
    assert len(CacheDirectory.default().entries()) == 3


def test_causes_lists_every_cause(capsys: pytest.CaptureFixture[str]) -> None:
    """Each cause has a line with its title."""
    code = main(["causes"])

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert len(lines) == len(all_causes())
    assert any(line.startswith("bool-eq-int ") and "number" in line for line in lines)


def test_causes_shows_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    """With a name, the cause's page is shown, with its fix."""
    code = main(["causes", "bool-eq-int"])

    page = capsys.readouterr().out
    assert code == 0
    assert page.startswith("# A boolean is compared with a number")
    assert "## Good" in page
    assert "Fix: " in page


def test_causes_of_another_name_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt name is answered with the nearest one."""
    code = main(["causes", "bool-eq-imt"])

    assert code == 1
    assert capsys.readouterr().err == "there is no cause 'bool-eq-imt'. Fix: write bool-eq-int\n"
