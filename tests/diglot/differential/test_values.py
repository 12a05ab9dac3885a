"""`values`: what a column holds is generated from its type, with what is at its edges and past them."""

import enum
import math
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from diglot.differential import register_values, strategies, values
from diglot.errors.differential import NoValuesForType
from tests.diglot.differential.planted import Shop, Thing, offers, things

SEARCH = hypothesis.settings(derandomize=True, database=None, max_examples=3000)
SHORT = hypothesis.settings(SEARCH, max_examples=200)


class Colour(enum.Enum):
    """Two colours."""

    RED = 1
    BLUE = 2


class Upper(TypeDecorator[str]):
    """Text in upper case."""

    impl = sa.String
    cache_ok = True


class Point(UserDefinedType[Any]):
    """A type that nobody has values for."""


def found(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool]) -> Any:
    """Return the simplest value that fits."""
    return hypothesis.find(strategy, condition, settings=SEARCH)


def always(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool]) -> bool:
    """Return whether no value was found that does not fit."""
    try:
        hypothesis.find(strategy, lambda one: not condition(one), settings=SHORT)
    except NoSuchExample:
        return True
    return False


def column(kind: TypeEngine[Any], **options: Any) -> sa.Column[Any]:
    """Return a column, not nullable."""
    return sa.Column("it", kind, nullable=False, **options)


HOSTILE: dict[str, tuple[TypeEngine[Any], Callable[[Any], bool]]] = {
    "int above 32 bits": (sa.Integer(), lambda one: one == 2**31),
    "int below 32 bits": (sa.Integer(), lambda one: one == -(2**31) - 1),
    "int above 64 bits": (sa.Integer(), lambda one: one == 2**63),
    "small above 16 bits": (sa.SmallInteger(), lambda one: one == 2**15),
    "big at 64 bits": (sa.BigInteger(), lambda one: one == 2**63 - 1),
    "big above 64 bits": (sa.BigInteger(), lambda one: one == 2**63),
    "text at its length": (sa.String(7), lambda one: len(one) == 7),
    "text longer than that": (sa.String(7), lambda one: len(one) == 8),
    "long text of four bytes": (sa.String(300), lambda one: one == "\N{GRINNING FACE}" * 301),
    "text with NUL": (sa.String(), lambda one: "\0" in one),
    "text that combines": (sa.Text(), lambda one: "\N{COMBINING ACUTE ACCENT}" in one),
    "text with blanks around": (sa.String(9), lambda one: one != one.strip() != ""),
    "text of a case pair of two lengths": (sa.Unicode(), lambda one: len(one.lower()) != len(one)),
    "text through a decorator": (Upper(4), lambda one: len(one) == 5),
    "one digit too many before the point": (sa.Numeric(6, 2), lambda one: one.is_finite() and one >= 10_000),
    "one digit too many after the point": (sa.Numeric(6, 2), lambda one: one == Decimal("0.001")),
    "decimal NaN": (sa.Numeric(6, 2), lambda one: one.is_nan()),
    "float NaN": (sa.Float(), math.isnan),
    "float infinite": (sa.Float(), math.isinf),
    "float of a Numeric": (sa.Numeric(6, 2, asdecimal=False), lambda one: isinstance(one, float)),
    "JSON infinite": (sa.JSON(), lambda one: one == {"a": math.inf}),
    "JSON with NUL": (sa.JSON(), lambda one: one == {"a": "\0"}),
    "first instant": (sa.DateTime(), lambda one: one == datetime.min),  # noqa: DTZ901
    "last instant": (sa.DateTime(), lambda one: one == datetime.max),  # noqa: DTZ901
    "aware where there is no zone": (sa.DateTime(), lambda one: one.tzinfo is not None),
    "naive where there is one": (sa.DateTime(timezone=True), lambda one: one.tzinfo is None),
    "last day": (sa.Date(), lambda one: one == date.max),
    "longest interval": (sa.Interval(), lambda one: one == timedelta.max),
    "bytes longer than that": (sa.LargeBinary(3), lambda one: len(one) == 4),
    "label that there is not": (sa.Enum("a", "b"), lambda one: one not in {"a", "b"}),
}


@pytest.mark.parametrize(("kind", "condition"), HOSTILE.values(), ids=HOSTILE)
def test_values_go_to_the_edges_and_past_them(kind: TypeEngine[Any], condition: Callable[[Any], bool]) -> None:
    """What databases stumble over is generated, unless that is switched off."""
    hostile = found(values(column(kind)), condition)

    assert condition(hostile)


TAME: dict[str, tuple[TypeEngine[Any], Callable[[Any], bool]]] = {
    "int": (sa.Integer(), lambda one: -(2**31) <= one < 2**31),
    "small": (sa.SmallInteger(), lambda one: -(2**15) <= one < 2**15),
    "big": (sa.BigInteger(), lambda one: -(2**63) <= one < 2**63),
    "text": (sa.String(7), lambda one: len(one) <= 7 and one.isprintable()),
    "text of one": (sa.String(1), lambda one: len(one) <= 1),
    "decimal": (sa.Numeric(6, 2), lambda one: abs(one) < 10_000 and one == round(one, 2)),
    "fraction": (sa.Numeric(3, 3), lambda one: abs(one) < 1 and one == round(one, 3)),
    "whole decimal": (sa.Numeric(4), lambda one: abs(one) < 10_000 and one == int(one)),
    "float": (sa.Float(), math.isfinite),
    "real": (sa.REAL(), math.isfinite),
    "float as decimal": (sa.Float(asdecimal=True), lambda one: isinstance(one, Decimal)),
    "naive": (sa.DateTime(), lambda one: one.tzinfo is None),
    "aware": (sa.DateTime(timezone=True), lambda one: one.tzinfo is not None),
    "day": (sa.Date(), lambda one: type(one) is date and 1970 <= one.year <= 2100),
    "time": (sa.Time(), lambda one: isinstance(one, time) and one.tzinfo is None),
    "time with a zone": (sa.Time(timezone=True), lambda one: one.tzinfo is UTC),
    "interval": (sa.Interval(), lambda one: abs(one) <= timedelta(days=1000)),
    "bytes": (sa.LargeBinary(3), lambda one: len(one) <= 3),
    "boolean": (sa.Boolean(), lambda one: isinstance(one, bool)),
    "enum": (sa.Enum(Colour), lambda one: one in Colour),
    "label": (sa.Enum("a", "b"), lambda one: one in {"a", "b"}),
    "uuid": (sa.Uuid(), lambda one: isinstance(one, uuid.UUID)),
    "uuid as text": (sa.Uuid(as_uuid=False), lambda one: isinstance(one, str) and len(one) == 36),
    "array": (sa.ARRAY(sa.SmallInteger()), lambda one: all(isinstance(each, int) for each in one)),
}


@pytest.mark.parametrize(("kind", "condition"), TAME.values(), ids=TAME)
def test_values_that_are_not_hostile_stay_within_the_type(
    kind: TypeEngine[Any], condition: Callable[[Any], bool]
) -> None:
    """With `hostile=False` every value is one that the type holds."""
    assert always(values(column(kind), hostile=False), condition)


def test_values_of_a_nullable_column_are_none_now_and_then() -> None:
    """None is the simplest value of a nullable column, and no value of another."""
    assert found(values(things.c.amount), lambda _: True) is None
    assert always(values(offers.c.price), lambda one: one is not None)


def test_values_take_what_a_check_lists() -> None:
    """A CHECK that lists texts says what a column holds; hostile values are others as well."""
    assert always(values(offers.c.state, hostile=False), lambda one: one in {"open", "closed"})
    assert found(values(offers.c.state), lambda one: one not in {"open", "closed"}) == "a"


def test_values_of_a_row_leave_out_what_fills_itself() -> None:
    """A generated key is there or not; other columns are always there."""
    rows = values(things)

    assert "id" not in found(rows, lambda row: "id" not in row)
    assert "id" in found(rows, lambda row: "id" in row)
    assert always(rows, lambda row: {"name", "amount", "weight"} <= set(row))


def test_values_of_a_row_become_an_object() -> None:
    """`into` gets those columns that it has parameters for, and each override in place of its column."""
    thing = found(values(things, into=Thing, amount=st.just(7)), lambda one: one.name == "b")

    assert thing == Thing(name="b", amount=7)


def test_values_of_a_row_take_arguments_that_are_no_columns() -> None:
    """An override may also be for a parameter of `into` that no column is for."""

    @dataclass(frozen=True)
    class Labelled:
        name: str
        label: str

    assert found(values(things, into=Labelled, label=st.just("new")), lambda _: True) == Labelled(None, "new")


def test_values_of_a_mapped_class_and_of_its_attribute() -> None:
    """A mapped class is its table, a mapped attribute its column."""
    shop = found(values(Shop, into=Shop), lambda one: one.name == "ab")

    assert isinstance(shop, Shop)
    assert len(found(values(Shop.name), lambda one: len(one) > 8)) == 9


def test_values_leave_out_what_the_database_computes() -> None:
    """A computed column, or one that is always generated, is never given."""
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("id", sa.Integer, sa.Identity(always=True), primary_key=True),
        sa.Column("a", sa.Integer),
        sa.Column("twice", sa.Integer, sa.Computed("a * 2")),
    )

    assert always(values(table), lambda row: set(row) == {"a"})


@pytest.fixture
def _registry() -> Iterator[None]:
    """What is registered in the test is forgotten after it."""
    before = dict(strategies._registered)
    yield
    strategies._registered.clear()
    strategies._registered.update(before)


@pytest.mark.usefixtures("_registry")
def test_registered_values_win_over_the_impl() -> None:
    """A type of the project's own may have its own strategy: one for all, or one made from the type."""
    register_values(Upper, lambda kind: st.just("X" * kind.impl_instance.length))
    register_values(Point, st.just((0, 0)))

    assert found(values(column(Upper(3))), lambda _: True) == "XXX"
    assert found(values(column(Point())), lambda _: True) == (0, 0)


def test_values_of_an_unknown_type_are_refused() -> None:
    """The error names the column and its type, and how to register values."""
    table = sa.Table("places", sa.MetaData(), sa.Column("at", Point()))

    with pytest.raises(
        NoValuesForType,
        match=r"^DG804: no values are known for places\.at, whose type is Point\(\)\. Fix: register_values\(Point, ",
    ):
        values(table.c.at)
