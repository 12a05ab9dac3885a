"""Which stretches of time are missing, and what a timeframe is."""

from datetime import UTC, datetime, timedelta

import pytest

from backend_v2.errors import BadRequest
from backend_v2.market_data.records import Range, Timeframe, missing


def _day(number: int) -> datetime:
    return datetime(2024, 1, number, tzinfo=UTC)


def _range(start: int, end: int) -> Range:
    return Range(_day(start), _day(end))


@pytest.mark.parametrize(
    ("known", "gaps"),
    [
        ([], [_range(10, 20)]),
        ([_range(1, 30)], []),
        ([_range(10, 20)], []),
        ([_range(12, 14)], [_range(10, 12), _range(14, 20)]),
        ([_range(15, 25), _range(1, 12)], [_range(12, 15)]),
        ([_range(10, 15), _range(12, 13), _range(15, 20)], []),
        ([_range(1, 10)], [_range(10, 20)]),
        ([_range(20, 30)], [_range(10, 20)]),
        ([_range(1, 5), _range(25, 30)], [_range(10, 20)]),
    ],
)
def test_missing_is_what_no_known_range_covers(known: list[Range], gaps: list[Range]) -> None:
    """Overlapping, touching and foreign ranges are all taken for what they are."""
    assert missing(_range(10, 20), known) == gaps


def test_missing_of_one_instant() -> None:
    """A stretch of no length is missing when nothing is known, and not when it is covered."""
    assert missing(_range(10, 10), []) == [_range(10, 10)]
    assert missing(_range(10, 10), [_range(9, 11)]) == []
    assert missing(_range(10, 10), [_range(1, 5)]) == [_range(10, 10)]


@pytest.mark.parametrize(
    ("text", "name", "length"),
    [
        ("1Min", "1Min", timedelta(minutes=1)),
        ("59T", "59Min", timedelta(minutes=59)),
        ("23H", "23Hour", timedelta(hours=23)),
        ("1D", "1Day", timedelta(days=1)),
        ("1Week", "1Week", timedelta(weeks=1)),
        ("12Month", "12Month", timedelta(days=372)),
    ],
)
def test_timeframe_is_read_long_and_short(text: str, name: str, length: timedelta) -> None:
    """Both spellings mean one timeframe, with one name."""
    assert Timeframe.parse(text) == Timeframe(name, length)


@pytest.mark.parametrize("text", ["", "60Min", "24H", "2Day", "5Month", "1min", "1 Day"])
def test_timeframe_refuses_what_the_api_refuses(text: str) -> None:
    """The grammar is the market data API's."""
    with pytest.raises(BadRequest, match="timeframe"):
        Timeframe.parse(text)
