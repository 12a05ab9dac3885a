"""Who else takes part in the contracts of signing in."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from apiflask import APIFlask

from backend_v2.http.outgoing import WsgiTransport
from diglot.client import BASE_URL, Client
from tests.contract.conftest import Person
from tests.standins.postmark import PostmarkStandIn

Elsewhere = Callable[[str], Client]


@pytest.fixture
def elsewhere(diglot_app: APIFlask) -> Iterator[Elsewhere]:
    """Makes clients that come from another address, without a session."""
    with ExitStack() as stack:

        def client(address: str) -> Client:
            transport = WsgiTransport(app=diglot_app, remote_addr=address)
            return stack.enter_context(Client(transport=transport, base_url=BASE_URL))

        yield client


@pytest.fixture
def stranger(elsewhere: Elsewhere) -> Client:
    """Somebody at the usual address who is not signed in."""
    return elsewhere("127.0.0.1")


@pytest.fixture
def codes(signed_in: Person) -> list[str]:
    """The signed-in user's ten backup codes."""
    found: list[str] = signed_in.client.post("/api/auth/backup-codes").json()["codes"]
    return found


def code_in(postmark: PostmarkStandIn) -> str:
    """Return the six digits of the newest mail."""
    digits = [word.strip(".") for word in postmark.sent[-1]["TextBody"].split()]
    return next(word for word in digits if len(word) == 6 and word.isdigit())


def wrong(code: str) -> str:
    """Return six other digits."""
    return f"{(int(code) + 1) % 10**6:06d}"
