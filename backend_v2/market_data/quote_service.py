"""Serve the latest quotes: from what is stored while it is fresh, else from the market data API."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import UpstreamBusy, UpstreamUnavailable
from backend_v2.market_data.alpaca import AlpacaClient
from backend_v2.market_data.records import Quote
from backend_v2.market_data.repositories import QuoteRepository

FRESH_FOR = timedelta(seconds=5)
"""A stored quote that was made so short a time ago is not asked for again."""
USABLE_FOR = timedelta(minutes=1)
"""A stored quote of this age stands in while the market data API does not answer."""
AHEAD = timedelta(minutes=1)
"""How far the exchange's clock may be ahead of ours: the newest quote stays, so that one from next year would too."""


class QuoteService:
    """The latest quotes of symbols."""

    def __init__(self, database: Database, alpaca: AlpacaClient, clock: Clock) -> None:
        self._database = database
        self._alpaca = alpaca
        self._clock = clock

    def latest(self, symbols: Sequence[str]) -> dict[str, Quote]:
        """Return the latest quote of each symbol that has one; its age is counted from when it was made.

        No connection is held while the market data API is asked, so that this is not called within a
        transaction. Raises what the API's client raises, unless stored quotes can stand in.
        """
        now = self._clock()
        with self._database.connect() as connection:
            stored = {one.symbol: one for one in QuoteRepository(connection).find(symbols)}
        wanted = sorted(symbol for symbol in set(symbols) if not _is_younger(stored.get(symbol), now - FRESH_FOR))
        if not wanted:
            return stored
        try:
            fetched = self._alpaca.latest_quotes(wanted, until=self._alpaca.deadline())
        except (UpstreamBusy, UpstreamUnavailable):
            if all(_is_younger(stored.get(symbol), now - USABLE_FOR) for symbol in wanted):
                return stored
            raise
        if any(one.quoted_at > self._clock() + AHEAD for one in fetched):
            raise UpstreamUnavailable("market data answered a quote from the future")
        with self._database.connect() as connection:
            repository = QuoteRepository(connection)
            repository.keep(fetched)
            return {one.symbol: one for one in repository.find(symbols)}


def _is_younger(quote: Quote | None, instant: datetime) -> bool:
    return quote is not None and quote.quoted_at >= instant
