"""The file of accepted divergences: read it strictly, find an entry, say which entries are no longer right.

A divergence is a difference that somebody accepted, with a reason, until a date at the latest.
"""

import datetime as dt
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from diglot.errors.parity import (
    DivergenceInvalid,
    DivergenceKeyUnknown,
    DivergencesNotToml,
    DivergencesUnreadable,
    DivergenceTwice,
)
from diglot.parity.causes import registry
from diglot.parity.codec import JsonObject
from diglot.parity.difference import KINDS

DIRECTIONS = ("sqlite", "postgresql", "both")

CHECK = "diglot check "
"""What the `contract` of an entry begins with that a check shows, and no test: `diglot check drift`."""

_TABLE = "divergence"
_TEXTS = ("key", "direction", "contract", "reason")
_KEYS = (*_TEXTS, "expires")
_ALL = ":*"


@dataclass(frozen=True)
class Entry:
    """One accepted divergence.

    key, direction: as in the report; of a check, `drift.comment:*` stands for all of that kind.
    contract: one that shows it. expires: the last day on which it is accepted. place: where it stands, for messages.
    """

    key: str
    direction: str
    contract: str
    reason: str
    expires: dt.date | None = None
    place: str = ""

    @property
    def of_check(self) -> bool:
        """Whether a check shows it, and no test."""
        return self.contract.startswith(CHECK)

    def accepts(self, key: str, direction: str) -> bool:
        """Whether this entry accepts a finding."""
        if direction != self.direction:
            return False
        return key == self.key or (self.of_check and self.key.endswith(_ALL) and key.startswith(self.key[:-1]))


@dataclass(frozen=True)
class DivergenceProblem:
    """What is wrong with an entry; kind: unused, expired, no-reason or unknown."""

    kind: str
    key: str
    message: str

    def to_json(self) -> JsonObject:
        """Return the problem as JSON."""
        return {"kind": self.kind, "key": self.key, "message": self.message}


@dataclass(frozen=True)
class Accepted:
    """What the file says; without a file, nothing is accepted."""

    path: Path
    entries: tuple[Entry, ...] = ()

    @classmethod
    def read(cls, path: Path) -> "Accepted":
        """Read the file; one that is not there accepts nothing.

        Raises DivergencesUnreadable (DG321), DivergencesNotToml (DG322), DivergenceKeyUnknown (DG323),
        DivergenceInvalid (DG324), DivergenceTwice (DG325).
        """
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls(path)
        except OSError as error:
            raise DivergencesUnreadable(path=str(path), problem=error.strerror or str(error)) from error
        except UnicodeDecodeError as error:
            raise DivergencesUnreadable(path=str(path), problem=f"byte {error.start} is not UTF-8") from error
        return cls.parse(path, text)

    @classmethod
    def parse(cls, path: Path, text: str) -> "Accepted":
        """Read the file's text; raises what `read` raises of a file that is there."""
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise DivergencesNotToml(path=str(path), problem=str(error)) from error
        accepted = cls(path, tuple(_entries(str(path), document, text)))
        _refuse_twins(str(path), accepted.entries)
        return accepted

    def match(self, key: str, direction: str) -> Entry | None:
        """Return the entry that accepts a finding: both its key and its direction must be those."""
        return next((one for one in self.entries if one.accepts(key, direction)), None)

    def problems(
        self,
        *,
        seen: Collection[tuple[str, str]],
        compared: Collection[str],
        today: dt.date,
        everything: Collection[str] | None = None,
        of_checks: bool = False,
    ) -> list[DivergenceProblem]:
        """List what is wrong with the entries of tests, or with those of checks, in their order.

        seen: key and direction of every finding of this run. compared: ids of the contracts that ran on both
        dialects, or the checks that ran, as entries name them. everything: ids of all contracts, when this run
        collected all of them; else None.
        """
        ours = [one for one in self.entries if one.of_check is of_checks]
        found = [_judge(one, seen, compared, today, everything) for one in ours]
        return [problem for several in found for problem in several]

    def unused(
        self,
        *,
        seen: Collection[tuple[str, str]],
        compared: Collection[str],
        everything: Collection[str] | None = None,
    ) -> list[int]:
        """Return the indexes of the entries that no finding of this run needs; arguments as for `problems`."""
        return [index for index, one in enumerate(self.entries) if _unused(one, seen, compared, everything)]


def _judge(
    entry: Entry,
    seen: Collection[tuple[str, str]],
    compared: Collection[str],
    today: dt.date,
    everything: Collection[str] | None,
) -> list[DivergenceProblem]:
    told = {
        "unknown": _unknown(entry),
        "no-reason": "" if entry.reason.strip() else f"{entry.place} has no reason. Fix: say why this is accepted",
        "expired": _expired(entry, today),
        "unused": _unused(entry, seen, compared, everything),
    }
    if told["unknown"]:
        told["unused"] = ""
    return [DivergenceProblem(kind, entry.key, message) for kind, message in told.items() if message]


def _unknown(entry: Entry) -> str:
    if entry.of_check:
        return _unknown_check(entry)
    names = [*(one.name for one in registry.all_causes()), *KINDS]
    name = entry.key.partition(":")[0]
    if name in names:
        return ""
    near = get_close_matches(name, names, n=1)
    hint = f"write {near[0]!r}" if near else "copy the key from a report"
    return f"{entry.place} has the key {entry.key}, but there is no cause and no kind {name!r}. Fix: {hint}"


def _unknown_check(entry: Entry) -> str:
    check = entry.contract.removeprefix(CHECK).partition(" ")[0]
    name = entry.key.partition(".")[0]
    if name == check and ":" in entry.key:
        return ""
    return (
        f"{entry.place} has the key {entry.key}, but `{entry.contract}` finds nothing of that name. "
        f"Fix: copy key and contract from the check's answer, or let --update-divergences write them"
    )


def _expired(entry: Entry, today: dt.date) -> str:
    if entry.expires is None or today <= entry.expires:
        return ""
    days = (today - entry.expires).days
    since = "1 day" if days == 1 else f"{days} days"
    return f"{entry.place} expired on {entry.expires}, {since} ago. Fix: end the divergence, or accept it anew"


def _unused(
    entry: Entry, seen: Collection[tuple[str, str]], compared: Collection[str], everything: Collection[str] | None
) -> str:
    if any(entry.accepts(key, direction) for key, direction in seen):
        return ""
    if everything is not None and not entry.of_check and entry.contract not in everything:
        near = get_close_matches(entry.contract, sorted(everything), n=1)
        hint = f"write {near[0]}, if it is that one" if near else "remove the entry"
        return f"{entry.place} names the contract {entry.contract}, which does not exist. Fix: {hint}"
    if entry.contract not in compared:
        return ""
    others = sorted(direction for key, direction in seen if key == entry.key)
    if others:
        return (
            f"{entry.place} accepts the direction {entry.direction!r}, but it was seen in the direction "
            f"{others[0]!r}. Fix: correct the direction, if that is accepted as well"
        )
    if entry.of_check:
        ran = f"`{entry.contract}` ran, and did not find"
    else:
        ran = f"{entry.contract} ran on both dialects, and no contract showed"
    return f"{entry.place} is no longer seen: {ran} {entry.key}. Fix: remove the entry (--update-divergences does)"


# -- reading ---------------------------------------------------------------------------------------


def _entries(path: str, document: Mapping[str, Any], text: str) -> list[Entry]:
    for key in document:
        if key != _TABLE:
            raise DivergenceKeyUnknown(path=path, entry="at the top", key=key, valid=(_TABLE,))
    tables = document.get(_TABLE, [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise DivergenceInvalid(
            path=path,
            entry="at the top",
            key=_TABLE,
            found=_shown(tables),
            expected="it must be tables: [[divergence]]",
        )
    lines = _lines(text, len(tables))
    return [_entry(path, table, f"entry {index + 1}{lines[index]}") for index, table in enumerate(tables)]


def _entry(path: str, table: Mapping[str, Any], place: str) -> Entry:
    for key in table:
        if key not in _KEYS:
            raise DivergenceKeyUnknown(path=path, entry=place, key=key, valid=_KEYS)
    for key in _TEXTS:
        if not isinstance(table.get(key), str):
            found = _shown(table[key]) if key in table else "missing"
            raise DivergenceInvalid(path=path, entry=place, key=key, found=found, expected="it must be a text")
    for key in ("key", "contract"):
        if not table[key].strip():
            raise DivergenceInvalid(path=path, entry=place, key=key, found="''", expected="it must not be empty")
    if table["direction"] not in DIRECTIONS:
        expected = f"it must be one of {', '.join(DIRECTIONS)}"
        raise DivergenceInvalid(
            path=path, entry=place, key="direction", found=repr(table["direction"]), expected=expected
        )
    return Entry(
        key=table["key"],
        direction=table["direction"],
        contract=table["contract"],
        reason=table["reason"],
        expires=_date(path, table, place),
        place=f"{Path(path).name}, {place}",
    )


def _date(path: str, table: Mapping[str, Any], place: str) -> dt.date | None:
    value = table.get("expires")
    if value is None:
        return None
    if type(value) is not dt.date:
        expected = "it must be a TOML date, such as 2027-01-31 without quotes"
        raise DivergenceInvalid(path=path, entry=place, key="expires", found=_shown(value), expected=expected)
    return value


def _refuse_twins(path: str, entries: tuple[Entry, ...]) -> None:
    first: dict[tuple[str, str], Entry] = {}
    for one in entries:
        other = first.setdefault((one.key, one.direction), one)
        if other is not one:
            raise DivergenceTwice(
                path=path, key=one.key, direction=one.direction, first=_where(other), second=_where(one)
            )


def _where(entry: Entry) -> str:
    return entry.place.partition(", ")[2]


def _lines(text: str, count: int) -> list[str]:
    """Where each entry's header stands, as ` (line 3)`; nothing where the file is written in another way."""
    headers = [number for number, line in enumerate(text.split("\n"), 1) if is_header(line)]
    return [f" (line {number})" for number in headers] if len(headers) == count else [""] * count


def is_header(line: str) -> bool:
    """Say whether a line opens an entry."""
    return line.partition("#")[0].replace(" ", "").replace("\t", "").strip() == f"[[{_TABLE}]]"


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
