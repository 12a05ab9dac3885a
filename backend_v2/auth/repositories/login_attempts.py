"""Tries to get in: those that failed, and those of which nobody knows yet how they end."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.repositories.expiry import MOST
from backend_v2.db.tables import auth

_TABLE = auth.login_attempts
UNFINISHED = "unfinished"
"""The reason of a try of which nobody has said yet how it went."""


class LoginAttemptRepository:
    """The table `login_attempts`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, *, ip_address: str, at: datetime) -> int:
        """Note a try, for nobody yet; return its number."""
        values = {"user_id": None, "ip_address": ip_address, "reason": UNFINISHED, "attempted_at": at}
        return int(self._connection.scalar(sa.insert(_TABLE).values(values).returning(_TABLE.c.id)) or 0)

    def assign(self, attempt_id: int, user_id: UUID) -> bool:
        """Say which user a try was for; return False when it is there no more."""
        statement = sa.update(_TABLE).where(_TABLE.c.id == attempt_id).values(user_id=user_id)
        return self._connection.execute(statement).rowcount == 1

    def explain(self, attempt_id: int, reason: str) -> bool:
        """Say how a try went; return False, and change nothing, when that was said already, or it is there no more."""
        unfinished = (_TABLE.c.id == attempt_id) & (_TABLE.c.reason == UNFINISHED)
        return self._connection.execute(sa.update(_TABLE).where(unfinished).values(reason=reason)).rowcount == 1

    def remove(self, attempt_id: int) -> bool:
        """Take a try back that did not fail; return False when it is there no more."""
        return self._connection.execute(sa.delete(_TABLE).where(_TABLE.c.id == attempt_id)).rowcount == 1

    def of_address(self, ip_address: str, *, since: datetime, limit: int) -> list[datetime]:
        """Return when an address has tried, after `since`, the newest first."""
        return self._instants(_TABLE.c.ip_address == ip_address, since, limit)

    def of_user(self, user_id: UUID, *, since: datetime, limit: int) -> list[datetime]:
        """Return when a user was tried for, after `since`, the newest first."""
        return self._instants(_TABLE.c.user_id == user_id, since, limit)

    def of_stranger(self, reason: str, *, since: datetime, limit: int) -> list[datetime]:
        """Return when somebody who is no user was tried for, after `since`, the newest first."""
        return self._instants(_TABLE.c.user_id.is_(None) & (_TABLE.c.reason == reason), since, limit)

    def delete_old(self, before: datetime) -> int:
        """Delete what is older among the lowest numbers; return how many.

        No index leads to the oldest rows of all addresses; numbers rise with time, near enough.
        """
        lowest = sa.select(_TABLE.c.id).order_by(_TABLE.c.id).limit(MOST).with_for_update(skip_locked=True)
        old = _TABLE.c.id.in_(lowest) & (_TABLE.c.attempted_at <= before)
        return self._connection.execute(sa.delete(_TABLE).where(old)).rowcount

    def _instants(self, whose: sa.ColumnElement[bool], since: datetime, limit: int) -> list[datetime]:
        statement = sa.select(_TABLE.c.attempted_at).where(whose, _TABLE.c.attempted_at > since)
        statement = statement.order_by(_TABLE.c.attempted_at.desc(), _TABLE.c.id.desc()).limit(limit)
        return list(self._connection.scalars(statement))
