"""Read a database's catalogue: all of it in one round trip, or again and again with only what has changed."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from diglot.schema.catalog_objects import Catalog, ObjectId
from diglot.schema.catalog_queries import OF_RELATIONS, SETTINGS, SHARED
from diglot.schema.catalog_queries_of_others import OF_OTHERS
from diglot.schema.catalog_stamps import CHANGED, STAMPS

_Facts = Mapping[ObjectId, Mapping[str, str]]

_IDLE = 0  # libpq's PQTRANS_IDLE
_DESCRIBED = """
SELECT coalesce(json_agg(json_build_array(grp, kind, tab, name, facts)), '[]')::text FROM (
:parts
) AS found (grp, kind, tab, name, facts)"""


def _statement(which: str, last: str) -> str:
    """Return a statement over the relations that the condition `which` names."""
    return SHARED.replace(":which", which) + last


_PARTS = _DESCRIBED.replace(":parts", "UNION ALL".join((*OF_RELATIONS, *OF_OTHERS)))
_EVERYTHING = _statement("true", _PARTS)

# Planning these takes as long as running them: a reader has it done once.
_PREPARED = f"""
PREPARE diglot_stamps AS {_statement("true", STAMPS)};
PREPARE diglot_changed (oid[]) AS {_statement(CHANGED, _PARTS)};
"""
_IS_PREPARED = "SELECT count(*)::text FROM pg_prepared_statements WHERE name = 'diglot_changed'"
_GENERIC = "SET LOCAL plan_cache_mode = force_generic_plan;"


def read_catalog(connection: Any) -> Catalog:
    """Return everything in a database that is the project's own.

    connection: psycopg2's. What belongs to Postgres, to an extension or to Alembic (its version table: the one with
    `version_num` as its only column) is left out.
    """
    everything: dict[ObjectId, Mapping[str, str]] = {}
    for facts in _grouped(_run(connection, _EVERYTHING)).values():
        everything.update(facts)
    return Catalog(everything)


class CatalogReader:
    """Read the catalogue of one database again and again, faster: only what has changed is described anew."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._is_prepared = False
        self._stamps: Mapping[str, str] = {}
        self._names: Mapping[str, str] = {}
        self._groups: dict[str, _Facts] = {}

    def read(self) -> Catalog:
        """Return what `read_catalog` returns."""
        self._prepare()
        stamps, names = _run(self._connection, f"{_GENERIC} EXECUTE diglot_stamps")
        changed = self._changed(stamps, names)
        rows = _run(self._connection, f"{_GENERIC} EXECUTE diglot_changed ('{{{', '.join(changed)}}}')")
        kept = stamps.keys() - changed
        self._groups = {oid: facts for oid, facts in self._groups.items() if oid in kept} | _grouped(rows)
        self._stamps, self._names = stamps, names
        everything: dict[ObjectId, Mapping[str, str]] = {}
        for facts in self._groups.values():
            everything.update(facts)
        return Catalog(everything)

    def _prepare(self) -> None:
        """Have the statements planned once a connection, which may have had another reader."""
        if not self._is_prepared and not _run(self._connection, _IS_PREPARED):
            _run(self._connection, f"{_PREPARED} SELECT 'null'")
        self._is_prepared = True

    def _changed(self, stamps: Mapping[str, str], names: Mapping[str, str]) -> set[str]:
        """Return the relations to describe: all of them when something that a text may name has another name."""
        if any(names.get(what, name) != name for what, name in self._names.items()):
            return set(stamps)
        return {oid for oid, stamp in stamps.items() if self._stamps.get(oid) != stamp}


def _run(connection: Any, statement: str) -> Any:
    """Return what a statement gives as one JSON text, read with settings that make texts the same everywhere."""
    with connection.cursor() as cursor:
        path = _search_path(connection, cursor)
        cursor.execute(SETTINGS + statement)
        found = json.loads(cursor.fetchone()[0])
        if path is not None:
            cursor.execute("SELECT set_config('search_path', %s, true)", (path,))
    return found


def _search_path(connection: Any, cursor: Any) -> str | None:
    """Inside a transaction that goes on afterwards, the search path has to be put back."""
    if connection.autocommit and connection.info.transaction_status == _IDLE:
        return None
    cursor.execute("SELECT current_setting('search_path')")
    return str(cursor.fetchone()[0])


def _grouped(rows: Collection[Any]) -> dict[str, dict[ObjectId, Mapping[str, str]]]:
    """Return the objects with their facts, by the oid of the relation that they belong to, or "0"."""
    groups: dict[str, dict[ObjectId, Mapping[str, str]]] = {}
    for group, kind, table, name, facts in rows:
        texts = {label: str(value) for label, value in facts.items() if value is not None}
        groups.setdefault(group, {})[ObjectId(kind, name, table)] = texts
    return groups
