"""`ci/bootstrap.py` gets from nothing but Python to nox, or says what is in the way."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Bootstrap = Callable[..., subprocess.CompletedProcess[str]]

# Runs the script as if by another Python: {version} and {executable} are what it sees of itself.
AS_IF = """
import runpy, sys
sys.version_info = {version}
sys.executable = {executable!r}
sys.argv = ["ci/bootstrap.py", *sys.argv[1:]]
runpy.run_path("ci/bootstrap.py", run_name="__main__")
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of a checkout as the script reads."""
    (tmp_path / "ci").mkdir()
    for name in ("bootstrap.py", "constraints.txt"):
        shutil.copy(ROOT / "ci" / name, tmp_path / "ci")
    return tmp_path


@pytest.fixture
def bootstrap(checkout: Path) -> Bootstrap:
    """Run the script in the checkout; `version` and `executable` stand for another Python."""

    def run(
        *words: str, version: tuple[int, ...] = (3, 11, 2), executable: str = sys.executable, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", AS_IF.format(version=version, executable=executable), *words],
            cwd=checkout,
            env={"PATH": os.defpath, **environ},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def _program(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_old_python_is_refused_before_anything_else(bootstrap: Bootstrap) -> None:
    """A Python below the oldest is told so, although it could not read the rest of the script."""
    done = bootstrap("contract", version=(3, 9, 18))

    assert done.returncode == 2
    assert done.stderr == "bootstrap: Python 3.9 is too old. Fix: use Python 3.11 or newer\n"


def test_missing_venv_module_names_the_package(bootstrap: Bootstrap, checkout: Path) -> None:
    """Where Python comes without its venv module, the words of Python and the package to install are shown."""
    python = _program(checkout / "python", "echo 'ensurepip is not available'; exit 1")

    done = bootstrap("contract", executable=python)

    assert done.returncode == 2
    assert "ensurepip is not available" in done.stderr
    assert "Fix: install Python's venv module (Debian and Ubuntu: apt install python3-venv)" in done.stderr


def test_checkout_that_cannot_be_written_is_named(bootstrap: Bootstrap, checkout: Path) -> None:
    """Where `.nox/bootstrap` cannot be made, its path and the reason are shown."""
    (checkout / ".nox").write_text("in the way")

    done = bootstrap("contract")

    assert done.returncode == 2
    assert f"{checkout}/.nox/bootstrap cannot be made anew (Not a directory)" in done.stderr
    assert "Fix: make the checkout writable" in done.stderr


def test_unreachable_index_keeps_nothing_half_made(bootstrap: Bootstrap, checkout: Path) -> None:
    """Where nox cannot be installed, pip's words are shown, and the next run starts over."""
    done = bootstrap("contract", PIP_NO_INDEX="1")

    assert done.returncode == 2
    assert any(line.startswith("ERROR: ") for line in done.stderr.splitlines())
    assert "Fix: check the network and pip's settings" in done.stderr
    assert not (checkout / ".nox/bootstrap/done").exists()


def test_finished_environment_becomes_nox(bootstrap: Bootstrap, checkout: Path) -> None:
    """A finished environment is not made again; nox gets the words as they are, and finds uv first."""
    place = checkout / ".nox/bootstrap"
    _program(place / "bin/python", 'echo "$@"; echo "$PATH"; exit 7')
    shutil.copy(checkout / "ci/constraints.txt", place / "done")

    done = bootstrap("sqlite", "contract", "--", "-k", "bars")

    assert done.returncode == 7
    assert done.stdout.splitlines() == [
        f"-m nox --noxfile {checkout}/noxfile.py -s sqlite contract -- -k bars",
        f"{place}/bin:{os.defpath}",
    ]


def test_changed_lock_makes_the_environment_anew(bootstrap: Bootstrap, checkout: Path) -> None:
    """An environment of other locked versions is not used."""
    place = checkout / ".nox/bootstrap"
    _program(place / "bin/python", "exit 7")
    (place / "done").write_text("nox==1\n")

    done = bootstrap("contract", executable=_program(checkout / "python", "exit 1"))

    assert done.returncode == 2
    assert done.stdout.startswith("bootstrap: an environment for nox in .nox/bootstrap")
