"""`POST /api/webhooks/status`: who may tell, and what is taken."""

import json
from dataclasses import replace
from typing import Any

import pytest

from backend_v2.app import create_app
from backend_v2.config import Config, WebhookConfig
from diglot.client import Client, client_for
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock
from tests.contract.status.conftest import EVENTS, WEBHOOK, Tell, event, headers, send, signature


def test_event_is_stored_as_of_now(tell: Tell, diglot_client: Client, clock: ManualClock) -> None:
    """An event is listed as it was told, in UTC to the microsecond, with when it was told."""
    answer = tell(occurred_at="2024-06-03T13:00:00.1234567+02:00")

    assert (answer.status_code, answer.json()) == (200, {"result": "stored"})
    assert diglot_client.get(EVENTS).json() == {
        "events": [
            {
                **event(),
                "occurred_at": "2024-06-03T11:00:00.123456Z",
                "received_at": clock().isoformat().replace("+00:00", "Z"),
            }
        ],
        "next_page_token": None,
    }


def test_replay_changes_nothing(tell: Tell, diglot_client: Client) -> None:
    """An event that is told again, with whatever in it, is accepted, and changes nothing."""
    tell()

    answer = tell(status="operational", occurred_at="2024-06-03T12:00:00Z")

    assert (answer.status_code, answer.json()) == (200, {"result": "replayed"})
    assert [one["status"] for one in diglot_client.get(EVENTS).json()["events"]] == ["degraded"]


WHOLE = json.dumps(event())


@pytest.mark.parametrize("body", [WHOLE, "{", "", '{"id": 1}'], ids=["whole", "torn", "empty", "wrong"])
@pytest.mark.parametrize(
    "signed",
    [None, "", "0" * 64, signature(WHOLE, secret="another secret"), signature(WHOLE + " "), signature(WHOLE)[:-1]],
    ids=["none", "empty", "made up", "another secret", "another body", "cut"],
)
def test_webhook_is_closed_to_who_does_not_know_the_secret(
    diglot_client: Client, body: str, signed: str | None
) -> None:
    """Without the signature of this very body it is 401, before anything of it is parsed; nothing is stored."""
    answer = diglot_client.post(WEBHOOK, content=body, headers={} if signed is None else headers(signed))

    assert answer.status_code == 401
    assert diglot_client.get(EVENTS).json()["events"] == []


def test_webhook_without_a_secret_is_closed_to_everybody(diglot: Diglot, config: Config, clock: ManualClock) -> None:
    """An installation that has set no secret answers 503, to what was signed with the empty one too."""
    app = create_app(diglot.engine, config=replace(config, webhooks=WebhookConfig()), clock=clock)
    with client_for(app) as client:
        answers = [send(client, json.dumps(event()), secret=""), send(client, json.dumps(event()))]

    assert [one.status_code for one in answers] == [503, 503]


def test_signature_may_be_in_capitals(diglot_client: Client) -> None:
    """Hexadecimal digits mean the same in capitals."""
    answer = diglot_client.post(WEBHOOK, content=WHOLE, headers=headers(signature(WHOLE).upper()))

    assert answer.status_code == 200


@pytest.mark.parametrize("body", ["{", "", '{"id": "\\ud800"}'])
def test_what_is_no_json_is_refused(diglot_client: Client, body: str) -> None:
    """What is no JSON is 400."""
    assert send(diglot_client, body).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": 7},
        {"id": "a b"},
        {"id": "a" * 101},
        {"component": ""},
        {"component": " x"},
        {"component": "x\n"},
        {"component": "x" * 101},
        {"component": "a\x00b"},
        {"status": "fine"},
        {"status": None},
        {"summary": None},
        {"summary": "x" * 256},
        {"summary": "a\x00"},
        {"summary": "a\nb"},
        {"occurred_at": "2024-06-03T11:00:00"},
        {"occurred_at": "2024-06-03"},
        {"occurred_at": 1717416000},
        {"occurred_at": "2024-02-30T11:00:00Z"},
        {"extra": 1},
    ],
    ids=lambda one: str(one)[:40],
)
def test_event_that_does_not_fit_is_refused(tell: Tell, diglot_client: Client, wrong: dict[str, Any]) -> None:
    """What does not fit is 422, with the field, and nothing is stored."""
    answer = tell(**wrong)

    assert answer.status_code == 422
    assert answer.json()["errors"]["json"]
    assert diglot_client.get(EVENTS).json()["events"] == []


@pytest.mark.parametrize("field", ["id", "component", "status", "summary", "occurred_at"])
def test_event_needs_all_fields(diglot_client: Client, field: str) -> None:
    """Every field has to be there."""
    body = {name: value for name, value in event().items() if name != field}

    assert send(diglot_client, json.dumps(body)).status_code == 422


@pytest.mark.parametrize(
    ("kind", "body", "status"), [("application/json", "x" * 300_000, 413), ("text/plain", WHOLE, 415)]
)
def test_body_that_is_too_large_or_of_another_kind_is_refused(
    diglot_client: Client, kind: str, body: str, status: int
) -> None:
    """A body above the limit is 413, before it is read; one that does not say that it is JSON 415."""
    signed = headers(signature(body)) | {"Content-Type": kind}

    assert diglot_client.post(WEBHOOK, content=body, headers=signed).status_code == status
