"""From two catalogues to findings: one for each object, and none for what only follows from another."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from diglot.checks.drift.fixes import fix_change, fix_extra, fix_missing, fix_order, fix_rename
from diglot.checks.drift.kinds import in_order, kind_of_change, kind_of_lone
from diglot.checks.drift.renames import Rename, find_renames, with_metadata_names
from diglot.checks.finding import Fact, Finding
from diglot.schema.catalog import Catalog, Change, ObjectId, compare_catalogs

METADATA, MIGRATED = "metadata", "migrated"

_ABSENT = "not there"
_PARENTS = ("table", "view", "sequence")
_OF_SEQUENCES = ("type", "default", "identity")
_GIVEN_BY_COLUMN = ("type", "minimum", "maximum", "owned by")
_GIVEN_BY_TABLE = ("owner", "persistence")
_CAST = re.compile(
    r"::(?:\w+\.)?(?:\"[^\"]+\"|\w+(?: varying| precision| with(?:out)? time zone)?)(?:\([\d,]+\))?(?:\[\])*"
)


def judge(declared: Catalog, migrated: Catalog) -> tuple[Finding, ...]:
    """List the differences, in the order of their objects.

    declared: what the metadata's `create_all` makes. migrated: what the revisions make.
    """
    renames = find_renames(declared, migrated)
    found = [_renamed(one) for one in renames]
    named = with_metadata_names(migrated, declared, renames)
    judged = _Judge(declared, named)
    found += judged.findings()
    return tuple(sorted(found, key=lambda one: (one.subject, one.kind)))


class _Judge:
    """Two catalogues under the same names."""

    def __init__(self, declared: Catalog, migrated: Catalog) -> None:
        self._sides = (declared, migrated)
        changes = compare_catalogs(declared, migrated)
        self._lone = {one.object: one for one in changes if not one.fact}
        self._changed = [one for one in changes if one.fact]
        columns = [one for one in self._changed if one.object.kind == "column"]
        self._retyped = {one.object.table for one in columns if one.fact == "type"}
        tables = [one for one in self._changed if one.object.kind == "table"]
        self._given_by_table = {(one.object.name, one.fact) for one in tables if one.fact in _GIVEN_BY_TABLE}
        self._refilled = {_owner_name(one.object) for one in columns if one.fact in _OF_SEQUENCES}

    def findings(self) -> Iterator[Finding]:
        """Yield one finding for each object."""
        for named in self._lone:
            if not self._goes_with_another(named):
                yield self._of_lone(named)
        told = [one for one in self._changed if one.fact != "position" and not self._follows(one)]
        for named, changes in groupby(told, key=lambda one: one.object):
            yield self._of_changes(named, list(changes))
        tables = {one.object.table for one in self._changed if one.fact == "position"}
        yield from self._of_orders(sorted(tables))

    def _of_lone(self, named: ObjectId) -> Finding:
        missing = named in self._sides[0].objects
        facts = self._sides[0 if missing else 1].objects[named]
        there, absent = (METADATA, MIGRATED) if missing else (MIGRATED, METADATA)
        told = {there: self._described(named, missing=missing), absent: _ABSENT}
        return Finding(
            kind=f"drift.{kind_of_lone(named, facts, missing=missing)}",
            subject=str(named),
            facts=((METADATA, told[METADATA]), (MIGRATED, told[MIGRATED])),
            fix=fix_missing(named, facts) if missing else fix_extra(named, facts),
        )

    def _of_changes(self, named: ObjectId, changes: Sequence[Change]) -> Finding:
        by_label = {one.fact: one for one in changes}
        labels = in_order(by_label)
        main = by_label[labels[0]]
        texts = [text for text in (main.before, main.after) if text is not None]
        return Finding(
            kind=f"drift.{kind_of_change(named, self._sides[0].objects[named], main.fact, texts)}",
            subject=str(named),
            facts=(
                (METADATA, ", ".join(_said(label, by_label[label].before) for label in labels)),
                (MIGRATED, ", ".join(_said(label, by_label[label].after) for label in labels)),
            ),
            fix=fix_change(named, main.fact, main.before, main.after),
        )

    def _of_orders(self, tables: Iterable[str]) -> Iterator[Finding]:
        for table in tables:
            ours, theirs = (_columns(side, table) for side in self._sides)
            both = set(ours) & set(theirs)
            ours, theirs = ([name for name in names if name in both] for names in (ours, theirs))
            if ours != theirs:
                yield Finding(
                    kind="drift.column-order",
                    subject=f"table {table}",
                    facts=_moved(ours, theirs),
                    fix=fix_order(),
                )

    def _goes_with_another(self, named: ObjectId) -> bool:
        """Whether an object is there, or not there, because what it belongs to is, or is not."""
        if any(ObjectId(kind, named.table) in self._lone for kind in _PARENTS):
            return True
        if named.kind == "grant":
            return any(named.name.endswith(f" on {one}") for one in self._lone if one.kind != "grant")
        return (
            named.kind == "sequence"
            and self._owner(named) in {_owner_name(one) for one in self._lone} | self._refilled
        )

    def _follows(self, change: Change) -> bool:
        """Whether a change only follows from a column's other type, which is a finding of its own."""
        named = change.object
        if named.kind == "sequence":
            owner = self._owner(named)
            given = change.fact in _GIVEN_BY_COLUMN and owner in self._refilled
            return given or (owner.rpartition(".")[0], change.fact) in self._given_by_table
        if named.kind == "column" or named.table not in self._retyped:
            return False
        return _without_casts(change.before) == _without_casts(change.after)

    def _owner(self, sequence: ObjectId) -> str:
        """Return the column that owns a sequence: `table.column`."""
        facts = [side.objects[sequence] for side in self._sides if sequence in side.objects]
        return facts[0].get("owned by", "").removeprefix("identity of ")

    def _described(self, named: ObjectId, *, missing: bool) -> str:
        side = self._sides[0 if missing else 1]
        facts = side.objects[named]
        if named.kind == "table":
            return f"columns {', '.join(_columns(side, named.name))}"
        if "definition" in facts:
            return facts["definition"]
        told = [_said(label, text) for label, text in facts.items() if label != "position"]
        return ", ".join(told) or "there"


def _renamed(rename: Rename) -> Finding:
    return Finding(
        kind="drift.renamed",
        subject=str(rename.object),
        facts=((METADATA, rename.object.name), (MIGRATED, rename.migrated)),
        fix=fix_rename(rename.object, rename.migrated),
    )


def _owner_name(column: ObjectId) -> str:
    return f"{column.table}.{column.name}"


def _columns(side: Catalog, table: str) -> list[str]:
    """Return the names of a table's columns in their order."""
    found = [
        (int(facts["position"]), one.name)
        for one, facts in side.objects.items()
        if one.kind == "column" and one.table == table
    ]
    return [name for _, name in sorted(found)]


def _moved(ours: Sequence[str], theirs: Sequence[str]) -> tuple[Fact, Fact]:
    """Return the part of two orders that is not the same."""
    same = [one == other for one, other in zip(ours, theirs, strict=True)]
    start, end = same.index(False), len(same) - same[::-1].index(False)
    return (METADATA, f"columns {', '.join(ours[start:end])}"), (MIGRATED, f"columns {', '.join(theirs[start:end])}")


def _said(label: str, text: str | None) -> str:
    if text is None:
        return f"no {label}"
    return text if label in ("definition", "privileges") else f"{label} {text}"


def _without_casts(text: str | None) -> str:
    return re.sub(r"[\s()]", "", _CAST.sub("", text or ""))
