"""Column types with one Python meaning on both dialects.

SQLite has neither instants, nor exact decimals, nor JSON: each type here says how it stores what
Postgres has natively, so that a repository never asks on which dialect it runs.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from backend_v2.errors import NaiveInstant, NumberDoesNotFit


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in Python, to the microsecond.

    Postgres: `TIMESTAMPTZ`. SQLite: text in UTC, in a format that sorts as time does.
    Raises NaiveInstant for a datetime without a zone, which could mean anything.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC, without its zone where the database cannot hold one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveInstant(value=value)
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal of a fixed scale, exact to its last digit.

    Postgres: `NUMERIC(precision, scale)`. SQLite, whose NUMERIC is a float: the number of smallest
    units as an integer, so that it sorts, compares and adds up exactly; 18 digits fit into 64 bits.
    Raises NumberDoesNotFit when a value would be rounded or is too long, on both dialects alike.
    """

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        if precision > 18:
            raise ValueError(f"precision {precision} is more than the 18 digits that fit into 64 bits")
        super().__init__(precision, scale)
        self.digits = precision
        self.places = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the database stores."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.Numeric(self.digits, self.places))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        """Return the value as the database stores it."""
        if value is None:
            return None
        exact = Decimal(value)
        units = exact.scaleb(self.places) if exact.is_finite() else exact
        if not exact.is_finite() or units != units.to_integral_value() or abs(units) >= 10**self.digits:
            raise NumberDoesNotFit(value=exact, precision=self.digits, scale=self.places)
        return int(units) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Return the value with exactly `scale` decimal places."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return Decimal(int(value)).scaleb(-self.places)
        return Decimal(value).quantize(Decimal(1).scaleb(-self.places))


def price() -> ExactDecimal:
    """A price or an amount of shares: 12 digits before the point, 6 after."""
    return ExactDecimal(18, 6)


def row_id() -> TypeEngine[int]:
    """A generated row number: 64 bits; SQLite generates one only for `INTEGER`."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def json_value() -> TypeEngine[Any]:
    """Any JSON value: `JSONB` on Postgres, text on SQLite."""
    return sa.JSON().with_variant(JSONB(), "postgresql")
