"""The command says what it found, what it would do, and how to mend what is wrong."""

import json
from pathlib import Path

import pytest

from diglot.cli import main
from diglot.provision.cachedir import CacheDirectory


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without settings, an empty cache, no URL."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGLOT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def test_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """`diglot --version` names the version and ends well."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("diglot 0.")


def test_nothing_asked_is_unusable(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command the help is shown, and the exit code says that nothing was done."""
    assert main([]) == 2
    assert "doctor" in capsys.readouterr().out


def test_doctor_says_what_would_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    """All topics are there, and the bundled server is what would be used."""
    code = main(["doctor"])

    shown = capsys.readouterr().out
    assert code == 0
    assert all(topic in shown for topic in ("python", "sqlite", "binaries", "user", "room", "socket path", "cache"))
    assert "no ICU collations" in shown
    assert "would use: Postgres 18." in shown


def test_doctor_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The same for programs: findings with topic, fact, ok and fix."""
    main(["doctor", "--json"])

    told = json.loads(capsys.readouterr().out)

    assert told["usable"] is True
    assert {"topic", "fact", "ok", "fix"} == set(told["findings"][0])


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("DATABASE_URL", "postgresql://me:s3cret@127.0.0.1:1/d", "DG603"),
        ("DIGLOT_POSTGRES", "13", "DG501"),
        ("DIGLOT_RUNTIME_DIR", "/" + "long" * 30, "shorter path"),
    ],
)
def test_doctor_falls_short_with_a_fix(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    """What keeps Postgres from running is marked, with its fix, and the exit code is 1."""
    monkeypatch.setenv(variable, value)

    code = main(["doctor"])

    shown = capsys.readouterr().out
    assert code == 1
    assert words in shown
    assert "Fix: " in shown
    assert "s3cret" not in shown


def test_cache_is_listed_and_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    """Templates are listed with kind and size; one is removed by the beginning of its name."""
    folder = CacheDirectory.default().folder("sqlite")
    for name in ("aaaa", "bbbb"):
        (folder / f"{name}.sqlite3").write_bytes(b"x" * 2_000_000)

    codes = [main(["cache", "ls"]), main(["cache", "clear", "aa"])]

    shown = capsys.readouterr().out
    assert codes == [0, 0]
    assert "2 templates, 4.0 MB" in shown
    assert "removed aaaa" in shown
    assert [entry.name for entry in CacheDirectory.default().entries()] == ["bbbb"]


def test_cache_clear_of_an_unknown_name_falls_short(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that nothing begins with is an error, and nothing is removed."""
    assert main(["cache", "clear", "zz"]) == 1
    assert "no template's name begins with 'zz'" in capsys.readouterr().err


def test_bad_settings_make_the_command_unusable(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    """Settings with a mistake are named, as pytest would name them."""
    (elsewhere / "pyproject.toml").write_text("[tool.diglot]\nap = 'x'\n")

    assert main(["doctor"]) == 2
    assert "DG102" in capsys.readouterr().err
