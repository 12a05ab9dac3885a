"""Positions of paper accounts."""

from collections.abc import Collection
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.ordering import bytewise
from backend_v2.db.tables import trading
from backend_v2.db.upsert import upsert
from backend_v2.trading.records import Position

_TABLE = trading.paper_positions
_COLUMNS = [_TABLE.c[name] for name in Position.__dataclass_fields__]
_UNIQUE = ["account_id", "symbol"]


class PaperPositionRepository:
    """The table `paper_positions`; a position that was closed stays, for what it has earned."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, account_id: UUID, symbols: Collection[str]) -> list[Position]:
        """Return the account's positions in these symbols, in their order."""
        statement = sa.select(*_COLUMNS).where(_TABLE.c.account_id == account_id, _TABLE.c.symbol.in_(sorted(symbols)))
        rows = self._connection.execute(statement.order_by(bytewise(_TABLE.c.symbol)))
        return [Position(**row._mapping) for row in rows]

    def save(self, positions: Collection[Position]) -> None:
        """Store positions, new or changed, in one statement; of each account and symbol there is one."""
        if not positions:
            return
        statement = upsert(self._connection, _TABLE)
        replaced = {one.name: statement.excluded[one.name] for one in _COLUMNS if one.name not in _UNIQUE}
        statement = statement.on_conflict_do_update(index_elements=_UNIQUE, set_=replaced)
        rows = [asdict(one) for one in sorted(positions, key=lambda one: (one.account_id, one.symbol))]
        # Without RETURNING SQLAlchemy 2.1 would send them row by row.
        self._connection.execute(statement.returning(_TABLE.c.id), rows)

    def page(self, account_id: UUID, *, limit: int, after: str | None = None) -> list[Position]:
        """Return an account's positions in order of the symbol; `after` is the last symbol of the page before."""
        statement = sa.select(*_COLUMNS).where(_TABLE.c.account_id == account_id)
        if after is not None:
            statement = statement.where(bytewise(_TABLE.c.symbol) > after)
        rows = self._connection.execute(statement.order_by(bytewise(_TABLE.c.symbol)).limit(limit))
        return [Position(**row._mapping) for row in rows]
