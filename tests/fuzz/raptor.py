"""Raptor for the fuzzer: on a migrated database of its own, with people who can sign in again."""

import os
import random
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock

import sqlalchemy as sa

from backend_v2.app import create_app
from backend_v2.config import AlpacaConfig, Config, MailConfig, WebhookConfig
from backend_v2.db.tables import auth
from backend_v2.http.outgoing import WsgiTransport
from diglot.client import Client, client_for
from diglot.isolation.facade import Diglot
from tests.contract.conftest import STATUS_SECRET, WEBHOOK_PASSWORD, ManualClock, Person
from tests.fuzz.campaign import Caller, Operation
from tests.fuzz.gate import COOKIE, SIGNATURE, Gate
from tests.fuzz.possessions import Possessions
from tests.standins.alpaca import AlpacaStandIn
from tests.standins.postmark import PostmarkStandIn

CONFIG = Config(
    alpaca=AlpacaConfig(key_id="key", secret_key="secret"),
    mail=MailConfig(server_token="a token for tests", sender="raptor@example.com"),
    webhooks=WebhookConfig(postmark_password=WEBHOOK_PASSWORD, status_secret=STATUS_SECRET),
    page_key=b"a key for tests",
)
ROLES = ("stranger", "customer", "admin", "postmark", "statuspage")

_BASIC = b64encode(f"postmark:{WEBHOOK_PASSWORD}".encode()).decode()


def callers(*, only: str = "") -> list[Caller]:
    """Return who asks for what: each operation is asked for by whoever gets furthest with it.

    What an administrator alone may do, a customer asks for as well, to be refused. What demands a session,
    a stranger does not: Schemathesis takes the session away by itself. only: a part of the operations' names.
    """

    def may(demand: Callable[[Operation], bool]) -> Callable[[Operation], bool]:
        return lambda operation: only in operation.label and demand(operation)

    return [
        Caller("stranger", may_ask=may(lambda one: not _schemes(one))),
        Caller("customer", cookies={COOKIE: "customer"}, may_ask=may(lambda one: _schemes(one) <= {"session"})),
        Caller("admin", cookies={COOKIE: "admin"}, may_ask=may(_is_for_admins)),
        Caller(
            "postmark",
            headers={"Authorization": f"Basic {_BASIC}"},
            may_ask=may(lambda one: "webhookBasic" in _schemes(one)),
        ),
        Caller(
            "statuspage",
            headers={"X-Signature-SHA256": SIGNATURE},
            may_ask=may(lambda one: "webhookSignature" in _schemes(one)),
        ),
    ]


@dataclass
class SignedIn:
    """A customer or an administrator, who is somebody new whenever the last one cannot sign in any more."""

    name: str
    database: Diglot
    client: Client
    is_admin: bool
    person: Person | None = None
    count: int = 0
    token: str = ""
    possessions: Possessions = field(init=False)

    def __post_init__(self) -> None:
        self.possessions = Possessions(self.client)

    def renew(self) -> bool:
        """Sign in anew unless the token is good; say whether that was necessary."""
        if self._is_live():
            return False
        self.client.cookies.clear()
        if self.person is not None:
            self.person.login()
        if not self._is_live():
            self._become_somebody_new()
        self.token = self.client.cookies[COOKIE]
        return True

    def _is_live(self) -> bool:
        answer = self.client.get("/api/auth/session")
        return answer.status_code == 200 and answer.json()["user"]["is_admin"] is self.is_admin

    def _become_somebody_new(self) -> None:
        self.client.cookies.clear()
        self.possessions = Possessions(self.client)
        self.count += 1
        self.person = Person(self.client, f"{self.name}-{self.count}@example.com")
        self.person.register()
        chosen = auth.users.c.email == self.person.email
        with self.database.connect() as connection:
            connection.execute(sa.update(auth.users).where(chosen).values(is_admin=self.is_admin))


@contextmanager
def chance(seed: int) -> Iterator[Callable[[int], None]]:
    """Let every token, id and challenge that this thread draws meanwhile follow from the seed.

    Yields what begins anew for a request, given its number, and lets its thread follow the seed as well;
    the threads that prepare databases do not.
    """
    seeded, true = random.Random(seed), os.urandom  # noqa: S311 - that is its purpose
    threads = {threading.get_ident()}

    def drawn(size: int) -> bytes:
        return seeded.randbytes(size) if threading.get_ident() in threads else true(size)

    def begin(number: int) -> None:
        threads.add(threading.get_ident())
        seeded.seed(f"{seed} {number}")

    with mock.patch("os.urandom", drawn), mock.patch("random._urandom", drawn):
        yield begin


@contextmanager
def raptor(database: Diglot, seed: int) -> Iterator[Gate]:
    """Yield Raptor behind a gate that lets a customer and an administrator in."""
    clock = ManualClock()
    app = create_app(
        database.engine,
        config=CONFIG,
        clock=clock,
        alpaca_transport=WsgiTransport(app=AlpacaStandIn(now=clock)),
        mail_transport=WsgiTransport(app=PostmarkStandIn()),
    )
    with chance(seed) as begin, client_for(app) as customer, client_for(app) as admin:
        roles = (SignedIn("customer", database, customer, False), SignedIn("admin", database, admin, True))
        for role in roles:
            role.renew()

        def tick(number: int) -> None:
            begin(number)
            clock.advance(seconds=1)

        yield Gate(app, roles, STATUS_SECRET, tick)


def _schemes(operation: Operation) -> set[str]:
    return {name for one in operation.definition.raw.get("security", []) for name in one}


def _is_for_admins(operation: Operation) -> bool:
    return "session" in _schemes(operation) and "403" in operation.definition.raw["responses"]
