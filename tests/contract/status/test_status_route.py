"""`GET /api/status` and `GET /api/status/events`: what everybody may read."""

from itertools import permutations
from typing import Any

import pytest

from diglot.client import Client
from diglot.isolation.facade import Diglot
from tests.contract.status.conftest import EVENTS, STATUS, Tell

TOLD = [
    {"id": "b", "status": "major_outage", "occurred_at": "2024-06-03T10:00:00Z"},
    {"id": "a", "status": "degraded", "occurred_at": "2024-06-03T11:00:00Z"},
    {"id": "B", "status": "operational", "occurred_at": "2024-06-03T11:00:00.000000Z"},
]
"""Three events of one component; of the two of one instant the one with the higher id, by bytes, is the newer."""


def test_nothing_told_is_operational(diglot_client: Client) -> None:
    """While no event was told there are no components, and nothing is wrong."""
    answer = diglot_client.get(STATUS)

    assert (answer.status_code, answer.json()) == (200, {"status": "operational", "components": []})
    assert diglot_client.get(EVENTS).json() == {"events": [], "next_page_token": None}


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_order_of_arrival_does_not_matter(tell: Tell, diglot_client: Client, order: tuple[int, ...]) -> None:
    """In whatever order events are told, the component is as its newest one says, and the list is the same."""
    told = [tell(**TOLD[number]).status_code for number in order]

    found = diglot_client.get(STATUS).json()

    assert told == [200] * 3
    assert found == {
        "status": "degraded",
        "components": [
            {
                "component": "Orders",
                "status": "degraded",
                "summary": "Fills are late.",
                "since": "2024-06-03T11:00:00Z",
            }
        ],
    }
    assert [one["id"] for one in diglot_client.get(EVENTS).json()["events"]] == ["a", "B", "b"]


@pytest.mark.parametrize(
    ("states", "worst"),
    [
        (["operational", "operational"], "operational"),
        (["operational", "maintenance"], "maintenance"),
        (["degraded", "maintenance"], "degraded"),
        (["degraded", "partial_outage", "operational"], "partial_outage"),
        (["partial_outage", "major_outage", "degraded"], "major_outage"),
    ],
    ids=str,
)
def test_whole_is_as_its_worst_component(tell: Tell, diglot_client: Client, states: list[str], worst: str) -> None:
    """The status of everything is the worst one, whatever the components are called."""
    told = [
        tell(id=str(number), component=f"c{number}", status=state).status_code for number, state in enumerate(states)
    ]

    found = diglot_client.get(STATUS).json()

    assert told == [200] * len(states)
    assert found["status"] == worst
    assert [one["status"] for one in found["components"]] == states


def test_components_are_in_order_of_their_names(tell: Tell, diglot_client: Client) -> None:
    """Components come in one order, by bytes; a name that differs in case is another component."""
    names = ["orders", "Bars", "API", "a.b", "a-b", "ab", "Ü"]
    told = [tell(id=str(number), component=name).status_code for number, name in enumerate(names)]

    found = diglot_client.get(STATUS).json()["components"]

    assert told == [200] * 7
    assert [one["component"] for one in found] == sorted(names, key=lambda one: one.encode())


def test_events_come_in_pages_the_newest_first(tell: Tell, diglot_client: Client) -> None:
    """The pages together are the whole, by when events occurred; of one instant by id; nothing comes twice."""
    ids = ["a", "B", "a-b", "ab", "a_b", "A"]
    told = [tell(id=one).status_code for one in ids]
    told.append(tell(id="new", occurred_at="2024-06-03T11:00:00.000001Z").status_code)

    first = diglot_client.get(EVENTS, params={"limit": 3}).json()
    second = diglot_client.get(EVENTS, params={"limit": 3, "page_token": first["next_page_token"]}).json()
    third = diglot_client.get(EVENTS, params={"limit": 3, "page_token": second["next_page_token"]}).json()

    found = [one["id"] for page in (first, second, third) for one in page["events"]]
    assert told == [200] * 7
    assert found == ["new", *sorted(ids, reverse=True)]
    assert third["next_page_token"] is None


def test_events_of_one_component(tell: Tell, diglot_client: Client) -> None:
    """Asked for one component the list holds that one alone, by its exact name."""
    names = ["Orders", "orders", "Order", "O%"]
    told = [tell(id=str(number), component=name).status_code for number, name in enumerate(names)]

    found = [diglot_client.get(EVENTS, params={"component": name}).json()["events"] for name in (*names, "none")]

    assert told == [200] * 4
    assert [[one["component"] for one in events] for events in found] == [[name] for name in names] + [[]]


@pytest.mark.parametrize("component", ["None", "'Orders'", "orders"])
def test_token_of_one_list_is_refused_for_another(tell: Tell, diglot_client: Client, component: str) -> None:
    """A page token goes on with the list that gave it out, and with no other, whatever a component is called."""
    told = [tell(id=one).status_code for one in "ab"]
    tokens = [
        diglot_client.get(EVENTS, params={"limit": 1, **query}).json()["next_page_token"]
        for query in ({}, {"component": "Orders"})
    ]

    answers = [diglot_client.get(EVENTS, params={"component": component, "page_token": one}) for one in tokens]

    assert told == [200] * 2
    assert [one.status_code for one in answers] == [400, 400]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"page_token": "AAAA"}, 400),
        ({"limit": "0"}, 422),
        ({"limit": "501"}, 422),
        ({"component": ""}, 422),
        ({"component": " x"}, 422),
        ({"component": "x" * 101}, 422),
        ({"status": "degraded"}, 422),
    ],
    ids=str,
)
def test_question_that_makes_no_sense_is_refused(diglot_client: Client, query: dict[str, Any], status: int) -> None:
    """A made-up token is 400, what does not fit the schema 422."""
    assert diglot_client.get(EVENTS, params=query).status_code == status


@pytest.mark.parametrize("url", [STATUS, EVENTS])
def test_reading_is_one_statement_however_much_was_told(
    tell: Tell, diglot_client: Client, diglot: Diglot, url: str
) -> None:
    """Each answer is read in one statement, for twenty events of five components as for none."""
    diglot.statements.clear()
    diglot_client.get(url)
    few = len(diglot.statements)
    told = [tell(id=str(number), component=f"c{number % 5}").status_code for number in range(20)]
    diglot.statements.clear()

    diglot_client.get(url)

    assert told == [200] * 20
    assert len(diglot.statements) == few == 1
