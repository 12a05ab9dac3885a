"""The routes under `/api/trading/strategies`, but for their runtime."""

from typing import Any

import pytest

from backend_v2.trading.parameters import normalised
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person
from tests.contract.trading.conftest import NOBODY, STRATEGIES, Desk, at_moments, keep_strategy

PARAMETERS: dict[str, Any] = {
    "fast": 10,
    "slow": 30.5,
    "symbols": ["AAPL", "BRK.B"],
    "short": False,
    "note": "näh 𝄞",
    "big": 2**53 - 1,
    "tiny": -1e-300,
    "none": [],
}


def test_strategy_reads_back_as_it_was_kept(signed_in: Person, clock: ManualClock) -> None:
    """What was kept comes back: each number, text and list of the parameters."""
    body = {"name": "Crossing", "kind": "moving_average_crossover", "parameters": PARAMETERS}

    answer = signed_in.client.post(STRATEGIES, json=body)

    found = answer.json()
    now = clock().isoformat().replace("+00:00", "Z")
    assert answer.status_code == 201
    assert found == {**body, "id": found["id"], "created_at": now, "updated_at": now}
    assert signed_in.client.get(f"{STRATEGIES}/{found['id']}").json() == found
    assert signed_in.client.get(STRATEGIES).json() == {"strategies": [found], "next_page_token": None}


def test_whole_number_has_one_spelling(signed_in: Person) -> None:
    """A whole number comes back as one, however it was written."""
    kept = keep_strategy(signed_in, parameters={"a": 1.0, "b": -0.0, "c": [1e15]})

    found = signed_in.client.get(f"{STRATEGIES}/{kept}").text

    assert '"parameters":{"a":1,"b":0,"c":[1000000000000000]}' in found.replace(" ", "").replace("\n", "")


def test_normalised_parameters_have_whole_numbers_as_such() -> None:
    """Whoever hands parameters over, a whole number among them is an int, and another one stays."""
    found = normalised({"a": 1.0, "b": -0.0, "c": [2.0**53 - 2, 0.5], "d": True})

    assert [type(one) for one in (found["a"], found["b"], *found["c"], found["d"])] == [int, int, int, float, bool]


@pytest.mark.parametrize(
    "parameters",
    [
        [],
        None,
        "fast",
        {"Fast": 1},
        {"": 1},
        {"a" * 41: 1},
        {"fast": None},
        {"fast": {}},
        {"fast": [[]]},
        {"fast": 2**53},
        {"fast": -(10**400)},
        {"fast": [-(2**53)]},
        {"fast": "x" * 101},
        {"fast": "x\x00"},
        {"fast": list(range(21))},
        {f"p{number}": 1 for number in range(31)},
    ],
    ids=lambda one: repr(one)[:30],
)
def test_parameters_that_do_not_fit_are_refused(signed_in: Person, parameters: object) -> None:
    """Parameters that are no flat object of bounded size are 422, and nothing is stored."""
    body = {"name": "Crossing", "kind": "breakout", "parameters": parameters}

    answer = signed_in.client.post(STRATEGIES, json=body)

    assert answer.status_code == 422
    assert signed_in.client.get(STRATEGIES).json()["strategies"] == []


@pytest.mark.parametrize("wrong", [{"name": ""}, {"kind": "rumour"}, {"kind": None}, {"extra": 1}], ids=str)
def test_strategy_that_does_not_fit_is_refused(signed_in: Person, wrong: dict[str, object]) -> None:
    """A body that does not fit is 422, and nothing is stored."""
    body = {"name": "Crossing", "kind": "breakout", "parameters": {}, **wrong}

    answer = signed_in.client.post(STRATEGIES, json=body)

    assert answer.status_code == 422
    assert signed_in.client.get(STRATEGIES).json()["strategies"] == []


def test_strategy_of_a_taken_name_is_refused(signed_in: Person, other: Person) -> None:
    """A second strategy of one name is a conflict for one user, and none for another."""
    keep_strategy(signed_in)
    body = {"name": "Crossing", "kind": "breakout", "parameters": {}}

    answers = [one.client.post(STRATEGIES, json=body).status_code for one in (signed_in, other)]

    assert answers == [409, 201]


def test_strategies_are_a_hundred_at_most(signed_in: Person, clock: ManualClock) -> None:
    """The hundred and first strategy is refused."""
    kept = [keep_strategy(signed_in, f"No. {number}") for number in at_moments(clock, 100)]

    answer = signed_in.client.post(STRATEGIES, json={"name": "More", "kind": "breakout", "parameters": {}})

    assert len(set(kept)) == 100
    assert answer.status_code == 409


def test_strategies_are_listed_newest_first_in_pages(signed_in: Person, clock: ManualClock) -> None:
    """The newest strategy comes first, and the pages together are the whole."""
    kept = [keep_strategy(signed_in, f"No. {number}") for number in at_moments(clock, 3)]

    first = signed_in.client.get(STRATEGIES, params={"limit": 2}).json()
    query = {"limit": 2, "page_token": first["next_page_token"]}
    second = signed_in.client.get(STRATEGIES, params=query).json()

    listed = [one["id"] for one in [*first["strategies"], *second["strategies"]]]
    assert listed == kept[::-1]
    assert (len(first["strategies"]), second["next_page_token"]) == (2, None)


@pytest.mark.parametrize(
    ("query", "status"), [({"page_token": "AAAA"}, 400), ({"limit": "101"}, 422), ({"unknown": "1"}, 422)], ids=str
)
def test_question_that_makes_no_sense_is_refused(signed_in: Person, query: dict[str, str], status: int) -> None:
    """A made-up token is 400, what does not fit the schema 422."""
    assert signed_in.client.get(STRATEGIES, params=query).status_code == status


def test_token_of_one_user_is_refused_for_another(signed_in: Person, other: Person, clock: ManualClock) -> None:
    """A page token is for the user whom it was given to."""
    kept = [keep_strategy(signed_in, f"No. {number}") for number in at_moments(clock, 2)]
    token = signed_in.client.get(STRATEGIES, params={"limit": 1}).json()["next_page_token"]

    answer = other.client.get(STRATEGIES, params={"page_token": token})

    assert len(kept) == 2
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "Crossed"}, {"name": "Crossed"}),
        ({"kind": "breakout", "name": None}, {"kind": "breakout"}),
        ({"parameters": {"slow": 5}}, {"parameters": {"slow": 5}}),
        ({"parameters": {}}, {"parameters": {}}),
        ({"name": "Crossing"}, {}),
        ({}, {}),
    ],
    ids=str,
)
def test_strategy_is_changed_in_what_is_said(
    signed_in: Person, clock: ManualClock, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    """What is said changes, parameters as a whole; what is null or left out stays."""
    url = f"{STRATEGIES}/{keep_strategy(signed_in)}"
    before = signed_in.client.get(url).json()
    clock.advance(seconds=1)

    answer = signed_in.client.patch(url, json=changes)

    assert answer.status_code == 200
    assert answer.json() == {**before, **expected, "updated_at": "2024-06-03T12:00:01.123456Z"}
    assert signed_in.client.get(url).json() == answer.json()


def test_change_to_a_taken_name_is_refused(signed_in: Person) -> None:
    """A name that another strategy of the user has is a conflict, and nothing changes."""
    keep_strategy(signed_in, "Taken")
    url = f"{STRATEGIES}/{keep_strategy(signed_in)}"
    before = signed_in.client.get(url).json()

    answer = signed_in.client.patch(url, json={"name": "Taken", "kind": "breakout"})

    assert answer.status_code == 409
    assert signed_in.client.get(url).json() == before


def test_strategy_that_runs_keeps_kind_and_parameters(desk: Desk) -> None:
    """While a strategy runs only its name can change; paused it can change in all, or be deleted."""
    url = f"{STRATEGIES}/{keep_strategy(desk.person)}"
    client = desk.person.client
    client.post(f"{url}/runtime/start", json={"account_id": desk.account_id, "version": 0})

    running = [
        client.patch(url, json={"name": "Running"}),
        client.patch(url, json={"kind": "breakout"}),
        client.patch(url, json={"parameters": {}}),
        client.delete(url),
    ]
    client.post(f"{url}/runtime/pause", json={"version": 1})
    paused = [client.patch(url, json={"parameters": {}}), client.delete(url), client.get(f"{url}/runtime")]

    assert [one.status_code for one in running] == [200, 409, 409, 409]
    assert [one.status_code for one in paused] == [200, 204, 404]


def test_deleted_strategy_is_gone_and_logged(signed_in: Person) -> None:
    """A strategy that was deleted is not there any more; what happened is in the log."""
    url = f"{STRATEGIES}/{keep_strategy(signed_in)}"
    signed_in.client.patch(url, json={"name": "Crossed"})

    answers = [signed_in.client.delete(url), signed_in.client.get(url), signed_in.client.delete(url)]

    events = [one["event"] for one in signed_in.client.get("/api/auth/events").json()["events"]]
    assert [one.status_code for one in answers] == [204, 404, 404]
    assert events[:3] == ["strategy_deleted", "strategy_changed", "strategy_added"]


@pytest.mark.parametrize("is_there", [True, False], ids=["somebody else's", "nobody's"])
def test_strategy_of_another_does_not_exist(signed_in: Person, other: Person, is_there: bool) -> None:
    """Somebody else's strategy is 404, in the words for one that there is not."""
    kept = keep_strategy(signed_in)
    url = f"{STRATEGIES}/{kept if is_there else NOBODY}"

    answers = [
        other.client.get(url),
        other.client.patch(url, json={"name": "Mine"}),
        other.client.delete(url),
        other.client.get(f"{url}/runtime"),
        other.client.post(f"{url}/runtime/start", json={"account_id": NOBODY, "version": 0}),
        *(other.client.post(f"{url}/runtime/{one}", json={"version": 0}) for one in ("pause", "stop", "heartbeat")),
    ]

    assert [(one.status_code, one.json()["detail"]) for one in answers] == [(404, "there is no such strategy")] * 8


def test_strategies_are_listed_in_as_many_statements_however_many(
    signed_in: Person, clock: ManualClock, diglot: Diglot
) -> None:
    """The list costs as many statements for a dozen strategies as for one."""
    keep_strategy(signed_in)
    diglot.statements.clear()
    signed_in.client.get(STRATEGIES)
    few = len(diglot.statements)
    more = [keep_strategy(signed_in, f"No. {number}") for number in at_moments(clock, 11)]
    diglot.statements.clear()

    signed_in.client.get(STRATEGIES)

    assert len(more) == 11
    assert len(diglot.statements) == few <= 2
