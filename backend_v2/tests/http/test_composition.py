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


def test_every_body_must_be_there(spec: dict[str, Any]) -> None:
    """A body that an operation takes is required, and what can be wrong with one is described."""
    bodies = {name: one for name, one in _operations(spec).items() if "requestBody" in one}

    assert bodies
    assert {name for name, one in bodies.items() if one["requestBody"].get("required") is not True} == set()
    assert {
        name for name, one in bodies.items() if not {"400", "413", "415", "422"} <= one["responses"].keys()
    } == set()


def test_ids_in_paths_have_their_type(spec: dict[str, Any]) -> None:
    """What a route takes for an id is described: a UUID, or a whole number that fits a column."""
    ids = {
        parameter["name"]: parameter["schema"]
        for one in _operations(spec).values()
        for parameter in one.get("parameters", [])
        if parameter["in"] == "path" and parameter["name"].endswith("_id")
    }

    assert ids["passkey_id"] == {"type": "string", "format": "uuid"}
    assert {name for name, one in ids.items() if one.get("format") != "uuid" and one["type"] != "integer"} == set()
    assert {one["maximum"] for one in ids.values() if one["type"] == "integer"} <= {2**63 - 1}


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/billing/snapshots"), ("PATCH", "/api/settings")])
def test_stranger_is_refused_before_the_body_is_read(method: str, path: str) -> None:
    """Who may not ask is told so, whatever they send; a stranger does not learn what a body should be."""
    client = create_app(create_engine("sqlite://"), config=Config()).test_client()

    answers = [
        client.open(path, method=method, data=body, content_type=kind)
        for body, kind in ((b"{", "application/json"), (b"{}", "application/json"), (b"", "text/plain"))
    ]

    assert {one.status_code for one in answers} == {401}


def test_stranger_may_ask_which_methods_there_are() -> None:
    """OPTIONS is not the operation itself: a browser asks it without a session."""
    client = create_app(create_engine("sqlite://"), config=Config()).test_client()

    answer = client.options("/api/settings")

    assert answer.status_code == 200
    assert "PATCH" in answer.headers["Allow"]


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
