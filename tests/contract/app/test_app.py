"""What every route has in common: health, request ids, problems."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import sqlalchemy as sa

from diglot.client import Client
from diglot.isolation.facade import Diglot


def test_health_is_ok(diglot_client: Client) -> None:
    """The process says that it is up, and which version it is."""
    assert diglot_client.get("/api/health").json() == {"status": "ok", "version": "2.0.0"}


def test_ready_names_the_schema_revision(diglot_client: Client, diglot: Diglot) -> None:
    """The database answers and has the schema that the code expects."""
    body = diglot_client.get("/api/health/ready").json()

    assert body["status"] == "ok"
    assert body["dialect"] == diglot.dialect.name


def test_ready_says_when_the_schema_is_old(diglot_client: Client, diglot: Diglot) -> None:
    """A database without the newest revision is not ready, and the answer names both revisions."""
    table = {"sqlite": "schema_migrations", "postgresql": "alembic_version"}[diglot.dialect.name]
    with diglot.connect() as connection:
        connection.execute(sa.text(f"DELETE FROM {table}"))

    answer = diglot_client.get("/api/health/ready")

    assert answer.status_code == 503
    assert "revision None" in answer.json()["detail"]


def test_ready_says_when_there_is_no_schema(diglot_client: Client, diglot: Diglot) -> None:
    """A database that was never migrated is not ready; the answer says no more than the cause."""
    table = {"sqlite": "schema_migrations", "postgresql": "alembic_version"}[diglot.dialect.name]
    with diglot.connect() as connection:
        connection.execute(sa.text(f"DROP TABLE {table}"))

    answer = diglot_client.get("/api/health/ready")

    assert answer.status_code == 503
    assert "SELECT" not in answer.text


@pytest.fixture
def restricted(diglot: Diglot) -> Iterator[str]:
    """A role that may use every table but the one of the revision; the connection has taken it on."""
    role = f"visitor_{uuid4().hex}"
    with diglot.connect() as connection:
        if not connection.scalar(
            sa.text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        ):
            pytest.skip("the role in DATABASE_URL may not create roles")
        connection.execute(sa.text(f"CREATE ROLE {role}"))
        connection.execute(sa.text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"))
        connection.execute(sa.text(f"REVOKE ALL ON TABLE alembic_version FROM {role}"))
        connection.execute(sa.text(f"SET ROLE {role}"))
    yield role
    with diglot.connect() as connection:
        connection.execute(sa.text("RESET ROLE"))


@pytest.mark.only_on("postgresql", reason="SQLite has no roles")
@pytest.mark.usefixtures("restricted")
def test_ready_under_a_role_that_may_not_see_the_revision(diglot_client: Client) -> None:
    """A restricted role is ready when it sees every column that the code knows."""
    answer = diglot_client.get("/api/health/ready")

    assert (answer.status_code, answer.json()["revision"]) == (200, None)


@pytest.mark.only_on("postgresql", reason="SQLite has no roles")
def test_ready_says_which_column_a_restricted_role_lacks(
    diglot_client: Client, diglot: Diglot, restricted: str
) -> None:
    """A table without a grant is as good as missing, and is named."""
    with diglot.connect() as connection:
        connection.execute(sa.text("RESET ROLE"))
        connection.execute(sa.text(f"REVOKE ALL ON TABLE historical_bars FROM {restricted}"))
        connection.execute(sa.text(f"SET ROLE {restricted}"))

    answer = diglot_client.get("/api/health/ready")

    assert answer.status_code == 503
    assert "historical_bars.symbol" in answer.json()["detail"]


def test_request_id_is_taken_over_when_well_formed(diglot_client: Client) -> None:
    """A caller's id comes back, also in problems; a malformed one is replaced."""
    kept = diglot_client.get("/api/nowhere", headers={"X-Request-ID": "abc-12345"})
    replaced = diglot_client.get("/api/nowhere", headers={"X-Request-ID": "a b\tc"})

    assert kept.headers["X-Request-ID"] == kept.json()["request_id"] == "abc-12345"
    assert replaced.headers["X-Request-ID"] != "a b\tc"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/nowhere", 404), ("PUT", "/api/health", 405), ("POST", "/api/auth/login", 422)],
)
def test_every_error_is_a_problem(diglot_client: Client, method: str, path: str, status: int) -> None:
    """Whatever goes wrong has one shape: type, title, status, detail."""
    answer = diglot_client.request(method, path, json={"unknown": 1} if method == "POST" else None)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "request_id"} <= answer.json().keys()


def test_unexpected_error_shows_nothing_of_itself(diglot_client: Client, diglot: Diglot) -> None:
    """A failure inside is 500 with the request's id, and no word of SQL or of a stack."""
    with diglot.connect() as connection:
        connection.execute(sa.text("DROP TABLE login_attempts"))

    answer = diglot_client.post("/api/auth/login/options", json={})

    assert answer.status_code == 500
    assert "login_attempts" not in answer.text
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]


def test_body_that_is_too_large_is_refused(diglot_client: Client) -> None:
    """A body above the limit is refused before it is read."""
    answer = diglot_client.post("/api/auth/login", content=b"x" * (300 * 1024), headers={"Content-Type": "text/json"})

    assert answer.status_code in {413, 415, 422}


def test_openapi_describes_every_route(diglot_client: Client) -> None:
    """The description is served, and names the routes of each domain."""
    paths = diglot_client.get("/api/openapi.json").json()["paths"]

    assert {"/api/auth/login", "/api/historical/bars", "/api/billing/snapshots", "/api/health/ready"} <= paths.keys()
