"""The trading repositories: what is written reads back, in its order, and what is expected is no error."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from backend_v2.trading.records import AccountFill, Execution, Fill, Position, Runtime, Strategy, never_started
from backend_v2.trading.repositories import (
    PaperAccountRepository,
    PaperFillRepository,
    PaperOrderRepository,
    PaperPositionRepository,
    StrategyRepository,
    TradingRuntimeRepository,
)
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH
from tests.contract.trading.conftest import ADA, SAVINGS, SPARE, account, order

pytestmark = pytest.mark.usefixtures("ada")
EVE, CROSSING = UUID(int=9), UUID(int=7)
LATER = EPOCH + timedelta(microseconds=1)
MOST = Decimal("999999999999.999999")


def _strategy(number: int = 7, **fields: Any) -> Strategy:
    plain = {
        "id": UUID(int=number),
        "user_id": ADA,
        "name": f"No. {number}",
        "kind": "breakout",
        "parameters": {"fast": 10, "note": "näh"},
        "created_at": EPOCH,
        "updated_at": EPOCH,
    }
    return Strategy(**{**plain, **fields})


def _running(**fields: Any) -> Runtime:
    plain: dict[str, Any] = {"account_id": SAVINGS, "state": "running", "version": 1, "updated_at": EPOCH}
    return replace(never_started(CROSSING), **{**plain, **fields})


def _position(symbol: str, **fields: Any) -> Position:
    plain: dict[str, Any] = {
        "quantity": Decimal("1.000000"),
        "average_cost": Decimal("2.000000"),
        "realised_profit": Decimal("-3.000000"),
    }
    return Position(account_id=SAVINGS, symbol=symbol, updated_at=EPOCH, **{**plain, **fields})


# -- accounts ----------------------------------------------------------------------------------


def test_accounts_read_back(diglot: Diglot) -> None:
    """An account comes back as it went in, for its user alone, locked or not."""
    with diglot.connect() as connection:
        repository = PaperAccountRepository(connection)
        read = [repository.find(SAVINGS, user_id=ADA), repository.lock(SAVINGS, user_id=ADA)]
        none = [repository.find(SAVINGS, user_id=EVE), repository.lock(SAVINGS, user_id=EVE)]
        listed = [repository.of_user(ADA), repository.of_user(EVE)]

    assert read == [account(), account()]
    assert none == [None, None]
    assert listed == [[account(), account(SPARE, "Spare")], []]


def test_account_of_a_taken_name_changes_nothing_and_keeps_the_transaction(diglot: Diglot) -> None:
    """A second account of a name is not stored, and the transaction stays usable."""
    with diglot.connect() as connection:
        repository = PaperAccountRepository(connection)
        taken = repository.add(account(UUID(int=5)))
        added = repository.add(account(UUID(int=6), "savings"))

    assert (taken, added) == (False, True)


@pytest.mark.parametrize("cash", [MOST, Decimal("0.000001"), Decimal("0.000000")])
def test_cash_is_kept_to_the_last_place(diglot: Diglot, cash: Decimal) -> None:
    """The cash of one account is set, to the millionth, and of no other."""
    with diglot.connect() as connection:
        repository = PaperAccountRepository(connection)
        repository.set_cash(SAVINGS, cash)
        found = repository.of_user(ADA)

    assert [one.cash for one in found] == [cash, account().cash]


def test_cash_below_nothing_is_refused_by_the_table(diglot: Diglot) -> None:
    """What the service refuses the table refuses as well."""
    with pytest.raises(IntegrityError, match=r"(?i)check"), diglot.connect() as connection:
        PaperAccountRepository(connection).set_cash(SAVINGS, Decimal("-0.000001"))


def test_account_is_deleted_with_what_is_in_it(diglot: Diglot) -> None:
    """Orders, fills, positions and runtimes go with the account; a stranger deletes nothing."""
    with diglot.connect() as connection:
        repository = PaperAccountRepository(connection)
        PaperOrderRepository(connection).add(order(1))
        PaperOrderRepository(connection).add(order(2, replaces_id=UUID(int=1)))
        PaperFillRepository(connection).add([_execution(1)])
        PaperPositionRepository(connection).save([_position("A")])
        StrategyRepository(connection).add(_strategy())
        TradingRuntimeRepository(connection).change(_running(), expected=0)

        deleted = [repository.delete(SAVINGS, user_id=one) for one in (EVE, ADA, ADA)]

        left = [
            PaperOrderRepository(connection).find(UUID(int=1), user_id=ADA),
            TradingRuntimeRepository(connection).find(CROSSING),
        ]
        fills = PaperFillRepository(connection).of_order(UUID(int=1))
        positions = PaperPositionRepository(connection).find(SAVINGS, ["A"])

    assert deleted == [False, True, False]
    assert (left, fills, positions) == ([None, None], [], [])


# -- orders ------------------------------------------------------------------------------------


def test_orders_read_back(diglot: Diglot) -> None:
    """An order comes back as it went in: by its id for its user alone, by its client order id in its account alone."""
    stored = order(1, quantity=MOST, limit_price=Decimal("0.000001"))
    with diglot.connect() as connection:
        repository = PaperOrderRepository(connection)
        repository.add(stored)
        read = [
            repository.find(stored.id, user_id=ADA),
            repository.find_by_client_id(SAVINGS, "a-1"),
            repository.lock(stored.id),
        ]
        none = [
            repository.find(stored.id, user_id=EVE),
            repository.find_by_client_id(SPARE, "a-1"),
            repository.find_by_client_id(SAVINGS, "A-1"),
            repository.lock(UUID(int=5)),
        ]

    assert read == [stored] * 3
    assert none == [None] * 4


def test_order_of_a_taken_client_id_changes_nothing_and_keeps_the_transaction(diglot: Diglot) -> None:
    """A second order of a client order id is not stored, and the transaction stays usable."""
    with diglot.connect() as connection:
        repository = PaperOrderRepository(connection)
        added = [
            repository.add(order(1)),
            repository.add(order(2, client_order_id="a-1")),
            repository.add(order(3, client_order_id="a-1", account_id=SPARE)),
        ]

    assert added == [True, False, True]


def test_orders_page_is_ordered_and_resumes(diglot: Diglot) -> None:
    """The newest order comes first, of one instant the larger id, and a page goes on after the row before."""
    with diglot.connect() as connection:
        repository = PaperOrderRepository(connection)
        stored = [repository.add(order(number, created_at=at)) for number, at in ((1, EPOCH), (2, LATER), (3, EPOCH))]
        everything: dict[str, Any] = {"status": None, "symbol": None, "limit": 9}
        whole = repository.page(SAVINGS, **everything)
        rests = [repository.page(SAVINGS, **everything, before=(one.created_at, one.id)) for one in whole]
        none = repository.page(SPARE, **everything)

    assert stored == [True] * 3
    assert [one.id.int for one in whole] == [2, 3, 1]
    assert rests == [whole[1:], whole[2:], []]
    assert none == []


def test_orders_page_is_filtered(diglot: Diglot) -> None:
    """Asked for a status or a symbol the list holds that alone; the limit is kept."""
    with diglot.connect() as connection:
        repository = PaperOrderRepository(connection)
        repository.add(order(1, status="cancelled"))
        repository.add(order(2, symbol="MSFT"))
        repository.add(order(3))
        found = [
            repository.page(SAVINGS, status="open", symbol=None, limit=9),
            repository.page(SAVINGS, status=None, symbol="AAPL", limit=9),
            repository.page(SAVINGS, status="open", symbol="AAPL", limit=9),
            repository.page(SAVINGS, status=None, symbol=None, limit=1),
        ]

    assert [[one.id.int for one in page] for page in found] == [[3, 2], [3, 1], [3], [3]]


def test_open_orders_are_counted_and_locked_oldest_first(diglot: Diglot) -> None:
    """What is open is counted, named by symbol, and locked from the oldest on, of one instant by id."""
    with diglot.connect() as connection:
        repository = PaperOrderRepository(connection)
        repository.add(order(1, created_at=LATER))
        repository.add(order(2, symbol="BRK.B"))
        repository.add(order(3, symbol="BRK.B"))
        repository.add(order(4, symbol="IBM", status="filled", filled_quantity=Decimal(1)))
        repository.add(order(5, symbol="IBM", account_id=SPARE))

        counts = [repository.count_open(one) for one in (SAVINGS, SPARE)]
        symbols = repository.open_symbols(SAVINGS)
        locked = repository.lock_open(SAVINGS)

    assert counts == [3, 1]
    assert symbols == ["AAPL", "BRK.B"]
    assert [one.id.int for one in locked] == [2, 3, 1]


def test_close_ends_what_is_open(diglot: Diglot) -> None:
    """Orders get their last status once: what is not open stays as it is, and what was filled is filled whole."""
    with diglot.connect() as connection:
        repository = PaperOrderRepository(connection)
        added = [repository.add(order(number)) for number in (1, 2, 3)]
        filled = repository.close([UUID(int=2), UUID(int=1)], status="filled", at=LATER)
        rejected = repository.close([UUID(int=1), UUID(int=3)], status="rejected", at=LATER, reject_reason="no cash")
        nothing = repository.close([], status="cancelled", at=LATER)

    assert added == [True] * 3
    done: dict[str, Any] = {"status": "filled", "filled_quantity": Decimal(1), "updated_at": LATER}
    assert filled == [order(1, **done), order(2, **done)]
    assert rejected == [order(3, status="rejected", reject_reason="no cash", updated_at=LATER)]
    assert nothing == []


# -- fills -------------------------------------------------------------------------------------


def _execution(number: int) -> Execution:
    return Execution(order_id=UUID(int=number), quantity=Decimal(1), price=Decimal("0.000001"), filled_at=EPOCH)


def test_fills_read_back_in_the_order_in_which_they_came(diglot: Diglot) -> None:
    """Fills get rising numbers in the order in which they are given, and are found by order and by account."""
    with diglot.connect() as connection:
        orders, repository = PaperOrderRepository(connection), PaperFillRepository(connection)
        added = [orders.add(order(1)), orders.add(order(2, side="sell", symbol="B")), orders.add(order(3))]
        orders.add(order(4, account_id=SPARE))
        stored = repository.add([_execution(2), _execution(1), _execution(3), _execution(4)])
        of_order = repository.of_order(UUID(int=2))
        whole = repository.page(SAVINGS, limit=9)
        rest = repository.page(SAVINGS, limit=1, before=whole[0].id)
        nothing = repository.add([])

    assert added == [True] * 3
    assert [one.order_id.int for one in stored] == [2, 1, 3, 4]
    assert [one.id for one in stored] == sorted(one.id for one in stored)
    assert of_order == [Fill(id=stored[0].id, **vars(_execution(2)))]
    assert [one.order_id.int for one in whole] == [3, 1, 2]
    assert whole[2] == AccountFill(**vars(stored[0]), symbol="B", side="sell")
    assert (rest, nothing) == ([whole[1]], [])


def test_fills_are_inserted_in_one_statement(diglot: Diglot) -> None:
    """A hundred fills are one statement."""
    with diglot.connect() as connection:
        PaperOrderRepository(connection).add(order(1))
        diglot.statements.clear()
        PaperFillRepository(connection).add([_execution(1)] * 100)

    assert len(diglot.statements) == 1


# -- positions ---------------------------------------------------------------------------------


def test_positions_are_stored_once_for_each_symbol(diglot: Diglot) -> None:
    """A position that is there already is replaced, in one statement with the new ones."""
    closed = _position("A", quantity=Decimal("0.000000"), average_cost=Decimal("0.000000"), realised_profit=MOST)
    with diglot.connect() as connection:
        repository = PaperPositionRepository(connection)
        repository.save([_position("A")])
        diglot.statements.clear()
        repository.save([_position("B", quantity=MOST), closed])
        repository.save([])
        sent = len(diglot.statements)
        found = repository.find(SAVINGS, ["B", "A", "C"])
        none = repository.find(SPARE, ["A"])

    assert sent == 1
    assert found == [closed, _position("B", quantity=MOST)]
    assert none == []


def test_positions_page_is_ordered_by_bytes_and_resumes(diglot: Diglot) -> None:
    """Positions are in order of the symbol's bytes, whatever the database's language, and a page goes on."""
    with diglot.connect() as connection:
        repository = PaperPositionRepository(connection)
        repository.save([_position(one) for one in ("BRKA", "BRK.B", "B", "A")])
        whole = repository.page(SAVINGS, limit=9)
        rest = repository.page(SAVINGS, limit=2, after="B")

    assert [one.symbol for one in whole] == ["A", "B", "BRK.B", "BRKA"]
    assert rest == whole[2:]


# -- strategies and their runtime --------------------------------------------------------------


def test_strategies_read_back_and_change(diglot: Diglot) -> None:
    """A strategy comes back as it went in, for its user alone, and changes in what may change."""
    with diglot.connect() as connection:
        repository = StrategyRepository(connection)
        added = [repository.add(_strategy()), repository.add(_strategy(8, name="No. 7")), repository.add(_strategy(9))]
        read = [repository.find(CROSSING, user_id=ADA), repository.find_by_name("No. 7", user_id=ADA)]
        none = [repository.find(CROSSING, user_id=EVE), repository.find_by_name("no. 7", user_id=ADA)]
        changed = _strategy(name="New", kind="mean_reversion", parameters={}, updated_at=LATER)
        repository.save(changed)
        counts = [repository.count(one) for one in (ADA, EVE)]
        saved = repository.find(CROSSING, user_id=ADA)

    assert added == [True, False, True]
    assert (read, none) == ([_strategy()] * 2, [None] * 2)
    assert saved == changed
    assert counts == [2, 0]


def test_strategies_page_is_ordered_and_resumes(diglot: Diglot) -> None:
    """The newest strategy comes first, of one instant the larger id, and a page goes on after the row before."""
    with diglot.connect() as connection:
        repository = StrategyRepository(connection)
        stored = [
            repository.add(_strategy(number, created_at=at)) for number, at in ((1, EPOCH), (2, LATER), (3, EPOCH))
        ]
        whole = repository.page(ADA, limit=9)
        rests = [repository.page(ADA, limit=9, before=(one.created_at, one.id)) for one in whole]

    assert stored == [True] * 3
    assert [one.id.int for one in whole] == [2, 3, 1]
    assert rests == [whole[1:], whole[2:], []]


def test_strategy_is_deleted_with_its_runtime(diglot: Diglot) -> None:
    """The runtime goes with the strategy; a stranger deletes nothing."""
    with diglot.connect() as connection:
        repository = StrategyRepository(connection)
        repository.add(_strategy())
        TradingRuntimeRepository(connection).change(_running(), expected=0)
        deleted = [repository.delete(CROSSING, user_id=one) for one in (EVE, ADA, ADA)]
        left = TradingRuntimeRepository(connection).find(CROSSING)

    assert deleted == [False, True, False]
    assert left is None


def test_runtime_changes_from_the_version_that_was_seen(diglot: Diglot) -> None:
    """A change is stored when the version is still the expected one, else nothing happens."""
    paused = _running(state="paused", version=2, account_id=SPARE, started_at=EPOCH, heartbeat_at=LATER)
    with diglot.connect() as connection:
        StrategyRepository(connection).add(_strategy())
        repository = TradingRuntimeRepository(connection)
        before = repository.find(CROSSING)
        changed = [
            repository.change(_running(version=2), expected=1),
            repository.change(_running(), expected=0),
            repository.change(_running(state="paused"), expected=0),
            repository.change(paused, expected=2),
            repository.change(paused, expected=1),
        ]
        after = repository.find(CROSSING)

    assert before is None
    assert changed == [False, True, False, False, True]
    assert after == paused


def test_heart_beats_while_a_strategy_runs(diglot: Diglot) -> None:
    """A heartbeat is noted for the version that runs, and for no other, and leaves the version as it is."""
    with diglot.connect() as connection:
        StrategyRepository(connection).add(_strategy())
        repository = TradingRuntimeRepository(connection)
        missing = repository.beat(CROSSING, version=1, at=LATER)
        repository.change(_running(), expected=0)
        beats = [repository.beat(CROSSING, version=version, at=LATER) for version in (0, 1, 2)]
        running = [repository.running_on(one) for one in (SAVINGS, SPARE)]
        repository.change(_running(state="paused", version=2), expected=1)
        paused = [repository.beat(CROSSING, version=2, at=LATER), repository.running_on(SAVINGS)]

    assert missing is None
    assert beats == [None, _running(heartbeat_at=LATER), None]
    assert running == [1, 0]
    assert paused == [None, 0]
