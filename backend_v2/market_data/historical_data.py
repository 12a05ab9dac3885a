"""`GET /api/historical/bars`."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint

from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import signed_in
from backend_v2.market_data.historical_service import HistoricalService, Question
from backend_v2.market_data.records import Bar, Range, Timeframe
from backend_v2.market_data.schemas import BarOut, BarsIn, BarsOut


def blueprint(service: HistoricalService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("historical", __name__, url_prefix="/api/historical", tag="market data")

    @routes.get("/bars")
    @routes.input(BarsIn, location="query", arg_name="query")
    @routes.output(BarsOut)
    @routes.doc(responses=responses(400, 502))
    @signed_in
    def bars(query: BarsIn) -> dict[str, Any]:
        """Return bars; what is not stored is fetched from the market data API first."""
        timeframe = Timeframe.parse(query.timeframe)
        scope = f"bars {query.symbol} {timeframe.name} {query.start.isoformat()} {query.end.isoformat()}"
        cursor = Cursor(scope, key=config.page_key)
        after = cursor.one(query.page_token, datetime.fromisoformat)
        question = Question(query.symbol, timeframe, Range(query.start, query.end), query.limit, after)
        found, more = service.page(question)
        out = BarsOut(
            symbol=query.symbol,
            timeframe=timeframe.name,
            bars=[_bar(one) for one in found],
            next_page_token=cursor.token(found[-1].starts_at if more else None),
        )
        return out.model_dump(mode="json")

    return routes


def _bar(bar: Bar) -> BarOut:
    return BarOut(
        t=bar.starts_at,
        o=str(bar.open),
        h=str(bar.high),
        l=str(bar.low),
        c=str(bar.close),
        v=bar.volume,
        n=bar.trade_count,
        vw=None if bar.vwap is None else str(bar.vwap),
    )
