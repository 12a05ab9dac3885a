"""Stored bars, and which stretches of time were fetched; the connection is somebody else's to commit."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.tables import market_data
from backend_v2.db.upsert import upsert
from backend_v2.market_data.records import Bar, Range

_KEY = ("symbol", "timeframe", "starts_at")


class HistoricalBarRepository:
    """The tables `historical_bars` and `bar_fetches`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upsert(self, bars: Sequence[Bar], *, fetched_at: datetime) -> None:
        """Store bars in bulk; one that is there already is replaced."""
        if not bars:
            return
        table = market_data.historical_bars
        statement = upsert(self._connection, table)
        replaced = {column.name: statement.excluded[column.name] for column in table.c if column.name not in _KEY}
        statement = statement.on_conflict_do_update(index_elements=list(_KEY), set_=replaced)
        self._connection.execute(statement, [{**asdict(bar), "fetched_at": fetched_at} for bar in bars])

    def between(
        self, symbol: str, timeframe: str, wanted: Range, *, limit: int, after: datetime | None = None
    ) -> list[Bar]:
        """Return at most `limit` bars that start within `wanted` and later than `after`, in order of time."""
        table = market_data.historical_bars
        columns = [column for column in table.c if column.name != "fetched_at"]
        statement = sa.select(*columns).where(
            table.c.symbol == symbol,
            table.c.timeframe == timeframe,
            table.c.starts_at.between(wanted.start, wanted.end),
        )
        if after is not None:
            statement = statement.where(table.c.starts_at > after)
        rows = self._connection.execute(statement.order_by(table.c.starts_at).limit(limit))
        return [Bar(**row._mapping) for row in rows]

    def fetched(self, symbol: str, timeframe: str, wanted: Range) -> list[Range]:
        """Return the stretches that were fetched before and touch `wanted`, in order."""
        table = market_data.bar_fetches
        statement = (
            sa.select(table.c.range_start, table.c.range_end)
            .where(
                table.c.symbol == symbol,
                table.c.timeframe == timeframe,
                table.c.range_start <= wanted.end,
                table.c.range_end >= wanted.start,
            )
            .order_by(table.c.range_start, table.c.id)
        )
        return [Range(*row) for row in self._connection.execute(statement)]

    def record_fetch(self, symbol: str, timeframe: str, fetched: Range, *, count: int, at: datetime) -> None:
        """Remember that a stretch was fetched, and how many bars it held."""
        values = {
            "symbol": symbol,
            "timeframe": timeframe,
            "range_start": fetched.start,
            "range_end": fetched.end,
            "bar_count": count,
            "fetched_at": at,
        }
        self._connection.execute(sa.insert(market_data.bar_fetches).values(values))
