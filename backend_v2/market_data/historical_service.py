"""Serve bars from what is stored, and fetch what is missing, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.market_data.alpaca import AlpacaClient
from backend_v2.market_data.records import Bar, Range, Timeframe, missing
from backend_v2.market_data.repositories import HistoricalBarRepository

SETTLED_AFTER = timedelta(minutes=16)


@dataclass(frozen=True)
class Question:
    """Which bars are wanted. after: the start of the last bar of the page before."""

    symbol: str
    timeframe: Timeframe
    wanted: Range
    limit: int
    after: datetime | None = None


class HistoricalService:
    """Bars of one symbol in one timeframe over a stretch of time."""

    def __init__(self, database: Database, alpaca: AlpacaClient, clock: Clock) -> None:
        self._database = database
        self._alpaca = alpaca
        self._clock = clock

    def page(self, question: Question) -> tuple[list[Bar], bool]:
        """Return one page of bars, in order of time, and whether there are more.

        Raises what the market data API's client raises. No connection is held while it is asked.
        """
        if question.after is None:
            self._fill(question)
        with self._database.connect() as connection:
            bars = HistoricalBarRepository(connection).between(
                question.symbol,
                question.timeframe.name,
                question.wanted,
                limit=question.limit + 1,
                after=question.after,
            )
        return bars[: question.limit], len(bars) > question.limit

    def _fill(self, question: Question) -> None:
        """Fetch and store the stretches that have never been fetched."""
        now = self._clock()
        wanted = Range(question.wanted.start, min(question.wanted.end, now))
        if wanted.end < wanted.start:
            return
        symbol, timeframe = question.symbol, question.timeframe.name
        with self._database.connect() as connection:
            known = HistoricalBarRepository(connection).fetched(symbol, timeframe, wanted)
        for gap in missing(wanted, known):
            bars = self._alpaca.bars(symbol, timeframe, gap)
            with self._database.connect() as connection:
                repository = HistoricalBarRepository(connection)
                repository.upsert(bars, fetched_at=now)
                settled = self._settled(gap, question.timeframe, now)
                if settled is not None:
                    repository.record_fetch(symbol, timeframe, settled, count=len(bars), at=now)

    @staticmethod
    def _settled(gap: Range, timeframe: Timeframe, now: datetime) -> Range | None:
        """Return the part of a fetched stretch whose bars can no longer change."""
        end = min(gap.end, now - timeframe.length - SETTLED_AFTER)
        return Range(gap.start, end) if end >= gap.start else None
