"""Two values are the same, the same in another type, or different; what varies by itself is neither."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from diglot.parity.values import MISSING, VOLATILE, Likeness, Volatile, disagreements, likeness

NOW = 1_795_500_000.0
NEW_YEAR = dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
CHATHAM = dt.timezone(dt.timedelta(hours=12, minutes=45))


class Stubborn:
    """A value of the application's own that will not be compared."""

    def __eq__(self, other: object) -> bool:
        raise TypeError("not today")

    __hash__ = None  # type: ignore[assignment]


def at(seconds: float, zone: dt.tzinfo | None = dt.UTC) -> dt.datetime:
    """An instant so many seconds after the run began."""
    return dt.datetime.fromtimestamp(NOW + seconds, tz=zone)


@pytest.mark.parametrize(
    ("sqlite", "postgresql", "expected"),
    [
        (None, None, Likeness.SAME),
        (None, 0, Likeness.VALUE),
        ("", None, Likeness.VALUE),
        (1, 1, Likeness.SAME),
        (1, True, Likeness.TYPE),
        (0, True, Likeness.VALUE),
        (1.5, Decimal("1.5"), Likeness.TYPE),
        (2, Decimal("2.5"), Likeness.VALUE),
        (0.1 + 0.2, 0.3, Likeness.SAME),
        (0.3, 0.3001, Likeness.VALUE),
        (float("nan"), float("nan"), Likeness.SAME),
        (0.0, -0.0, Likeness.VALUE),
        (Decimal("1.10"), Decimal("1.10"), Likeness.SAME),
        (Decimal("1.10"), Decimal("1.1"), Likeness.VALUE),
        (2**63, Decimal(2**63), Likeness.TYPE),
        ("5", 5, Likeness.TYPE),
        ("ab", "ab   ", Likeness.VALUE),
        (b"a", memoryview(b"a"), Likeness.TYPE),
        (b"a", b"b", Likeness.VALUE),
        ("2024-01-02", dt.date(2024, 1, 2), Likeness.TYPE),
        ("2024-01-02 03:04:05", NEW_YEAR.replace(tzinfo=None), Likeness.TYPE),
        ("2024-01-02 03:04:05", NEW_YEAR.replace(tzinfo=None, second=6), Likeness.VALUE),
        (NEW_YEAR.replace(tzinfo=None), NEW_YEAR, Likeness.TYPE),
        (NEW_YEAR, NEW_YEAR.astimezone(CHATHAM), Likeness.TYPE),
        ("2024-01-02 03:04:05", "2024-01-02T03:04:05", Likeness.VALUE),
        (str(uuid.UUID(int=7)), uuid.UUID(int=7), Likeness.TYPE),
        ('{"a": [1, null]}', {"a": [1, None]}, Likeness.TYPE),
        ('{"a": 1}', {"a": 2}, Likeness.VALUE),
        ("[1]", {"a": 1}, Likeness.VALUE),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, Likeness.SAME),
        ({"a": 1}, {"a": True}, Likeness.TYPE),
        ({"a": 1}, {}, Likeness.VALUE),
        ([1, 2], [1], Likeness.VALUE),
        (VOLATILE, "anything", Likeness.SAME),
        (Stubborn(), Stubborn(), Likeness.VALUE),
        (10**400, 10**400 + 1, Likeness.VALUE),
        (10**400, 1.5, Likeness.VALUE),
        (Decimal("sNaN"), Decimal(1), Likeness.VALUE),
        (Decimal("sNaN"), 1, Likeness.VALUE),
        ("name", "name" + "x" * 40, Likeness.VALUE),
        ("a longer text", "a longer text, and aVeryLongWord123456", Likeness.VALUE),
    ],
)
def test_likeness_of(sqlite: Any, postgresql: Any, expected: Likeness) -> None:
    """Each pair has its verdict."""
    assert likeness(sqlite, postgresql, Volatile()) is expected


@pytest.mark.parametrize(
    ("sqlite", "postgresql", "expected"),
    [
        (at(1), at(4), Likeness.SAME),
        (at(1), at(60), Likeness.VALUE),
        (at(1), at(1 + 12.75 * 3600), Likeness.VALUE),
        (at(1).replace(tzinfo=None), at(2), Likeness.TYPE),
        (at(1).isoformat(), at(3).isoformat(), Likeness.SAME),
        (NOW + 1, NOW + 3, Likeness.SAME),
        (int(NOW) * 1000, int(NOW + 2) * 1000, Likeness.SAME),
        (NEW_YEAR, NEW_YEAR.replace(second=6), Likeness.VALUE),
    ],
)
def test_instants_near_to_now(sqlite: Any, postgresql: Any, expected: Likeness) -> None:
    """What lies near to now counts as the time since its run began; a shift of a zone is still seen."""
    volatile = Volatile(sqlite_began=NOW, postgresql_began=NOW + 2)

    assert likeness(sqlite, postgresql, volatile) is expected


def test_token_stands_for_one_other_everywhere() -> None:
    """A generated token may stand for another one, as long as it always does."""
    volatile = Volatile()

    first = likeness("token-3f9a1c77aa01bb02", "token-77ab90cc12ef34aa", volatile)
    again = likeness("Bearer token-3f9a1c77aa01bb02", "Bearer token-77ab90cc12ef34aa", volatile)
    swapped = likeness("token-3f9a1c77aa01bb02", "token-0000000000000001", volatile)

    assert [first, again, swapped] == [Likeness.SAME, Likeness.SAME, Likeness.VALUE]


def test_two_tokens_do_not_stand_for_one() -> None:
    """Two different tokens on SQLite are two different ones on Postgres."""
    volatile = Volatile()
    likeness(uuid.UUID(int=1), uuid.UUID(int=10), volatile)

    assert likeness(uuid.UUID(int=2), uuid.UUID(int=10), volatile) is Likeness.VALUE


def test_words_are_no_tokens() -> None:
    """Ordinary words of the same length are compared as they are."""
    assert likeness("a perfectly ordinary sentence", "a perfectly ordinary sentense", Volatile()) is Likeness.VALUE
    assert likeness("incomprehensibilities", "uncharacteristically", Volatile()) is Likeness.VALUE


def test_disagreements_name_the_place() -> None:
    """In JSON the path leads to each member that differs, and to what only one dialect has."""
    sqlite = {"bars": [{"close": 1.5, "volume": 1}], "next": None}
    postgresql = {"bars": [{"close": "1.50", "volume": 1}, {"close": "2"}], "next": None}

    found = [(path, left, right) for path, left, right, _likeness in disagreements(sqlite, postgresql, Volatile())]

    assert found == [("$.bars[0].close", 1.5, "1.50"), ("$.bars[1]", MISSING, {"close": "2"})]


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**320), 10**320)
    | st.floats()
    | st.decimals()
    | st.text(max_size=30)
    | st.binary(max_size=20)
    | st.uuids()
    | st.dates()
    | st.datetimes(timezones=st.none() | st.timezones())
    | st.sampled_from(["[1]", '{"a": 1}', "2024-01-02", "0001-01-01 00:00:00+14:00", "1e400", "NaN"])
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2)
)


@settings(database=None, deadline=None, max_examples=300)
@given(one=VALUES, other=VALUES)
def test_any_two_values_can_be_compared(one: Any, other: Any) -> None:
    """Whatever the dialects give, comparing it ends with a verdict, and a value is like itself."""
    volatile = Volatile(sqlite_began=NOW, postgresql_began=NOW)

    assert likeness(one, other, volatile) in Likeness
    assert likeness(one, one, Volatile()) is Likeness.SAME
