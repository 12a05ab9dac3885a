"""The routes under `/api/trading/accounts`."""

import pytest

from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person
from tests.contract.trading.conftest import ACCOUNTS, NOBODY, Desk, at_moments, keep_strategy, open_account


def test_account_opens_with_its_starting_cash(signed_in: Person, clock: ManualClock) -> None:
    """What was opened comes back, with all of its cash, and is in the list."""
    answer = signed_in.client.post(ACCOUNTS, json={"name": "Savings", "starting_cash": "10000.5", "currency": "eur"})

    found = answer.json()
    assert answer.status_code == 201
    assert found == {
        "id": found["id"],
        "name": "Savings",
        "currency": "EUR",
        "cash": "10000.500000",
        "starting_cash": "10000.500000",
        "created_at": clock().isoformat().replace("+00:00", "Z"),
    }
    assert signed_in.client.get(f"{ACCOUNTS}/{found['id']}").json() == found
    assert signed_in.client.get(ACCOUNTS).json() == {"accounts": [found]}


def test_accounts_are_listed_oldest_first(signed_in: Person, clock: ManualClock) -> None:
    """The list is in the order in which accounts were opened, and in USD unless something else is said."""
    open_account(signed_in, "B")
    clock.advance(seconds=1)
    open_account(signed_in, "A")

    found = signed_in.client.get(ACCOUNTS).json()["accounts"]

    assert [(one["name"], one["currency"]) for one in found] == [("B", "USD"), ("A", "USD")]


def test_account_of_a_taken_name_is_refused(signed_in: Person) -> None:
    """A second account of one name is a conflict, and the first one stays."""
    open_account(signed_in)

    answer = signed_in.client.post(ACCOUNTS, json={"name": "Savings", "starting_cash": "1"})

    assert answer.status_code == 409
    assert [one["cash"] for one in signed_in.client.get(ACCOUNTS).json()["accounts"]] == ["10000.000000"]


def test_account_of_a_name_that_another_has_is_opened(signed_in: Person, other: Person) -> None:
    """Names are taken by one user alone."""
    open_account(signed_in)

    answer = other.client.post(ACCOUNTS, json={"name": "Savings", "starting_cash": "1"})

    assert answer.status_code == 201


def test_accounts_are_twenty_at_most(signed_in: Person, clock: ManualClock) -> None:
    """The twenty-first account is refused."""
    opened = [open_account(signed_in, f"No. {number}") for number in at_moments(clock, 20)]

    answer = signed_in.client.post(ACCOUNTS, json={"name": "One more", "starting_cash": "1"})

    assert len(set(opened)) == 20
    assert answer.status_code == 409
    assert "20 accounts" in answer.json()["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " Savings"},
        {"name": "x" * 101},
        {"name": "Sav\x00ings"},
        {"starting_cash": 10000},
        {"starting_cash": "0"},
        {"starting_cash": "-1"},
        {"starting_cash": "0.0000001"},
        {"starting_cash": "1000000000000"},
        {"currency": "EURO"},
        {"extra": 1},
    ],
    ids=str,
)
def test_account_that_does_not_fit_is_refused(signed_in: Person, wrong: dict[str, object]) -> None:
    """A body that does not fit is 422, with the field, and nothing is stored."""
    answer = signed_in.client.post(ACCOUNTS, json={"name": "Savings", "starting_cash": "1", **wrong})

    assert answer.status_code == 422
    assert answer.json()["errors"]["json"]
    assert signed_in.client.get(ACCOUNTS).json()["accounts"] == []


def test_deleted_account_takes_all_with_it(desk: Desk) -> None:
    """Orders and fills go with the account, and what happened is in the log."""
    placed = desk.place().json()

    answer = desk.person.client.delete(f"{ACCOUNTS}/{desk.account_id}")

    gone = desk.person.client.get(f"/api/trading/orders/{placed['id']}")
    events = [one["event"] for one in desk.person.client.get("/api/auth/events").json()["events"]]
    assert (answer.status_code, gone.status_code) == (204, 404)
    assert desk.person.client.get(ACCOUNTS).json()["accounts"] == []
    assert [one for one in events if "paper" in one] == ["paper_account_deleted", "paper_account_opened"]


def test_account_on_which_a_strategy_runs_stays(desk: Desk) -> None:
    """While a strategy runs on it an account cannot be deleted; when it has stopped, it can."""
    runtime = f"/api/trading/strategies/{keep_strategy(desk.person)}/runtime"
    desk.person.client.post(f"{runtime}/start", json={"account_id": desk.account_id, "version": 0})

    refused = desk.person.client.delete(f"{ACCOUNTS}/{desk.account_id}")
    desk.person.client.post(f"{runtime}/stop", json={"version": 1})
    deleted = desk.person.client.delete(f"{ACCOUNTS}/{desk.account_id}")

    assert (refused.status_code, deleted.status_code) == (409, 204)
    assert desk.person.client.get(runtime).json()["version"] == 0


@pytest.mark.parametrize("path", ["", "/orders", "/positions", "/fills"])
@pytest.mark.parametrize("is_there", [True, False], ids=["somebody else's", "nobody's"])
def test_account_of_another_does_not_exist(desk: Desk, other: Person, path: str, is_there: bool) -> None:
    """Somebody else's account is 404, in the words for one that there is not."""
    account_id = desk.account_id if is_there else NOBODY

    answer = other.client.get(f"{ACCOUNTS}/{account_id}{path}")

    assert answer.status_code == 404
    assert answer.json()["detail"] == "there is no such account"


def test_account_of_another_cannot_be_touched(desk: Desk, other: Person) -> None:
    """Nobody deletes, trades with or matches somebody else's account."""
    order = {"client_order_id": "a-1", "symbol": "AAPL", "side": "buy", "kind": "market", "quantity": "1"}

    answers = [
        other.client.delete(f"{ACCOUNTS}/{desk.account_id}"),
        other.client.post(f"{ACCOUNTS}/{desk.account_id}/orders", json=order),
        other.client.post(f"{ACCOUNTS}/{desk.account_id}/match"),
    ]

    assert [one.status_code for one in answers] == [404, 404, 404]
    assert desk.cash() == "10000.000000"


def test_accounts_are_listed_in_as_many_statements_however_many(
    signed_in: Person, clock: ManualClock, diglot: Diglot
) -> None:
    """The list costs as many statements for a dozen accounts as for one."""
    open_account(signed_in)
    diglot.statements.clear()
    signed_in.client.get(ACCOUNTS)
    few = len(diglot.statements)
    more = [open_account(signed_in, f"No. {number}") for number in at_moments(clock, 11)]
    diglot.statements.clear()

    signed_in.client.get(ACCOUNTS)

    assert len(more) == 11
    assert len(diglot.statements) == few <= 2
