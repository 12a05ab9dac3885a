"""Find what has the same definition under another name, so that it is one finding and not two, or ten.

A name stands in other objects' texts as well: a renamed column in checks and indexes, a renamed sequence in defaults.
Those texts are no drift of their own.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from diglot.schema.catalog import Catalog, ObjectId

Facts = Mapping[str, str]

# What other texts name comes first: a constraint is the same one when its columns are.
_NAMED_BY_OTHERS = ("column", "type", "sequence")
_NAMED_BY_NOBODY = ("constraint", "index", "trigger", "policy", "rule", "statistics")

# A view keeps its own columns' names: `id` becomes `key AS id` when the table's column is renamed.
_NEEDLESS_ALIAS = re.compile(r"\b(\w+) AS \1\b")


@dataclass(frozen=True)
class Rename:
    """One object under two names. object: as the metadata names it. migrated: its name in the migrated schema."""

    object: ObjectId
    migrated: str

    @property
    def migrated_object(self) -> ObjectId:
        """The object as the migrated schema names it."""
        return replace(self.object, name=self.migrated)


def find_renames(declared: Catalog, migrated: Catalog) -> tuple[Rename, ...]:
    """Return the renamed objects; only what can be paired in exactly one way is."""
    found: list[Rename] = []
    for kinds in (_NAMED_BY_OTHERS, _NAMED_BY_NOBODY):
        texts = tuple(found)
        for kind in kinds:
            found += _of_kind(kind, declared, migrated, texts)
    return tuple(found)


def with_metadata_names(migrated: Catalog, declared: Catalog, renames: Sequence[Rename]) -> Catalog:
    """Return the migrated catalogue with the metadata's names.

    A text is rewritten only where that makes it the metadata's: it cannot hide a difference, nor make one.
    """
    names = {one.migrated_object: one.object for one in renames}
    objects: dict[ObjectId, Facts] = {}
    for old, facts in migrated.objects.items():
        named = names.get(old, old)
        meant = declared.objects.get(named, {})
        rewritten = {label: rewrite(text, named, renames) for label, text in facts.items()}
        objects[named] = {
            label: rewritten[label] if rewritten[label] == meant.get(label) else text for label, text in facts.items()
        }
    return Catalog(objects)


def rewrite(text: str, within: ObjectId, renames: Sequence[Rename]) -> str:
    """Return an object's text with the metadata's names in it.

    A column's name counts in its own table, and in what refers to that table (foreign keys, views).
    """
    for one in renames:
        if one.object.kind not in _NAMED_BY_OTHERS:
            continue
        table = one.object.table
        if one.object.kind == "column" and table != within.table and not re.search(rf"\b{re.escape(table)}\b", text):
            continue
        old, new = (name.rpartition(".")[2] for name in (one.migrated, one.object.name))
        text = _with_word(text, old, new)
    return text


def _with_word(text: str, old: str, new: str) -> str:
    text = re.sub(rf"(?<![\w$]){re.escape(old)}(?![\w$])", lambda _: new, text)
    return _NEEDLESS_ALIAS.sub(r"\1", text)


def _of_kind(kind: str, declared: Catalog, migrated: Catalog, texts: Sequence[Rename]) -> list[Rename]:
    missing = _by_table(kind, declared, migrated.objects)
    extra = _by_table(kind, migrated, declared.objects)
    found = []
    for table, ours in missing.items():
        theirs = extra.get(table, [])
        for one in ours:
            same = [other for other in theirs if _same(declared, one, migrated, other, texts)]
            back = [other for other in ours for twin in same if _same(declared, other, migrated, twin, texts)]
            if len(same) == 1 and len(back) == 1:
                found.append(Rename(one, same[0].name))
    return found


def _by_table(kind: str, catalog: Catalog, others: Collection[ObjectId]) -> dict[str, list[ObjectId]]:
    found: dict[str, list[ObjectId]] = defaultdict(list)
    for one in sorted(catalog.objects):
        if one.kind == kind and one not in others:
            found[one.table].append(one)
    return found


def _same(declared: Catalog, one: ObjectId, migrated: Catalog, other: ObjectId, texts: Sequence[Rename]) -> bool:
    facts, others = declared.objects[one], migrated.objects[other]
    if facts == others:
        return True
    return facts == {label: rewrite(text, one, texts) for label, text in others.items()}
