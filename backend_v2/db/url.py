"""Turn a database URL, as platforms hand it out, into one that names its driver.

A bare `postgresql://` means another driver to SQLAlchemy 2.1 than the one that is installed in
production, and `postgres://` means nothing to it. Every engine's URL goes through here.
"""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from backend_v2.errors import ConfigInvalid

DRIVER = "postgresql+psycopg2"

_LOCAL_HOSTS = {"", "localhost", "127.0.0.1", "::1"}
_FIX = "use postgresql://user:password@host:port/database, or sqlite+pysqlite:///./raptor.db"


def engine_url(text: str, *, name: str = "DATABASE_URL") -> URL:
    """Return the URL for `create_engine`.

    Postgres gets the driver psycopg2, and `sslmode=require` for a host that is not local unless the
    URL says otherwise. name: where the text comes from, for messages; the text itself may hold a
    password and is never shown. Raises ConfigInvalid.
    """
    try:
        url = make_url(text)
    except ArgumentError:
        raise ConfigInvalid(name=name, problem="it is not a database URL", fix=_FIX) from None
    backend = url.get_backend_name()
    if backend == "sqlite":
        return url
    if backend not in {"postgres", "postgresql"}:
        raise ConfigInvalid(name=name, problem=f"it names {backend}, not Postgres or SQLite", fix=_FIX)
    url = url.set(drivername=DRIVER)
    if "sslmode" not in url.query and not _is_local(url):
        url = url.update_query_dict({"sslmode": "require"})
    return url


def _is_local(url: URL) -> bool:
    host = str(url.query.get("host", "")) or url.host or ""
    return host in _LOCAL_HOSTS or host.startswith("/")
