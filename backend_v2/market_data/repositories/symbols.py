"""Symbols, found by what they or the words of their names begin with."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.ordering import bytewise
from backend_v2.db.tables import market_data
from backend_v2.db.upsert import upsert
from backend_v2.market_data.records import Imported, Listing, StoredListing

_SYMBOLS = market_data.symbols
_LISTING = [_SYMBOLS.c[name] for name in StoredListing.__dataclass_fields__]


class SymbolRepository:
    """The table `symbols`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(
        self, *, query: str | None, tradable: bool | None, limit: int, after: str | None = None
    ) -> list[StoredListing]:
        """Return symbols by the order of their bytes; `after` is the last one of the page before.

        query: what the symbol, or a word of its name, begins with, in any case, taken literally.
        """
        statement = sa.select(*_LISTING)
        if query is not None:
            statement = statement.where(_begins_with(query))
        if tradable is not None:
            statement = statement.where(_SYMBOLS.c.tradable if tradable else sa.not_(_SYMBOLS.c.tradable))
        if after is not None:
            statement = statement.where(bytewise(_SYMBOLS.c.symbol) > after)
        statement = statement.order_by(bytewise(_SYMBOLS.c.symbol)).limit(limit)
        return [StoredListing(**row._mapping) for row in self._connection.execute(statement)]

    def get(self, symbol: str) -> StoredListing | None:
        """Return a symbol; None when there is no such."""
        row = self._connection.execute(sa.select(*_LISTING).where(_SYMBOLS.c.symbol == symbol)).first()
        return None if row is None else StoredListing(**row._mapping)

    def put(self, listing: Listing, *, at: datetime) -> tuple[StoredListing, bool]:
        """Store a symbol, in place of what is there; return it, and whether it is new."""
        statement = upsert(self._connection, _SYMBOLS).values(_row(listing, at))
        statement = statement.on_conflict_do_nothing(index_elements=["symbol"]).returning(*_LISTING)
        row = self._connection.execute(statement).first()
        if row is not None:
            return StoredListing(**row._mapping), True
        update = sa.update(_SYMBOLS).where(_SYMBOLS.c.symbol == listing.symbol).values(_row(listing, at))
        return StoredListing(**self._connection.execute(update.returning(*_LISTING)).one()._mapping), False

    def set_tradable(self, symbol: str, *, tradable: bool, at: datetime) -> StoredListing | None:
        """Say whether a symbol can be traded; return it, or None when there is no such."""
        statement = sa.update(_SYMBOLS).where(_SYMBOLS.c.symbol == symbol).values(tradable=tradable, updated_at=at)
        row = self._connection.execute(statement.returning(*_LISTING)).first()
        return None if row is None else StoredListing(**row._mapping)

    def put_all(self, listings: Sequence[Listing], *, at: datetime) -> Imported:
        """Store symbols in bulk; of two alike the later stays. Two statements for every thousand.

        The first makes what is not there, the second writes what was; both go by the order of the
        symbols, so that two imports at once wait for each other, and do not deadlock.
        """
        rows = {one.symbol: _row(one, at) for one in sorted(listings, key=lambda one: one.symbol)}
        if not rows:
            return Imported(created=0, updated=0)
        statement = upsert(self._connection, _SYMBOLS)
        # With RETURNING they are sent a thousand a statement; see HistoricalBarRepository.upsert.
        missing = statement.on_conflict_do_nothing(index_elements=["symbol"]).returning(_SYMBOLS.c.symbol)
        created = set(self._connection.scalars(missing, list(rows.values())))
        there = [row for symbol, row in rows.items() if symbol not in created]
        if there:
            replaced = {one.name: statement.excluded[one.name] for one in _SYMBOLS.c if one.name != "symbol"}
            statement = statement.on_conflict_do_update(index_elements=["symbol"], set_=replaced)
            self._connection.execute(statement.returning(_SYMBOLS.c.symbol), there)
        return Imported(created=len(created), updated=len(there))


def _row(listing: Listing, at: datetime) -> dict[str, object]:
    facts = {name: getattr(listing, name) for name in Listing.__dataclass_fields__}
    return {**facts, "search_name": _folded(listing.name), "updated_at": at}


def _folded(text: str) -> str:
    """Return text without the differences that a search does not make: of case, of spelling, of spaces."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def _begins_with(query: str) -> sa.ColumnElement[bool]:
    """Compare in one case alone: LIKE minds the case on Postgres, and on SQLite it does not."""
    name, words = _SYMBOLS.c.search_name, _folded(query)
    of_symbol = _SYMBOLS.c.symbol.startswith(words.upper(), autoescape=True)
    return of_symbol | name.startswith(words, autoescape=True) | name.contains(f" {words}", autoescape=True)
