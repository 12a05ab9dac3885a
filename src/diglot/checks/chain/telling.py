"""How the checks of the chain put changes of a catalogue and losses of rows into findings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from diglot.migrate.chain import Revision
from diglot.schema.catalog import Change, ObjectId

NOT_THERE = "not there"

# A column that comes back is the last one: Postgres has no way to put it where it was.
_UNAVOIDABLE = ("position",)


@dataclass(frozen=True)
class Differing:
    """An object that is not as it was. before, after: what is different about it, or that it is not there."""

    object: ObjectId
    before: str
    after: str
    facts: tuple[str, ...]


def differing(changes: Sequence[Change]) -> list[Differing]:
    """Join the changes of one object, and leave out those that come with their table."""
    whole = {change.object.name for change in changes if change.object.kind == "table" and not change.fact}
    by_object: dict[ObjectId, list[Change]] = {}
    for change in changes:
        if change.fact not in _UNAVOIDABLE and change.object.table not in whole and not _is_owned(change, whole):
            by_object.setdefault(change.object, []).append(change)
    return [
        Differing(named, _side(some, "before"), _side(some, "after"), tuple(one.fact for one in some))
        for named, some in by_object.items()
    ]


def named(revision: Revision) -> str:
    """Return how a finding's subject names a revision."""
    return f"revision {revision.id} ({revision.title})" if revision.title else f"revision {revision.id}"


def plural(number: int, noun: str) -> str:
    """Return `1 row`, `2 rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _side(changes: Sequence[Change], side: str) -> str:
    texts = [(change.fact, getattr(change, side)) for change in changes]
    if any(not fact and text is None for fact, text in texts):
        return NOT_THERE
    return ", ".join(f"{fact} {text or 'none'}".strip() for fact, text in texts)


def _is_owned(change: Change, tables: Collection[str]) -> bool:
    """A sequence that a column owns, of a table that is there on one side only."""
    if change.object.kind not in ("sequence", "grant") or change.fact:
        return False
    told = change.before or change.after or ""
    return any(f"owned by {table}." in told for table in tables)
