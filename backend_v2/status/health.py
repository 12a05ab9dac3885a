"""`GET /api/health` and `/api/health/ready`: is the process up, and is its database the right one."""

from pathlib import Path

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from backend_v2.config import Config
from backend_v2.db import sqlite_migrations
from backend_v2.db.database import Database
from backend_v2.errors import NotReady
from backend_v2.http.problems import responses

_VERSIONS = Path(__file__).parents[1] / "alembic" / "versions"


class HealthOut(BaseModel):
    """The process is up. version: of the code that answers."""

    status: str
    version: str


class ReadyOut(BaseModel):
    """The database answers and has the schema that the code expects."""

    status: str
    dialect: str
    revision: str


def expected_revision(dialect: str) -> str:
    """Return the newest schema revision that the code ships, for a dialect."""
    if dialect == "sqlite":
        return sqlite_migrations.newest_script()
    return max(path.stem for path in _VERSIONS.glob("*.py"))


def applied_revision(connection: Connection) -> str | None:
    """Return the revision that the database has; None when it has never been migrated."""
    if connection.dialect.name == "sqlite":
        return sqlite_migrations.applied_script(connection)
    revision = connection.exec_driver_sql("SELECT max(version_num) FROM alembic_version").scalar()
    return None if revision is None else str(revision)


def blueprint(database: Database, config: Config) -> APIBlueprint:
    """Return the routes over this database."""
    routes = APIBlueprint("health", __name__, url_prefix="/api/health", tag="health")
    expected = expected_revision(database.engine.dialect.name)

    @routes.get("")
    @routes.output(HealthOut)
    def health() -> dict[str, str]:
        """Say that the process is up; asks no database."""
        return {"status": "ok", "version": config.version}

    @routes.get("/ready")
    @routes.output(ReadyOut)
    @routes.doc(responses=responses(503))
    def ready() -> dict[str, str]:
        """Say that the database answers and has the expected schema."""
        try:
            with database.connect() as connection:
                found = applied_revision(connection)
        except SQLAlchemyError as error:
            raise NotReady(f"the database does not answer ({type(error).__name__})") from error
        if found != expected:
            raise NotReady(f"the database has schema revision {found}, the code expects {expected}")
        return {"status": "ok", "dialect": database.engine.dialect.name, "revision": expected}

    return routes
