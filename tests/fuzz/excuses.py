"""What Schemathesis calls a failure and is none: a schema cannot say it. Each has its reason in `docs/fuzzing.md`."""

from typing import Any

from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import RejectedPositiveData

from tests.fuzz.campaign import Excuse


def _detail(body: Any) -> str:
    return str(body.get("detail", "")) if isinstance(body, dict) else ""


def _is_made_up_token(failure: Failure, case: Any, status: int, body: Any) -> bool:
    given = {*(case.query or {}), *(case.body if isinstance(case.body, dict) else {})}
    return (
        isinstance(failure, RejectedPositiveData)
        and status == 400
        and (
            ("page_token" in given and _detail(body) == "page_token is not one that this list gave out")
            or ("token" in given and _detail(body) == "token is not one that was given out here")
        )
    )


def _is_made_up_passkey(failure: Failure, case: Any, status: int, body: Any) -> bool:
    return (
        isinstance(failure, RejectedPositiveData)
        and status == 400
        and isinstance(case.body, dict)
        and "credential" in case.body
        and _detail(body).startswith("the passkey could not be verified")
    )


def _breaks_a_rule_between_fields(failure: Failure, case: Any, status: int, body: Any) -> bool:
    if not isinstance(failure, RejectedPositiveData) or status != 422 or not isinstance(body, dict):
        return False
    errors = body.get("errors") or {}
    return bool(errors) and all(
        set(problems) == {"_schema"} and all(one.startswith("Value error, ") for one in problems["_schema"])
        for problems in errors.values()
    )


EXCUSES = (
    Excuse("a signed token that nobody gave out", _is_made_up_token),
    Excuse("a passkey that nobody made", _is_made_up_passkey),
    Excuse("a rule between two fields", _breaks_a_rule_between_fields),
)
