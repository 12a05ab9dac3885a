"""Postmark, who tells of mail, and what it tells."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from backend_v2.http.outgoing import Response
from diglot.client import Client
from tests.contract.conftest import WEBHOOK_PASSWORD, ManualClock

INBOUND = "/api/webhooks/postmark/inbound"
DELIVERY = "/api/webhooks/postmark/delivery"
MAILS = "/api/mail/inbound"
DELIVERIES = "/api/mail/deliveries"
CREDENTIALS = ("postmark", WEBHOOK_PASSWORD)
GUID = "00000000-0000-0000-0000-{:012d}"

Tell = Callable[..., Response]


@pytest.fixture
def tell(diglot_client: Client, clock: ManualClock) -> Tell:
    """Calls a webhook as Postmark does, a second after the call before, so that the order is certain."""

    def post(url: str, body: dict[str, Any]) -> Response:
        clock.advance(seconds=1)
        return diglot_client.post(url, json=body, auth=CREDENTIALS)

    return post


def text_of(body: dict[str, Any]) -> str:
    """Return a body as JSON in ASCII, which can hold half a surrogate pair."""
    return json.dumps(body)


def mail(number: int = 1, *, sender: str = "eve@example.com", **fields: Any) -> dict[str, Any]:
    """Return what Postmark tells of a mail. headers: by name, with underscores for dashes; a field: by its name."""
    headers = {name.replace("_", "-"): value for name, value in fields.pop("headers", {}).items()}
    return {
        "FromName": "Eve",
        "MessageStream": "inbound",
        "From": sender,
        "FromFull": {"Email": sender, "Name": "Eve", "MailboxHash": ""},
        "To": "support@example.com",
        "ToFull": [{"Email": "Support@example.com", "Name": "", "MailboxHash": ""}],
        "Cc": "",
        "CcFull": [],
        "Bcc": "",
        "BccFull": [],
        "OriginalRecipient": "Support@example.com",
        "Subject": "No fills",
        "MessageID": GUID.format(number),
        "ReplyTo": "",
        "MailboxHash": "",
        "Date": "Mon, 3 Jun 2024 12:00:00 +0000",
        "TextBody": "My order rests.",
        "HtmlBody": "",
        "StrippedTextReply": "",
        "Tag": "",
        "Headers": [{"Name": name, "Value": value} for name, value in headers.items()],
        "Attachments": [],
        **fields,
    }


def delivery(number: int = 1, **fields: Any) -> dict[str, Any]:
    """Return what Postmark tells of a mail that has arrived."""
    return {
        "RecordType": "Delivery",
        "ServerID": 23,
        "MessageStream": "outbound",
        "MessageID": GUID.format(number),
        "Recipient": "Eve@example.com",
        "Tag": "support",
        "DeliveredAt": "2024-06-03T08:00:00.1234567-04:00",
        "Details": "smtp;250 2.0.0 OK",
        "Metadata": {"user": "7", "count": 43},
        **fields,
    }
