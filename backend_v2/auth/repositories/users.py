"""Users, and everything of the auth tables that goes with them."""

from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.records import User
from backend_v2.db.tables import auth
from backend_v2.db.upsert import upsert


class UserRepository:
    """The table `users`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, user: User) -> bool:
        """Insert a user; return False, and change nothing, when the email or the handle is taken."""
        statement = upsert(self._connection, auth.users).values(asdict(user)).on_conflict_do_nothing()
        return self._connection.execute(statement.returning(auth.users.c.id)).first() is not None

    def get(self, user_id: UUID) -> User | None:
        """Return the user with this id."""
        row = self._connection.execute(sa.select(auth.users).where(auth.users.c.id == user_id)).first()
        return None if row is None else User(**row._mapping)

    def find_by_email(self, email: str) -> User | None:
        """Return the user with this email, in lower case."""
        row = self._connection.execute(sa.select(auth.users).where(auth.users.c.email == email)).first()
        return None if row is None else User(**row._mapping)

    def lock(self, user_id: UUID) -> User | None:
        """Return a user as they are now, and make other transactions that lock them wait.

        Rows that refer to the user can still be added meanwhile (SQLite has one writer anyway).
        """
        statement = sa.select(auth.users).where(auth.users.c.id == user_id).with_for_update(key_share=True)
        row = self._connection.execute(statement).first()
        return None if row is None else User(**row._mapping)

    def delete(self, user: User) -> bool:
        """Delete a user with everything that is theirs, by id and by email; return whether there was one."""
        self._connection.execute(sa.delete(auth.audit_log).where(auth.audit_log.c.user_id == user.id))
        for table in (auth.email_challenges, auth.bootstrap_tokens, auth.webauthn_challenges):
            self._connection.execute(sa.delete(table).where(table.c.email == user.email))
        return self._connection.execute(sa.delete(auth.users).where(auth.users.c.id == user.id)).rowcount == 1
