"""Read what a sandbox must know of a Postgres database: deferrable constraints and sequences.

A rollback does not undo `nextval`, so that without this a test's generated ids would depend on
the tests before it, and would never agree with SQLite's.
"""

from dataclasses import dataclass
from typing import Any

DEFERRABLE = "SELECT 1 FROM pg_constraint WHERE condeferrable LIMIT 1"
INITIALLY_DEFERRED = """
    SELECT DISTINCT format('%I.%I', n.nspname, c.conname)
    FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.condeferred
"""

_PREPARED = "diglot_restore_sequences"
_NAMES = """
    SELECT c.oid, format('%I.%I', n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND c.relpersistence <> 't'
"""


@dataclass(frozen=True)
class Counters:
    """The state of all sequences, as two statements; both are empty without sequences.

    preparing: to be run once a connection. restoring: puts back every sequence that has moved.
    """

    preparing: str = "SELECT 1"
    restoring: str = ""


def read_counters(cursor: Any) -> Counters:
    """Read where each sequence of the database stands now."""
    cursor.execute(_NAMES)
    sequences = cursor.fetchall()
    if not sequences:
        return Counters()
    states = [f"SELECT {oid}, last_value, is_called FROM {name}" for oid, name in sequences]
    cursor.execute(" UNION ALL ".join(states))
    values = ", ".join(
        f"({oid}::oid, {last}::bigint, {str(called).lower()})" for oid, last, called in cursor.fetchall()
    )
    query = (
        f"SELECT setval(v.id::regclass, v.last, v.called) FROM (VALUES {values}) AS v (id, last, called) "
        "WHERE pg_sequence_last_value(v.id::regclass) IS DISTINCT FROM CASE WHEN v.called THEN v.last END"
    )
    return Counters(preparing=f"PREPARE {_PREPARED} AS {query}", restoring=f"EXECUTE {_PREPARED}")
