"""A revision's statements as a script for squawk, of which each line leads back to its statement.

A text with several statements is taken apart, and comments are left out: one that tells squawk to be silent would
hide a lock from everybody who reads `divergences.toml`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from diglot.migrate.chain import OfflineStatement
from diglot.sqltext import Token, tokens

Name = str
"""A table's, column's or constraint's name, as Postgres keeps it, without its schema."""

_OWN_TABLE = "alembic_version"
_BEFORE_NAME = frozenset({"if", "exists", "not", "only", "concurrently"})
_TABLES = frozenset({"table", "view", "truncate"})


@dataclass(frozen=True)
class Piece:
    """One statement.

    source: the statement, of maybe several in one text, that it was part of. line: in the script, counted from 0.
    """

    sql: str
    source: OfflineStatement
    line: int

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Its tokens."""
        return tokens(self.sql)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its tokens' values: words in lower case, names without quotes."""
        return tuple(token.value for token in self.tokens)

    def starts(self, *words: str) -> bool:
        """Whether it begins with these words."""
        return self.words[: len(words)] == words

    @property
    def table(self) -> Name:
        """The table, view or, for an index that is dropped, the index that it changes; "" when there is none."""
        return self._name(self._subject)

    @property
    def actions(self) -> list[list[Token]]:
        """What ALTER TABLE does, one action after the other: each begins with `add`, `alter`, `drop` or such."""
        return list(items(self.tokens[self._subject + 1 :])) if self.starts("alter", "table") else []

    def created(self, before: frozenset[Name]) -> frozenset[Name]:
        """Return the tables, views and indexes that are new after it; before: those that were new."""
        if self.starts("create"):
            return before | {self._name(self._after("index")) if "index" in self.words[:3] else self.table} - {""}
        for action in self.actions if self.table in before else ():
            if [token.value for token in action[:2]] == ["rename", "to"]:
                return before | {action[2].value}
        return before

    @cached_property
    def _subject(self) -> int:
        """Where the name stands of what it changes; -1 when nowhere."""
        if self.starts("create") and "index" in self.words[:3]:
            return self._after("on")
        if self.starts("drop", "index") or self.starts("reindex"):
            return self._after("index")
        return next((self._after(word) for word in self.words[:5] if word in _TABLES), -1)

    def _after(self, word: str) -> int:
        if word not in self.words:
            return -1
        place = self.words.index(word) + 1
        while place < len(self.words) and self.words[place] in _BEFORE_NAME:
            place += 1
        while place + 2 < len(self.words) and self.words[place + 1] == ".":
            place += 2
        return place

    def _name(self, place: int) -> Name:
        return self.words[place] if 0 <= place < len(self.words) else ""


@dataclass(frozen=True)
class Script:
    """One revision's upgrade, with the transaction that Alembic writes around it.

    text: what squawk reads. unwritten: the revision's own source, when what it does is not known.
    """

    revision: str
    pieces: tuple[Piece, ...]
    text: str
    unwritten: str = ""

    @property
    def statements(self) -> int:
        """How many statements it has, without those that begin and end transactions."""
        return sum(piece.words[0] not in {"begin", "commit"} for piece in self.pieces)

    @property
    def limits_locks(self) -> bool:
        """Whether it limits how long it waits for locks."""
        return any("lock_timeout" in piece.words for piece in self.pieces)

    def at(self, line: int) -> Piece:
        """Return the statement to which a line of the script belongs."""
        return [piece for piece in self.pieces if piece.line <= line][-1]

    def without(self, left_out: frozenset[int]) -> "Script":
        """Return the same script without the pieces at these lines; the lines of the others stay."""
        rows = self.text.split("\n")
        for piece in self.pieces:
            if piece.line in left_out:
                end = piece.line + piece.sql.count("\n") + 1
                rows[piece.line : end] = [""] * (end - piece.line)
        return Script(self.revision, self.pieces, "\n".join(rows))


def script_of(revision: str, statements: Sequence[OfflineStatement]) -> Script:
    """Return the script of one revision's upgrade; what Alembic does for its own table is left out."""
    pieces, text = [], ""
    for one in statements:
        for sql in _taken_apart(one.sql):
            if _OWN_TABLE not in sql:
                pieces.append(Piece(sql, one, text.count("\n")))
                text += f"{sql};\n"
    return Script(revision, tuple(pieces), text)


def items(row: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield what commas at the row's own depth separate."""
    outer = min((token.depth for token in row), default=0)
    found: list[Token] = []
    for token in row:
        if token.text == "," and token.depth == outer:
            yield found
            found = []
        else:
            found.append(token)
    if found:
        yield found


def _taken_apart(sql: str) -> Iterator[str]:
    row: list[Token] = []
    for token in tokens(sql):
        if token.text == ";" and token.depth == 0:
            yield from _joined(row)
            row = []
        else:
            row.append(token)
    yield from _joined(row)


def _joined(row: Sequence[Token]) -> Iterator[str]:
    text = "".join((" " if token.gap else "") + token.text for token in row).strip()
    if text:
        yield text
