"""Expressions are equal when they mean the same, however they are written, and never when they do not."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st

from diglot.schema.expressions import Reading, canonical, mentioned, same
from diglot.schema.logical import Expression, LogicalType
from diglot.schema.term import KnownColumn
from diglot.schema.type_names import parse_type

TYPES = {
    "b": "boolean", "n": "integer", "m": "bigint", "p": "numeric(10,2)", "f": "double precision", "s": "varchar(20)",
    "t": "text", "d": "date", "at": "timestamp with time zone", "u": "uuid", "j": "jsonb", "w": "timestamp",
    "sm": "smallint",
}  # fmt: skip
COLUMNS = {name: KnownColumn(parse_type(kind, "postgresql")) for name, kind in TYPES.items()}
COLUMNS |= {
    "e": KnownColumn(LogicalType("enum", labels=("a", "b"), name="status")),
    "nb": KnownColumn(parse_type("boolean", "postgresql"), nullable=False),
    "Mixed": KnownColumn(parse_type("integer", "postgresql")),
}
CHECK = Reading(COLUMNS, table="trades")
WHERE = Reading(COLUMNS, table="trades", filters=True)


def lite(text: str) -> Expression:
    """Return an expression as SQLite has it."""
    return Expression(text, "sqlite")


def post(text: str) -> Expression:
    """Return an expression as Postgres has it."""
    return Expression(text, "postgresql")


AS_POSTGRES_GIVES_BACK = [
    ("s IN ('a', 'b')", "((s)::text = ANY ((ARRAY['b'::character varying, 'a'::character varying])::text[]))"),
    ("s NOT IN ('a', 'b')", "((s)::text <> ALL ((ARRAY['a'::character varying, 'b'::character varying])::text[]))"),
    ("t IN ('a', 'b')", "(t = ANY (ARRAY['a'::text, 'b'::text]))"),
    ("n IN (1)", "(n = 1)"),
    ("n BETWEEN 0 AND 5", "((n >= 0) AND (n <= 5))"),
    ("n NOT BETWEEN 0 AND 5", "((n < 0) OR (n > 5))"),
    ("p > 0", "(p > (0)::numeric)"),
    ("p > 0.0", "(p > 0.0)"),
    ("f > 0.5", "(f > (0.5)::double precision)"),
    ("n > 0.5", "((n)::numeric > 0.5)"),
    ("f > n", "(f > (n)::double precision)"),
    ("s LIKE 'a%'", "((s)::text ~~ 'a%'::text)"),
    ("s NOT LIKE 'a%'", "((s)::text !~~ 'a%'::text)"),
    ("b = 1", "b"),
    ("b = 1", "(b = true)"),
    ("b = 0", "(NOT b)"),
    ("b <> 1", "(b = false)"),
    ("b IS 1", "(b IS TRUE)"),
    ("b IS NOT 1", "(b IS NOT TRUE)"),
    ("nb IS 1", "nb"),
    ("e IN ('a', 'b')", "(e = ANY (ARRAY['a'::status, 'b'::status]))"),
    ("e = 'a'", "(e = 'a'::public.status)"),
    ("p * n > 0", "((p * (n)::numeric) > (0)::numeric)"),
    ("p / 2 > 1", "((p / (2)::numeric) > (1)::numeric)"),
    ("d > '2020-01-01'", "(d > '2020-01-01'::date)"),
    ("at > '2020-01-01'", "(at > '2020-01-01 00:00:00+00'::timestamp with time zone)"),
    ("n <> -1", "(n <> '-1'::integer)"),
    ("n <> -1", "(n <> (-1))"),
    ("n != 1", "(n <> 1)"),
    ("n == 1", "(n = 1)"),
    ("\"s\" = 'a'", "((s)::text = 'a'::text)"),
    ("[s] = 'a'", "((s)::text = 'a'::text)"),
    ("trades.s = 'a'", "((s)::text = 'a'::text)"),
    ("S = 'a'", "((s)::text = 'a'::text)"),
    ("Mixed > 0", '("Mixed" > 0)'),
    ("lower(s) = s", "(lower((s)::text) = (s)::text)"),
    ("LENGTH(s) = 3", "(length((s)::text) = 3)"),
    ("0 < n", "(n > 0)"),
    ("n ISNULL OR n > 0", "((n IS NULL) OR (n > 0))"),
    ("NOT (n IS NULL)", "(n IS NOT NULL)"),
    ("(s = 'x') = (p IS NOT NULL)", "(((s)::text = 'x'::text) = (p IS NOT NULL))"),
    ("NOT (n > 0 AND m > 0)", "((NOT (n > 0)) OR (m <= 0))"),
    ("coalesce(p, 0) > 0", "(COALESCE(p, (0)::numeric) > (0)::numeric)"),
    ("ifnull(n, 0) > 0", "(COALESCE(n, 0) > 0)"),
    ("s || 'x' = 'y'", "(((s)::text || 'x'::text) = 'y'::text)"),
    ("CASE WHEN n > 0 THEN 1 ELSE 0 END = 1", "(CASE WHEN (n > 0) THEN 1 ELSE 0 END = 1)"),
    ("n % 2 = 0", "((n % 2) = 0)"),
    ("substr(s, 1, 1) = 'a'", "(substr((s)::text, 1, 1) = 'a'::text)"),
    ("trim(s) <> ''", "(TRIM(BOTH FROM s) <> ''::text)"),
    ("u = '00000000000000000000000000000001'", "(u = '00000000-0000-0000-0000-000000000001'::uuid)"),
    ("n IS m", "(NOT (n IS DISTINCT FROM m))"),
    ("at > CURRENT_TIMESTAMP", "(at > now())"),
    ("s = 'it''s'", "((s)::text = 'it''s'::text)"),
    ("abs(p) < 1.50", "(abs(p) < 1.5)"),
    ("s = 'ab'", "((s)::text = ('abc'::character varying(2))::text)"),
    ("coalesce(sm, 0) > 0", "(COALESCE((sm)::integer, 0) > 0)"),
    ("(n, m) = (1, 2)", "((n = 1) AND (m = 2))"),
    ("s LIKE 'a' ESCAPE 'x'", "((s)::text ~~ like_escape('a'::text, 'x'::text))"),
    ("s NOT LIKE 'a' ESCAPE 'x'", "((s)::text !~~ like_escape('a'::text, 'x'::text))"),
    ("s COLLATE BINARY = 'a'", "(((s)::text COLLATE \"C\") = 'a'::text)"),
]

DIFFERENT = [
    ("n > 0", "n >= 0"),
    ("n > 0", "m > 0"),
    ("n > 0", "n > 1"),
    ("n > m", "m > n"),
    ("s = 'a'", "s = 'A'"),
    ("s = 'a'", "s = 'a '"),
    ("s IN ('a', 'b')", "s IN ('a', 'c')"),
    ("s IN ('a', 'b')", "s NOT IN ('a', 'b')"),
    ("s IN ('a', 'b')", "s = ANY (ARRAY['a', 'b', 'c'])"),
    ("n > 0 AND m > 0", "n > 0 OR m > 0"),
    ("n > 0 AND (m > 0 OR p > 0)", "(n > 0 AND m > 0) OR p > 0"),
    ("b", "NOT b"),
    ("b", "b IS TRUE"),
    ("b IS NOT 1", "b IS FALSE"),
    ("NOT b", "b IS NOT TRUE"),
    ("n IS NULL", "n IS NOT NULL"),
    ("n / 2 > 0", "((n)::numeric / 2.0) > 0"),
    ("n / 2 > 0", "n / 2.0 > 0"),
    ("n - 1 > 0", "1 - n > 0"),
    ("f > 0.1", "f > (0.1)::real"),
    ("s = 'abc'", "(s)::character varying(1) = 'abc'"),
    ("t > 0", "t > 0.0"),
    ("s = 'abc'", "s = 'abc'::character varying(2)"),
    ("t = '5'", "(n)::text = '5'"),
    ("n = 5", "(t)::integer = 5"),
    ("p > 0.5", "(p)::integer > 0.5"),
    ("s LIKE 'a%'", "s ~~* 'a%'"),
    ("s LIKE 'a%'", "s ~ 'a%'"),
    ("s LIKE 'a' ESCAPE 'x'", "s LIKE 'a' ESCAPE 'y'"),
    ("n BETWEEN 5 AND 0", "n BETWEEN SYMMETRIC 5 AND 0"),
    ("at > CURRENT_TIMESTAMP", "at > CURRENT_TIMESTAMP(3)"),
    ("at > CURRENT_TIMESTAMP", "at > clock_timestamp()"),
    ("at > '2020-01-01'", "at > '2020-01-01 00:00:00'::timestamp without time zone"),
    ("lower(s) = 'a'", "upper(s) = 'a'"),
    ("s COLLATE NOCASE = 'a'", "s = 'a'"),
    ("length(s) > 3", "octet_length(s) > 3"),
    ("n = 1", "n = ALL (ARRAY[1, 2])"),
    ("n = 1", "n <> ANY (ARRAY[1])"),
    ("CASE WHEN n > 0 THEN 1 ELSE 0 END = 1", "CASE WHEN n > 0 THEN 0 ELSE 1 END = 1"),
    ("n IN (SELECT 1)", "n IN (SELECT 2)"),
    ("Mixed > 0", "mixed > 0"),
    ('t = "nothing"', 't = "t"'),
]


@pytest.mark.parametrize(("sqlite", "postgresql"), AS_POSTGRES_GIVES_BACK)
def test_expression_is_the_same_as_postgres_gives_it_back(sqlite: str, postgresql: str) -> None:
    """What Postgres makes of an expression is equal to what SQLite keeps of it."""
    assert canonical(lite(sqlite), CHECK) == canonical(post(postgresql), CHECK)


@pytest.mark.parametrize(("sqlite", "postgresql"), DIFFERENT)
def test_expression_that_means_something_else_is_different(sqlite: str, postgresql: str) -> None:
    """A difference in meaning is never evened out."""
    assert not same(lite(sqlite), post(postgresql), CHECK)


@pytest.mark.parametrize(
    ("sqlite", "postgresql"), [("b IS 1", "b"), ("b IS 0 AND n > 0", "n > 0 AND NOT b"), ("b IS 1", "b IS TRUE")]
)
def test_predicate_takes_null_for_false(sqlite: str, postgresql: str) -> None:
    """In the predicate of an index, `IS TRUE` says no more than the column itself."""
    assert same(lite(sqlite), post(postgresql), WHERE)


@pytest.mark.parametrize("sqlite", ["b IS NOT 1", "NOT (b IS 1)", "(b IS 1) = (nb IS 1)"])
def test_predicate_keeps_null_inside(sqlite: str) -> None:
    """Below NOT or a comparison, NULL counts even in a predicate."""
    plain = sqlite.replace("b IS NOT 1", "NOT b").replace("b IS 1", "b")

    assert not same(lite(sqlite), lite(plain), WHERE)


@pytest.mark.parametrize(
    ("sqlite", "postgresql", "kind"),
    [
        ("'x'", "'x'::character varying", "varchar(20)"),
        ("1", "true", "boolean"),
        ("0", "false", "boolean"),
        ("'1'", "true", "boolean"),
        ("'0'", "false", "boolean"),
        ("CURRENT_TIMESTAMP", "now()", "timestamptz"),
        ("datetime('now')", "now()", "timestamptz"),
        ("'{\"a\":1}'", "'{\"a\": 1}'::jsonb", "jsonb"),
        ("'1.5'", "1.5", "numeric(4,2)"),
        ("0", "(0)::numeric", "numeric(4,2)"),
        ("0", "0.00", "numeric(4,2)"),
        ("'1'", "1", "integer"),
        ("(0)", "0", "integer"),
        ("-1", "'-1'::integer", "integer"),
        ("0.5", "0.5", "double precision"),
        ("5", "'5'::text", "text"),
        ("'2020-01-01'", "'2020-01-01'::date", "date"),
        ("'2020-01-01T00:00'", "'2020-01-01 00:00:00'::timestamp without time zone", "timestamp"),
        ("x'00FF'", "'\\x00ff'::bytea", "bytea"),
    ],
)
def test_default_is_compared_as_the_column_would_hold_it(sqlite: str, postgresql: str, kind: str) -> None:
    """A default is equal when both columns would hold the same value."""
    reading = Reading(COLUMNS, of=parse_type(kind, "postgresql"))

    assert same(lite(sqlite), post(postgresql), reading)


@pytest.mark.parametrize(
    ("sqlite", "postgresql", "kind"),
    [
        ("'true'", "true", "boolean"),
        ("'1'", "false", "boolean"),
        ("'2'", "true", "boolean"),
        ("'a'", "'b'::text", "text"),
        ("1", "2", "integer"),
        ("''", "NULL", "text"),
        ("CURRENT_TIMESTAMP", "timezone('utc'::text, now())", "timestamp"),
        ("'{}'", "'[]'::jsonb", "jsonb"),
        ("'2020-01-01'", "'2020-01-02'::date", "date"),
        ("CURRENT_DATE", "now()", "date"),
        ("1.55", "(1.55)::numeric(4,1)", "numeric(4,2)"),
    ],
)
def test_default_of_another_value_is_different(sqlite: str, postgresql: str, kind: str) -> None:
    """Defaults that a column would hold differently are different: on SQLite 'true' is a text."""
    reading = Reading(COLUMNS, of=parse_type(kind, "postgresql"))

    assert not same(lite(sqlite), post(postgresql), reading)


def test_expression_that_cannot_be_read_is_compared_by_its_tokens() -> None:
    """An unreadable expression says so; white space and the case of words do not matter, literals do."""
    found = canonical(post("t ~<~ 'b'"), CHECK)

    assert not found.parsed
    assert same(lite("t MATCH 'b'"), post("T match 'b'"), CHECK)
    assert same(post("t ~<~ 'b'"), post("T  ~<~\n'b'"), CHECK)
    assert not same(post("t ~<~ 'b'"), post("t ~<~ 'c'"), CHECK)


@pytest.mark.parametrize("text", ["1) FROM t WHERE (2", "n > 0) OR (1 = 1", "", "n >", "n > 0; DROP TABLE t"])
def test_expression_is_read_whole_or_not_at_all(text: str) -> None:
    """What is more or less than one expression is not read as one."""
    assert not canonical(lite(text), CHECK).parsed


def test_expression_names_its_columns() -> None:
    """The columns that an expression mentions are told, without strings in double quotes."""
    assert mentioned(lite('n > 0 AND lower(s) = "x"'), CHECK) == {"n", "s"}


# -- generated expressions ---------------------------------------------------------------------------

Tree = tuple[Any, ...]
_NUMBERS = st.sampled_from(["n", "m", "p", "f"])
_TEXTS = st.sampled_from(["s", "t"])
_WORDS = st.text(alphabet="ab'% ", max_size=3)
_WHOLE = st.integers(-3, 99)


def _leaves() -> st.SearchStrategy[Tree]:
    return st.one_of(
        st.tuples(st.just("compare"), _NUMBERS, st.sampled_from(["<", "<=", ">", ">=", "=", "<>"]), _WHOLE),
        st.tuples(st.just("text"), _TEXTS, st.sampled_from(["=", "<>"]), _WORDS),
        st.tuples(st.just("in"), _TEXTS, st.lists(_WORDS, min_size=2, max_size=4, unique=True).map(tuple)),
        st.tuples(st.just("between"), _NUMBERS, _WHOLE, _WHOLE),
        st.tuples(st.just("null"), st.one_of(_NUMBERS, _TEXTS), st.booleans()),
        st.tuples(st.just("bool"), st.booleans()),
    )


TREES = st.recursive(
    _leaves(),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.tuples(st.just("not"), inner),
    ),
    max_leaves=6,
)
_SWAP = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "!="}
_OTHER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "<>", "<>": "="}


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def plain(tree: Tree) -> str:
    """Write a tree as SQLite keeps it."""
    writers: dict[str, Callable[..., str]] = {
        "compare": lambda column, op, value: f"{column} {op} {value}",
        "text": lambda column, op, word: f"{column} {op} {_quoted(word)}",
        "in": lambda column, words: f"{column} IN ({', '.join(map(_quoted, words))})",
        "between": lambda column, low, high: f"{column} BETWEEN {low} AND {high}",
        "null": lambda column, yes: f"{column} IS {'' if yes else 'NOT '}NULL",
        "bool": lambda yes: f"b = {int(yes)}",
        "and": lambda inner: "(" + " AND ".join(map(plain, inner)) + ")",
        "or": lambda inner: "(" + " OR ".join(map(plain, inner)) + ")",
        "not": lambda inner: f"NOT ({plain(inner)})",
    }
    return writers[tree[0]](*tree[1:])


_CASTS = {"n": "({})::integer", "m": "({})::bigint", "p": "({})::numeric", "f": "({})::double precision"}


def noisy(tree: Tree) -> str:
    """Write a tree as Postgres gives it back, and worse: casts, brackets, swapped and turned operands."""
    writers: dict[str, Callable[..., str]] = {
        "compare": lambda column, op, value: f"({_CASTS[column].format(value)} {_SWAP[op]} {column.upper()})",
        "text": lambda column, op, word: f"(({column})::text {op} {_quoted(word)}::text)",
        "in": lambda column, words: f"(({column})::TEXT = ANY ((ARRAY[{_listed(words)}])::text[]))",
        "between": lambda column, low, high: (
            f"(({column} <= {_CASTS[column].format(high)}) AND ((({column} >= {_CASTS[column].format(low)}))))"
        ),
        "null": lambda column, yes: f"(({column}) IS {'' if yes else 'NOT '}NULL)",
        "bool": lambda yes: "b" if yes else "(b = false)",
        "and": lambda inner: "(" + " AND ".join(map(noisy, reversed(inner))) + ")",
        "or": lambda inner: "(" + " or ".join(map(noisy, reversed(inner))) + ")",
        "not": lambda inner: f"(NOT ({noisy(inner)}))",
    }
    return writers[tree[0]](*tree[1:])


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"{_quoted(word)}::character varying" for word in reversed(words))


def mutated(tree: Tree) -> Tree:
    """Change the first leaf of a tree: one operator, one literal, one truth value."""
    changes: dict[str, Callable[..., Tree]] = {
        "compare": lambda column, op, value: ("compare", column, _OTHER[op], value),
        "text": lambda column, op, word: ("text", column, op, word + "z"),
        "in": lambda column, words: ("in", column, (*words[:-1], words[-1] + "z")),
        "between": lambda column, low, high: ("between", column, low, high + 100),
        "null": lambda column, yes: ("null", column, not yes),
        "bool": lambda yes: ("bool", not yes),
        "and": lambda inner: ("and", (mutated(inner[0]), *inner[1:])),
        "or": lambda inner: ("or", (mutated(inner[0]), *inner[1:])),
        "not": lambda inner: ("not", mutated(inner)),
    }
    return changes[tree[0]](*tree[1:])


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_expression_survives_any_noise(tree: Tree) -> None:
    """Casts, brackets, case and order change nothing."""
    assert canonical(lite(plain(tree)), CHECK) == canonical(post(noisy(tree)), CHECK)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_expression_with_one_leaf_changed_is_different(tree: Tree) -> None:
    """One operator, literal or truth value more or less is always seen, unless the change was undone elsewhere."""
    rows = [truth(tree, row) for row in ROWS]
    assume(rows != [truth(mutated(tree), row) for row in ROWS])

    assert not same(lite(plain(tree)), post(noisy(mutated(tree))), CHECK)


# -- what a tree means, evaluated in three-valued logic ----------------------------------------------

ROWS = [
    {"n": n, "m": n, "p": n, "f": n, "s": s, "t": s, "b": b}
    for n in (None, *range(-4, 101, 3), 150)
    for s, b in ((None, None), ("a", True), ("b'", False), ("z", True))
]


def truth(tree: Tree, row: dict[str, Any]) -> bool | None:
    """Evaluate a tree on one row."""
    kind, *rest = tree
    evaluators: dict[str, Callable[..., bool | None]] = {
        "compare": lambda column, op, value: _compared(row[column], op, value),
        "text": lambda column, op, word: _compared(row[column], op, word),
        "in": lambda column, words: None if row[column] is None else row[column] in words,
        "between": lambda column, low, high: None if row[column] is None else low <= row[column] <= high,
        "null": lambda column, yes: (row[column] is None) is yes,
        "bool": lambda yes: None if row["b"] is None else row["b"] is yes,
        "and": lambda inner: _all([truth(one, row) for one in inner]),
        "or": lambda inner: _not(_all([_not(truth(one, row)) for one in inner])),
        "not": lambda inner: _not(truth(inner, row)),
    }
    return evaluators[kind](*rest)


def _compared(value: Any, op: str, other: Any) -> bool | None:
    if value is None:
        return None
    return {
        "<": value < other,
        "<=": value <= other,
        ">": value > other,
        ">=": value >= other,
        "=": value == other,
        "<>": value != other,
    }[op]


def _all(truths: list[bool | None]) -> bool | None:
    if False in truths:
        return False
    return None if None in truths else True


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value
