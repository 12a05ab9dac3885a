"""Values, events and halves survive the way through JSON."""

import datetime as dt
import json
import math
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from diglot.parity.codec import (
    Opaque,
    decode_event,
    decode_half,
    decode_value,
    encode_event,
    encode_half,
    encode_value,
)
from diglot.parity.difference import type_name
from diglot.parity.trace import UNKNOWN, Event, Exchange, Failure, Half, Site, Statement, Trace, Transaction

SITE = Site("shop/orders.py", 42, "add")


class Colour(Enum):
    RED = "red"


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no")


def through_json(value: Any) -> Any:
    """The value after the way through JSON, strictly, and through UTF-8."""
    text = json.dumps(encode_value(value), allow_nan=False, ensure_ascii=False)
    return decode_value(json.loads(text.encode("utf-8")))


def without_fold(value: Any) -> Any:
    """No driver sets it, and a comparison does not look at it."""
    return value.replace(fold=0)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.text(st.characters(categories=("Cs", "Po", "Ll")))
    | st.decimals(allow_nan=False)
    | st.datetimes().map(without_fold)
    | st.datetimes(timezones=st.just(dt.UTC)).map(without_fold)
    | st.dates()
    | st.times().map(without_fold)
    | st.timedeltas()
    | st.uuids()
    | st.binary()
    | st.binary().map(bytearray)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text() | st.integers() | st.none(), inner)
    ),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=300, deadline=None)
def test_value_survives(value: Any) -> None:
    """Whatever a row or a JSON body holds comes back equal, and of the same types."""
    came_back = through_json(value)

    assert came_back == value
    assert repr(came_back) == repr(value)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (None, None),
        (True, {"type": "bool", "text": "True"}),
        (1, {"type": "int", "text": "1"}),
        (-0.0, {"type": "float", "text": "-0.0"}),
        (math.inf, {"type": "float", "text": "inf"}),
        ("a\0b", {"type": "str", "text": "a\0b"}),
        ("\ud800\\", {"type": "str", "text": "\\ud800\\\\", "escaped": True}),
        (Decimal("1.10"), {"type": "Decimal", "text": "1.10"}),
        (dt.datetime(2026, 1, 2, 3, 4), {"type": "datetime[naive]", "text": "2026-01-02 03:04:00"}),  # noqa: DTZ001
        (dt.datetime(2026, 1, 2, tzinfo=dt.UTC), {"type": "datetime[tz]", "text": "2026-01-02 00:00:00+00:00"}),
        (dt.timedelta(days=-1, microseconds=5), {"type": "timedelta", "text": "-1 day, 0:00:00.000005"}),
        (b"\xff\x00", {"type": "bytes", "text": "ff00"}),
        (memoryview(b"ab"), {"type": "memoryview", "text": "6162"}),
        ((1, [None]), {"type": "tuple", "items": [{"type": "int", "text": "1"}, {"type": "list", "items": [None]}]}),
        ({"a": 1}, {"type": "dict", "items": [["a", {"type": "int", "text": "1"}]]}),
        ({2: None}, {"type": "dict", "items": [[{"type": "int", "text": "2"}, None]]}),
    ],
)
def test_value_has_its_documented_form(value: Any, encoded: Any) -> None:
    """Type and canonical text are what the report's page says, and lead back to the value."""
    assert encode_value(value) == encoded
    assert decode_value(encoded) == value


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1,
        1.5,
        "a",
        Decimal(1),
        dt.datetime(2026, 1, 1),  # noqa: DTZ001
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        dt.date(2026, 1, 1),
        dt.time(1),
        dt.timedelta(1),
        UUID(int=1),
        b"",
        bytearray(),
        memoryview(b""),
        [],
        (),
        {},
    ],
    ids=type_name,
)
def test_type_has_the_name_of_a_difference(value: Any) -> None:
    """The encoded type is what a difference calls it; None has no type."""
    encoded = encode_value(value) or {"type": "NoneType"}

    assert encoded["type"] == type_name(value)


def test_not_a_number_survives() -> None:
    """NaN comes back as NaN, signalling decimals as they were."""
    assert math.isnan(through_json(math.nan))
    assert str(through_json(Decimal("sNaN12"))) == "sNaN12"


def test_integer_of_any_length_survives() -> None:
    """An integer beyond the limit of Python's decimal conversion comes back."""
    assert through_json(-(10**5000)) == -(10**5000)


def test_instant_keeps_its_offset() -> None:
    """An instant in a named zone comes back with the same offset, which is what a comparison looks at."""
    instant = dt.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=ZoneInfo("Pacific/Chatham"))

    came_back = through_json(instant)

    assert (came_back, came_back.utcoffset()) == (instant, dt.timedelta(hours=13, minutes=45))


@pytest.mark.parametrize(
    ("value", "opaque"),
    [
        (Colour.RED, Opaque("Colour", "<Colour.RED: 'red'>")),
        ({"b", "a"}, Opaque("set", "{'a', 'b'}")),
        (Unprintable(), Opaque("Unprintable", "<repr failed: RuntimeError>")),
        (type("Decimal", (), {"__repr__": lambda _: "mine", "__module__": "shop"})(), Opaque("shop.Decimal", "mine")),
    ],
)
def test_unknown_type_is_opaque(value: object, opaque: Opaque) -> None:
    """What has no form of its own comes back as its type and text, and survives once more."""
    assert through_json(value) == opaque
    assert through_json(opaque) == opaque


def test_opaque_text_has_no_address() -> None:
    """Two objects that show nothing but their address are alike, as in another process they would be."""
    assert through_json(object()) == through_json(object()) == Opaque("object", "<object object>")


def test_released_memory_is_opaque() -> None:
    """A view that its driver has released cannot be read, and does not break the record."""
    view = memoryview(b"ab")
    view.release()

    assert through_json(view) == Opaque("builtins.memoryview", "<released memory>")


@pytest.mark.parametrize(
    "event",
    [
        Statement("SELECT 1", "SELECT 1", {}, UNKNOWN),
        Statement(
            sql="SELECT %(a)s -- é",
            neutral="SELECT ?",
            parameters=[{"a": 1}, {"a": Decimal("1.0")}],
            site=SITE,
            many=True,
            rowcount=2,
            columns=("id", "at"),
            rows=((1, dt.date(2026, 1, 1)), (None, "x")),
            n_rows=1200,
            failure=Failure("IntegrityError", "duplicate", "psycopg2.errors.UniqueViolation", "23505"),
            duration_s=0.25,
            raw=True,
        ),
        Transaction("commit", SITE),
        Transaction("commit", SITE, "`SELECT` at shop.py:1"),
        Exchange("POST", "/api/x?y=1", 201, SITE, "application/json", {"bars": [{"close": 1.5}]}, "text"),
        Exchange("GET", "/", 204, UNKNOWN),
    ],
)
def test_event_survives(event: Event) -> None:
    """Every event comes back equal, with all that was recorded."""
    text = json.dumps(encode_event(event), allow_nan=False)

    assert decode_event(json.loads(text)) == event


def test_half_survives() -> None:
    """A run of a contract comes back equal, with its failure, its site and its trace."""
    trace = Trace("postgresql", (Transaction("begin", SITE), Statement("SELECT 1", "SELECT 1", (), SITE)), 1.5, 0.5)
    half = Half(
        contract="tests/test_x.py::test_y[é-1]",
        dialect="postgresql",
        version="18.4",
        outcome="failed",
        file="tests/test_x.py",
        line=7,
        duration_s=0.75,
        phase="setup",
        failure=Failure("ValueError", "no"),
        site=SITE,
        reason="because",
        trace=trace,
    )

    encoded = json.loads(json.dumps(encode_half(half), allow_nan=False))

    assert decode_half(encoded) == half
    assert (encoded["major"], encoded["statements"]) == ("postgresql 18", 1)


def test_half_without_failure_and_trace_survives() -> None:
    """A run that nothing was recorded of comes back equal."""
    half = Half("tests/test_x.py::test_y", "sqlite", "3.40.1", "passed")

    assert decode_half(encode_half(half)) == half


def test_text_that_utf8_cannot_hold_is_escaped() -> None:
    """SQL with a lone surrogate, which a driver refuses, can be written all the same."""
    event = Statement("SELECT '\ud800'", "SELECT '\ud800'", None, SITE)

    text = json.dumps(encode_event(event), ensure_ascii=False).encode("utf-8")

    assert decode_event(json.loads(text)) == Statement("SELECT '\\ud800'", "SELECT '\\ud800'", None, SITE)
