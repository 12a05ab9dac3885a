"""Conditions in one form: NOT stands at the leaves, AND and OR are sorted, a comparison has one direction.

Every step keeps the three values of SQL's logic: NULL stays NULL. Only `only_true` takes NULL for FALSE, for places
where a row that is neither is left out, as in the predicate of an index.
"""

from diglot.schema.literals import boolean, met
from diglot.schema.logical import LogicalType
from diglot.schema.term import Term

_BOOLEAN = LogicalType("boolean")
_SWAPPED = {"gt": "lt", "ge": "le"}
_EITHER_WAY = frozenset({"eq", "ne", "same", "differs"})
_ONE_WAY = frozenset({"lt", "le"})
_OPPOSITE = {"eq": "ne", "ne": "eq", "same": "differs", "differs": "same", "lt": "le", "le": "lt"}


def compared(op: str, left: Term, right: Term) -> Term:
    """Return a comparison; op: eq, ne, lt, le, gt, ge, same (IS) or differs (IS NOT)."""
    left, right = met(left, right, comparing=True)
    if left.op in {"true", "false"}:
        left, right = right, left
    if right.op in {"true", "false"} and left.family == "boolean":
        return _told(op, left, truth=right.op == "true")
    if op in _SWAPPED:
        op, left, right = _SWAPPED[op], right, left
    pair = sorted((left, right), key=str) if op in _EITHER_WAY else (left, right)
    return Term(op, tuple(pair), type=_BOOLEAN, nullable=op not in {"same", "differs"})


def one_of(value: Term, items: list[Term]) -> Term:
    """Return an IN: each item once, in the order of their texts; one item alone is compared by `=`."""
    pairs = [met(value, item, comparing=True) for item in items]
    bare = {str(one): one for one, _ in pairs}
    if len(bare) == 1:
        value = next(iter(bare.values()))
    listed = {str(item): item for _, item in pairs}
    if len(listed) == 1:
        return compared("eq", value, next(iter(listed.values())))
    return Term("in", (value, *(listed[text] for text in sorted(listed))), type=_BOOLEAN)


def joined(op: str, terms: list[Term]) -> Term:
    """Return an AND or an OR: flat, sorted, each operand once."""
    flat: dict[str, Term] = {}
    for term in terms:
        for one in term.args if term.op == op else (term,):
            flat[str(one)] = one
    if len(flat) == 1:
        return next(iter(flat.values()))
    return Term(op, tuple(flat[text] for text in sorted(flat)), type=_BOOLEAN)


def negated(term: Term) -> Term:
    """Return NOT, pushed to the leaves."""
    if term.op in {"and", "or"}:
        return joined("or" if term.op == "and" else "and", [negated(one) for one in term.args])
    if term.op in _OPPOSITE:
        turned = term.args[::-1] if term.op in _ONE_WAY else term.args
        return Term(_OPPOSITE[term.op], turned, type=_BOOLEAN, nullable=term.nullable)
    if term.op == "not" and term.args[0].family == "boolean":
        return term.args[0]
    if term.op in {"true", "false"}:
        return boolean(value=term.op == "false")
    return Term("not", (term,), type=_BOOLEAN, nullable=term.nullable)


def only_true(term: Term) -> Term:
    """Return a condition of which only TRUE counts: `x IS TRUE` is `x` there."""
    if term.op in {"and", "or"}:
        return joined(term.op, [only_true(one) for one in term.args])
    if term.op in {"istrue", "isfalse"}:
        return term.args[0] if term.op == "istrue" else negated(term.args[0])
    return term


def _told(op: str, value: Term, *, truth: bool) -> Term:
    """Return a comparison of a boolean with TRUE or FALSE."""
    if op in {"eq", "ne"}:
        return value if (op == "eq") is truth else negated(value)
    if op not in {"same", "differs"}:
        return Term(op, (value, boolean(value=truth)), type=_BOOLEAN)
    if not value.nullable:
        return value if (op == "same") is truth else negated(value)
    term = Term("istrue" if truth else "isfalse", (value,), type=_BOOLEAN, nullable=False)
    return term if op == "same" else negated(term)
