"""`Mailer`: what goes to Postmark, and what its answers mean."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from backend_v2.config import MailConfig
from backend_v2.errors import NotReady, UpstreamUnavailable
from backend_v2.http.mailer import Mail, Mailer
from backend_v2.http.outgoing import BaseTransport, HttpError, WsgiTransport, client
from tests.standins.postmark import PostmarkStandIn

CONFIG = MailConfig(server_token="a token", sender="raptor@example.com")
MAIL = Mail(to="eve@example.com", subject="Hello", text="A secret code.", tag="code")


def _answering(status: str, content: bytes) -> BaseTransport:
    def app(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response(status, [("Content-Type", "application/json")])
        return [content]

    return WsgiTransport(app=app)


class _Unreachable(BaseTransport):
    """A network that is down."""

    def handle_request(self, request: Any) -> Any:
        raise HttpError(f"cannot send {request.content!r}")


def test_mail_is_sent_as_postmark_wants_it() -> None:
    """Everything of a message arrives, headers too; Postmark's id comes back."""
    postmark = PostmarkStandIn()
    mail = Mail(
        to="eve@example.com",
        subject="Hé",
        text="Zeile\n\U0001f600",
        tag="support",
        stream="broadcasts",
        headers={"In-Reply-To": "<a@x>", "References": "<b@x> <a@x>"},
    )

    message_id = Mailer(CONFIG, transport=WsgiTransport(app=postmark)).send(mail)

    assert message_id == "00000000-0000-0000-0000-000000000001"
    assert postmark.sent == [
        {
            "From": "raptor@example.com",
            "To": "eve@example.com",
            "Subject": "Hé",
            "TextBody": "Zeile\n\U0001f600",
            "Tag": "support",
            "MessageStream": "broadcasts",
            "Headers": [{"Name": "In-Reply-To", "Value": "<a@x>"}, {"Name": "References", "Value": "<b@x> <a@x>"}],
        }
    ]


def test_mail_that_postmark_refuses_is_an_error_with_its_code() -> None:
    """A refusal says which one it was, without the text and without Postmark's own words."""
    postmark = PostmarkStandIn(inactive={"eve@example.com"})

    with pytest.raises(UpstreamUnavailable, match="status 422, error code 406") as raised:
        Mailer(CONFIG, transport=WsgiTransport(app=postmark)).send(MAIL)

    assert "secret" not in str(raised.value)
    assert "inactive" not in str(raised.value)
    assert postmark.sent == []


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_mailer_can_send_again_after_a_failure(status: int) -> None:
    """One failure is not remembered."""
    postmark = PostmarkStandIn(script=[status])
    mailer = Mailer(CONFIG, transport=WsgiTransport(app=postmark))
    with pytest.raises(UpstreamUnavailable, match=f"status {status}"):
        mailer.send(MAIL)

    mailer.send(MAIL)

    assert len(postmark.sent) == 1


@pytest.mark.parametrize(
    ("status", "content"),
    [
        ("200 OK", b""),
        ("200 OK", b"<html>"),
        ("200 OK", b"[]"),
        ("200 OK", b"{}"),
        ("200 OK", b"\xff"),
        ("200 OK", b'{"MessageID": 7}'),
        ("200 OK", b'{"MessageID": ""}'),
        ("200 OK", json.dumps({"MessageID": "x" * 101}).encode()),
        ("202 Accepted", b'{"MessageID": "x"}'),
        ("302 Found", b'{"MessageID": "x"}'),
        ("422 Unprocessable", b'{"ErrorCode": "A secret of theirs"}'),
    ],
    ids=lambda one: str(one)[:30],
)
def test_answer_that_makes_no_sense_is_an_error(status: str, content: bytes) -> None:
    """Only an answer with an id that can be kept means that the mail was taken; nothing of another one is repeated."""
    with pytest.raises(UpstreamUnavailable, match="mail was refused") as raised:
        Mailer(CONFIG, transport=_answering(status, content)).send(MAIL)

    assert "secret" not in str(raised.value)


def test_network_that_is_down_is_an_error_without_the_text() -> None:
    """When Postmark cannot be reached the error names the cause, and nothing of the message."""
    with pytest.raises(UpstreamUnavailable, match="HTTPError") as raised:
        Mailer(CONFIG, transport=_Unreachable()).send(MAIL)

    assert "secret" not in str(raised.value)


def test_mailer_without_a_token_asks_nobody() -> None:
    """Without a token nothing is sent, and the error says what to set."""
    postmark = PostmarkStandIn()

    with pytest.raises(NotReady, match="POSTMARK_SERVER_TOKEN"):
        Mailer(MailConfig(), transport=WsgiTransport(app=postmark)).send(MAIL)

    assert postmark.sent == []


def test_text_and_token_do_not_show() -> None:
    """Neither a message's text nor the token is in what Python shows of them."""
    assert "secret" not in repr(MAIL)
    assert "a token" not in repr(CONFIG)


@pytest.mark.parametrize(
    ("path", "token", "changes", "status"),
    [
        ("/email", "t", {}, 200),
        ("/email", "", {}, 401),
        ("/other", "t", {}, 404),
        ("/email", "t", {"TextBody": ""}, 422),
        ("/email", "t", {"To": "nobody"}, 422),
        ("/email", "t", {"Headers": {"a": "b"}}, 422),
        ("/email", "t", {"Headers": [{"Name": "a"}]}, 422),
    ],
    ids=str,
)
def test_standin_refuses_what_postmark_refuses(path: str, token: str, changes: dict[str, Any], status: int) -> None:
    """The stand-in is as strict as Postmark, so that what it takes Postmark would take."""
    message = {"From": "a@x", "To": "b@x", "Subject": "s", "TextBody": "t", **changes}
    transport = WsgiTransport(app=PostmarkStandIn())
    headers = {"X-Postmark-Server-Token": token}

    answer = client("http://postmark", headers=headers, timeout_s=1, transport=transport).post(path, json=message)

    assert answer.status_code == status
