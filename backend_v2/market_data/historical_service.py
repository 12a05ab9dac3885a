"""Serve bars from what is stored, and fetch what is missing, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.market_data.alpaca import AlpacaClient, Page
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

        Raises what the market data API's client raises; what it gave before that is kept, so that
        the next try begins where this one ended.
        """
        self.fill(question)
        with self._database.connect() as connection:
            bars = HistoricalBarRepository(connection).between(
                question.symbol,
                question.timeframe.name,
                question.wanted,
                limit=question.limit + 1,
                after=question.after,
            )
        return bars[: question.limit], len(bars) > question.limit

    def fill(self, question: Question) -> None:
        """Fetch and store what is missing, until this page, and the first bar after it, are there.

        No connection is held while the market data API is asked. Raises as `page` does.
        """
        now = self._clock()
        rest = Range(question.after or question.wanted.start, min(question.wanted.end, now - self._alpaca.delay))
        if rest.end < rest.start:
            return
        symbol, timeframe = question.symbol, question.timeframe.name
        with self._database.connect() as connection:
            known = HistoricalBarRepository(connection).fetched(symbol, timeframe, rest)
        until = self._alpaca.deadline()
        for gap in missing(rest, known):
            if self._suffices(question, Range(rest.start, gap.start)):
                return
            for page in self._alpaca.pages(symbol, timeframe, gap, until=until):
                reached = self._keep(question, gap, page, now)
                if not page.is_last and self._suffices(question, Range(rest.start, reached)):
                    return

    def _suffices(self, question: Question, complete: Range) -> bool:
        """Say whether a stretch of which every bar is stored holds more bars than the page."""
        with self._database.connect() as connection:
            return HistoricalBarRepository(connection).holds(
                question.symbol, question.timeframe.name, complete, count=question.limit + 1, after=question.after
            )

    def _keep(self, question: Question, gap: Range, page: Page, now: datetime) -> datetime:
        """Store a page, and remember how far the gap is filled now; return that instant."""
        if not (page.is_last or page.bars):
            return gap.start
        reached = gap.end if page.is_last else min(gap.end, page.bars[-1].starts_at)
        settled = min(reached, now - question.timeframe.length - SETTLED_AFTER)
        with self._database.connect() as connection:
            repository = HistoricalBarRepository(connection)
            repository.upsert(page.bars, fetched_at=now)
            if settled >= gap.start:
                repository.record_fetch(
                    question.symbol, question.timeframe.name, Range(gap.start, settled), fetched_at=now
                )
        return reached
