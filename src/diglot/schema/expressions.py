"""Decide whether two SQL expressions mean the same: each is brought into one canonical form, and forms are compared.

What is evened out is only what cannot change the meaning: brackets, casts that change nothing, the ways to write one
comparison, the order of operands of AND, OR and IN, the spelling of names. What a parser cannot read is
compared token by token.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from diglot.schema import conditions, literals
from diglot.schema.logical import Expression, LogicalType
from diglot.schema.term import Columns, Term
from diglot.schema.type_names import parse_type
from diglot.sqltext import tokens

_READ = {"sqlite": "sqlite", "postgresql": "postgres"}
_CACHED = 4096
_UNTOLD = frozenset({"safe", "typed", "value_constructor", "nested", "_type"})
_COMPARING = {
    exp.EQ: "eq", exp.NEQ: "ne", exp.LT: "lt", exp.LTE: "le", exp.GT: "gt", exp.GTE: "ge",
    exp.NullSafeEQ: "same", exp.NullSafeNEQ: "differs",
}  # fmt: skip
_ARITHMETIC = {exp.Add: "add", exp.Sub: "sub", exp.Mul: "mul", exp.Div: "div", exp.Mod: "mod"}
_LIKES = {exp.Like: "like", exp.ILike: "ilike", exp.RegexpLike: "matches", exp.Glob: "glob"}
_OPERANDS = frozenset({"this", "expression"})
_NEGATED = _OPERANDS | {"negate"}
_READ_ARGS: dict[type, frozenset[str]] = {
    exp.Column: frozenset({"this", "table"}),
    exp.Literal: frozenset({"this", "is_string"}),
    exp.Cast: frozenset({"this", "to"}),
    exp.Is: _NEGATED,
    exp.Between: frozenset({"this", "low", "high"}),
    exp.In: frozenset({"this", "expressions"}),
    exp.Anonymous: frozenset({"this", "expressions"}),
    exp.CurrentTimestamp: frozenset(),
    **dict.fromkeys(_LIKES, _NEGATED),
}
_TEXTUAL = (exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.Replace, exp.DPipe)
_AS_FIRST = (exp.Abs, exp.Coalesce, exp.Round, exp.Greatest, exp.Least, exp.Nullif)
_LIKE_ESCAPE = 2
_NOW = frozenset({"transaction_timestamp"})
_TEXT = LogicalType("text")
_BOOLEAN = LogicalType("boolean")
_INTEGER = LogicalType("integer")


@dataclass(frozen=True)
class Canonical:
    """An expression's form. parsed: False when it is only the row of its tokens."""

    form: str
    parsed: bool


@dataclass(frozen=True)
class Reading:
    """How an expression is to be read.

    columns: what is known of the table's columns. table: its name, which may stand before a column.
    filters: whether only TRUE counts, as in WHERE; in a CHECK, NULL counts as well. of: the type of the column
    whose default or value it is.
    """

    columns: Columns
    table: str = ""
    filters: bool = False
    of: LogicalType | None = None


def canonical(expression: Expression, reading: Reading) -> Canonical:
    """Return the form of an expression: equal forms, equal meaning."""
    tree = _parsed(expression.text, expression.dialect)
    if tree is None:
        return Canonical(squeezed(expression.text), parsed=False)
    term = _Reader(expression.dialect, reading).term(tree)
    if reading.of is not None:
        term = literals.as_stored(term, reading.of, expression.dialect)
    elif reading.filters:
        term = conditions.only_true(term)
    return Canonical(str(term), parsed=True)


def same(one: Expression, other: Expression, reading: Reading) -> bool:
    """Whether two expressions mean the same."""
    first, second = canonical(one, reading), canonical(other, reading)
    if first.parsed and second.parsed:
        return first.form == second.form
    return squeezed(one.text) == squeezed(other.text)


def mentioned(expression: Expression, reading: Reading) -> frozenset[str]:
    """Return the names of the columns that an expression names; none when it cannot be read."""
    tree = _parsed(expression.text, expression.dialect)
    if tree is None:
        return frozenset()
    found = [_Reader(expression.dialect, reading).term(one) for one in tree.find_all(exp.Column)]
    return frozenset(one.text for one in found if one.op == "column")


def squeezed(text: str) -> str:
    """Return an expression's tokens, with one space between them: words in lower case, literals as they are."""
    return " ".join(token.text for token in tokens(text))


@lru_cache(maxsize=_CACHED)
def _parsed(text: str, dialect: str) -> Any:
    """Return the tree of an expression, or None when it cannot be read as one."""
    try:
        statements = sqlglot.parse(f"SELECT ({text}\n)", read=_READ[dialect])
    except SqlglotError:
        return None
    only = statements[0] if len(statements) == 1 else None
    if not isinstance(only, exp.Select) or len(only.expressions) != 1 or set(_told(only)) - {"expressions", "kind"}:
        return None
    bracket = only.expressions[0]
    return bracket.this if isinstance(bracket, exp.Paren) else None


def _told(node: Any) -> dict[str, Any]:
    return {key: value for key, value in node.args.items() if value not in (None, [], False) and key not in _UNTOLD}


class _Reader:
    """Turns a parsed tree into terms."""

    def __init__(self, dialect: str, reading: Reading) -> None:
        self._dialect, self._reading = dialect, reading
        self._by_class: dict[type, Callable[[Any], Term]] = {
            exp.Paren: lambda node: self.term(node.this),
            exp.Column: self._column,
            exp.Literal: literals.literal,
            exp.Boolean: lambda node: literals.boolean(value=bool(node.this)),
            exp.Null: lambda _node: Term("null"),
            exp.HexString: lambda node: Term("bytes", text=str(node.this).lower(), type=LogicalType("bytes")),
            exp.Neg: lambda node: literals.negative(self.term(node.this)),
            exp.Cast: self._cast,
            exp.And: lambda node: conditions.joined("and", [self.term(node.this), self.term(node.expression)]),
            exp.Or: lambda node: conditions.joined("or", [self.term(node.this), self.term(node.expression)]),
            exp.Not: lambda node: conditions.negated(self.term(node.this)),
            exp.Is: self._is,
            exp.Between: self._between,
            exp.In: self._in,
            exp.Collate: self._collate,
            exp.Escape: self._escape,
            exp.Anonymous: self._call,
            exp.CurrentTimestamp: self._now,
        }
        self._by_class.update(dict.fromkeys(_COMPARING, self._comparison))
        self._by_class.update(dict.fromkeys(_ARITHMETIC, self._sum))
        self._by_class.update(dict.fromkeys(_LIKES, self._like))

    def term(self, node: Any) -> Term:
        """Return the term of a node."""
        reader = self._by_class.get(type(node))
        if reader is None or set(_told(node)) - _READ_ARGS.get(type(node), _OPERANDS):
            # What a reader does not know of must not be lost: the node is kept as it is.
            return self._other(node)
        return reader(node)

    # -- leaves ------------------------------------------------------------------------------------

    def _column(self, node: Any) -> Term:
        qualifier = node.args.get("table")
        if not isinstance(node.this, exp.Identifier):
            return self._other(node)
        if qualifier is not None and qualifier.name.lower() != self._reading.table.rpartition(".")[2].lower():
            return self._other(node)
        name, quoted, columns = node.this.name, bool(node.this.args.get("quoted")), self._reading.columns
        exact = name if quoted or self._dialect == "sqlite" else name.lower()
        if exact not in columns and self._dialect == "sqlite":
            exact = next((one for one in columns if one.lower() == name.lower()), name if quoted else name.lower())
        if exact not in columns and quoted and columns and self._dialect == "sqlite":
            # SQLite takes a name in double quotes that is no column for a string.
            return Term("str", text=name)
        known = columns.get(exact)
        if known is None:
            return Term("column", text=exact)
        return Term("column", text=exact, type=known.type, nullable=known.nullable)

    def _now(self, _node: Any) -> Term:
        return Term("now", type=LogicalType("timestamp", timezone=True))

    def _call(self, node: Any) -> Term:
        name = str(node.this).lower()
        args = [self.term(one) for one in node.expressions]
        if name == "like_escape" and len(args) == _LIKE_ESCAPE:
            return Term("escaped", tuple(args))
        if (name in _NOW and not args) or (
            self._dialect == "sqlite" and name == "datetime" and args == [Term("str", text="now")]
        ):
            return Term("now", type=LogicalType("timestamp", timezone=True))
        return Term("call", tuple(literals.met_all(args)), text=name)

    # -- casts and operators -----------------------------------------------------------------------

    def _cast(self, node: Any) -> Term:
        target = parse_type(node.args["to"].sql(dialect=_READ[self._dialect]), self._dialect)
        inner = node.this
        while isinstance(inner, exp.Paren):
            inner = inner.this
        if isinstance(inner, exp.Array) and target.family == "array" and target.item is not None:
            items = [literals.cast(self.term(one), target.item) for one in inner.expressions]
            return Term("array", tuple(items))
        return literals.cast(self.term(inner), target)

    def _escape(self, node: Any) -> Term:
        """Return `x LIKE y ESCAPE z` as Postgres keeps it: `x LIKE like_escape(y, z)`."""
        term = self.term(node.this)
        like = term.args[0] if term.op == "not" else term
        if like.op not in {"like", "ilike"}:
            return self._other(node)
        pattern = Term("escaped", (like.args[1], self.term(node.expression)))
        escaped = Term(like.op, (like.args[0], pattern), type=_BOOLEAN)
        return conditions.negated(escaped) if term.op == "not" else escaped

    def _collate(self, node: Any) -> Term:
        name = node.expression.name
        if self._dialect == "sqlite":
            name = "C" if name.upper() == "BINARY" else name.upper()
        return Term("collate", (self.term(node.this),), text=name, type=_TEXT)

    def _sum(self, node: Any) -> Term:
        left, right = literals.met(self.term(node.this), self.term(node.expression), comparing=False)
        widest = next((one.type for one in (left, right) if one.family in {"float", "numeric"}), left.type)
        return Term(_ARITHMETIC[type(node)], (left, right), type=widest)

    def _like(self, node: Any) -> Term:
        left, right = literals.met(self.term(node.this), self.term(node.expression), comparing=True)
        term = Term(_LIKES[type(node)], (left, right), type=_BOOLEAN)
        return conditions.negated(term) if node.args.get("negate") else term

    # -- comparisons -------------------------------------------------------------------------------

    def _comparison(self, node: Any) -> Term:
        listed = self._any_of(node) or self._row(node)
        if listed is not None:
            return listed
        return conditions.compared(_COMPARING[type(node)], self.term(node.this), self.term(node.expression))

    def _any_of(self, node: Any) -> Term | None:
        """Return `x = ANY (ARRAY[...])` and `x <> ALL (ARRAY[...])` as IN; None for anything else."""
        right = node.expression
        if isinstance(node, exp.EQ) and isinstance(right, exp.Any):
            array = right.this
        elif isinstance(node, exp.NEQ) and isinstance(right, exp.Anonymous) and str(right.this).upper() == "ALL":
            array = right.expressions[0] if len(right.expressions) == 1 else None
        else:
            return None
        items = self._array(array)
        if items is None:
            return None
        term = conditions.one_of(self.term(node.this), items)
        return term if isinstance(node, exp.EQ) else conditions.negated(term)

    def _row(self, node: Any) -> Term | None:
        """Return `(a, b) = (1, 2)` as Postgres keeps it, value by value; None for anything else."""
        left, right = node.this, node.expression
        if not (isinstance(node, exp.EQ) and isinstance(left, exp.Tuple) and isinstance(right, exp.Tuple)):
            return None
        if len(left.expressions) != len(right.expressions):
            return None
        pairs = zip(left.expressions, right.expressions, strict=True)
        return conditions.joined("and", [conditions.compared("eq", self.term(a), self.term(b)) for a, b in pairs])

    def _array(self, node: Any) -> list[Term] | None:
        while isinstance(node, exp.Paren):
            node = node.this
        if isinstance(node, exp.Array):
            return [self.term(one) for one in node.expressions]
        term = self.term(node) if isinstance(node, exp.Cast) else None
        return list(term.args) if term is not None and term.op == "array" else None

    def _is(self, node: Any) -> Term:
        op = "differs" if node.args.get("negate") else "same"
        return conditions.compared(op, self.term(node.this), self.term(node.expression))

    def _between(self, node: Any) -> Term:
        value = self.term(node.this)
        low = conditions.compared("ge", value, self.term(node.args["low"]))
        return conditions.joined("and", [low, conditions.compared("le", value, self.term(node.args["high"]))])

    def _in(self, node: Any) -> Term:
        return conditions.one_of(self.term(node.this), [self.term(one) for one in node.expressions])

    # -- anything else -----------------------------------------------------------------------------

    def _other(self, node: Any) -> Term:
        """Return a node as it is: its class, and all that it holds."""
        if isinstance(node, exp.Identifier):
            return Term("name", text=node.name if node.args.get("quoted") else node.name.lower())
        if isinstance(node, exp.Var):
            return Term("word", text=node.name.lower())
        told = [
            (key, self.term(one) if isinstance(one, exp.Expression) else Term("is", text=repr(one)))
            for key, value in sorted(_told(node).items())
            for one in (value if isinstance(value, list) else [value])
            if (key, value) != ("position", "BOTH")
        ]
        met = literals.met_all([term for _, term in told])
        args = tuple(Term(key, (term,)) for (key, _), term in zip(told, met, strict=True))
        return Term(type(node).__name__.lower(), args, type=self._type_of(node))

    def _type_of(self, node: Any) -> LogicalType | None:
        if isinstance(node, _TEXTUAL):
            return _TEXT
        if isinstance(node, exp.Length):
            return _INTEGER
        if isinstance(node, exp.Exists):
            return _BOOLEAN
        return self.term(node.this).type if isinstance(node, _AS_FIRST) else None
