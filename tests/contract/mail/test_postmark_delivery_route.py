"""`POST /api/webhooks/postmark/delivery` and `GET /api/mail/deliveries`."""

from typing import Any

import pytest
import sqlalchemy as sa

from backend_v2.db.tables import support
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person
from tests.contract.mail.conftest import DELIVERIES, DELIVERY, GUID, Tell, delivery


def test_delivery_is_stored_and_listed(admin: Person, tell: Tell, diglot: Diglot, clock: ManualClock) -> None:
    """A delivery is listed in UTC, to the microsecond, with the recipient in lower case; Postmark's words are kept."""
    answer = tell(DELIVERY, delivery(Brand="new"))

    with diglot.connect() as connection:
        payload = connection.scalar(sa.select(support.postmark_deliveries.c.payload))
    assert (answer.status_code, answer.json()) == (200, {"result": "stored"})
    assert admin.client.get(DELIVERIES).json() == {
        "deliveries": [
            {
                "id": 1,
                "message_id": GUID.format(1),
                "recipient": "eve@example.com",
                "message_stream": "outbound",
                "tag": "support",
                "delivered_at": "2024-06-03T12:00:00.123456Z",
                "received_at": clock().isoformat().replace("+00:00", "Z"),
            }
        ],
        "next_page_token": None,
    }
    assert payload == {**delivery(), "DeliveredAt": "2024-06-03T12:00:00.123456Z"}


def test_replay_is_told_by_mail_and_recipient(admin: Person, tell: Tell) -> None:
    """One mail arrives at each recipient once, however often and however it is told."""
    answers = [
        tell(DELIVERY, delivery()),
        tell(DELIVERY, delivery(Recipient="EVE@EXAMPLE.COM", Tag="other")),
        tell(DELIVERY, delivery(Recipient="ada@example.com")),
        tell(DELIVERY, delivery(2)),
    ]

    found = admin.client.get(DELIVERIES).json()["deliveries"]
    assert [one.json()["result"] for one in answers] == ["stored", "replayed", "stored", "stored"]
    assert [(one["recipient"], one["tag"]) for one in found] == [
        ("eve@example.com", "support"),
        ("ada@example.com", "support"),
        ("eve@example.com", "support"),
    ]


@pytest.mark.parametrize(
    ("told", "listed"),
    [
        ({"Tag": ""}, {"tag": None}),
        ({"Tag": None, "Details": None, "ServerID": None}, {"tag": None}),
        ({"Tag": "t" * 1000}, {"tag": "t" * 100}),
        ({"DeliveredAt": "2024-06-03T12:00:00Z"}, {"delivered_at": "2024-06-03T12:00:00Z"}),
        ({"DeliveredAt": "2024-02-29t23:59:59.9999999+23:59"}, {"delivered_at": "2024-02-29T00:00:59.999999Z"}),
        ({"DeliveredAt": "0002-01-01T00:00:00+23:59"}, {"delivered_at": "0001-12-31T00:01:00Z"}),
        ({"DeliveredAt": "9998-12-31T23:59:59-23:59"}, {"delivered_at": "9999-01-01T23:58:59Z"}),
        ({"Recipient": "Ünï@x.example"}, {"recipient": "Ünï@x.example"}),
        ({"Recipient": "İ" * 254}, {"recipient": "İ" * 254}),
        ({"Metadata": {}}, {"tag": "support"}),
    ],
    ids=lambda one: str(one)[:30],
)
def test_delivery_may_be_written_in_many_ways(
    admin: Person, tell: Tell, told: dict[str, Any], listed: dict[str, Any]
) -> None:
    """What Postmark may leave out or write at length is taken."""
    answer = tell(DELIVERY, delivery(**told))

    (found,) = admin.client.get(DELIVERIES).json()["deliveries"]
    assert answer.status_code == 200
    assert found == {**found, **listed}


@pytest.mark.parametrize(
    "wrong",
    [
        {"RecordType": "Bounce"},
        {"RecordType": None},
        {"MessageID": ""},
        {"MessageID": "a\n"},
        {"Recipient": ""},
        {"Recipient": "a b"},
        {"Recipient": "a\x00"},
        {"Recipient": "a" * 255},
        {"DeliveredAt": None},
        {"DeliveredAt": 1717416000},
        {"DeliveredAt": "1717416000"},
        {"DeliveredAt": "2024-06-03"},
        {"DeliveredAt": "2024-06-03T12:00:00"},
        {"DeliveredAt": "2024-06-03 12:00:00Z"},
        {"DeliveredAt": "2024-06-31T12:00:00Z"},
        {"DeliveredAt": "2024-06-03T12:00:60Z"},
        {"DeliveredAt": "2024-06-03T24:00:00Z"},
        {"DeliveredAt": "0001-01-01T00:00:00+14:00"},
        {"DeliveredAt": "9999-12-31T23:59:59-14:00"},
        {"DeliveredAt": "2024-06-03T12:00:00Z\n"},
        {"MessageStream": None},
        {"MessageStream": "x" * 101},
        {"Tag": 1},
        {"Metadata": []},
        {"Metadata": {"a": 1.5}},
        {"Metadata": {"a": True}},
        {"Metadata": {"a": {}}},
        {"Metadata": {"a\x00": "b"}},
        {"Metadata": {"a": "b\x00"}},
        {"Metadata": {str(number): "" for number in range(101)}},
        {"ServerID": "23"},
        {"ServerID": 2**63},
    ],
    ids=lambda one: str(one)[:40],
)
def test_delivery_that_is_malformed_is_refused(admin: Person, tell: Tell, wrong: dict[str, Any]) -> None:
    """What is not as Postmark writes it is 422, with the field, and nothing is stored."""
    answer = tell(DELIVERY, delivery(**wrong))

    assert answer.status_code == 422
    assert answer.json()["errors"]["json"]
    assert admin.client.get(DELIVERIES).json()["deliveries"] == []


def test_list_comes_in_pages_the_newest_first(admin: Person, tell: Tell) -> None:
    """The pages together are the whole, by when we were told, not by when a mail arrived."""
    told = [tell(DELIVERY, delivery(number)).status_code for number in (1, 2)]
    told.append(tell(DELIVERY, delivery(3, DeliveredAt="2020-01-01T00:00:00Z")).status_code)

    first = admin.client.get(DELIVERIES, params={"limit": 2}).json()
    second = admin.client.get(DELIVERIES, params={"limit": 2, "page_token": first["next_page_token"]}).json()

    assert told == [200] * 3
    assert [one["id"] for one in (*first["deliveries"], *second["deliveries"])] == [3, 2, 1]
    assert second["next_page_token"] is None
