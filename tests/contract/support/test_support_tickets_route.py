"""The routes under `/api/support/tickets`: opening, listing and reading what one asked oneself."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person
from tests.contract.support.conftest import QUEUE, TICKETS, open_ticket, open_tickets, read, told, write

ASKED = {"subject": "No fills", "body": "My order rests.\n\nSince Monday."}


def test_ticket_is_opened_with_its_first_message(signed_in: Person, clock: ManualClock) -> None:
    """What was asked comes back, as the asker's, open, as of now; it is the first message of the ticket."""
    answer = signed_in.client.post(TICKETS, json=ASKED)

    now = clock().isoformat().replace("+00:00", "Z")
    user_id = signed_in.client.get("/api/auth/session").json()["user"]["id"]
    opened = answer.json()
    assert answer.status_code == 201
    assert opened == {
        "id": opened["id"],
        "user_id": user_id,
        "requester_email": signed_in.email,
        "subject": "No fills",
        "status": "open",
        "created_at": now,
        "updated_at": now,
    }
    assert read(signed_in, opened) == {
        **opened,
        "messages": [{"id": 1, "direction": "inbound", "body": ASKED["body"], "created_at": now}],
        "next_page_token": None,
    }
    assert signed_in.client.get(TICKETS).json() == {"tickets": [opened], "next_page_token": None}


def test_ticket_is_logged(signed_in: Person) -> None:
    """That a ticket was opened and closed is in the requester's log, without its text."""
    opened = open_ticket(signed_in)
    signed_in.client.post(f"{TICKETS}/{opened['id']}/close")

    events = signed_in.client.get("/api/auth/events").json()["events"]

    assert [one["event"] for one in events[:2]] == ["ticket_closed", "ticket_opened"]
    assert "No fills" not in str(events)


def test_tickets_come_in_pages_the_newest_first(signed_in: Person, clock: ManualClock) -> None:
    """The pages together are the whole; a microsecond makes a difference."""
    opened = open_tickets(signed_in, clock, 4)

    first = signed_in.client.get(TICKETS, params={"limit": 2}).json()
    second = signed_in.client.get(TICKETS, params={"limit": 2, "page_token": first["next_page_token"]}).json()

    found = [one["id"] for one in (*first["tickets"], *second["tickets"])]
    assert found == [one["id"] for one in reversed(opened)]
    assert second["next_page_token"] is None


@pytest.mark.parametrize(("status", "subjects"), [("open", ["b"]), ("closed", ["a"]), ("pending", [])])
def test_tickets_of_one_status(signed_in: Person, status: str, subjects: list[str]) -> None:
    """Asked for one status the list holds that one alone."""
    closed = open_ticket(signed_in, "a")
    open_ticket(signed_in, "b")
    signed_in.client.post(f"{TICKETS}/{closed['id']}/close")

    found = signed_in.client.get(TICKETS, params={"status": status}).json()["tickets"]

    assert [one["subject"] for one in found] == subjects


def test_list_has_nobody_elses_tickets(signed_in: Person, other: Person) -> None:
    """Everybody sees their own tickets, and no others."""
    open_ticket(signed_in, "mine")
    open_ticket(other, "theirs")

    found = [one.client.get(TICKETS).json()["tickets"] for one in (signed_in, other)]

    assert [[one["subject"] for one in tickets] for tickets in found] == [["mine"], ["theirs"]]


def test_message_of_the_requester_is_added_and_moves_the_ticket(signed_in: Person, clock: ManualClock) -> None:
    """A second message comes after the first; nothing is mailed, and the ticket says when it last changed."""
    opened = open_ticket(signed_in)
    clock.advance(hours=1)

    answer = signed_in.client.post(f"{TICKETS}/{opened['id']}/messages", json={"body": "Still."})

    now = clock().isoformat().replace("+00:00", "Z")
    found = read(signed_in, opened)
    assert (answer.status_code, answer.json()) == (201, found["messages"][1])
    assert told(found) == [("inbound", "My order rests."), ("inbound", "Still.")]
    assert (found["updated_at"], found["created_at"]) == (now, opened["created_at"])


def test_message_of_the_requester_opens_a_closed_ticket(signed_in: Person) -> None:
    """Who writes to a closed ticket has it open again."""
    opened = open_ticket(signed_in)
    closed = signed_in.client.post(f"{TICKETS}/{opened['id']}/close").json()

    write(signed_in, opened, "It is back.")

    assert [closed["status"], read(signed_in, opened)["status"]] == ["closed", "open"]


def test_messages_come_in_pages_the_oldest_first(signed_in: Person) -> None:
    """A long ticket is read page by page, in the order in which it was written."""
    opened = open_ticket(signed_in, body="0")
    statuses = [write(signed_in, opened, str(number)) for number in range(1, 5)]

    first = read(signed_in, opened, limit=3)
    second = read(signed_in, opened, limit=3, page_token=first["next_page_token"])

    assert statuses == [201] * 4
    assert [one["body"] for one in (*first["messages"], *second["messages"])] == ["0", "1", "2", "3", "4"]
    assert second["next_page_token"] is None


def test_close_is_done_once(signed_in: Person, clock: ManualClock) -> None:
    """Closing says when; closing again is a conflict."""
    opened = open_ticket(signed_in)
    clock.advance(minutes=1)

    answers = [signed_in.client.post(f"{TICKETS}/{opened['id']}/close") for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 409]
    assert answers[0].json() == {
        **opened,
        "status": "closed",
        "updated_at": clock().isoformat().replace("+00:00", "Z"),
    }


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", "", None), ("POST", "/messages", {"body": "x"}), ("POST", "/close", None)],
    ids=str,
)
def test_ticket_of_somebody_else_is_as_if_it_were_not(
    signed_in: Person, other: Person, method: str, path: str, body: dict[str, str] | None
) -> None:
    """Somebody else's ticket is not found, in the words for one that there is not, and stays as it was."""
    opened = open_ticket(other)

    theirs = signed_in.client.request(method, f"{TICKETS}/{opened['id']}{path}", json=body)
    none = signed_in.client.request(method, f"{TICKETS}/{uuid4()}{path}", json=body)

    assert [theirs.status_code, none.status_code] == [404, 404]
    assert theirs.json()["detail"] == none.json()["detail"]
    assert read(other, opened) == {**opened, "messages": read(other, opened)["messages"], "next_page_token": None}
    assert len(read(other, opened)["messages"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": ""},
        {"subject": " x"},
        {"subject": "x\n"},
        {"subject": "x\ny"},
        {"subject": "x" * 256},
        {"subject": 1},
        {"body": ""},
        {"body": " \n"},
        {"body": "a\x00"},
        {"body": "x" * 20_001},
        {"body": None},
        {"status": "closed"},
        {"user_id": str(UUID(int=1))},
    ],
    ids=lambda one: str(one)[:30].encode("ascii", "replace").decode(),
)
def test_ticket_that_does_not_fit_is_refused(signed_in: Person, wrong: dict[str, Any]) -> None:
    """A body that does not fit is 422, with the field, and nothing is stored."""
    answer = signed_in.client.post(TICKETS, json={**ASKED, **wrong})

    assert answer.status_code == 422
    assert answer.json()["errors"]["json"]
    assert signed_in.client.get(TICKETS).json()["tickets"] == []


@pytest.mark.parametrize("subject", ["x", "é" * 255, "a 'quote' \"and\" <tags>", "\U0001f600 %_ ü"])
def test_subject_comes_back_as_it_was(signed_in: Person, subject: str) -> None:
    """Any line of text is kept to the character, up to the longest one."""
    assert open_ticket(signed_in, subject)["subject"] == subject
    assert signed_in.client.get(TICKETS).json()["tickets"][0]["subject"] == subject


@pytest.mark.parametrize(
    ("body", "status"), [('{"body": ""}', 422), ('{"body": "x", "direction": "outbound"}', 422), ("{", 400)]
)
def test_message_that_does_not_fit_is_refused(signed_in: Person, body: str, status: int) -> None:
    """A message that does not fit is 422, what is no JSON 400, and nothing is added."""
    opened = open_ticket(signed_in)
    headers = {"Content-Type": "application/json"}

    answer = signed_in.client.post(f"{TICKETS}/{opened['id']}/messages", content=body, headers=headers)

    assert answer.status_code == status
    assert len(read(signed_in, opened)["messages"]) == 1


@pytest.mark.parametrize("body", ["{", '{"subject": "\\ud800", "body": "x"}'])
def test_ticket_that_is_no_json_is_refused(signed_in: Person, body: str) -> None:
    """What is no JSON is 400, half a surrogate pair too."""
    answer = signed_in.client.post(TICKETS, content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"page_token": "AAAA"}, 400),
        ({"page_token": ""}, 422),
        ({"limit": "0"}, 422),
        ({"limit": "501"}, 422),
        ({"unknown": "1"}, 422),
    ],
    ids=str,
)
def test_question_that_makes_no_sense_is_refused(admin: Person, query: dict[str, str], status: int) -> None:
    """A made-up token is 400, what does not fit the schema 422: of each list."""
    opened = open_ticket(admin)
    urls = [TICKETS, QUEUE, f"{TICKETS}/{opened['id']}"]

    answers = [admin.client.get(url, params=query) for url in urls]

    assert [one.status_code for one in answers] == [status] * 3


@pytest.mark.parametrize("url", [TICKETS, QUEUE])
def test_status_that_there_is_not_is_refused(admin: Person, url: str) -> None:
    """Only the three statuses can be asked for."""
    assert admin.client.get(url, params={"status": "Open"}).status_code == 422


def test_token_of_one_list_is_refused_for_another(signed_in: Person, other: Person, clock: ManualClock) -> None:
    """A page token goes on with its reader's own list, with the same filter, and with no other."""
    tickets = open_tickets(signed_in, clock, 2) + open_tickets(other, clock, 1)
    token = signed_in.client.get(TICKETS, params={"limit": 1}).json()["next_page_token"]

    answers = [
        signed_in.client.get(TICKETS, params={"page_token": token}),
        signed_in.client.get(TICKETS, params={"page_token": token, "status": "open"}),
        signed_in.client.get(f"{TICKETS}/{tickets[0]['id']}", params={"page_token": token}),
        other.client.get(TICKETS, params={"page_token": token}),
    ]

    assert [one.status_code for one in answers] == [200, 400, 400, 400]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", TICKETS),
        ("GET", TICKETS),
        ("GET", f"{TICKETS}/{UUID(int=1)}"),
        ("POST", f"{TICKETS}/{UUID(int=1)}/messages"),
        ("POST", f"{TICKETS}/{UUID(int=1)}/close"),
        ("GET", QUEUE),
    ],
    ids=lambda one: str(one)[-9:],
)
def test_support_is_closed_to_strangers(signed_in: Person, method: str, path: str) -> None:
    """Who is not signed in is told so, whatever they ask."""
    signed_in.client.cookies.clear()
    body = {**ASKED} if path == TICKETS else {"body": "x"}

    answer = signed_in.client.request(method, path, json=body if method == "POST" else None)

    assert answer.status_code == 401


@pytest.mark.parametrize("path", [TICKETS, QUEUE, f"{TICKETS}/{{id}}"])
def test_reading_costs_as_many_statements_for_many_as_for_one(
    admin: Person, diglot: Diglot, clock: ManualClock, path: str
) -> None:
    """The number of statements does not grow with the tickets, nor with their messages."""
    opened = open_ticket(admin)
    url = path.format(id=opened["id"])
    diglot.statements.clear()
    admin.client.get(url)
    few = len(diglot.statements)
    more = [write(admin, opened, "x") for _ in open_tickets(admin, clock, 8)]
    diglot.statements.clear()

    admin.client.get(url)

    assert len(more) == 8
    assert len(diglot.statements) == few <= 4


@pytest.mark.parametrize(("kind", "size", "status"), [("application/json", 300_000, 413), ("text/plain", 1, 415)])
@pytest.mark.parametrize("path", ["", "/{id}/messages"], ids=["ticket", "message"])
def test_body_that_is_too_large_or_of_another_kind_is_refused(
    signed_in: Person, path: str, *, kind: str, size: int, status: int
) -> None:
    """A body above the limit is 413, one that does not say that it is JSON 415."""
    url = TICKETS + path.format(id=open_ticket(signed_in)["id"])

    answer = signed_in.client.post(url, content=b"x" * size, headers={"Content-Type": kind})

    assert answer.status_code == status
