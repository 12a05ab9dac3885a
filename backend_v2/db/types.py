"""Column types with one Python meaning on both dialects.

SQLite has neither instants, nor exact decimals, nor JSON, and checks no length: each type here says
how it stores what Postgres has natively, and refuses on both what either could not keep, so that a
repository never asks on which dialect it runs.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

from backend_v2.db.json_value import flaw
from backend_v2.errors import JsonDoesNotFit, NaiveInstant, NumberDoesNotFit, TextDoesNotFit, UnitsMultiplied


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
        if value.tzinfo is UTC:
            instant = value
        elif value.utcoffset() is None:
            raise NaiveInstant(value=value)
        else:
            instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant, aware, in UTC."""
        if value is None or value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal of a fixed scale, exact to its last digit.

    Postgres: `NUMERIC(precision, scale)`. SQLite, whose NUMERIC is a float: the number of smallest
    units as an integer. Text of a fixed width would sort and compare as well, but not add up, and a
    CHECK such as `cash >= 0` would mean something else on each dialect; 18 digits fit into 64 bits.

    In SQL such columns may be compared, sorted, added, subtracted, and given to `sum`, `min`, `max`
    and `coalesce`. What SQLite would do in units and Postgres in the number itself is refused where
    that can be seen (`*`, `/`, `%`: UnitsMultiplied), and left to Python where it cannot: `avg`,
    `round`, `abs`, `cast`, and a literal other than 0 in a CHECK.
    Raises NumberDoesNotFit when a value would be rounded or is too long, on both dialects alike.
    """

    impl = sa.Numeric
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[Decimal], sa.Numeric.Comparator[Decimal]):
        """The operators that mean the same in units as in the number itself."""

        def operate(self, op: Callable[..., Any], *other: Any, **kwargs: Any) -> Any:
            """Return the expression; raises UnitsMultiplied."""
            _refuse_products(op)
            return super().operate(op, *other, **kwargs)

        def reverse_operate(self, op: Callable[..., Any], other: Any, **kwargs: Any) -> Any:
            """Return the expression whose left side is `other`; raises UnitsMultiplied."""
            _refuse_products(op)
            return super().reverse_operate(op, other, **kwargs)

    comparator_factory = Comparator

    def __init__(self, precision: int, scale: int) -> None:
        if precision > 18:
            raise ValueError(f"precision {precision} is more than the 18 digits that fit into 64 bits")
        super().__init__(precision, scale)
        self.digits = precision
        self.places = scale
        # Made once: bars come by ten thousands, and a context for each price would cost more than the rest.
        self._unit = Decimal(1).scaleb(-scale)
        self._exactly = Context(prec=precision, traps=[Inexact, InvalidOperation])

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the database stores."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.Numeric(self.digits, self.places))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        """Return the value as the database stores it."""
        if value is None:
            return None
        if isinstance(value, float):
            raise NumberDoesNotFit(value=value, precision=self.digits, scale=self.places)
        exact = self._at_scale(Decimal(value))
        return int(exact.scaleb(self.places)) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Return the value with exactly `scale` decimal places."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return Decimal(int(value)).scaleb(-self.places)
        return Decimal(value).quantize(self._unit)

    def _at_scale(self, value: Decimal) -> Decimal:
        try:
            exact = value.quantize(self._unit, context=self._exactly)
        except (Inexact, InvalidOperation):
            raise NumberDoesNotFit(value=value, precision=self.digits, scale=self.places) from None
        if not exact.is_finite():
            raise NumberDoesNotFit(value=value, precision=self.digits, scale=self.places)
        return exact


class Json(TypeDecorator[Any]):
    """Any JSON value; None is SQL's NULL, not JSON's null.

    Postgres: `JSONB`. SQLite: text. Raises JsonDoesNotFit for what only one of them would take.
    """

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the database stores."""
        kind = JSONB if dialect.name == "postgresql" else sa.JSON
        return dialect.type_descriptor(kind(none_as_null=True))

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Return the type of what is compared with: an index is a key, not JSON."""
        return self.impl_instance.coerce_compared_value(op, value)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """Return the value, unless one of the dialects could not keep it."""
        problem = flaw(value)
        if problem is not None:
            raise JsonDoesNotFit(problem=problem)
        return value


class Text(TypeDecorator[str]):
    """Text of at most `length` characters, or of any length.

    `VARCHAR` or `TEXT`; SQLite checks no length, and takes NUL, for which Postgres has no place.
    Raises TextDoesNotFit on both dialects; text to compare with may be longer, and is then unequal.
    """

    impl = sa.String
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__(length)
        self.most = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the database stores."""
        return dialect.type_descriptor(sa.Text() if self.most is None else sa.String(self.most))

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:  # noqa: ARG002
        """Return the type of what is compared with, such as a pattern: of any length."""
        return Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the text, unless one of the dialects could not keep it."""
        if value is None:
            return None
        if "\0" in value:
            raise TextDoesNotFit(problem="it contains the character NUL")
        if self.most is not None and len(value) > self.most:
            raise TextDoesNotFit(problem=f"it has {len(value)} characters, the column holds {self.most}")
        return value


def price() -> ExactDecimal:
    """A price or an amount of shares: 12 digits before the point, 6 after."""
    return ExactDecimal(18, 6)


def row_id() -> TypeEngine[int]:
    """A generated row number: 64 bits; SQLite generates one only for `INTEGER`."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def json_value() -> Json:
    """Any JSON value: `JSONB` on Postgres, text on SQLite."""
    return Json()


def _refuse_products(op: Callable[..., Any]) -> None:
    if op in {operators.mul, operators.truediv, operators.floordiv, operators.mod}:
        raise UnitsMultiplied(operator=op.__name__)
