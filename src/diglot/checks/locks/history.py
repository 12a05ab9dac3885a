"""What earlier revisions did to tables, as far as it makes a later statement harmless.

Squawk sees one revision at a time. It cannot know that a column is NOT NULL already, or was proven not to hold NULL by
a CHECK that an earlier revision validated, nor that a type is only widened, or the one that the column has.
"""

import re
from collections.abc import Sequence

from diglot.checks.locks.script import Name, Piece, items
from diglot.sqltext import Token

_TYPE_ENDS = frozenset(
    {"not", "null", "default", "primary", "unique", "references", "check", "constraint", "generated", "collate"}
)
_NO_COLUMN = frozenset({"constraint", "primary", "unique", "check", "foreign", "exclude", "like"})
_TEXT = re.compile(r"(?:varchar|charactervarying)(?:\((\d+)\))?$")
_WORD = re.compile(r"\w+")
_FLOAT = re.compile(r"float(?:\((\d+)\))?$")
_SINGLE, _DOUBLE = 24, 53
_ALIASES = {
    "int": "integer", "int4": "integer", "serial": "integer", "int8": "bigint", "bigserial": "bigint",
    "int2": "smallint", "smallserial": "smallint", "bool": "boolean", "float4": "real", "float8": "doubleprecision",
    "decimal": "numeric", "timestampwithouttimezone": "timestamp", "timestampwithtimezone": "timestamptz",
}  # fmt: skip
_NUMERIC = re.compile(r"(?:numeric|decimal)(?:\((\d+)(?:,(\d+))?\))?$")


class History:
    """What the statements so far did; `add` them in their order."""

    def __init__(self) -> None:
        self._types: dict[tuple[Name, Name], str] = {}
        self._not_null: set[tuple[Name, Name]] = set()
        self._proofs: dict[tuple[Name, Name], Name] = {}  # by table and constraint: the column kept from NULL
        self._validated: set[tuple[Name, Name]] = set()

    def add(self, piece: Piece) -> None:
        """Remember what a statement did."""
        if piece.starts("create", "table"):
            self._forget(piece.table)
            for row in items(_inside(piece.tokens)):
                self._define(piece.table, _values(row))
        if piece.starts("drop", "table"):
            self._forget(piece.table)
        for action in piece.actions:
            self._alter(piece.table, _values(action))

    def forget_named_in(self, source: str) -> None:
        """Know nothing any more of the tables that a revision names whose statements cannot be read."""
        named = set(_WORD.findall(source.lower())) if source else set()
        for table in {of[0] for of in (*self._types, *self._not_null, *self._proofs)}:
            if table.lower() in named:
                self._forget(table)

    def harmless(self, rule: str, piece: Piece) -> bool:
        """Whether what is reported of a statement does no harm, because of what came before it."""
        rows = [_values(action) for action in piece.actions]
        if rule == "adding-not-nullable-field":
            columns = [_altered(row)[0] for row in rows if _altered(row)[1:] == ["set", "not", "null"]]
            return bool(columns) and all(self._has_no_null(piece.table, column) for column in columns)
        if rule == "changing-column-type":
            changes = [row for row in rows if _new_type(row)]
            return bool(changes) and all(self._widens(piece.table, row) for row in changes)
        # A virtual column is computed when it is read; squawk 2.70 takes every generated one for a stored one.
        return rule == "adding-field-with-default" and "virtual" in piece.words and "stored" not in piece.words

    def _define(self, table: Name, row: Sequence[str]) -> None:
        if len(row) > 1 and row[0] not in _NO_COLUMN:
            self._types[table, row[0]] = _type(row[1:])
            self._not_null.discard((table, row[0]))
            if _says_not_null(row[1:]):
                self._not_null.add((table, row[0]))
        elif row[:1] == ["primary"] or row[2:3] == ["primary"]:
            self._not_null |= {(table, column) for column in _listed(row)}

    def _alter(self, table: Name, row: list[str]) -> None:
        if row[:1] == ["rename"]:
            self._forget(table)
            self._forget(row[-1])
        elif row[:2] == ["add", "constraint"]:
            self._prove(table, row[2], row[3:])
            self._define(table, row[1:])
        elif row[:2] == ["validate", "constraint"]:
            self._validated.add((table, row[-1]))
        elif row[:2] == ["drop", "constraint"]:
            named = [value for value in row[2:] if value not in {"if", "exists", "cascade", "restrict"}]
            self._proofs.pop((table, named[0]), None)
        elif row[:1] == ["add"]:
            column = row[2:] if row[1:2] == ["column"] else row[1:]
            self._define(table, column[3:] if column[:3] == ["if", "not", "exists"] else column)
        elif _new_type(row):
            self._types[table, _altered(row)[0]] = _new_type(row)
        elif _altered(row)[1:] == ["set", "not", "null"]:
            self._not_null.add((table, _altered(row)[0]))
        elif _altered(row)[1:] == ["drop", "not", "null"]:
            self._not_null.discard((table, _altered(row)[0]))

    def _forget(self, table: Name) -> None:
        """Know nothing of a table any more: it is another one, or has other names."""
        self._types = {of: kind for of, kind in self._types.items() if of[0] != table}
        self._not_null = {of for of in self._not_null if of[0] != table}
        self._proofs = {of: column for of, column in self._proofs.items() if of[0] != table}

    def _prove(self, table: Name, name: Name, what: Sequence[str]) -> None:
        rest = [value for value in what if value not in {"(", ")"}]
        if rest[:1] == ["check"] and rest[2:5] == ["is", "not", "null"] and rest[5:] in ([], ["not", "valid"]):
            self._proofs[table, name] = rest[1]
            self._validated.discard((table, name))
            if not rest[5:]:
                self._validated.add((table, name))

    def _has_no_null(self, table: Name, column: Name) -> bool:
        return (table, column) in self._not_null or any(
            of[0] == table and proven == column and of in self._validated for of, proven in self._proofs.items()
        )

    def _widens(self, table: Name, row: Sequence[str]) -> bool:
        return not {"using", "collate"} & set(row) and _wider(
            self._types.get((table, _altered(row)[0]), ""), _new_type(row)
        )


def _wider(before: str, after: str) -> bool:
    """Whether a change of type rewrites no row and checks none."""
    if before and _plain(before) == _plain(after):
        return True
    unlimited = {"text", "varchar", "charactervarying"}
    if after in unlimited:
        return before in unlimited or _TEXT.match(before) is not None
    old, new = _TEXT.match(before), _TEXT.match(after)
    if old and new:
        return old[1] is not None and int(new[1]) >= int(old[1])
    old, new = _NUMERIC.match(before), _NUMERIC.match(after)
    if old and new and new[1]:
        return old[1] is not None and int(new[1]) >= int(old[1]) and (new[2] or "0") == (old[2] or "0")
    return bool(old and new)


def _plain(kind: str) -> str:
    """Return the one name of a type that has several."""
    binary = _FLOAT.match(kind)
    if binary:
        return "real" if int(binary[1] or _DOUBLE) <= _SINGLE else "doubleprecision"
    return _ALIASES.get(kind, kind)


def _says_not_null(row: Sequence[str]) -> bool:
    """Whether a column's own words forbid NULL; what stands in brackets is a CHECK's or a default's."""
    depth, outer = 0, []
    for value in row:
        depth += (value == "(") - (value == ")")
        if not depth:
            outer.append(value)
    told = " ".join(outer)
    return (
        any(words in f" {told} " for words in (" not null ", " primary key ", " as identity ")) or "serial" in row[0]
    )


def _listed(row: Sequence[str]) -> list[str]:
    """Return the names in a row's first brackets."""
    if "(" not in row:  # PRIMARY KEY USING INDEX
        return []
    return [value for value in row[row.index("(") + 1 : row.index(")")] if value != ","]


def _type(values: Sequence[str]) -> str:
    found = []
    for value in values:
        if value in _TYPE_ENDS or value == "using":
            break
        found.append(value)
    return "".join(found)


def _new_type(action: Sequence[str]) -> str:
    """Return the type that a column is given, "" when that is not what is altered."""
    what = [value for value in _altered(action)[1:] if value not in {"set", "data"}]
    return _type(what[1:]) if what[:1] == ["type"] else ""


def _altered(action: Sequence[str]) -> list[str]:
    """Return what follows `alter [column]`: the column, and what is done to it; two empty texts for other actions."""
    if action[:1] != ["alter"]:
        return ["", ""]
    return list(action[2:] if action[1:2] == ["column"] else action[1:])


def _values(row: Sequence[Token]) -> list[str]:
    return [token.value for token in row]


def _inside(row: Sequence[Token]) -> Sequence[Token]:
    """Return what the first round brackets enclose."""
    opening = next((place for place, token in enumerate(row) if token.text == "(" and token.depth == 0), len(row))
    closing = next((place for place, token in enumerate(row) if token.text == ")" and token.depth == 0), len(row))
    return row[opening + 1 : closing]
