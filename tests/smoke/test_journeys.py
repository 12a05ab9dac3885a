"""What an operator wants to know after a cutover: can people get in, and is the data there."""

from collections.abc import Iterator

import httpx
import pytest

from diglot.passkey import Authenticator
from tests.smoke.conftest import Deployment

BARS = {"symbol": "AAPL", "timeframe": "1Day", "start": "2024-03-01T00:00:00Z", "end": "2024-03-31T00:00:00Z"}


@pytest.fixture
def authenticator() -> Authenticator:
    """The operator's passkey."""
    return Authenticator()


@pytest.fixture
def registered(client: httpx.Client, deployment: Deployment, authenticator: Authenticator) -> Iterator[httpx.Client]:
    """A user who has registered; whatever happens, the account is deleted afterwards."""
    options = client.post("/api/auth/register/options", json={"email": f"smoke-{id(client)}@example.com"}).json()
    answer = authenticator.create(options, origin=deployment.origin)
    registered = client.post("/api/auth/register", json={"credential": answer, "name": "smoke"})
    assert registered.status_code == 201, registered.text
    yield client
    _login(client, deployment, authenticator)
    assert client.delete("/api/auth/account").status_code == 204


def _login(client: httpx.Client, deployment: Deployment, authenticator: Authenticator) -> httpx.Response:
    options = client.post("/api/auth/login/options", json={}).json()
    answer = authenticator.get(options, origin=deployment.origin)
    return client.post("/api/auth/login", json={"credential": answer})


def test_smoke_is_healthy_and_ready(client: httpx.Client) -> None:
    """The process is up, and its database has the schema that it expects."""
    health, ready = client.get("/api/health"), client.get("/api/health/ready")

    assert health.json()["status"] == "ok"
    assert ready.status_code == 200, ready.text


def test_smoke_passkey_register_login_revoke(
    registered: httpx.Client, deployment: Deployment, authenticator: Authenticator
) -> None:
    """A passkey logs in; the session, once revoked, is refused at the next request."""
    loggedin = _login(registered, deployment, authenticator)
    inside = registered.get("/api/auth/session")
    revoked = registered.delete(f"/api/auth/sessions/{loggedin.json()['session']['id']}")
    outside = registered.get("/api/auth/session")

    assert [one.status_code for one in (loggedin, inside, revoked, outside)] == [200, 200, 204, 401]


def test_smoke_bars_are_there_and_make_sense(registered: httpx.Client) -> None:
    """Bars come in pages, in order, within bounds, and each is possible."""
    first = registered.get("/api/historical/bars", params={**BARS, "limit": 15}).json()
    rest = registered.get("/api/historical/bars", params={**BARS, "page_token": first["next_page_token"]}).json()

    bars = first["bars"] + rest["bars"]

    times = [bar["t"] for bar in bars]
    assert len(bars) > 15
    assert times == sorted(set(times))
    assert all(float(bar["l"]) <= float(bar["o"]) <= float(bar["h"]) for bar in bars)


def test_smoke_billing_is_readable(registered: httpx.Client) -> None:
    """Vendors' billing snapshots can be read."""
    answer = registered.get("/api/billing/snapshots")

    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json()["snapshots"], list)
