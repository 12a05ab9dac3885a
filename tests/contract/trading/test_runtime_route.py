"""The routes under `/api/trading/strategies/{id}/runtime`: states, versions, heartbeats."""

from dataclasses import dataclass
from typing import Any

import pytest

from backend_v2.http.outgoing import Response
from tests.contract.conftest import ManualClock, Person
from tests.contract.trading.conftest import NOBODY, STRATEGIES, Desk, keep_strategy, open_account

PATHS: dict[str, list[str]] = {"stopped": [], "running": ["start"], "paused": ["start", "pause"]}
"""How a strategy comes into each state."""


@dataclass
class Runner:
    """Somebody who runs a strategy."""

    desk: Desk
    url: str

    def do(self, action: str, version: int) -> Response:
        """Start, pause or stop it, or say that it is alive."""
        body: dict[str, Any] = {"version": version}
        body |= {"account_id": self.desk.account_id} if action == "start" else {}
        return self.desk.person.client.post(f"{self.url}/{action}", json=body)

    def get(self) -> dict[str, Any]:
        """Return what it is doing."""
        found: dict[str, Any] = self.desk.person.client.get(self.url).json()
        return found


@pytest.fixture
def runner(desk: Desk) -> Runner:
    """Somebody with a strategy that was never started."""
    return Runner(desk, f"{STRATEGIES}/{keep_strategy(desk.person)}/runtime")


def test_strategy_that_was_never_started_is_stopped(runner: Runner) -> None:
    """Before it was ever started a strategy is stopped, on no account, at version 0."""
    assert runner.get() == {
        "strategy_id": runner.url.split("/")[-2],
        "account_id": None,
        "state": "stopped",
        "version": 0,
        "stale": False,
        "started_at": None,
        "heartbeat_at": None,
        "updated_at": None,
    }


def test_strategy_goes_round(runner: Runner) -> None:
    """Started, paused, resumed, stopped and started again: each step is one version, and is logged."""
    steps = ["start", "pause", "start", "stop", "start"]

    answers = [runner.do(action, version) for version, action in enumerate(steps)]

    events = [one["event"] for one in runner.desk.person.client.get("/api/auth/events").json()["events"]]
    assert [(one.status_code, one.json()["state"], one.json()["version"]) for one in answers] == [
        (200, "running", 1),
        (200, "paused", 2),
        (200, "running", 3),
        (200, "stopped", 4),
        (200, "running", 5),
    ]
    assert runner.get() == answers[-1].json()
    assert events[:5] == [
        "strategy_started",
        "strategy_stopped",
        "strategy_started",
        "strategy_paused",
        "strategy_started",
    ]


def test_start_says_since_when(runner: Runner, clock: ManualClock) -> None:
    """A start says since when it runs and counts as a heartbeat; a resumption does not change since when."""
    started = runner.do("start", 0).json()
    clock.advance(seconds=10)
    runner.do("pause", 1)
    resumed = runner.do("start", 2).json()

    assert started["started_at"] == started["heartbeat_at"] == started["updated_at"] == resumed["started_at"]
    assert resumed["heartbeat_at"] == resumed["updated_at"] > started["heartbeat_at"]


@pytest.mark.parametrize(
    ("state", "action"),
    [
        ("stopped", "pause"),
        ("stopped", "stop"),
        ("stopped", "heartbeat"),
        ("running", "start"),
        ("paused", "pause"),
        ("paused", "heartbeat"),
    ],
)
def test_step_that_a_state_does_not_know_is_refused(runner: Runner, state: str, action: str) -> None:
    """From each state only its own steps lead on; others are 409, and nothing changes."""
    path = [runner.do(step, version) for version, step in enumerate(PATHS[state])]
    before = runner.get()

    answer = runner.do(action, len(path))

    assert answer.status_code == 409
    assert f"the strategy is {state}" in answer.json()["detail"]
    assert runner.get() == before


def test_paused_strategy_is_stopped(runner: Runner) -> None:
    """Who has paused may stop for good, and start again from there."""
    steps = ["start", "pause", "stop", "start"]

    states = [runner.do(step, version).json()["state"] for version, step in enumerate(steps)]

    assert states == ["running", "paused", "stopped", "running"]


@pytest.mark.parametrize("version", [0, 1, 3, 2**31 - 2])
@pytest.mark.parametrize("action", ["start", "pause", "stop", "heartbeat"])
def test_stale_version_is_refused(runner: Runner, action: str, version: int) -> None:
    """A request that has seen another version is 409, and the answer names both."""
    path = [runner.do(step, seen) for seen, step in enumerate(PATHS["paused"])]
    before = runner.get()

    answer = runner.do(action, version)

    assert len(path) == 2
    assert answer.status_code == 409
    assert answer.json()["detail"] == f"version {version} is stale: the runtime has version 2"
    assert runner.get() == before


@pytest.mark.parametrize("action", ["start", "pause", "stop", "heartbeat"])
def test_version_of_what_never_ran_is_refused(runner: Runner, action: str) -> None:
    """Before the first start there is version 0, and no other."""
    answer = runner.do(action, 1)

    assert answer.json()["detail"] == "version 1 is stale: the runtime has version 0"
    assert runner.get()["version"] == 0


def test_strategy_without_a_heartbeat_is_stale(runner: Runner, clock: ManualClock) -> None:
    """A strategy that runs is stale when its last heartbeat is older than 90 seconds; a heartbeat helps."""
    runner.do("start", 0)
    clock.advance(seconds=90)
    alive = runner.get()
    clock.advance(microseconds=1)
    stale = runner.get()

    beat = runner.do("heartbeat", 1)

    assert (alive["stale"], stale["stale"]) == (False, True)
    assert beat.status_code == 200
    assert beat.json() == runner.get()
    assert beat.json() == {**stale, "stale": False, "heartbeat_at": clock().isoformat().replace("+00:00", "Z")}


@pytest.mark.parametrize("action", ["pause", "stop"])
def test_strategy_that_does_not_run_is_not_stale(runner: Runner, clock: ManualClock, action: str) -> None:
    """What was paused or stopped needs no heartbeat."""
    runner.do("start", 0)
    runner.do(action, 1)
    clock.advance(hours=2)

    assert runner.get()["stale"] is False


def test_start_on_an_account_of_another_is_refused(runner: Runner, other: Person) -> None:
    """A strategy runs on an account of its user's alone; others do not exist."""
    theirs = open_account(other)

    answers = [
        runner.desk.person.client.post(f"{runner.url}/start", json={"account_id": one, "version": 0})
        for one in (theirs, NOBODY)
    ]

    assert [(one.status_code, one.json()["detail"]) for one in answers] == [(404, "there is no such account")] * 2
    assert runner.get()["version"] == 0


@pytest.mark.parametrize(
    "wrong", [{"account_id": 1}, {"account_id": "x"}, {"account_id": None}, {"extra": 1}], ids=str
)
def test_start_that_does_not_fit_is_refused(runner: Runner, wrong: dict[str, object]) -> None:
    """A body that does not fit is 422, and nothing is started."""
    body = {"account_id": runner.desk.account_id, "version": 0, **wrong}

    answer = runner.desk.person.client.post(f"{runner.url}/start", json=body)

    assert answer.status_code == 422
    assert runner.get()["version"] == 0
