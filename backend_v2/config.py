"""What an installation of Raptor is told by its environment, checked once, when it starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

from backend_v2.errors import ConfigInvalid

VERSION = "2.0.0"
FEEDS = ("sip", "iex", "boats", "otc", "delayed_sip", "overnight")
ALPACA_URL = "https://data.alpaca.markets"
POSTMARK_URL = "https://api.postmarkapp.com"

_DEVELOPMENT_KEY = "development"
_SHORTEST_KEY = 16


@dataclass(frozen=True)
class AlpacaConfig:
    """How to reach the market data API; the keys never show.

    delay: how far behind the clock the newest bars are that may be asked for.
    """

    base_url: str = ALPACA_URL
    key_id: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    feed: str = "iex"
    delay: timedelta = timedelta(0)
    timeout_s: float = 10.0


@dataclass(frozen=True)
class MailConfig:
    """How to send mail; the token never shows. sender: the address that messages come from."""

    server_token: str = field(default="", repr=False)
    sender: str = "raptor@localhost"
    base_url: str = POSTMARK_URL
    timeout_s: float = 10.0


@dataclass(frozen=True)
class WebhookConfig:
    """What those must show who call webhooks; an empty password or secret closes them."""

    postmark_user: str = "postmark"
    postmark_password: str = field(default="", repr=False)
    status_secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Config:
    """The settings of one installation.

    rp_id, origins: the WebAuthn relying party and the web origins that may use it.
    session_idle, session_absolute: how long a session lives unused, and at all.
    trusted_proxies: how many proxies before Raptor say truly whom they speak for.
    """

    version: str = VERSION
    rp_id: str = "localhost"
    rp_name: str = "Raptor"
    origins: tuple[str, ...] = ("http://localhost",)
    session_idle: timedelta = timedelta(hours=12)
    session_absolute: timedelta = timedelta(days=30)
    challenge_lifetime: timedelta = timedelta(minutes=5)
    page_key: bytes = field(default=_DEVELOPMENT_KEY.encode(), repr=False)
    max_body_bytes: int = 256 * 1024
    trusted_proxies: int = 0
    alpaca: AlpacaConfig = AlpacaConfig()
    mail: MailConfig = MailConfig()
    webhooks: WebhookConfig = WebhookConfig()

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies are for https alone: always, except where every origin is http on localhost."""
        return not all(origin.startswith("http://") for origin in self.origins)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Config":
        """Read the settings; raises ConfigInvalid with the variable's name and the fix, never with a secret."""
        rp_id = environ.get("RAPTOR_RP_ID", "localhost")
        origins = _origins(environ.get("RAPTOR_ORIGINS", "http://localhost"), rp_id)
        is_public = any(origin.startswith("https://") for origin in origins)
        return cls(
            version=environ.get("RAPTOR_VERSION", VERSION),
            rp_id=rp_id,
            rp_name=environ.get("RAPTOR_RP_NAME", "Raptor"),
            origins=origins,
            page_key=_page_key(environ.get("RAPTOR_PAGE_KEY", _DEVELOPMENT_KEY), is_public=is_public),
            trusted_proxies=_trusted_proxies(environ.get("RAPTOR_TRUSTED_PROXIES", "0")),
            alpaca=_alpaca(environ),
            mail=_mail(environ),
            webhooks=_webhooks(environ),
        )


def _origins(text: str, rp_id: str) -> tuple[str, ...]:
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    if not origins:
        raise ConfigInvalid(name="RAPTOR_ORIGINS", problem="it names no origin", fix="use https://host, or unset it")
    for origin in origins:
        _check_origin(origin, rp_id)
    return origins


def _check_origin(origin: str, rp_id: str) -> None:
    parts = _split("RAPTOR_ORIGINS", origin)
    host = parts.hostname or ""
    local = host == "localhost" or host.endswith(".localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ConfigInvalid(
            name="RAPTOR_ORIGINS", problem=f"{origin!r} is neither https nor http on localhost", fix="use https"
        )
    if f"{parts.scheme}://{parts.netloc}" != origin or "@" in parts.netloc:
        raise ConfigInvalid(
            name="RAPTOR_ORIGINS", problem=f"{origin!r} has a path", fix="use scheme, host and port alone"
        )
    if host != rp_id and not host.endswith(f".{rp_id}"):
        raise ConfigInvalid(
            name="RAPTOR_RP_ID", problem=f"{rp_id!r} is no suffix of the origin {origin!r}", fix="make them agree"
        )


def _page_key(text: str, *, is_public: bool) -> bytes:
    key = text.encode()
    if is_public and (text == _DEVELOPMENT_KEY or len(key) < _SHORTEST_KEY):
        raise ConfigInvalid(
            name="RAPTOR_PAGE_KEY",
            problem=f"it has {len(key)} bytes or is the one of development, and an origin is https",
            fix=f"set it to at least {_SHORTEST_KEY} random bytes, alike for all processes",
        )
    return key


def _trusted_proxies(text: str) -> int:
    if text not in {"0", "1", "2", "3"}:
        raise ConfigInvalid(name="RAPTOR_TRUSTED_PROXIES", problem=f"it is {text!r}", fix="use a number from 0 to 3")
    return int(text)


def _alpaca(environ: Mapping[str, str]) -> AlpacaConfig:
    feed = environ.get("ALPACA_FEED", "iex")
    if feed not in FEEDS:
        raise ConfigInvalid(name="ALPACA_FEED", problem=f"{feed!r} is no feed", fix=f"use one of {', '.join(FEEDS)}")
    keys = {name: environ.get(name, "") for name in ("ALPACA_KEY_ID", "ALPACA_SECRET_KEY")}
    for name, key in keys.items():
        other = next(one for one in keys if one != name)
        if not key and keys[other]:
            raise ConfigInvalid(name=name, problem=f"it is not set, although {other} is", fix="set both or none")
        _check_header(name, key)
    # Without a plan for recent data the consolidated feed refuses the last 15 minutes altogether.
    held_back = feed == "sip" and environ.get("ALPACA_REALTIME") != "1"
    return AlpacaConfig(
        base_url=_service_url("ALPACA_BASE_URL", environ.get("ALPACA_BASE_URL", ALPACA_URL), ALPACA_URL),
        key_id=keys["ALPACA_KEY_ID"],
        secret_key=keys["ALPACA_SECRET_KEY"],
        feed=feed,
        delay=timedelta(minutes=15) if held_back else timedelta(0),
    )


def _mail(environ: Mapping[str, str]) -> MailConfig:
    token = environ.get("POSTMARK_SERVER_TOKEN", "")
    _check_header("POSTMARK_SERVER_TOKEN", token)
    sender = environ.get("RAPTOR_MAIL_FROM", "")
    if token and "@" not in sender:
        raise ConfigInvalid(
            name="RAPTOR_MAIL_FROM",
            problem="it is no address, although POSTMARK_SERVER_TOKEN is set",
            fix="set it to an address that Postmark may send from",
        )
    base_url = _service_url("POSTMARK_BASE_URL", environ.get("POSTMARK_BASE_URL", POSTMARK_URL), POSTMARK_URL)
    return MailConfig(server_token=token, sender=sender or "raptor@localhost", base_url=base_url)


def _webhooks(environ: Mapping[str, str]) -> WebhookConfig:
    names = ("POSTMARK_WEBHOOK_PASSWORD", "STATUS_WEBHOOK_SECRET")
    for name in names:
        given = environ.get(name, "")
        if given and len(given) < _SHORTEST_KEY:
            raise ConfigInvalid(
                name=name,
                problem=f"it has {len(given)} characters, which can be guessed",
                fix=f"set it to at least {_SHORTEST_KEY} random ones",
            )
    password, secret = (environ.get(name, "") for name in names)
    return WebhookConfig(environ.get("POSTMARK_WEBHOOK_USER", "postmark"), password, secret)


def _check_header(name: str, key: str) -> None:
    if not all("!" <= letter <= "~" for letter in key):
        raise ConfigInvalid(name=name, problem="it holds what no header can", fix="copy the key without spaces")


def _service_url(name: str, text: str, usual: str) -> str:
    """Return the address; keys travel with every request, so that it is https, or http within the machine."""
    parts = _split(name, text)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise ConfigInvalid(
            name=name,
            problem="it is neither an https address nor http on this machine",
            fix=f"use one such as {usual}",
        )
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigInvalid(name=name, problem="it has a user, a query or a fragment", fix="use the bare address")
    return text.rstrip("/")


def _split(name: str, text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ConfigInvalid(name=name, problem="it is no address", fix="use scheme://host") from None
    return parts
