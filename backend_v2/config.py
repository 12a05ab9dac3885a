"""What an installation of Raptor is told by its environment, checked once, when it starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from backend_v2.errors import ConfigInvalid

VERSION = "2.0.0"


@dataclass(frozen=True)
class AlpacaConfig:
    """How to reach the market data API; the keys never show."""

    base_url: str = "https://data.alpaca.markets"
    key_id: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    feed: str = "iex"
    timeout_s: float = 10.0


@dataclass(frozen=True)
class Config:
    """The settings of one installation.

    rp_id, origins: the WebAuthn relying party and the web origins that may use it.
    session_idle, session_absolute: how long a session lives unused, and at all.
    """

    version: str = VERSION
    rp_id: str = "localhost"
    rp_name: str = "Raptor"
    origins: tuple[str, ...] = ("http://localhost",)
    session_idle: timedelta = timedelta(hours=12)
    session_absolute: timedelta = timedelta(days=30)
    challenge_lifetime: timedelta = timedelta(minutes=5)
    page_key: bytes = field(default=b"development", repr=False)
    max_body_bytes: int = 256 * 1024
    alpaca: AlpacaConfig = AlpacaConfig()

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies are for https alone: always, except for http on localhost."""
        return not all(origin.startswith("http://") for origin in self.origins)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Config":
        """Read the settings; raises ConfigInvalid with the variable's name and the fix."""
        origins = tuple(part.strip() for part in environ.get("RAPTOR_ORIGINS", "http://localhost").split(",") if part)
        rp_id = environ.get("RAPTOR_RP_ID", "localhost")
        for origin in origins:
            _check_origin(origin, rp_id)
        return cls(
            version=environ.get("RAPTOR_VERSION", VERSION),
            rp_id=rp_id,
            rp_name=environ.get("RAPTOR_RP_NAME", "Raptor"),
            origins=origins,
            page_key=environ.get("RAPTOR_PAGE_KEY", "development").encode(),
            alpaca=AlpacaConfig(
                base_url=_web_address(environ, "ALPACA_BASE_URL", "https://data.alpaca.markets"),
                key_id=environ.get("ALPACA_KEY_ID", ""),
                secret_key=environ.get("ALPACA_SECRET_KEY", ""),
                feed=environ.get("ALPACA_FEED", "iex"),
            ),
        )


def _check_origin(origin: str, rp_id: str) -> None:
    parts = urlsplit(origin)
    host = parts.hostname or ""
    local = host == "localhost" or host.endswith(".localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ConfigInvalid(
            name="RAPTOR_ORIGINS", problem=f"{origin!r} is neither https nor http on localhost", fix="use https"
        )
    if parts.path not in {"", "/"} or origin.endswith("/"):
        raise ConfigInvalid(
            name="RAPTOR_ORIGINS", problem=f"{origin!r} has a path", fix="use scheme, host and port alone"
        )
    if host != rp_id and not host.endswith(f".{rp_id}"):
        raise ConfigInvalid(
            name="RAPTOR_RP_ID", problem=f"{rp_id!r} is no suffix of the origin {origin!r}", fix="make them agree"
        )


def _web_address(environ: Mapping[str, str], name: str, default: str) -> str:
    text = environ.get(name, default)
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigInvalid(name=name, problem=f"{text!r} is no http address", fix=f"use one such as {default}")
    return text.rstrip("/")
