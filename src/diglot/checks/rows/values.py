"""Telling values for a type: near its limits where a loss would show, different in each row, always the same.

Every value is a text that Postgres reads as the type: what is written is `'text'`, which takes the column's type.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping

from diglot.checks.rows.types import ColumnType

Values = tuple[str, ...]

_LONG = 120  # characters of a text without a limit: longer than what a forgotten varchar(100) takes
_VARLENA = 4  # what a modifier adds to the length that was written
_WIDE = "Zürich, 'quoted' \"twice\" 100 % \\ "
_FILLER = "abcdefghijklmnopqrstuvwxyz0123456789"
_DAY = dt.date(2024, 2, 29)


def candidates(kind: ColumnType, name: str, number: int, place: int) -> Values:
    """Return values for a column, the most telling one first; empty when nothing is known of the type.

    name: of the column. number: of the row, from 1 on. place: of the column in its table, so that a later column
    holds a later date and a larger number than an earlier one.
    """
    base = kind.base
    if base.kind == "enum":
        turned = number % len(base.labels) if base.labels else 0
        return (*base.labels[turned:], *base.labels[:turned])
    if base.kind == "array":
        return _array(base, name, number, place)
    if base.kind == "composite":
        parts = [candidates(part, name, number, place + at) for at, part in enumerate(base.parts)]
        return (f"({','.join(_quoted(found[0]) if found else '' for found in parts)})",)
    make = _MAKERS.get(base.name)
    return make(base.modifier, name, number, place) if make else ()


def _array(array: ColumnType, name: str, number: int, place: int) -> Values:
    first = candidates(array.parts[0], name, number, place)
    second = candidates(array.parts[0], name, number + 1, place)
    if not first:
        return ("{}",)
    return (f"{{{_quoted(first[0])},{_quoted(second[0])}}}", f"{{{_quoted(first[0])}}}", "{}")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _text(modifier: int, name: str, number: int, _place: int) -> Values:
    limit = modifier - _VARLENA if modifier >= _VARLENA else _LONG
    short = f"{name[:1]}{number}"
    telling = f"{name} {number} {_WIDE}{_FILLER * 4}"[: min(limit, _LONG)]
    if len(telling) < len(f"{name} {number}"):  # cut before the number: put it in front, so that rows differ
        telling = f"{number}{name}{_FILLER * 4}"[: min(limit, _LONG)]
    plain = (
        short, short.upper(), f"{name}-{number}", str(number), f"{name}{number}@example.com",
        f"https://example.com/{name}/{number}", _hex(name, number), _uuid(name, number), "{}", "",
    )  # fmt: skip
    return (telling, *(one for one in plain if len(one) <= limit))


def _integer(telling: int) -> Callable[[int, str, int, int], Values]:
    def make(_modifier: int, _name: str, number: int, place: int) -> Values:
        small = number % 100 + place
        return tuple(map(str, (telling + 100 * place + number, number, small, 0, -number)))

    return make


def _numeric(modifier: int, _name: str, number: int, place: int) -> Values:
    if modifier < _VARLENA:
        return (f"{12345678901 + place}.{123456789 + number}", str(number), f"0.{number % 9 + 1}", "0", f"-{number}")
    precision, scale = (modifier - _VARLENA) >> 16 & 0xFFFF, (modifier - _VARLENA) & 0x7FF
    scale = scale - 0x800 if scale & 0x400 else scale
    digits = str(int("1234567890" * 100) % 10**1000)[: max(precision, 0)]
    telling = int(digits or "0") + (number + 10 * place if precision > 3 else number % 9)
    exact = f"{telling // 10**scale}.{telling % 10**scale:0{scale}d}" if scale > 0 else str(telling * 10**-scale)
    return (exact, str(number), f"0.{number % 9 + 1}", "0", f"-{number}")


def _float(telling: float) -> Callable[[int, str, int, int], Values]:
    def make(_modifier: int, _name: str, number: int, place: int) -> Values:
        return (repr(telling + place + number), str(number), f"0.{number % 9 + 1}", "0", f"-{number}")

    return make


def _boolean(_modifier: int, _name: str, number: int, place: int) -> Values:
    return ("true", "false") if (number + place) % 2 else ("false", "true")


def _date(_modifier: int, _name: str, number: int, place: int) -> Values:
    return (_day(number, place), "2999-12-31", "1970-01-01")


def _timestamp(_modifier: int, _name: str, number: int, place: int) -> Values:
    return (f"{_day(number, place)} 13:37:42.123456", "2999-12-31 00:00:00", f"{_day(number, place)} 00:00:00")


def _timestamptz(_modifier: int, _name: str, number: int, place: int) -> Values:
    day = _day(number, place)
    return (f"{day} 13:37:42.123456+05:45", "2999-12-31 00:00:00+00", f"{day} 00:00:00+00")


def _time(_modifier: int, _name: str, number: int, place: int) -> Values:
    return (f"{(8 + place) % 24:02d}:{number % 60:02d}:42.123456", "00:00:00")


def _timetz(_modifier: int, _name: str, number: int, place: int) -> Values:
    return (f"{(8 + place) % 24:02d}:{number % 60:02d}:42.123456+05:45", "00:00:00+00")


def _interval(_modifier: int, _name: str, number: int, place: int) -> Values:
    return (f"1 year 2 mons {number} days 04:{place % 60:02d}:06.789", f"{number} days", "00:00:00")


def _json(_modifier: int, name: str, number: int, _place: int) -> Values:
    telling = f'{{"{name}": {number}, "city": "Zürich", "list": [1, 2.50, null, true], "in": {{"depth": 2}}}}'
    return (telling, f"[{number}]", "{}", f'"{number}"', str(number))


def _bytea(_modifier: int, name: str, number: int, _place: int) -> Values:
    return (f"\\x00ff{_hex(name, number)}", f"\\x{number % 256:02x}", "\\x")


def _bits(modifier: int, _name: str, number: int, _place: int) -> Values:
    length = modifier if modifier > 0 else 8
    return (f"{number % 2**length:0{length}b}", "0" * length, "1" * length)


def _day(number: int, place: int) -> str:
    return str(_DAY + dt.timedelta(days=number + 7 * place))


def _hex(name: str, number: int) -> str:
    return hashlib.sha256(f"{name} {number}".encode()).hexdigest()


def _uuid(name: str, number: int) -> str:
    digits = _hex(name, number)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def _written(*patterns: str) -> Callable[[int, str, int, int], Values]:
    """Return a maker that puts the row's number, the next one and the column's name into texts."""

    def make(_modifier: int, name: str, number: int, place: int) -> Values:
        day, next_day = _day(number, place), _day(number + 1, place)
        known = {"n": number, "m": number + 1, "b": number % 256, "x": f"{number % 256:02x}", "name": name}
        return tuple(pattern.format(**known, day=day, next_day=next_day) for pattern in patterns)

    return make


_Maker = Callable[[int, str, int, int], Values]
_MAKERS: Mapping[str, _Maker] = {
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "citext"), _text),
    "int2": _integer(20_000),
    "int4": _integer(1_500_000_000),
    "int8": _integer(5_000_000_000_000),
    "numeric": _numeric,
    "float4": _float(1024.5),
    "float8": _float(123456789.0625),
    "bool": _boolean,
    "date": _date,
    "timestamp": _timestamp,
    "timestamptz": _timestamptz,
    "time": _time,
    "timetz": _timetz,
    "interval": _interval,
    "uuid": lambda _modifier, name, number, _place: (_uuid(name, number),),
    **dict.fromkeys(("json", "jsonb"), _json),
    "bytea": _bytea,
    **dict.fromkeys(("bit", "varbit"), _bits),
    "char": _written("a", "b", "1"),
    "money": _written("12{n}.34"),
    "inet": _written("192.0.2.{b}", "2001:db8::{x}"),
    "cidr": _written("198.51.{b}.0/24", "2001:db8:{x}::/48"),
    "macaddr": _written("08:00:2b:01:02:{x}"),
    "macaddr8": _written("08:00:2b:01:02:03:04:{x}"),
    "int4range": _written("[{n}0,{m}0)", "empty"),
    "int8range": _written("[{n}0,{m}0)", "empty"),
    "numrange": _written("[{n}.5,{m}.25)", "empty"),
    "daterange": _written("[{day},{next_day})", "empty"),
    "tsrange": _written('["{day} 01:02:03","{next_day} 01:02:03")', "empty"),
    "tstzrange": _written('["{day} 01:02:03+00","{next_day} 01:02:03+00")', "empty"),
    "int4multirange": _written("{{[{n}0,{m}0)}}"),
    "int8multirange": _written("{{[{n}0,{m}0)}}"),
    "nummultirange": _written("{{[{n}.5,{m}.25)}}"),
    "datemultirange": _written("{{[{day},{next_day})}}"),
    "tsmultirange": _written('{{["{day} 01:02:03","{next_day} 01:02:03")}}'),
    "tstzmultirange": _written('{{["{day} 01:02:03+00","{next_day} 01:02:03+00")}}'),
    "tsvector": _written("'word{n}':1 'other':2"),
    "tsquery": _written("'word{n}' & 'other'"),
    "point": _written("({n}.5,2.25)"),
    "line": _written("{{1,-1,{n}}}"),
    "lseg": _written("[({n},1),(2,3)]"),
    "box": _written("({m},{m}),({n},{n})"),
    "path": _written("(({n},0),(1,1),(2,0))"),
    "polygon": _written("(({n},0),(1,1),(2,0))"),
    "circle": _written("<({n},1),2.5>"),
    "xml": _written("<{name}>{n}</{name}>", "<a>{n}</a>"),
    "oid": _written("1{n}"),
    "pg_lsn": _written("0/{n}"),
    "jsonpath": _written("$.a[{n}]"),
    "regclass": _written("pg_class"),
    "regtype": _written("integer"),
    "regproc": _written("now"),
    "regrole": _written("pg_monitor"),
    "hstore": _written('"{name}"=>"{n}"'),
    "ltree": _written("top.n{n}"),
    "cube": _written("({n},2)"),
    "vector": lambda modifier, _name, number, _place: (f"[{','.join([str(number)] * max(modifier, 1))}]",),
    "geometry": _written("POINT({n} 2)"),
    "geography": _written("POINT({b} 2)"),
}  # fmt: skip
