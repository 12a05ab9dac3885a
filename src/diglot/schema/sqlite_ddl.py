"""Read what only the text of a CREATE statement says of a SQLite table or index.

SQLite's pragmas know columns, keys and indexes, but neither CHECKs, names of constraints, collations, whether a
foreign key is deferred, nor the expressions of an index: those are read from `sqlite_schema.sql`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from diglot.sqltext import Token, tokens

_COLUMN_WORDS = frozenset(
    {"constraint", "primary", "not", "null", "unique", "check", "default", "collate", "references", "generated", "as"}
)
_NAMED = frozenset({"check", "unique", "primary", "references", "as", "default"})
_BRACKETED = frozenset({"check", "as", "default", "primary", "unique", "foreign"})
_TABLE_WORDS = frozenset({"constraint", "primary", "unique", "check", "foreign"})


@dataclass
class TableText:
    """What the text of a CREATE TABLE says.

    checks: name and expression. uniques, foreign_keys: by their columns, in lower case. generated, collations: by
    column, in lower case. deferred: by columns, whether DEFERRABLE and whether INITIALLY DEFERRED.
    """

    checks: list[tuple[str | None, str]] = field(default_factory=list)
    uniques: dict[tuple[str, ...], str | None] = field(default_factory=dict)
    foreign_keys: dict[tuple[str, ...], str | None] = field(default_factory=dict)
    deferred: dict[tuple[str, ...], tuple[bool, bool]] = field(default_factory=dict)
    generated: dict[str, str] = field(default_factory=dict)
    collations: dict[str, str] = field(default_factory=dict)
    primary_key: str | None = None
    autoincrement: bool = False
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True)
class KeyText:
    """One key of an index: its expression without what follows it. nulls: first, last or ""."""

    expression: str
    column: str
    descending: bool = False
    nulls: str = ""
    collation: str = ""


def read_table(sql: str) -> TableText:
    """Return what a CREATE TABLE statement says beside the pragmas."""
    found = TableText()
    row = tokens(sql)
    start = next((at for at, one in enumerate(row) if one.text == "(" and one.depth == 0), None)
    if start is None:
        return found
    end = next(at for at in range(len(row) - 1, -1, -1) if row[at].text == ")" and row[at].depth == 0)
    options = " ".join(one.text for one in row[end + 1 :])
    found.traits = frozenset(trait for trait in ("STRICT", "WITHOUT ROWID") if trait.lower() in options)
    for item in _split(row[start + 1 : end], 1):
        _read_item(item, found)
    return found


def read_index(sql: str) -> tuple[tuple[KeyText, ...], str | None]:
    """Return the keys and the predicate of a CREATE INDEX statement."""
    row = tokens(sql)
    start = next(at for at, one in enumerate(row) if one.text == "(" and one.depth == 0)
    end = next(at for at in range(start + 1, len(row)) if row[at].text == ")" and row[at].depth == 0)
    keys = tuple(_key(item) for item in _split(row[start + 1 : end], 1))
    rest = row[end + 1 :]
    return keys, (written(rest[1:]) if rest[:1] and rest[0].text == "where" else None)


def read_key(sql: str) -> KeyText:
    """Return one key of an index, such as `lower(name) COLLATE "C" DESC NULLS LAST`."""
    return _key(list(tokens(sql)))


def written(row: Iterable[Token]) -> str:
    """Return the text of tokens, with white space squeezed and words in lower case."""
    return "".join(f" {one.text}" if one.gap else one.text for one in row).strip()


def _split(row: Sequence[Token], depth: int) -> Iterator[list[Token]]:
    item: list[Token] = []
    for token in row:
        if token.text == "," and token.depth == depth:
            yield item
            item = []
        else:
            item.append(token)
    if item:
        yield item


def _key(row: list[Token]) -> KeyText:
    descending, nulls, collation = False, "", ""
    while len(row) > 1:
        last, before = row[-1], row[-2]
        if before.text == "nulls" and last.text in {"first", "last"}:
            nulls, row = last.text, row[:-2]
        elif last.text in {"asc", "desc"} and last.kind == "word":
            descending, row = last.text == "desc", row[:-1]
        elif before.text == "collate":
            collation, row = last.value, row[:-2]
        else:
            break
    column = row[0].value if len(row) == 1 and row[0].kind in {"word", "name"} else ""
    return KeyText(written(row), column, descending, nulls, collation)


def _read_item(item: list[Token], found: TableText) -> None:
    if item[0].kind == "word" and item[0].text in _TABLE_WORDS:
        _read_constraints(item, None, found)
        return
    column = item[0].value.lower()
    depth = item[0].depth
    begins = [one.depth == depth and one.kind == "word" and one.text in _COLUMN_WORDS for one in item]
    at = next((at for at, does in enumerate(begins) if at and does), len(item))
    _read_constraints(item[at:], column, found)


def _read_constraints(row: list[Token], column: str | None, found: TableText) -> None:
    """Read constraints one after the other; column: of whom they are, None for the table's own."""
    name: str | None = None
    own: tuple[str, ...] = () if column is None else (column,)
    at = 0
    while at < len(row):
        word = row[at].text if row[at].kind == "word" else ""
        group, after = _group(row, at + 1)
        if word == "constraint":
            name, at = row[at + 1].value, at + 2
            continue
        if column is None and word in {"foreign", "unique"}:
            own = _names(group)
        _keep(word, row[max(at - 1, 0) : at + 3], (own, name, group), found)
        if word in _NAMED:
            name = None
        at = after if word in _BRACKETED and group else at + 1


def _keep(
    word: str, around: list[Token], said: tuple[tuple[str, ...], str | None, list[Token]], found: TableText
) -> None:
    """Keep what begins with a word.

    around: the tokens from the one before it to the second after it. said: the columns, the constraint's name, and
    what stands in brackets after the word.
    """
    own, name, group = said
    texts = [one.text for one in around]
    after = around[texts.index(word) + 1 :] if word in texts else []
    if word == "check":
        found.checks.append((name, written(group)))
    elif word == "unique":
        found.uniques[own] = found.uniques.get(own) or name  # of two for the same columns, as Postgres keeps one
    elif word == "primary":
        found.primary_key = name
    elif word == "references":
        found.foreign_keys[own] = name
    elif word == "deferrable":
        found.deferred[own] = (texts[0] != "not", texts[0] != "not" and texts[2:] == ["initially", "deferred"])
    elif word == "collate":
        found.collations.update(dict.fromkeys(own, after[0].value))
    elif word == "as":
        found.generated.update(dict.fromkeys(own, written(group)))
    found.autoincrement = found.autoincrement or word == "autoincrement"


def _group(row: list[Token], at: int) -> tuple[list[Token], int]:
    """Return what stands in the round brackets that open at `at`, and where they end; nothing when none do."""
    start = at + 1 if row[at : at + 1] and row[at].text == "key" else at
    if row[start : start + 1] == [] or row[start].text != "(":
        return [], at
    depth = row[start].depth
    end = next((n for n in range(start + 1, len(row)) if row[n].text == ")" and row[n].depth == depth), len(row))
    return row[start + 1 : end], end + 1


def _names(group: list[Token]) -> tuple[str, ...]:
    depth = group[0].depth if group else 0
    return tuple(item[0].value.lower() for item in _split(group, depth))
