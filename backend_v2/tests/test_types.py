"""Column types mean the same on both dialects, to the last digit."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from backend_v2.db.types import UtcDateTime, price
from backend_v2.errors import NaiveInstant, NumberDoesNotFit

DIALECTS = pytest.mark.parametrize(
    "dialect",
    [sqlite.dialect(), postgresql.dialect()],  # type: ignore[no-untyped-call]  # the factories have no annotations
    ids=["sqlite", "postgresql"],
)


@DIALECTS
@pytest.mark.parametrize("text", ["0.000001", "-999999999999.999999", "123.4", "0"])
def test_price_goes_and_comes_back_exactly(dialect: Dialect, text: str) -> None:
    """No digit is lost, and six places come back."""
    stored = price().process_bind_param(Decimal(text), dialect)

    read = price().process_result_value(stored, dialect)

    assert read == Decimal(text)
    assert str(read).partition(".")[2] == (text.partition(".")[2] + "000000")[:6]


@DIALECTS
@pytest.mark.parametrize("text", ["0.0000001", "1000000000000", "NaN", "Infinity"])
def test_price_refuses_what_would_be_rounded_or_is_too_long(dialect: Dialect, text: str) -> None:
    """A value that does not fit is an error on both dialects, and not a silent rounding on one."""
    with pytest.raises(NumberDoesNotFit):
        price().process_bind_param(Decimal(text), dialect)


@DIALECTS
def test_instant_is_kept_in_utc(dialect: Dialect) -> None:
    """An instant in another zone is the same instant, in UTC, to the microsecond."""
    instant = datetime(2024, 5, 1, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=12, minutes=45)))

    stored = UtcDateTime().process_bind_param(instant, dialect)

    read = UtcDateTime().process_result_value(stored, dialect)
    assert read is not None
    assert (read, read.tzinfo) == (instant, UTC)


@DIALECTS
def test_instant_without_a_zone_is_refused(dialect: Dialect) -> None:
    """A datetime without a zone names no instant."""
    with pytest.raises(NaiveInstant):
        UtcDateTime().process_bind_param(datetime(2024, 5, 1), dialect)  # noqa: DTZ001 - that is the mistake
