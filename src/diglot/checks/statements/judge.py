"""What Postgres makes of a text: it takes it, refuses it, or cannot say without the parameters' types.

psycopg2 writes values into the text, so that a typed parameter is judged as the literal that it becomes; psycopg sends
them apart, as PREPARE does. A text without known types is refused only when it is refused with any.
"""

from dataclasses import dataclass, replace

from diglot import sqltext
from diglot.checks.statements.rendering import Rendered, placed
from diglot.checks.statements.server import (
    SYNTAX,
    UNDEFINED_COLUMN,
    UNDEFINED_FUNCTION,
    Refusal,
    Server,
    is_preparable,
    is_runnable,
)
from diglot.parity.traced import NULL, UNKNOWN

_DATA = "22"
_INDETERMINATE = frozenset({"42P18", "42725", "42P08"})
_MAY_BE_TYPES = frozenset({UNDEFINED_FUNCTION, "42804", "42846", "42803", "42P10"}) | _INDETERMINATE
_TRIED = ("int4", "bool", "timestamptz", "date", "numeric", "text", "uuid", "interval", "bytea", "jsonb", "int4[]")
_NOT_OURS = ("0B", "25", "42501", "53", "54", "55", "57", "58")
"""Classes that tell of the server or the role, and nothing of the statement."""


@dataclass(frozen=True)
class Verdict:
    """What came of a text.

    refusal: None when Postgres takes it. untyped: it depends on types that are not known. unjudged: why nobody asked.
    """

    refusal: Refusal | None = None
    untyped: bool = False
    unjudged: str = ""


class Judge:
    """Judges texts on one server. fills_in: the project's driver writes values into the text (psycopg2)."""

    def __init__(self, server: Server, *, fills_in: bool) -> None:
        self.server, self._fills_in = server, fills_in

    def whole(self, rendered: Rendered) -> Verdict:
        """Judge a text of one statement or of several; the first refusal counts."""
        pieces = rendered.split()
        if all(is_preparable(piece.numbered) for piece in pieces):
            return _worst([self.statement(piece) for piece in pieces])
        if not any(is_runnable(piece.numbered) for piece in pieces):
            return _worst([self._other(piece) for piece in pieces])
        self.server.begin()
        try:
            return _worst([self._in_order(piece) for piece in pieces])
        finally:
            self.server.rollback()

    def statement(self, rendered: Rendered) -> Verdict:
        """Judge one statement that PREPARE takes."""
        verdict = self._typed(rendered) if rendered.parameters and rendered.typed else self._untyped(rendered)
        return verdict if verdict.refusal else replace(verdict, refusal=_limit(rendered))

    def syntax(self, rendered: Rendered) -> Verdict:
        """Judge only whether the texts parse."""
        found = [self.server.parse(piece.filled("'1'")) for piece in rendered.split()]
        return Verdict(next((one for one in found if one is not None), None))

    # -- one statement -------------------------------------------------------------------------

    def _in_order(self, piece: Rendered) -> Verdict:
        """Judge one of several statements, of which the later ones may need what the earlier ones made."""
        sql = piece.filled("'1'")
        if is_runnable(sql):
            return _verdict(self.server.attempt(sql))
        if is_preparable(sql):
            return _verdict(self.server.attempt(f"EXPLAIN {piece.filled()}"))
        return Verdict(unjudged="it stands between statements that change the schema")

    def _other(self, piece: Rendered) -> Verdict:
        if is_preparable(piece.numbered):
            return self.statement(piece)
        return _verdict(self.server.parse(piece.filled("'1'")))

    def _typed(self, rendered: Rendered) -> Verdict:
        types = [UNKNOWN if one.type == NULL else one.type for one in rendered.parameters]
        apart = self.server.prepare(rendered.numbered, types)
        if not self._fills_in:
            return _verdict(apart)
        sent = self.server.prepare(rendered.filled())
        quoted = self.server.prepare(rendered.filled("'1'"))
        if quoted is not None and quoted.state == SYNTAX:  # a text where only NULL could stand, or a number
            return Verdict(_at_numbered(quoted, apart))
        if sent is None or quoted is None:
            return Verdict()
        if sent.state.startswith(_DATA):  # the value is made up; its type is not
            return Verdict(apart)
        if quoted.state.startswith(_DATA) and sent.state == UNDEFINED_COLUMN:
            return Verdict()  # INTERVAL takes a literal; after it a NULL is a column's label
        return Verdict(_at_numbered(sent, apart))

    def _untyped(self, rendered: Rendered) -> Verdict:
        refused = self.server.prepare(rendered.numbered)
        if refused is None or not rendered.parameters:
            return self._ordered_by_text(rendered) if refused is None and self._fills_in else _verdict(refused)
        if self._fills_in:
            quoted = self.server.prepare(rendered.filled("'1'"))
            if quoted is None or quoted.state.startswith(_DATA):
                return Verdict(untyped=True)
        if refused.state not in _MAY_BE_TYPES and not refused.state.startswith(_DATA):
            return _verdict(refused)
        return self._with_any_types(rendered, refused)

    def _ordered_by_text(self, rendered: Rendered) -> Verdict:
        """Refuse a parameter as ORDER BY's or GROUP BY's own expression, where it would be a constant text."""
        if not rendered.parameters or not {"order", "group"} & sqltext.words(rendered.numbered):
            return Verdict()
        refused = self.server.prepare(rendered.filled("'1'"))
        is_it = refused is not None and refused.message.startswith("non-integer constant in ")
        return Verdict(refused if is_it else None)

    def _with_any_types(self, rendered: Rendered, refused: Refusal) -> Verdict:
        """A refusal counts when it is the same whatever types the parameters have."""
        many = len(rendered.parameters)
        for kind in _TRIED:
            other = self.server.prepare(rendered.numbered, [kind] * many)
            if other is None or _telling(other) != _telling(refused):
                return Verdict(untyped=True)
        return Verdict(refused)


def _telling(refused: Refusal) -> tuple[str, str]:
    """What stays the same when only the parameters' types are others: a function's name, without its arguments."""
    called = refused.state == UNDEFINED_FUNCTION and refused.message.startswith("function ")
    return refused.state, refused.message.partition("(")[0] if called else refused.message


def _verdict(refused: Refusal | None) -> Verdict:
    if refused is not None and refused.state.startswith(_NOT_OURS):
        return Verdict(unjudged=f"{refused.message} ({refused.state})")
    return Verdict(refused)


def _worst(verdicts: list[Verdict]) -> Verdict:
    refused = next((one for one in verdicts if one.refusal is not None), None)
    if refused is not None:
        return refused
    unjudged = next((one.unjudged for one in verdicts if one.unjudged), "")
    return Verdict(untyped=any(one.untyped for one in verdicts), unjudged=unjudged)


def _at_numbered(sent: Refusal, apart: Refusal | None) -> Refusal:
    """Place a refusal of the filled text in the numbered one, where the server named the same thing."""
    same = apart is not None and apart.message == sent.message
    return replace(sent, sql=apart.sql, position=apart.position) if apart is not None and same else sent


def _limit(rendered: Rendered) -> Refusal | None:
    """Refuse a LIMIT or OFFSET below 0, which the server notices only when the statement runs."""
    tokens = [(token, start) for token, start, _ in placed(rendered.numbered)]
    for index, (token, start) in enumerate(tokens):
        if token.kind == "word" and token.text in {"limit", "offset"}:
            following = [one.text for one, _ in tokens[index + 1 : index + 5] if one.text != "("]
            if following[:1] == ["-"] and following[1:2] and following[1].strip("0.").isdigit():
                name = token.text.upper()
                return Refusal("2201W" if name == "LIMIT" else "2201X", f"{name} must not be negative",
                               rendered.numbered, start + 1)  # fmt: skip
    return None
