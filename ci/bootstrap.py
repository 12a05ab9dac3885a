"""Run nox sessions on a machine that has nothing but Python.

`python3 ci/bootstrap.py contract` makes a small environment for nox in `.nox/bootstrap`, at the
locked versions, and lets nox do the rest. Words after `--` go to the session.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / ".nox" / "bootstrap"
CONSTRAINTS = ROOT / "ci" / "constraints.txt"
OLDEST = (3, 11)
EXIT_UNUSABLE = 2


def main(arguments: list[str]) -> int:
    """Run the sessions named in `arguments`; return nox's exit code, or 2 when it cannot be run."""
    if sys.version_info < OLDEST:
        return _refuse(f"Python {sys.version.split()[0]} is too old", "use Python 3.11 or newer")
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(__doc__)
        return EXIT_UNUSABLE if not arguments else 0
    sessions, rest = _split(arguments)
    problem = _make()
    if problem is not None:
        return problem
    python = PLACE / "bin" / "python"
    environ = {**os.environ, "PATH": f"{PLACE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(python), "-m", "nox", "--noxfile", str(ROOT / "noxfile.py"), "-s", *sessions, *rest]
    return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in arguments:
        return arguments, []
    at = arguments.index("--")
    return arguments[:at], arguments[at:]


def _make() -> int | None:
    """Make the environment once; an unfinished one is made again."""
    done = PLACE / "done"
    if done.exists() and done.read_text(encoding="utf-8") == CONSTRAINTS.read_text(encoding="utf-8"):
        return None
    print(f"bootstrap: nox goes into {PLACE.relative_to(ROOT)}", flush=True)
    shutil.rmtree(PLACE, ignore_errors=True)
    try:
        PLACE.parent.mkdir(exist_ok=True)
    except OSError as error:
        return _refuse(f"{PLACE.parent} cannot be made: {error.strerror}", "make the checkout writable")
    made = subprocess.run([sys.executable, "-m", "venv", str(PLACE)], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        fix = "install Python's venv module (Debian and Ubuntu: apt install python3-venv)"
        return _refuse(f"no environment could be made:\n{(made.stdout + made.stderr).strip()}", fix)
    pip = [str(PLACE / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    installed = subprocess.run([*pip, "-c", str(CONSTRAINTS), "nox", "uv"], check=False)
    if installed.returncode != 0:
        return _refuse("nox could not be installed (pip's words are above)", "check the network and pip's settings")
    done.write_text(CONSTRAINTS.read_text(encoding="utf-8"), encoding="utf-8")
    return None


def _refuse(problem: str, fix: str) -> int:
    print(f"bootstrap: {problem}. Fix: {fix}", file=sys.stderr)
    return EXIT_UNUSABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
