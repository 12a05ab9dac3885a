"""The fuzzer can fail: each habit that it is there for is planted in a small application, and found."""

from collections.abc import Callable
from io import BytesIO
from typing import Annotated, Any, Self

import pytest
from apiflask import APIFlask
from flask import Response, jsonify, make_response
from pydantic import BaseModel, Field, model_validator

from backend_v2.http import openapi, problems, request_id
from backend_v2.http.fields import Closed, PageToken
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import Caller as Visitor, signed_in, use_resolver
from diglot.client import Client
from tests.fuzz.gate import COOKIE, SIGNATURE, Exchange, Gate
from tests.fuzz.possessions import Possessions

pytest.importorskip("schemathesis", reason="the dependency group `fuzz` is not installed")

from tests.fuzz.campaign import Caller, Effort, Outcome, run
from tests.fuzz.excuses import EXCUSES
from tests.fuzz.report import Campaign, Comparison, campaign_text, compare

EFFORT = Effort(seed=1, max_examples=10, phases=("coverage", "fuzzing"))
Plant = Callable[[APIFlask], None]


class _In(Closed):
    """A number."""

    number: Annotated[int, Field(strict=True, ge=0, le=100)]


class _Page(Closed):
    """A page of a list."""

    page_token: PageToken | None = None


class _Span(Closed):
    """Two numbers in order."""

    start: Annotated[int, Field(strict=True, ge=0, le=100)]
    end: Annotated[int, Field(strict=True, ge=0, le=100)]

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("end is before start")
        return self


class _Out(BaseModel):
    """A number."""

    number: int


def _sound(app: APIFlask) -> None:
    @app.post("/things")
    @app.input(_In, arg_name="body")
    @app.output(_Out)
    def thing(body: _In) -> dict[str, Any]:
        return {"number": body.number}


def _fails_inside(app: APIFlask) -> None:
    @app.post("/things")
    @app.input(_In, arg_name="body")
    @app.output(_Out)
    def thing(body: _In) -> dict[str, Any]:
        return {"number": 1 // (100 - body.number)}


def _gives_an_undescribed_status(app: APIFlask) -> None:
    @app.post("/things")
    @app.input(_In, arg_name="body")
    @app.output(_Out)
    def thing(body: _In) -> Any:
        return make_response(jsonify({"number": body.number}), 202)


def _breaks_its_schema(app: APIFlask) -> None:
    @app.post("/things")
    @app.input(_In, arg_name="body")
    @app.output(_Out)
    def thing(body: _In) -> Response:
        return jsonify({"number": str(body.number)})


def _says_another_media_type(app: APIFlask) -> None:
    @app.post("/things")
    @app.input(_In, arg_name="body")
    @app.output(_Out)
    def thing(body: _In) -> Response:
        return Response("1", content_type="text/plain")


def _refuses_what_fits(app: APIFlask) -> None:
    @app.post("/things")
    @app.input(_In, arg_name="body")
    @app.output(_Out)
    @app.doc(responses=responses(400))
    def thing(body: _In) -> Any:
        return problems.problem(400, "Bad request", "not today")


def _refuses_made_up_tokens(app: APIFlask) -> None:
    @app.get("/things")
    @app.input(_Page, location="query", arg_name="query")
    @app.output(_Out)
    @app.doc(responses=responses(400))
    def things(query: _Page) -> Any:
        detail = "page_token is not one that this list gave out"
        return {"number": 1} if query.page_token is None else problems.problem(400, "Bad request", detail)


def _refuses_by_a_rule_between_fields(app: APIFlask) -> None:
    @app.post("/things")
    @app.input(_Span, arg_name="body")
    @app.output(_Out)
    def thing(body: _Span) -> dict[str, Any]:
        return {"number": body.end - body.start}


def _takes_what_does_not_fit(app: APIFlask) -> None:
    @app.get("/things")
    @app.output(_Out)
    @app.doc(responses=responses(422))
    def things() -> dict[str, Any]:
        return {"number": 1}

    def demand_more(spec: Any) -> Any:
        spec["paths"]["/things"]["get"]["parameters"] = [
            {"name": "kind", "in": "query", "required": True, "schema": {"type": "string", "enum": ["a", "b"]}}
        ]
        return spec

    app.spec_processor(demand_more)


def _forgets_its_guard(app: APIFlask) -> None:
    @app.get("/things")
    @app.output(_Out)
    @app.doc(security=[{"session": []}], responses=responses(401))
    def things() -> dict[str, Any]:
        return {"number": 1}


def _app(*plants: Plant) -> APIFlask:
    app = APIFlask(__name__, spec_path="/api/openapi.json", json_errors=False)
    request_id.install(app)
    problems.install(app)
    openapi.install(app)
    for plant in plants:
        plant(app)
    return app


def _fuzz(app: Any, caller: Caller | None = None) -> Outcome:
    return run(app, caller or Caller("stranger"), EFFORT, excuses=EXCUSES)


def test_sound_application_has_no_findings() -> None:
    """What is as described is tried in both modes, and nothing is found."""
    outcome = _fuzz(_app(_sound))

    assert outcome.findings == {}
    assert outcome.cases["coverage", "negative"] > 5
    assert outcome.cases["fuzzing", "positive"] > 0
    assert outcome.never_succeeded() == []
    assert {"negative_data_rejection", "not_a_server_error", "unsupported_method"} <= outcome.checks.keys()


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (_fails_inside, "not_a_server_error"),
        (_gives_an_undescribed_status, "status_code_conformance"),
        (_breaks_its_schema, "response_schema_conformance"),
        (_says_another_media_type, "content_type_conformance"),
        (_refuses_what_fits, "positive_data_acceptance"),
        (_takes_what_does_not_fit, "negative_data_rejection"),
        (_forgets_its_guard, "ignored_auth"),
    ],
)
def test_planted_fault_is_found(plant: Plant, check: str) -> None:
    """Each fault is found by the check that is there for it, with a command line that repeats the request."""
    outcome = _fuzz(Gate(_app(plant)), Caller("customer", cookies={COOKIE: "customer"}))

    found = {finding.check: finding for finding in outcome.findings.values()}
    assert check in found
    assert found[check].reproduction.startswith("curl ")
    assert found[check].operation.endswith("/things")


@pytest.mark.parametrize(
    ("plant", "excuse"),
    [
        (_refuses_made_up_tokens, "a signed token that nobody gave out"),
        (_refuses_by_a_rule_between_fields, "a rule between two fields"),
    ],
)
def test_refusal_that_a_schema_cannot_say_is_excused_and_counted(plant: Plant, excuse: str) -> None:
    """What is excused is no finding, is counted, and would be a finding without its excuse."""
    excused = _fuzz(_app(plant))
    bare = run(_app(plant), Caller("stranger"), EFFORT)

    assert excused.findings == {}
    assert excused.excused[excuse] > 0
    assert {one.check for one in bare.findings.values()} == {"positive_data_acceptance"}


def test_failure_inside_is_shown_with_its_cause() -> None:
    """An error of the application's own is shown with the exception that only the log has."""
    gate = Gate(_app(_fails_inside))
    campaign = Campaign("sqlite", "stranger", _fuzz(gate), gate.exchanges, gate.digest(), 1.0)

    text = campaign_text(campaign)

    assert not campaign.is_clean
    assert "POST /things: ZeroDivisionError" in text
    assert "curl -X POST" in text


def test_error_that_no_check_saw_is_a_failure_as_well() -> None:
    """A campaign with a 5xx among its exchanges is not clean, whatever the checks made of it."""
    exchange = Exchange("GET", "/", "", b"", 500, b"")

    assert not Campaign("sqlite", "stranger", Outcome(), [exchange], "", 1.0).is_clean
    assert Campaign("sqlite", "stranger", Outcome(), [], "", 1.0).is_clean


def test_same_seed_makes_the_same_requests() -> None:
    """Two runs with one seed ask the same, in the same order; another seed asks something else."""
    gates = [Gate(_app(_sound)) for _ in range(3)]
    for gate, seed in zip(gates, (1, 1, 2), strict=True):
        run(gate, Caller("stranger"), Effort(seed=seed, max_examples=10, phases=("fuzzing",)))
    asked = [[(one.method, one.path, one.query, one.body) for one in gate.exchanges] for gate in gates]

    assert asked[0] == asked[1]
    assert asked[0] != asked[2]


def test_dialects_that_answer_differently_are_told() -> None:
    """One request with two answers is told; numbers of rows may differ, and what was asked last is not compared."""
    same = Exchange("GET", "/things/1", "", b"", 200, b'{"id":1,"name":"a"}')
    numbered = Exchange("GET", "/things/7", "", b"", 200, b'{"id":7,"name":"a"}')
    other = Exchange("GET", "/things/1", "", b"", 200, b'{"id":1,"name":"b"}')
    elsewhere = Exchange("GET", "/others", "", b"", 200, b"")
    sqlite, alike, unlike, otherwise = (
        Campaign(name, "customer", Outcome(), [same, last], "", 1.0)
        for name, last in (
            ("sqlite", same), ("postgresql", numbered), ("postgresql", other), ("postgresql", elsewhere),
        )
    )  # fmt: skip

    assert compare(sqlite, alike) == Comparison(alike=2, difference=None)
    assert compare(sqlite, otherwise) == Comparison(alike=1, difference=None)
    comparison = compare(sqlite, unlike)
    assert comparison.alike == 1
    assert comparison.difference is not None
    assert "postgresql: GET /things/1" in comparison.difference


class _Customer:
    """Somebody whose first token is not good any more."""

    name = "customer"
    token = "old"
    possessions = Possessions(Client())

    def renew(self) -> bool:
        self.token, was = "new", self.token
        return was != self.token


def test_gate_signs_in_anew_when_a_session_has_ended() -> None:
    """A request that was refused for an old session is asked again with a new one."""
    app = _app()
    visitor = Visitor(user_id=None, session_id=None, is_admin=False)  # type: ignore[arg-type]
    use_resolver(app, lambda token: visitor if token == "new" else None)

    @app.get("/things")
    @app.output(_Out)
    @signed_in
    def things() -> dict[str, Any]:
        return {"number": 1}

    gate = Gate(app, (_Customer(),))

    outcome = _fuzz(gate, Caller("customer", cookies={COOKIE: "customer"}))

    assert outcome.findings == {}
    assert outcome.answers["GET /things"][200] > 0
    assert gate.roles[0].token == "new"


def test_gate_signs_bodies() -> None:
    """What asks for a signature gets the right one over its body."""
    seen: list[dict[str, Any]] = []

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        seen.append(environ)
        start_response("200 OK", [])
        return [b""]

    def ask(body: bytes) -> str:
        environ = {
            "REQUEST_METHOD": "POST", "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body)),
            "HTTP_X_SIGNATURE_SHA256": SIGNATURE,
        }  # fmt: skip
        Gate(app, signing_secret="secret")(environ, lambda *_: None)
        return str(seen[-1]["HTTP_X_SIGNATURE_SHA256"])

    assert ask(b"Hi") == "105a6e368818e3cf11042a9649d80f7249bb7058ed845c2b5bbf4d7094aea27e"
