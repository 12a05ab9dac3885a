"""Run squawk, the linter of Postgres migrations, once over many scripts."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from diglot.errors.locks import SquawkFailed, SquawkMissing

_OK = (0, 1)  # 1: something was reported
_TIMEOUT_S = 120.0
_OUTPUT_LINES = 3
_OPT_IN = "prefer-repack"


@dataclass(frozen=True)
class Reported:
    """What squawk says of one line.

    script: which one, counted from 0. line: in the script, counted from 0.
    """

    script: int
    line: int
    rule: str
    message: str


def find_squawk() -> str:
    """Return the program's path: beside the running Python, then on PATH; raises SquawkMissing (DG920)."""
    beside = Path(sys.executable).parent
    found = shutil.which("squawk", path=str(beside)) or shutil.which("squawk")
    if found is None:
        raise SquawkMissing(looked_in=str(beside))
    return found


def run_squawk(scripts: Sequence[str], *, major: int) -> tuple[Reported, ...]:
    """Return everything that squawk says of the scripts, in their order, for a Postgres of this major version.

    Raises SquawkMissing (DG920), SquawkFailed (DG921).
    """
    program = find_squawk()
    names = [f"{number:06}.sql" for number in range(len(scripts))]
    if not names:
        return ()
    with tempfile.TemporaryDirectory(prefix="diglot-locks-") as folder:
        for name, text in zip(names, scripts, strict=True):
            (Path(folder) / name).write_text(text, encoding="utf-8", newline="\n")
        # An own file of settings, and an empty one: those of a folder above would change what is found.
        (Path(folder) / "squawk.toml").write_text("", encoding="utf-8")
        options = ["--config", "squawk.toml", "--reporter", "json", "--include", _OPT_IN]
        output = _run([program, *options, "--pg-version", str(major), *names], folder)
    return _read(program, output, names)


def _run(command: Sequence[str], folder: str) -> str:
    try:
        ended = subprocess.run(
            command, cwd=folder, capture_output=True, encoding="utf-8", timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise SquawkFailed(program=command[0], problem=str(error)) from error
    if ended.returncode not in _OK:
        said = "; ".join((ended.stderr or ended.stdout).strip().splitlines()[:_OUTPUT_LINES])
        raise SquawkFailed(program=command[0], problem=f"it ended with {ended.returncode} and said: {said}")
    return ended.stdout


def _read(program: str, output: str, names: Sequence[str]) -> tuple[Reported, ...]:
    places = {name: number for number, name in enumerate(names)}
    try:
        rows = [
            Reported(places[Path(row["file"]).name], int(row["line"]), str(row["rule_name"]), str(row["message"]))
            for row in json.loads(output)
        ]
    except (ValueError, TypeError, KeyError) as error:
        raise SquawkFailed(program=program, problem=f"its JSON is not what is known of it ({error!r})") from error
    return tuple(sorted(rows, key=lambda row: (row.script, row.line, row.rule)))
