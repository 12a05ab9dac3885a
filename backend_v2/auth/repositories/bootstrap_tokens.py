"""Bootstrap tokens, of which only digests are kept."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.records import BootstrapToken
from backend_v2.auth.repositories.expiry import delete_some
from backend_v2.db.tables import auth

_TABLE = auth.bootstrap_tokens
_COLUMNS = (_TABLE.c.id, _TABLE.c.email, _TABLE.c.issued_by, _TABLE.c.created_at, _TABLE.c.expires_at)


class BootstrapTokenRepository:
    """The table `bootstrap_tokens`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, token_sha256: bytes, *, email: str, issued_by: UUID, created_at: datetime, expires_at: datetime
    ) -> BootstrapToken:
        """Insert a token and return it."""
        statement = sa.insert(_TABLE).values(
            token_sha256=token_sha256,
            email=email,
            issued_by=issued_by,
            created_at=created_at,
            expires_at=expires_at,
            redeemed_at=None,
            redeemed_by=None,
        )
        return BootstrapToken(**self._connection.execute(statement.returning(*_COLUMNS)).one()._mapping)

    def find(self, token_sha256: bytes, *, now: datetime) -> BootstrapToken | None:
        """Return the outstanding token with this digest."""
        statement = sa.select(*_COLUMNS).where(_TABLE.c.token_sha256 == token_sha256, _outstanding(now))
        row = self._connection.execute(statement).first()
        return None if row is None else BootstrapToken(**row._mapping)

    def redeem(self, token_id: int, *, user_id: UUID, now: datetime) -> bool:
        """Use a token up; of any number of callers one gets True, and none once it has expired."""
        statement = sa.update(_TABLE).where(_TABLE.c.id == token_id, _outstanding(now))
        statement = statement.values(redeemed_at=now, redeemed_by=user_id)
        return self._connection.execute(statement).rowcount == 1

    def outstanding(self, *, now: datetime, limit: int, before: int | None = None) -> list[BootstrapToken]:
        """Return what can still be redeemed, the newest first; `before` is the last id of the page before."""
        statement = sa.select(*_COLUMNS).where(_outstanding(now))
        if before is not None:
            statement = statement.where(_TABLE.c.id < before)
        statement = statement.order_by(_TABLE.c.id.desc()).limit(limit)
        return [BootstrapToken(**row._mapping) for row in self._connection.execute(statement)]

    def withdraw(self, token_id: int, *, now: datetime) -> bool:
        """Delete an outstanding token; return whether there was one."""
        return (
            self._connection.execute(sa.delete(_TABLE).where(_TABLE.c.id == token_id, _outstanding(now))).rowcount == 1
        )

    def delete_expired(self, before: datetime) -> int:
        """Delete some of the tokens that expired by then; return how many."""
        return delete_some(self._connection, _TABLE, _TABLE.c.expires_at <= before, _TABLE.c.expires_at, _TABLE.c.id)


def _outstanding(now: datetime) -> sa.ColumnElement[bool]:
    return _TABLE.c.redeemed_at.is_(None) & (_TABLE.c.expires_at > now)
