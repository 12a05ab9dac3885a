"""The walk: what holds of every operation of the API, taken from its description, so that none can be left out.

A stranger is refused before anything is read, a customer is refused what is for administrators, a body
that is no body is refused alike everywhere, an id that nobody has is 404, and so is everybody else's.
"""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine

from backend_v2.app import create_app
from backend_v2.config import Config
from backend_v2.mail.postmark_inbound import MOST_BYTES
from diglot.client import Client, Response
from diglot.isolation.facade import Diglot
from tests.contract.conftest import STATUS_SECRET, WEBHOOK_PASSWORD, Person
from tests.standins.alpaca import UNKNOWN_SYMBOL, AlpacaStandIn

NOBODY = "00000000-0000-4000-8000-000000000000"
NUMBER = 2**63 - 1
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Operation:
    """An operation. scheme: what its caller has to show, if anything. ids: the types of its path parameters."""

    method: str
    path: str
    scheme: str | None
    for_admins: bool
    takes_body: bool
    ids: dict[str, str]

    def __str__(self) -> str:
        """Return its name, for the test's id."""
        return f"{self.method} {self.path}"

    def url(self, **ids: str) -> str:
        """Return its URL with these ids, and with ones that nobody has where none is given."""
        unknown = {"uuid": NOBODY, "integer": str(NUMBER), "text": UNKNOWN_SYMBOL}
        return self.path.format(**{name: ids.get(name, unknown[kind]) for name, kind in self.ids.items()})


def _operations() -> list[Operation]:
    app = create_app(create_engine("sqlite://"), config=Config())
    paths = app.test_client().get("/api/openapi.json").get_json()["paths"]
    return [
        Operation(
            method.upper(),
            path,
            next((name for one in said.get("security", []) for name in one), None),
            "security" in said and "403" in said["responses"],
            "requestBody" in said,
            {
                one["name"]: "uuid" if one["schema"].get("format") == "uuid" else _KINDS[one["schema"]["type"]]
                for one in [*operations.get("parameters", []), *said.get("parameters", [])]
                if one["in"] == "path"
            },
        )
        for path, operations in sorted(paths.items())
        for method, said in operations.items()
        if method != "parameters"
    ]


_KINDS = {"integer": "integer", "string": "text"}
OPERATIONS = _operations()
GUARDED = [one for one in OPERATIONS if one.scheme == "session"]
FOR_ADMINS = [one for one in GUARDED if one.for_admins]
FOR_CUSTOMERS = [one for one in GUARDED if not one.for_admins]
WITH_BODY = [one for one in OPERATIONS if one.takes_body]

ORDER = {
    "client_order_id": "a-1",
    "symbol": "AAPL",
    "side": "buy",
    "kind": "limit",
    "quantity": "1",
    "limit_price": "1",
}
STRATEGY = {"name": "Crossing", "kind": "moving_average_crossover", "parameters": {"fast": 10, "slow": 30}}
BACKTEST = {
    "symbol": "AAPL", "timeframe": "1Day", "start": "2024-01-01", "end": "2024-03-01", "starting_cash": "1000",
    "fast": 2, "slow": 3,
}  # fmt: skip
PERIOD = {"current_period_start": "2024-06-01T00:00:00Z", "current_period_end": "2024-07-01T00:00:00Z"}

BODIES: dict[str, dict[str, Any]] = {
    "PATCH /api/auth/passkeys/{passkey_id}": {"name": "Mine"},
    "POST /api/auth/email/challenges/{challenge_id}/verify": {"code": "123456"},
    "POST /api/admin/customers/{customer_id}/suspend": {"reason": "why not"},
    "PUT /api/billing/alerts/configs/{vendor}": {"threshold_minor": 1, "currency": "usd", "enabled": True},
    "PUT /api/onboarding/{step}": {"status": "done"},
    "PUT /api/support/customer-map/{email}": {"user_id": NOBODY},
    "PUT /api/symbols/{symbol}": {"name": "Nobody", "exchange": "NYSE", "asset_class": "us_equity", "tradable": True},
    "PUT /api/billing/subscriptions/{user_id}": {"plan": "basic", "status": "active", **PERIOD},
    "PATCH /api/symbols/{symbol}": {"tradable": True},
    "POST /api/support/tickets/{ticket_id}/messages": {"body": "Let me in."},
    "POST /api/trading/accounts/{account_id}/orders": ORDER,
    "PATCH /api/trading/orders/{order_id}": {"client_order_id": "b-1", "quantity": "2"},
    "PATCH /api/trading/strategies/{strategy_id}": {"name": "Mine"},
    "POST /api/trading/strategies/{strategy_id}/runtime/start": {"account_id": NOBODY, "version": 0},
    "POST /api/trading/strategies/{strategy_id}/runtime/pause": {"version": 0},
    "POST /api/trading/strategies/{strategy_id}/runtime/stop": {"version": 0},
    "POST /api/trading/strategies/{strategy_id}/runtime/heartbeat": {"version": 0},
}
"""What to send to an operation with an id, so that the id is what is wrong with the request."""

CREATES: dict[str, str] = {
    "PUT /api/billing/alerts/configs/{vendor}": "a vendor without a configuration gets one",
    "PUT /api/support/customer-map/{email}": "an address without a customer gets one",
    "PUT /api/symbols/{symbol}": "a symbol that is not there is added",
    "PUT /api/onboarding/{step}": "steps are the same for everybody, and their names are fixed",
}
"""Operations whose path names what they make, so that nothing has to be there."""

SHARED: dict[str, str] = {
    "symbol": "stocks are the same for everybody",
    "step": "each user has the same steps, and only their own can be named",
}
"""Path parameters of customers that name nobody's possession."""


def _first(person: Person, url: str, key: str) -> str:
    return str(person.client.get(url).json()[key][0]["id"])


def _made(person: Person, url: str, body: dict[str, Any]) -> str:
    answer = person.client.post(url, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _account(person: Person) -> str:
    return _made(person, "/api/trading/accounts", {"name": "Savings", "starting_cash": "1000"})


def _ticket(person: Person) -> str:
    answer = person.client.post("/api/support/tickets", json={"subject": "Help", "body": "Please."})
    assert answer.status_code == 201, answer.text
    body = answer.json()
    return str(body["id"] if "id" in body else body["ticket"]["id"])


MAKERS: dict[str, Callable[[Person], str]] = {
    "account_id": _account,
    "backtest_id": lambda person: _made(person, "/api/backtests", BACKTEST),
    "order_id": lambda person: _made(person, f"/api/trading/accounts/{_account(person)}/orders", ORDER),
    "passkey_id": lambda person: _first(person, "/api/auth/passkeys", "passkeys"),
    "session_id": lambda person: _first(person, "/api/auth/sessions", "sessions"),
    "strategy_id": lambda person: _made(person, "/api/trading/strategies", STRATEGY),
    "ticket_id": _ticket,
}
"""How a customer comes by one of everything that can be theirs, by the name of its id in paths."""

POSSESSIONS = [one for one in FOR_CUSTOMERS if one.ids.keys() & MAKERS.keys()]
UNKNOWN = [one for one in OPERATIONS if one.ids and str(one) not in CREATES]
LISTS = [one for one in FOR_CUSTOMERS if one.method == "GET" and not one.ids]
NEEDS_QUERY = {
    "/api/historical/bars": {"symbol": "AAPL", "timeframe": "1Day", "start": "2024-01-02", "end": "2024-01-03"},
    "/api/market-data/quotes": {"symbols": "AAPL"},
    "/api/billing/changes": {"vendor": "heroku"},
}
"""The queries of the lists that cannot do without one."""


LARGER = {"/api/webhooks/postmark/inbound": MOST_BYTES}
"""Operations that take more than others."""


def _ask(client: Client, operation: Operation, url: str, **how: Any) -> Response:
    return client.request(operation.method, url, **how)


def _body(operation: Operation) -> dict[str, Any] | None:
    return BODIES.get(str(operation)) if operation.takes_body else None


def _writes(diglot: Diglot) -> list[str]:
    """Return what was written, except for when a session was last seen."""
    sent = [one.sql for one in diglot.statements]
    return [one for one in sent if re.match(r"\s*(INSERT|DELETE|UPDATE(?! customer_sessions))", one)]


@pytest.fixture
def caller(request: pytest.FixtureRequest) -> Person:
    """Whoever gets furthest with the operation of the test: a customer, or an administrator."""
    operation: Operation = request.getfixturevalue("operation")
    found: Person = request.getfixturevalue("admin" if operation.for_admins else "signed_in")
    return found


# -- the tables above are complete -------------------------------------------------------------------


def test_every_id_of_customers_is_known_here() -> None:
    """Each path parameter of a customer's operation is somebody's possession or shared; a new one must be placed."""
    named = {name for one in FOR_CUSTOMERS for name in one.ids}

    assert named == MAKERS.keys() | SHARED.keys()


def test_every_operation_with_an_id_has_its_body_here() -> None:
    """Each operation with an id and a body has one above; those that make what their path names are there."""
    names = {str(one) for one in OPERATIONS if one.ids and one.takes_body}

    assert names == BODIES.keys()
    assert {str(one) for one in OPERATIONS} >= CREATES.keys()


def test_description_says_of_ids_what_they_are() -> None:
    """Ids of rows are UUIDs or whole numbers in the description, not any text."""
    kinds = {(name, kind) for one in OPERATIONS for name, kind in one.ids.items() if name.endswith("_id")}

    assert kinds
    assert {one for one in kinds if one[1] == "text"} == set()


# -- who may ask ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", GUARDED, ids=str)
def test_stranger_is_refused_before_anything_is_read(
    diglot_client: Client, diglot: Diglot, operation: Operation
) -> None:
    """Without a session each operation that demands one is 401, whatever is sent, and the database is not asked."""
    diglot.statements.clear()

    answers = [
        _ask(diglot_client, operation, operation.url()),
        _ask(diglot_client, operation, operation.url(), content=b"{", headers=JSON),
    ]

    assert [one.status_code for one in answers] == [401, 401]
    assert list(diglot.statements) == []


@pytest.mark.parametrize("operation", FOR_ADMINS, ids=str)
def test_customer_is_refused_what_is_for_administrators(
    signed_in: Person, diglot: Diglot, operation: Operation
) -> None:
    """With a customer's session each operation for administrators is 403, whatever is sent, and nothing is written."""
    diglot.statements.clear()

    answers = [
        _ask(signed_in.client, operation, operation.url()),
        _ask(signed_in.client, operation, operation.url(), content=b"{", headers=JSON),
    ]

    assert [one.status_code for one in answers] == [403, 403]
    assert _writes(diglot) == []


# -- bodies --------------------------------------------------------------------------------------------


def _credentials(body: bytes) -> dict[str, str]:
    """Return what webhooks ask for; others do not look at it."""
    basic = b64encode(f"postmark:{WEBHOOK_PASSWORD}".encode()).decode()
    signature = hmac.new(STATUS_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {"Authorization": f"Basic {basic}", "X-Signature-SHA256": signature}


NO_BODIES = (
    (b"{", "application/json", 400),
    (b"", "application/json", 400),
    (b'{"a": 1, "a": 2}', "application/json", 400),
    (b'{"a": NaN}', "application/json", 400),
    (rb'{"a": "\ud800"}', "application/json", 400),
    (b'{"a": "\xff"}', "application/json", 400),
    (b'{"a": ' + b"[" * 500 + b"]" * 500 + b"}", "application/json", 400),
    (b"{}", "text/plain", 415),
    (b"a=1", "application/x-www-form-urlencoded", 415),
    (b"[]", "application/json", 422),
    (b"null", "application/json", 422),
    (b'"text"', "application/json", 422),
)


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_body_that_is_none_is_refused(caller: Person, operation: Operation, diglot: Diglot) -> None:
    """What is no JSON is 400, what does not say that it is 415, another shape 422; nothing is written."""
    diglot.statements.clear()

    answers = [
        caller.client.request(
            operation.method, operation.url(), content=body, headers={**_credentials(body), "Content-Type": media_type}
        )
        for body, media_type, _ in NO_BODIES
    ]

    assert [one.status_code for one in answers] == [status for _, _, status in NO_BODIES]
    assert {one.headers["Content-Type"] for one in answers} == {"application/problem+json"}
    assert _writes(diglot) == []


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_body_that_is_too_large_is_refused(caller: Person, operation: Operation, diglot: Diglot) -> None:
    """A body above the limit, which is larger for mail, is 413."""
    size = LARGER.get(operation.path, Config().max_body_bytes)
    body = b'{"a": "' + b"x" * size + b'"}'
    diglot.statements.clear()

    answer = caller.client.request(
        operation.method, operation.url(), content=body, headers={**_credentials(body), **JSON}
    )

    assert answer.status_code == 413
    assert _writes(diglot) == []


# -- ids -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("diglot")
@pytest.mark.parametrize("operation", UNKNOWN, ids=str)
def test_id_that_nobody_has_is_not_found(caller: Person, operation: Operation) -> None:
    """A well-formed id of nothing is 404 for whoever may ask."""
    answer = _ask(caller.client, operation, operation.url(), json=_body(operation))

    assert answer.status_code == 404, answer.text


JUNK = ("%00", "..%2F..", "%20", "9" * 60, "a%0D%0Ab", "-1", "1.0", "x" * 3000, "%25")


@pytest.mark.usefixtures("diglot")
@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.ids], ids=str)
def test_junk_in_a_path_is_refused(caller: Person, operation: Operation) -> None:
    """Whatever stands in the place of an id is refused in words; it is never an error of ours."""
    urls = [operation.path.format(**dict.fromkeys(operation.ids, junk)) for junk in JUNK]

    answers = [_ask(caller.client, operation, url, json=_body(operation)) for url in urls]

    assert {one.status_code for one in answers} <= {404, 405, 422}


@pytest.mark.parametrize("operation", POSSESSIONS, ids=str)
def test_possession_of_another_is_not_found(
    signed_in: Person, other: Person, operation: Operation, alpaca: AlpacaStandIn
) -> None:
    """Each operation with the id of something that is somebody else's is 404, worded as if it did not exist."""
    alpaca.quotes["AAPL"] = (99.0, 100.0)
    theirs = {name: MAKERS[name](signed_in) for name in operation.ids}

    answer = _ask(other.client, operation, operation.url(**theirs), json=_body(operation))
    nobodys = _ask(other.client, operation, operation.url(), json=_body(operation))

    assert answer.status_code == nobodys.status_code == 404, answer.text
    assert answer.json()["detail"] == nobodys.json()["detail"]


@pytest.fixture
def possessions(signed_in: Person, alpaca: AlpacaStandIn) -> dict[str, str]:
    """One of everything that a customer can have."""
    alpaca.quotes["AAPL"] = (99.0, 100.0)
    return {"user_id": str(_user_id(signed_in)), **{name: make(signed_in) for name, make in _IN_TURN.items()}}


_IN_TURN = {name: make for name, make in MAKERS.items() if name != "account_id"}
"""An order is on an account, so that there is one."""


def _user_id(person: Person) -> UUID:
    return UUID(person.client.get("/api/auth/session").json()["user"]["id"])


@pytest.mark.parametrize("operation", LISTS, ids=str)
def test_lists_hold_nothing_of_another(other: Person, operation: Operation, possessions: dict[str, str]) -> None:
    """What one customer has is in none of the answers that another can ask for without an id."""
    answer = _ask(other.client, operation, operation.url(), params=NEEDS_QUERY.get(operation.path))

    assert answer.status_code in {200, 404}, answer.text
    assert {name for name, one in possessions.items() if one in answer.text} == set()
    assert "ada@example.com" not in answer.text


def test_lists_hold_what_is_ones_own(signed_in: Person, possessions: dict[str, str]) -> None:
    """The test above can fail: who has something finds the id of each in the lists."""
    texts = [_ask(signed_in.client, one, one.url(), params=NEEDS_QUERY.get(one.path)).text for one in LISTS]
    found = {name for name, one in possessions.items() if any(one in text for text in texts)}

    assert found == possessions.keys() - {"order_id"}
