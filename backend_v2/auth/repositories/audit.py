"""The audit log."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.records import Event, LoggedEvent
from backend_v2.db.tables import auth


class AuditRepository:
    """The table `audit_log`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, event: Event) -> None:
        """Write one line of the audit log."""
        self._connection.execute(sa.insert(auth.audit_log).values(asdict(event)))

    def of_user(self, user_id: UUID) -> list[Event]:
        """Return a user's lines, in the order in which they were written."""
        table = auth.audit_log
        statement = sa.select(table).where(table.c.user_id == user_id).order_by(table.c.id)
        return [Event(**_without_id(row._mapping)) for row in self._connection.execute(statement)]

    def page(self, user_id: UUID, *, limit: int, before: int | None = None) -> list[LoggedEvent]:
        """Return a user's lines, the newest first; `before` is the id of the last one of the page before."""
        table = auth.audit_log
        statement = sa.select(table).where(table.c.user_id == user_id)
        if before is not None:
            statement = statement.where(table.c.id < before)
        statement = statement.order_by(table.c.id.desc()).limit(limit)
        return [LoggedEvent(**row._mapping) for row in self._connection.execute(statement)]


def _without_id(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}
