"""Stored bars, and which stretches of time were fetched; the connection is somebody else's to commit."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.ordering import bytewise
from backend_v2.db.tables import market_data
from backend_v2.db.upsert import upsert
from backend_v2.market_data.records import Bar, Quote, Range

_BARS = market_data.historical_bars
_FETCHES = market_data.bar_fetches
_QUOTES = market_data.latest_quotes
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
        rows = [{**asdict(distinct[key]), "fetched_at": fetched_at} for key in sorted(distinct)]
        # With RETURNING SQLAlchemy sends a thousand rows a statement. Without, 2.1 sends an upsert row by row, since
        # batches lost parameters of its SET (sqlalchemy#13130); this SET has none.
        self._connection.execute(statement.returning(_BARS.c.starts_at), rows)

    def between(
        self, symbol: str, timeframe: str, wanted: Range, *, limit: int, after: datetime | None = None
    ) -> list[Bar]:
        """Return at most `limit` bars that start within `wanted` and later than `after`, in order of time."""
        columns = [column for column in _BARS.c if column.name != "fetched_at"]
        statement = sa.select(*columns).where(*_within(symbol, timeframe, wanted, after))
        rows = self._connection.execute(statement.order_by(_BARS.c.starts_at).limit(limit))
        return [Bar(**row._mapping) for row in rows]

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


class QuoteRepository:
    """The table `latest_quotes`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, symbols: Sequence[str]) -> list[Quote]:
        """Return the latest quotes of these symbols, in order of the symbol; one without a quote is left out."""
        statement = sa.select(_QUOTES).where(_QUOTES.c.symbol.in_(sorted(set(symbols))))
        rows = self._connection.execute(statement.order_by(bytewise(_QUOTES.c.symbol)))
        return [Quote(**row._mapping) for row in rows]

    def keep(self, quotes: Sequence[Quote]) -> None:
        """Store quotes, of each symbol the newest: one that is older than what is stored changes nothing."""
        if not quotes:
            return
        newest = {one.symbol: one for one in sorted(quotes, key=lambda one: one.quoted_at)}
        statement = upsert(self._connection, _QUOTES)
        replaced = {column.name: statement.excluded[column.name] for column in _QUOTES.c if column.name != "symbol"}
        statement = statement.on_conflict_do_update(
            index_elements=["symbol"], set_=replaced, where=_QUOTES.c.quoted_at < statement.excluded.quoted_at
        )
        rows = [asdict(newest[symbol]) for symbol in sorted(newest)]
        self._connection.execute(statement.returning(_QUOTES.c.symbol), rows)


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
