"""Parameters are taken out of a text exactly, and the text can be put together again."""

import pytest
from hypothesis import given, strategies as st

from diglot import sqltext
from diglot.checks.statements.rendering import Parameter, placed, render

WRITTEN = (
    "SELECT ", "x", "Tab", "'", "''", '"', "--", "\n", "/*", "*/", ";", "$1", "$$", "$a$", "%s", "%(n)s", "%%", "%",
    ":n", "::int", "?", "(", ")", "[", "]", "`", " ", "1.5", "e'\\'", "\\", "é", ",", "||",
)  # fmt: skip
PIECES = st.lists(st.sampled_from(WRITTEN), max_size=14).map("".join)


@given(PIECES)
def test_token_is_placed_where_it_stands(sql: str) -> None:
    """What stands at a token's place is the token."""
    placed_there = [(token.text, sql[start:end]) for token, start, end in placed(sql)]

    assert [text for text, _ in placed_there] == [token.text for token in sqltext.tokens(sql)]
    assert [text.lower() for text, _ in placed_there] == [there.lower() for _, there in placed_there]


@given(PIECES)
def test_drivers_text_is_put_together_again(sql: str) -> None:
    """With its placeholders as they were written, and %% as the driver sends it, nothing of a text is lost."""
    rendered = render(sql, "driver", substitutes=True)
    again = "".join(part.shown if isinstance(part, Parameter) else part.replace("%", "%%") for part in rendered.parts)

    assert rendered.shown()[0].replace("%", "") == sql.replace("%%", "").replace("%", "")
    assert bool(rendered.problem) or again == sql


@given(PIECES)
def test_split_loses_no_statement(sql: str) -> None:
    """The statements of a text are the text, without semicolons and what says nothing between them."""
    rendered = render(sql, "driver", substitutes=True)

    pieces = rendered.split()

    said = [token.text for token in sqltext.tokens(rendered.numbered) if (token.kind, token.text) != ("symbol", ";")]
    assert sum(len(sqltext.tokens(piece.numbered)) for piece in pieces) <= len(said)
    assert all(sqltext.tokens(piece.numbered) for piece in pieces)
    assert not said or pieces


@pytest.mark.parametrize(
    ("sql", "style", "numbered", "names"),
    [
        ("SELECT :a, :b, :a", "text", "SELECT $1, $2, $1", ["a", "b"]),
        (r"SELECT '\:a', '12:30', x::int", "text", "SELECT ':a', '12:30', x::int", []),
        ("SELECT 'x%' LIKE :a", "text", "SELECT 'x%' LIKE $1", ["a"]),
        ("SELECT %s, %s", "driver", "SELECT $1, $2", ["", ""]),
        ("SELECT %(a)s, %(b)s, %(a)s", "driver", "SELECT $1, $2, $1", ["a", "b"]),
        ("SELECT 5 %% 2, 'a%%'", "driver", "SELECT 5 % 2, 'a%'", []),
    ],
)
def test_parameters_are_numbered(sql: str, style: str, numbered: str, names: list[str]) -> None:
    """Each name has one number, each `%s` its own."""
    rendered = render(sql, style, substitutes=True)

    assert (rendered.numbered, [one.name for one in rendered.parameters]) == (numbered, names)


@pytest.mark.parametrize(
    ("sql", "pieces"),
    [
        ("SELECT 1; SELECT 2", ["SELECT 1", " SELECT 2"]),
        ("SELECT ';'; -- ;\n", ["SELECT ';'"]),
        ("SELECT :a; SELECT :b, :a", ["SELECT $1", " SELECT $1, $2"]),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$", None),
        (";", []),
    ],
)
def test_text_of_several_statements_is_split(sql: str, pieces: list[str] | None) -> None:
    """A text is cut at its semicolons alone, and each piece's parameters are numbered anew."""
    found = [one.numbered for one in render(sql, "text", substitutes=True).split()]

    assert found == ([sql] if pieces is None else pieces)


def test_place_of_an_error_is_found_in_what_was_written() -> None:
    """The place in the numbered text is led back to the text with its names."""
    rendered = render("SELECT :long_name, nope", "text", substitutes=True)
    position = rendered.numbered.index("nope") + 1

    written, place = rendered.shown(position)

    assert written[place - 1 :] == "nope"
