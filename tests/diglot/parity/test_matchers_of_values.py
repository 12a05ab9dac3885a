"""What tells causes apart that their examples do not reach: drivers, values, parameters, types, JSON, names."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from diglot.parity.causes.registry import all_causes, cause_of
from diglot.parity.difference import KINDS, Difference
from diglot.parity.trace import UNKNOWN, Failure, Half, Statement, Trace

NAN = float("nan")


def ran(sql: str, parameters: Any = None, **more: Any) -> Statement:
    return Statement(sql=sql, neutral=sql, parameters=parameters or {}, site=UNKNOWN, **more)


def failed(dialect: str, message: str, sql: str = "SELECT 1", parameters: Any = None, code: str = "") -> Difference:
    """A statement that fails on one dialect and passes on the other."""
    failure = Failure("ProgrammingError", message, "driver.Error", code)
    passed, stumbled = ran(sql, parameters), ran(sql, parameters, failure=failure)
    if dialect == "sqlite":
        return Difference("error", stumbled, passed)
    return Difference("error", passed, stumbled)


def cell(sql: str, one: Any, other: Any, kind: str = "value", before: tuple[Statement, ...] = ()) -> Difference:
    """A cell of the only column, `v`, that has two values."""
    left, right = (ran(sql, columns=("v",), rows=((value,),), n_rows=1) for value in (one, other))
    halves = (half("sqlite", *before, left), half("postgresql", *before, right))
    return Difference(kind, left, right, column="v", sqlite_value=one, postgresql_value=other, halves=halves)


def half(dialect: str, *events: Statement, failure: Failure | None = None) -> Half:
    outcome = "passed" if failure is None else "failed"
    return Half("contract", dialect, "1", outcome, failure=failure, trace=Trace(dialect, events))


def outcome(dialect: str, name: str, message: str, *events: Statement) -> Difference:
    """A test that fails on one dialect, in Python."""
    failure = Failure(name, message)
    one = half("sqlite", *events, failure=failure if dialect == "sqlite" else None)
    other = half("postgresql", *events, failure=failure if dialect == "postgresql" else None)
    return Difference("outcome", halves=(one, other))


def named(difference: Difference) -> str:
    cause = cause_of(difference)
    return cause.name if cause else ""


@pytest.mark.parametrize(
    ("cause", "message", "sql"),
    [
        ("qmark-placeholder", "the query has 0 placeholders but 1 parameters were passed", "SELECT 1"),
        ("qmark-placeholder", 'syntax error at or near ","', "INSERT INTO t VALUES (?, ?)"),
        ("percent-in-driver-sql", "unsupported format character ''' (0x27) at index 3", "SELECT 'a%' WHERE 1 = %s"),
        ("percent-in-driver-sql", "only '%s', '%b', '%t' are allowed as placeholders", "SELECT 'a%' WHERE 1 = %s"),
        ("bool-eq-int", "operator does not exist: boolean = smallint", "SELECT 1"),
        ("bool-eq-int", "operator does not exist: integer = boolean", "SELECT 1 WHERE 1 = active"),
        (
            "bool-into-int",
            'column "n" is of type bigint but expression is of type boolean',
            "INSERT INTO t VALUES (%s)",
        ),
        ("int-into-bool", 'invalid input syntax for type boolean: "maybe"', "UPDATE t SET active = 'maybe'"),
        ("where-int-truthy", "argument of CASE/WHEN must be type boolean, not type integer", "SELECT 1"),
        ("is-general-equality", 'syntax error at or near "b"', "SELECT 1 WHERE a IS b"),
        ("is-general-equality", "syntax error at or near \"'x'\"", "SELECT 1 WHERE a IS NOT 'x'"),
        ("join-text-int", "operator does not exist: character varying > numeric", "SELECT 1 WHERE a > b"),
        ("string-into-int", 'column "n" is of type integer but expression is of type text', "UPDATE t SET n = s"),
        ("coalesce-mixed", "CASE types text and integer cannot be matched", "SELECT 1"),
        ("coalesce-mixed", 'invalid input syntax for type integer: "x"', "SELECT n FROM t UNION ALL SELECT 'x'"),
        ("blob-literal", "operator does not exist: bytea = bit", "SELECT 1 WHERE b = X'00'"),
        ("uuid-native", 'invalid input syntax for type uuid: "nope"', "SELECT 1 WHERE id = 'nope'"),
        ("uuid-native", "operator does not exist: uuid ~~ unknown", "SELECT 1 WHERE id LIKE '0%%'"),
        ("int-overflow", 'value "3000000000" is out of range for type integer', "SELECT 1"),
        ("operators", "operator does not exist: integer || integer", "SELECT 1 || 2"),
        ("operators", "operator is not unique: unknown + unknown", "SELECT '1' + '2'"),
        ("operators", 'invalid input syntax for type integer: "abc"', "SELECT 'abc' + 1"),
        ("round-function", "function round(double precision, integer) does not exist", "SELECT round(f, 2)"),
        ("json-path-operators", "function json_extract(json, unknown) does not exist", "SELECT json_extract(d, '$')"),
        ("json-path-operators", "operator does not exist: text = integer", "SELECT 1 WHERE d ->> 'a' = 5"),
        ("json-path-operators", "operator does not exist: text ->> unknown", "SELECT s ->> 'a' FROM t"),
        ("json-null", "operator does not exist: json = unknown", "SELECT 1 WHERE d = 'null'"),
        ("json-equality-distinct", "operator does not exist: json = unknown", "SELECT 1 WHERE d = '{}'"),
        ("nan-infinity", 'invalid input syntax for type json\nDETAIL:  Token "NaN" is invalid.', "INSERT INTO t"),
        ("max-params", "number of parameters must be between 0 and 65535", "SELECT 1"),
        ("bracket-backtick", 'syntax error at or near "FROM"', "SELECT `a` FROM t"),
        ("bracket-backtick", "syntax error at or near \"'x'\"", "SELECT 1 AS 'x'"),
        ("reserved-words", 'syntax error at or near "end"', "SELECT end FROM t"),
        ("reserved-words", 'column "id" does not exist', "SELECT id FROM user"),
        ("identifier-length", f'relation "{"x" * 63}" already exists', f"CREATE INDEX {'x' * 63}yz ON t (a)"),
    ],
)
def test_error_on_postgres_is_named_by_its_words_and_its_sql(cause: str, message: str, sql: str) -> None:
    """Each driver's words, and each form of the SQL, lead to one cause."""
    assert named(failed("postgresql", message, sql)) == cause


@pytest.mark.parametrize(
    ("cause", "sql", "code"),
    [
        ("ddl-type-names", "CREATE TABLE t (a BLOB)", 'type "blob" does not exist'),
        ("ddl-type-names", "ALTER TABLE t ADD COLUMN a BLOB", 'type "blob" does not exist'),
        ("ddl-type-names", "CREATE TABLE t (a INT UNSIGNED)", 'syntax error at or near "UNSIGNED"'),
        ("ddl-type-names", "CREATE TABLE t (a INTEGER(5))", 'syntax error at or near "("'),
        ("ddl-type-names", "CREATE TABLE t (a, b)", "syntax error at end of input"),
        ("ddl-type-names", "CREATE TABLE t (b TEXT, a)", 'syntax error at or near ")"'),
        ("ddl-type-names", "CREATE TABLE t (a PRIMARY KEY)", 'syntax error at or near "PRIMARY"'),
    ],
)
def test_ddl_that_postgres_cannot_read_is_told_by_the_columns_types(cause: str, sql: str, code: str) -> None:
    """A type that Postgres does not know, one with a length, and none at all."""
    state = "42704" if "exist" in code else "42601"

    assert named(failed("postgresql", code, sql, code=state)) == cause


@pytest.mark.parametrize(
    ("cause", "message", "sql", "parameters"),
    [
        ("double-colon-cast", 'unrecognized token: ":"', "SELECT '5'::integer", None),
        ("tuple-list-params", "no such function: ANY", "SELECT 1 WHERE 1 = ANY(?)", {"x": [1]}),
        ("tuple-list-params", "Error binding parameter 1: type 'list' is not supported", "SELECT ?", {"x": [1]}),
        (
            "uuid-native",
            "Error binding parameter 1: type 'UUID' is not supported",
            "SELECT ?",
            {"x": uuid.UUID(int=1)},
        ),
        ("operators", 'unrecognized token: "^"', "SELECT 2 ^ 3", None),
        ("compound-select-limit", "Expression tree is too large (maximum depth 1000)", "SELECT 1", None),
        ("schema-qualified", "no such table: sales.items", "SELECT 1 FROM sales.items", None),
    ],
)
def test_error_on_sqlite_is_named_by_its_words_and_what_was_bound(
    cause: str, message: str, sql: str, parameters: Any
) -> None:
    """What SQLite alone refuses leads to one cause."""
    assert named(failed("sqlite", message, sql, parameters)) == cause


def test_boolean_that_is_bound_for_a_number_is_no_comparison_of_a_boolean_column() -> None:
    """The same words of Postgres have two causes, which the parameter tells apart."""
    difference = failed("postgresql", "operator does not exist: integer = boolean", "SELECT %(p)s", {"p": True})

    assert named(difference) == "bool-into-int"


def test_nan_is_recognised_by_the_parameter_that_a_not_null_column_refused() -> None:
    """SQLite stores NaN as NULL, and speaks of NULL."""
    failure = Failure("IntegrityError", "NOT NULL constraint failed: t.f", "sqlite3", "SQLITE_CONSTRAINT_NOTNULL")
    insert = ran("INSERT INTO t VALUES (?)", {"v": NAN})
    refused = ran(insert.sql, insert.parameters, failure=failure)

    assert named(Difference("error", refused, insert)) == "nan-infinity"


@pytest.mark.parametrize(
    ("cause", "sql", "one", "other", "kind"),
    [
        ("bool-read-type", "SELECT * FROM t", 1, True, "type"),
        ("exists-comparison-type", "SELECT a IS NULL AS v FROM t", 0, False, "type"),
        ("int-into-bool", "SELECT v FROM t", "yes", True, "value"),
        ("text-number-compare", "SELECT '10' = 10 AS v", 0, True, "value"),
        ("string-into-int", "SELECT v FROM t", 1.5, 2, "value"),
        ("mixed-type-column-order", "SELECT max(a) AS v FROM t", "n/a", Decimal(10), "value"),
        ("varchar-length", "SELECT CAST(a AS VARCHAR(3)) AS v FROM t", "abcd", "abc", "value"),
        ("char-padding", "SELECT v FROM t", "ab", "ab   ", "value"),
        ("dynamic-typing-numeric-string", "SELECT v FROM t", 501, "00501", "type"),
        ("uuid-native", "SELECT v FROM t", "ab" * 16, uuid.UUID("ab" * 16), "type"),
        ("int-division", "SELECT a / b AS v FROM t", Decimal("2.50"), Decimal("2.5000"), "value"),
        ("numeric-column-int-division", "SELECT a / 2 AS v FROM t", 2, Decimal("2.5"), "value"),
        ("aggregate-result-types", "SELECT avg(a) AS v FROM t", 1.5, Decimal("1.50"), "type"),
        ("numeric-vs-float", "SELECT v FROM t", 0.1, Decimal("0.10"), "type"),
        ("numeric-vs-float", "SELECT v FROM t", Decimal("1.00"), Decimal("1.01"), "value"),
        ("float-column-precision", "SELECT v FROM t", 0.123456789, 0.12345679, "value"),
        ("nan-infinity", "SELECT v FROM t", None, NAN, "value"),
        ("negative-zero", "SELECT v FROM t", 0.0, -0.0, "value"),
        ("modulo-float", "SELECT 5.5 % 2 AS v", 1.0, Decimal("1.5"), "value"),
        ("round-function", "SELECT round(a) AS v FROM t", 3.0, 2.0, "value"),
        ("json-raw-read", "SELECT v FROM t", '{"a": 1}', {"a": 1}, "type"),
        ("json-path-operators", "SELECT d ->> 'f' AS v FROM t", 1, "true", "value"),
        ("json-null", "SELECT v FROM t", "null", None, "value"),
        ("jsonb-normalisation", "SELECT CAST(d AS TEXT) AS v FROM t", '{"b":1,"a":2}', '{"a": 2, "b": 1}', "value"),
        ("blob-literal", "SELECT X'00' AS v", b"\x00", "00000000", "value"),
    ],
)
def test_cell_is_named_by_both_values_and_the_expression_behind_it(
    cause: str, sql: str, one: Any, other: Any, kind: str
) -> None:
    """Two values of one cell lead to one cause, which the expression in the SELECT list decides."""
    assert named(cell(sql, one, other, kind)) == cause


@pytest.mark.parametrize(
    ("sql", "one", "other", "kind"),
    [
        ("SELECT a AS v FROM t", 1, False, "value"),
        ("SELECT v FROM t", 1.5, 7, "value"),
        ("SELECT v FROM t", Decimal("1.00"), Decimal("1.05"), "value"),
        ("SELECT v FROM t", 0.1, 0.2, "value"),
        ("SELECT v FROM t", "ab", "abc", "value"),
        ("SELECT v FROM t", 501, "502", "value"),
        ("SELECT v FROM t", "{not json", "{nor this", "value"),
        ("SELECT CAST(a AS VARCHAR(3)) AS v FROM t", "abcd", "xyz", "value"),
        ("SELECT v FROM t", 1, False, "body"),
    ],
)
def test_cell_that_has_no_known_cause_gets_none(sql: str, one: Any, other: Any, kind: str) -> None:
    """Values that differ for a reason of the application's own are nobody's."""
    assert named(cell(sql, one, other, kind)) == ""


def test_id_that_is_zero_on_postgres_is_lastrowid_only_after_an_insert_that_returned_nothing() -> None:
    """A zero is taken for a lost id when an INSERT came before, and RETURNING did not give the id."""
    sql = "SELECT a FROM t WHERE id = :id"
    left, right = ran(sql, {"id": 7}), ran(sql, {"id": 0})
    silent, telling = ran("INSERT INTO t (a) VALUES (1)"), ran("INSERT INTO t (a) VALUES (1) RETURNING id")

    after_silent = Difference("rows", left, right, halves=(half("sqlite", silent), half("postgresql", silent, right)))
    after_telling = Difference(
        "rows", left, right, halves=(half("sqlite", telling), half("postgresql", telling, right))
    )

    assert named(after_silent) == "lastrowid"
    assert named(after_telling) != "lastrowid"


@pytest.mark.parametrize(
    ("cause", "name", "message"),
    [
        ("raw-cursor-api", "AttributeError", "'psycopg2.extensions.cursor' object has no attribute 'executescript'"),
        ("raw-cursor-api", "AttributeError", "'Connection' object has no attribute 'execute'"),
        ("row-string-index", "TypeError", "tuple indices must be integers or slices, not str"),
        ("blob-memoryview", "AttributeError", "'memoryview' object has no attribute 'decode'"),
        ("json-raw-read", "TypeError", "the JSON object must be str, bytes or bytearray, not dict"),
        ("unnamed-column-label", "NoSuchColumnError", "Could not locate column in row for column 'count(*)'"),
        ("", "AttributeError", "'Customer' object has no attribute 'execute'"),
        ("", "KeyError", "'name'"),
    ],
)
def test_test_that_fails_in_python_is_named_by_its_exception(cause: str, name: str, message: str) -> None:
    """Python's own errors lead to a cause only when they say what a driver lacks or gave."""
    assert named(outcome("postgresql", name, message)) == cause


def test_key_in_another_case_is_named_when_a_result_had_it() -> None:
    """A missing key is a matter of case when a column of the run has the same name in another case."""
    folded = ran("SELECT 1 AS UserId", columns=("userid",), rows=((1,),), n_rows=1)

    assert named(outcome("postgresql", "KeyError", "'UserId'", folded)) == "row-key-case"
    assert named(outcome("postgresql", "KeyError", "'Other'", folded)) == ""


@pytest.mark.parametrize(
    ("cause", "one", "other"),
    [
        ("row-key-case", ("id", "UserId"), ("id", "userid")),
        ("unnamed-column-label", ("count(*)",), ("count",)),
        ("unnamed-column-label", ("CURRENT_DATE",), ("current_date",)),
        ("identifier-length", ("x" * 70,), ("x" * 63,)),
        ("", ("a",), ("b",)),
    ],
)
def test_names_of_columns_are_told_apart(cause: str, one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Case, a missing alias, and length: one cause each."""
    assert (
        named(Difference("columns", ran("SELECT 1"), ran("SELECT 1"), sqlite_value=one, postgresql_value=other))
        == cause
    )


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals().filter(lambda one: not one.is_snan()),
    st.text(max_size=12), st.binary(max_size=4),
    st.sampled_from(["null", "{}", "[1]", "00501", "2024-01-02", "2024-01-02 03:04:05", "count(*)", "'x'"]),
    st.datetimes(), st.just(dt.datetime(2024, 1, 2, tzinfo=dt.UTC)), st.dates(), st.times(), st.timedeltas(),
    st.uuids(),
    st.just({"a": 1}), st.just([1, None]), st.just((1, "x")),
)  # fmt: skip
SQL = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "SELECT a FROM t", "SELECT * FROM t ORDER BY a", "SELECT avg(a) / 2 AS a FROM t", "SELECT d -> 'a' AS a",
            "INSERT INTO t (a) VALUES (:a)", "CREATE TABLE t (a REAL, b)", "SELECT round(5.5 % 2) AS a", "WITH x AS (",
            "SELECT '2' > 10 AS a", "UPDATE t SET a = ?", 'SELECT "a" FROM [b] WHERE `c` = $$d', "DELETE FROM user",
        ]
    ),
)  # fmt: skip
STATEMENTS = st.builds(
    Statement,
    sql=SQL,
    neutral=st.just(""),
    parameters=st.one_of(
        st.none(), st.dictionaries(st.sampled_from("ab"), VALUES), st.lists(VALUES, max_size=2), st.tuples(VALUES)
    ),
    site=st.just(UNKNOWN),
    rowcount=st.one_of(st.none(), st.integers(0, 3)),
    columns=st.one_of(st.none(), st.just(("a",))),
    rows=st.one_of(st.none(), st.lists(st.tuples(VALUES), max_size=2).map(tuple)),
    n_rows=st.integers(0, 2),
    failure=st.one_of(
        st.none(),
        st.builds(
            Failure,
            name=st.sampled_from(["ProgrammingError", "KeyError"]),
            message=st.one_of(
                st.text(max_size=20),
                st.sampled_from(
                    [
                        'syntax error at or near "a"', "operator does not exist: integer = text", "'a'", "",
                        'invalid input syntax for type integer: "a"', 'column "A" does not exist',
                        "no such table: a.b",
                    ]
                ),
            ),
            driver=st.sampled_from(["", "driver.Error"]),
            code=st.sampled_from(["", "42601", "42704", "22P02", "42883", "SQLITE_CONSTRAINT_NOTNULL"]),
        ),
    ),
)  # fmt: skip


@st.composite
def differences(draw: st.DrawFn) -> Difference:
    one, other = draw(st.one_of(st.none(), STATEMENTS)), draw(st.one_of(st.none(), STATEMENTS))
    before = draw(st.lists(STATEMENTS, max_size=2))
    halves = (
        half("sqlite", *before, *([one] if one else [])),
        half("postgresql", *before, *([other] if other else [])),
    )
    kind = draw(st.sampled_from(sorted(set(KINDS) - {"columns"})))
    given_halves = draw(st.sampled_from([halves, None]))
    return Difference(kind, one, other, "a", "", 0, draw(VALUES), draw(VALUES), 0, given_halves)


@given(difference=differences())
@settings(max_examples=300, deadline=None)
def test_matchers_answer_whatever_they_are_asked(difference: Difference) -> None:
    """No difference makes a matcher raise, and each answer is a plain yes or no."""
    answers = {cause.matches(difference) for cause in all_causes()}

    assert answers <= {True, False}
