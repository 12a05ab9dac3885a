"""List and remove what Diglot keeps on a server that is reached by URL: templates and kept databases."""

import time
from dataclasses import dataclass

from diglot.errors.databases import DatabaseInUse
from diglot.provision.databases import PREFIX, DatabaseAdmin
from diglot.provision.templates import drop_unused, is_template

_SIZE = "SELECT pg_database_size(oid) FROM pg_database WHERE datname = %s"


@dataclass(frozen=True)
class StoredDatabase:
    """A database that outlives its session. kind: template or kept. size: bytes. age_s: since its last use."""

    name: str
    kind: str
    size: int
    age_s: float


def stored(admin: DatabaseAdmin) -> list[StoredDatabase]:
    """Return this role's templates and kept databases, the most recently used first."""
    found = []
    for name, mark in admin.marked().items():
        if mark.kind == "kept" or is_template(name, mark):
            size = sum(int(row[0]) for row in admin.query(_SIZE, name))
            found.append(StoredDatabase(name, mark.kind, size, time.time() - mark.used_at))
    return sorted(found, key=lambda one: one.age_s)


def clear_stored(admin: DatabaseAdmin, name: str | None) -> tuple[list[str], list[str]]:
    """Drop those whose name, or whose digest, begins with `name`, or all; return the dropped and those in use."""
    dropped: list[str] = []
    in_use: list[str] = []
    for one in stored(admin):
        if name is None or one.name.startswith((name, f"{PREFIX}t_{name}")):
            (dropped if _drop(admin, one) else in_use).append(one.name)
    return dropped, in_use


def _drop(admin: DatabaseAdmin, one: StoredDatabase) -> bool:
    if one.kind == "template":
        return drop_unused(admin, one.name)
    try:
        admin.drop(one.name)
    except DatabaseInUse:
        return False
    return True
