"""Who may call a webhook: basic authentication, or a signature over the body; both compared in constant time."""

import hashlib
import hmac
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import request

from backend_v2.errors import NotReady, Unauthorized
from backend_v2.http.security import Demand, demanding

P = ParamSpec("P")
R = TypeVar("R")

BASIC = "webhookBasic"
SIGNATURE = "webhookSignature"
SIGNATURE_HEADER = "X-Signature-SHA256"


def basic_auth(user: str, password: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only a caller through who knows this user and password; nobody while the password is empty."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            _refuse_unconfigured(password)
            given = request.authorization
            name, secret = ("", "") if given is None else (given.username or "", given.password or "")
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


def _refuse_unconfigured(secret: str) -> None:
    if not secret:
        raise NotReady("this webhook has no credentials yet, so that nobody may call it")


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())
