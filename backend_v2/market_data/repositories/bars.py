"""Stored bars, and which stretches of time were fetched."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.tables import market_data
from backend_v2.db.upsert import upsert
from backend_v2.market_data.records import Bar, OpenClose, Range

_BARS = market_data.historical_bars
_FETCHES = market_data.bar_fetches
_KEY = ("symbol", "timeframe", "starts_at")


class HistoricalBarRepository:
    """The tables `historical_bars` and `bar_fetches`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upsert(self, bars: Sequence[Bar], *, fetched_at: datetime) -> None:
        """Store bars in bulk; one that is there already is replaced, and of two alike the later stays.

        One statement takes each bar once: Postgres refuses to replace a row twice. Their order is
        always the same, so that two transactions that store the same bars wait, and do not deadlock.
        """
        if not bars:
            return
        distinct = {(bar.symbol, bar.timeframe, bar.starts_at): bar for bar in bars}
        statement = upsert(self._connection, _BARS)
        replaced = {column.name: statement.excluded[column.name] for column in _BARS.c if column.name not in _KEY}
        statement = statement.on_conflict_do_update(index_elements=list(_KEY), set_=replaced)
        # A frozen dataclass without slots keeps its fields in order; `asdict` would copy every price.
        rows = [{**vars(distinct[key]), "fetched_at": fetched_at} for key in sorted(distinct)]
        # With RETURNING SQLAlchemy sends a thousand rows a statement. Without, 2.1 sends an upsert row by row, since
        # batches lost parameters of its SET (sqlalchemy#13130); this SET has none.
        self._connection.execute(statement.returning(_BARS.c.starts_at), rows)

    def between(
        self, symbol: str, timeframe: str, wanted: Range, *, limit: int, after: datetime | None = None
    ) -> list[Bar]:
        """Return at most `limit` bars that start within `wanted` and later than `after`, in order of time."""
        columns = [_BARS.c[name] for name in Bar.__dataclass_fields__]
        statement = sa.select(*columns).where(*_within(symbol, timeframe, wanted, after))
        rows = self._connection.execute(statement.order_by(_BARS.c.starts_at).limit(limit))
        return [Bar(*row) for row in rows]

    def opens_and_closes(self, symbol: str, timeframe: str, wanted: Range, *, limit: int) -> list[OpenClose]:
        """Return of at most `limit` bars that start within `wanted` what a backtest needs, in order of time."""
        columns = [_BARS.c[name] for name in OpenClose.__dataclass_fields__]
        statement = sa.select(*columns).where(*_within(symbol, timeframe, wanted, None))
        rows = self._connection.execute(statement.order_by(_BARS.c.starts_at).limit(limit))
        return [OpenClose(*row) for row in rows]

    def holds(self, symbol: str, timeframe: str, wanted: Range, *, count: int, after: datetime | None = None) -> bool:
        """Say whether at least `count` bars start within `wanted` and later than `after`."""
        statement = sa.select(_BARS.c.starts_at).where(*_within(symbol, timeframe, wanted, after))
        statement = statement.order_by(_BARS.c.starts_at).offset(count - 1).limit(1)
        return self._connection.execute(statement).first() is not None

    def fetched(self, symbol: str, timeframe: str, wanted: Range) -> list[Range]:
        """Return the stretches that were fetched before and touch `wanted`, in order."""
        statement = sa.select(_FETCHES.c.range_start, _FETCHES.c.range_end)
        statement = statement.where(*_touching(symbol, timeframe, wanted))
        rows = self._connection.execute(statement.order_by(_FETCHES.c.range_start, _FETCHES.c.id))
        return [Range(*row) for row in rows]

    def record_fetch(self, symbol: str, timeframe: str, fetched: Range, *, fetched_at: datetime) -> None:
        """Remember that every bar of a stretch is stored.

        Stretches that touch it become one with it, so that rows do not add up while somebody asks
        every minute. Two transactions at once may leave two rows that overlap: both are true, and
        the next one joins them.
        """
        statement = sa.delete(_FETCHES).where(*_touching(symbol, timeframe, fetched))
        touching = self._connection.execute(statement.returning(_FETCHES.c.range_start, _FETCHES.c.range_end)).all()
        whole = Range(
            min([fetched.start, *(start for start, _ in touching)]), max([fetched.end, *(end for _, end in touching)])
        )
        stored = sa.select(sa.func.count()).where(*_within(symbol, timeframe, whole, None)).scalar_subquery()
        values = {
            "symbol": symbol,
            "timeframe": timeframe,
            "range_start": whole.start,
            "range_end": whole.end,
            "bar_count": stored,
            "fetched_at": fetched_at,
        }
        self._connection.execute(sa.insert(_FETCHES).values(values))


def _within(symbol: str, timeframe: str, wanted: Range, after: datetime | None) -> tuple[sa.ColumnElement[bool], ...]:
    found = (
        _BARS.c.symbol == symbol,
        _BARS.c.timeframe == timeframe,
        _BARS.c.starts_at.between(wanted.start, wanted.end),
    )
    return found if after is None else (*found, _BARS.c.starts_at > after)


def _touching(symbol: str, timeframe: str, wanted: Range) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        _FETCHES.c.symbol == symbol,
        _FETCHES.c.timeframe == timeframe,
        _FETCHES.c.range_start <= wanted.end,
        _FETCHES.c.range_end >= wanted.start,
    )
