"""What the lexer reads out of SQL text."""

import pytest

from diglot import sqltext


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT  A,\n b FROM T", "select a, b from t"),
        ("SELECT 'It''s; -- not', x", "select '', x"),
        ("SELECT E'a\\'b', x", "select '', x"),
        ("SELECT $$it's$$, $q$a $$ b$q$ , 1", "select '', '' , 1"),
        ("SELECT a -- 'one'\nFROM t", "select a from t"),
        ("SELECT a /* x /* y */ ' */ FROM t", "select a from t"),
        ("SELECT a/**/FROM t", "select a from t"),
        ('SELECT "A ""b""", `C``d` FROM [E f]', 'select "A ""b""", `C``d` from [E f]'),
        ("SELECT a[1], (b)[c] FROM t", "select a[1], (b)[c] from t"),
        ("SELECT x::INTEGER, :Name, %(P)s, $1", "select x::integer, :name, %(p)s, $1"),
        ("SELECT a$b, $c FROM t", "select a$b, $c from t"),
        ("SELECT 'open", "select ''"),
        ("SELECT 1 /* open", "select 1"),
        ("", ""),
    ],
)
def test_code_is_what_a_statement_says_outside_of_literals_and_comments(sql: str, code: str) -> None:
    """Literals become '', comments a space, words lower case, quoted names stay."""
    assert sqltext.code(sql) == code


def test_literals_are_unquoted() -> None:
    """Doubled quotes are single, dollar quotes go, and quoted names are not literals."""
    assert sqltext.literals("""SELECT 'it''s', '', $q$a'b$q$, "name" -- 'no'""") == ("it's", "", "a'b")


def test_quoted_names_are_unquoted_whatever_quotes_them() -> None:
    """Double quotes, backticks and square brackets quote names; a subscript is none."""
    assert sqltext.quoted_names('SELECT "a ""b""", `c`, t.[d e], f[g]') == ('a "b"', "c", "d e")


def test_words_are_those_without_quotes() -> None:
    """Keywords and names in lower case, nothing from literals."""
    assert sqltext.words("SELECT Name FROM \"Users\" WHERE x = 'rowid'") == {"select", "name", "from", "where", "x"}


def test_functions_are_words_before_a_bracket() -> None:
    """Calls are found at any depth; keywords before a bracket are not calls."""
    sql = "SELECT Upper(trim(a)), count (*) FROM t WHERE a IN (1) AND EXISTS (SELECT 'f(1)')"

    assert sqltext.functions(sql) == {"upper", "trim", "count"}


def test_functions_are_not_tables_with_a_list_of_columns() -> None:
    """The name after INTO, TABLE or REFERENCES is not a call."""
    sql = "INSERT INTO glob(a) SELECT lower(a) FROM t"

    assert sqltext.functions(sql) == {"lower"}


@pytest.mark.parametrize(
    ("sql", "verb"),
    [
        ("-- why\n INSERT INTO t VALUES (1)", "insert"),
        ("WITH a AS (SELECT 1) DELETE FROM t", "delete"),
        ("(SELECT 1)", ""),
        ("", ""),
    ],
)
def test_verb_is_what_the_statement_does(sql: str, verb: str) -> None:
    """The first word outside of brackets, past a WITH the one that acts."""
    assert sqltext.verb(sql) == verb


@pytest.mark.parametrize(
    ("sql", "ordered"),
    [
        ("SELECT a FROM t ORDER BY a", True),
        ("SELECT a FROM t order\n by a", True),
        ("SELECT a FROM (SELECT a FROM t ORDER BY a) s", False),
        ("SELECT row_number() OVER (ORDER BY a) FROM t", False),
        ("SELECT 'order by' FROM t -- ORDER BY a", False),
        ('SELECT "order" FROM t', False),
    ],
)
def test_top_level_order_by_is_the_statements_own(sql: str, ordered: bool) -> None:
    """An ORDER BY inside of brackets, literals or comments does not order the statement."""
    assert sqltext.has_top_level_order_by(sql) is ordered


@pytest.mark.parametrize(
    ("sql", "items"),
    [
        ("SELECT DISTINCT a, max(b, 1) AS c FROM t", ("a", "max(b, 1) as c")),
        ("SELECT (SELECT 1, 2), x", ("(select 1, 2)", "x")),
        ("WITH a AS (SELECT 1) SELECT * FROM a", ("*",)),
        ("INSERT INTO t (a, b) VALUES (1, 2) RETURNING a, b", ("a", "b")),
        ("DELETE FROM t", ()),
    ],
)
def test_select_list_is_split_at_its_own_commas(sql: str, items: tuple[str, ...]) -> None:
    """Commas inside of brackets do not split; the list ends at FROM."""
    assert sqltext.select_list(sql) == items


def test_expression_is_found_by_the_columns_place() -> None:
    """A column is traced to its expression, unless a star hides how many there are."""
    assert sqltext.expression("SELECT a, 7 / 2 AS half FROM t", "half", ("a", "half")) == "7 / 2 as half"
    assert sqltext.expression("SELECT * FROM t", "half", ("a", "half")) == ""
    assert sqltext.expression("SELECT t.* FROM t", "half", ("half",)) == ""
