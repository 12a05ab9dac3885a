"""Strategies."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.tables import trading
from backend_v2.db.upsert import upsert
from backend_v2.trading.records import Strategy

_TABLE = trading.strategies
_KEY = (_TABLE.c.created_at, _TABLE.c.id)


class StrategyRepository:
    """The table `strategies`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, strategy: Strategy) -> bool:
        """Insert a strategy; return False, and change nothing, when the user has one of this name."""
        statement = upsert(self._connection, _TABLE).values(asdict(strategy))
        statement = statement.on_conflict_do_nothing(index_elements=["user_id", "name"])
        return self._connection.execute(statement.returning(_TABLE.c.id)).first() is not None

    def count(self, user_id: UUID) -> int:
        """Return how many strategies a user has."""
        statement = sa.select(sa.func.count()).where(_TABLE.c.user_id == user_id)
        return self._connection.execute(statement).scalar_one()

    def find(self, strategy_id: UUID, *, user_id: UUID) -> Strategy | None:
        """Return one of a user's strategies."""
        return self._one(sa.select(_TABLE).where(_TABLE.c.id == strategy_id, _TABLE.c.user_id == user_id))

    def find_by_name(self, name: str, *, user_id: UUID) -> Strategy | None:
        """Return the user's strategy of this name."""
        return self._one(sa.select(_TABLE).where(_TABLE.c.user_id == user_id, _TABLE.c.name == name))

    def page(self, user_id: UUID, *, limit: int, before: tuple[datetime, UUID] | None = None) -> list[Strategy]:
        """Return a user's strategies, the newest first, of one instant by id; `before` is the last one of a page."""
        statement = sa.select(_TABLE).where(_TABLE.c.user_id == user_id)
        if before is not None:
            at, strategy_id = before
            key = sa.tuple_(sa.literal(at, _TABLE.c.created_at.type), sa.literal(strategy_id, _TABLE.c.id.type))
            statement = statement.where(sa.tuple_(*_KEY) < key)
        rows = self._connection.execute(statement.order_by(*(one.desc() for one in _KEY)).limit(limit))
        return [Strategy(**row._mapping) for row in rows]

    def save(self, strategy: Strategy) -> None:
        """Store what may change of a strategy: name, kind, parameters."""
        values = {name: getattr(strategy, name) for name in ("name", "kind", "parameters", "updated_at")}
        self._connection.execute(sa.update(_TABLE).where(_TABLE.c.id == strategy.id).values(values))

    def delete(self, strategy_id: UUID, *, user_id: UUID) -> bool:
        """Delete one of a user's strategies with its runtime; return whether there was one."""
        statement = sa.delete(_TABLE).where(_TABLE.c.id == strategy_id, _TABLE.c.user_id == user_id)
        return self._connection.execute(statement.returning(_TABLE.c.id)).first() is not None

    def _one(self, statement: sa.Select[Any]) -> Strategy | None:
        row = self._connection.execute(statement).first()
        return None if row is None else Strategy(**row._mapping)
