"""`POST /api/webhooks/postmark/inbound` and `GET /api/mail/inbound`: who may tell of mail, and what is kept of it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from apiflask import APIFlask

from backend_v2.app import create_app
from backend_v2.config import Config, WebhookConfig
from backend_v2.db.tables import support
from diglot.client import Client, client_for
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person
from tests.contract.mail.conftest import (
    CREDENTIALS,
    DELIVERIES,
    DELIVERY,
    GUID,
    INBOUND,
    MAILS,
    Tell,
    delivery,
    mail,
    text_of,
)

JSON = {"Content-Type": "application/json"}


def _stored(diglot: Diglot) -> list[Any]:
    with diglot.connect() as connection:
        return list(connection.execute(sa.select(support.postmark_inbound_messages.c.payload)).scalars())


@pytest.fixture
def closed(diglot: Diglot, config: Config, clock: ManualClock) -> Iterator[Client]:
    """A client of an installation whose webhooks have no credentials yet."""
    app = create_app(diglot.engine, config=replace(config, webhooks=WebhookConfig()), clock=clock)
    with client_for(app) as client:
        yield client


def test_mail_is_stored_and_listed(admin: Person, tell: Tell, clock: ManualClock) -> None:
    """A mail is listed with its addresses in lower case, as of now, and with the ticket that it opened."""
    answer = tell(INBOUND, mail())

    (listed,) = admin.client.get(MAILS).json()["messages"]
    (ticket,) = admin.client.get("/api/support/queue").json()["tickets"]
    assert (answer.status_code, answer.json()) == (200, {"result": "stored"})
    assert listed == {
        "id": 1,
        "message_id": GUID.format(1),
        "from_email": "eve@example.com",
        "to_email": "support@example.com",
        "subject": "No fills",
        "ticket_id": ticket["id"],
        "received_at": clock().isoformat().replace("+00:00", "Z"),
    }


def test_replay_changes_nothing(admin: Person, tell: Tell) -> None:
    """A mail that is told again, with whatever in it, is accepted, and nothing is stored or opened again."""
    tell(INBOUND, mail())

    answer = tell(INBOUND, mail(Subject="Other", TextBody="Other."))

    assert (answer.status_code, answer.json()) == (200, {"result": "replayed"})
    assert [one["subject"] for one in admin.client.get(MAILS).json()["messages"]] == ["No fills"]
    assert len(admin.client.get("/api/support/queue").json()["tickets"]) == 1


def test_payload_is_kept_without_files_and_without_what_is_unknown(tell: Tell, diglot: Diglot) -> None:
    """Of a file its name, type and size are kept; a field that is new to us is neither refused nor kept."""
    file = {"Name": "a.pdf", "Content": "AAAA", "ContentType": "application/pdf", "ContentLength": 3, "ContentID": ""}
    told = mail(Attachments=[file], Headers=[{"Name": "X-Spam", "Value": "No", "New": 1}])

    answer = tell(INBOUND, {**told, "Brand": {"new": ["x", None, {}]}})

    (payload,) = _stored(diglot)
    assert answer.status_code == 200
    assert payload["Attachments"] == [{key: value for key, value in file.items() if key != "Content"}]
    assert payload["Headers"] == [{"Name": "X-Spam", "Value": "No"}]
    assert payload["FromFull"] == {"Email": "eve@example.com", "Name": "Eve", "MailboxHash": ""}
    assert payload["TextBody"] == "My order rests."
    assert "Brand" not in payload


def test_long_mail_is_kept_up_to_a_bound(admin: Person, tell: Tell, diglot: Diglot) -> None:
    """Of long texts a bounded part is kept, characters outside of the basic plane count once; nothing is refused."""
    told = mail(
        Subject="\U0001f600" * 2000,
        TextBody="\U0001f600" * 300_000,
        OriginalRecipient="",
        ToFull=[{"Email": "undisclosed recipients " * 20}],
    )

    answer = tell(INBOUND, told)

    (payload,) = _stored(diglot)
    (listed,) = admin.client.get(MAILS).json()["messages"]
    ticket = admin.client.get(f"/api/support/tickets/{listed['ticket_id']}").json()
    assert answer.status_code == 200
    assert (len(payload["TextBody"]), len(payload["Subject"])) == (200_000, 2000)
    assert (len(listed["subject"]), len(listed["to_email"])) == (998, 254)
    assert (len(ticket["subject"]), len(ticket["messages"][0]["body"])) == (255, 20_000)


def test_body_may_be_large_for_postmark_alone(tell: Tell, diglot_client: Client, diglot: Diglot) -> None:
    """A mail with its files may be as large as 10 MB, and not larger; a stranger's is not read at all."""
    large = text_of(mail(Attachments=[{"Name": "a", "Content": "A" * 2_000_000}]))
    too_large = text_of(mail(2, Attachments=[{"Name": "a", "Content": "A" * (10 * 1024 * 1024)}]))

    answers = [
        diglot_client.post(INBOUND, content=large, headers=JSON, auth=CREDENTIALS),
        diglot_client.post(INBOUND, content=too_large, headers=JSON, auth=CREDENTIALS),
        diglot_client.post(INBOUND, content=too_large, headers=JSON),
        diglot_client.post(DELIVERY, content=large, headers=JSON, auth=CREDENTIALS),
    ]

    assert [one.status_code for one in answers] == [200, 413, 401, 413]
    assert len(_stored(diglot)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"MessageID": ""},
        {"MessageID": None},
        {"MessageID": 7},
        {"MessageID": "a b"},
        {"MessageID": "a" * 101},
        {"MessageID": "a\x00"},
        {"FromFull": None},
        {"FromFull": {}},
        {"FromFull": {"Email": ""}},
        {"FromFull": {"Email": "a b@x.example"}},
        {"FromFull": {"Email": "a" * 255}},
        {"ToFull": {}},
        {"ToFull": ["x"]},
        {"Subject": None},
        {"Subject": "a\x00"},
        {"Subject": "x" * 20_001},
        {"TextBody": 1},
        {"TextBody": "a\x00b"},
        {"HtmlBody": "a\x00b"},
        {"StrippedTextReply": ["x"]},
        {"Headers": [{"Name": "X"}]},
        {"Headers": [{"Name": "X\x00", "Value": ""}]},
        {"Headers": {"X": "Y"}},
        {"Headers": [{"Name": "X", "Value": ""}] * 1001},
        {"Attachments": [{"Name": "a", "ContentLength": -1}]},
        {"Attachments": [{"Name": "a", "ContentLength": "3"}]},
        {"Attachments": [{}]},
        {"MailboxHash": 1},
    ],
    ids=lambda one: str(one)[:40],
)
def test_mail_that_is_malformed_is_refused(admin: Person, tell: Tell, wrong: dict[str, Any]) -> None:
    """What is not as Postmark writes it is 422, with the field, and nothing is stored."""
    answer = tell(INBOUND, mail(**wrong))

    assert answer.status_code == 422
    assert answer.json()["errors"]["json"]
    assert admin.client.get(MAILS).json()["messages"] == []


@pytest.mark.parametrize("url", [INBOUND, DELIVERY])
@pytest.mark.parametrize("body", ["{", "", '{"MessageID": "\\ud800"}', '{"MessageID": NaN'])
def test_what_is_no_json_is_refused(diglot_client: Client, url: str, body: str) -> None:
    """What is no JSON is 400."""
    assert diglot_client.post(url, content=body, headers=JSON, auth=CREDENTIALS).status_code == 400


@pytest.mark.parametrize("url", [INBOUND, DELIVERY])
@pytest.mark.parametrize(
    "credentials",
    [None, ("postmark", "wrong"), ("wrong", CREDENTIALS[1]), ("", ""), ("postmark", ""), ("postmark", "ü")],
    ids=str,
)
@pytest.mark.parametrize("body", ["whole", "malformed"])
def test_webhook_is_closed_to_who_does_not_know_the_password(
    admin: Person, url: str, credentials: tuple[str, str] | None, body: str
) -> None:
    """Without the user and the password it is 401, before anything of the body is parsed; nothing is stored."""
    whole = mail() if url == INBOUND else delivery()
    content = text_of(whole) if body == "whole" else "{"

    answer = admin.client.post(url, content=content, headers=JSON, auth=credentials)

    assert answer.status_code == 401
    assert admin.client.get(MAILS).json()["messages"] == admin.client.get(DELIVERIES).json()["deliveries"] == []


@pytest.mark.parametrize("url", [INBOUND, DELIVERY])
@pytest.mark.parametrize("credentials", [None, ("postmark", ""), CREDENTIALS], ids=["none", "empty", "right"])
def test_webhook_without_a_password_is_closed_to_everybody(
    closed: Client, url: str, credentials: tuple[str, str] | None
) -> None:
    """An installation that has set no password answers 503: an empty one opens nothing."""
    assert closed.post(url, content="{", headers=JSON, auth=credentials).status_code == 503


def test_list_comes_in_pages_the_newest_first(admin: Person, tell: Tell) -> None:
    """The pages together are the whole, by when we were told."""
    told = [tell(INBOUND, mail(number)).status_code for number in (1, 2, 3)]

    first = admin.client.get(MAILS, params={"limit": 2}).json()
    second = admin.client.get(MAILS, params={"limit": 2, "page_token": first["next_page_token"]}).json()

    assert told == [200] * 3
    assert [one["id"] for one in (*first["messages"], *second["messages"])] == [3, 2, 1]
    assert second["next_page_token"] is None


@pytest.mark.parametrize("url", [MAILS, DELIVERIES])
@pytest.mark.parametrize(
    ("query", "status"),
    [({"page_token": "AAAA"}, 400), ({"limit": "0"}, 422), ({"limit": "501"}, 422), ({"from": "x"}, 422)],
    ids=str,
)
def test_question_that_makes_no_sense_is_refused(admin: Person, url: str, query: dict[str, str], status: int) -> None:
    """A made-up token is 400, what does not fit the schema 422."""
    assert admin.client.get(url, params=query).status_code == status


@pytest.mark.parametrize("url", [MAILS, DELIVERIES])
def test_lists_are_for_administrators(signed_in: Person, url: str) -> None:
    """Customers are told that it is not for them, strangers that they have to sign in."""
    customer = signed_in.client.get(url)
    signed_in.client.cookies.clear()

    assert [customer.status_code, signed_in.client.get(url).status_code] == [403, 401]


@pytest.mark.parametrize(("url", "webhook", "make"), [(MAILS, INBOUND, mail), (DELIVERIES, DELIVERY, delivery)])
def test_lists_are_read_in_one_statement_however_many(
    admin: Person, tell: Tell, diglot: Diglot, *, url: str, webhook: str, make: Any
) -> None:
    """The list costs as many statements for nine rows as for one, and reads no payload."""
    tell(webhook, make(1))
    diglot.statements.clear()
    admin.client.get(url)
    few = len(diglot.statements)
    more = [tell(webhook, make(number)).status_code for number in range(2, 10)]
    diglot.statements.clear()

    admin.client.get(url)

    assert more == [200] * 8
    assert len(diglot.statements) == few <= 3
    assert not any("payload" in str(one) for one in diglot.statements)


def test_app_marks_webhooks_in_its_description(diglot_app: APIFlask) -> None:
    """The description says what a webhook's caller has to show, although the guard stands outside of the input."""
    paths = diglot_app.test_client().get("/api/openapi.json").get_json()["paths"]

    assert [paths[url]["post"]["security"] for url in (INBOUND, DELIVERY)] == [[{"webhookBasic": []}]] * 2
    assert paths["/api/webhooks/status"]["post"]["security"] == [{"webhookSignature": []}]
    assert {"200", "401", "413", "422", "503"} <= paths[INBOUND]["post"]["responses"].keys()


@pytest.mark.parametrize("url", [INBOUND, DELIVERY])
def test_body_of_another_kind_is_refused(diglot_client: Client, url: str) -> None:
    """A body that does not say that it is JSON is 415, from Postmark too."""
    answer = diglot_client.post(url, content=text_of(mail()), headers={"Content-Type": "text/plain"}, auth=CREDENTIALS)

    assert answer.status_code == 415
