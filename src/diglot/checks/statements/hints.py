"""What to do about a refusal: the cause's own advice, and a rewrite where one is known that Postgres takes."""

import contextlib
import logging
from collections.abc import Callable

import sqlglot
from sqlglot.errors import ErrorLevel, SqlglotError

from diglot import sqltext
from diglot.checks.statements.rendering import Rendered, placed, render
from diglot.checks.statements.server import Refusal
from diglot.parity.causes.registry import Cause, cause_of
from diglot.parity.difference import Difference
from diglot.parity.trace import Failure, Site, Statement

_MOST_SHOWN = 600
_ROUND = 120

logging.getLogger("sqlglot").addHandler(logging.NullHandler())


def cause(sql: str, refusal: Refusal) -> Cause | None:
    """Return why the dialects disagree, when one of the causes explains this refusal."""
    site = Site("", 0, "")
    failure = Failure("ProgrammingError", refusal.message, "psycopg2.errors.ProgrammingError", refusal.state)
    seen = Difference(
        "error",
        sqlite=Statement(sql, sql, None, site),
        postgresql=Statement(sql, sql, None, site, failure=failure),
    )
    return cause_of(seen)


def rewrite(sql: str, style: str, accepts: Callable[[str], bool]) -> str:
    """Return the text as Postgres takes it, translated from SQLite's SQL; "" when there is no such translation.

    accepts: asks the server about a text of this style with the same parameters.
    """
    if any(token.text == "?" for token in sqltext.tokens(sql)):
        return ""
    with contextlib.suppress(SqlglotError, RecursionError):
        found = sqlglot.transpile(sql, read="sqlite", write="postgres", unsupported_level=ErrorLevel.RAISE)
        written = found[0] if style != "text" else _with_names(found[0])
        if len(found) == 1 and written != sql and accepts(written):
            return written
    return ""


def _with_names(sql: str) -> str:
    """Return `%(name)s`, which the translation writes for a parameter, as `:name` again."""
    parts = render(sql, "driver", substitutes=True).parts
    return "".join(part if isinstance(part, str) else f":{part.name}" for part in parts)


def shown(rendered: Rendered, refusal: Refusal) -> str:
    """Return the text as it was written, shortened around the place that the server names, with a caret below it."""
    if refusal.sql == rendered.numbered:
        text, position = rendered.shown(refusal.position)
    else:
        text, position = rendered.shown()[0], 0
    if not position:
        text = text.strip()
        return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
    start = text.rfind("\n", 0, position - 1) + 1
    end = text.find("\n", position - 1)
    line = text[start : len(text) if end < 0 else end]
    column = position - 1 - start
    cut = max(column - _ROUND, 0)
    opening = "..." if cut else ""
    piece = line[cut : column + _ROUND]
    closing = "..." if column + _ROUND < len(line) else ""
    indent = len(piece) - len(piece.lstrip()) if not opening else 0
    return f"{opening}{piece[indent:]}{closing}\n{' ' * (len(opening) + column - cut - indent)}^"


def foreign_placeholders(sql: str, style: str) -> tuple[str, ...]:
    """Return the placeholders in a text that nobody replaces in this style, as they are written."""
    found: list[str] = []
    for token, _, _ in placed(sql):
        is_mark = token.text == "?" and token.kind == "symbol"
        is_name = token.kind == "parameter" and token.text.startswith(":") and style in {"driver", "cursor"}
        is_format = token.kind == "parameter" and token.text.startswith("%") and style in {"text", "plain"}
        if is_mark or is_name or is_format:
            found.append(token.text)
    return tuple(found)
