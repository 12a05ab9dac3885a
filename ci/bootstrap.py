"""Run nox sessions on a machine that has nothing but Python.

`python3 ci/bootstrap.py contract` makes a small environment for nox in `.nox/bootstrap`, at the
locked versions, and lets nox do the rest. Words after `--` go to the session.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
EXIT_UNUSABLE = 2
if sys.version_info < OLDEST:  # stands above the functions: an older Python cannot read their annotations
    sys.stderr.write("bootstrap: Python %d.%d is too old. Fix: use Python 3.11 or newer\n" % sys.version_info[:2])  # noqa: UP031
    sys.exit(EXIT_UNUSABLE)

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / ".nox" / "bootstrap"
PYTHON = PLACE / "bin" / "python"
CONSTRAINTS = ROOT / "ci" / "constraints.txt"


class Unusable(Exception):
    """Why nox cannot be run here, and what would help."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(f"bootstrap: {problem}. Fix: {fix}")


def main(arguments: list[str]) -> None:
    """Become nox with the sessions and options in `arguments`; exit with 2 when that cannot be."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(__doc__)
        sys.exit(0 if arguments else EXIT_UNUSABLE)
    try:
        if not _is_ready():
            _make()
    except Unusable as reason:
        print(reason, file=sys.stderr)
        sys.exit(EXIT_UNUSABLE)
    environ = {**os.environ, "PATH": f"{PLACE / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    command = [str(PYTHON), "-m", "nox", "--noxfile", str(ROOT / "noxfile.py"), "-s", *arguments]
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execve(command[0], command, environ)  # noqa: S606 - an argument list; nox takes over, signals included


def _is_ready() -> bool:
    """Tell whether the environment was finished, at today's locked versions, for a Python that is still there."""
    done = PLACE / "done"
    return PYTHON.exists() and done.exists() and done.read_bytes() == CONSTRAINTS.read_bytes()


def _make() -> None:
    print(f"bootstrap: an environment for nox in {PLACE.relative_to(ROOT)}, then nox, at locked versions", flush=True)
    try:
        shutil.rmtree(PLACE, ignore_errors=True)
        PLACE.mkdir(parents=True)
    except OSError as error:
        raise Unusable(f"{PLACE} cannot be made anew ({error.strerror})", "make the checkout writable") from error
    made = subprocess.run([sys.executable, "-m", "venv", str(PLACE)], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        fix = "install Python's venv module (Debian and Ubuntu: apt install python3-venv)"
        raise Unusable(f"Python cannot make an environment:\n{(made.stdout + made.stderr).strip()}\n", fix)
    if _pip("install", "--quiet", "--constraint", str(CONSTRAINTS), "nox").returncode != 0:
        raise Unusable("nox could not be installed; pip's words are above", "check the network and pip's settings")
    _add_uv()
    (PLACE / "done").write_bytes(CONSTRAINTS.read_bytes())


def _add_uv() -> None:
    """Add uv, which installs faster, where it can be had; nox uses pip where it is not.

    uv reads none of pip's settings, so it is left out where those name an index.
    """
    settings = _pip("config", "list", capture_output=True).stdout
    keys = {line.partition("=")[0].rpartition(".")[2] for line in settings.splitlines()}
    if keys & {"index-url", "no-index"}:
        print("bootstrap: pip has an index of its own, so sessions are installed with pip", flush=True)
        return
    options = ("--constraint", str(CONSTRAINTS), "--only-binary", "uv", "uv")
    if _pip("install", "--quiet", *options, capture_output=True).returncode != 0:
        print("bootstrap: uv is not to be had, so sessions are installed with pip", flush=True)


def _pip(*arguments: str, capture_output: bool = False) -> subprocess.CompletedProcess[str]:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=capture_output, text=True, check=False)


if __name__ == "__main__":
    main(sys.argv[1:])
