"""Run backtests over stored bars, and keep what came of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.repositories import AuditRepository, UserRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import Conflict, NotFound, Unauthorized
from backend_v2.http.session_cookie import Caller
from backend_v2.market_data import crossover
from backend_v2.market_data.historical_service import HistoricalService, Question
from backend_v2.market_data.records import Backtest, BacktestInFull, OpenClose, Range, StoredTrade, Timeframe
from backend_v2.market_data.repositories import BacktestRepository, HistoricalBarRepository

MOST_BARS = 100_000
MOST_DAYS, MOST_SHORTER = 150_000, 600_000
"""A stretch of more periods (of a day or longer; of less) is not even asked for. Of days two in three are traded, of
minutes one in five, so that it would hold more bars than a run may take, after a long time."""
_GONE = "there is no such backtest"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a backtest is to run over, and with what. fast, slow: over how many closes the averages are."""

    symbol: str
    timeframe: Timeframe
    wanted: Range
    starting_cash: Decimal
    fast: int
    slow: int


class BacktestService:
    """Backtests of a moving-average crossover, each its user's own."""

    def __init__(self, database: Database, history: HistoricalService, clock: Clock) -> None:
        self._database = database
        self._history = history
        self._clock = clock

    def run(self, caller: Caller, wish: Wish, origin: Origin) -> BacktestInFull:
        """Fetch the bars that are missing, trade them, and store the run with its trades, all or nothing.

        Raises what the market data API's client raises, and Conflict when there are fewer bars than
        the slow average and one trade need, more than MOST_BARS, or when the account outgrows its column.
        """
        created_at = self._clock()
        bars = self._bars(wish)
        outcome = crossover.trade(bars, starting_cash=wish.starting_cash, fast=wish.fast, slow=wish.slow)
        run = Backtest(
            id=uuid4(),
            user_id=caller.user_id,
            symbol=wish.symbol,
            timeframe=wish.timeframe.name,
            status="done",
            fast=wish.fast,
            slow=wish.slow,
            bars=len(bars),
            range_start=wish.wanted.start,
            range_end=wish.wanted.end,
            starting_cash=wish.starting_cash,
            ending_cash=outcome.ending_cash,
            max_drawdown=outcome.max_drawdown,
            created_at=created_at,
            finished_at=self._clock(),
        )
        with self._database.connect() as connection:
            # The bars may have taken long to come, and the user may be gone.
            if UserRepository(connection).lock(caller.user_id) is None:
                raise Unauthorized("the session is gone")
            repository = BacktestRepository(connection)
            repository.add(run, outcome.trades)
            event = origin.event("backtest_run", caller.user_id, {"backtest": str(run.id)}, at=created_at)
            AuditRepository(connection).add(event)
            return _found(repository.get(run.id, user_id=caller.user_id))

    def page(self, caller: Caller, *, limit: int, before: tuple[datetime, UUID] | None) -> tuple[list[Backtest], bool]:
        """Return one page of the caller's runs, the newest first, and whether there are more."""
        with self._database.connect() as connection:
            found = BacktestRepository(connection).page(caller.user_id, limit=limit + 1, before=before)
        return found[:limit], len(found) > limit

    def get(self, caller: Caller, run_id: UUID) -> BacktestInFull:
        """Return one of the caller's runs; raises NotFound."""
        with self._database.connect() as connection:
            return _found(BacktestRepository(connection).get(run_id, user_id=caller.user_id))

    def trades(self, caller: Caller, run_id: UUID, *, limit: int, after: int | None) -> tuple[list[StoredTrade], bool]:
        """Return one page of a run's trades, in order, and whether there are more; raises NotFound."""
        with self._database.connect() as connection:
            repository = BacktestRepository(connection)
            _found(repository.get(run_id, user_id=caller.user_id))
            found = repository.trades(run_id, limit=limit + 1, after=after)
        return found[:limit], len(found) > limit

    def delete(self, caller: Caller, run_id: UUID, origin: Origin) -> None:
        """Remove one of the caller's runs with its trades; raises NotFound."""
        now = self._clock()
        with self._database.connect() as connection:
            if not BacktestRepository(connection).delete(run_id, user_id=caller.user_id):
                raise NotFound(_GONE)
            event = origin.event("backtest_deleted", caller.user_id, {"backtest": str(run_id)}, at=now)
            AuditRepository(connection).add(event)

    def _bars(self, wish: Wish) -> list[OpenClose]:
        most = MOST_DAYS if wish.timeframe.length >= timedelta(days=1) else MOST_SHORTER
        if (wish.wanted.end - wish.wanted.start) / wish.timeframe.length > most:
            raise Conflict(f"the stretch has more than {most} periods: take a shorter one, or a longer timeframe")
        self._history.fill(Question(wish.symbol, wish.timeframe, wish.wanted, MOST_BARS))
        with self._database.connect() as connection:
            bars = HistoricalBarRepository(connection).opens_and_closes(
                wish.symbol, wish.timeframe.name, wish.wanted, limit=MOST_BARS + 1
            )
        if len(bars) > MOST_BARS:
            raise Conflict(f"there are more than {MOST_BARS} bars: take a shorter stretch, or a longer timeframe")
        if len(bars) <= wish.slow:
            raise Conflict(
                f"there are {len(bars)} bars, and an average of {wish.slow} needs at least one more than that"
            )
        return bars


def _found(run: BacktestInFull | None) -> BacktestInFull:
    if run is None:
        raise NotFound(_GONE)
    return run
