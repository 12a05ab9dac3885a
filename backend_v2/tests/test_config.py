"""What the environment may say, and what it may not."""

from datetime import timedelta

import pytest

from backend_v2.config import Config, MailConfig, WebhookConfig
from backend_v2.errors import ConfigInvalid

PUBLIC = {
    "RAPTOR_RP_ID": "example.com",
    "RAPTOR_ORIGINS": "https://app.example.com, https://example.com",
    "RAPTOR_PAGE_KEY": "0123456789abcdef",
}


def test_nothing_said_means_development_on_localhost() -> None:
    """Without settings Raptor serves http on localhost, with cookies that http may carry."""
    config = Config.from_environ({})

    assert (config.rp_id, config.origins, config.secure_cookies) == ("localhost", ("http://localhost",), False)


def test_public_origins_make_cookies_secure() -> None:
    """As soon as an origin is https the cookies are for https alone."""
    config = Config.from_environ(PUBLIC)

    assert config.origins == ("https://app.example.com", "https://example.com")
    assert config.secure_cookies


def test_recent_bars_of_the_consolidated_feed_are_held_back() -> None:
    """The feed `sip` is asked 15 minutes late, unless the plan has recent data."""
    late = Config.from_environ({"ALPACA_FEED": "sip"})
    at_once = Config.from_environ({"ALPACA_FEED": "sip", "ALPACA_REALTIME": "1"})

    assert late.alpaca.delay == timedelta(minutes=15)
    assert at_once.alpaca.delay == Config.from_environ({"ALPACA_FEED": "iex"}).alpaca.delay == timedelta(0)


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"RAPTOR_ORIGINS": " , "}, "RAPTOR_ORIGINS"),
        ({"RAPTOR_ORIGINS": "http://example.com"}, "RAPTOR_ORIGINS"),
        ({"RAPTOR_ORIGINS": "https://localhost/path"}, "RAPTOR_ORIGINS"),
        ({"RAPTOR_ORIGINS": "https://localhost?x"}, "RAPTOR_ORIGINS"),
        ({"RAPTOR_ORIGINS": "https://[::1"}, "RAPTOR_ORIGINS"),
        ({"RAPTOR_ORIGINS": "https://localhost:port"}, "RAPTOR_ORIGINS"),
        ({"RAPTOR_ORIGINS": "https://evil-example.com", "RAPTOR_RP_ID": "example.com"}, "RAPTOR_RP_ID"),
        ({**PUBLIC, "RAPTOR_PAGE_KEY": "development"}, "RAPTOR_PAGE_KEY"),
        ({**PUBLIC, "RAPTOR_PAGE_KEY": "15 bytes of key"}, "RAPTOR_PAGE_KEY"),
        ({"RAPTOR_TRUSTED_PROXIES": "-1"}, "RAPTOR_TRUSTED_PROXIES"),
        ({"ALPACA_BASE_URL": "ftp://data.example.com"}, "ALPACA_BASE_URL"),
        ({"ALPACA_BASE_URL": "http://data.example.com"}, "ALPACA_BASE_URL"),
        ({"ALPACA_BASE_URL": "https://user:word@data.example.com"}, "ALPACA_BASE_URL"),
        ({"ALPACA_FEED": "nyse"}, "ALPACA_FEED"),
        ({"ALPACA_KEY_ID": "id"}, "ALPACA_SECRET_KEY"),
        ({"ALPACA_SECRET_KEY": "s3cret"}, "ALPACA_KEY_ID"),
        ({"ALPACA_KEY_ID": "id", "ALPACA_SECRET_KEY": "s3cret\n"}, "ALPACA_SECRET_KEY"),
        ({"POSTMARK_SERVER_TOKEN": "t0ken"}, "RAPTOR_MAIL_FROM"),
        ({"POSTMARK_SERVER_TOKEN": "t0 ken", "RAPTOR_MAIL_FROM": "a@example.com"}, "POSTMARK_SERVER_TOKEN"),
        ({"POSTMARK_BASE_URL": "http://mail.example.com"}, "POSTMARK_BASE_URL"),
        ({"POSTMARK_WEBHOOK_PASSWORD": "15 bytes of key"}, "POSTMARK_WEBHOOK_PASSWORD"),
        ({"STATUS_WEBHOOK_SECRET": "15 bytes of key"}, "STATUS_WEBHOOK_SECRET"),
    ],
    ids=str,
)
def test_setting_that_cannot_be_used_is_named_with_its_fix(environ: dict[str, str], name: str) -> None:
    """A wrong setting stops the start; the message names the variable and the fix."""
    with pytest.raises(ConfigInvalid, match=f"^{name} cannot be used: .*Fix: "):
        Config.from_environ(environ)


def test_secrets_never_show() -> None:
    """Neither a configuration's repr nor an error shows a key or a password."""
    keys = {
        "ALPACA_KEY_ID": "AKID",
        "ALPACA_SECRET_KEY": "s3cret",
        "RAPTOR_PAGE_KEY": "p4ge",
        "POSTMARK_SERVER_TOKEN": "t0ken",
        "RAPTOR_MAIL_FROM": "raptor@example.com",
        "POSTMARK_WEBHOOK_PASSWORD": "w3bhook-password",
        "STATUS_WEBHOOK_SECRET": "st4tus-secret-of-16",
    }
    shown = repr(Config.from_environ(keys))
    with pytest.raises(ConfigInvalid) as refused:
        Config.from_environ({"ALPACA_BASE_URL": "https://user:s3cret@data.example.com"})

    secrets = ("AKID", "s3cret", "p4ge", "t0ken", "w3bhook", "st4tus")
    assert [secret for secret in secrets if secret in shown + str(refused.value)] == []


def test_mail_and_webhooks_are_closed_until_they_are_configured() -> None:
    """Without credentials no mail is sent and no webhook may be called; with them, as they say."""
    closed = Config.from_environ({})
    opened = Config.from_environ(
        {
            "POSTMARK_SERVER_TOKEN": "t0ken",
            "RAPTOR_MAIL_FROM": "raptor@example.com",
            "POSTMARK_BASE_URL": "http://localhost:8200/",
            "POSTMARK_WEBHOOK_USER": "hook",
            "POSTMARK_WEBHOOK_PASSWORD": "w3bhook-password",
            "STATUS_WEBHOOK_SECRET": "st4tus-secret-of-16",
        }
    )

    assert (closed.mail.server_token, closed.webhooks) == ("", WebhookConfig())
    assert opened.mail == MailConfig("t0ken", "raptor@example.com", "http://localhost:8200")
    assert opened.webhooks == WebhookConfig("hook", "w3bhook-password", "st4tus-secret-of-16")
