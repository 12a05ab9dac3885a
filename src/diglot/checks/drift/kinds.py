"""How a difference is called: the part of a finding's kind after `drift.`."""

from collections.abc import Collection, Mapping

from diglot.schema.catalog import ObjectId

_OF_KIND = {
    "column": {"inherited": "inheritance"},
    "table": {
        "inherits": "inheritance",
        "kind": "table-kind",
        "partition key": "partitioning",
        "partition of": "partitioning",
        "toast options": "options",
    },
    "type": {"labels": "enum-labels"},
}
_OTHERS = {"validated": "not-valid", "valid": "invalid", "enabled": "enabled"}
_OF_ANY = ("comment", "owner", "tablespace", "options", "clustered", "replica identity", "persistence", "statistics")
_ALONE = ("grant", "default privileges", "setting")

# A change of several facts at once is named after the first of these; the rest come in their own order.
_FIRST = ("type", "definition", "labels", "nullable", "validated", "default", "generated", "identity")


def stem(named: ObjectId, facts: Mapping[str, str]) -> str:
    """Return what an object is called in kinds: `foreign-key`, `enum`, `index`."""
    if named.kind == "constraint" or (named.kind == "type" and facts.get("kind") in ("enum", "domain")):
        return facts["kind"].replace(" ", "-")
    return named.kind.replace(" ", "-")


def kind_of_lone(named: ObjectId, facts: Mapping[str, str], *, missing: bool) -> str:
    """Return how an object is called that only one side has."""
    if named.kind in _ALONE:
        return stem(named, facts)
    if is_unproven_not_null(named, facts):
        return "not-null-not-valid"
    return f"{stem(named, facts)}-{'missing' if missing else 'extra'}"


def is_unproven_not_null(named: ObjectId, facts: Mapping[str, str]) -> bool:
    """Whether it is a NOT NULL (a constraint since Postgres 18) that nobody has held against the rows yet."""
    return named.kind == "constraint" and facts["kind"] == "not null" and facts.get("validated") == "no"


def kind_of_change(named: ObjectId, facts: Mapping[str, str], label: str, texts: Collection[str]) -> str:
    """Return how a changed fact is called. texts: the fact on both sides."""
    if named.kind == "column" and label == "default" and any("nextval(" in text for text in texts):
        return "sequence-default"
    if named.kind in _ALONE:
        return stem(named, facts)
    called = _OF_KIND.get(named.kind, {}).get(label) or (label if label in _OF_ANY else None)
    if called is None and named.kind in ("column", "table"):
        called = label
    return called.replace(" ", "-") if called else f"{stem(named, facts)}-{_OTHERS.get(label, 'changed')}"


def in_order(labels: Collection[str]) -> list[str]:
    """Return labels with the one first that a finding is named after."""
    return sorted(labels, key=lambda label: (_FIRST.index(label) if label in _FIRST else len(_FIRST), label))
