"""Start, pause and stop strategies, and know whether those that run are alive.

A version counts the changes of state. A request says which version it has seen, and is refused when there is a newer
one: of two that have seen the same one succeeds, and whoever runs a strategy notices at the next heartbeat that
somebody else has paused or stopped it. A heartbeat says the version as well, and leaves it as it is.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.hold import hold_user
from backend_v2.auth.repositories import AuditRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import Conflict, NotFound
from backend_v2.trading.records import Runtime, never_started
from backend_v2.trading.repositories import PaperAccountRepository, StrategyRepository, TradingRuntimeRepository

STALE_AFTER = timedelta(seconds=90)
"""Without a heartbeat for longer than this whoever should run a strategy does not."""

_COMES_FROM = {"running": {"stopped", "paused"}, "paused": {"running"}, "stopped": {"running", "paused"}}
_EVENTS = {"running": "strategy_started", "paused": "strategy_paused", "stopped": "strategy_stopped"}


class TradingRuntimeService:
    """What users' strategies are doing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, user_id: UUID, strategy_id: UUID) -> tuple[Runtime, bool]:
        """Return a strategy's runtime, and whether it is stale; raises NotFound."""
        with self._database.connect() as connection:
            runtime = _runtime(connection, user_id, strategy_id)
        return runtime, self._is_stale(runtime)

    def start(self, user_id: UUID, strategy_id: UUID, *, account_id: UUID, version: int, origin: Origin) -> Runtime:
        """Let a strategy run on one of the user's accounts, from the start or from where it was paused.

        Raises NotFound when strategy or account is not the user's, and Conflict as `stop` does.
        """
        return self._change(user_id, strategy_id, "running", version, origin, account_id=account_id)

    def pause(self, user_id: UUID, strategy_id: UUID, *, version: int, origin: Origin) -> Runtime:
        """Pause a strategy that runs; raises as `stop` does."""
        return self._change(user_id, strategy_id, "paused", version, origin)

    def stop(self, user_id: UUID, strategy_id: UUID, *, version: int, origin: Origin) -> Runtime:
        """Stop a strategy that runs.

        Raises NotFound; Conflict when it has another version, or is not in a state from which this is possible.
        """
        return self._change(user_id, strategy_id, "stopped", version, origin)

    def beat(self, user_id: UUID, strategy_id: UUID, *, version: int) -> Runtime:
        """Note that whoever runs a strategy is alive; raises NotFound, and Conflict as `stop` does."""
        with self._database.connect() as connection:
            repository = TradingRuntimeRepository(connection)
            seen = _runtime(connection, user_id, strategy_id)
            changed = repository.beat(strategy_id, version=version, at=self._clock())
            if changed is None:
                current = repository.find(strategy_id) or seen
                _check_version(version, current)
                raise Conflict(f"the strategy is {current.state}: it has no heartbeat")
        return changed

    def _change(
        self,
        user_id: UUID,
        strategy_id: UUID,
        state: str,
        version: int,
        origin: Origin,
        *,
        account_id: UUID | None = None,
    ) -> Runtime:
        now = self._clock()
        with self._database.connect() as connection:
            # Held before everything else, since the audit log refers to the user, whom somebody may be deleting.
            hold_user(connection, user_id)
            seen = _runtime(connection, user_id, strategy_id)
            if account_id is not None and not PaperAccountRepository(connection).find(account_id, user_id=user_id):
                raise NotFound("there is no such account")
            _check_version(version, seen)
            if seen.state not in _COMES_FROM[state]:
                raise Conflict(f"the strategy is {seen.state}: it cannot become {state}")
            repository = TradingRuntimeRepository(connection)
            runtime = _next(seen, state, account_id or seen.account_id, now)
            if not repository.change(runtime, expected=version):
                _check_version(version, repository.find(strategy_id) or seen)
                raise Conflict("the strategy has just changed: look at it again")
            detail = {
                "strategy": str(strategy_id),
                "account": str(runtime.account_id),
                "version": str(runtime.version),
            }
            AuditRepository(connection).add(origin.event(_EVENTS[state], user_id, detail, at=now))
        return runtime

    def _is_stale(self, runtime: Runtime) -> bool:
        if runtime.state != "running" or runtime.heartbeat_at is None:
            return False
        return self._clock() - runtime.heartbeat_at > STALE_AFTER


def _next(seen: Runtime, state: str, account_id: UUID | None, now: datetime) -> Runtime:
    """Return the runtime after a change of state. Starting counts as a heartbeat: who starts has time to begin."""
    starts = state == "running"
    return replace(
        seen,
        account_id=account_id,
        state=state,
        version=seen.version + 1,
        started_at=now if starts and seen.state == "stopped" else seen.started_at,
        heartbeat_at=now if starts else seen.heartbeat_at,
        updated_at=now,
    )


def _runtime(connection: Connection, user_id: UUID, strategy_id: UUID) -> Runtime:
    if StrategyRepository(connection).find(strategy_id, user_id=user_id) is None:
        raise NotFound("there is no such strategy")
    return TradingRuntimeRepository(connection).find(strategy_id) or never_started(strategy_id)


def _check_version(version: int, current: Runtime) -> None:
    if current.version != version:
        raise Conflict(f"version {version} is stale: the runtime has version {current.version}")
