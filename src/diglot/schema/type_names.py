"""Read the name of a column's type, as either dialect writes it."""

import re

from diglot.schema.logical import LogicalType

_SHAPE = re.compile(r"^(?P<name>[^()\[\]]*)(?:\((?P<numbers>[^)]*)\)(?P<rest>[^()\[\]]*))?(?P<array>(?:\[\d*\])*)$")
_INTEGERS = {
    "smallint": 16, "int2": 16, "tinyint": 16, "smallserial": 16,
    "integer": 32, "int": 32, "int4": 32, "mediumint": 32, "serial": 32,
    "bigint": 64, "int8": 64, "bigserial": 64, "unsigned big int": 64,
}  # fmt: skip
_PLAIN = {
    "text": "text", "clob": "text", "bool": "boolean", "boolean": "boolean", "date": "date", "uuid": "uuid",
    "json": "json", "jsonb": "jsonb", "interval": "interval", "money": "money", "citext": "citext",
}  # fmt: skip
_SIZED = {
    "varchar": "varchar", "character varying": "varchar", "nvarchar": "varchar", "varying character": "varchar",
    "char": "char", "character": "char", "nchar": "char", "bpchar": "char", "native character": "char",
    "blob": "bytes", "bytea": "bytes", "binary": "bytes", "varbinary": "bytes",
}  # fmt: skip
_NUMERICS = frozenset({"numeric", "decimal", "dec"})
_FLOATS = {"real": 24, "float4": 24, "double precision": 53, "double": 53, "float8": 53, "float": 53}
_TIMES = {
    "time": "time",
    "timetz": "time",
    "timestamp": "timestamp",
    "timestamptz": "timestamp",
    "datetime": "timestamp",
}
_SINGLE = 24


def parse_type(text: str, dialect: str) -> LogicalType:
    """Return the type that `text` names; a name that nobody knows is its own family."""
    native = " ".join(text.split())
    match = _SHAPE.match(native.lower())
    if match is None:
        return LogicalType(native.lower(), native=native)
    if match["array"]:
        item = parse_type(native[: match.start("array")], dialect)
        return LogicalType("array", item=item, native=native)
    numbers = [int(one) for one in re.findall(r"-?\d+", match["numbers"] or "")]
    return _named(match["name"].strip(), (match["rest"] or "").strip(), numbers, dialect, native)


def _named(name: str, rest: str, numbers: list[int], dialect: str, native: str) -> LogicalType:
    first = numbers[0] if numbers else None
    word = name.split(" ", maxsplit=1)[0]
    if name in _SIZED:
        family = _SIZED[name]
        length = 1 if family == "char" and first is None and dialect == "postgresql" and name != "bpchar" else first
        return LogicalType(family, length=length, native=native)
    if name in _NUMERICS:
        scale = numbers[1] if len(numbers) > 1 else (0 if numbers else None)
        return LogicalType("numeric", precision=first, scale=scale, native=native)
    if name in _FLOATS:
        bits = _SINGLE if first is not None and first <= _SINGLE else _FLOATS[name]
        return LogicalType("float", precision=bits, native=native)
    if word in _TIMES:
        return _time(_TIMES[word], f"{name} {rest}", first, dialect, native)
    if name in _INTEGERS:
        return LogicalType("integer", precision=_INTEGERS[name], native=native)
    family = _PLAIN.get(name, name.replace('"', ""))
    return LogicalType(family, precision=None if family == "text" else first, native=native)


def _time(family: str, words: str, precision: int | None, dialect: str, native: str) -> LogicalType:
    zone: bool | None = "with time zone" in words or words.split(" ", maxsplit=1)[0].endswith("tz")
    if dialect == "sqlite" and not zone:
        zone = None
    return LogicalType(family, precision=precision, timezone=zone, native=native)
