"""The routes under `/api/symbols`."""

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint

from backend_v2.auth.signing_in import origin
from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import admin_only, caller, signed_in
from backend_v2.market_data.records import Listing, StoredListing
from backend_v2.market_data.schemas import (
    ImportIn,
    ImportOut,
    ListingIn,
    SymbolOut,
    SymbolsIn,
    SymbolsOut,
    TradableIn,
    symbol_in_path,
)
from backend_v2.market_data.symbol_service import SymbolService

_CREATED: dict[int | str, Any] = {
    201: {
        "description": "It is new",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SymbolOut"}}},
    }
}


def blueprint(service: SymbolService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("symbols", __name__, url_prefix="/api/symbols", tag="market data")
    _reading(routes, service, config)
    _writing(routes, service)
    return routes


def _reading(routes: APIBlueprint, service: SymbolService, config: Config) -> None:
    @routes.get("")
    @routes.input(SymbolsIn, location="query", arg_name="query")
    @routes.output(SymbolsOut)
    @routes.doc(responses=responses(400))
    @signed_in
    def symbols(query: SymbolsIn) -> dict[str, Any]:
        """Return symbols, in their order, that begin with `query`, or whose names have a word that does."""
        cursor = Cursor(f"symbols {query.tradable} {query.query or ''}", key=config.page_key)
        found, more = service.page(
            query=query.query,
            tradable=query.tradable,
            limit=query.limit,
            after=cursor.one(query.page_token, str),
        )
        token = cursor.token(found[-1].symbol if more else None)
        return SymbolsOut(symbols=[_out(one) for one in found], next_page_token=token).model_dump(mode="json")

    @routes.get("/<symbol>")
    @routes.output(SymbolOut)
    @signed_in
    def symbol(symbol: str) -> dict[str, Any]:
        """Return a symbol, and what it stands for."""
        return _out(service.get(symbol_in_path(symbol))).model_dump(mode="json")


def _writing(routes: APIBlueprint, service: SymbolService) -> None:
    @routes.put("/<symbol>")
    @routes.input(ListingIn, arg_name="body")
    @routes.output(SymbolOut)
    @routes.doc(responses=_CREATED)
    @admin_only
    def put_symbol(symbol: str, body: ListingIn) -> tuple[dict[str, Any], int]:
        """Store a symbol, in place of what is there: 201 when it is new, 200 when it was there."""
        listing = Listing(symbol=symbol_in_path(symbol), **body.model_dump())
        stored, is_new = service.put(caller(), listing, origin())
        return _out(stored).model_dump(mode="json"), 201 if is_new else 200

    @routes.patch("/<symbol>")
    @routes.input(TradableIn, arg_name="body")
    @routes.output(SymbolOut)
    @admin_only
    def change_symbol(symbol: str, body: TradableIn) -> dict[str, Any]:
        """Say whether a symbol can be traded."""
        changed = service.set_tradable(caller(), symbol_in_path(symbol), origin(), tradable=body.tradable)
        return _out(changed).model_dump(mode="json")

    @routes.post("")
    @routes.input(ImportIn, arg_name="body")
    @routes.output(ImportOut)
    @admin_only
    def import_symbols(body: ImportIn) -> dict[str, Any]:
        """Store up to a thousand symbols, all or none, in place of what is there."""
        listings = [Listing(**one.model_dump()) for one in body.symbols]
        return ImportOut(**asdict(service.put_all(caller(), listings, origin()))).model_dump(mode="json")


def _out(listing: StoredListing) -> SymbolOut:
    return SymbolOut(**asdict(listing))
