"""Squawk's rules about locks and downtime, each with what to write instead, in Alembic's words.

Squawk has many more: of style (`prefer-*`, `require-enum-value-ordering`), of names and privileges, of time limits
that a server may set as well. They are no locks, and a rule that is not listed here is never reported, so that a
newer squawk finds nothing that an older one would not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SYNTAX = "syntax-error"


@dataclass(frozen=True)
class Rule:
    """One rule of squawk's.

    fix: what to write instead. locks: whether what it warns of is a lock, which a time limit keeps short; else it is
    an error, or harm to programs that still run. always: whether it also holds for a table that the same revision
    creates. includes: rules that squawk reports of the same statement, and that say less.
    """

    name: str
    fix: str
    locks: bool = True
    always: bool = False
    includes: tuple[str, ...] = ()


_NOT_VALID = (
    "add the constraint with postgresql_not_valid=True, and ALTER TABLE ... VALIDATE CONSTRAINT in a revision "
    "of its own: that one lets others read and write"
)
_USED_STILL = "programs of the last release still run while it is migrated"

_RULES = (
    # The index is built while nobody can write.
    Rule(
        "require-concurrent-index-creation",
        "op.create_index(..., postgresql_concurrently=True) inside `with op.get_context().autocommit_block():`",
    ),
    # Everybody waits until all who use the table have ended.
    Rule(
        "require-concurrent-index-deletion",
        "op.drop_index(..., postgresql_concurrently=True) inside `with op.get_context().autocommit_block():`",
    ),
    Rule("require-concurrent-reindex", "REINDEX ... CONCURRENTLY inside `with op.get_context().autocommit_block():`"),
    Rule(
        "require-concurrent-partition-detach",
        "DETACH PARTITION ... CONCURRENTLY inside `with op.get_context().autocommit_block():`",
    ),
    # The whole table is read under a lock that keeps writers out.
    Rule("constraint-missing-not-valid", _NOT_VALID),
    Rule("adding-foreign-key-constraint", _NOT_VALID, includes=("constraint-missing-not-valid",)),
    Rule(
        "disallowed-unique-constraint",
        "create a unique index with postgresql_concurrently=True, then ADD CONSTRAINT ... UNIQUE USING INDEX",
        includes=("constraint-missing-not-valid",),
    ),
    Rule(
        "adding-serial-primary-key-field",
        "create a unique index with postgresql_concurrently=True, then ADD CONSTRAINT ... PRIMARY KEY USING INDEX",
        includes=("constraint-missing-not-valid",),
    ),
    Rule(
        "adding-not-nullable-field",
        "first ADD CONSTRAINT ... CHECK (column IS NOT NULL) NOT VALID, then VALIDATE CONSTRAINT in a revision of its "
        "own, then SET NOT NULL, which then reads nothing, and drop the CHECK",
    ),
    Rule("ban-alter-domain-with-add-constraint", "a CHECK on each column, added NOT VALID and validated later"),
    # The whole table is written again under a lock that keeps everybody out.
    Rule(
        "changing-column-type",
        "add a column of the new type, fill it in batches, switch over, drop the old one; a change that only widens "
        "a text rewrites nothing and can be accepted",
    ),
    Rule(
        "adding-field-with-default",
        "add the column without it, fill the rows in batches, then set the default; a constant or now() as "
        "server_default rewrites nothing",
    ),
    Rule("prefer-repack", "pg_repack, outside of migrations"),
    # It fails on a table that has rows.
    Rule(
        "adding-required-field",
        "add the column as nullable or with a constant server_default, fill the rows, then make it NOT NULL",
        locks=False,
    ),
    # It fails on any table.
    Rule(
        "ban-concurrent-index-creation-in-transaction",
        "put it inside `with op.get_context().autocommit_block():`, alone: Postgres refuses it in a transaction",
        locks=False,
        always=True,
    ),
    # Programs of the last release fail until they are replaced.
    Rule(
        "renaming-column",
        f"add a column, write both, read the new one, and drop the old one in a later release: {_USED_STILL}",
        locks=False,
    ),
    Rule(
        "renaming-table",
        f"leave a view of the old name behind until no program uses it: {_USED_STILL}",
        locks=False,
    ),
    Rule("ban-drop-column", f"stop using the column in one release, drop it in the next: {_USED_STILL}", locks=False),
    Rule("ban-drop-table", f"stop using the table in one release, drop it in the next: {_USED_STILL}", locks=False),
)

RULES: Mapping[str, Rule] = {rule.name: rule for rule in _RULES}


def telling(names: Iterable[str]) -> list[Rule]:
    """Return the rules of these names that are about locks, without those that another one includes."""
    found = [RULES[name] for name in dict.fromkeys(names) if name in RULES]
    included = {name for rule in found for name in rule.includes}
    return [rule for rule in found if rule.name not in included]
