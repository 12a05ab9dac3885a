"""Paper orders."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.tables import trading
from backend_v2.db.upsert import upsert
from backend_v2.trading.records import Order

_TABLE = trading.paper_orders
_ACCOUNTS = trading.paper_accounts
_KEY = (_TABLE.c.created_at, _TABLE.c.id)


class PaperOrderRepository:
    """The table `paper_orders`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, order: Order) -> bool:
        """Insert an order; return False, and change nothing, when its client order id is taken in the account."""
        statement = upsert(self._connection, _TABLE).values(asdict(order))
        statement = statement.on_conflict_do_nothing(index_elements=["account_id", "client_order_id"])
        return self._connection.execute(statement.returning(_TABLE.c.id)).first() is not None

    def find(self, order_id: UUID, *, user_id: UUID) -> Order | None:
        """Return one of a user's orders, in whichever account."""
        statement = sa.select(_TABLE).join(_ACCOUNTS, _ACCOUNTS.c.id == _TABLE.c.account_id)
        return self._one(statement.where(_TABLE.c.id == order_id, _ACCOUNTS.c.user_id == user_id))

    def find_by_client_id(self, account_id: UUID, client_order_id: str) -> Order | None:
        """Return the account's order of this client order id."""
        statement = sa.select(_TABLE).where(_TABLE.c.account_id == account_id)
        return self._one(statement.where(_TABLE.c.client_order_id == client_order_id))

    def page(
        self,
        account_id: UUID,
        *,
        status: str | None,
        symbol: str | None,
        limit: int,
        before: tuple[datetime, UUID] | None = None,
    ) -> list[Order]:
        """Return an account's orders, the newest first, of one instant by id; `before` is the last one of a page."""
        statement = sa.select(_TABLE).where(_TABLE.c.account_id == account_id)
        if status is not None:
            statement = statement.where(_TABLE.c.status == status)
        if symbol is not None:
            statement = statement.where(_TABLE.c.symbol == symbol)
        if before is not None:
            at, order_id = before
            key = sa.tuple_(sa.literal(at, _TABLE.c.created_at.type), sa.literal(order_id, _TABLE.c.id.type))
            statement = statement.where(sa.tuple_(*_KEY) < key)
        statement = statement.order_by(*(one.desc() for one in _KEY)).limit(limit)
        return self._all(statement)

    def count_open(self, account_id: UUID) -> int:
        """Return how many orders of an account are open."""
        statement = sa.select(sa.func.count()).where(_TABLE.c.account_id == account_id, _TABLE.c.status == "open")
        return self._connection.execute(statement).scalar_one()

    def open_symbols(self, account_id: UUID) -> list[str]:
        """Return the symbols of an account's open orders, each once."""
        statement = sa.select(_TABLE.c.symbol).where(_TABLE.c.account_id == account_id, _TABLE.c.status == "open")
        return sorted(set(self._connection.execute(statement).scalars()))

    def lock(self, order_id: UUID) -> Order | None:
        """Return an order as it is now, and make other transactions that lock it wait."""
        return self._one(sa.select(_TABLE).where(_TABLE.c.id == order_id).with_for_update())

    def lock_open(self, account_id: UUID) -> list[Order]:
        """Return an account's open orders, the oldest first, of one instant by id, and make other transactions wait.

        They are locked in this order.
        """
        statement = sa.select(_TABLE).where(_TABLE.c.account_id == account_id, _TABLE.c.status == "open")
        return self._all(statement.order_by(*_KEY).with_for_update())

    def close(
        self, order_ids: Collection[UUID], *, status: str, at: datetime, reject_reason: str | None = None
    ) -> list[Order]:
        """Give open orders the status in which they end, and return those that were open, in the order of their ids.

        `filled` fills them whole.
        """
        if not order_ids:
            return []
        values: dict[str, Any] = {"status": status, "updated_at": at, "reject_reason": reject_reason}
        if status == "filled":
            values["filled_quantity"] = _TABLE.c.quantity
        statement = sa.update(_TABLE).where(_TABLE.c.id.in_(sorted(order_ids)), _TABLE.c.status == "open")
        rows = self._connection.execute(statement.values(values).returning(*_TABLE.c))
        return sorted((Order(**row._mapping) for row in rows), key=lambda one: one.id)

    def _one(self, statement: sa.Select[Any]) -> Order | None:
        row = self._connection.execute(statement).first()
        return None if row is None else Order(**row._mapping)

    def _all(self, statement: sa.Select[Any]) -> list[Order]:
        return [Order(**row._mapping) for row in self._connection.execute(statement)]
