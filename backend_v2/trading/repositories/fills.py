"""Fills of paper orders."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.tables import trading
from backend_v2.trading.records import AccountFill, Execution, Fill

_TABLE = trading.paper_fills
_ORDERS = trading.paper_orders


class PaperFillRepository:
    """The table `paper_fills`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, executions: Sequence[Execution]) -> list[Fill]:
        """Insert fills in one statement and return them as stored, in the order in which they came."""
        if not executions:
            return []
        statement = sa.insert(_TABLE).returning(*_TABLE.c)
        rows = self._connection.execute(statement, [asdict(one) for one in executions])
        return sorted((Fill(**row._mapping) for row in rows), key=lambda one: one.id)

    def of_order(self, order_id: UUID) -> list[Fill]:
        """Return the fills of an order, the oldest first."""
        statement = sa.select(_TABLE).where(_TABLE.c.order_id == order_id).order_by(_TABLE.c.id)
        return [Fill(**row._mapping) for row in self._connection.execute(statement)]

    def page(self, account_id: UUID, *, limit: int, before: int | None = None) -> list[AccountFill]:
        """Return an account's fills, the newest first; `before` is the id of the last one of the page before."""
        statement = sa.select(*_TABLE.c, _ORDERS.c.symbol, _ORDERS.c.side)
        statement = statement.join(_ORDERS, _ORDERS.c.id == _TABLE.c.order_id)
        statement = statement.where(_ORDERS.c.account_id == account_id)
        if before is not None:
            statement = statement.where(_TABLE.c.id < before)
        rows = self._connection.execute(statement.order_by(_TABLE.c.id.desc()).limit(limit))
        return [AccountFill(**row._mapping) for row in rows]
