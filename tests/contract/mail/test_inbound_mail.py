"""What an inbound mail says: its text, its subject, and whom it answers."""

import pytest

from backend_v2.mail import inbound_mail
from backend_v2.mail.records import InboundMail

MAIL = InboundMail(message_id="1", sender="a@x", recipient="b@x", subject="s", payload={})
GUID = "883953f4-6105-42a2-a16a-77a8eac79483"


def _mail(**fields: object) -> InboundMail:
    return InboundMail(**{**MAIL.__dict__, **fields})


@pytest.mark.parametrize(
    ("reply", "text", "html", "body"),
    [
        ("Yes.", "Yes.\n> No?", "<p>Yes.</p>", "Yes."),
        (" \n", " My text.\n", "<p>html</p>", "My text."),
        (None, "", "<p>One</p><p>Two<br>Three &amp; four</p>", "One\nTwo\nThree & four"),
        (None, None, "<style>p{}</style><script>x()</script><title>t</title><b>Bold</b> text", "Bold text"),
        (None, None, "<div>a\n   b</div>", "a b"),
        (None, None, "a < b <unclosed", "a < b"),
        (None, None, "</style>x", "x"),
        (None, None, "<p> </p>", "(no text)"),
        (None, None, None, "(no text)"),
    ],
)
def test_body_is_what_was_written(reply: str | None, text: str | None, html: str | None, body: str) -> None:
    """The text without what it quotes is preferred, then the text, then that of the HTML."""
    assert inbound_mail.body_of(_mail(reply=reply, text=text, html=html)).startswith(body)


def test_body_is_cut_to_a_messages_length() -> None:
    """A longer text ends with a mark where it was cut."""
    body = inbound_mail.body_of(_mail(text="x" * 20_001))

    assert len(body) == 20_000
    assert body.endswith("x\n[…]")
    assert inbound_mail.body_of(_mail(text="x" * 20_000)) == "x" * 20_000


@pytest.mark.parametrize(
    ("subject", "line"),
    [
        (" No\r\n fills\t", "No fills"),
        ("", "(no subject)"),
        ("\x07\x7f", "(no subject)"),
        ("x" * 300, "x" * 255),
        ("x" * 254 + " y", "x" * 254),
    ],
)
def test_subject_is_one_line(subject: str, line: str) -> None:
    """A ticket's subject has no control characters, is not empty, and neither begins nor ends with a space."""
    assert inbound_mail.subject_of(_mail(subject=subject)) == line


@pytest.mark.parametrize(
    ("headers", "ids"),
    [
        ((), []),
        ((("In-Reply-To", "<a@x>"),), ["a@x"]),
        ((("REFERENCES", "<a@x> <b@x>\r\n\t<a@x>"), ("in-reply-to", "<b@x>")), ["a@x", "b@x"]),
        ((("In-Reply-To", f"<{GUID.upper()}@mtasv.net>"),), [f"{GUID.upper()}@mtasv.net", GUID]),
        ((("In-Reply-To", "no brackets"),), []),
        ((("In-Reply-To", "<a b@x> <>"),), []),
        ((("In-Reply-To", f"<{'a' * 101}> <b>"),), ["b"]),
        ((("References", " ".join(f"<{number}>" for number in range(150))),), [str(one) for one in range(50, 150)]),
    ],
    ids=lambda one: str(one)[:40],
)
def test_answered_mails_are_named_once(headers: tuple[tuple[str, str], ...], ids: list[str]) -> None:
    """Each mail that is answered is named once; one that Postmark sent for us by its id too; never too many."""
    assert inbound_mail.answered(_mail(headers=headers)) == ids


@pytest.mark.parametrize(
    ("value", "mail_id"),
    [("<a@x>", "a@x"), ("a@x", None), (f"<{'a' * 100}>", "a" * 100), (f"<{'a' * 101}>", None), ("<a\r\n@x>", None)],
    ids=lambda one: str(one)[:20],
)
def test_mail_id_is_kept_when_it_can_be(value: str, mail_id: str | None) -> None:
    """A Message-ID without brackets, with blanks, or too long for its column is none."""
    assert inbound_mail.mail_id(_mail(headers=(("Message-ID", value),))) == mail_id


@pytest.mark.parametrize(
    ("hashes", "ticket"), [((), None), (("x", GUID), GUID), ((GUID.replace("-", ""),), GUID), (("1",), None)]
)
def test_named_ticket_is_the_first_that_could_be_one(hashes: tuple[str, ...], ticket: str | None) -> None:
    """What stands after the `+` names a ticket when it looks like one's id."""
    found = inbound_mail.named_ticket(_mail(mailbox_hashes=hashes))

    assert (None if found is None else str(found)) == ticket
