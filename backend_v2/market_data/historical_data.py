"""`GET /api/historical/bars`."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint

from backend_v2.config import Config
from backend_v2.errors import BadRequest
from backend_v2.http import pagination
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
    @routes.doc(responses=responses(400, 401, 422, 502, 503))
    @signed_in
    def bars(query: BarsIn) -> dict[str, Any]:
        """Return bars; what is not stored is fetched from the market data API first."""
        question, scope = _question(query, config)
        found, more = service.page(question)
        token = (
            pagination.encode([found[-1].starts_at.isoformat()], scope=scope, key=config.page_key) if more else None
        )
        out = BarsOut(
            symbol=query.symbol,
            timeframe=question.timeframe.name,
            bars=[_bar(one) for one in found],
            next_page_token=token,
        )
        return out.model_dump(mode="json")

    return routes


def _question(query: BarsIn, config: Config) -> tuple[Question, str]:
    if query.end < query.start:
        raise BadRequest("end should not be before start")
    timeframe = Timeframe.parse(query.timeframe)
    scope = f"bars {query.symbol} {timeframe.name} {query.start.isoformat()} {query.end.isoformat()}"
    after = None
    if query.page_token is not None:
        (last,) = pagination.decode(query.page_token, scope=scope, key=config.page_key)
        after = datetime.fromisoformat(last)
    return Question(query.symbol, timeframe, Range(query.start, query.end), query.limit, after), scope


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
