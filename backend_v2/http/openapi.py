"""Complete the API's description with what no route says of itself: problems and sign-in."""

import re
from typing import Any

from apiflask import APIFlask

from backend_v2.http.problems import PROBLEM_REF, Problem, responses
from backend_v2.http.session_cookie import COOKIE, needs_session

SCHEME = "session"

_METHODS = {"get", "post", "put", "patch", "delete"}


def install(app: APIFlask) -> None:
    """Describe every error as a problem, and say which routes want a session."""
    app.config["AUTO_VALIDATION_ERROR_RESPONSE"] = False  # it would say application/json
    app.config["AUTO_404_RESPONSE"] = False
    app.security_schemes = {SCHEME: {"type": "apiKey", "in": "cookie", "name": COOKIE}}

    def complete(spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
        assert isinstance(spec, dict)  # noqa: S101 - it would be text only if SPEC_FORMAT were yaml
        schemas = spec["components"]["schemas"]
        schemas.pop("ValidationError", None)
        schemas.pop("HTTPError", None)
        schemas[PROBLEM_REF.rpartition("/")[2]] = Problem.model_json_schema()
        guarded = _guarded(app)
        for path, operations in spec["paths"].items():
            for method in _METHODS & operations.keys():
                operation = operations[method]
                operation["responses"] |= {str(status): answer for status, answer in responses(500).items()}
                if (path, method) in guarded:
                    operation["security"] = [{SCHEME: []}]
        return spec

    app.spec_processor(complete)


def _guarded(app: APIFlask) -> set[tuple[str, str]]:
    """Return the paths, as OpenAPI writes them, and methods of routes that want a session."""
    return {
        (re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if needs_session(app.view_functions[rule.endpoint])
        for method in rule.methods or ()
    }
