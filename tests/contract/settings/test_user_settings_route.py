"""The routes under `/api/settings`: defaults, merge patches, and what is refused."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from backend_v2.db.tables import settings as tables
from backend_v2.http.outgoing import Response
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person

URL = "/api/settings"
DEFAULTS = {"time_zone": "UTC", "locale": "en-US", "preferences": {}, "updated_at": None}


def _patch(person: Person, **fields: Any) -> Response:
    return person.client.patch(URL, json=fields)


def _patch_text(person: Person, body: str) -> Response:
    return person.client.patch(URL, content=body, headers={"Content-Type": "application/json"})


def _preferences(person: Person) -> Any:
    return person.client.get(URL).json()["preferences"]


def test_get_gives_defaults_and_writes_nothing(signed_in: Person, diglot: Diglot) -> None:
    """Who has set nothing sees the defaults, and no row comes of looking."""
    answer = signed_in.client.get(URL)

    assert (answer.status_code, answer.json()) == (200, DEFAULTS)
    with diglot.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.user_settings)) == 0


def test_patch_changes_what_it_names_and_leaves_the_rest(signed_in: Person, clock: ManualClock) -> None:
    """Two patches add up; the instant is that of the last one."""
    _patch(signed_in, time_zone="Europe/Berlin", preferences={"chart": {"kind": "candles", "days": 5}})
    clock.advance(minutes=1)

    answer = _patch(signed_in, locale="de-DE", preferences={"chart": {"days": 30}})

    assert answer.status_code == 200
    assert answer.json() == {
        "time_zone": "Europe/Berlin",
        "locale": "de-DE",
        "preferences": {"chart": {"kind": "candles", "days": 30}},
        "updated_at": clock().isoformat().replace("+00:00", "Z"),
    }
    assert signed_in.client.get(URL).json() == answer.json()


def test_patch_with_null_puts_defaults_back(signed_in: Person) -> None:
    """The whole body is a merge patch: null removes what was set, the preferences too, and inside of them a key."""
    _patch(signed_in, time_zone="Asia/Calcutta", locale="hi", preferences={"a": 1, "b": {"c": 2, "d": 3}})

    inside = _patch(signed_in, preferences={"a": None, "b": {"c": None}}).json()
    outside = _patch(signed_in, time_zone=None, locale=None, preferences=None).json()

    assert (inside["time_zone"], inside["preferences"]) == ("Asia/Calcutta", {"b": {"d": 3}})
    assert {**outside, "updated_at": None} == DEFAULTS


def test_patch_replaces_lists_and_keeps_null_in_them(signed_in: Person) -> None:
    """A list is one value: a patch takes its place as a whole, null within it is kept."""
    _patch(signed_in, preferences={"list": [1, 2, 3]})

    _patch(signed_in, preferences={"list": [None, {"a": None}]})

    assert _preferences(signed_in) == {"list": [None, {"a": None}]}


def test_patch_of_nothing_stores_the_defaults(signed_in: Person, clock: ManualClock) -> None:
    """An empty patch changes nothing but the instant, again and again."""
    first, second = _patch(signed_in), _patch(signed_in)

    assert first.json() == second.json() == {**DEFAULTS, "updated_at": clock().isoformat().replace("+00:00", "Z")}


def test_settings_are_of_one_user(signed_in: Person, other: Person) -> None:
    """Nobody sees or changes what somebody else has set."""
    _patch(signed_in, preferences={"mine": True})
    _patch(other, preferences={"theirs": True})

    assert _preferences(signed_in) == {"mine": True}
    assert _preferences(other) == {"theirs": True}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("1.0", "1"),
        ("-0.0", "0"),
        ("-0", "0"),
        ("1e15", "1000000000000000"),
        ("9007199254740991", "9007199254740991"),
        ("-9007199254740991.0", "-9007199254740991"),
        ("0.1", "0.1"),
        ("1e-7", "1e-07"),
        ("5e-324", "5e-324"),
        ("123456789.12345679", "123456789.12345679"),
        ("true", "true"),
        ("false", "false"),
        ('"\\ud83d\\ude00"', '"\\ud83d\\ude00"'),
        ('"\\u2028"', '"\\u2028"'),
        ('{"b": 1, "aa": 2, "": 3}', '{"": 3, "aa": 2, "b": 1}'),
        ("[[], {}, [null, 1.50]]", "[[], {}, [null, 1.5]]"),
    ],
)
def test_patch_keeps_a_value_in_one_spelling(signed_in: Person, sent: str, kept: str) -> None:
    """What was sent comes back alike on both dialects to the character: numbers in one spelling, keys in order."""
    answer = _patch_text(signed_in, f'{{"preferences": {{"v": {sent}}}}}')

    assert answer.status_code == 200
    assert json.dumps(answer.json()["preferences"]["v"]) == kept
    assert json.dumps(_preferences(signed_in)["v"]) == kept


@pytest.mark.parametrize(
    "value",
    [
        "1e400",
        "-1e400",
        "1e16",
        "9007199254740992",
        "-9007199254740992",
        str(2**70),
        "1" * 4000,
        '"\\u0000"',
        '{"\\u0000": 1}',
        '{"' + "k" * 101 + '": 1}',
        '"' + "x" * 1001 + '"',
        "[[[1]], [[[1]]]]",
        '{"a": {"b": {"c": 1}}, "d": {"e": {"f": {}}}}',
        "[" * 50 + "]" * 50,
        json.dumps([0] * 101),
        json.dumps({str(number): 0 for number in range(101)}),
    ],
    ids=lambda value: value[:40],
)
def test_patch_refuses_a_value_that_no_database_or_client_could_keep(signed_in: Person, value: str) -> None:
    """What is no JSON, would read back otherwise, or is too large, long or deep is 422, and nothing is stored."""
    answer = _patch_text(signed_in, f'{{"preferences": {{"v": {value}}}}}')

    assert answer.status_code == 422
    assert answer.json()["errors"]["json"]["preferences"]
    assert signed_in.client.get(URL).json() == DEFAULTS


@pytest.mark.parametrize(
    "value",
    [
        {"k" * 100: "x" * 1000},
        {"\N{GRINNING FACE}" * 100: "\N{GRINNING FACE}" * 1000},
        {"": {"": {"": ["", None, {}][:2]}}},
        {"list": [0] * 100, "object": {str(number): 0 for number in range(100)}},
    ],
    ids=["key and text", "four bytes a character", "depth", "members"],
)
def test_patch_takes_what_just_fits(signed_in: Person, value: dict[str, Any]) -> None:
    """The limits themselves are within: 100 characters of a key, 1,000 of a text, 4 levels, 100 members."""
    answer = _patch(signed_in, preferences=value)

    assert answer.status_code == 200
    assert _preferences(signed_in) == value


def test_patch_refuses_preferences_that_grow_too_many_keys(signed_in: Person) -> None:
    """A patch that fits by itself is 422 when all together would have more than 1,000 keys; what was there stays."""
    hundred = {str(number): 0 for number in range(99)}
    answers = [_patch(signed_in, preferences={f"group {number}": hundred}) for number in range(10)]
    before = _preferences(signed_in)

    refused = _patch(signed_in, preferences={"one more": 1})

    assert [one.status_code for one in answers] == [200] * 10
    assert refused.status_code == 422
    assert "1001 keys, the most is 1000" in refused.json()["detail"]
    assert _preferences(signed_in) == before


def test_patch_refuses_preferences_that_grow_too_large(signed_in: Person) -> None:
    """All together may have 64 KiB of JSON in UTF-8 and not a byte more; null makes room again."""
    text = "x" * 1000
    _patch(signed_in, preferences={"a": [text] * 40})
    # {"a":[...],"b":[...],"c":""}: 40 + 25 texts with quotes and commas, and what holds them together
    filler = 64 * 1024 - len(json.dumps({"a": [text] * 40, "b": [text] * 25, "c": ""}, separators=(",", ":")))

    fits = _patch(signed_in, preferences={"b": [text] * 25, "c": "x" * filler})
    refused = _patch(signed_in, preferences={"c": "x" * (filler + 1)})
    shorter = _patch(signed_in, preferences={"a": None, "c": "x" * (filler + 1)})

    assert [fits.status_code, refused.status_code, shorter.status_code] == [200, 422, 200]
    assert "65537 bytes, the most is 65536" in refused.json()["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "europe/berlin"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "localtime"},
        {"time_zone": "Factory"},
        {"time_zone": ""},
        {"time_zone": 1},
        {"locale": "EN-us"},
        {"locale": "en_US"},
        {"locale": "english"},
        {"locale": "en-US\n"},
        {"locale": ""},
        {"preferences": []},
        {"preferences": "{}"},
        {"preferences": 1},
        {"updated_at": None},
        {"extra": 1},
    ],
    ids=str,
)
def test_patch_refuses_what_does_not_fit(signed_in: Person, wrong: dict[str, Any]) -> None:
    """A field that does not fit, or that there is not, is 422 with its name, and nothing is stored."""
    answer = _patch(signed_in, **wrong)

    assert answer.status_code == 422
    assert list(answer.json()["errors"]["json"]) == list(wrong)
    assert signed_in.client.get(URL).json() == DEFAULTS


@pytest.mark.parametrize("locale", ["de", "gsw", "en-US", "es-419", "zh-Hant", "zh-Hant-TW", "sr-Latn-RS"])
def test_patch_takes_a_tag_of_a_language(signed_in: Person, locale: str) -> None:
    """A language alone, with a script, with a region or with both is a locale."""
    answer = _patch(signed_in, locale=locale)

    assert (answer.status_code, answer.json()["locale"]) == (200, locale)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        '{"preferences": {"a": NaN}}',
        '{"preferences": {"a": -Infinity}}',
        '{"preferences": {"a": "\\ud800"}}',
        '{"preferences": {"\\udc00": 1}}',
        '{"preferences": {"a": 1, "a": 2}}',
        '{"preferences": {"a": ' + "1" * 5000 + "}}",
        '{"preferences": ' + "[" * 70 + "]" * 70 + "}",
    ],
    ids=lambda body: body[:40],
)
def test_patch_refuses_what_is_no_json(signed_in: Person, body: str) -> None:
    """A body that is no JSON, or none that every reader understands alike, is 400, and nothing is stored."""
    answer = _patch_text(signed_in, body)

    assert answer.status_code == 400
    assert signed_in.client.get(URL).json() == DEFAULTS


@pytest.mark.parametrize("body", ["[]", "1", '"text"'])
def test_patch_refuses_a_body_that_is_no_object(signed_in: Person, body: str) -> None:
    """A patch that would put something else in the place of the settings is 422."""
    assert _patch_text(signed_in, body).status_code == 422


def test_routes_are_closed_to_strangers(signed_in: Person) -> None:
    """Who is not signed in reads and changes nothing."""
    signed_in.client.cookies.clear()

    answers = [signed_in.client.get(URL), _patch(signed_in, locale="de")]

    assert [one.status_code for one in answers] == [401, 401]


def test_settings_go_with_their_user(signed_in: Person, diglot: Diglot) -> None:
    """Deleting the account deletes what the user has set."""
    _patch(signed_in, locale="de")

    signed_in.client.delete("/api/auth/account")

    with diglot.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.user_settings)) == 0


def test_statements_do_not_grow_with_the_preferences(signed_in: Person, diglot: Diglot) -> None:
    """A patch of a large document takes as many statements as one of a small one: at most five, with the session."""
    _patch(signed_in, preferences={"a": 1})
    diglot.statements.clear()
    _patch(signed_in, preferences={"b": 1})
    small = len(diglot.statements)
    diglot.statements.clear()

    _patch(signed_in, preferences={str(number): list(range(50)) for number in range(90)})

    assert small == len(diglot.statements) <= 5
