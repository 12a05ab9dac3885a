"""What all trading routes have in common: who may ask, and in which form."""

import json
from typing import Any

import pytest

from tests.contract.trading.conftest import ACCOUNTS, NOBODY, ORDERS, STRATEGIES, Desk, keep_strategy

READING = [
    ACCOUNTS,
    f"{ACCOUNTS}/{NOBODY}",
    f"{ACCOUNTS}/{NOBODY}/orders",
    f"{ACCOUNTS}/{NOBODY}/positions",
    f"{ACCOUNTS}/{NOBODY}/fills",
    f"{ORDERS}/{NOBODY}",
    STRATEGIES,
    f"{STRATEGIES}/{NOBODY}",
    f"{STRATEGIES}/{NOBODY}/runtime",
]
WITHOUT_BODY = [
    ("DELETE", f"{ACCOUNTS}/{NOBODY}"),
    ("POST", f"{ACCOUNTS}/{NOBODY}/match"),
    ("POST", f"{ORDERS}/{NOBODY}/cancel"),
    ("DELETE", f"{STRATEGIES}/{NOBODY}"),
]
ACTIONS = ["start", "pause", "stop", "heartbeat"]
WITH_BODY = [
    ("POST", ACCOUNTS),
    ("POST", f"{ACCOUNTS}/{NOBODY}/orders"),
    ("PATCH", f"{ORDERS}/{NOBODY}"),
    ("POST", STRATEGIES),
    ("PATCH", f"{STRATEGIES}/{NOBODY}"),
    *(("POST", f"{STRATEGIES}/{NOBODY}/runtime/{action}") for action in ACTIONS),
]


@pytest.mark.parametrize(
    ("method", "url"), [*(("GET", url) for url in READING), *WITHOUT_BODY, *WITH_BODY], ids=" ".join
)
def test_route_is_closed_to_strangers(diglot_client: Any, method: str, url: str) -> None:
    """Who is not signed in is refused before anything else."""
    assert diglot_client.request(method, url).status_code == 401


@pytest.mark.parametrize(("method", "url"), WITH_BODY, ids=" ".join)
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ((b"{", "application/json"), 400),
        ((b"{}", "text/plain"), 415),
        ((json.dumps({"name": "x" * 300_000}).encode(), "application/json"), 413),
        ((b"[]", "application/json"), 422),
        ((b'{"version": 1.5, "name": 1, "client_order_id": 1}', "application/json"), 422),
    ],
    ids=["no JSON", "not said to be", "too large", "no object", "does not fit"],
)
def test_body_of_another_form_is_refused(
    desk: Desk, method: str, url: str, body: tuple[bytes, str], status: int
) -> None:
    """A body that is no JSON is 400, that does not say so 415, that is too large 413, that does not fit 422."""
    content, kind = body

    answer = desk.person.client.request(method, url, content=content, headers={"Content-Type": kind})

    assert answer.status_code == status


@pytest.mark.parametrize("version", [-1, 2**31 - 1, 1.5, "1", True, None], ids=repr)
@pytest.mark.parametrize("action", ACTIONS)
def test_version_that_does_not_fit_is_refused(desk: Desk, action: str, version: object) -> None:
    """A version is a whole number from 0 to what the column holds, and nothing else."""
    url = f"{STRATEGIES}/{keep_strategy(desk.person)}/runtime/{action}"

    answer = desk.person.client.post(url, json={"account_id": desk.account_id, "version": version})

    assert answer.status_code == 422
