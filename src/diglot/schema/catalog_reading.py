"""Read a database's catalogue: all of it in one round trip, or again and again with only what has changed."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from diglot.schema.catalog_objects import Catalog, ObjectId
from diglot.schema.catalog_queries import LOOKING_AROUND, OF_RELATIONS, SETTINGS, SHARED
from diglot.schema.catalog_queries_of_others import GRANTS_ON_RELATIONS, OF_OTHERS
from diglot.schema.catalog_stamps import CHANGED, STAMPS

_Facts = Mapping[ObjectId, Mapping[str, str]]

_IDLE = 0  # libpq's PQTRANS_IDLE
_DESCRIBED = """
SELECT coalesce(json_agg(json_build_array(grp, kind, tab, name, facts)), '[]')::text FROM (
:parts
) AS found (grp, kind, tab, name, facts)"""


def _described(*parts: str) -> str:
    return _DESCRIBED.replace(":parts", "UNION ALL".join(parts))


_ALL = "WITH " + SHARED.replace(":among", "true")
_SOME = "WITH " + CHANGED + ", " + SHARED.replace(":among", "c.oid IN (SELECT oid FROM changed)")  # noqa: S608
_WITH_RELATIONS = (*OF_RELATIONS, GRANTS_ON_RELATIONS)
_WITHOUT_RELATION = (*LOOKING_AROUND, *OF_OTHERS)
_EVERYTHING = _ALL + _described(*_WITH_RELATIONS, *_WITHOUT_RELATION)

# Planning these takes as long as running them: a reader has it done once. A few relations are found by their oids.
_PREPARED = f"""
PREPARE diglot_stamps AS {_ALL}, {STAMPS};
PREPARE diglot_others AS {_ALL} {_described(*_WITHOUT_RELATION)};
PREPARE diglot_relations (oid[]) AS {_SOME} {_described(*_WITH_RELATIONS)};
"""
_IS_PREPARED = "SELECT count(*)::text FROM pg_prepared_statements WHERE name = 'diglot_relations'"
_GENERIC = "SET LOCAL plan_cache_mode = force_generic_plan;"
_OTHERS = "0"  # the group of what belongs to no relation


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
        stamps, names, looks_around = _run(self._connection, f"{_GENERIC} EXECUTE diglot_stamps")
        changed = self._changed(stamps, names)
        if looks_around and changed:
            changed.add(_OTHERS)
        for group in changed | (self._groups.keys() - stamps.keys()):
            self._groups.pop(group, None)
        relations = sorted(changed - {_OTHERS})
        if relations:
            self._describe(f"diglot_relations ('{{{', '.join(relations)}}}')")
        if _OTHERS in changed:
            self._describe("diglot_others")
        self._stamps, self._names = stamps, names
        everything: dict[ObjectId, Mapping[str, str]] = {}
        for facts in self._groups.values():
            everything.update(facts)
        return Catalog(everything, tuple(self._groups.values()))

    def _describe(self, prepared: str) -> None:
        self._groups.update(_grouped(_run(self._connection, f"{_GENERIC} EXECUTE {prepared}")))

    def _prepare(self) -> None:
        """Have the statements planned once a connection, which may have had another reader."""
        if not self._is_prepared and not _run(self._connection, _IS_PREPARED):
            _run(self._connection, f"{_PREPARED} SELECT 'null'")
        self._is_prepared = True

    def _changed(self, stamps: Mapping[str, str], names: Mapping[str, str]) -> set[str]:
        """Return the groups to describe: all of them when something that a text may name has another name."""
        if any(names.get(what, name) != name for what, name in self._names.items()):
            return {*stamps, _OTHERS}
        return {group for group in {*stamps, *self._stamps} if self._stamps.get(group) != stamps.get(group)}


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
