"""The composition root: the one place that knows every domain."""

import os
from dataclasses import dataclass

from apiflask import APIFlask
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from backend_v2.auth import auth
from backend_v2.auth.account_service import AccountService
from backend_v2.auth.customer_session_service import CustomerSessionService
from backend_v2.auth.webauthn_service import WebauthnService
from backend_v2.billing import billing
from backend_v2.billing.billing_service import BillingService
from backend_v2.clock import Clock, utc_now
from backend_v2.config import Config
from backend_v2.db import Database, init_persistence
from backend_v2.http import openapi, problems, request_id, request_log
from backend_v2.http.mailer import Mailer
from backend_v2.http.outgoing import BaseTransport
from backend_v2.http.session_cookie import use_resolver
from backend_v2.market_data import historical_data
from backend_v2.market_data.alpaca import AlpacaClient
from backend_v2.market_data.historical_service import HistoricalService
from backend_v2.status import health


@dataclass(frozen=True)
class _Parts:
    """What the domains are built over."""

    database: Database
    config: Config
    clock: Clock
    alpaca: AlpacaClient
    mailer: Mailer


def create_app(
    engine: Engine | None = None,
    *,
    config: Config | None = None,
    clock: Clock = utc_now,
    alpaca_transport: BaseTransport | None = None,
    mail_transport: BaseTransport | None = None,
) -> APIFlask:
    """Return the application.

    engine: used as it is; without one the environment names the database. config: without one it
    is read from the environment, before a database is touched. alpaca_transport, mail_transport:
    replace the network to the market data API and to Postmark. Raises ConfigInvalid.
    """
    config = config or Config.from_environ(os.environ)
    database = Database(engine) if engine is not None else init_persistence(os.environ)
    parts = _Parts(
        database,
        config,
        clock,
        AlpacaClient(config.alpaca, transport=alpaca_transport),
        Mailer(config.mail, transport=mail_transport),
    )
    app = _bare_app(config)
    _auth(app, parts)
    _market_data(app, parts)
    _trading(app, parts)
    _settings(app, parts)
    _billing(app, parts)
    _marketing(app, parts)
    _support(app, parts)
    _mail(app, parts)
    _admin(app, parts)
    _status(app, parts)
    return app


def _auth(app: APIFlask, parts: _Parts) -> None:
    sessions = CustomerSessionService(parts.database, parts.config, parts.clock)
    use_resolver(app, sessions.resolve)
    webauthn = WebauthnService(parts.database, sessions, parts.config, parts.clock)
    account = AccountService(parts.database, parts.clock)
    app.register_blueprint(auth.blueprint(webauthn, sessions, account, parts.config))


def _market_data(app: APIFlask, parts: _Parts) -> None:
    bars = HistoricalService(parts.database, parts.alpaca, parts.clock)
    app.register_blueprint(historical_data.blueprint(bars, parts.config))


def _trading(app: APIFlask, parts: _Parts) -> None:
    pass


def _settings(app: APIFlask, parts: _Parts) -> None:
    pass


def _billing(app: APIFlask, parts: _Parts) -> None:
    app.register_blueprint(billing.blueprint(BillingService(parts.database, parts.clock), parts.config))


def _marketing(app: APIFlask, parts: _Parts) -> None:
    pass


def _support(app: APIFlask, parts: _Parts) -> None:
    pass


def _mail(app: APIFlask, parts: _Parts) -> None:
    pass


def _admin(app: APIFlask, parts: _Parts) -> None:
    pass


def _status(app: APIFlask, parts: _Parts) -> None:
    app.register_blueprint(health.blueprint(parts.database, parts.config))


def _bare_app(config: Config) -> APIFlask:
    """Return an application without routes: what they all have in common."""
    app = APIFlask(
        __name__,
        title="Raptor",
        version=config.version,
        docs_path="/api/docs",
        spec_path="/api/openapi.json",
        json_errors=False,
    )
    app.config["MAX_CONTENT_LENGTH"] = config.max_body_bytes
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    request_id.install(app)
    request_log.install(app)
    problems.install(app)
    openapi.install(app)
    return app
