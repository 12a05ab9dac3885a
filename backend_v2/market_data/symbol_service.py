"""Find symbols, and write them; what administrators write is logged."""

from collections.abc import Sequence

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.repositories import AuditRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import NotFound
from backend_v2.http.session_cookie import Caller
from backend_v2.market_data.records import Imported, Listing, StoredListing
from backend_v2.market_data.repositories import SymbolRepository

_GONE = "there is no such symbol"


class SymbolService:
    """The symbols that Raptor knows by name."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def page(
        self, *, query: str | None, tradable: bool | None, limit: int, after: str | None
    ) -> tuple[list[StoredListing], bool]:
        """Return one page of symbols, in their order, and whether there are more."""
        with self._database.connect() as connection:
            found = SymbolRepository(connection).page(query=query, tradable=tradable, limit=limit + 1, after=after)
        return found[:limit], len(found) > limit

    def get(self, symbol: str) -> StoredListing:
        """Return a symbol; raises NotFound."""
        with self._database.connect() as connection:
            found = SymbolRepository(connection).get(symbol)
        if found is None:
            raise NotFound(_GONE)
        return found

    def put(self, caller: Caller, listing: Listing, origin: Origin) -> tuple[StoredListing, bool]:
        """Store a symbol, in place of what is there; return it, and whether it is new."""
        now = self._clock()
        with self._database.connect() as connection:
            stored, is_new = SymbolRepository(connection).put(listing, at=now)
            name = "symbol_created" if is_new else "symbol_updated"
            AuditRepository(connection).add(origin.event(name, caller.user_id, {"symbol": listing.symbol}, at=now))
        return stored, is_new

    def set_tradable(self, caller: Caller, symbol: str, origin: Origin, *, tradable: bool) -> StoredListing:
        """Say whether a symbol can be traded; raises NotFound."""
        now = self._clock()
        with self._database.connect() as connection:
            stored = SymbolRepository(connection).set_tradable(symbol, tradable=tradable, at=now)
            if stored is None:
                raise NotFound(_GONE)
            detail = {"symbol": symbol, "tradable": str(tradable).lower()}
            AuditRepository(connection).add(origin.event("symbol_updated", caller.user_id, detail, at=now))
        return stored

    def put_all(self, caller: Caller, listings: Sequence[Listing], origin: Origin) -> Imported:
        """Store symbols in bulk, all or none; return how many were new, and how many were there."""
        now = self._clock()
        with self._database.connect() as connection:
            done = SymbolRepository(connection).put_all(listings, at=now)
            detail = {"created": str(done.created), "updated": str(done.updated)}
            AuditRepository(connection).add(origin.event("symbols_imported", caller.user_id, detail, at=now))
        return done
