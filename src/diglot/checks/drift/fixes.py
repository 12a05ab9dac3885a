"""What to do about a difference, in the words of who writes metadata and revisions."""

import re
from collections.abc import Mapping

from diglot.checks.drift.kinds import is_unproven_not_null
from diglot.schema.catalog import ObjectId

# What a MetaData has words for; everything else it can only make in an event.
_STATABLE = ("table", "column", "constraint", "index", "sequence", "type")
_CREATED = {
    "table": "op.create_table({name!r}, ...)",
    "column": "op.add_column({table!r}, sa.Column({name!r}, ...))",
    "index": "op.create_index({name!r}, {table!r}, ...)",
    "primary key": "op.create_primary_key({name!r}, {table!r}, ...)",
    "foreign key": "op.create_foreign_key({name!r}, {table!r}, ...)",
    "unique": "op.create_unique_constraint({name!r}, {table!r}, ...)",
    "check": "op.create_check_constraint({name!r}, {table!r}, ...)",
}
_DROPPED = {
    "table": "op.drop_table({name!r})",
    "column": "op.drop_column({table!r}, {name!r})",
    "index": "op.drop_index({name!r}, {table!r})",
    "constraint": "op.drop_constraint({name!r}, {table!r})",
}
_ALTERED = {
    "type": "op.alter_column({table!r}, {name!r}, type_=...)",
    "nullable": "op.alter_column({table!r}, {name!r}, nullable={nullable})",
    "default": "op.alter_column({table!r}, {name!r}, server_default=...)",
    "comment": "op.alter_column({table!r}, {name!r}, comment=...)",
}
_RENAMED = {
    "column": "ALTER TABLE {table} RENAME COLUMN {migrated} TO {name}",
    "constraint": "ALTER TABLE {table} RENAME CONSTRAINT {migrated} TO {name}",
    "index": "ALTER INDEX {migrated} RENAME TO {name}",
    "sequence": "ALTER SEQUENCE {migrated} RENAME TO {name}",
    "type": "ALTER TYPE {migrated} RENAME TO {name}",
    "trigger": "ALTER TRIGGER {migrated} ON {table} RENAME TO {name}",
    "policy": "ALTER POLICY {migrated} ON {table} RENAME TO {name}",
    "rule": "ALTER RULE {migrated} ON {table} RENAME TO {name}",
    "statistics": "ALTER STATISTICS {migrated} RENAME TO {name}",
}
_LABEL = re.compile(r"'(?:[^']|'')*'")
_ACCEPT = "accept it in divergences.toml (`diglot check drift --update-divergences` writes the entry)"
_EVENT = (
    f"the metadata has no word for it: make it in an `after_create` event of the metadata as well, or drop it in a "
    f"revision, or {_ACCEPT}"
)


def fix_missing(named: ObjectId, facts: Mapping[str, str]) -> str:
    """Say what to do about an object that only the metadata has."""
    call = _CREATED.get(facts["kind"] if named.kind == "constraint" else named.kind)
    how = f" with {_filled(call, named)}" if call else ""
    return f"write a revision that creates it{how}, or take it out of the metadata"


def fix_extra(named: ObjectId, facts: Mapping[str, str]) -> str:
    """Say what to do about an object that only the migrated schema has."""
    if is_unproven_not_null(named, facts):
        return fix_change(named, "validated", "yes")
    if named.kind not in _STATABLE:
        return _EVENT
    call = _DROPPED.get(named.kind)
    how = f" with {_filled(call, named)}" if call else ""
    return f"add it to the metadata, or write a revision that drops it{how}"


def fix_change(named: ObjectId, label: str, wanted: str | None, found: str | None = None) -> str:
    """Say what to do about a fact that is not the same. wanted: the metadata's. found: the migrated schema's."""
    if (named.kind, label) == ("type", "labels"):
        return _fix_labels(named.name, _LABEL.findall(wanted or ""), _LABEL.findall(found or ""))
    if label == "validated" and wanted == "yes":
        return f"write a revision with ALTER TABLE {named.table} VALIDATE CONSTRAINT {named.name}"
    if label == "valid" and wanted == "yes":
        return f"write a revision with REINDEX INDEX {named.name}: a concurrent build of it has failed"
    if named.kind not in _STATABLE or (named.kind == "table" and label == "row security"):
        return _EVENT
    call = _ALTERED.get(label) if named.kind == "column" else None
    how = f" with {_filled(call, named, nullable=str(wanted == 'yes'))}" if call else ""
    return f"write a revision that brings it to what the metadata says{how}, or correct the metadata"


def fix_rename(named: ObjectId, migrated: str) -> str:
    """Say what to do about an object under another name."""
    statement = _RENAMED[named.kind].format(name=named.name, table=named.table, migrated=migrated)
    return f"write a revision with {statement}, or give it the name {migrated} in the metadata"


def fix_order() -> str:
    """Say what to do about columns in another order."""
    return (
        "order the metadata's columns as the table has them (INSERT without names, COPY and SELECT * go by it), "
        f"or {_ACCEPT}"
    )


def _fix_labels(name: str, wanted: list[str], found: list[str]) -> str:
    """Say how an enum gets the metadata's labels: Postgres adds and renames them, and neither drops nor moves one."""
    statements: list[str] = []
    others = [(old, new) for old, new in zip(found, wanted, strict=False) if old != new]
    if len(found) == len(wanted) and len(others) == 1:
        statements.append(f"ALTER TYPE {name} RENAME VALUE {others[0][0]} TO {others[0][1]}")
    elif [label for label in wanted if label in found] == found:
        for at, label in enumerate(wanted):
            following = next((one for one in wanted[at + 1 :] if one in found), "")
            before = f" BEFORE {following}" if following else ""
            statements += [f"ALTER TYPE {name} ADD VALUE {label}{before}"] if label not in found else []
    else:
        statements.append(
            f"a new type and ALTER COLUMN ... TYPE ... USING column::text::{name}, then drop the old type"
        )
    return f"write a revision with {'; '.join(statements)}, or correct the metadata"


def _filled(call: str, named: ObjectId, **more: str) -> str:
    return call.format(name=named.name, table=named.table, **more)
