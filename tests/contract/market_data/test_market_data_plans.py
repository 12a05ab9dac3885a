"""How Postgres finds bars, fetches, quotes and backtests: by their indexes, without a scan or a sort."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, event

from backend_v2.db.tables import auth, market_data
from backend_v2.market_data.records import Range
from backend_v2.market_data.repositories import BacktestRepository, HistoricalBarRepository, QuoteRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH

pytestmark = pytest.mark.only_on("postgresql", reason="SQLite explains its plans in another way, and needs none here")

SYMBOLS = [f"S{a}{b}" for a in "ABCDEFGHIJKLMNOPQRST" for b in "ABCDE"]
WANTED = Range(EPOCH + timedelta(minutes=5), EPOCH + timedelta(minutes=15))


def _plan(connection: Connection, ask: Callable[[], Any]) -> str:
    """Return the plan of the one statement that `ask` sends."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    ask()
    event.remove(connection, "before_cursor_execute", note)
    ((statement, parameters),) = sent
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))


def _fill(connection: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    connection.execute(sa.insert(table), rows)
    connection.execute(sa.text(f"ANALYZE {table.name}"))


def _assert_is_by(index: str, plan: str) -> None:
    assert index in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


@pytest.fixture
def bars(diglot: Diglot) -> None:
    """Twenty bars of each of a hundred symbols."""
    prices = {"open": Decimal(1), "high": Decimal(1), "low": Decimal(1), "close": Decimal(1), "volume": 1}
    rows = [
        {
            "symbol": symbol,
            "timeframe": "1Min",
            "starts_at": EPOCH + timedelta(minutes=minute),
            "fetched_at": EPOCH,
            **prices,
        }
        for symbol in SYMBOLS
        for minute in range(20)
    ]
    with diglot.connect() as connection:
        _fill(connection, market_data.historical_bars, rows)


@pytest.mark.usefixtures("bars")
@pytest.mark.parametrize(
    "ask",
    [
        lambda one: one.between("SKA", "1Min", WANTED, limit=10),
        lambda one: one.between("SKA", "1Min", WANTED, limit=10, after=WANTED.start),
        lambda one: one.opens_and_closes("SKA", "1Min", WANTED, limit=10),
        lambda one: one.holds("SKA", "1Min", WANTED, count=3),
    ],
    ids=["first page", "later page", "backtest", "count"],
)
def test_bars_are_read_by_the_primary_key(diglot: Diglot, ask: Callable[[HistoricalBarRepository], Any]) -> None:
    """A stretch of one symbol's bars is read from the primary key, in its order."""
    with diglot.connect() as connection:
        repository = HistoricalBarRepository(connection)

        plan = _plan(connection, lambda: ask(repository))

    _assert_is_by("pk_historical_bars", plan)


def test_fetches_are_found_by_their_range(diglot: Diglot) -> None:
    """The stretches that were fetched of one symbol are found by their index."""
    rows = [
        {
            "symbol": symbol,
            "timeframe": "1Min",
            "range_start": EPOCH + timedelta(minutes=2 * number),
            "range_end": EPOCH + timedelta(minutes=2 * number + 1),
            "bar_count": 1,
            "fetched_at": EPOCH,
        }
        for symbol in SYMBOLS
        for number in range(20)
    ]
    with diglot.connect() as connection:
        _fill(connection, market_data.bar_fetches, rows)
        repository = HistoricalBarRepository(connection)

        plan = _plan(connection, lambda: repository.fetched("SKA", "1Min", WANTED))

    assert "ix_bar_fetches_range" in plan
    assert "Seq Scan" not in plan


def test_quotes_are_found_by_their_key(diglot: Diglot) -> None:
    """The latest quotes of a few symbols are found by the primary key."""
    sides = {"bid": Decimal(1), "ask": Decimal(1), "bid_size": 1, "ask_size": 1, "quoted_at": EPOCH}
    rows = [{"symbol": f"{symbol}{c}", **sides} for symbol in SYMBOLS for c in "ABCDEFGHIJKLMNOPQRST"]
    with diglot.connect() as connection:
        _fill(connection, market_data.latest_quotes, rows)
        repository = QuoteRepository(connection)

        plan = _plan(connection, lambda: repository.find(["SKAA", "SKAB", "NONE"]))

    assert "pk_latest_quotes" in plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize("after", [None, EPOCH + timedelta(seconds=50)], ids=["first page", "later page"])
def test_backtests_are_read_from_their_index(diglot: Diglot, after: datetime | None) -> None:
    """A page of one user's runs, the first or a later one, is read from the index of the list, in its order."""
    users = sorted(uuid4() for _ in range(20))
    people = [
        {
            "id": one,
            "user_handle": one.bytes,
            "email": f"{one}@x.example",
            "display_name": "x",
            "is_admin": False,
            "created_at": EPOCH,
        }
        for one in users
    ]
    rows = [
        {
            "id": uuid4(),
            "user_id": user,
            "symbol": "AAPL",
            "timeframe": "1Min",
            "status": "done",
            "parameters": {"fast": 1, "slow": 2, "bars": 3, "max_drawdown": "0.000000"},
            "range_start": EPOCH,
            "range_end": EPOCH,
            "starting_cash": Decimal(1),
            "created_at": EPOCH + timedelta(seconds=second),
        }
        for user in users
        for second in range(100)
    ]
    before = None if after is None else (after, UUID(int=2**127))
    with diglot.connect() as connection:
        connection.execute(sa.insert(auth.users), people)
        _fill(connection, market_data.backtest_runs, rows)
        repository = BacktestRepository(connection)

        plan = _plan(connection, lambda: repository.page(users[3], limit=21, before=before))

    _assert_is_by("ix_backtest_runs_list", plan)
