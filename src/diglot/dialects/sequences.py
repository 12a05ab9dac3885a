"""Put a Postgres database's sequences back to where a template has them.

A rollback does not undo `nextval`, so that without this a test's generated ids would depend on
the tests before it, and would never agree with SQLite's.
"""

from dataclasses import dataclass
from typing import Any

_PREPARED = "diglot_restore_sequences"
_NAMES = """
    SELECT c.oid, format('%I.%I', n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND c.relpersistence <> 't'
"""


@dataclass
class Counters:
    """The state of all sequences, ready to be restored in one round trip."""

    query: str | None
    prepared: bool = False

    def restore(self, cursor: Any) -> None:
        """Restore every sequence that has moved; the cursor must not be in a failed transaction."""
        if self.query is None:
            return
        if not self.prepared:
            cursor.execute(f"PREPARE {_PREPARED} AS {self.query}")
            self.prepared = True
        cursor.execute(f"EXECUTE {_PREPARED}")


def read_counters(cursor: Any) -> Counters:
    """Read where each sequence of the database stands now."""
    cursor.execute(_NAMES)
    sequences = cursor.fetchall()
    if not sequences:
        return Counters(None)
    cursor.execute(" UNION ALL ".join(f"SELECT {oid}, last_value, is_called FROM {name}" for oid, name in sequences))
    values = ", ".join(
        f"({oid}::oid, {last}::bigint, {str(called).lower()})" for oid, last, called in cursor.fetchall()
    )
    return Counters(
        f"SELECT setval(v.id::regclass, v.last, v.called) FROM (VALUES {values}) AS v (id, last, called) "  # noqa: S608 - numbers read from the catalogue
        "WHERE pg_sequence_last_value(v.id::regclass) IS DISTINCT FROM CASE WHEN v.called THEN v.last END"
    )
