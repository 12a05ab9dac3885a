"""Bars and billing snapshots: whatever the API lets through, both dialects do the same with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from backend_v2.billing.records import Charge
from backend_v2.billing.repositories import BillingSnapshotRepository
from backend_v2.db.tables import billing
from backend_v2.market_data.records import EARLIEST, LATEST, Bar, Range
from backend_v2.market_data.repositories import HistoricalBarRepository
from diglot.differential import Lockstep, differential, operation, values

SYMBOLS = st.sampled_from(("A", "AAPL", "BRK.B", "B", "ABCDEFGHIJKLMNOP"))  # `Symbol`: upper case, letters and dots
TIMEFRAMES = st.sampled_from(("1Min", "1Day", "12Month"))  # what `Timeframe.parse` gives
NOW = st.integers(0, 365).map(lambda day: datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=day))
"""The service's clock."""
DAYS = tuple(datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(3))
INSTANTS = st.sampled_from((*DAYS, DAYS[0] + timedelta(microseconds=1), EARLIEST, LATEST)) | st.datetimes(
    EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None), timezones=st.just(UTC)
)
"""`Start` and `read_bar`: any instant that every time zone can show."""
RANGES = st.tuples(INSTANTS, INSTANTS).map(lambda ends: Range(min(ends), max(ends)))
"""`_question`: end is not before start."""
FETCHED = st.tuples(INSTANTS, NOW | st.sampled_from(DAYS)).map(lambda ends: Range(min(ends), ends[1]))
"""`HistoricalService._keep`: nothing is fetched beyond now."""
LIMITS = st.integers(1, 3) | st.just(10_001)
"""`BarsIn.limit`, and one more."""
COUNTS = st.integers(0, 3) | st.integers(0, 2**63 - 1)
"""`read_bar`: a count fits into 64 bits."""
LEAST, MOST = Decimal("0.000001"), Decimal(10) ** 12 - Decimal("0.000001")
PRICES = st.sampled_from((LEAST, Decimal(1), MOST)) | st.decimals(LEAST, MOST, places=6)
"""`read_bar`: above nothing, below 10**12, to the sixth place."""

TABLE = billing.vendor_billing_snapshots
VENDORS = st.sampled_from(("a", "b", "a-", "a_", "0")) | st.from_regex(r"[a-z0-9][a-z0-9_-]{0,39}", fullmatch=True)
"""`Vendor`: lower case."""
CHARGES = values(
    TABLE,
    into=Charge,
    vendor=VENDORS,
    amount_minor=st.integers(-1, 1) | st.integers(-(2**63) + 1, 2**63 - 1),  # `SnapshotIn.amount_minor`
    currency=st.from_regex(r"[A-Z]{3}", fullmatch=True),  # `Currency`
    source=values(TABLE.c.source, hostile=False),  # `SnapshotIn.source`: those that the CHECK lists
    raw_sha256=st.none() | st.from_regex(r"[0-9a-f]{64}", fullmatch=True),  # `Digest`
)


@st.composite
def bars(draw: st.DrawFn) -> Bar:
    """A bar as `read_bar` lets it through: 0 < low <= open, close <= high."""
    low, *between, high = sorted(draw(st.lists(PRICES, min_size=4, max_size=4)))
    return Bar(
        symbol=draw(SYMBOLS),
        timeframe=draw(TIMEFRAMES),
        starts_at=draw(INSTANTS),
        open=between[0],
        high=high,
        low=low,
        close=between[1],
        volume=draw(COUNTS),
        trade_count=draw(st.none() | COUNTS),
        vwap=draw(st.none() | st.just(Decimal("0.000000")) | PRICES),
    )


def test_bars_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any bars, stored and asked for in any order, are the same on both dialects."""
    place = {"symbol": SYMBOLS, "timeframe": TIMEFRAMES, "wanted": RANGES}
    after = st.none() | INSTANTS

    agreement = differential(
        diglot_lockstep,
        operation(HistoricalBarRepository.upsert, bars=st.lists(bars(), max_size=3), fetched_at=NOW),
        operation(HistoricalBarRepository.between, **place, limit=LIMITS, after=after),
        operation(HistoricalBarRepository.holds, **place, count=LIMITS, after=after),
    )

    assert agreement.examples >= 100


def test_fetched_stretches_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any stretches, remembered in any order, are joined and found alike on both dialects."""
    place = {"symbol": SYMBOLS, "timeframe": TIMEFRAMES}

    agreement = differential(
        diglot_lockstep,
        operation(HistoricalBarRepository.record_fetch, **place, fetched=FETCHED, fetched_at=NOW),
        operation(HistoricalBarRepository.fetched, **place, wanted=RANGES),
        operation(HistoricalBarRepository.upsert, bars=st.lists(bars(), max_size=2), fetched_at=NOW),
    )

    assert agreement.examples >= 100


def test_billing_snapshots_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any charges, recorded and listed in any order, are the same on both dialects."""
    days = values(TABLE.c.period_start)
    charges = st.builds(
        lambda charge, days: replace(charge, period_start=min(days), period_end=max(days)),
        CHARGES,
        st.tuples(days, days),
    )

    agreement = differential(
        diglot_lockstep,
        operation(BillingSnapshotRepository.add, charge=charges, fetched_at=NOW),
        operation(
            BillingSnapshotRepository.page,
            vendor=st.none() | VENDORS,
            limit=LIMITS,
            before=st.none() | st.tuples(days, st.integers(1, 9)),
        ),
    )

    assert agreement.examples >= 100
