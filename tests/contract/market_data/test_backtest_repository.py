"""`BacktestRepository`: a run and its trades read back exactly, in the order in which they were made."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.db.tables import market_data
from backend_v2.market_data.records import Backtest, BacktestInFull, Trade
from backend_v2.market_data.repositories import BacktestRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH

ADA, EVE = UUID(int=1), UUID(int=2)
RUN = Backtest(
    id=UUID(int=7),
    user_id=ADA,
    symbol="AAPL",
    timeframe="1Day",
    status="done",
    fast=2,
    slow=3,
    bars=20,
    range_start=datetime(2024, 1, 1, tzinfo=UTC),
    range_end=datetime(2024, 1, 31, 23, 59, 59, 999999, tzinfo=UTC),
    starting_cash=Decimal("999999999999.999999"),
    ending_cash=Decimal("0.000001"),
    max_drawdown=Decimal("999999999999.999998"),
    created_at=EPOCH,
    finished_at=EPOCH + timedelta(microseconds=1),
)
TRADES = [
    Trade("buy", Decimal(10**12 - 1), Decimal("0.000001"), EPOCH),
    Trade("sell", Decimal("82.000000"), Decimal("999999999999.999999"), EPOCH),
]


@pytest.fixture(autouse=True)
def people(diglot: Diglot) -> None:
    """Ada and Eve."""
    with diglot.connect() as connection:
        for user_id, name in ((ADA, "ada"), (EVE, "eve")):
            user = User(user_id, name.encode(), f"{name}@example.com", name, False, None, EPOCH)
            UserRepository(connection).add(user)


def _add(diglot: Diglot, *runs: Backtest, trades: list[Trade] | None = None) -> None:
    with diglot.connect() as connection:
        for run in runs:
            BacktestRepository(connection).add(run, trades or [])


def test_add_reads_back_exactly_with_the_count_of_its_trades(diglot: Diglot) -> None:
    """Amounts keep their 18 digits, instants their microsecond, trades their order, also at one instant."""
    _add(diglot, RUN, trades=TRADES)
    diglot.statements.clear()

    with diglot.connect() as connection:
        found = BacktestRepository(connection).get(RUN.id, user_id=ADA)
        trades = BacktestRepository(connection).trades(RUN.id, limit=9)

    assert found == BacktestInFull(**asdict(RUN), trades=2)
    assert str(found.max_drawdown) == "999999999999.999998"
    assert found.profit == Decimal("-999999999999.999998")
    assert [Trade(one.side, one.quantity, one.price, one.traded_at) for one in trades] == TRADES
    assert str(trades[0].quantity) == "999999999999.000000"
    assert len(diglot.statements) == 2


@pytest.mark.parametrize("status", ["pending", "failed"])
def test_run_without_an_end_has_no_profit(diglot: Diglot, status: str) -> None:
    """A run that has not ended well has no cash at its end, no fall, no profit and no trades."""
    unfinished = replace(RUN, status=status, ending_cash=None, max_drawdown=None, finished_at=None)
    _add(diglot, unfinished)

    with diglot.connect() as connection:
        found = BacktestRepository(connection).get(RUN.id, user_id=ADA)

    assert found == BacktestInFull(**asdict(unfinished), trades=0)
    assert found.profit is None


def test_trades_resume_after_a_row_and_are_of_one_run(diglot: Diglot) -> None:
    """A page of trades goes on after the one before, and holds no other run's."""
    other = replace(RUN, id=UUID(int=8))
    sold = [replace(TRADES[1], price=Decimal(number)) for number in range(1, 2502)]
    _add(diglot, RUN, trades=sold)
    _add(diglot, other, trades=TRADES)

    with diglot.connect() as connection:
        repository = BacktestRepository(connection)
        first = repository.trades(RUN.id, limit=1001)
        rest = repository.trades(RUN.id, limit=9999, after=first[-1].id)

    assert [one.price for one in (*first, *rest)] == [one.price for one in sold]
    assert len(first) == 1001


def test_page_is_of_one_user_the_newest_first_and_resumes_within_one_instant(diglot: Diglot) -> None:
    """Of one instant the larger id comes first; a page goes on after the run before, with one statement."""
    old = replace(RUN, id=UUID(int=2**128 - 1), created_at=EPOCH - timedelta(microseconds=1))
    twins = [replace(RUN, id=UUID(int=number)) for number in (1, 2**127)]
    _add(diglot, old, *twins, replace(RUN, id=UUID(int=3), user_id=EVE))
    diglot.statements.clear()

    with diglot.connect() as connection:
        repository = BacktestRepository(connection)
        first = repository.page(ADA, limit=1)
        rest = repository.page(ADA, limit=9, before=(first[-1].created_at, first[-1].id))

    assert [*first, *rest] == [twins[1], twins[0], old]
    assert len(diglot.statements) == 2


def test_get_and_delete_know_nothing_of_another_user_s_run(diglot: Diglot) -> None:
    """Another user's run cannot be read or removed; one's own goes, with its trades."""
    _add(diglot, RUN, trades=TRADES)

    with diglot.connect() as connection:
        repository = BacktestRepository(connection)
        foreign = (repository.get(RUN.id, user_id=EVE), repository.delete(RUN.id, user_id=EVE))
        own = (repository.delete(RUN.id, user_id=ADA), repository.delete(RUN.id, user_id=ADA))
        unknown = repository.get(uuid4(), user_id=ADA)

    assert (foreign, own, unknown) == ((None, False), (True, False), None)
    with diglot.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(market_data.backtest_trades)) == 0


def test_run_whose_trades_are_refused_is_not_stored(diglot: Diglot) -> None:
    """A run and its trades are stored together or not at all."""
    with pytest.raises(IntegrityError, match=r"(?i)check"), diglot.connect() as connection:
        BacktestRepository(connection).add(RUN, [*TRADES, replace(TRADES[0], side="swap")])

    with diglot.connect() as connection:
        assert BacktestRepository(connection).page(ADA, limit=9) == []
