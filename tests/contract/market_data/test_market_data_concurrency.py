"""What two write at the same time, on true connections."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, event

from backend_v2.db.tables import market_data
from backend_v2.market_data import backtest_service, crossover
from backend_v2.market_data.crossover import Outcome
from backend_v2.market_data.records import Bar, Imported, Listing, Quote
from backend_v2.market_data.repositories import HistoricalBarRepository, QuoteRepository, SymbolRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH, Person

pytestmark = [
    pytest.mark.isolation("clone"),
    pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time, so that nothing can overlap"),
]

LISTING = Listing(symbol="A", name="x", exchange="NYSE", asset_class="us_equity", tradable=True)
QUOTE = Quote("A", Decimal(1), Decimal(2), 1, 1, EPOCH)
NAMES = [f"X{a}{b}{c}" for a in "ABCDEFGHIJKLMNO" for b in "ABCDEFGHIJ" for c in "ABCDEFGHIJ"]
"""More than one statement takes, so that two can meet between their first and their second."""


def _both(first: Any, second: Any) -> list[Any]:
    """Run both at once; return what they return, or raise what they raise."""
    with ThreadPoolExecutor(2) as threads:
        return [one.result(30) for one in [threads.submit(first), threads.submit(second)]]


def _begin_together(connection: Connection, both_began: threading.Barrier) -> None:
    connection.execute(sa.text("SELECT 1"))
    both_began.wait(10)


def _meet_after_the_first_statement(diglot: Diglot, table: str) -> None:
    """Let two who have just sent rows to a table wait for each other, if both can get so far, before they go on."""
    both_have_written = threading.Barrier(2)

    def wait(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(f"INSERT INTO {table}"):
            with suppress(threading.BrokenBarrierError):  # one of them may have to wait for the other's row
                both_have_written.wait(0.3)

    event.listen(diglot.engine, "after_cursor_execute", wait)


def test_put_of_one_symbol_by_two_makes_it_once(diglot: Diglot) -> None:
    """Of two who store the same new symbol at once one has made it, the other has replaced it."""
    both_began = threading.Barrier(2)

    def put(name: str) -> bool:
        with diglot.connect() as connection:
            _begin_together(connection, both_began)
            return SymbolRepository(connection).put(replace(LISTING, name=name), at=EPOCH)[1]

    made = _both(lambda: put("x"), lambda: put("y"))

    assert sorted(made) == [False, True]


@pytest.mark.parametrize("there", [[], NAMES[::2]], ids=["all new", "half of them there"])
def test_imports_in_opposite_orders_do_not_deadlock_and_count_each_symbol_once(
    diglot: Diglot, there: list[str]
) -> None:
    """Two imports of the same symbols at once both end well, and every symbol was new to one of them at most."""
    with diglot.connect() as connection:
        SymbolRepository(connection).put_all([replace(LISTING, symbol=one) for one in there], at=EPOCH)
    _meet_after_the_first_statement(diglot, "symbols")

    def put_all(names: list[str]) -> Imported:
        with diglot.connect() as connection:
            return SymbolRepository(connection).put_all([replace(LISTING, symbol=one) for one in names], at=EPOCH)

    done = _both(lambda: put_all(NAMES), lambda: put_all(NAMES[::-1]))

    assert sum(one.created for one in done) == len(NAMES) - len(there)
    assert sum(one.updated for one in done) == len(NAMES) + len(there)


def test_quotes_kept_in_opposite_orders_do_not_deadlock_and_the_newest_stay(diglot: Diglot) -> None:
    """Two who keep quotes of the same symbols at once both end well, and the newer ones stay, whoever is last."""
    _meet_after_the_first_statement(diglot, "latest_quotes")

    def keep(names: list[str], at: datetime) -> None:
        with diglot.connect() as connection:
            QuoteRepository(connection).keep([replace(QUOTE, symbol=one, quoted_at=at) for one in names])

    later = EPOCH + timedelta(seconds=1)
    _both(lambda: keep(NAMES, EPOCH), lambda: keep(NAMES[::-1], later))

    with diglot.connect() as connection:
        assert {one.quoted_at for one in QuoteRepository(connection).find(NAMES)} == {later}


def test_bars_stored_in_opposite_orders_do_not_deadlock(diglot: Diglot) -> None:
    """Two who store the same bars at once, two statements each, wait for each other, and both end well."""
    one = Decimal(1)
    bars = [
        Bar("A", "1Min", EPOCH + timedelta(minutes=number), one, one, one, one, 1, None, None)
        for number in range(1500)
    ]
    _meet_after_the_first_statement(diglot, "historical_bars")

    def store(some: list[Bar]) -> None:
        with diglot.connect() as connection:
            HistoricalBarRepository(connection).upsert(some, fetched_at=EPOCH)

    _both(lambda: store(bars), lambda: store(bars[::-1]))

    with diglot.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(market_data.historical_bars)) == 1500


def test_run_of_a_user_who_is_gone_meanwhile_is_refused(
    signed_in: Person, diglot: Diglot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a user removes their account while their backtest runs, it ends as 401, and nothing is stored."""
    trade = crossover.trade
    removed: list[int] = []

    def trade_while_the_user_leaves(*bars: Any, **facts: Any) -> Outcome:
        removed.append(signed_in.client.delete("/api/auth/account").status_code)
        return trade(*bars, **facts)

    monkeypatch.setattr(backtest_service.crossover, "trade", trade_while_the_user_leaves)
    wish = {"symbol": "AAPL", "timeframe": "1Day", "start": "2024-01-01", "end": "2024-03-01"}

    answer = signed_in.client.post("/api/backtests", json={**wish, "starting_cash": "1", "fast": 1, "slow": 2})

    assert (removed, answer.status_code) == ([204], 401)
    with diglot.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(market_data.backtest_runs)) == 0
