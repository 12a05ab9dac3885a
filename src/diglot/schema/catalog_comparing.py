"""Compare two catalogues, object by object and fact by fact."""

from collections.abc import Mapping
from dataclasses import dataclass

from diglot.schema.catalog_objects import Catalog, ObjectId


@dataclass(frozen=True)
class Change:
    """One fact that is not the same.

    fact: its label; "" when the whole object is there on one side only, and `before` or `after` sums it up.
    before, after: the fact's text; None where it is not there.
    """

    object: ObjectId
    fact: str
    before: str | None
    after: str | None


def compare_catalogs(before: Catalog, after: Catalog) -> tuple[Change, ...]:
    """List what is not the same, in the order of objects and labels."""
    changes: list[Change] = []
    olds, news = _unshared(before, after), _unshared(after, before)
    for named in sorted(olds.keys() | news.keys()):
        old, new = olds.get(named), news.get(named)
        if old is None or new is None:
            changes.append(Change(named, "", _summary(old), _summary(new)))
        elif old is not new and old != new:
            labels = sorted(old.keys() | new.keys())
            pairs = ((label, old.get(label), new.get(label)) for label in labels)
            changes += [Change(named, label, was, is_now) for label, was, is_now in pairs if was != is_now]
    return tuple(changes)


def _unshared(catalog: Catalog, other: Catalog) -> Mapping[ObjectId, Mapping[str, str]]:
    """Return the objects but those of the groups that both have: looking at each would take longer than reading."""
    if not catalog.groups or not other.groups:
        return catalog.objects
    shared = {id(group) for group in other.groups}
    found: dict[ObjectId, Mapping[str, str]] = {}
    for group in catalog.groups:
        if id(group) not in shared:
            found.update(group)
    return found


def _summary(facts: Mapping[str, str] | None) -> str | None:
    """Return an object in one text: its definition when Postgres can write one, else its facts."""
    if facts is None:
        return None
    return facts.get("definition") or ", ".join(f"{label} {text}" for label, text in facts.items()) or "there"
