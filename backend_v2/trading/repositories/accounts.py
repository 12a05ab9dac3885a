"""Paper accounts."""

from dataclasses import asdict
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.tables import trading
from backend_v2.db.upsert import upsert
from backend_v2.trading.records import Account

_TABLE = trading.paper_accounts


class PaperAccountRepository:
    """The table `paper_accounts`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, account: Account) -> bool:
        """Insert an account; return False, and change nothing, when the user has one of this name."""
        statement = upsert(self._connection, _TABLE).values(asdict(account))
        statement = statement.on_conflict_do_nothing(index_elements=["user_id", "name"])
        return self._connection.execute(statement.returning(_TABLE.c.id)).first() is not None

    def of_user(self, user_id: UUID) -> list[Account]:
        """Return a user's accounts, the oldest first, of one instant by id."""
        statement = sa.select(_TABLE).where(_TABLE.c.user_id == user_id).order_by(_TABLE.c.created_at, _TABLE.c.id)
        return [Account(**row._mapping) for row in self._connection.execute(statement)]

    def find(self, account_id: UUID, *, user_id: UUID) -> Account | None:
        """Return one of a user's accounts."""
        statement = sa.select(_TABLE).where(_TABLE.c.id == account_id, _TABLE.c.user_id == user_id)
        row = self._connection.execute(statement).first()
        return None if row is None else Account(**row._mapping)

    def lock(self, account_id: UUID, *, user_id: UUID) -> Account | None:
        """Return one of a user's accounts as it is now, and make other transactions that lock it wait."""
        statement = sa.select(_TABLE).where(_TABLE.c.id == account_id, _TABLE.c.user_id == user_id)
        row = self._connection.execute(statement.with_for_update()).first()
        return None if row is None else Account(**row._mapping)

    def set_cash(self, account_id: UUID, cash: Decimal) -> None:
        """Say how much cash an account has now."""
        self._connection.execute(sa.update(_TABLE).where(_TABLE.c.id == account_id).values(cash=cash))

    def delete(self, account_id: UUID, *, user_id: UUID) -> bool:
        """Delete one of a user's accounts with its orders, fills, positions and runtimes; return whether there was."""
        statement = sa.delete(_TABLE).where(_TABLE.c.id == account_id, _TABLE.c.user_id == user_id)
        return self._connection.execute(statement.returning(_TABLE.c.id)).first() is not None
