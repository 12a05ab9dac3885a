"""Challenges of the passkey ceremonies."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.records import Challenge
from backend_v2.auth.repositories.expiry import delete_some
from backend_v2.db.tables import auth


class ChallengeRepository:
    """The table `webauthn_challenges`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, challenge: Challenge) -> None:
        """Insert a challenge."""
        self._connection.execute(sa.insert(auth.webauthn_challenges).values(asdict(challenge)))

    def consume(self, challenge: bytes, *, ceremony: str) -> Challenge | None:
        """Take a challenge out; of any number of callers one gets it, the others None."""
        table = auth.webauthn_challenges
        wanted = (table.c.challenge == challenge) & (table.c.ceremony == ceremony)
        row = self._connection.execute(sa.delete(table).where(wanted).returning(*table.c)).first()
        return None if row is None else Challenge(**row._mapping)

    def delete_expired(self, now: datetime) -> int:
        """Delete some of what can no longer be used; return how many."""
        table = auth.webauthn_challenges
        return delete_some(self._connection, table, table.c.expires_at <= now, table.c.expires_at, table.c.id)
