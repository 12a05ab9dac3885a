"""Bring a SQLite database to the newest schema: ordered scripts, each applied once, as a whole.

What was applied is recorded in `schema_migrations` with the script's checksum; a script that was
edited afterwards is an error, since nobody could say what the database holds.
"""

import hashlib
import re
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine

from backend_v2.errors import MigrationEdited, MigrationFailed

SCRIPTS = Path(__file__).parent / "migrations"

_RECORD = """
    CREATE TABLE IF NOT EXISTS schema_migrations (
        script VARCHAR(100) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, applied_at VARCHAR(32) NOT NULL
    )
"""


def migrate(engine: Engine, folder: Path = SCRIPTS) -> list[str]:
    """Apply the scripts that are new, in the order of their names; return these names.

    Raises MigrationEdited, and MigrationFailed when a script cannot be applied: nothing of it stays.
    """
    applied_now = []
    with engine.connect() as connection:
        driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
        driver.isolation_level = None
        driver.execute(_RECORD)
        applied = dict(driver.execute("SELECT script, checksum FROM schema_migrations").fetchall())
        for script in sorted(folder.glob("*.sql")):
            content = script.read_text(encoding="utf-8")
            checksum = hashlib.sha256(content.encode()).hexdigest()
            if script.name not in applied:
                _apply(driver, script.name, content, checksum)
                applied_now.append(script.name)
            elif applied[script.name] != checksum:
                raise MigrationEdited(script=script.name, applied=applied[script.name], found=checksum)
    return applied_now


def newest_script(folder: Path = SCRIPTS) -> str:
    """Return the name of the last script, which an up-to-date database has applied."""
    return max(script.name for script in folder.glob("*.sql"))


def applied_script(connection: Connection) -> str | None:
    """Return the name of the last script that the database has applied."""
    name = connection.exec_driver_sql("SELECT max(script) FROM schema_migrations").scalar()
    return None if name is None else str(name)


def _apply(driver: sqlite3.Connection, name: str, content: str, checksum: str) -> None:
    try:
        driver.execute("BEGIN IMMEDIATE")
        for statement in _statements(content):
            driver.execute(statement)
        driver.execute("INSERT INTO schema_migrations VALUES (?, ?, datetime('now'))", (name, checksum))
        driver.execute("COMMIT")
    except sqlite3.Error as error:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise MigrationFailed(script=name, problem=str(error)) from error


def _statements(content: str) -> list[str]:
    found, pending = [], ""
    for piece in re.split(r"(?<=;)", content):
        pending += piece
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found
