"""Decide what a run does: the command line, the environment and the settings come to one decision.

Precedence: marker > command line > environment > `pyproject.toml` > automatic. Markers are
read where tests are collected; everything else is decided here, once per run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diglot.settings import DIALECT_ALIASES, Settings, dialect_name, in_order, isolation_name, parity_name


@dataclass(frozen=True)
class Choice:
    """What this run does: which dialects, on which server, isolated how.

    postgres: `auto`, `embedded`, `system`, a major such as `16`, or a URL (kept as given; never printed).
    parity: `strict`, `report` or `off`.
    """

    dialects: tuple[str, ...]
    postgres: str
    isolation: str
    parity: str = "report"
    fresh_template: bool = False
    keep_failed: bool = False


def choose(
    settings: Settings,
    *,
    dialects: Sequence[str] = (),
    postgres: str | None = None,
    isolation: str | None = None,
    parity: str | None = None,
    fresh_template: bool = False,
    keep_failed: bool = False,
    environ: Mapping[str, str],
) -> Choice:
    """Decide what this run does; the keyword arguments are the command line's.

    A `DATABASE_URL` of Postgres selects that server and runs Postgres; one of SQLite runs SQLite
    only. Raises UnknownDialect (DG105), UnknownIsolation (DG106), UnknownParity (DG111).
    """
    url = environ.get("DATABASE_URL", "")
    url_dialect = dialect_of(url)
    return Choice(
        dialects=_choose_dialects(settings, dialects, environ, url_dialect),
        postgres=postgres
        or environ.get("DIGLOT_POSTGRES")
        or (url if url_dialect == "postgresql" else None)
        or settings.postgres,
        isolation=_choose_isolation(settings, isolation, environ),
        parity=_choose_parity(settings, parity, environ),
        fresh_template=fresh_template,
        keep_failed=keep_failed,
    )


def dialect_of(url: str) -> str | None:
    """Return the dialect that a database URL names, or None for an empty or foreign one."""
    scheme = url.split(":", 1)[0].split("+", 1)[0].lower()
    return DIALECT_ALIASES.get(scheme) if ":" in url else None


def _choose_dialects(
    settings: Settings, asked: Sequence[str], environ: Mapping[str, str], url_dialect: str | None
) -> tuple[str, ...]:
    if asked:
        return in_order(dialect_name(name, said_in="--dialect") for name in asked)
    if said := environ.get("DIGLOT_DIALECT"):
        return in_order(dialect_name(name, said_in="DIGLOT_DIALECT") for name in said.split(","))
    if url_dialect is not None:
        return (url_dialect,)
    return settings.dialects


def _choose_isolation(settings: Settings, asked: str | None, environ: Mapping[str, str]) -> str:
    if asked:
        return isolation_name(asked, said_in="--isolation")
    if said := environ.get("DIGLOT_ISOLATION"):
        return isolation_name(said, said_in="DIGLOT_ISOLATION")
    return settings.isolation


def _choose_parity(settings: Settings, asked: str | None, environ: Mapping[str, str]) -> str:
    if asked:
        return parity_name(asked, said_in="--parity")
    if said := environ.get("DIGLOT_PARITY"):
        return parity_name(said, said_in="DIGLOT_PARITY")
    return settings.parity
