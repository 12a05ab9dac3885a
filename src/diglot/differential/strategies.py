"""Strategies for what an application's columns hold, made from its metadata.

Each is drawn from a few values that often collide, from the column's whole range, and, when hostile, from the
edges of that range and just past them.
"""

import datetime as dt
import inspect
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from sqlalchemy import Column
from sqlalchemy.sql.selectable import FromClause
from sqlalchemy.types import TypeDecorator, TypeEngine

from diglot.differential import edges
from diglot.differential.lockstep import current_lockstep
from diglot.errors.differential import NoValuesForType

Values = SearchStrategy[Any]
Maker = Callable[[Any, bool], Values]

_registered: dict[type[TypeEngine[Any]], Values | Callable[[Any], Values]] = {}

_SHORT = 40
_MANY_DIGITS = 28
_LIST = r"\(\s*('[^']*'(?:\s*,\s*'[^']*')*)\s*\)"


def values(
    of: Any, /, into: Callable[..., Any] | None = None, *, hostile: bool = True, **columns: Values
) -> SearchStrategy[Any]:
    """Return a strategy for a column's values, or for a table's rows.

    of: a column, a table, a mapped class, or a mapped attribute. A row is a dictionary, or what `into` makes of
    those columns that it has parameters for. A column that the database or SQLAlchemy fills in is left out now
    and then, a nullable one is None now and then; a foreign key is mostly one that both databases hold.
    columns: strategies that are to be used instead, by the columns' names; of rows only.
    hostile: also the edges of what the types hold, and slightly past them.
    Raises NoValuesForType (DG804).
    """
    found = sa.inspect(of, raiseerr=False)
    table = getattr(found, "local_table", of)
    if isinstance(table, FromClause):
        return _rows(table, into, hostile, columns)
    column = getattr(getattr(of, "property", None), "columns", [of])[0]
    return _column(column, hostile=hostile)


def register_values(kind: type[TypeEngine[Any]], make: Values | Callable[[Any], Values]) -> None:
    """Use a strategy for every column of this type, in place of what its `impl` would give.

    kind: a type or TypeDecorator, with what derives from it. make: a strategy, or what returns one for a type.
    """
    _registered[kind] = make


# -- rows --------------------------------------------------------------------------------------------


def _rows(table: FromClause, into: Callable[..., Any] | None, hostile: bool, given: Mapping[str, Values]) -> Values:
    parameters = _parameters(into)
    required: dict[str, Values] = {}
    optional: dict[str, Values] = {}
    for column in table.c:
        name = column.key
        if parameters is not None and name not in parameters:
            continue
        needed = parameters is not None and parameters[name].default is inspect.Parameter.empty
        strategy = given.get(name)
        if strategy is None and not needed and _always_generated(column):
            continue
        strategy = _column(column, hostile=hostile) if strategy is None else strategy
        (optional if not needed and name not in given and _fills_itself(column) else required)[name] = strategy
    required |= {name: strategy for name, strategy in given.items() if name not in table.c}
    fields = st.fixed_dictionaries(required, optional=optional)
    return fields if into is None else fields.map(lambda arguments: into(**arguments))


def _parameters(into: Callable[..., Any] | None) -> Mapping[str, inspect.Parameter] | None:
    """Return the parameters by which `into` chooses columns; None when it takes whatever there is."""
    found = {} if into is None else inspect.signature(into).parameters
    takes_any = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in found.values())
    return None if into is None or takes_any else found


def _always_generated(column: Any) -> bool:
    return column.computed is not None or (column.identity is not None and bool(column.identity.always))


def _fills_itself(column: Any) -> bool:
    defaulted = column.default is not None or column.server_default is not None
    return defaulted or column is getattr(column.table, "autoincrement_column", None)


# -- columns -----------------------------------------------------------------------------------------


def _column(column: Any, *, hostile: bool) -> Values:
    made = _of_type(column.type, str(column), hostile=hostile)
    listed = _listed(column)
    if listed:
        made = st.sampled_from(listed) | made if hostile else st.sampled_from(listed)
    for key in column.foreign_keys:
        made = _existing(key, made, hostile=hostile)
    return st.none() | made if column.nullable and not column.primary_key else made


def _listed(column: Column[Any]) -> list[str]:
    """Return the texts that a CHECK such as `status IN ('open', 'done')` lists for the column."""
    constraints = getattr(column.table, "constraints", ())
    checks = [str(one.sqltext) for one in constraints if isinstance(one, sa.CheckConstraint)]
    listing = re.compile(rf"\W*{re.escape(column.name)}\W*\s+IN\s*{_LIST}\W*", re.IGNORECASE)
    found = next(filter(None, map(listing.fullmatch, checks)), None)
    return re.findall(r"'([^']*)'", found[1]) if found else []


def _existing(key: sa.ForeignKey, others: Values, *, hostile: bool) -> Values:
    """Draw from what both databases hold, when there is something; one time in four something else, if hostile."""

    @st.composite
    def existing(draw: st.DrawFn) -> Any:
        lockstep = current_lockstep()
        held = [] if lockstep is None else lockstep.keys(key.column)
        if not held or (hostile and draw(st.sampled_from((False, False, False, True)))):
            return draw(others)
        return draw(st.sampled_from(held))

    return existing()


def _of_type(kind: TypeEngine[Any], column: str, *, hostile: bool) -> Values:
    for base in type(kind).__mro__:
        found = _registered.get(base)
        if found is not None:
            return found if isinstance(found, SearchStrategy) else found(kind)
    if isinstance(kind, TypeDecorator) and not isinstance(kind, sa.Interval):  # whose impl is an instant
        return _of_type(kind.impl_instance, column, hostile=hostile)
    if isinstance(kind, sa.ARRAY):
        return st.lists(_of_type(kind.item_type, column, hostile=hostile), max_size=3)
    for base, make in _MAKERS:
        if isinstance(kind, base):
            return make(kind, hostile)
    raise NoValuesForType(column=column, kind=repr(kind))


def _drawn(few: tuple[Any, ...], usual: Values, past: tuple[Any, ...], *, hostile: bool) -> Values:
    """Return few values that collide, the whole range, and what is at its edges or past them."""
    return st.one_of(st.sampled_from(few), usual, *([st.sampled_from(past)] if hostile else []))


# -- types -------------------------------------------------------------------------------------------


def _enum(kind: sa.Enum, hostile: bool) -> Values:
    if kind.enum_class is not None:
        return st.sampled_from(list(kind.enum_class))
    return st.sampled_from([*kind.enums, *(["", kind.enums[0].swapcase(), "no such label"] if hostile else [])])


def _boolean(_kind: sa.Boolean, _hostile: bool) -> Values:
    return st.booleans()


def _integer(kind: sa.Integer, hostile: bool) -> Values:
    bits = 16 if isinstance(kind, sa.SmallInteger) else 64 if isinstance(kind, sa.BigInteger) else 32
    usual = st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return _drawn((0, 1, 2, -1), usual, edges.integers(bits), hostile=hostile)


def _float(kind: sa.Float[Any], hostile: bool) -> Values:
    width: Literal[32, 64] = 32 if isinstance(kind, sa.REAL) or (kind.precision or 53) < 25 else 64
    usual = st.floats(allow_nan=False, allow_infinity=False, width=width)
    made = _drawn(edges.FLOATS, usual, edges.HOSTILE_FLOATS, hostile=hostile)
    return made.map(lambda value: Decimal(repr(value))) if kind.asdecimal else made


def _numeric(kind: sa.Numeric[Any], hostile: bool) -> Values:
    precision = kind.precision or _MANY_DIGITS
    scale = kind.scale if kind.scale is not None else 0 if kind.precision else 6
    unit = Decimal(1).scaleb(-scale)
    most = Decimal(10) ** (precision - scale) - unit
    usual = st.decimals(-most, most, places=scale, allow_nan=False, allow_infinity=False)
    few = tuple(Decimal(one).quantize(unit) for one in range(min(3, 10 ** (precision - scale))))
    past = edges.decimals(precision, scale) + edges.HOSTILE_DECIMALS
    made = _drawn(few, usual, past, hostile=hostile)
    return made if kind.asdecimal else made.map(float)


def _text(kind: sa.String, hostile: bool) -> Values:
    length = kind.length
    few = tuple(one for one in edges.TEXTS if length is None or len(one) <= length)
    usual = st.text(edges.LETTERS, max_size=min(_SHORT, length or _SHORT))
    if not hostile:
        return _drawn(few, usual, (), hostile=False)
    strange = st.sampled_from(edges.HOSTILE_TEXTS)
    if length is None:
        return st.one_of(_drawn(few, usual, (), hostile=False), strange)
    long = [of * size for size in (length + 1, length) for of in edges.LONG_OF]
    return st.one_of(_drawn(few, usual, (), hostile=False), strange, st.sampled_from(long))


def _binary(kind: Any, hostile: bool) -> Values:
    length = kind.length
    few = (b"", b"a", b"\0")[: None if length is None else length + 1]
    usual = st.binary(max_size=min(_SHORT, length or _SHORT))
    past = (b"\xff\xfe", b"\\x41") if length is None else (b"a" * (length + 1), b"\xff" * length)
    return _drawn(few, usual, past, hostile=hostile)


def _instant(kind: sa.DateTime, hostile: bool) -> Values:
    usual = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2100, 1, 1))  # noqa: DTZ001 - the zone comes below
    naive = _drawn(edges.INSTANTS, usual, edges.HOSTILE_INSTANTS, hostile=hostile)
    aware = st.builds(lambda value, zone: value.replace(tzinfo=zone), naive, st.sampled_from(edges.ZONES))
    right, wrong = (aware, naive) if kind.timezone else (naive, aware)
    return st.one_of(right, right, wrong) if hostile else right


def _date(_kind: sa.Date, hostile: bool) -> Values:
    usual = st.dates(dt.date(1970, 1, 1), dt.date(2100, 1, 1))
    return _drawn(edges.DATES, usual, edges.HOSTILE_DATES, hostile=hostile)


def _time(kind: sa.Time, _hostile: bool) -> Values:
    naive = st.sampled_from(edges.TIMES) | st.times()
    return naive.map(lambda value: value.replace(tzinfo=dt.UTC)) if kind.timezone else naive


def _interval(_kind: Any, hostile: bool) -> Values:
    usual = st.timedeltas(dt.timedelta(days=-1000), dt.timedelta(days=1000))
    return _drawn(edges.INTERVALS, usual, edges.HOSTILE_INTERVALS, hostile=hostile)


def _uuid(kind: Any, _hostile: bool) -> Values:
    return st.uuids() if kind.as_uuid else st.uuids().map(str)


def _json(_kind: sa.JSON, hostile: bool) -> Values:
    scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(edges.LETTERS, max_size=5)
    keys = st.text("ab", min_size=1, max_size=2)
    usual = st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=2), max_leaves=3
    )
    return _drawn(edges.JSON, usual, edges.HOSTILE_JSON, hostile=hostile)


_MAKERS: tuple[tuple[type[Any], Maker], ...] = (
    (sa.Enum, _enum),
    (sa.Boolean, _boolean),
    (sa.Integer, _integer),
    (sa.Float, _float),
    (sa.Numeric, _numeric),
    (sa.String, _text),
    (sa.LargeBinary, _binary),
    (sa.BINARY, _binary),
    (sa.VARBINARY, _binary),
    (sa.DateTime, _instant),
    (sa.Date, _date),
    (sa.Time, _time),
    (sa.Interval, _interval),
    (sa.Uuid, _uuid),
    (sa.JSON, _json),
)
"""The first that fits is used: an Enum is a String, a Float may be a Numeric."""
