"""Stand before the application and turn the fuzzer's constant credentials into ones that are good now.

Whoever is fuzzing ends their own session sooner or later: they sign out, revoke it, delete the account,
suspend the customer. So requests carry the name of a role in place of a token, and the gate signs in
anew when one was refused that should not have been. It also signs the bodies of webhooks, gives each
request an address and a second of its own, so that nobody is told to wait, and keeps what was said.
"""

import hashlib
import hmac
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Protocol, Self

from tests.fuzz.possessions import Possessions

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

COOKIE = "raptor_session"
SIGNATURE = "signed-by-the-gate"
"""What a request carries in place of a signature over its body."""

_REFUSED = {401, 403}
_NAMES_ITS_DIALECT = {"/api/health/ready"}
_BOUNDARY = re.compile(rb"WerkzeugFormPart_[0-9.]+")
_NUMBERED = re.compile(r"(?<=/)[0-9]+(?=/|$)|(?<=page_token=)[^&]+|(?<=_id=)[0-9]+")
_NUMBERS = re.compile(rb'(?<="id":)[0-9]+|(?<=_id":)[0-9]+|(?<="next_page_token":")[^"]+')


class Role(Protocol):
    """Somebody who is signed in. token: the session's, as far as is known."""

    name: str
    token: str
    possessions: Possessions

    def renew(self) -> bool:
        """Sign in anew unless the token is good; say whether that was necessary."""


@dataclass(frozen=True)
class Exchange:
    """A request that passed, and its answer. error: what the application logged of a failure of its own."""

    method: str
    path: str
    query: str
    body: bytes
    status: int
    answer: bytes
    error: BaseException | None = None

    def __str__(self) -> str:
        """Return it in one line, for people."""
        query = f"?{self.query}" if self.query else ""
        return f"{self.method} {self.path}{query} {self.body.decode(errors='replace')} -> {self.status}"

    def asked(self) -> tuple[Any, ...]:
        """Return the request, without the numbers of rows: Postgres does not give one twice.

        A page token holds such a number, signed.
        """
        path, query = _NUMBERED.sub("#", self.path), _NUMBERED.sub("#", self.query)
        return self.method, path, query, _NUMBERS.sub(b"#", self.body)

    def answered(self) -> tuple[Any, ...]:
        """Return the answer in the same way; what failed inside is no part of it."""
        return self.status, b"" if self.path in _NAMES_ITS_DIALECT else _NUMBERS.sub(b"#", self.answer)


@dataclass
class Gate:
    """A WSGI application before another one. tick: called before each request, with its number."""

    app: Application
    roles: tuple[Role, ...] = ()
    signing_secret: str = ""
    tick: Callable[[int], None] = lambda _: None
    exchanges: list[Exchange] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request; one that was refused for want of a session is asked again with a new one."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        role = self._role(environ)
        started, answer = self._ask(environ, body, role)
        if role is not None and self.exchanges[-1].status in _REFUSED and role.renew():
            started, answer = self._ask(environ, body, role)
        start_response(*started)
        return [answer]

    def id(self, role: str, name: str) -> str | None:
        """Return the id of something that a role has; None when it has no such thing."""
        found = next((one for one in self.roles if one.name == role), None)
        if found is None:
            return None
        found.renew()
        return found.possessions.id(name)

    def digest(self) -> str:
        """Return a short text that is the same when the same was asked and answered, in the same order."""
        digest = hashlib.sha256()
        for one in self.exchanges:
            digest.update(repr((one.asked(), one.answered())).encode())
        return digest.hexdigest()[:12]

    def _ask(self, environ: dict[str, Any], body: bytes, role: Role | None) -> tuple[list[Any], bytes]:
        self.tick(len(self.exchanges))
        asked = {**environ, "wsgi.input": BytesIO(body), "REMOTE_ADDR": _address(len(self.exchanges))}
        if role is not None:
            asked["HTTP_COOKIE"] = environ["HTTP_COOKIE"].replace(_named(role), f"{COOKIE}={role.token}")
        if environ.get("HTTP_X_SIGNATURE_SHA256") == SIGNATURE:
            signature = hmac.new(self.signing_secret.encode(), body, hashlib.sha256)
            asked["HTTP_X_SIGNATURE_SHA256"] = signature.hexdigest()
        started: list[Any] = []
        with _Failures() as failures:
            answer = b"".join(self.app(asked, lambda *said: started.extend(said)))
        self.exchanges.append(
            Exchange(
                environ["REQUEST_METHOD"],
                environ.get("PATH_INFO", ""),
                environ.get("QUERY_STRING", ""),
                _BOUNDARY.sub(b"", body),
                int(started[0].split(" ", 1)[0]),
                answer,
                failures.last,
            )
        )
        return started, answer

    def _role(self, environ: dict[str, Any]) -> Role | None:
        cookies = [one.strip() for one in environ.get("HTTP_COOKIE", "").split(";")]
        return next((role for role in self.roles if _named(role) in cookies), None)


def _named(role: Role) -> str:
    return f"{COOKIE}={role.name}"


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


class _Failures(logging.Handler):
    """Keeps the last exception that is logged while it is open, and prints nothing."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record's exception."""
        if record.exc_info:
            self.last = record.exc_info[1]

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)
