"""How a webhook is called: by whom, how much they may send, and how they write an instant.

Callers show basic authentication, or a signature over the body; both are compared in constant time. The guard
stands above `@routes.input`, so that nothing of a stranger's body is parsed:

    @routes.post("/webhooks/status")
    @signed_body(config.webhooks.status_secret)
    @routes.input(StatusEventIn, arg_name="body")
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import UTC
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

from flask import request
from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic.json_schema import WithJsonSchema

from backend_v2.errors import NotReady, Unauthorized
from backend_v2.http.security import Demand, demanding

P = ParamSpec("P")
R = TypeVar("R")

BASIC = "webhookBasic"
SIGNATURE = "webhookSignature"
SIGNATURE_HEADER = "X-Signature-SHA256"

# The years that every time zone can show; no 24th hour, and no leap second.
_INSTANT = (
    r"^(?!000[01]|9999)[0-9]{4}-[01][0-9]-[0-3][0-9][Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,30})?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)


def _written_out(value: Any) -> Any:
    """Let no number through, which pydantic would take for a timestamp."""
    if not isinstance(value, str) or not re.fullmatch(_INSTANT, value):
        raise ValueError("it is no instant with a zone, such as 2024-01-31T12:00:00Z")
    return value


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_written_out),
    AfterValidator(lambda value: value.astimezone(UTC)),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": _INSTANT}),
]
"""An instant, RFC 3339 with a zone; what is below a microsecond is cut off, since databases keep no more."""


def basic_auth(user: str, password: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only a caller through who knows this user and password; nobody while the password is empty."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            _refuse_unconfigured(password)
            given = request.authorization
            # Other schemes have parameters of these names too.
            is_basic = given is not None and given.type == "basic"
            name, secret = (given.username or "", given.password or "") if given and is_basic else ("", "")
            # Both are always compared, so that the time does not tell which one was wrong.
            if not (_same(name, user) & _same(secret, password)):
                raise Unauthorized("the webhook's user or password is wrong")
            return view(*args, **kwargs)

        return demanding(guarded, Demand(BASIC))

    return decorate


def signed_body(secret: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only a request through whose body was signed with this secret; none while it is empty.

    The header `X-Signature-SHA256` holds HMAC-SHA256 of the body, hexadecimal.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            _refuse_unconfigured(secret)
            expected = hmac.new(secret.encode(), request.get_data(), hashlib.sha256).hexdigest()
            if not _same(request.headers.get(SIGNATURE_HEADER, "").lower(), expected):
                raise Unauthorized("the webhook's signature is missing or wrong")
            return view(*args, **kwargs)

        return demanding(guarded, Demand(SIGNATURE))

    return decorate


def body_up_to(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Take bodies of up to `most` bytes, whatever the application's limit is; it stands below the guard."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def roomy(*args: P.args, **kwargs: P.kwargs) -> R:
            request.max_content_length = most
            return view(*args, **kwargs)

        return roomy

    return decorate


def _refuse_unconfigured(secret: str) -> None:
    if not secret:
        raise NotReady("this webhook has no credentials yet, so that nobody may call it")


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())
