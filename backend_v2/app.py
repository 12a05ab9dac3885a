"""The composition root: the one place that knows every domain."""

import os
from dataclasses import dataclass

from apiflask import APIFlask
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from backend_v2.admin import admin_customers
from backend_v2.admin.customer_service import CustomerService
from backend_v2.auth import auth, auth_email, backup_codes, bootstrap_tokens, events
from backend_v2.auth.account_service import AccountService
from backend_v2.auth.backup_codes_service import BackupCodesService
from backend_v2.auth.bootstrap_token_service import BootstrapTokenService
from backend_v2.auth.customer_session_service import CustomerSessionService
from backend_v2.auth.email_challenge_service import EmailChallengeService
from backend_v2.auth.login_guard import LoginGuard
from backend_v2.auth.webauthn_service import WebauthnService
from backend_v2.billing import billing, billing_alert_config, subscriptions
from backend_v2.billing.billing_alert_service import BillingAlertService
from backend_v2.billing.billing_service import BillingService
from backend_v2.billing.subscription_service import SubscriptionService
from backend_v2.clock import Clock, utc_now
from backend_v2.config import Config
from backend_v2.db import Database, init_persistence
from backend_v2.http import openapi, problems, request_id, request_log
from backend_v2.http.mailer import Mailer
from backend_v2.http.outgoing import BaseTransport
from backend_v2.http.session_cookie import use_resolver
from backend_v2.mail import postmark_delivery, postmark_inbound, repositories as mail_data
from backend_v2.mail.postmark_delivery_service import PostmarkDeliveryService
from backend_v2.mail.postmark_inbound_service import PostmarkInboundService
from backend_v2.market_data import backtest, historical_data, market_data, symbols
from backend_v2.market_data.alpaca import AlpacaClient
from backend_v2.market_data.backtest_service import BacktestService
from backend_v2.market_data.historical_service import HistoricalService
from backend_v2.market_data.quote_service import QuoteService
from backend_v2.market_data.symbol_service import SymbolService
from backend_v2.marketing import marketing, repositories as marketing_data
from backend_v2.marketing.marketing_service import MarketingService
from backend_v2.settings import onboarding, settings, visual_feedback_settings
from backend_v2.settings.onboarding_service import OnboardingService
from backend_v2.settings.settings_service import SettingsService
from backend_v2.settings.visual_feedback_settings_service import VisualFeedbackSettingsService
from backend_v2.status import health, status_webhook
from backend_v2.status.status_service import StatusService
from backend_v2.support import repositories as support_data, support, support_customer_map
from backend_v2.support.support_customer_map_service import SupportCustomerMapService
from backend_v2.support.support_service import SupportService
from backend_v2.trading import strategies, trading
from backend_v2.trading.paper_account_service import PaperAccountService
from backend_v2.trading.paper_order_service import PaperOrderService
from backend_v2.trading.strategy_service import StrategyService
from backend_v2.trading.trading_runtime import TradingRuntimeService

DATABASE = "raptor_database"
"""Under this name the application's extensions hold its `Database`."""


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
    app.extensions[DATABASE] = database
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
    guard = LoginGuard(parts.database, parts.config, parts.clock)
    webauthn = WebauthnService(parts.database, sessions, guard, parts.config, parts.clock)
    # Mail first: it looks up in support's tables which addresses were theirs.
    erasers = (mail_data.erase, support_data.erase, marketing_data.erase)
    account = AccountService(parts.database, parts.clock, erasers=erasers)
    codes = BackupCodesService(parts.database, sessions, guard, parts.clock)
    tokens = BootstrapTokenService(parts.database, sessions, guard, parts.clock)
    challenges = EmailChallengeService(
        parts.database, sessions, guard, mailer=parts.mailer, config=parts.config, clock=parts.clock
    )
    app.register_blueprint(auth.blueprint(webauthn, sessions, account, parts.config))
    app.register_blueprint(events.blueprint(account, parts.config))
    app.register_blueprint(backup_codes.blueprint(codes, parts.config))
    app.register_blueprint(bootstrap_tokens.blueprint(tokens, parts.config))
    app.register_blueprint(auth_email.blueprint(challenges, parts.config))


def _market_data(app: APIFlask, parts: _Parts) -> None:
    bars = HistoricalService(parts.database, parts.alpaca, parts.clock)
    app.register_blueprint(historical_data.blueprint(bars, parts.config))
    app.register_blueprint(symbols.blueprint(SymbolService(parts.database, parts.clock), parts.config))
    app.register_blueprint(market_data.blueprint(QuoteService(parts.database, parts.alpaca, parts.clock)))
    backtests = BacktestService(parts.database, bars, parts.clock)
    app.register_blueprint(backtest.blueprint(backtests, parts.config))


def _trading(app: APIFlask, parts: _Parts) -> None:
    quotes = QuoteService(parts.database, parts.alpaca, parts.clock)
    accounts = PaperAccountService(parts.database, parts.clock)
    orders = PaperOrderService(parts.database, quotes, parts.clock)
    runtime = TradingRuntimeService(parts.database, parts.clock)
    app.register_blueprint(trading.blueprint(accounts, orders, parts.config))
    app.register_blueprint(strategies.blueprint(StrategyService(parts.database, parts.clock), runtime, parts.config))


def _settings(app: APIFlask, parts: _Parts) -> None:
    visual = VisualFeedbackSettingsService(parts.database, parts.clock)
    app.register_blueprint(settings.blueprint(SettingsService(parts.database, parts.clock)))
    app.register_blueprint(visual_feedback_settings.blueprint(visual))
    app.register_blueprint(onboarding.blueprint(OnboardingService(parts.database, parts.clock)))


def _billing(app: APIFlask, parts: _Parts) -> None:
    alerts = BillingAlertService(parts.database, parts.clock)
    charges = BillingService(parts.database, alerts, parts.clock)
    app.register_blueprint(billing.blueprint(charges, parts.config))
    app.register_blueprint(billing_alert_config.blueprint(alerts, parts.config))
    app.register_blueprint(subscriptions.blueprint(SubscriptionService(parts.database, parts.clock)))


def _marketing(app: APIFlask, parts: _Parts) -> None:
    service = MarketingService(parts.database, parts.clock, key=parts.config.page_key)
    app.register_blueprint(marketing.blueprint(service, parts.config))


def _support(app: APIFlask, parts: _Parts) -> None:
    tickets = SupportService(parts.database, parts.mailer, parts.clock)
    customers = SupportCustomerMapService(parts.database, parts.clock)
    app.register_blueprint(support.blueprint(tickets, parts.config))
    app.register_blueprint(support_customer_map.blueprint(customers, parts.config))


def _mail(app: APIFlask, parts: _Parts) -> None:
    inbound = PostmarkInboundService(parts.database, parts.clock)
    deliveries = PostmarkDeliveryService(parts.database, parts.clock)
    app.register_blueprint(postmark_inbound.blueprint(inbound, parts.config))
    app.register_blueprint(postmark_delivery.blueprint(deliveries, parts.config))


def _admin(app: APIFlask, parts: _Parts) -> None:
    app.register_blueprint(admin_customers.blueprint(CustomerService(parts.database, parts.clock), parts.config))


def _status(app: APIFlask, parts: _Parts) -> None:
    app.register_blueprint(health.blueprint(parts.database, parts.config))
    app.register_blueprint(status_webhook.blueprint(StatusService(parts.database, parts.clock), parts.config))


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
