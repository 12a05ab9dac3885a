"""The routes under `/api/billing/alerts`: configurations, and the alarms that they raise."""

from typing import Any

import pytest

from backend_v2.http.outgoing import Response
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person

CONFIGS, EVENTS, SNAPSHOTS = "/api/billing/alerts/configs", "/api/billing/alerts/events", "/api/billing/snapshots"
CONFIG = {"threshold_minor": 100, "currency": "USD", "enabled": True}


def _put(person: Person, vendor: str = "heroku", **fields: Any) -> Response:
    return person.client.put(f"{CONFIGS}/{vendor}", json={**CONFIG, **fields})


def _record(person: Person, amount: int, month: int = 5, **fields: Any) -> int:
    charge = {
        "vendor": "heroku",
        "period_start": f"2024-{month:02}-01",
        "period_end": f"2024-{month:02}-28",
        "amount_minor": amount,
        "currency": "USD",
        **fields,
    }
    return person.client.post(SNAPSHOTS, json=charge).status_code


def _events(person: Person, **query: Any) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = person.client.get(EVENTS, params=query).json()["events"]
    return events


def _lines(diglot: Diglot, event: str) -> list[tuple[Any, ...]]:
    with diglot.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT user_id, actor FROM audit_log WHERE event = '{event}' ORDER BY id")
        return [tuple(row) for row in rows]


def test_put_creates_then_replaces(admin: Person, clock: ManualClock) -> None:
    """A vendor's first configuration is 201, each later one 200; the list shows what was put last, by vendor."""
    first = _put(admin, "Heroku", currency="usd")
    clock.advance(hours=1)
    second = _put(admin, threshold_minor=200, enabled=False)
    _put(admin, "alpaca")

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["vendor"] == "heroku"
    assert second.json() == {
        "id": first.json()["id"],
        "vendor": "heroku",
        "threshold_minor": 200,
        "currency": "USD",
        "enabled": False,
        "updated_at": clock().isoformat().replace("+00:00", "Z"),
    }
    listed = admin.client.get(CONFIGS).json()["configs"]
    assert [one["vendor"] for one in listed] == ["alpaca", "heroku"]
    assert listed[1] == second.json()


def test_recording_above_the_threshold_raises_an_alarm(admin: Person, clock: ManualClock) -> None:
    """A snapshot above the threshold raises an event with the vendor and the period; one at the threshold does not."""
    config = _put(admin).json()
    recorded = [_record(admin, 100, 4), _record(admin, 101, 5), _record(admin, 500, 6, currency="EUR")]

    events = _events(admin)

    assert recorded == [201, 201, 201]
    assert events == [
        {
            "id": events[0]["id"],
            "config_id": config["id"],
            "snapshot_id": 2,
            "vendor": "heroku",
            "period_start": "2024-05-01",
            "period_end": "2024-05-28",
            "amount_minor": 101,
            "threshold_minor": 100,
            "currency": "USD",
            "raised_at": clock().isoformat().replace("+00:00", "Z"),
        }
    ]


def test_putting_looks_at_the_newest_snapshot_alone(admin: Person) -> None:
    """A configuration that is put raises an alarm about the vendor's newest period, not about older ones or others."""
    _record(admin, 900, 4)
    _record(admin, 900, 5)
    _record(admin, 900, 3)
    _record(admin, 900, 6, vendor="alpaca")

    _put(admin)

    assert [(one["vendor"], one["period_start"]) for one in _events(admin)] == [("heroku", "2024-05-01")]


def test_putting_a_config_without_a_snapshot_raises_nothing(admin: Person) -> None:
    """A vendor without a snapshot has no alarm."""
    answer = _put(admin)

    assert answer.status_code == 201
    assert _events(admin) == []


def test_a_breach_raises_one_alarm_however_often_it_is_looked_at(admin: Person, clock: ManualClock) -> None:
    """Putting the configuration again, higher, lower, off and on, adds no event to the one that there is."""
    _put(admin)
    _record(admin, 500)
    before = _events(admin)
    clock.advance(hours=1)

    again = [{}, {"threshold_minor": 1}, {"threshold_minor": 900}, {"enabled": False}, {}]
    codes = [_put(admin, **fields).status_code for fields in again]

    assert codes == [200] * 5
    assert len(before) == 1
    assert _events(admin) == before


def test_a_lower_threshold_raises_what_it_now_finds(admin: Person) -> None:
    """A threshold that comes below the newest amount raises an alarm; while it is switched off it does not."""
    _record(admin, 500)
    _put(admin, threshold_minor=500)
    _put(admin, threshold_minor=499, enabled=False)
    before = _events(admin)

    _put(admin, threshold_minor=498)

    assert before == []
    assert [one["threshold_minor"] for one in _events(admin)] == [498]


def test_a_month_that_is_there_raises_nothing(admin: Person) -> None:
    """A snapshot that is refused leaves no alarm, and no line in the log."""
    _put(admin)
    _record(admin, 50)

    refused = _record(admin, 500)

    assert refused == 409
    assert _events(admin) == []


def test_delete_removes_config_and_alarms(admin: Person) -> None:
    """A configuration goes with its alarms; put anew it raises its own."""
    _put(admin)
    _record(admin, 500)

    deleted = admin.client.delete(f"{CONFIGS}/HEROKU")
    left = [admin.client.get(CONFIGS).json()["configs"], _events(admin)]
    again = _put(admin)

    assert (deleted.status_code, deleted.content) == (204, b"")
    assert left == [[], []]
    assert again.status_code == 201
    assert len(_events(admin)) == 1


@pytest.mark.parametrize("vendor", ["heroku", "-heroku", "a b", "a" * 41, "h%C3%A9roku", "heroku%0A", "hero%00ku"])
def test_delete_of_no_config_is_not_found(admin: Person, vendor: str) -> None:
    """A vendor without a configuration is not found, nor is what no vendor can be called."""
    assert admin.client.delete(f"{CONFIGS}/{vendor}").status_code == 404


@pytest.mark.parametrize("vendor", ["-heroku", "a b", "a" * 41, "h%C3%A9roku", "heroku%0A", "hero%00ku"])
def test_put_for_what_no_vendor_can_be_called_is_not_found(admin: Person, vendor: str) -> None:
    """A name that no vendor can have is not found, and nothing is stored."""
    assert _put(admin, vendor).status_code == 404
    assert admin.client.get(CONFIGS).json() == {"configs": []}


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold_minor": 0},
        {"threshold_minor": 2**63},
        {"threshold_minor": 1.5},
        {"threshold_minor": "1"},
        {"threshold_minor": True},
        {"currency": "EURO"},
        {"enabled": 1},
        {"enabled": "true"},
        {"enabled": None},
        {"extra": 1},
    ],
    ids=str,
)
def test_put_refuses_what_does_not_fit(admin: Person, wrong: dict[str, Any]) -> None:
    """A body that does not fit is 422, and nothing is stored."""
    assert _put(admin, **wrong).status_code == 422
    assert admin.client.get(CONFIGS).json() == {"configs": []}


def test_put_refuses_what_is_no_json(admin: Person) -> None:
    """A body that is no JSON is 400."""
    headers = {"Content-Type": "application/json"}

    assert admin.client.put(f"{CONFIGS}/heroku", content=b"{", headers=headers).status_code == 400


@pytest.mark.parametrize("missing", sorted(CONFIG))
def test_put_needs_every_field(admin: Person, missing: str) -> None:
    """A configuration is put as a whole: what is missing is not guessed."""
    body = {name: value for name, value in CONFIG.items() if name != missing}

    assert admin.client.put(f"{CONFIGS}/heroku", json=body).status_code == 422


def test_events_are_listed_in_pages(admin: Person) -> None:
    """The newest alarm comes first, the pages together are the whole, and a token is good for its vendor alone."""
    _put(admin)
    _put(admin, "alpaca")
    recorded = [_record(admin, 500, month) for month in (3, 1, 2)] + [_record(admin, 500, vendor="alpaca")]

    first = admin.client.get(EVENTS, params={"vendor": "HEROKU", "limit": 2}).json()
    token = first["next_page_token"]
    second = admin.client.get(EVENTS, params={"vendor": "heroku", "page_token": token}).json()
    elsewhere = admin.client.get(EVENTS, params={"page_token": token})

    assert recorded == [201] * 4
    assert [one["period_start"][5:7] for one in first["events"] + second["events"]] == ["02", "01", "03"]
    assert second["next_page_token"] is None
    assert [one["vendor"] for one in _events(admin)] == ["alpaca", "heroku", "heroku", "heroku"]
    assert elsewhere.status_code == 400


@pytest.mark.parametrize(
    ("query", "status"),
    [({"page_token": "AAAA"}, 400), ({"limit": "0"}, 422), ({"vendor": ""}, 422), ({"unknown": "1"}, 422)],
    ids=str,
)
def test_events_refuse_a_question_that_makes_no_sense(admin: Person, query: dict[str, str], status: int) -> None:
    """A made-up token is 400, what does not fit the schema 422."""
    assert admin.client.get(EVENTS, params=query).status_code == status


def test_alert_routes_are_for_administrators(signed_in: Person) -> None:
    """A customer gets 403 and a stranger 401, whatever they ask."""
    client = signed_in.client

    def codes() -> list[int]:
        answers = [client.get(CONFIGS), _put(signed_in), client.delete(f"{CONFIGS}/heroku"), client.get(EVENTS)]
        return [one.status_code for one in answers]

    of_customer = codes()
    client.cookies.clear()

    assert of_customer == [403] * 4
    assert codes() == [401] * 4


def test_what_administrators_do_is_logged(admin: Person, diglot: Diglot) -> None:
    """Setting, deleting and recording each write a line with the administrator, and of no customer."""
    _put(admin)
    _record(admin, 1)
    admin.client.delete(f"{CONFIGS}/heroku")

    lines = [
        _lines(diglot, name) for name in ("billing_alert_set", "billing_snapshot_recorded", "billing_alert_deleted")
    ]

    assert [len(some) for some in lines] == [1, 1, 1]
    assert {user_id for some in lines for user_id, _ in some} == {None}
    assert all(len(actor) == 36 for some in lines for _, actor in some)


@pytest.mark.parametrize("months", [1, 12])
def test_alert_lists_cost_the_same_for_any_number_of_rows(admin: Person, diglot: Diglot, months: int) -> None:
    """Each list costs the session's statement and one more."""
    numbers = range(1, months + 1)
    put = [_put(admin, vendor).status_code for vendor in ("heroku", *(f"vendor-{number}" for number in numbers))]
    recorded = [_record(admin, 500, number) for number in numbers]
    diglot.statements.clear()

    events = _events(admin)
    configs = admin.client.get(CONFIGS).json()["configs"]

    assert {*put, *recorded} == {201}
    assert (len(events), len(configs), len(diglot.statements)) == (months, months + 1, 4)


@pytest.mark.parametrize("months", [1, 11])
def test_recording_and_putting_cost_the_same_after_any_number_of_months(
    admin: Person, diglot: Diglot, months: int
) -> None:
    """What a vendor's past holds does not make a snapshot or a configuration dearer."""
    _put(admin)
    recorded = [_record(admin, 500, month) for month in range(1, months + 1)]
    diglot.statements.clear()

    recorded.append(_record(admin, 500, 12))
    recording = len(diglot.statements)
    _put(admin)

    assert recorded == [201] * (months + 1)
    assert (recording, len(diglot.statements) - recording) == (6, 7)
