"""Raptor's persistence: `init_persistence` decides which database there is."""

from collections.abc import Mapping

from backend_v2.db.database import Database
from backend_v2.db.sqlite_migrations import migrate
from backend_v2.db.url import engine_url
from backend_v2.errors import ConfigInvalid

__all__ = ["Database", "init_persistence"]

SQLITE_URL = "sqlite+pysqlite:///./raptor.db"
SEPARATION_FLAG = "FLAG_RAPTOR_APP_ROLE_SEPARATION"
APP_URL = "RAPTOR_APP_DATABASE_URL"


def init_persistence(environ: Mapping[str, str]) -> Database:
    """Return the database that the environment names: `DATABASE_URL`, else a SQLite file.

    SQLite is migrated here; Postgres is migrated by Alembic, before the application starts. With
    `FLAG_RAPTOR_APP_ROLE_SEPARATION=1` the application connects through `RAPTOR_APP_DATABASE_URL`,
    as the restricted role. Raises ConfigInvalid, MigrationEdited, MigrationFailed.
    """
    name = "DATABASE_URL"
    text = environ.get(name) or SQLITE_URL
    if environ.get(SEPARATION_FLAG) == "1":
        name, text = APP_URL, environ.get(APP_URL, "")
        if not text:
            raise ConfigInvalid(
                name=APP_URL,
                problem=f"it is not set, although {SEPARATION_FLAG} is 1",
                fix=f"set {APP_URL} to the restricted role's URL, or {SEPARATION_FLAG}=0",
            )
    database = Database.open(engine_url(text, name=name), pool_size=_pool_size(environ))
    if database.engine.dialect.name == "sqlite":
        migrate(database.engine)
    return database


def _pool_size(environ: Mapping[str, str]) -> int:
    text = environ.get("RAPTOR_DB_POOL_SIZE", "3")
    if not text.isdigit() or int(text) < 1:
        raise ConfigInvalid(name="RAPTOR_DB_POOL_SIZE", problem=f"it is {text!r}", fix="use a whole number above 0")
    return int(text)
