"""`ci/browser.py` finds a browser, or says why there is none."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Find = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """Run the script with nothing on PATH but what the test puts there."""

    def run(**environ: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, str(ROOT / "ci/browser.py")],
            env={"PATH": str(tmp_path), "HOME": str(tmp_path), **environ},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def _program(path: Path, text: str = "exit 0") -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_given_browser_comes_first(find: Find, tmp_path: Path) -> None:
    """DIGLOT_BROWSER is taken although another one is on PATH."""
    _program(tmp_path / "chromium")
    mine = _program(tmp_path / "mine")

    assert find(DIGLOT_BROWSER=mine).stdout == f"{mine}\n"


def test_browser_on_path_is_found(find: Find, tmp_path: Path) -> None:
    """Any of the usual names will do."""
    chrome = _program(tmp_path / "google-chrome")

    assert find().stdout == f"{chrome}\n"


def test_wrong_browser_is_refused(find: Find, tmp_path: Path) -> None:
    """A DIGLOT_BROWSER that is no program is an error, and no other browser is taken in its place."""
    _program(tmp_path / "chromium")

    done = find(DIGLOT_BROWSER=str(tmp_path / "nothing"))

    assert done.returncode == 2
    assert "which is no program" in done.stderr
    assert done.stdout == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is asked to install packages")
def test_failing_installation_says_why(find: Find, tmp_path: Path) -> None:
    """Each way that was tried is named with its reason, and what to do."""
    _program(tmp_path / "apt-get", "echo 'no network' >&2; exit 100")

    done = find(PLAYWRIGHT_BROWSERS_PATH=str(tmp_path), PLAYWRIGHT_DOWNLOAD_HOST="http://127.0.0.1:1")

    assert done.returncode == 2
    assert "from_apt: apt-get update failed: no network" in done.stderr
    assert "from_playwright: playwright install failed" in done.stderr
    assert "Fix: install Chromium or Chrome, or name one in DIGLOT_BROWSER" in done.stderr
