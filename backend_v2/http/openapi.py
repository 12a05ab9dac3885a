"""Complete the API's description with what no route says of itself: problems, and what it demands of callers."""

import re
from typing import Any

from apiflask import APIFlask
from werkzeug.routing import BaseConverter, IntegerConverter, UUIDConverter

from backend_v2.http import bodies
from backend_v2.http.fields import LARGEST
from backend_v2.http.problems import PROBLEM_REF, Problem, responses
from backend_v2.http.security import Demand, demand_of
from backend_v2.http.session_cookie import COOKIE, SCHEME
from backend_v2.http.webhooks import BASIC, SIGNATURE, SIGNATURE_HEADER

_METHODS = {"get", "post", "put", "patch", "delete"}
_SCHEMES = {
    SCHEME: {"type": "apiKey", "in": "cookie", "name": COOKIE},
    BASIC: {"type": "http", "scheme": "basic"},
    SIGNATURE: {"type": "apiKey", "in": "header", "name": SIGNATURE_HEADER},
}
_IDS: dict[type[BaseConverter], dict[str, Any]] = {
    UUIDConverter: {"type": "string", "format": "uuid"},
    IntegerConverter: {"type": "integer", "minimum": 0, "maximum": LARGEST},
}

EVERYWHERE = (500, 503)
"""Something went wrong here; the database cannot be reached."""
OF_BODIES = (400, 413, 415, 422)
"""It is no JSON; it is too large; it does not say that it is JSON; it does not fit its schema."""


def install(app: APIFlask) -> None:
    """Describe every error as a problem, say what routes demand of callers, and read requests as described."""
    bodies.install(app)
    app.config["AUTO_VALIDATION_ERROR_RESPONSE"] = False  # it would say application/json
    app.config["AUTO_404_RESPONSE"] = False
    app.security_schemes = _SCHEMES

    def complete(spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
        assert isinstance(spec, dict)  # noqa: S101 - it would be text only if SPEC_FORMAT were yaml
        schemas = spec["components"]["schemas"]
        schemas.pop("ValidationError", None)
        schemas.pop("HTTPError", None)
        schemas[PROBLEM_REF.rpartition("/")[2]] = Problem.model_json_schema()
        demands = _demands(app)
        _type_ids(spec, app)
        for path, operations in spec["paths"].items():
            shared = operations.get("parameters", [])
            for method in _METHODS & operations.keys():
                _complete(operations[method], shared, demands.get((path, method)))
        return spec

    app.spec_processor(complete)


def _type_ids(spec: dict[Any, Any], app: APIFlask) -> None:
    """Say of the ids in paths what their routes take: the framework says no more than text."""
    taken = {
        (_openapi_path(rule.rule), name): schema
        for rule in app.url_map.iter_rules()
        for name, converter in rule._converters.items()
        for kind, schema in _IDS.items()
        if isinstance(converter, kind)
    }
    for path, operations in spec["paths"].items():
        for operation in operations.values():
            for parameter in operation if isinstance(operation, list) else operation.get("parameters", []):
                if parameter["in"] == "path" and (path, parameter["name"]) in taken:
                    parameter["schema"] = dict(taken[path, parameter["name"]])


def _complete(operation: dict[str, Any], shared: list[Any], demand: Demand | None) -> None:
    statuses = {*EVERYWHERE}
    places = {parameter["in"] for parameter in [*shared, *operation.get("parameters", [])]}
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
        statuses |= {*OF_BODIES}
    if "query" in places:
        statuses.add(422)
    if "path" in places:
        statuses.add(404)
    if demand is not None:
        operation["security"] = [{demand.scheme: []}]
        statuses |= {401, 403} if demand.for_admins else {401}
    described = operation["responses"] | {str(status): answer for status, answer in responses(*statuses).items()}
    operation["responses"] = dict(sorted(described.items()))


def _demands(app: APIFlask) -> dict[tuple[str, str], Demand]:
    """Return what is demanded, by path, as OpenAPI writes it, and method."""
    return {
        (_openapi_path(rule.rule), method.lower()): demand
        for rule in app.url_map.iter_rules()
        if (demand := demand_of(app.view_functions[rule.endpoint])) is not None
        for method in rule.methods or ()
    }


def _openapi_path(rule: str) -> str:
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule)
