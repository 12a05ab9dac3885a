"""What is found out about the cell on which the dialects disagree."""

import pytest

from diglot.parity.cell import behind, is_column, parameter_pairs
from diglot.parity.difference import Difference
from diglot.parity.trace import UNKNOWN, Statement


def cell_of(sql: str, columns: tuple[str, ...] = ("v",)) -> Difference:
    statement = Statement(sql=sql, neutral=sql, parameters=None, site=UNKNOWN, columns=columns)
    return Difference("value", statement, statement, column="v")


@pytest.mark.parametrize(
    ("sql", "expression"),
    [
        ("SELECT avg(a) AS v FROM t", "avg(a)"),
        ("SELECT t.a AS v FROM t", "t.a"),
        ("SELECT v FROM t", "v"),
        ('SELECT a IS NULL AS "v" FROM t', "a is null"),
        ("SELECT * FROM t", ""),
    ],
)
def test_expression_behind_a_cell_has_no_alias(sql: str, expression: str) -> None:
    """The SELECT list's item is returned as code, without the name that it is given; nothing for a star."""
    assert behind(cell_of(sql)) == expression


@pytest.mark.parametrize(
    ("sql", "columns", "answer"),
    [
        ("SELECT v FROM t", ("v",), True),
        ("SELECT t.a AS v FROM t", ("v",), True),
        ("SELECT * FROM t", ("v",), True),
        ("SELECT t.* FROM t", ("u", "v"), True),
        ("SELECT a + 1 AS v FROM t", ("v",), False),
        ("SELECT true AS v", ("v",), False),
        ("DELETE FROM t", ("v",), False),
    ],
)
def test_column_is_told_from_what_is_computed(sql: str, columns: tuple[str, ...], answer: bool) -> None:
    """A name, and a star, are columns; constants and expressions are not."""
    assert is_column(cell_of(sql, columns)) is answer


def test_parameters_are_paired_by_their_place() -> None:
    """Each of SQLite's parameters stands beside the one that Postgres got."""
    one, other = (Statement("SELECT 1", "", {"id": number, "name": "a"}, UNKNOWN) for number in (7, 0))

    assert parameter_pairs(Difference("rows", one, other)) == [(7, 0), ("a", "a")]
