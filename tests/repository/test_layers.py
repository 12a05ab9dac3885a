"""Each rule about who may import whom can fail: one forbidden import is planted against it."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

PLANTED = {
    "diglot: top may use below, never the reverse": ("src/diglot/version.py", "import diglot.provision"),
    "raptor: top may use below, never the reverse": ("backend_v2/clock.py", "import backend_v2.http.problems"),
    "raptor: inside a domain, routes > services > repositories": (
        "backend_v2/auth/records.py",
        "import backend_v2.auth.account_service",
    ),
    "the harness does not know the application, nor the application the harness": (
        "backend_v2/config.py",
        "import diglot.settings",
    ),
    "pytest is for the plugin alone": ("src/diglot/isolation/clone.py", "import pytest"),
    "drivers are for the dialects, and for Raptor's database": ("src/diglot/isolation/clone.py", "import sqlite3"),
    "Alembic is for the migrator alone": ("src/diglot/plugin/tally.py", "import alembic"),
    "Hypothesis is for the differential alone": ("src/diglot/parity/values.py", "import hypothesis"),
    "httpx is in one module on each side": ("backend_v2/market_data/alpaca.py", "import httpx"),
    "no SQL in routes": ("backend_v2/auth/auth.py", "import sqlalchemy"),
    "no HTTP below routes": ("backend_v2/auth/webauthn_service.py", "import flask"),
}


LAYERS = [contract["name"] for contract in CONTRACTS if contract["type"] == "layers"]
UNPLACED = ("src/diglot/unplaced.py", "backend_v2/unplaced.py", "backend_v2/billing/unplaced.py")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the code and of its contracts."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in ("src", "backend_v2"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def _verdicts(copy: Path) -> dict[str, str]:
    """What import-linter says of each contract: KEPT or BROKEN."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-cache"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return dict(re.findall(r"^(.+) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))


def _plant(copy: Path, name: str, line: str) -> None:
    path = copy / name
    path.write_text(f"{path.read_text()}\n{line}\n")


def test_every_contract_goes_red(copy: Path) -> None:
    """A forbidden import breaks its contract; a contract that none is planted against is a failure too."""
    for name, line in PLANTED.values():
        _plant(copy, name, line)

    verdicts = _verdicts(copy)

    assert verdicts == {contract["name"]: "BROKEN" for contract in CONTRACTS}
    assert set(verdicts) == set(PLANTED)


def test_new_module_must_be_placed(copy: Path) -> None:
    """A module that no layer names breaks the layers of its package."""
    for name in UNPLACED:
        (copy / name).touch()

    verdicts = _verdicts(copy)

    assert [name for name, verdict in verdicts.items() if verdict == "BROKEN"] == LAYERS
