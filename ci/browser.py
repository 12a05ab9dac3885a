"""Print the path of a Chromium for the browser tests, and install one when there is none.

`DIGLOT_BROWSER` comes first, then a Chromium or Chrome on PATH, then one that Playwright has installed. Where
there is none, root on Debian or Ubuntu gets the distribution's, anybody else Playwright's own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
EXIT_NONE = 2
_TIMEOUT_S = 600


class NoBrowser(Exception):
    """Why a way to get a browser did not lead to one."""


def main() -> int:
    """Print the path; return 2, with each attempt's reason, when no browser can be had."""
    reasons = []
    for way in (given, on_path, of_playwright, from_apt, from_playwright):
        try:
            print(way())
        except NoBrowser as reason:
            reasons.append(f"  {way.__name__}: {reason}")
            if way is given and os.environ.get("DIGLOT_BROWSER"):
                break
        else:
            return 0
    print("browser: there is no Chromium for the browser tests:", *reasons, sep="\n", file=sys.stderr)
    print("Fix: install Chromium or Chrome, or name one in DIGLOT_BROWSER", file=sys.stderr)
    return EXIT_NONE


def given() -> str:
    """Return what DIGLOT_BROWSER names."""
    path = os.environ.get("DIGLOT_BROWSER", "")
    if not path:
        raise NoBrowser("DIGLOT_BROWSER is not set")
    found = shutil.which(path)
    if found is None:
        raise NoBrowser(f"DIGLOT_BROWSER is {path!r}, which is no program")
    return found


def on_path() -> str:
    """Return the first Chromium or Chrome on PATH."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise NoBrowser(f"none of {', '.join(NAMES)} is on PATH")
    return found


def of_playwright() -> str:
    """Return the Chromium that Playwright has installed for this user."""
    script = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as it: print(it.chromium.executable_path)"
    )
    done = _run([sys.executable, "-c", script])
    path = done.stdout.strip()
    if done.returncode != 0 or not Path(path).is_file():
        raise NoBrowser("Playwright is not here, or has installed none")
    return path


def from_apt() -> str:
    """Install the distribution's Chromium, as root on Debian or Ubuntu."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise NoBrowser("only root can install packages" if apt else "there is no apt-get")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "chromium"]):
        done = _run([apt, *words], environ)
        if done.returncode != 0:
            raise NoBrowser(f"apt-get {words[0]} failed: {_last_line(done)}")
    return on_path()


def from_playwright() -> str:
    """Let Playwright download its Chromium."""
    done = _run([sys.executable, "-m", "playwright", "install", "chromium"])
    if done.returncode != 0:
        raise NoBrowser(f"playwright install failed: {_last_line(done)}")
    return of_playwright()


def _run(command: list[str], environ: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            command,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_S,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise NoBrowser(f"{command[0]} did not end within {_TIMEOUT_S} s") from error


def _last_line(done: "subprocess.CompletedProcess[str]") -> str:
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else f"exit code {done.returncode}"


if __name__ == "__main__":
    sys.exit(main())
