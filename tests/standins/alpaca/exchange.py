"""When the New York exchange trades: its days by rule, for any year; half days count as whole ones."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
OPENS = time(9, 30)
CLOSES = time(16)

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6


def is_trading_day(day: date) -> bool:
    """Say whether the exchange trades on a day."""
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the days of a year on which the exchange is closed although they are no weekend."""
    fixed = [_observed(date(year, 7, 4)), _observed(date(year, 12, 25))]
    new_year = date(year, 1, 1)
    if new_year.weekday() != _SATURDAY:  # it is not made up for in the year before
        fixed.append(_observed(new_year))
    if year >= 2022:
        fixed.append(_observed(date(year, 6, 19)))
    last_of_may = date(year, 5, 31)
    moving = [
        _nth(year, 1, _MONDAY, 3),
        _nth(year, 2, _MONDAY, 3),
        _easter(year) - timedelta(days=2),
        last_of_may - timedelta(days=last_of_may.weekday()),
        _nth(year, 9, _MONDAY, 1),
        _nth(year, 11, _THURSDAY, 4),
    ]
    return frozenset(fixed + moving)


def midnight(day: date) -> datetime:
    """Return the beginning of a day in New York."""
    return datetime.combine(day, time.min, NEW_YORK)


def _observed(day: date) -> date:
    return day + timedelta(days={_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0))


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


def _easter(year: int) -> date:
    """Return Easter Sunday, by the anonymous Gregorian algorithm."""
    golden, century = year % 19, year // 100
    leap = century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15
    moon = leap % 30
    moon -= (moon // 28) * (1 - (moon // 28) * (29 // (moon + 1)) * ((21 - golden) // 11))
    offset = moon - (year + year // 4 + moon + 2 - century + century // 4) % 7
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))
