"""The composition root: what the application is told, and how it describes itself."""

from typing import Any

import pytest
from flask import request
from sqlalchemy import create_engine

from backend_v2.app import create_app
from backend_v2.config import Config
from backend_v2.errors import ConfigInvalid

PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    """The API's description."""
    app = create_app(create_engine("sqlite://"), config=Config())
    description: dict[str, Any] = app.test_client().get("/api/openapi.json").get_json()
    return description


def _operations(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method} {path}": operation
        for path, operations in spec["paths"].items()
        for method, operation in operations.items()
        if method != "parameters"
    }


def test_every_error_is_described_as_a_problem(spec: dict[str, Any]) -> None:
    """Each answer of 400 and above is a problem, and nothing else."""
    errors = {
        (name, status): answer["content"]
        for name, operation in _operations(spec).items()
        for status, answer in operation["responses"].items()
        if int(status) >= 400
    }

    assert set(spec["components"]["schemas"]["Problem"]["required"]) == {"type", "title", "status", "detail"}
    assert errors
    assert {name: one for name, one in errors.items() if one != {"application/problem+json": PROBLEM}} == {}


def test_every_operation_says_that_it_may_fail(spec: dict[str, Any]) -> None:
    """Every operation describes 500, and 422 when it takes a body or a query."""
    operations = _operations(spec)
    takes_input = {
        name
        for name, one in operations.items()
        if "requestBody" in one or any(parameter["in"] == "query" for parameter in one.get("parameters", []))
    }

    assert {name for name, one in operations.items() if "500" not in one["responses"]} == set()
    assert {name for name in takes_input if "422" not in operations[name]["responses"]} == set()


def test_every_guarded_operation_says_so(spec: dict[str, Any]) -> None:
    """Whoever needs a session is told by the security scheme and by 401; nobody else is."""
    operations = _operations(spec)
    guarded = {name for name, one in operations.items() if one.get("security") == [{"session": []}]}

    assert spec["components"]["securitySchemes"]["session"]["name"] == "raptor_session"
    assert {"get /api/historical/bars", "get /api/billing/snapshots", "delete /api/auth/account"} <= guarded
    assert not guarded & {"get /api/health", "post /api/auth/login"}
    assert {name for name in guarded if "401" not in operations[name]["responses"]} == set()


def test_every_success_has_a_schema(spec: dict[str, Any]) -> None:
    """Each answer with a body refers to a model."""
    bodies = {
        (name, status): answer["content"]["application/json"]["schema"]
        for name, operation in _operations(spec).items()
        for status, answer in operation["responses"].items()
        if int(status) < 300 and status != "204"
    }

    assert bodies
    assert {name: one for name, one in bodies.items() if "$ref" not in one} == {}


@pytest.mark.parametrize(("proxies", "address"), [(0, "10.0.0.9"), (1, "203.0.113.7")])
def test_caller_is_who_the_trusted_proxy_says(proxies: int, address: str) -> None:
    """Behind one trusted proxy the caller is the last address of X-Forwarded-For; without, the peer."""
    app = create_app(create_engine("sqlite://"), config=Config(trusted_proxies=proxies))
    app.add_url_rule("/who", view_func=lambda: request.remote_addr or "")
    headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}

    answer = app.test_client().get("/who", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.9"})

    assert answer.text == address


def test_wrong_setting_stops_the_start_before_a_database_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """The settings are read first, so that a mistake leaves no new database behind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("RAPTOR_ORIGINS", "http://example.com")

    with pytest.raises(ConfigInvalid, match="RAPTOR_ORIGINS"):
        create_app()

    assert list(tmp_path.iterdir()) == []
