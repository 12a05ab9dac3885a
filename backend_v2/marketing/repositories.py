"""Marketing contacts; the connection is somebody else's to commit.

Of an address that opted out and whose account was deleted a row stays, in which the SHA-256 of the address stands
in its place: nobody can be written to by it, and whoever is about to sign the address up again finds it. An address
is found under itself or under its digest, and has one row at most, since each change first waits for its turn.
"""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.repositories import wait_for_turn
from backend_v2.db.tables import support
from backend_v2.db.upsert import upsert
from backend_v2.marketing.records import Contact

_TABLE = support.marketing_contacts
_DIGEST = "sha256:"
"""What digests begin with; no address does, since none has a colon."""


class MarketingContactRepository:
    """The table `marketing_contacts`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def wait_for(self, email: str) -> None:
        """Let one transaction at a time decide about an address; to be called before it is looked for."""
        wait_for_turn(self._connection, f"marketing contact {email}")

    def find(self, email: str) -> Contact | None:
        """Return the contact with an address, in lower case, or what is left of it."""
        statement = sa.select(_TABLE).where(_TABLE.c.email.in_([email, _digest(email)]))
        row = self._connection.execute(statement).first()
        return None if row is None else _contact(row)

    def add(self, email: str, *, source: str, opted_out: bool, at: datetime) -> Contact | None:
        """Insert a contact; None, and no change, when the address is there already."""
        return self._insert(email, source=source, opted_out=opted_out, at=at)

    def add_digest(self, email: str, *, source: str, at: datetime) -> Contact | None:
        """Insert that an address opted out, without the address; None, and no change, when that is there already."""
        return self._insert(_digest(email), source=source, opted_out=True, at=at)

    def set_opted_out(self, contact_id: int, *, email: str, opted_out: bool, at: datetime) -> Contact | None:
        """Note that a contact opted out, or in again, as of `at`; return it, or None when there is no such.

        email: the contact's address, which takes the place of its digest.
        """
        statement = sa.update(_TABLE).where(_TABLE.c.id == contact_id)
        statement = statement.values(email=email, opted_out=opted_out, opted_out_at=at if opted_out else None)
        row = self._connection.execute(statement.returning(*_TABLE.c)).first()
        return None if row is None else _contact(row)

    def page(self, *, opted_out: bool | None, limit: int, after: int = 0) -> list[Contact]:
        """Return contacts that have an address, by id; `after` is the id of the last one of the page before."""
        has_address = sa.not_(_TABLE.c.email.startswith(_DIGEST, autoescape=True))
        statement = sa.select(_TABLE).where(_TABLE.c.id > after, has_address)
        if opted_out is not None:
            statement = statement.where(_TABLE.c.opted_out.is_(opted_out))
        return [_contact(row) for row in self._connection.execute(statement.order_by(_TABLE.c.id).limit(limit))]

    def _insert(self, key: str, *, source: str, opted_out: bool, at: datetime) -> Contact | None:
        statement = upsert(self._connection, _TABLE).values(
            email=key, source=source, opted_out=opted_out, created_at=at, opted_out_at=at if opted_out else None
        )
        statement = statement.on_conflict_do_nothing(index_elements=["email"])
        row = self._connection.execute(statement.returning(*_TABLE.c)).first()
        return None if row is None else _contact(row)


def erase(connection: Connection, *, user_id: UUID, email: str) -> None:  # noqa: ARG001 - what all domains are given
    """Delete the contact of an address whose account is being deleted; of one that opted out leave a digest.

    Whoever calls this has locked the user, which comes before the turn of the address everywhere.
    """
    MarketingContactRepository(connection).wait_for(email)
    theirs = _TABLE.c.email == email
    connection.execute(sa.delete(_TABLE).where(theirs, _TABLE.c.opted_out.is_(False)))
    connection.execute(sa.update(_TABLE).where(theirs).values(email=_digest(email)))


def _digest(email: str) -> str:
    return _DIGEST + hashlib.sha256(email.encode()).hexdigest()


def _contact(row: sa.Row[Any]) -> Contact:
    facts = dict(row._mapping)
    return Contact(**{**facts, "email": None if facts["email"].startswith(_DIGEST) else facts["email"]})
