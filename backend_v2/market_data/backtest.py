"""The routes under `/api/backtests`."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, make_response

from backend_v2.auth.signing_in import origin
from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import caller, signed_in
from backend_v2.market_data.backtest_service import BacktestService, Wish
from backend_v2.market_data.records import Backtest, BacktestInFull, Range, StoredTrade, Timeframe
from backend_v2.market_data.schemas import (
    BacktestIn,
    BacktestInFullOut,
    BacktestOut,
    BacktestsIn,
    BacktestsOut,
    TradeOut,
    TradesIn,
    TradesOut,
)


def blueprint(service: BacktestService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("backtests", __name__, url_prefix="/api/backtests", tag="market data")
    _running(routes, service)
    _reading(routes, service, config)
    return routes


def _running(routes: APIBlueprint, service: BacktestService) -> None:
    @routes.post("")
    @routes.input(BacktestIn, arg_name="body")
    @routes.output(BacktestInFullOut, status_code=201)
    @routes.doc(responses=responses(409, 502))
    @signed_in
    def run(body: BacktestIn) -> dict[str, Any]:
        """Run a moving-average crossover; what bars are missing are fetched first. 409 for too few or too many."""
        wish = Wish(
            symbol=body.symbol,
            timeframe=Timeframe.parse(body.timeframe),
            wanted=Range(body.start, body.end),
            starting_cash=body.starting_cash,
            fast=body.fast,
            slow=body.slow,
        )
        return _in_full(service.run(caller(), wish, origin()))

    @routes.delete("/<uuid:backtest_id>")
    @routes.output({}, status_code=204)
    @signed_in
    def delete(backtest_id: UUID) -> Response:
        """Remove a run with its trades."""
        service.delete(caller(), backtest_id, origin())
        return make_response("", 204)


def _reading(routes: APIBlueprint, service: BacktestService, config: Config) -> None:
    @routes.get("")
    @routes.input(BacktestsIn, location="query", arg_name="query")
    @routes.output(BacktestsOut)
    @routes.doc(responses=responses(400))
    @signed_in
    def backtests(query: BacktestsIn) -> dict[str, Any]:
        """Return the caller's runs, the newest first."""
        cursor = Cursor(f"backtests {caller().user_id}", key=config.page_key)
        before = cursor.two(query.page_token, datetime.fromisoformat, UUID)
        found, more = service.page(caller(), limit=query.limit, before=before)
        token = cursor.token((found[-1].created_at, found[-1].id) if more else None)
        out = BacktestsOut(backtests=[BacktestOut(**_facts(one)) for one in found], next_page_token=token)
        return out.model_dump(mode="json")

    @routes.get("/<uuid:backtest_id>")
    @routes.output(BacktestInFullOut)
    @signed_in
    def backtest(backtest_id: UUID) -> dict[str, Any]:
        """Return a run, with the count of its trades."""
        return _in_full(service.get(caller(), backtest_id))

    @routes.get("/<uuid:backtest_id>/trades")
    @routes.input(TradesIn, location="query", arg_name="query")
    @routes.output(TradesOut)
    @routes.doc(responses=responses(400))
    @signed_in
    def trades(backtest_id: UUID, query: TradesIn) -> dict[str, Any]:
        """Return a run's trades, in the order in which they were made."""
        cursor = Cursor(f"trades {backtest_id} {caller().user_id}", key=config.page_key)
        found, more = service.trades(caller(), backtest_id, limit=query.limit, after=cursor.one(query.page_token, int))
        token = cursor.token(found[-1].id if more else None)
        return TradesOut(trades=[_trade(one) for one in found], next_page_token=token).model_dump(mode="json")


def _in_full(run: BacktestInFull) -> dict[str, Any]:
    return BacktestInFullOut(**_facts(run), trades=run.trades).model_dump(mode="json")


def _facts(run: Backtest) -> dict[str, Any]:
    return {
        "id": run.id,
        "symbol": run.symbol,
        "timeframe": run.timeframe,
        "status": run.status,
        "start": run.range_start,
        "end": run.range_end,
        "fast": run.fast,
        "slow": run.slow,
        "bars": run.bars,
        "starting_cash": str(run.starting_cash),
        "ending_cash": _text(run.ending_cash),
        "profit": _text(run.profit),
        "max_drawdown": _text(run.max_drawdown),
        "created_at": run.created_at,
        "finished_at": run.finished_at,
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _trade(trade: StoredTrade) -> TradeOut:
    return TradeOut(side=trade.side, quantity=str(trade.quantity), price=str(trade.price), traded_at=trade.traded_at)
