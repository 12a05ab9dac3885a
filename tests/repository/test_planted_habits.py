"""Ten SQLite-isms planted in Raptor: its suite on SQLite stays green, Diglot names each with cause and line."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PASSKEYS = "backend_v2/auth/repositories/passkeys.py"
SESSIONS = "backend_v2/auth/repositories/sessions.py"
BILLING = "backend_v2/billing/repositories.py"
BARS = "backend_v2/market_data/repositories/bars.py"
HEALTH = "backend_v2/status/health.py"
SUITE = (
    "tests/contract/app/test_app.py",
    "tests/contract/auth/test_ceremony.py",
    "tests/contract/auth/test_webauthn_service.py",
    "tests/contract/billing/test_billing_route.py",
    "tests/contract/billing/test_billing_snapshots.py",
    "tests/contract/market_data/test_historical_bars.py",
    "tests/contract/market_data/test_historical_route.py",
)
"""The contracts of what is planted in: the whole suite would tell no more, and takes minutes."""


@dataclass(frozen=True)
class Plant:
    """One habit of SQLite. at: the part of `planted` whose first line is to be named."""

    cause: str
    file: str
    original: str
    planted: str
    at: str


PLANTS = (
    Plant(
        "string-functions",
        SESSIONS,
        "statement = sa.select(table).where(_alive(user_id, now), table.c.id == session_id)\n"
        "        row = self._connection.execute(statement).first()\n",
        "known = _alive(user_id, now) & (sa.func.ifnull(table.c.user_agent, '') != 'unknown')\n"
        "        statement = sa.select(table).where(known, table.c.id == session_id)\n"
        "        row = self._connection.execute(statement).first()  # of a known browser\n",
        "of a known browser",
    ),
    Plant(
        "bool-eq-int",
        PASSKEYS,
        "return self._connection.execute(sa.update(table).where(unchanged).values(values)).rowcount == 1",
        "known = unchanged & sa.text('backup_eligible IN (0, 1)')\n"
        "        return self._connection.execute(sa.update(table).where(known).values(values)).rowcount == 1",
        "sa.update(table).where(known)",
    ),
    Plant(
        "double-quoted-string",
        PASSKEYS,
        "sa.delete(table).where(theirs)).rowcount == 1",
        "sa.delete(table).where(theirs, sa.text('name <> \"unnamed\"'))).rowcount == 1",
        "unnamed",
    ),
    Plant(
        "bool-read-type",
        SESSIONS,
        '*(column.label(f"owner_{column.name}") for column in users.c))\n',
        '*((sa.literal_column("users.is_admin") if column.name == "is_admin" else column).label('
        'f"owner_{column.name}") for column in users.c))\n',
        "row = self._connection.execute(statement.where(sessions",
    ),
    Plant(
        "json-raw-read",
        PASSKEYS,
        "        row = self._connection.execute(sa.update(table).where(theirs).values(name=name)"
        ".returning(*table.c)).first()\n"
        "        return None if row is None else Passkey(**row._mapping)",
        "        columns = [c for c in table.c if c.name != 'transports']\n"
        "        told = sa.update(table).where(theirs).values(name=name).returning(*columns, text('transports'))\n"
        "        row = self._connection.execute(told).first()\n"
        "        return row and Passkey(**{**row._mapping, 'transports': json.loads(row.transports)})",
        "row = self._connection.execute(told)",
    ),
    Plant(
        "commit-after-abort",
        BILLING,
        '        statement = statement.on_conflict_do_nothing(index_elements=["vendor", "period_start"])\n'
        "        row = self._connection.execute(statement.returning(*_TABLE.c)).first()\n",
        "        try:\n"
        "            row = self._connection.execute(statement.returning(*_TABLE.c)).first()\n"
        "        except sa.exc.IntegrityError as error:\n"
        "            if 'unique' not in str(error).lower():\n"
        "                raise\n"
        "            return None\n",
        "row = self._connection.execute(statement.returning",
    ),
    Plant(
        "aggregate-result-types",
        BILLING,
        "        statement = upsert(self._connection, _TABLE).values(",
        '        mean = sa.text("SELECT avg(amount_minor) AS mean FROM vendor_billing_snapshots")\n'
        "        self._connection.execute(mean).all()\n"
        "        statement = upsert(self._connection, _TABLE).values(",
        "self._connection.execute(mean)",
    ),
    Plant(
        "insert-or-replace",
        BARS,
        "        statement = upsert(self._connection, _BARS)\n"
        "        replaced = {column.name: statement.excluded[column.name] "
        "for column in _BARS.c if column.name not in _KEY}\n"
        "        statement = statement.on_conflict_do_update(index_elements=list(_KEY), set_=replaced)\n",
        '        statement = sa.insert(_BARS).prefix_with("OR REPLACE")\n',
        "self._connection.execute(statement.returning(_BARS.c.starts_at), rows)",
    ),
    Plant(
        "rowid",
        BARS,
        "statement.order_by(_FETCHES.c.range_start, _FETCHES.c.id)",
        'statement.order_by(_FETCHES.c.range_start, sa.text("rowid"))',
        'sa.text("rowid")',
    ),
    Plant(
        "strftime-now",
        HEALTH,
        "        if hides_its_revision(connection):\n",
        "        connection.execute(text(\"SELECT strftime('%s', 'now') AS now\"))\n"
        "        if hides_its_revision(connection):\n",
        "strftime",
    ),
)
IMPORTS = ((PASSKEYS, "from dataclasses"), (HEALTH, "from sqlalchemy.exc"))


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raptor and its contracts, with everything planted at once."""
    folder = tmp_path_factory.mktemp("raptor")
    for name in ("backend_v2", "tests/contract", "tests/standins"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "differential"))
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, folder)
    for file, before in IMPORTS:
        _replace(folder / file, before, f"import json\nfrom sqlalchemy import text\n{before}")
    for plant in PLANTS:
        _replace(folder / plant.file, plant.original, plant.planted)
    return folder


def _replace(path: Path, original: str, planted: str) -> None:
    text = path.read_text()
    assert text.count(original) == 1, f"{path.name} no longer has, once: {original}"
    path.write_text(text.replace(original, planted))


def _pytest(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "GITHUB_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *SUITE, *options]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def _line_of(folder: Path, plant: Plant) -> int:
    lines = (folder / plant.file).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if plant.at in line)


@pytest.fixture(scope="module")
def roots(planted: Path) -> dict[str, list[dict[str, Any]]]:
    """What a run on both dialects finds, by cause: the roots alone."""
    done = _pytest(planted, "--parity", "strict", "--diglot-report", "report.json")
    assert done.returncode == 1, done.stdout[-3000:]
    contracts = json.loads((planted / "report.json").read_text())["contracts"]
    found: dict[str, list[dict[str, Any]]] = {}
    for contract in contracts:
        for finding in contract["findings"]:
            if not finding["follows"]:
                found.setdefault(finding["cause"], []).append(finding)
    return found


def test_planted_suite_is_green_on_sqlite(planted: Path) -> None:
    """Whoever runs the suite on SQLite alone sees nothing."""
    done = _pytest(planted, "--dialect", "sqlite")

    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.cause)
def test_planted_habit_is_named_with_its_line(
    plant: Plant, planted: Path, roots: dict[str, list[dict[str, Any]]]
) -> None:
    """Each is the root of a disagreement, with its cause, its file, its line, and a fix."""
    found = roots.get(plant.cause, [])

    places = {(one["site"]["file"], one["site"]["line"]) for one in found}
    assert (plant.file, _line_of(planted, plant)) in places, {name: len(some) for name, some in roots.items()}
    assert all(one["fix"] for one in found)
