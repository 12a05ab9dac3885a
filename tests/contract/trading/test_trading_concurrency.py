"""What only one of two may do with an account or a strategy, tried by two at once on true connections."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend_v2.auth.repositories import UserRepository
from backend_v2.db.tables import trading
from backend_v2.http.outgoing import Response
from backend_v2.trading.records import Runtime, Strategy, never_started
from backend_v2.trading.repositories import (
    PaperAccountRepository,
    PaperOrderRepository,
    StrategyRepository,
    TradingRuntimeRepository,
)
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH, ManualClock, Person
from tests.contract.trading.conftest import (
    ACCOUNTS,
    ADA,
    SAVINGS,
    STRATEGIES,
    Desk,
    at_moments,
    keep_strategy,
    open_account,
)

pytestmark = [
    pytest.mark.isolation("clone"),
    pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time, so that nothing can overlap"),
]
WAITING: dict[str, object] = {"kind": "limit", "limit_price": "90"}


def _meet_after(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
    """Let the two that call this method wait for each other when they have read and not yet written."""
    both_have_read = threading.Barrier(2)
    read: Callable[..., Any] = getattr(owner, name)

    def read_and_wait(self: Any, *arguments: Any, **named: Any) -> Any:
        found = read(self, *arguments, **named)
        with suppress(threading.BrokenBarrierError):  # with the lock only one can have read
            both_have_read.wait(1)
        return found

    monkeypatch.setattr(owner, name, read_and_wait)


def _at_once(*calls: Callable[[], Response]) -> list[Response]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [one.result(30) for one in [threads.submit(call) for call in calls]]


def _count(diglot: Diglot, table: sa.Table) -> int:
    with diglot.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_order_placed_twice_at_once_is_one_order(desk: Desk, diglot: Diglot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two requests with one client order id make one order, and have equal answers."""
    _meet_after(monkeypatch, PaperAccountRepository, "lock")

    answers = _at_once(desk.place, desk.place)

    assert sorted(one.status_code for one in answers) == [200, 201]
    assert answers[0].json() == answers[1].json()
    assert (_count(diglot, trading.paper_orders), _count(diglot, trading.paper_fills)) == (1, 1)
    assert desk.cash() == "9000.000000"


def test_cash_is_spent_by_one_of_two(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two buys that each take all of the cash one is filled, and the other refused."""
    _meet_after(monkeypatch, PaperAccountRepository, "lock")

    answers = _at_once(lambda: desk.place("a-1", quantity="100"), lambda: desk.place("a-2", quantity="100"))

    assert sorted(one.status_code for one in answers) == [201, 409]
    assert desk.cash() == "0.000000"
    assert [one["quantity"] for one in desk.get("/positions")["positions"]] == ["100.000000"]


def test_two_buys_at_once_are_both_paid(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two buys that the cash suffices for neither payment is lost, nor any share."""
    _meet_after(monkeypatch, PaperAccountRepository, "lock")

    answers = _at_once(lambda: desk.place("a-1", quantity="10"), lambda: desk.place("a-2", quantity="20"))

    assert [one.status_code for one in answers] == [201, 201]
    assert desk.cash() == "7000.000000"
    assert [one["quantity"] for one in desk.get("/positions")["positions"]] == ["30.000000"]


def test_position_is_sold_by_one_of_two(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two sales of all that is held one is filled, and the other refused."""
    desk.place("held")
    _meet_after(monkeypatch, PaperAccountRepository, "lock")

    answers = _at_once(lambda: desk.place("a-1", side="sell"), lambda: desk.place("a-2", side="sell"))

    assert sorted(one.status_code for one in answers) == [201, 409]
    assert desk.cash() == "9990.000000"


def test_two_matches_fill_an_order_once(desk: Desk, diglot: Diglot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two matches at once one fills the order, and the other finds nothing open."""
    desk.place(**WAITING)
    desk.quote(88, 89)
    _meet_after(monkeypatch, PaperOrderRepository, "lock_open")

    answers = _at_once(desk.match, desk.match)

    assert [one.status_code for one in answers] == [200, 200]
    assert sorted(len(one.json()["fills"]) for one in answers) == [0, 1]
    assert _count(diglot, trading.paper_fills) == 1
    assert desk.cash() == "9110.000000"


def test_order_is_cancelled_or_filled_and_not_both(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a cancellation and a match at once exactly one wins, and all that is stored agrees."""
    placed = desk.place(**WAITING).json()
    desk.quote(88, 89)
    both_have_looked = threading.Barrier(2)
    lock, lock_open = PaperOrderRepository.lock, PaperOrderRepository.lock_open

    def meet() -> None:
        with suppress(threading.BrokenBarrierError):  # with the lock only one can have looked
            both_have_looked.wait(1)

    monkeypatch.setattr(PaperOrderRepository, "lock", lambda self, one: (lock(self, one), meet())[0])
    monkeypatch.setattr(PaperOrderRepository, "lock_open", lambda self, one: (lock_open(self, one), meet())[0])

    cancelled, matched = _at_once(lambda: desk.cancel(placed), desk.match)

    now = desk.order(placed)
    seen = (cancelled.status_code, len(matched.json()["fills"]), now["status"], len(now["fills"]), desk.cash())
    assert seen in {(200, 0, "cancelled", 0, "10000.000000"), (409, 1, "filled", 1, "9110.000000")}


def test_order_is_replaced_by_one_of_two(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two orders that want the place of the same one, one gets it."""
    placed = desk.place(**WAITING).json()
    _meet_after(monkeypatch, PaperOrderRepository, "lock")

    answers = _at_once(lambda: desk.change(placed, "b-1"), lambda: desk.change(placed, "b-2"))

    assert sorted(one.status_code for one in answers) == [200, 409]
    assert len(desk.get("/orders", status="open")["orders"]) == 1


def test_account_that_goes_takes_no_order(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that is deleted while an order is on its way is 404, and no error of the server."""
    begun, gone = threading.Event(), threading.Event()
    lock = PaperAccountRepository.lock

    def wait_and_lock(self: Any, account_id: UUID, *, user_id: UUID) -> Any:
        begun.set()
        gone.wait(10)
        return lock(self, account_id, user_id=user_id)

    def delete() -> Response:
        begun.wait(10)
        monkeypatch.setattr(PaperAccountRepository, "lock", lock)
        answer = desk.person.client.delete(f"{ACCOUNTS}/{desk.account_id}")
        gone.set()
        return answer

    monkeypatch.setattr(PaperAccountRepository, "lock", wait_and_lock)

    placed, deleted = _at_once(desk.place, delete)

    assert (placed.status_code, deleted.status_code) == (404, 204)


def test_last_account_is_opened_by_one_of_two(
    signed_in: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two requests for the twentieth account at once one gets it."""
    opened = [open_account(signed_in, f"No. {number}") for number in at_moments(clock, 19)]
    _meet_after(monkeypatch, PaperAccountRepository, "of_user")

    def ask(name: str) -> Response:
        return signed_in.client.post(ACCOUNTS, json={"name": name, "starting_cash": "1"})

    answers = _at_once(lambda: ask("A"), lambda: ask("B"))

    assert len(opened) == 19
    assert sorted(one.status_code for one in answers) == [201, 409]


@pytest.mark.parametrize("steps", [["pause", "stop"], ["stop", "stop"]], ids="-".join)
def test_runtime_changes_once_from_one_version(desk: Desk, monkeypatch: pytest.MonkeyPatch, steps: list[str]) -> None:
    """Of two requests that have seen the same version of a runtime one succeeds."""
    url = f"{STRATEGIES}/{keep_strategy(desk.person)}/runtime"
    desk.person.client.post(f"{url}/start", json={"account_id": desk.account_id, "version": 0})
    _meet_after(monkeypatch, TradingRuntimeRepository, "find")

    answers = _at_once(
        *(lambda step=step: desk.person.client.post(f"{url}/{step}", json={"version": 1}) for step in steps)
    )

    monkeypatch.undo()
    assert sorted(one.status_code for one in answers) == [200, 409]
    assert "version 1 is stale: the runtime has version 2" in [one.json().get("detail") for one in answers]
    assert desk.person.client.get(url).json()["version"] == 2


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("expected", [0, 1], ids=["first start", "later change"])
def test_version_is_taken_by_one_of_two_transactions(diglot: Diglot, expected: int) -> None:
    """Two transactions that change a runtime from the same version: one does, whatever else they have locked."""
    strategy = UUID(int=7)
    runtime = Runtime(
        **{**vars(never_started(strategy)), "account_id": SAVINGS, "state": "running", "updated_at": EPOCH}
    )
    with diglot.connect() as connection:
        kept = Strategy(
            id=strategy, user_id=ADA, name="X", kind="breakout", parameters={}, created_at=EPOCH, updated_at=EPOCH
        )
        StrategyRepository(connection).add(kept)
        before = [
            TradingRuntimeRepository(connection).change(Runtime(**{**vars(runtime), "version": 1}), expected=0)
            for _ in range(expected)
        ]
    both_began = threading.Barrier(2)

    def change() -> bool:
        with diglot.connect() as connection:
            TradingRuntimeRepository(connection).find(strategy)
            both_began.wait(10)
            following = Runtime(**{**vars(runtime), "version": expected + 1})
            return TradingRuntimeRepository(connection).change(following, expected=expected)

    with ThreadPoolExecutor(2) as threads:
        changed = [one.result(30) for one in [threads.submit(change) for _ in range(2)]]

    assert before == [True] * expected
    assert sorted(changed) == [False, True]


def test_user_who_goes_while_they_trade_is_no_deadlock(
    desk: Desk, diglot: Diglot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user who deletes themselves while a strategy of theirs starts: the one waits for the other."""
    url = f"{STRATEGIES}/{keep_strategy(desk.person)}/runtime/start"
    _meet_after(monkeypatch, UserRepository, "lock")

    started, deleted = _at_once(
        lambda: desk.person.client.post(url, json={"account_id": desk.account_id, "version": 0}),
        lambda: desk.person.client.delete("/api/auth/account"),
    )

    assert started.status_code in {200, 401}
    assert deleted.status_code == 204
    assert [_count(diglot, one) for one in (trading.paper_accounts, trading.trading_runtime)] == [0, 0]
