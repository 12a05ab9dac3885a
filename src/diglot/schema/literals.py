"""Values written out, and the casts around them that change nothing.

Postgres gives an expression back with every implicit cast written out: `amount >= (0)::numeric`, `(name)::text`.
A cast is dropped only where the same value would be compared, computed or stored without it.
"""

import json
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from diglot.schema.logical import NUMBER_FAMILIES, TEXT_FAMILIES, LogicalType
from diglot.schema.term import Term, number

_TRUE = frozenset({"t", "true", "1", "y", "yes", "on"})
_FALSE = frozenset({"f", "false", "0", "n", "no", "off"})
_WIDTH = {"integer": 1, "numeric": 2, "float": 3}
_EXACT_DIGITS = 15
_SINGLE, _DOUBLE = 24, 53
_ALIKE = (TEXT_FAMILIES, frozenset({"json", "jsonb"}))


def literal(node: Any) -> Term:
    """Return the term of a parsed literal."""
    if node.is_string:
        return Term("str", text=node.name)
    value = _decimal(node.name)
    if value is None:
        return Term("raw", text=node.name)
    return number(value, whole=node.name.isdigit())


def boolean(*, value: bool) -> Term:
    """Return TRUE or FALSE."""
    return Term("true" if value else "false", type=LogicalType("boolean"), nullable=False)


def negative(term: Term) -> Term:
    """Return minus a term."""
    if term.is_number:
        return number(-Decimal(term.text), whole=term.op == "int")
    return Term("neg", (term,), type=term.type)


def cast(term: Term, target: LogicalType) -> Term:
    """Return a term cast to a type: without the cast where it changes nothing, whatever stands around it."""
    if term.is_text:
        return _text_cast(term, target)
    if term.is_number and target.family in NUMBER_FAMILIES:
        return _number_cast(term, target)
    bare = target.length is None and target.precision is None
    if bare and term.family in TEXT_FAMILIES and target.family in {"text", "varchar"}:
        return term
    if term.type is not None and term.op != "cast" and term.type == target and not term.is_number:
        return term
    if term.op == "null" or _widens(term.type, target):
        return term
    return Term("cast", (term,), text=_shown(target), type=target, nullable=term.nullable)


def met(left: Term, right: Term, *, comparing: bool) -> tuple[Term, Term]:
    """Return two operands without the casts by which one was only brought to the other's type.

    comparing: whether they are compared; in arithmetic a whole number and one with a point differ.
    """
    left, right = _without_cast(left, right, comparing=comparing), _without_cast(right, left, comparing=comparing)
    left, right = _without_cast(left, right, comparing=comparing), _without_cast(right, left, comparing=comparing)
    return _folded(left, right, comparing=comparing), _folded(right, left, comparing=comparing)


def met_all(terms: list[Term]) -> list[Term]:
    """Return a function's arguments: a number among values that are not whole is one that is not whole either."""
    partner = next((one for one in terms if not one.is_number and one.family in {"numeric", "float"}), None)
    if partner is None:
        return terms
    return [met(one, partner, comparing=False)[0] if one is not partner else one for one in terms]


def as_stored(term: Term, kind: LogicalType, dialect: str) -> Term:
    """Return a value as a column of that type would hold it."""
    if term.op == "cast" and _is_own(term.type, kind):
        term = term.args[0]
    if term.is_number:
        return _stored_number(term, kind)
    if not term.is_text:
        return term
    if kind.family in NUMBER_FAMILIES:
        value = _decimal(term.text)
        return term if value is None else number(value, whole=value == value.to_integral_value())
    if kind.family == "boolean" and (dialect == "postgresql" or term.text in {"0", "1"}):
        return _text_cast(term, kind)  # SQLite keeps '0' as 0 in a BOOLEAN, and 'false' as a text
    return Term("str", text=_value(term.text, kind))


def _stored_number(term: Term, kind: LogicalType) -> Term:
    value = Decimal(term.text)
    if kind.family == "boolean" and value in {Decimal(0), Decimal(1)}:
        return boolean(value=bool(value))
    if kind.family in TEXT_FAMILIES and term.op == "int":
        return Term("str", text=term.text)
    return number(value, whole=value == value.to_integral_value())


def _text_cast(term: Term, target: LogicalType) -> Term:
    if target.family in TEXT_FAMILIES:
        return Term("str", text=term.text[: target.length], type=LogicalType("text"))
    if target.family in NUMBER_FAMILIES:
        value = _decimal(term.text)
        if value is not None:
            return _number_cast(number(value, whole=value == value.to_integral_value()), target)
    if target.family == "boolean" and term.text.lower() in _TRUE | _FALSE:
        return boolean(value=term.text.lower() in _TRUE)
    if target.family == "bytes" and term.text.startswith("\\x"):
        return Term("bytes", text=term.text[2:].lower(), type=target)
    return Term("cast", (Term("str", text=term.text),), text=_shown(target), type=target)


def _number_cast(term: Term, target: LogicalType) -> Term:
    value = Decimal(term.text)
    whole = value == value.to_integral_value()
    if target.family == "integer":
        return number(value, whole=True) if whole else Term("cast", (term,), text=_shown(target), type=target)
    single = target.family == "float" and target.precision is not None and target.precision <= 24
    cut = target.family == "numeric" and target.precision is not None
    if (single and not whole) or cut or len(value.as_tuple().digits) > _EXACT_DIGITS:
        return Term("cast", (term,), text=_shown(target), type=target)
    return number(value, whole=False)


def _widens(kind: LogicalType | None, target: LogicalType) -> bool:
    """Whether a cast from one integer to a longer one."""
    if kind is None or {kind.family, target.family} != {"integer"}:
        return False
    return kind.precision is not None and target.precision is not None and kind.precision <= target.precision


def _without_cast(term: Term, partner: Term, *, comparing: bool) -> Term:
    if term.op != "cast" or term.type is None:
        return term
    inner = term.args[0]
    if inner.is_text and partner.type is not None and _is_own(term.type, partner.type):
        return Term("str", text=_value(inner.text, partner.type), type=partner.type)
    if inner.family in _WIDTH and term.type.family in _WIDTH and term.type.precision in {None, _DOUBLE}:
        widens = _WIDTH[inner.family] <= _WIDTH[term.type.family]
        implied = partner.family == term.type.family and partner.op != "cast" and not partner.is_number
        if widens and (implied or (comparing and partner.is_number)):
            return inner
    return term


def _folded(term: Term, partner: Term, *, comparing: bool) -> Term:
    """Return a literal as its partner makes it: numbers of one writing, truth values for 0 and 1 beside a boolean."""
    if term.is_number:
        value = Decimal(term.text)
        if partner.family == "boolean" and comparing and term.text in {"0", "1"}:
            return boolean(value=term.text == "1")
        fractional = partner.family in {"numeric", "float"} and not partner.is_number
        if (comparing and partner.family not in TEXT_FAMILIES and not partner.is_text) or fractional:
            return number(value, whole=value == value.to_integral_value())
    if term.is_text and comparing and partner.type is not None:
        return Term("str", text=_value(term.text, partner.type), type=term.type)
    return term


def _is_own(cast_to: LogicalType | None, kind: LogicalType) -> bool:
    """Whether a cast names a column's own type: its length and precision cannot change a value that it holds."""
    if cast_to is None:
        return False
    if kind.family in {"enum", "domain"}:
        return cast_to.family.rpartition(".")[2] == kind.name
    if kind.family in NUMBER_FAMILIES:
        digits = cast_to.precision in {None, kind.precision, _DOUBLE} and cast_to.scale in {None, kind.scale}
        return cast_to.family in NUMBER_FAMILIES and digits
    if kind.timezone is not None and cast_to.timezone != kind.timezone:
        return False
    alike = next((one for one in _ALIKE if kind.family in one), {kind.family})
    return cast_to.family in alike


def _value(text: str, kind: LogicalType) -> str:
    """Return one writing for a value that the type reads in several."""
    if kind.family == "uuid":
        return text.replace("-", "").lower()
    if kind.family in {"json", "jsonb"}:
        try:
            return json.dumps(json.loads(text), sort_keys=True)
        except ValueError:
            return text
    if kind.family in {"timestamp", "date"}:
        return _instant(text, kind)
    return text


def _instant(text: str, kind: LogicalType) -> str:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return text
    offset = value.utcoffset()
    if offset is not None:
        value = (value - offset).replace(tzinfo=None)
    midnight = value - datetime.combine(value.date(), datetime.min.time()) == timedelta(0)
    if kind.family == "date" and midnight and offset is None:
        return value.date().isoformat()
    return value.isoformat(sep=" ") if kind.family == "timestamp" else text


def _shown(kind: LogicalType) -> str:
    """Return a type without its spelling."""
    numbers = [str(one) for one in (kind.length, kind.precision, kind.scale) if one is not None]
    zone = {True: " with time zone", False: " without time zone", None: ""}[kind.timezone]
    item = f"{_shown(kind.item)}[]" if kind.item is not None else kind.family
    return f"{item}({','.join(numbers)}){zone}" if numbers else f"{item}{zone}"


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
