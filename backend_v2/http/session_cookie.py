"""The cookie that carries a session's token, and the caller whom it stands for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from flask import Response, current_app, g, request

from backend_v2.config import Config
from backend_v2.errors import Forbidden, Unauthorized
from backend_v2.http.security import Demand, demand_of, demanding

COOKIE = "raptor_session"
SCHEME = "session"
_SIGNED_IN = Demand(SCHEME)
_ADMIN = Demand(SCHEME, for_admins=True)

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Caller:
    """Whom a request comes from: a user, in one of their sessions."""

    user_id: UUID
    session_id: UUID
    is_admin: bool


Resolver = Callable[[str], Caller | None]
EXTENSION = "raptor_session_resolver"


def use_resolver(app: Any, resolver: Resolver) -> None:
    """Say who knows which caller a token stands for; called once, by the composition root.

    From then on a caller who may not ask is refused before anything of the request is read: otherwise
    the body of a stranger would be judged first.
    """
    app.extensions[EXTENSION] = resolver
    app.before_request(_refuse_early)


def set_session(response: Response, token: str, config: Config) -> None:
    """Put the token into the cookie: not for scripts, not for other sites, https alone."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(config.session_absolute.total_seconds()),
        secure=config.secure_cookies,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def clear_session(response: Response, config: Config) -> None:
    """Take the cookie away."""
    response.delete_cookie(COOKIE, secure=config.secure_cookies, httponly=True, samesite="Lax", path="/")


def optional_caller() -> Caller | None:
    """Return whom the request comes from, or None when it has no valid session."""
    if "caller" not in g:
        token = request.cookies.get(COOKIE)
        g.caller = current_app.extensions[EXTENSION](token) if token else None
    caller: Caller | None = g.caller
    return caller


def caller() -> Caller:
    """Return whom the request comes from; raises Unauthorized."""
    found = optional_caller()
    if found is None:
        raise Unauthorized("sign in first: there is no valid session")
    return found


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Let only signed-in users through."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        _check(_SIGNED_IN)
        return view(*args, **kwargs)

    return demanding(guarded, _SIGNED_IN)


def admin_only(view: Callable[P, R]) -> Callable[P, R]:
    """Let only signed-in administrators through."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        _check(_ADMIN)
        return view(*args, **kwargs)

    return demanding(guarded, _ADMIN)


def _check(demand: Demand) -> None:
    if not caller().is_admin and demand.for_admins:
        raise Forbidden("this is for administrators")


def _refuse_early() -> None:
    view = None if request.endpoint is None else current_app.view_functions[request.endpoint]
    demand = None if view is None else demand_of(view)
    if demand is not None and demand.scheme == SCHEME and request.method != "OPTIONS":
        _check(demand)
