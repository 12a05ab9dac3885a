"""Ask the server about one statement at a time; what is tried is always undone.

PREPARE parses and analyses a statement without running it. What PREPARE does not take is run in a transaction that is
rolled back, or, where even that would do something, only parsed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from diglot import sqltext
from diglot.dialects import postgresql

UNDEFINED_TABLE = "42P01"
UNDEFINED_COLUMN = "42703"
UNDEFINED_FUNCTION = "42883"
SYNTAX = "42601"
NO_TRANSACTION_ALLOWED = "25001"

_NAME = "diglot_statement"
_SCRATCH = "diglot_scratch"
_ABORTED = "25P02"
_PREPARABLE = frozenset({"select", "insert", "update", "delete", "values", "merge", "table", "with"})
_RUNNABLE = frozenset({"create", "alter", "drop", "comment", "truncate", "grant", "revoke", "set", "show", "explain"})
_EXISTS = frozenset({"42P07", "42710", "42701", "42P06", "42723"})


@dataclass(frozen=True)
class Refusal:
    """What the server said. state: the SQLSTATE; position: in sql, from 1, or 0 when the server names none."""

    state: str
    message: str
    sql: str
    position: int = 0
    hint: str = ""


@dataclass(frozen=True)
class Schema:
    """The columns of each table and view that is found without its schema's name, and all functions' names."""

    columns: dict[str, dict[str, str]]
    functions: frozenset[str]


class Server:
    """One connection to a migrated database, which is left as it was."""

    def __init__(self, connection: Any) -> None:
        self._cursor = connection.cursor()
        self._cursor.execute("SET default_transaction_read_only = on")
        self._cursor.execute("SET statement_timeout = '15s'")
        self._prepared: dict[tuple[str, tuple[str, ...]], Refusal | None] = {}
        self.asked = 0

    def prepare(self, sql: str, types: Sequence[str] = ()) -> Refusal | None:
        """Return what PREPARE says against a statement; None when it takes it."""
        key = (sql, tuple(types))
        if key not in self._prepared:
            self.asked += 1
            listed = f" ({', '.join(types)})" if types else ""
            opening = f"PREPARE {_NAME}{listed} AS "
            refused = self._run(opening + sql, len(opening))
            if refused is None:
                self._cursor.execute(f"DEALLOCATE {_NAME}")
            self._prepared[key] = refused
        return self._prepared[key]

    def parse(self, sql: str) -> Refusal | None:
        """Return what the parser says against a statement; in an aborted transaction nothing more is done."""
        self.asked += 1
        self._cursor.execute("BEGIN")
        self._run("SELECT 1 / 0")
        refused = self._run(sql)
        self._cursor.execute("ROLLBACK")
        return refused if refused is not None and refused.state == SYNTAX else None

    def begin(self) -> None:
        """Open a transaction for statements that change something, in a schema of their own in front of the others."""
        self._cursor.execute("BEGIN READ WRITE")
        self._cursor.execute("SET LOCAL lock_timeout = '3s'")
        self._cursor.execute("SELECT current_setting('search_path')")
        before = self._cursor.fetchone()[0]
        self._cursor.execute(f"CREATE SCHEMA {_SCRATCH}")
        self._cursor.execute(f"SET LOCAL search_path = {_SCRATCH}, {before}")

    def attempt(self, sql: str) -> Refusal | None:
        """Run a statement after `begin`; return what the server says against it, unless the thing is there already."""
        self.asked += 1
        self._cursor.execute("SAVEPOINT diglot_attempt")
        refused = self._run(sql)
        if refused is not None:
            self._cursor.execute("ROLLBACK TO SAVEPOINT diglot_attempt")
        return None if refused is not None and refused.state in _EXISTS else refused

    def rollback(self) -> None:
        """Undo what was done after `begin`."""
        self._cursor.execute("ROLLBACK")
        self._prepared = {}

    def schema(self) -> Schema:
        """Read what tables and functions there are."""
        self._cursor.execute(
            "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_class c "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' "
            "AND n.nspname <> 'information_schema' AND pg_table_is_visible(c.oid) ORDER BY 1, a.attnum"
        )
        columns: dict[str, dict[str, str]] = {}
        for table, column, kind in self._cursor.fetchall():
            columns.setdefault(table, {})[column] = kind
        self._cursor.execute("SELECT DISTINCT proname FROM pg_proc")
        return Schema(columns, frozenset(name for (name,) in self._cursor.fetchall()))

    def _run(self, sql: str, before: int = 0) -> Refusal | None:
        try:
            self._cursor.execute(sql)
        except postgresql.Error as caught:
            error: Any = caught
            said = error.diag
            position = max(int(said.statement_position or 0) - before, 0)
            message = said.message_primary or str(error).strip()
            return Refusal(error.pgcode or "", message, sql[before:], position, said.message_hint or "")
        return None


def is_preparable(sql: str) -> bool:
    """Whether PREPARE takes this kind of statement."""
    return sqltext.verb(sql) in _PREPARABLE or sql.lstrip().startswith("(")


def is_runnable(sql: str) -> bool:
    """Whether it can be run and undone, and says more than that it parses."""
    verb, words = sqltext.verb(sql), sqltext.words(sql)
    return verb in _RUNNABLE and not (verb == "explain" and "analyze" in words) and "concurrently" not in words
