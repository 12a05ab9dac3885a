"""The stand-in keeps the contract of the bars API, in process and on a port."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from backend_v2.http.outgoing import Response, WsgiTransport, client
from tests.standins.alpaca import AlpacaStandIn
from tests.standins.alpaca.exchange import holidays

KEYS = {"APCA-API-KEY-ID": "k", "APCA-API-SECRET-KEY": "s"}
NOW = datetime(2024, 6, 3, 12, tzinfo=UTC)
MARCH = {"timeframe": "1Day", "start": "2024-03-01", "end": "2024-03-31", "feed": "iex"}
ONE, MANY = "/v2/stocks/AAPL/bars", "/v2/stocks/bars"


@pytest.fixture
def standin() -> AlpacaStandIn:
    """The stand-in, on a summer's day."""
    return AlpacaStandIn(now=lambda: NOW)


def _get(standin: AlpacaStandIn, path: str = ONE, keys: dict[str, str] = KEYS, /, **query: str) -> Response:
    with client("http://x", headers=keys, timeout_s=5, transport=WsgiTransport(app=standin)) as session:
        return session.get(path, params={**MARCH, **query})


def _times(answer: Response) -> list[str]:
    return [bar["t"] for bar in answer.json()["bars"]]


def test_days_begin_at_midnight_in_new_york_on_either_side_of_summer_time(standin: AlpacaStandIn) -> None:
    """Daily bars are stamped 05:00Z in winter and 04:00Z in summer; weekends and holidays have none."""
    times = _times(_get(standin))

    assert times[0] == "2024-03-01T05:00:00Z"
    assert times[-1] == "2024-03-28T04:00:00Z"
    assert len(times) == 20


@pytest.mark.parametrize(
    ("timeframe", "start", "end", "times"),
    [
        ("1Hour", "2024-03-08", "2024-03-08", [f"2024-03-08T{hour}:00:00Z" for hour in range(14, 21)]),
        ("1Hour", "2024-03-11", "2024-03-11", [f"2024-03-11T{hour}:00:00Z" for hour in range(13, 20)]),
        ("30T", "2024-03-08T20:15:00Z", "2024-03-08T23:00:00Z", ["2024-03-08T20:30:00Z"]),
        (
            "1Week",
            "2024-03-01",
            "2024-03-18",
            ["2024-03-04T05:00:00Z", "2024-03-11T04:00:00Z", "2024-03-18T04:00:00Z"],
        ),
        ("3Month", "2023-12-01", "2024-05-01", ["2024-01-01T05:00:00Z", "2024-04-01T04:00:00Z"]),
        ("1D", "2024-03-08T05:00:00Z", "2024-03-08T05:00:00Z", ["2024-03-08T05:00:00Z"]),
        ("1D", "2024-03-08T05:00:01Z", "2024-03-11T03:59:59Z", []),
    ],
    ids=["winter hours", "summer hours", "half hours", "weeks", "quarters", "both bounds", "between bars"],
)
def test_bars_begin_on_the_calendar(
    standin: AlpacaStandIn, timeframe: str, start: str, end: str, times: list[str]
) -> None:
    """Bars begin on the clock, the weekday or the month of New York, and both bounds are inclusive."""
    body = _get(standin, timeframe=timeframe, start=start, end=end).json()

    assert [bar["t"] for bar in body["bars"] or []] == times


@pytest.mark.parametrize(
    ("year", "closed"),
    [
        (2021, "01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24"),
        (2022, "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26"),
        (2024, "01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25"),
        (2026, "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25"),
    ],
)
def test_holidays_are_the_exchange_s_own(year: int, closed: str) -> None:
    """The rules give the days that the New York exchange published for the year."""
    assert sorted(holidays(year)) == [date.fromisoformat(f"{year}-{day}") for day in closed.split()]


def test_pages_cover_symbols_in_order_and_tokens_outlive_the_process(standin: AlpacaStandIn) -> None:
    """The limit counts across symbols, which come one after the other; a new process goes on."""
    query = {"symbols": "MSFT,AAPL", "limit": "15"}

    first = _get(standin, MANY, **query).json()
    second = _get(AlpacaStandIn(now=lambda: NOW), MANY, **query, page_token=first["next_page_token"]).json()
    third = _get(AlpacaStandIn(now=lambda: NOW), MANY, **query, page_token=second["next_page_token"]).json()

    assert [list(body["bars"]) for body in (first, second, third)] == [["AAPL"], ["AAPL", "MSFT"], ["MSFT"]]
    pages = [bar["t"] for body in (first, second, third) for bars in body["bars"].values() for bar in bars]
    assert pages == [*_times(_get(standin)), *_times(_get(standin, "/v2/stocks/MSFT/bars"))]
    assert third["next_page_token"] is None


def test_descending_pages_are_the_ascending_ones_reversed(standin: AlpacaStandIn) -> None:
    """`sort=desc` gives the same bars from the newest on, over pages too."""
    first = _get(standin, sort="desc", limit="12").json()
    second = _get(standin, sort="desc", limit="12", page_token=first["next_page_token"]).json()

    assert [bar["t"] for bar in (*first["bars"], *second["bars"])] == _times(_get(standin))[::-1]


def test_page_may_hold_fewer_than_its_limit(standin: AlpacaStandIn) -> None:
    """A page ends where the API wants; only the token says whether more follows."""
    standin.page_size = 3

    body = _get(standin, limit="1000").json()

    assert len(body["bars"]) == 3
    assert body["next_page_token"]


@pytest.mark.parametrize(("path", "empty"), [(ONE, None), (MANY, {})])
def test_no_bars_are_an_answer(standin: AlpacaStandIn, path: str, empty: object) -> None:
    """Without bars one symbol has null and several have an empty object."""
    symbols = {"symbols": "AAPL"} if path == MANY else {}

    body = _get(standin, path, start="2024-03-02", end="2024-03-03", **symbols).json()

    assert (body["bars"], body["next_page_token"]) == (empty, None)


def test_default_bounds_are_today_until_a_quarter_of_an_hour_ago(standin: AlpacaStandIn) -> None:
    """Without bounds the day so far is meant, and the feed is the consolidated one."""
    with client("http://x", headers=KEYS, timeout_s=5, transport=WsgiTransport(app=standin)) as session:
        answer = session.get(ONE, params={"timeframe": "1Day"})

    assert _times(answer) == ["2024-06-03T04:00:00Z"]


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({"timeframe": "2Day"}, 400, "invalid timeframe: 2Day"),
        ({"timeframe": "5Month"}, 400, "invalid timeframe: 5Month"),
        ({"timeframe": "60Min"}, 400, "invalid timeframe: 60Min"),
        ({"limit": "0"}, 400, "invalid limit: 0"),
        ({"limit": "10001"}, 400, "invalid limit: 10001"),
        ({"end": "2024-02-01"}, 400, "end should not be before start"),
        ({"start": "2024-02-30"}, 400, "invalid date: 2024-02-30"),
        ({"start": "2024-02-01T00:00:00"}, 400, "invalid instant: 2024-02-01T00:00:00"),
        ({"colour": "red", "symbols": "A"}, 400, "unexpected parameter(s): colour, symbols"),
        ({"page_token": "AAAA"}, 400, "invalid page_token"),
        ({"feed": "nyse"}, 400, "invalid feed: nyse"),
        ({"sort": "up"}, 400, "invalid sort: up"),
        ({"adjustment": "raw,none"}, 400, "invalid adjustment: raw,none"),
        ({"currency": "dollars"}, 400, "invalid currency: dollars"),
        ({"feed": "sip", "end": "2024-06-03T11:50:00Z"}, 403, "subscription does not permit querying recent SIP data"),
    ],
    ids=str,
)
def test_question_with_a_mistake_is_refused(
    standin: AlpacaStandIn, query: dict[str, str], status: int, message: str
) -> None:
    """Each mistake has the API's status and words."""
    answer = _get(standin, **query)

    assert (answer.status_code, answer.json()["message"]) == (status, message)


def test_instants_may_have_nanoseconds(standin: AlpacaStandIn) -> None:
    """RFC 3339 to the nanosecond is taken, in any zone."""
    answer = _get(standin, start="2024-03-08T00:00:00.123456789-05:00", end="2024-03-11T04:00:00.000000000Z")

    assert _times(answer) == ["2024-03-11T04:00:00Z"]


@pytest.mark.parametrize(
    ("path", "keys", "status"),
    [(ONE, {}, 403), (ONE, {"APCA-API-KEY-ID": "k"}, 403), ("/v2/stocks/bars/AAPL", KEYS, 404)],
)
def test_strangers_and_wrong_paths_are_refused(
    standin: AlpacaStandIn, path: str, keys: dict[str, str], status: int
) -> None:
    """Without both keys the answer is 403; what is no endpoint is 404."""
    assert _get(standin, path, keys).status_code == status


def test_script_is_answered_first(standin: AlpacaStandIn) -> None:
    """A scripted status is answered once, with the instant of the rate's reset; then bars come again."""
    standin.script = [200, 429]

    answers = [_get(standin), _get(standin), _get(standin)]

    assert [one.status_code for one in answers] == [200, 429, 200]
    assert answers[1].headers["X-RateLimit-Reset"].isdecimal()
    assert answers[1].json() == {"message": "too many requests."}


def test_every_answer_carries_rate_headers(standin: AlpacaStandIn) -> None:
    """Limit, remaining and reset are there, also with a refusal; large answers are compressed."""
    good, bad = _get(standin), _get(standin, timeframe="")

    names = {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-request-id"}
    assert names <= good.headers.keys()
    assert names <= bad.headers.keys()
    assert [one.headers["x-ratelimit-remaining"] for one in (good, bad)] == ["199", "198"]
    assert good.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in bad.headers


@contextmanager
def _process(*options: str) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.standins.alpaca", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


def test_standin_serves_on_a_port(standin: AlpacaStandIn) -> None:
    """Started as a process it gives over real HTTP what it gives in process, and is busy when told so."""
    with _process("--busy", "1") as address, client(address, headers=KEYS, timeout_s=10) as session:
        busy = session.get(ONE, params=MARCH)
        served = session.get(ONE, params=MARCH)

    assert busy.status_code == 429
    assert served.json() == _get(standin).json()
