"""Backup codes, of which only digests are kept."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.records import BackupCodes
from backend_v2.db.tables import auth

_TABLE = auth.backup_codes


class BackupCodeRepository:
    """The table `backup_codes`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def replace(self, user_id: UUID, code_hashes: Sequence[bytes], *, at: datetime) -> None:
        """Put these codes in the place of all that a user has. Lock the user first."""
        self._connection.execute(sa.delete(_TABLE).where(_TABLE.c.user_id == user_id))
        rows = [{"user_id": user_id, "code_hash": one, "created_at": at, "used_at": None} for one in code_hashes]
        self._connection.execute(sa.insert(_TABLE), rows)

    def state(self, user_id: UUID) -> BackupCodes:
        """Return how many codes a user has, how many are unused, and since when."""
        columns = (sa.func.count(_TABLE.c.id), sa.func.count(_TABLE.c.used_at), sa.func.min(_TABLE.c.created_at))
        total, used, created_at = self._connection.execute(
            sa.select(*columns).where(_TABLE.c.user_id == user_id)
        ).one()
        return BackupCodes(total=total, unused=total - used, created_at=created_at)

    def redeem(self, user_id: UUID, code_hash: bytes, *, at: datetime) -> bool:
        """Use a code up; of any number of callers one gets True."""
        unused = (_TABLE.c.user_id == user_id) & (_TABLE.c.code_hash == code_hash) & _TABLE.c.used_at.is_(None)
        statement = sa.update(_TABLE).where(unused).values(used_at=at).returning(_TABLE.c.id)
        return self._connection.execute(statement).first() is not None
