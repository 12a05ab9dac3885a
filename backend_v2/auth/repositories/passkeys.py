"""Passkeys: WebAuthn credentials that users have registered."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.records import Passkey
from backend_v2.db.tables import auth
from backend_v2.db.upsert import upsert


class PasskeyRepository:
    """The table `webauthn_credentials`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, passkey: Passkey) -> bool:
        """Insert a passkey; return False, and change nothing, when its credential id is taken."""
        table = auth.webauthn_credentials
        statement = upsert(self._connection, table).values(asdict(passkey)).on_conflict_do_nothing()
        return self._connection.execute(statement.returning(table.c.id)).first() is not None

    def find(self, credential_id: bytes) -> Passkey | None:
        """Return the passkey with this credential id, whoever's it is."""
        table = auth.webauthn_credentials
        row = self._connection.execute(sa.select(table).where(table.c.credential_id == credential_id)).first()
        return None if row is None else Passkey(**row._mapping)

    def of_user(self, user_id: UUID) -> list[Passkey]:
        """Return a user's passkeys, the oldest first."""
        table = auth.webauthn_credentials
        statement = sa.select(table).where(table.c.user_id == user_id).order_by(table.c.created_at, table.c.id)
        return [Passkey(**row._mapping) for row in self._connection.execute(statement)]

    def record_use(self, passkey: Passkey, *, sign_count: int, backed_up: bool, at: datetime) -> bool:
        """Note a login; return False when another one has moved the counter since `passkey` was read."""
        table = auth.webauthn_credentials
        unchanged = (table.c.id == passkey.id) & (table.c.sign_count == passkey.sign_count)
        values = {"sign_count": sign_count, "backed_up": backed_up, "last_used_at": at}
        return self._connection.execute(sa.update(table).where(unchanged).values(values)).rowcount == 1

    def rename(self, passkey_id: UUID, *, user_id: UUID, name: str) -> Passkey | None:
        """Give a user's passkey another name; return it, or None when it is not theirs."""
        table = auth.webauthn_credentials
        theirs = (table.c.id == passkey_id) & (table.c.user_id == user_id)
        row = self._connection.execute(sa.update(table).where(theirs).values(name=name).returning(*table.c)).first()
        return None if row is None else Passkey(**row._mapping)

    def delete(self, passkey_id: UUID, *, user_id: UUID) -> bool:
        """Delete a user's passkey; return whether it was there and theirs."""
        table = auth.webauthn_credentials
        theirs = (table.c.id == passkey_id) & (table.c.user_id == user_id)
        return self._connection.execute(sa.delete(table).where(theirs)).rowcount == 1
