"""The stand-in as a WSGI application: it keeps what it is given, and refuses what Postmark refuses."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from typing import Any
from uuid import UUID

StartResponse = Callable[[str, list[tuple[str, str]]], Any]

_NEEDED = ("From", "To", "Subject", "TextBody")


@dataclass
class PostmarkStandIn:
    """The application.

    sent: the messages that were taken, in order. inactive: addresses that are refused, as after a
    hard bounce. script: statuses to answer, one a message, before it serves again; 200 serves.
    """

    sent: list[dict[str, Any]] = field(default_factory=list)
    inactive: set[str] = field(default_factory=set)
    script: list[int] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        status, body = self._serve(environ)
        start_response(f"{status} {HTTPStatus(status).phrase}", [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def _serve(self, environ: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        scripted = self.script.pop(0) if self.script else 200
        if scripted != 200:
            return scripted, {"ErrorCode": 100, "Message": "maintenance"}
        if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != ("POST", "/email"):
            return 404, {"ErrorCode": 404, "Message": "not found"}
        if not environ.get("HTTP_X_POSTMARK_SERVER_TOKEN"):
            return 401, {"ErrorCode": 10, "Message": "no server token"}
        message = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        if not _is_valid(message):
            return 422, {"ErrorCode": 300, "Message": "a field is missing or invalid"}
        if message["To"] in self.inactive:
            return 422, {"ErrorCode": 406, "Message": "the recipient is inactive"}
        self.sent.append(message)
        number = next(self._numbers)
        return 200, {"ErrorCode": 0, "Message": "OK", "To": message["To"], "MessageID": str(UUID(int=number))}


def _is_valid(message: dict[str, Any]) -> bool:
    if not all(message.get(name) for name in _NEEDED) or not all("@" in message[name] for name in ("From", "To")):
        return False
    headers = message.get("Headers", [])
    return isinstance(headers, list) and all(
        isinstance(one, dict)
        and {"Name", "Value"} == one.keys()
        and all(isinstance(text, str) for text in one.values())
        for one in headers
    )
