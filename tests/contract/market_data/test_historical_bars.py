"""`HistoricalBarRepository`: bars are stored exactly, and it is known what was fetched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from backend_v2.db.tables import market_data
from backend_v2.market_data.records import Bar, OpenClose, Range
from backend_v2.market_data.repositories import HistoricalBarRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH

BAR = Bar(
    symbol="AAPL",
    timeframe="1Day",
    starts_at=datetime(2024, 1, 2, 5, tzinfo=UTC),
    open=Decimal("187.150000"),
    high=Decimal("188.440000"),
    low=Decimal("183.885000"),
    close=Decimal("185.640001"),
    volume=82_496_943_000_000,
    trade_count=1_009_074,
    vwap=Decimal("185.937347"),
)
JANUARY = Range(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 31, tzinfo=UTC))


def _days(count: int) -> list[Bar]:
    return [replace(BAR, starts_at=BAR.starts_at + timedelta(days=day)) for day in range(count)]


def test_upsert_reads_back_exactly(diglot: Diglot) -> None:
    """Prices keep their six places, volumes their 64 bits, instants their zone."""
    with diglot.connect() as connection:
        HistoricalBarRepository(connection).upsert([BAR], fetched_at=EPOCH)

    with diglot.connect() as connection:
        (read,) = HistoricalBarRepository(connection).between("AAPL", "1Day", JANUARY, limit=10)

    assert read == BAR
    assert read.starts_at.tzinfo is UTC
    assert str(read.close) == "185.640001"


def test_upsert_replaces_a_bar(diglot: Diglot) -> None:
    """A bar that comes again, corrected, takes the place of the first one."""
    with diglot.connect() as connection:
        repository = HistoricalBarRepository(connection)
        repository.upsert(_days(3), fetched_at=EPOCH)
        repository.upsert([replace(BAR, close=Decimal(186))], fetched_at=EPOCH)

    with diglot.connect() as connection:
        found = HistoricalBarRepository(connection).between("AAPL", "1Day", JANUARY, limit=10)

    assert [one.close for one in found] == [Decimal(186), BAR.close, BAR.close]


def test_between_takes_both_ends_in_order_and_resumes(diglot: Diglot) -> None:
    """A range includes both its ends; a page goes on after the bar where the one before ended."""
    with diglot.connect() as connection:
        HistoricalBarRepository(connection).upsert(_days(5)[::-1], fetched_at=EPOCH)
    wanted = Range(BAR.starts_at, BAR.starts_at + timedelta(days=3))

    with diglot.connect() as connection:
        repository = HistoricalBarRepository(connection)
        first = repository.between("AAPL", "1Day", wanted, limit=2)
        rest = repository.between("AAPL", "1Day", wanted, limit=9, after=first[-1].starts_at)
        other = repository.between("AAPL", "1Hour", wanted, limit=9)

    assert [one.starts_at.day for one in (*first, *rest)] == [2, 3, 4, 5]
    assert other == []


def test_upsert_of_a_bar_twice_at_once_keeps_the_later(diglot: Diglot) -> None:
    """Of two bars of one period in one call the later stays, although Postgres replaces no row twice."""
    with diglot.connect() as connection:
        HistoricalBarRepository(connection).upsert([BAR, replace(BAR, close=Decimal(186))], fetched_at=EPOCH)

    with diglot.connect() as connection:
        found = HistoricalBarRepository(connection).between("AAPL", "1Day", JANUARY, limit=10)

    assert [one.close for one in found] == [Decimal(186)]


def test_upsert_of_nothing_asks_nothing(diglot: Diglot) -> None:
    """No bars make no statement."""
    with diglot.connect() as connection:
        HistoricalBarRepository(connection).upsert([], fetched_at=EPOCH)

    assert len(diglot.statements) == 0


@pytest.mark.parametrize(
    ("count", "after", "holds"), [(5, None, True), (6, None, False), (3, 1, True), (4, 1, False)], ids=str
)
def test_holds_counts_the_bars_of_a_stretch(diglot: Diglot, count: int, after: int | None, *, holds: bool) -> None:
    """A stretch holds as many bars as begin in it, both ends included, and later than the given one."""
    days = _days(6)
    with diglot.connect() as connection:
        HistoricalBarRepository(connection).upsert(days, fetched_at=EPOCH)
    wanted = Range(days[0].starts_at, days[4].starts_at)
    last = None if after is None else days[after].starts_at

    with diglot.connect() as connection:
        found = HistoricalBarRepository(connection).holds("AAPL", "1Day", wanted, count=count, after=last)

    assert found is holds


def _day(number: float) -> datetime:
    return EPOCH + timedelta(days=number)


def test_record_fetch_is_found_where_it_touches(diglot: Diglot) -> None:
    """Fetched stretches are found when they touch the wanted one, of that symbol and timeframe."""
    early, late = Range(_day(0), _day(1)), Range(_day(5), _day(6))
    with diglot.connect() as connection:
        repository = HistoricalBarRepository(connection)
        repository.record_fetch("AAPL", "1Day", late, fetched_at=EPOCH)
        repository.record_fetch("AAPL", "1Day", early, fetched_at=EPOCH)
        repository.record_fetch("MSFT", "1Day", early, fetched_at=EPOCH)
        repository.record_fetch("AAPL", "1Hour", early, fetched_at=EPOCH)

    with diglot.connect() as connection:
        repository = HistoricalBarRepository(connection)
        both = repository.fetched("AAPL", "1Day", Range(early.end, late.start))
        none = repository.fetched("AAPL", "1Day", Range(_day(2), _day(3)))

    assert both == [early, late]
    assert none == []


@pytest.mark.parametrize(
    ("first", "second", "third", "left"),
    [
        ((0, 1), (1, 2), (2, 3), [(0, 3)]),
        ((0, 1), (2, 3), (0.5, 2.5), [(0, 3)]),
        ((0, 3), (1, 2), (1, 2), [(0, 3)]),
        ((1, 2), (0, 3), (5, 5), [(0, 3), (5, 5)]),
        ((0, 1), (2, 3), (4, 5), [(0, 1), (2, 3), (4, 5)]),
    ],
    ids=["adjacent", "bridged", "within", "around", "apart"],
)
def test_record_fetch_joins_what_touches(
    diglot: Diglot,
    first: tuple[float, float],
    second: tuple[float, float],
    third: tuple[float, float],
    left: list[tuple[float, float]],
) -> None:
    """Stretches that touch or overlap become one row; those apart stay apart."""
    with diglot.connect() as connection:
        repository = HistoricalBarRepository(connection)
        repository.record_fetch("AAPL", "1Day", Range(*map(_day, first)), fetched_at=EPOCH)
        repository.record_fetch("AAPL", "1Day", Range(*map(_day, second)), fetched_at=EPOCH)
        repository.record_fetch("AAPL", "1Day", Range(*map(_day, third)), fetched_at=EPOCH)

    with diglot.connect() as connection:
        found = HistoricalBarRepository(connection).fetched("AAPL", "1Day", Range(_day(0), _day(9)))

    assert found == [Range(*map(_day, one)) for one in left]


def test_record_fetch_counts_the_bars_that_are_stored(diglot: Diglot) -> None:
    """The row of a stretch says how many bars it holds, also after it grew."""
    days = _days(5)
    with diglot.connect() as connection:
        repository = HistoricalBarRepository(connection)
        repository.upsert(days, fetched_at=EPOCH)
        repository.record_fetch("AAPL", "1Day", Range(days[0].starts_at, days[2].starts_at), fetched_at=EPOCH)
        repository.record_fetch("AAPL", "1Day", Range(days[2].starts_at, days[3].starts_at), fetched_at=EPOCH)

    with diglot.connect() as connection:
        counts = connection.scalars(sa.select(market_data.bar_fetches.c.bar_count)).all()

    assert counts == [4]


def test_upsert_sends_a_thousand_bars_a_statement(diglot: Diglot) -> None:
    """Bars are stored in bulk: not a round trip for each, but one for every thousand."""
    rows_sent: list[int] = []
    event.listen(diglot.engine, "after_cursor_execute", lambda *facts: rows_sent.append(1 + facts[2].count("), (")))

    with diglot.connect() as connection:
        HistoricalBarRepository(connection).upsert(_days(2001), fetched_at=EPOCH)

    assert rows_sent == [1000, 1000, 1]
    with diglot.connect() as connection:
        everything = Range(BAR.starts_at, BAR.starts_at + timedelta(days=3000))
        assert HistoricalBarRepository(connection).holds("AAPL", "1Day", everything, count=2001)


def test_upsert_of_ten_thousand_is_ten_statements(diglot: Diglot) -> None:
    """Ten thousand bars are stored, and replaced, by ten statements each time, and all read back."""
    days = _days(10_000)
    with diglot.connect() as connection:
        HistoricalBarRepository(connection).upsert(days, fetched_at=EPOCH)
    stored = len(diglot.statements)
    with diglot.connect() as connection:
        HistoricalBarRepository(connection).upsert([replace(one, volume=1) for one in days], fetched_at=EPOCH)
    replaced = len(diglot.statements) - stored

    with diglot.connect() as connection:
        everything = Range(days[0].starts_at, days[-1].starts_at)
        found = HistoricalBarRepository(connection).between("AAPL", "1Day", everything, limit=10_001)

    assert (stored, replaced) == (10, 10)
    assert found == [replace(one, volume=1) for one in days]


def test_opens_and_closes_are_those_of_the_bars(diglot: Diglot) -> None:
    """A backtest is given the beginning, open and close of each bar within both ends, in order, and no more."""
    days = _days(5)
    with diglot.connect() as connection:
        HistoricalBarRepository(connection).upsert([*days, replace(BAR, timeframe="1Hour")], fetched_at=EPOCH)
    wanted = Range(days[1].starts_at, days[3].starts_at)

    with diglot.connect() as connection:
        repository = HistoricalBarRepository(connection)
        whole = repository.opens_and_closes("AAPL", "1Day", wanted, limit=9)
        two = repository.opens_and_closes("AAPL", "1Day", wanted, limit=2)

    assert whole == [OpenClose(one.starts_at, one.open, one.close) for one in days[1:4]]
    assert two == whole[:2]
    assert str(whole[0].close) == "185.640001"
