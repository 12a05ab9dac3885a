"""The routes under `/api/symbols`."""

import pytest

from backend_v2.auth.repositories import AuditRepository, UserRepository
from backend_v2.http.outgoing import Response
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person

URL = "/api/symbols"
APPLE: dict[str, object] = {"name": "Apple Inc.", "exchange": "NASDAQ", "asset_class": "us_equity", "tradable": True}


def _put(person: Person, symbol: str = "AAPL", **fields: object) -> Response:
    return person.client.put(f"{URL}/{symbol}", json={**APPLE, **fields})


def _import(person: Person, *symbols: str, **fields: object) -> Response:
    rows = [{"symbol": symbol, **APPLE, **fields} for symbol in symbols]
    return person.client.post(URL, json={"symbols": rows})


def _events(diglot: Diglot, person: Person) -> list[tuple[str, object]]:
    with diglot.connect() as connection:
        user = UserRepository(connection).find_by_email(person.email)
        assert user is not None
        lines = AuditRepository(connection).of_user(user.id)
    return [(one.event, one.detail) for one in lines if one.event.startswith("symbol")]


def test_put_makes_then_replaces(admin: Person, diglot: Diglot, clock: ManualClock) -> None:
    """The first time it is 201, then 200, with what is stored; names have one spelling; both are logged."""
    first = _put(admin, "brk.b", exchange="nyse", asset_class="US_Equity")
    clock.advance(seconds=1)
    second = _put(admin, "BRK.B", tradable=False)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == {
        **APPLE, "symbol": "BRK.B", "exchange": "NYSE", "updated_at": "2024-06-03T12:00:00.123456Z",
    }  # fmt: skip
    assert second.json() == {
        **APPLE, "symbol": "BRK.B", "tradable": False, "updated_at": "2024-06-03T12:00:01.123456Z",
    }  # fmt: skip
    assert admin.client.get(f"{URL}/Brk.b").json() == second.json()
    assert _events(diglot, admin) == [("symbol_created", {"symbol": "BRK.B"}), ("symbol_updated", {"symbol": "BRK.B"})]


def test_patch_says_whether_it_can_be_traded(admin: Person, diglot: Diglot) -> None:
    """The flag changes, and it is logged; of a symbol that is not there it is 404."""
    _put(admin)

    changed = admin.client.patch(f"{URL}/aapl", json={"tradable": False})
    unknown = admin.client.patch(f"{URL}/MSFT", json={"tradable": False})

    assert changed.status_code == 200
    assert (changed.json()["tradable"], changed.json()["name"]) == (False, "Apple Inc.")
    assert admin.client.get(f"{URL}/AAPL").json() == changed.json()
    assert unknown.status_code == 404
    assert _events(diglot, admin)[1:] == [("symbol_updated", {"symbol": "AAPL", "tradable": "false"})]


def test_import_counts_and_is_logged_once(admin: Person, diglot: Diglot) -> None:
    """An import answers how many symbols are new and how many were there, and writes one line of the log."""
    _put(admin, name="Old")

    answer = _import(admin, "aapl", "MSFT", "BRK.B", "msft")

    assert answer.status_code == 200
    assert answer.json() == {"created": 2, "updated": 1}
    assert admin.client.get(f"{URL}/AAPL").json()["name"] == "Apple Inc."
    assert _events(diglot, admin)[1:] == [("symbols_imported", {"created": "2", "updated": "1"})]


def test_import_takes_a_thousand_and_as_many_statements_as_one(admin: Person, diglot: Diglot) -> None:
    """A thousand symbols take as many statements as a single one; a thousand and one are refused."""
    names = [f"{a}{b}{c}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ" for c in "ABCDEFGHIJ"]
    diglot.statements.clear()
    one = _import(admin, "ZZZ")
    few = len(diglot.statements)
    diglot.statements.clear()

    answer = _import(admin, *names)

    assert one.json() == {"created": 1, "updated": 0}
    assert answer.json() == {"created": 1000, "updated": 0}
    assert len(diglot.statements) == few
    assert _import(admin, *names, "ZZZ").status_code == 422


def test_list_pages_filters_and_asks_as_often_for_many(admin: Person, diglot: Diglot) -> None:
    """The pages together are the whole, in order; the number of statements does not grow with the rows."""
    _import(admin, "MSFT", "BRK.B", "BRKA")
    _import(admin, "AAPL", name="Ärzte Apfel", tradable=False)
    diglot.statements.clear()

    first = admin.client.get(URL, params={"limit": 3}).json()
    few = len(diglot.statements)
    last = admin.client.get(URL, params={"limit": 3, "page_token": first["next_page_token"]}).json()
    _import(admin, *(f"X{a}{b}" for a in "ABCDEFGH" for b in "ABCDE"))
    diglot.statements.clear()
    many = admin.client.get(URL, params={"limit": 500}).json()

    assert [one["symbol"] for one in first["symbols"]] == ["AAPL", "BRK.B", "BRKA"]
    assert [one["symbol"] for one in last["symbols"]] == ["MSFT"]
    assert last["next_page_token"] is None
    assert (len(many["symbols"]), len(diglot.statements)) == (44, few)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"tradable": "true"}, ["BRK.B", "MSFT"]),
        ({"tradable": "false"}, ["AAPL"]),
        ({"query": "ärz"}, ["AAPL"]),
        ({"query": "brk"}, ["BRK.B"]),
        ({"query": "apple", "tradable": "true"}, ["BRK.B", "MSFT"]),
        ({"query": "none"}, []),
    ],
    ids=str,
)
def test_list_finds_by_beginning_and_by_flag(admin: Person, query: dict[str, str], found: list[str]) -> None:
    """Symbols are found by what they, or words of their names, begin with, and by whether they can be traded."""
    _import(admin, "MSFT", "BRK.B")
    _import(admin, "AAPL", name="Ärzte Apfel", tradable=False)

    answer = admin.client.get(URL, params=query)

    assert answer.status_code == 200
    assert [one["symbol"] for one in answer.json()["symbols"]] == found


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"page_token": "AAAA"}, 400),
        ({"limit": "0"}, 422),
        ({"limit": "501"}, 422),
        ({"tradable": "1"}, 422),
        ({"query": ""}, 422),
        ({"query": " apple"}, 422),
        ({"query": "a\x00b"}, 422),
        ({"query": "x" * 51}, 422),
        ({"unknown": "1"}, 422),
    ],
    ids=str,
)
def test_list_refuses_a_question_that_makes_no_sense(signed_in: Person, query: dict[str, str], status: int) -> None:
    """A made-up token is 400, what does not fit the schema 422."""
    assert signed_in.client.get(URL, params=query).status_code == status


def test_token_of_one_search_is_refused_for_another(admin: Person) -> None:
    """A page token goes on with the search that gave it out, and with no other."""
    _import(admin, "AAPL", "AAPX")
    token = admin.client.get(URL, params={"query": "aap", "limit": 1}).json()["next_page_token"]

    answers = [
        admin.client.get(URL, params={"query": "aapl", "page_token": token}),
        admin.client.get(URL, params={"query": "aap", "tradable": "true", "page_token": token}),
        admin.client.get(URL, params={"query": "aap", "page_token": token}),
    ]

    assert [one.status_code for one in answers] == [400, 400, 200]


@pytest.mark.parametrize(
    "symbol", ["ZZZZ", "1", "A1", "A-B", "ABCDEFGHIJKLMNOPQ", ".A", "A%0A", "%00", "\u00e9", "A b"]
)
def test_symbol_that_is_not_there_or_is_none_is_not_found(admin: Person, symbol: str) -> None:
    """What nobody stored and what cannot be a symbol are both 404, to read and to change."""
    answers = [
        admin.client.get(f"{URL}/{symbol}"),
        admin.client.patch(f"{URL}/{symbol}", json={"tradable": True}),
    ]

    assert [one.status_code for one in answers] == [404, 404]


@pytest.mark.parametrize("symbol", ["1", "A-B", "ABCDEFGHIJKLMNOPQ", "A%0A", "%00", "\u00e9"])
def test_put_of_what_is_no_symbol_is_not_found(admin: Person, symbol: str) -> None:
    """Nothing can be stored under what is no symbol."""
    assert _put(admin, symbol).status_code == 404
    assert admin.client.get(URL).json()["symbols"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " x"},
        {"name": "x" * 201},
        {"name": "a\nb"},
        {"name": 1},
        {"exchange": ""},
        {"exchange": "x" * 21},
        {"exchange": "N Y"},
        {"asset_class": "us-equity"},
        {"asset_class": "x" * 21},
        {"tradable": 1},
        {"tradable": "true"},
        {"tradable": None},
        {"extra": 1},
    ],
    ids=str,
)
def test_body_that_does_not_fit_is_refused(admin: Person, wrong: dict[str, object]) -> None:
    """What does not fit is 422, of a single symbol and of an import, of which nothing is stored."""
    answers = [_put(admin, **wrong), _import(admin, "AAPL", **wrong)]

    assert [one.status_code for one in answers] == [422, 422]
    assert admin.client.get(URL).json()["symbols"] == []


def test_longest_values_are_taken(admin: Person) -> None:
    """What just fits is stored as it came."""
    longest = {"name": "Ä" * 200, "exchange": "X" * 20, "asset_class": "x" * 20}

    answer = _put(admin, "ABCDEFGHIJKLMNOP", **longest)

    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in longest} == longest


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/AAPL"), ("PATCH", "/AAPL"), ("POST", "")], ids=["put", "patch", "import"]
)
@pytest.mark.parametrize(
    ("content", "status"),
    [(b"{", 400), (b"[]", 422), (b'{"symbols": [], "tradable": 0}', 422), (b" " * 300_000, 413)],
    ids=["no JSON", "a list", "wrong", "too large"],
)
def test_body_that_is_none_is_refused(admin: Person, method: str, path: str, content: bytes, status: int) -> None:
    """What cannot be read as the route's body has the status that says why; what is not said to be JSON is 415."""
    said = {"Content-Type": "application/json"}

    answer = admin.client.request(method, URL + path, content=content, headers=said)
    unsaid = admin.client.request(method, URL + path, content=b"{}", headers={"Content-Type": "text/plain"})

    assert (answer.status_code, unsaid.status_code) == (status, 415)


def test_routes_are_closed_to_strangers_and_writing_to_customers(signed_in: Person) -> None:
    """Who is not signed in reads and writes nothing; who is no administrator writes nothing."""

    def writing() -> list[int]:
        answers = [_put(signed_in), signed_in.client.patch(f"{URL}/AAPL", json={"tradable": True})]
        return [one.status_code for one in (*answers, _import(signed_in, "AAPL"))]

    of_customer = writing()
    nothing = signed_in.client.get(URL).json()["symbols"]
    signed_in.client.cookies.clear()
    reading = [signed_in.client.get(URL).status_code, signed_in.client.get(f"{URL}/AAPL").status_code]

    assert (of_customer, nothing) == ([403] * 3, [])
    assert (writing(), reading) == ([401] * 3, [401] * 2)
