"""Raptor on the test's database, with a clock, a market data API and a mail service that tests command."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from apiflask import APIFlask

from backend_v2.app import DATABASE, create_app
from backend_v2.config import AlpacaConfig, Config, MailConfig, WebhookConfig
from backend_v2.db.tables import auth
from backend_v2.http.outgoing import WsgiTransport
from diglot.client import Client, Response, client_for
from diglot.isolation.facade import Diglot
from diglot.passkey import HONEST, Authenticator, Fault
from tests.standins.alpaca import AlpacaStandIn
from tests.standins.postmark import PostmarkStandIn

ORIGIN = "http://localhost"
WEBHOOK_PASSWORD = "a password for tests"
STATUS_SECRET = "a secret for tests"
EPOCH = datetime(2024, 6, 3, 12, 0, 0, 123456, tzinfo=UTC)


@dataclass
class ManualClock:
    """A clock that stands still until it is told to go on."""

    instant: datetime = EPOCH

    def __call__(self) -> datetime:
        """Return the instant."""
        return self.instant

    def advance(self, **by: float) -> None:
        """Go on by days, hours, minutes, seconds."""
        self.instant += timedelta(**by)


@dataclass
class Person:
    """Somebody with a browser and an authenticator."""

    client: Client
    email: str
    authenticator: Authenticator = field(default_factory=Authenticator)

    def register(self, *, fault: Fault = HONEST, name: str = "laptop") -> Response:
        """Register a passkey: for a new user, or for the one who is signed in."""
        options = self.client.post("/api/auth/register/options", json={"email": self.email}).json()
        answer = self.authenticator.create(options, origin=ORIGIN, fault=fault)
        return self.client.post("/api/auth/register", json={"credential": answer, "name": name})

    def login(self, *, fault: Fault = HONEST, email: str | None = None) -> Response:
        """Log in, with any passkey or with one of `email`'s."""
        options = self.client.post("/api/auth/login/options", json={"email": email} if email else {}).json()
        answer = self.authenticator.get(options, origin=ORIGIN, fault=fault)
        return self.client.post("/api/auth/login", json={"credential": answer})


@pytest.fixture
def clock() -> ManualClock:
    """The application's clock."""
    return ManualClock()


@pytest.fixture
def alpaca(clock: ManualClock) -> AlpacaStandIn:
    """The market data API that the application asks."""
    return AlpacaStandIn(now=clock)


@pytest.fixture
def config() -> Config:
    """The application's settings."""
    return Config(
        alpaca=AlpacaConfig(key_id="key", secret_key="secret"),
        mail=MailConfig(server_token="a token for tests", sender="raptor@example.com"),
        webhooks=WebhookConfig(postmark_password=WEBHOOK_PASSWORD, status_secret=STATUS_SECRET),
        page_key=b"a key for tests",
    )


@pytest.fixture
def postmark() -> PostmarkStandIn:
    """Where the application's mail goes."""
    return PostmarkStandIn()


@dataclass
class Surroundings:
    """What an application that serves many tests has around it: the present test's own."""

    clock: ManualClock
    alpaca: AlpacaStandIn
    postmark: PostmarkStandIn

    def application(self, engine: sa.Engine, config: Config) -> APIFlask:
        """Return Raptor with whatever is around it at each moment."""
        return create_app(
            engine,
            config=config,
            clock=self._now,
            alpaca_transport=WsgiTransport(app=self._ask_alpaca),
            mail_transport=WsgiTransport(app=self._ask_postmark),
        )

    def _now(self) -> datetime:
        return self.clock()

    def _ask_alpaca(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return self.alpaca(environ, start_response)

    def _ask_postmark(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return self.postmark(environ, start_response)


_MADE: dict[tuple[Config, str], tuple[APIFlask, Surroundings]] = {}
"""Applications by settings and dialect: to compile a hundred routes takes longer than most tests."""


@pytest.fixture
def diglot_app(
    diglot: Diglot, config: Config, clock: ManualClock, alpaca: AlpacaStandIn, postmark: PostmarkStandIn
) -> APIFlask:
    """Raptor on the test's database: made once for its settings, with this test's surroundings."""
    key = (config, diglot.dialect.name)
    if key not in _MADE:
        around = Surroundings(clock, alpaca, postmark)
        _MADE[key] = (around.application(diglot.engine, config), around)
    app, around = _MADE[key]
    around.clock, around.alpaca, around.postmark = clock, alpaca, postmark
    app.extensions[DATABASE].engine = diglot.engine
    return app


@pytest.fixture
def person(diglot_client: Client) -> Person:
    """Somebody who has not registered yet."""
    return Person(diglot_client, "ada@example.com")


@pytest.fixture
def signed_in(person: Person) -> Person:
    """Somebody who has registered a passkey and is signed in."""
    person.register()
    return person


@pytest.fixture
def other(diglot_app: Callable[..., Any]) -> Iterator[Person]:
    """Somebody else, at another computer, signed in as well."""
    with client_for(diglot_app) as client:
        person = Person(client, "eve@example.com")
        person.register()
        yield person


@pytest.fixture
def admin(signed_in: Person, diglot: Diglot) -> Person:
    """Somebody signed in who is an administrator."""
    make_admin(diglot, signed_in.email)
    return signed_in


def make_admin(diglot: Diglot, email: str) -> None:
    """Make a user an administrator."""
    with diglot.connect() as connection:
        connection.execute(sa.update(auth.users).where(auth.users.c.email == email).values(is_admin=True))
