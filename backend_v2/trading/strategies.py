"""The routes under `/api/trading/strategies`: strategies, and what they are doing."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, make_response

from backend_v2.auth.signing_in import origin
from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import caller, signed_in
from backend_v2.trading import schemas
from backend_v2.trading.records import Runtime, Strategy
from backend_v2.trading.strategy_service import StrategyService
from backend_v2.trading.trading_runtime import TradingRuntimeService


def blueprint(strategies: StrategyService, runtime: TradingRuntimeService, config: Config) -> APIBlueprint:
    """Return the routes over these services."""
    routes = APIBlueprint("strategies", __name__, url_prefix="/api/trading/strategies", tag="trading")
    _strategy_list(routes, strategies, config)
    _strategies(routes, strategies)
    _runtime(routes, runtime)
    return routes


def _strategy_list(routes: APIBlueprint, service: StrategyService, config: Config) -> None:
    @routes.post("")
    @routes.input(schemas.StrategyIn, arg_name="body")
    @routes.output(schemas.StrategyOut, status_code=201)
    @routes.doc(responses=responses(409))
    @signed_in
    def add_strategy(body: schemas.StrategyIn) -> dict[str, Any]:
        """Keep a strategy; 409 when the name is taken, and beyond 100 strategies."""
        added = service.add(caller().user_id, **body.model_dump(), origin=origin())
        return _out(added).model_dump(mode="json")

    @routes.get("")
    @routes.input(schemas.StrategiesIn, location="query", arg_name="query")
    @routes.output(schemas.StrategiesOut)
    @routes.doc(responses=responses(400))
    @signed_in
    def strategy_list(query: schemas.StrategiesIn) -> dict[str, Any]:
        """Return the signed-in user's strategies, the newest first."""
        cursor = Cursor(f"strategies {caller().user_id}", key=config.page_key)
        found, more = service.page(
            caller().user_id,
            limit=query.limit,
            before=cursor.two(query.page_token, datetime.fromisoformat, UUID),
        )
        token = cursor.token((found[-1].created_at, found[-1].id) if more else None)
        out = schemas.StrategiesOut(strategies=[_out(one) for one in found], next_page_token=token)
        return out.model_dump(mode="json")


def _strategies(routes: APIBlueprint, service: StrategyService) -> None:
    @routes.get("/<uuid:strategy_id>")
    @routes.output(schemas.StrategyOut)
    @signed_in
    def strategy(strategy_id: UUID) -> dict[str, Any]:
        """Return a strategy."""
        return _out(service.get(caller().user_id, strategy_id)).model_dump(mode="json")

    @routes.patch("/<uuid:strategy_id>")
    @routes.input(schemas.StrategyChangesIn, arg_name="body")
    @routes.output(schemas.StrategyOut)
    @routes.doc(responses=responses(409))
    @signed_in
    def change_strategy(strategy_id: UUID, body: schemas.StrategyChangesIn) -> dict[str, Any]:
        """Change a strategy; 409 when the name is taken, and for kind and parameters while it runs."""
        changed = service.change(caller().user_id, strategy_id, **body.model_dump(), origin=origin())
        return _out(changed).model_dump(mode="json")

    @routes.delete("/<uuid:strategy_id>")
    @routes.output({}, status_code=204)
    @routes.doc(responses=responses(409))
    @signed_in
    def delete_strategy(strategy_id: UUID) -> Response:
        """Delete a strategy; 409 while it runs."""
        service.delete(caller().user_id, strategy_id, origin())
        return make_response("", 204)


def _runtime(routes: APIBlueprint, service: TradingRuntimeService) -> None:
    @routes.get("/<uuid:strategy_id>/runtime")
    @routes.output(schemas.RuntimeOut)
    @signed_in
    def runtime(strategy_id: UUID) -> dict[str, Any]:
        """Return what a strategy is doing; stale after 90 seconds without a heartbeat."""
        found, is_stale = service.get(caller().user_id, strategy_id)
        return _runtime_out(found, stale=is_stale)

    @routes.post("/<uuid:strategy_id>/runtime/start")
    @routes.input(schemas.StartIn, arg_name="body")
    @routes.output(schemas.RuntimeOut)
    @routes.doc(responses=responses(409))
    @signed_in
    def start(strategy_id: UUID, body: schemas.StartIn) -> dict[str, Any]:
        """Let a strategy that is stopped or paused run on an account; 409 when the version is stale."""
        started = service.start(
            caller().user_id, strategy_id, account_id=body.account_id, version=body.version, origin=origin()
        )
        return _runtime_out(started)

    @routes.post("/<uuid:strategy_id>/runtime/pause")
    @routes.input(schemas.VersionIn, arg_name="body")
    @routes.output(schemas.RuntimeOut)
    @routes.doc(responses=responses(409))
    @signed_in
    def pause(strategy_id: UUID, body: schemas.VersionIn) -> dict[str, Any]:
        """Pause a strategy that runs; 409 when it does not, and when the version is stale."""
        return _runtime_out(service.pause(caller().user_id, strategy_id, version=body.version, origin=origin()))

    @routes.post("/<uuid:strategy_id>/runtime/stop")
    @routes.input(schemas.VersionIn, arg_name="body")
    @routes.output(schemas.RuntimeOut)
    @routes.doc(responses=responses(409))
    @signed_in
    def stop(strategy_id: UUID, body: schemas.VersionIn) -> dict[str, Any]:
        """Stop a strategy that runs; 409 when it does not, and when the version is stale."""
        return _runtime_out(service.stop(caller().user_id, strategy_id, version=body.version, origin=origin()))

    @routes.post("/<uuid:strategy_id>/runtime/heartbeat")
    @routes.input(schemas.VersionIn, arg_name="body")
    @routes.output(schemas.RuntimeOut)
    @routes.doc(responses=responses(409))
    @signed_in
    def heartbeat(strategy_id: UUID, body: schemas.VersionIn) -> dict[str, Any]:
        """Say that the strategy is alive; 409 when it does not run, and when the version is stale."""
        return _runtime_out(service.beat(caller().user_id, strategy_id, version=body.version))


def _out(strategy: Strategy) -> schemas.StrategyOut:
    return schemas.StrategyOut(**asdict(strategy))


def _runtime_out(runtime: Runtime, *, stale: bool = False) -> dict[str, Any]:
    return schemas.RuntimeOut(**asdict(runtime), stale=stale).model_dump(mode="json")
