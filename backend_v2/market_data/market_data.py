"""The routes under `/api/market-data`: latest quotes."""

from typing import Any

from apiflask import APIBlueprint

from backend_v2.errors import NotFound
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import signed_in
from backend_v2.market_data.quote_service import QuoteService
from backend_v2.market_data.records import Quote
from backend_v2.market_data.schemas import QuoteOut, QuotesIn, QuotesOut, symbol_in_path


def blueprint(service: QuoteService) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("market_data", __name__, url_prefix="/api/market-data", tag="market data")

    @routes.get("/quotes")
    @routes.input(QuotesIn, location="query", arg_name="query")
    @routes.output(QuotesOut)
    @routes.doc(responses=responses(400, 502))
    @signed_in
    def quotes(query: QuotesIn) -> dict[str, Any]:
        """Return the latest quotes of up to a hundred symbols."""
        symbols = sorted(set(query.symbols.split(",")))
        found = service.latest(symbols)
        out = QuotesOut(
            quotes=[_out(found[one]) for one in symbols if one in found],
            without_quote=[one for one in symbols if one not in found],
        )
        return out.model_dump(mode="json")

    @routes.get("/quotes/<symbol>")
    @routes.output(QuoteOut)
    @routes.doc(responses=responses(400, 502))
    @signed_in
    def quote(symbol: str) -> dict[str, Any]:
        """Return the latest quote of a symbol."""
        wanted = symbol_in_path(symbol)
        found = service.latest([wanted]).get(wanted)
        if found is None:
            raise NotFound("there is no quote for this symbol")
        return _out(found).model_dump(mode="json")

    return routes


def _out(quote: Quote) -> QuoteOut:
    return QuoteOut(
        symbol=quote.symbol,
        bid=str(quote.bid),
        ask=str(quote.ask),
        bid_size=quote.bid_size,
        ask_size=quote.ask_size,
        quoted_at=quote.quoted_at,
    )
