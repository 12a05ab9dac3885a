"""Customers' sessions."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.records import Session, User
from backend_v2.auth.repositories.expiry import delete_some
from backend_v2.db.tables import auth


class SessionRepository:
    """The table `customer_sessions`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, session: Session) -> None:
        """Insert a session."""
        self._connection.execute(sa.insert(auth.customer_sessions).values(asdict(session)))

    def find(self, token_sha256: bytes) -> tuple[Session, User] | None:
        """Return the session with this token, and its user."""
        sessions, users = auth.customer_sessions, auth.users
        statement = sa.select(sessions, *(column.label(f"owner_{column.name}") for column in users.c))
        statement = statement.join(users, users.c.id == sessions.c.user_id)
        row = self._connection.execute(statement.where(sessions.c.token_sha256 == token_sha256)).first()
        if row is None:
            return None
        values = row._mapping
        session = Session(**{column.name: values[column] for column in sessions.c})
        return session, User(**{column.name: values[f"owner_{column.name}"] for column in users.c})

    def get(self, session_id: UUID, *, user_id: UUID, now: datetime) -> Session | None:
        """Return a user's session that can still be used."""
        table = auth.customer_sessions
        statement = sa.select(table).where(_alive(user_id, now), table.c.id == session_id)
        row = self._connection.execute(statement).first()
        return None if row is None else Session(**row._mapping)

    def live(self, user_id: UUID, now: datetime) -> list[Session]:
        """Return a user's sessions that can still be used, the newest first."""
        table = auth.customer_sessions
        statement = sa.select(table).where(_alive(user_id, now)).order_by(table.c.created_at.desc(), table.c.id)
        return [Session(**row._mapping) for row in self._connection.execute(statement)]

    def touch(self, session_id: UUID, *, seen_at: datetime, expires_at: datetime) -> None:
        """Let a session live on."""
        table = auth.customer_sessions
        values = {"last_seen_at": seen_at, "expires_at": expires_at}
        self._connection.execute(sa.update(table).where(table.c.id == session_id).values(values))

    def revoke(self, session_id: UUID, *, user_id: UUID, at: datetime) -> bool:
        """End a user's session; return whether it was theirs and still alive."""
        table = auth.customer_sessions
        alive = (table.c.id == session_id) & (table.c.user_id == user_id) & table.c.revoked_at.is_(None)
        return self._connection.execute(sa.update(table).where(alive).values(revoked_at=at)).rowcount == 1

    def revoke_all(self, user_id: UUID, *, at: datetime) -> int:
        """End all sessions of a user; return how many had not been ended. Lock the user first."""
        table = auth.customer_sessions
        alive = (table.c.user_id == user_id) & table.c.revoked_at.is_(None)
        return self._connection.execute(sa.update(table).where(alive).values(revoked_at=at)).rowcount

    def delete_expired(self, before: datetime) -> int:
        """Delete some of the sessions that expired by then; return how many."""
        table = auth.customer_sessions
        return delete_some(self._connection, table, table.c.expires_at <= before, table.c.expires_at, table.c.id)


def _alive(user_id: UUID, now: datetime) -> sa.ColumnElement[bool]:
    table = auth.customer_sessions
    return (table.c.user_id == user_id) & table.c.revoked_at.is_(None) & (table.c.expires_at > now)
