"""`SymbolRepository`: stored in place of what is there, and found by what words begin with."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from backend_v2.market_data.records import Imported, Listing, StoredListing
from backend_v2.market_data.repositories import SymbolRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH

APPLE = Listing(symbol="AAPL", name="Apple Inc.", exchange="NASDAQ", asset_class="us_equity", tradable=True)
LATER = EPOCH + timedelta(microseconds=1)


def _fill(diglot: Diglot, **names: str) -> None:
    """Store symbols by their names; an underscore in a symbol stands for a dot."""
    listings = [replace(APPLE, symbol=symbol.replace("_", "."), name=name) for symbol, name in names.items()]
    with diglot.connect() as connection:
        SymbolRepository(connection).put_all(listings, at=EPOCH)


def _found(diglot: Diglot, query: str | None = None, *, tradable: bool | None = None) -> list[str]:
    with diglot.connect() as connection:
        found = SymbolRepository(connection).page(query=query, tradable=tradable, limit=99)
    return [one.symbol for one in found]


def test_put_reads_back_exactly_and_says_whether_it_is_new(diglot: Diglot) -> None:
    """A symbol is made, then replaced as a whole, and read as it was stored last."""
    changed = replace(APPLE, name="Äpfel & Söhne", exchange="NYSE", asset_class="crypto", tradable=False)
    with diglot.connect() as connection:
        repository = SymbolRepository(connection)
        first = repository.put(APPLE, at=EPOCH)
        second = repository.put(changed, at=LATER)
        read = repository.get("AAPL")
        nothing = repository.get("MSFT")

    assert first == (StoredListing(**asdict(APPLE), updated_at=EPOCH), True)
    assert second == (StoredListing(**asdict(changed), updated_at=LATER), False)
    assert read == second[0]
    assert nothing is None
    assert _found(diglot, "söhne") == ["AAPL"]
    assert _found(diglot, "apple") == []


def test_set_tradable_changes_that_alone(diglot: Diglot) -> None:
    """The flag and the instant change, and nothing else; of what is not there, nothing is made."""
    _fill(diglot, AAPL="Apple Inc.", MSFT="Microsoft")

    with diglot.connect() as connection:
        repository = SymbolRepository(connection)
        changed = repository.set_tradable("AAPL", tradable=False, at=LATER)
        nothing = repository.set_tradable("ZZZZ", tradable=False, at=LATER)

    assert changed == StoredListing(**asdict(replace(APPLE, tradable=False)), updated_at=LATER)
    assert nothing is None
    assert (_found(diglot, tradable=True), _found(diglot, tradable=False)) == (["MSFT"], ["AAPL"])


def test_put_all_counts_what_is_new_and_keeps_the_later_of_two_alike(diglot: Diglot) -> None:
    """An import makes what is missing and replaces what is there; a symbol that comes twice counts once."""
    _fill(diglot, AAPL="Old", ZZZ="Old")
    listings = [
        replace(APPLE, symbol="MSFT", name="First"),
        replace(APPLE, name="New", tradable=False),
        replace(APPLE, symbol="MSFT", name="Second"),
    ]

    with diglot.connect() as connection:
        done = SymbolRepository(connection).put_all(listings, at=LATER)
        nothing = SymbolRepository(connection).put_all([], at=LATER)

    with diglot.connect() as connection:
        found = SymbolRepository(connection).page(query=None, tradable=None, limit=9)
    assert done == Imported(created=1, updated=1)
    assert nothing == Imported(created=0, updated=0)
    assert [(one.symbol, one.name, one.tradable, one.updated_at) for one in found] == [
        ("AAPL", "New", False, LATER),
        ("MSFT", "Second", True, LATER),
        ("ZZZ", "Old", True, EPOCH),
    ]
    assert _found(diglot, "new") == ["AAPL"]


def test_put_all_sends_two_statements_for_a_thousand(diglot: Diglot) -> None:
    """A thousand symbols, half of them there, take one statement to make them and one to replace them."""
    names = [f"{a}{b}{c}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ" for c in "ABCDEFGHIJ"]
    _fill(diglot, **dict.fromkeys(names[::2], "Old"))
    diglot.statements.clear()

    with diglot.connect() as connection:
        done = SymbolRepository(connection).put_all([replace(APPLE, symbol=one) for one in names], at=LATER)

    assert done == Imported(created=500, updated=500)
    assert len(diglot.statements) == 2


def test_page_is_ordered_by_bytes_and_resumes(diglot: Diglot) -> None:
    """A dot comes before every letter, whatever the language of the database; a page goes on after the one before."""
    _fill(diglot, BRKA="x", BRK_B="x", BRK="x", BRK_A="x", BR="x", C="x")

    with diglot.connect() as connection:
        repository = SymbolRepository(connection)
        first = repository.page(query=None, tradable=None, limit=3)
        rest = repository.page(query=None, tradable=None, limit=9, after=first[-1].symbol)

    assert [one.symbol for one in (*first, *rest)] == ["BR", "BRK", "BRK.A", "BRK.B", "BRKA", "C"]
    assert len(first) == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("aap", ["AAPL"]),
        ("AAPL", ["AAPL"]),
        ("APL", []),
        ("brk.b", ["BRK.B"]),
        ("hath", ["BRK.B"]),
        ("HATHAWAY inc", ["BRK.B"]),
        ("athaway", []),
        ("berkshire  hathaway", ["BRK.B"]),
        ("ÉLAN", ["EL"]),
        ("e\u0301lan", ["EL"]),
        ("strasse", ["STR"]),
        ("STRAẞE", ["STR"]),
        ("%", ["PCT"]),
        ("_", ["PCT"]),
        ("/", ["PCT"]),
        ("a%", []),
        ("a_p", []),
    ],
)
def test_page_finds_what_begins_with_the_query(diglot: Diglot, query: str, found: list[str]) -> None:
    """A symbol, or a word of a name, begins with the query, in any case and spelling, with no joker in it."""
    _fill(
        diglot,
        AAPL="Apple Inc.",
        BRK_B="Berkshire Hathaway  Inc",
        EL="Élan Corp",
        STR="Die Straße",
        PCT="All %x _x /x",
    )

    assert _found(diglot, query) == found


def test_put_of_a_symbol_in_small_letters_is_refused_by_the_table(diglot: Diglot) -> None:
    """What the routes write in capitals the table takes in capitals alone."""
    with pytest.raises(IntegrityError, match=r"(?i)check"), diglot.connect() as connection:
        SymbolRepository(connection).put(replace(APPLE, symbol="aapl"), at=EPOCH)
