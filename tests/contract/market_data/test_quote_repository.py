"""`QuoteRepository`: of each symbol the newest quote stays; and text is ordered by its bytes."""

from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from backend_v2.db.ordering import bytewise
from backend_v2.market_data.records import Quote
from backend_v2.market_data.repositories import QuoteRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH

QUOTE = Quote("AAPL", Decimal("187.150001"), Decimal("187.160000"), 3, 2**63 - 1, EPOCH)
LATER = EPOCH + timedelta(microseconds=1)


def _find(diglot: Diglot, *symbols: str) -> list[Quote]:
    with diglot.connect() as connection:
        return QuoteRepository(connection).find(symbols)


def test_keep_reads_back_exactly(diglot: Diglot) -> None:
    """Prices keep their six places, sizes their 64 bits, instants their zone; one without a quote is left out."""
    with diglot.connect() as connection:
        QuoteRepository(connection).keep([QUOTE])

    (read,) = _find(diglot, "AAPL", "MSFT")
    assert read == QUOTE
    assert read.quoted_at.tzinfo is UTC
    assert (str(read.bid), str(read.ask)) == ("187.150001", "187.160000")


@pytest.mark.parametrize(
    ("at", "kept"), [(LATER, Decimal(1)), (EPOCH, QUOTE.bid), (EPOCH - timedelta(seconds=1), QUOTE.bid)], ids=str
)
def test_keep_replaces_only_what_is_older(diglot: Diglot, at: object, kept: Decimal) -> None:
    """A newer quote takes the place of the stored one; one of the same instant, or an older one, changes nothing."""
    with diglot.connect() as connection:
        repository = QuoteRepository(connection)
        repository.keep([QUOTE])
        repository.keep([replace(QUOTE, bid=Decimal(1), quoted_at=at)])

    assert [one.bid for one in _find(diglot, "AAPL")] == [kept]


def test_keep_takes_a_symbol_twice_and_nothing_at_all(diglot: Diglot) -> None:
    """Of two quotes of one symbol in one call the newer stays, whichever comes first; nothing is no statement."""
    newer = replace(QUOTE, quoted_at=LATER, bid=Decimal(1))

    with diglot.connect() as connection:
        repository = QuoteRepository(connection)
        repository.keep([newer, QUOTE, replace(QUOTE, symbol="MSFT"), replace(newer, symbol="MSFT")])
        diglot.statements.clear()
        repository.keep([])

    assert len(diglot.statements) == 0
    assert [(one.symbol, one.bid) for one in _find(diglot, "MSFT", "AAPL")] == [("AAPL", 1), ("MSFT", 1)]


def test_find_orders_by_bytes_and_asks_once(diglot: Diglot) -> None:
    """Quotes come in the order of their symbols' bytes, a dot before every letter, by one statement for any number."""
    with diglot.connect() as connection:
        QuoteRepository(connection).keep([replace(QUOTE, symbol=one) for one in ("BRKA", "BRK.B", "BRK")])
    diglot.statements.clear()

    found = _find(diglot, "BRKA", "BRK", "BRK.B", "BRK", *(f"X{one}" for one in "ABCDEFGH"))

    assert [one.symbol for one in found] == ["BRK", "BRK.B", "BRKA"]
    assert len(diglot.statements) == 1


@pytest.mark.parametrize("wrong", [{"bid": Decimal(-1)}, {"ask": Decimal(-1)}, {"bid_size": -1}], ids=str)
def test_keep_of_what_makes_no_sense_is_refused_by_the_table(diglot: Diglot, wrong: dict[str, object]) -> None:
    """A negative price or size is refused."""
    with pytest.raises(IntegrityError, match=r"(?i)check"), diglot.connect() as connection:
        QuoteRepository(connection).keep([replace(QUOTE, **wrong)])


@pytest.mark.only_on("postgresql", reason="SQLite has no collations of languages")
def test_bytewise_names_its_order_whatever_the_database_has(diglot: Diglot) -> None:
    """The order is stated in the statement, for sorting and for comparing, since a database may sort by a language."""
    key = bytewise(sa.literal("BRK.B"))

    with diglot.connect() as connection:
        before = connection.scalar(sa.select(key < "BRKA"))
        text = str(sa.select(key).order_by(key).compile(connection))

    assert before is True
    assert text.endswith('ORDER BY (%(param_1)s) COLLATE "C"')
