"""The latest quotes."""

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.ordering import bytewise
from backend_v2.db.tables import market_data
from backend_v2.db.upsert import upsert
from backend_v2.market_data.records import Quote

_QUOTES = market_data.latest_quotes


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
