"""Which schema the code expects, and which one a database has."""

import ast
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db import sqlite_migrations
from backend_v2.db.tables import metadata

VERSIONS = Path(__file__).parents[1] / "alembic" / "versions"


def expected_revision(dialect: str, versions: Path = VERSIONS) -> str:
    """Return the newest schema revision that the code ships, for a dialect.

    Raises ValueError when the Alembic revisions have not exactly one head. They are read, and
    neither they nor Alembic imported, since an application needs no migrator.
    """
    if dialect == "sqlite":
        return sqlite_migrations.newest_script()
    revisions = [_revision(path) for path in sorted(versions.glob("*.py"))]
    followed = {parent for _, parents in revisions for parent in parents}
    heads = [name for name, _ in revisions if name not in followed]
    if len(heads) != 1:
        raise ValueError(f"{versions} has the heads {heads}, and not one")
    return heads[0]


def hides_its_revision(connection: Connection) -> bool:
    """Say whether there is a revision that this connection's role may not read."""
    if connection.dialect.name == "sqlite":
        return False
    right = sa.text("SELECT has_table_privilege(to_regclass('alembic_version'), 'SELECT')")
    return connection.scalar(right) is False


def applied_revision(connection: Connection) -> str | None:
    """Return the revision that the database has; None when it has never been migrated."""
    if connection.dialect.name == "sqlite":
        return sqlite_migrations.applied_script(connection)
    if connection.scalar(sa.text("SELECT to_regclass('alembic_version') IS NULL")):
        return None
    found = connection.scalars(sa.text("SELECT version_num FROM alembic_version ORDER BY version_num"))
    return ", ".join(found) or None


def absent_columns(connection: Connection) -> list[str]:
    """Return the columns that the code knows and that this connection's role cannot see, on Postgres."""
    visible = sa.text("SELECT table_name, column_name FROM information_schema.columns")
    seen = {(table, column) for table, column in connection.execute(visible)}
    return [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if (table.name, column.name) not in seen
    ]


def _revision(path: Path) -> tuple[str, tuple[str, ...]]:
    """Return a revision's name and its parents', from the assignments in its file."""
    assigned = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id in {"revision", "down_revision"}:
                assigned[target.id] = ast.literal_eval(node.value)  # type: ignore[attr-defined]
    parents = assigned["down_revision"] or ()
    return assigned["revision"], (parents,) if isinstance(parents, str) else tuple(parents)
