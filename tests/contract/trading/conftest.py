"""Somebody with a paper account, and a market whose quotes the test says."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.http.outgoing import Response
from backend_v2.trading.records import Account, Order
from backend_v2.trading.repositories import PaperAccountRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH, ManualClock, Person
from tests.standins.alpaca import AlpacaStandIn

ACCOUNTS = "/api/trading/accounts"
ORDERS = "/api/trading/orders"
STRATEGIES = "/api/trading/strategies"
NOBODY = str(UUID(int=0))
ADA, SAVINGS, SPARE = UUID(int=1), UUID(int=2), UUID(int=3)


@dataclass
class Desk:
    """Where somebody trades: their account, and the market."""

    person: Person
    alpaca: AlpacaStandIn
    clock: ManualClock
    account_id: str

    def quote(self, bid: float, ask: float, symbol: str = "AAPL") -> None:
        """Let the market have this quote from now on, and time enough pass for it to be asked again."""
        self.alpaca.quotes[symbol] = (bid, ask)
        self.clock.advance(seconds=6)

    def place(self, client_order_id: str = "a-1", **fields: object) -> Response:
        """Place an order: unless `fields` say otherwise, to buy ten AAPL at once."""
        order = {"symbol": "AAPL", "side": "buy", "kind": "market", "quantity": "10", **fields}
        return self.post("orders", {"client_order_id": client_order_id, **order})

    def post(self, path: str, body: object) -> Response:
        """Post something to the account, a moment later: the ids of what is made in one instant have no order."""
        self.clock.advance(microseconds=1)
        return self.person.client.post(f"{ACCOUNTS}/{self.account_id}/{path}", json=body)

    def match(self) -> Response:
        """Match the account's open orders."""
        return self.person.client.post(f"{ACCOUNTS}/{self.account_id}/match")

    def cancel(self, order: dict[str, Any]) -> Response:
        """Cancel an order."""
        return self.person.client.post(f"{ORDERS}/{order['id']}/cancel")

    def change(self, order: dict[str, Any], client_order_id: str = "b-1", **changes: object) -> Response:
        """Put another order into the place of this one."""
        self.clock.advance(microseconds=1)
        body = {"client_order_id": client_order_id, **changes}
        return self.person.client.patch(f"{ORDERS}/{order['id']}", json=body)

    def order(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return an order as it is now."""
        found: dict[str, Any] = self.person.client.get(f"{ORDERS}/{order['id']}").json()
        return found

    def get(self, path: str = "", **query: object) -> dict[str, Any]:
        """Return the account, or something of it."""
        found: dict[str, Any] = self.person.client.get(f"{ACCOUNTS}/{self.account_id}{path}", params=query).json()
        return found

    def cash(self) -> str:
        """Return the account's cash."""
        return str(self.get()["cash"])


def open_account(person: Person, name: str = "Savings", cash: str = "10000") -> str:
    """Open an account and return its id; who opens several lets time pass between."""
    return str(person.client.post(ACCOUNTS, json={"name": name, "starting_cash": cash}).json()["id"])


def keep_strategy(person: Person, name: str = "Crossing", **fields: object) -> str:
    """Keep a strategy and return its id; who keeps several lets time pass between."""
    body = {"name": name, "kind": "moving_average_crossover", "parameters": {"fast": 10, "slow": 30}, **fields}
    return str(person.client.post(STRATEGIES, json=body).json()["id"])


@pytest.fixture
def desk(signed_in: Person, alpaca: AlpacaStandIn, clock: ManualClock) -> Desk:
    """A desk with 10,000 USD, while AAPL is 99 bid, 100 asked."""
    found = Desk(signed_in, alpaca, clock, open_account(signed_in))
    found.quote(99, 100)
    return found


def at_moments(clock: ManualClock, count: int) -> Iterator[int]:
    """Count, while time passes."""
    return (clock.advance(microseconds=1) or number for number in range(count))


@pytest.fixture
def ada(diglot: Diglot) -> None:
    """Ada, with two accounts of 10,000 USD, in the tables alone."""
    with diglot.connect() as connection:
        UserRepository(connection).add(User(ADA, b"ada", "ada@example.com", "Ada", False, None, EPOCH))
        for account_id, name in ((SAVINGS, "Savings"), (SPARE, "Spare")):
            PaperAccountRepository(connection).add(account(account_id, name))


def account(account_id: UUID = SAVINGS, name: str = "Savings") -> Account:
    """Return one of Ada's accounts."""
    cash = Decimal("10000.000000")
    return Account(
        id=account_id, user_id=ADA, name=name, currency="USD", cash=cash, starting_cash=cash, created_at=EPOCH
    )


def order(number: int, **fields: Any) -> Order:
    """Return an open order of Ada's savings account to buy one AAPL at 100."""
    plain: dict[str, Any] = {
        "id": UUID(int=number),
        "account_id": SAVINGS,
        "client_order_id": f"a-{number}",
        "symbol": "AAPL",
        "side": "buy",
        "kind": "limit",
        "status": "open",
        "quantity": Decimal("1.000000"),
        "filled_quantity": Decimal("0.000000"),
        "limit_price": Decimal("100.000000"),
        "reject_reason": None,
        "created_at": EPOCH,
        "updated_at": EPOCH,
    }
    return Order(**{**plain, **fields})
