"""`GET /api/health` and `/api/health/ready`: is the process up, and is its database the right one."""

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from backend_v2.config import Config
from backend_v2.db.database import Database
from backend_v2.errors import NotReady
from backend_v2.http.problems import responses
from backend_v2.status.schema import absent_columns, applied_revision, expected_revision, hides_its_revision


class HealthOut(BaseModel):
    """The process is up. version: of the code that answers."""

    status: str
    version: str


class ReadyOut(BaseModel):
    """The database answers and has the schema that the code expects.

    revision: the expected one; null when the application's role may not read which one there is,
    and the columns were compared instead.
    """

    status: str
    dialect: str
    revision: str | None


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
    def ready() -> dict[str, str | None]:
        """Say that the database answers and has the expected schema."""
        try:
            revision = _checked(database, expected)
        except SQLAlchemyError as error:
            raise NotReady(f"the database does not answer ({type(error).__name__})") from error
        return {"status": "ok", "dialect": database.engine.dialect.name, "revision": revision}

    return routes


def _checked(database: Database, expected: str) -> str | None:
    """Return the revision, or None when it is hidden and all columns are there; raises NotReady."""
    with database.connect() as connection:
        if hides_its_revision(connection):
            absent = absent_columns(connection)
            if absent:
                raise NotReady(f"the database lacks {len(absent)} columns that the code knows, such as {absent[0]}")
            return None
        found = applied_revision(connection)
    if found != expected:
        raise NotReady(f"the database has schema revision {found}, the code expects {expected}")
    return expected
