"""`INSERT ... ON CONFLICT`, which both dialects have and SQLAlchemy keeps in two places."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table) -> Any:
    """Return the connection's dialect's INSERT into `table`, which takes `on_conflict_*`."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
