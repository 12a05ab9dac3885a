"""Keep users' strategies."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.hold import hold_user
from backend_v2.auth.repositories import AuditRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import Conflict, NotFound
from backend_v2.trading.records import Strategy
from backend_v2.trading.repositories import StrategyRepository, TradingRuntimeRepository

MOST_STRATEGIES = 100
"""Of one user."""

_GONE = "there is no such strategy"


class StrategyService:
    """Users' strategies. Whoever changes one holds the user's row, as whoever starts one does."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(self, user_id: UUID, *, name: str, kind: str, parameters: dict[str, Any], origin: Origin) -> Strategy:
        """Store a strategy.

        Raises Conflict when the user has one of this name, or as many as one may have; Unauthorized when the user
        has just gone.
        """
        now = self._clock()
        strategy = Strategy(
            id=uuid4(), user_id=user_id, name=name, kind=kind, parameters=parameters, created_at=now, updated_at=now
        )
        with self._database.connect() as connection:
            hold_user(connection, user_id)
            repository = StrategyRepository(connection)
            if repository.count(user_id) >= MOST_STRATEGIES:
                raise Conflict(f"there are {MOST_STRATEGIES} strategies, which is the most")
            if not repository.add(strategy):
                raise Conflict(_taken(name))
            self._log(connection, "strategy_added", strategy, origin)
        return strategy

    def page(self, user_id: UUID, *, limit: int, before: tuple[datetime, UUID] | None) -> tuple[list[Strategy], bool]:
        """Return one page of a user's strategies, the newest first, and whether there are more."""
        with self._database.connect() as connection:
            found = StrategyRepository(connection).page(user_id, limit=limit + 1, before=before)
        return found[:limit], len(found) > limit

    def get(self, user_id: UUID, strategy_id: UUID) -> Strategy:
        """Return one of a user's strategies; raises NotFound."""
        with self._database.connect() as connection:
            return _found(connection, user_id, strategy_id)

    def change(
        self,
        user_id: UUID,
        strategy_id: UUID,
        *,
        name: str | None,
        kind: str | None,
        parameters: dict[str, Any] | None,
        origin: Origin,
    ) -> Strategy:
        """Change a strategy; what is None stays, and parameters are replaced as a whole.

        Raises NotFound, and Conflict when the name is taken, or when kind or parameters of one that runs would change.
        """
        with self._database.connect() as connection:
            hold_user(connection, user_id)
            repository = StrategyRepository(connection)
            old = _found(connection, user_id, strategy_id)
            new = replace(
                old,
                name=old.name if name is None else name,
                kind=old.kind if kind is None else kind,
                parameters=old.parameters if parameters is None else parameters,
                updated_at=self._clock(),
            )
            if (new.kind, new.parameters) != (old.kind, old.parameters) and _runs(connection, strategy_id):
                raise Conflict("the strategy runs: pause or stop it before its kind or parameters change")
            if new.name != old.name and repository.find_by_name(new.name, user_id=user_id) is not None:
                raise Conflict(_taken(new.name))
            repository.save(new)
            self._log(connection, "strategy_changed", new, origin)
        return new

    def delete(self, user_id: UUID, strategy_id: UUID, origin: Origin) -> None:
        """Delete a strategy with its runtime; raises NotFound, and Conflict while it runs."""
        with self._database.connect() as connection:
            hold_user(connection, user_id)
            strategy = _found(connection, user_id, strategy_id)
            if _runs(connection, strategy_id):
                raise Conflict("the strategy runs: pause or stop it before it is deleted")
            StrategyRepository(connection).delete(strategy_id, user_id=user_id)
            self._log(connection, "strategy_deleted", strategy, origin)

    def _log(self, connection: Connection, event: str, strategy: Strategy, origin: Origin) -> None:
        detail = {"strategy": str(strategy.id)}
        AuditRepository(connection).add(origin.event(event, strategy.user_id, detail, at=self._clock()))


def _found(connection: Connection, user_id: UUID, strategy_id: UUID) -> Strategy:
    strategy = StrategyRepository(connection).find(strategy_id, user_id=user_id)
    if strategy is None:
        raise NotFound(_GONE)
    return strategy


def _runs(connection: Connection, strategy_id: UUID) -> bool:
    runtime = TradingRuntimeRepository(connection).find(strategy_id)
    return runtime is not None and runtime.state == "running"


def _taken(name: str) -> str:
    return f"there is a strategy named {name!r} already"
