"""Who asks, and who answers."""

from collections.abc import Iterator
from typing import Any

import pytest
from apiflask import APIFlask

from diglot.client import client_for
from tests.contract.conftest import ManualClock, Person

TICKETS = "/api/support/tickets"
QUEUE = "/api/support/queue"
MAP = "/api/support/customer-map"


@pytest.fixture
def customer(admin: Person, diglot_app: APIFlask, clock: ManualClock) -> Iterator[Person]:
    """Somebody who registered a second after the administrator."""
    clock.advance(seconds=1)
    with client_for(diglot_app) as client:
        person = Person(client, "eve@example.com")
        person.register()
        yield person


@pytest.fixture
def ticket(customer: Person) -> dict[str, Any]:
    """An open ticket of the customer's."""
    return open_ticket(customer)


def open_ticket(person: Person, subject: str = "No fills", body: str = "My order rests.") -> dict[str, Any]:
    """Open a ticket and return it."""
    answer = person.client.post(TICKETS, json={"subject": subject, "body": body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def open_tickets(person: Person, clock: ManualClock, count: int) -> list[dict[str, Any]]:
    """Open tickets, each a microsecond after the one before, so that their order is certain."""
    opened = []
    for _ in range(count):
        clock.advance(microseconds=1)
        opened.append(open_ticket(person))
    return opened


def write(person: Person, ticket: dict[str, Any], body: str) -> int:
    """Add a message to a ticket and return the answer's status."""
    status: int = person.client.post(f"{TICKETS}/{ticket['id']}/messages", json={"body": body}).status_code
    return status


def read(person: Person, ticket: dict[str, Any], **query: Any) -> dict[str, Any]:
    """Return a ticket with its messages."""
    found: dict[str, Any] = person.client.get(f"{TICKETS}/{ticket['id']}", params=query).json()
    return found


def told(ticket: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the direction and the body of a ticket's messages."""
    return [(one["direction"], one["body"]) for one in ticket["messages"]]
