"""What somebody has, so that operations with an id get past "there is no such thing".

Ids that are made up are 404, and nothing behind it is tried. So most requests carry, in the place of a
made-up id, that of something which is there, and is made again when a request before has removed it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from diglot.client import Client

_ACCOUNTS = "/api/trading/accounts"
_STRATEGIES = "/api/trading/strategies"
_OVER = {"cancelled", "canceled", "closed", "expired", "filled", "rejected", "replaced"}


@dataclass
class Possessions:
    """One of each, by the name of its id; made when it is first asked for."""

    client: Client
    ids: dict[str, str] = field(default_factory=dict)

    def id(self, name: str) -> str | None:
        """Return the id of something that is there; None when it cannot be made, or nobody has such things."""
        if name not in _MAKERS:
            return None
        if name not in self.ids or not self._is_there(name):
            made = _MAKERS[name](self)
            self.ids.pop(name, None)
            if made is not None:
                self.ids[name] = made
        return self.ids.get(name)

    def _is_there(self, name: str) -> bool:
        if name not in _PLACES:
            return True
        answer = self.client.get(_PLACES[name].format(self.ids[name]))
        return answer.status_code == 200 and answer.json().get("status") not in _OVER

    def made(self, url: str, body: dict[str, Any], key: str = "id") -> str | None:
        """Return the id of what was made by a POST, or None when it was refused."""
        answer = self.client.post(url, json=body)
        return str(answer.json()[key]) if answer.status_code in {200, 201, 202} and key in answer.json() else None

    def last(self, url: str, key: str) -> str | None:
        """Return the id of the last thing in a list, or None when there is none."""
        found = self.client.get(url).json().get(key) or [{"id": None}]
        return found[-1]["id"] and str(found[-1]["id"])


def _order(own: Possessions) -> str | None:
    wish = {
        "client_order_id": f"fuzz-{len(own.ids)}-{own.ids.get('order_id', 'first')[:13]}", "symbol": "AAPL",
        "side": "buy", "kind": "limit", "quantity": "1", "limit_price": "0.01",
    }  # fmt: skip
    account = own.id("account_id")
    return own.made(f"{_ACCOUNTS}/{account}/orders", wish)


def _strategy(own: Possessions) -> str | None:
    return own.made(_STRATEGIES, {"name": "Of the fuzzer", "kind": "buy_and_hold", "parameters": {}})


def _backtest(own: Possessions) -> str | None:
    wish = {
        "symbol": "AAPL", "timeframe": "1Day", "start": "2024-01-01", "end": "2024-02-01", "starting_cash": "1000",
        "fast": 2, "slow": 3,
    }  # fmt: skip
    return own.made("/api/backtests", wish)


_MAKERS: dict[str, Callable[[Possessions], str | None]] = {
    "account_id": lambda own: own.made(_ACCOUNTS, {"name": "Of the fuzzer", "starting_cash": "100000"}),
    "backtest_id": _backtest,
    "customer_id": lambda own: own.last("/api/admin/customers", "customers"),
    "order_id": _order,
    "passkey_id": lambda own: own.last("/api/auth/passkeys", "passkeys"),
    "session_id": lambda own: own.last("/api/auth/sessions", "sessions"),
    "step": lambda own: own.client.get("/api/onboarding").json()["steps"][0]["step"],
    "strategy_id": _strategy,
    "symbol": lambda own: "AAPL",  # noqa: ARG005 - the same for everybody
    "ticket_id": lambda own: own.made("/api/support/tickets", {"subject": "Help", "body": "Please."}),
    "token_id": lambda own: own.last("/api/auth/bootstrap-tokens", "tokens"),
    "user_id": lambda own: own.last("/api/admin/customers", "customers"),
}
_PLACES = {
    "account_id": _ACCOUNTS + "/{}",
    "backtest_id": "/api/backtests/{}",
    "order_id": "/api/trading/orders/{}",
    "strategy_id": _STRATEGIES + "/{}",
    "ticket_id": "/api/support/tickets/{}",
}
