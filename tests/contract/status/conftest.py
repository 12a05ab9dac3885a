"""The status page, who tells of events."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from backend_v2.http.outgoing import Response
from diglot.client import Client
from tests.contract.conftest import STATUS_SECRET

WEBHOOK = "/api/webhooks/status"
STATUS = "/api/status"
EVENTS = "/api/status/events"

Tell = Callable[..., Response]


@pytest.fixture
def tell(diglot_client: Client) -> Tell:
    """Tells an event as the status page does."""

    def post(**fields: Any) -> Response:
        return send(diglot_client, json.dumps(event(**fields)))

    return post


def event(**fields: Any) -> dict[str, Any]:
    """Return an event as the status page writes it."""
    return {
        "id": "evt-1",
        "component": "Orders",
        "status": "degraded",
        "summary": "Fills are late.",
        "occurred_at": "2024-06-03T11:00:00Z",
        **fields,
    }


def send(client: Client, body: str, *, secret: str = STATUS_SECRET) -> Response:
    """Send a body, signed with a secret."""
    return client.post(WEBHOOK, content=body.encode(), headers=headers(signature(body, secret=secret)))


def signature(body: str, *, secret: str = STATUS_SECRET) -> str:
    """Sign a body with a secret."""
    return hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()


def headers(signed: str) -> dict[str, str]:
    """Return the headers that come with a body that was signed so."""
    return {"Content-Type": "application/json", "X-Signature-SHA256": signed}
