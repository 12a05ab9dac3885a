"""Email challenges: six digits that were sent to an address."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.records import EmailChallenge
from backend_v2.auth.repositories.expiry import delete_some
from backend_v2.db.tables import auth

_TABLE = auth.email_challenges


class EmailChallengeRepository:
    """The table `email_challenges`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, challenge: EmailChallenge) -> None:
        """Insert a challenge."""
        self._connection.execute(sa.insert(_TABLE).values(asdict(challenge)))

    def get(self, challenge_id: UUID) -> EmailChallenge | None:
        """Return the challenge with this id."""
        row = self._connection.execute(sa.select(_TABLE).where(_TABLE.c.id == challenge_id)).first()
        return None if row is None else EmailChallenge(**row._mapping)

    def of_email(self, email: str, *, since: datetime, limit: int) -> list[datetime]:
        """Return when an address was challenged, after `since`, the newest first."""
        statement = sa.select(_TABLE.c.created_at).where(_TABLE.c.email == email, _TABLE.c.created_at > since)
        statement = statement.order_by(_TABLE.c.created_at.desc(), _TABLE.c.id).limit(limit)
        return list(self._connection.scalars(statement))

    def count_attempt(self, challenge_id: UUID, *, most: int, now: datetime) -> EmailChallenge | None:
        """Note that a code is being tried; None, and no change, when it may not be.

        It may not be when there is no such challenge, or it was met, has expired, or was tried `most` times.
        """
        open_ = (_TABLE.c.id == challenge_id) & (_TABLE.c.attempts < most) & _still_open(now)
        statement = sa.update(_TABLE).where(open_).values(attempts=_TABLE.c.attempts + 1).returning(*_TABLE.c)
        row = self._connection.execute(statement).first()
        return None if row is None else EmailChallenge(**row._mapping)

    def complete(self, challenge_id: UUID, *, now: datetime) -> bool:
        """Note that a challenge was met; of any number of callers one gets True."""
        statement = sa.update(_TABLE).where(_TABLE.c.id == challenge_id, _still_open(now)).values(verified_at=now)
        return self._connection.execute(statement).rowcount == 1

    def withdraw(self, challenge_id: UUID) -> bool:
        """Delete a challenge; return whether there was one."""
        return self._connection.execute(sa.delete(_TABLE).where(_TABLE.c.id == challenge_id)).rowcount == 1

    def delete_expired(self, before: datetime) -> int:
        """Delete some of the challenges that expired by then; return how many."""
        return delete_some(self._connection, _TABLE, _TABLE.c.expires_at <= before, _TABLE.c.expires_at, _TABLE.c.id)


def _still_open(now: datetime) -> sa.ColumnElement[bool]:
    return _TABLE.c.verified_at.is_(None) & (_TABLE.c.expires_at > now)
