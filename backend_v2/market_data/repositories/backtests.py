"""Backtests and their trades."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.tables import market_data
from backend_v2.market_data.records import Backtest, BacktestInFull, StoredTrade, Trade

_RUNS = market_data.backtest_runs
_TRADES = market_data.backtest_trades
_PARAMETERS = ("fast", "slow", "bars", "max_drawdown")
"""What `parameters` keeps: how the run was made, and what it measured that has no column."""


class BacktestRepository:
    """The tables `backtest_runs` and `backtest_trades`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, run: Backtest, trades: Sequence[Trade]) -> None:
        """Store a run, and its trades in bulk, in the order in which they were made."""
        facts = {name: getattr(run, name) for name in Backtest.__dataclass_fields__}
        parameters = {name: facts.pop(name) for name in _PARAMETERS}
        if run.max_drawdown is not None:
            parameters["max_drawdown"] = str(run.max_drawdown)
        self._connection.execute(sa.insert(_RUNS).values(**facts, parameters=parameters))
        if trades:
            rows = [
                {
                    "run_id": run.id,
                    "side": one.side,
                    "quantity": one.quantity,
                    "price": one.price,
                    "traded_at": one.traded_at,
                }
                for one in trades
            ]
            self._connection.execute(sa.insert(_TRADES), rows)

    def get(self, run_id: UUID, *, user_id: UUID) -> BacktestInFull | None:
        """Return a user's run with the count of its trades, in one statement; None when they have no such."""
        trades = sa.select(sa.func.count()).where(_TRADES.c.run_id == _RUNS.c.id).scalar_subquery()
        statement = sa.select(_RUNS, trades.label("trades"))
        row = self._connection.execute(statement.where(_RUNS.c.id == run_id, _RUNS.c.user_id == user_id)).first()
        return None if row is None else BacktestInFull(**_facts(row))

    def page(self, user_id: UUID, *, limit: int, before: tuple[datetime, UUID] | None = None) -> list[Backtest]:
        """Return a user's runs, the newest first, of one instant by id; `before` is the last of the page before."""
        statement = sa.select(_RUNS).where(_RUNS.c.user_id == user_id)
        if before is not None:
            at, run_id = before
            key = sa.tuple_(sa.literal(at, _RUNS.c.created_at.type), sa.literal(run_id, _RUNS.c.id.type))
            statement = statement.where(sa.tuple_(_RUNS.c.created_at, _RUNS.c.id) < key)
        statement = statement.order_by(_RUNS.c.created_at.desc(), _RUNS.c.id.desc()).limit(limit)
        return [Backtest(**_facts(row)) for row in self._connection.execute(statement)]

    def trades(self, run_id: UUID, *, limit: int, after: int | None = None) -> list[StoredTrade]:
        """Return a run's trades, in the order in which they were made; `after` is the id of the last one before."""
        columns = [_TRADES.c[name] for name in StoredTrade.__dataclass_fields__]
        statement = sa.select(*columns).where(_TRADES.c.run_id == run_id)
        if after is not None:
            statement = statement.where(_TRADES.c.id > after)
        rows = self._connection.execute(statement.order_by(_TRADES.c.id).limit(limit))
        return [StoredTrade(*row) for row in rows]

    def delete(self, run_id: UUID, *, user_id: UUID) -> bool:
        """Remove a user's run with its trades; return whether they had it."""
        statement = sa.delete(_RUNS).where(_RUNS.c.id == run_id, _RUNS.c.user_id == user_id)
        return self._connection.execute(statement.returning(_RUNS.c.id)).first() is not None


def _facts(row: sa.Row[Any]) -> dict[str, Any]:
    facts = dict(row._mapping)
    parameters = facts.pop("parameters")
    drawdown = parameters["max_drawdown"]
    return {**facts, **parameters, "max_drawdown": None if drawdown is None else Decimal(drawdown)}
