"""Compare the constraints of one table: keys, uniques, checks, foreign keys, exclusions."""

from collections.abc import Mapping
from typing import Any

from diglot.checks.finding import Finding
from diglot.checks.parity.comparison import Comparison
from diglot.checks.parity.matching import grouped
from diglot.checks.parity.sides import Side
from diglot.schema.expressions import mentioned
from diglot.schema.logical import Check, ForeignKey, PrimaryKey, Unique


def compare_constraints(comparison: Comparison, uniques: Mapping[Side, tuple[Unique, ...]]) -> None:
    """Compare all of them; uniques: of each side, with the unique indexes that are no more than constraints."""
    _compare_primary_key(comparison)
    _compare_uniques(comparison, uniques)
    _compare_checks(comparison)
    _compare_foreign_keys(comparison)
    _compare_exclusions(comparison)


def _compare_name(comparison: Comparison, thing: str, group: Mapping[Side, Any]) -> None:
    names = {side: one.name for side, one in group.items()}
    comparison.compare("constraint-name", thing, names)


def _called(group: Mapping[Side, Any], otherwise: str) -> str:
    """Return how messages name a constraint: by the first name that a side gives it."""
    name = next((one.name for one in group.values() if one.name), None)
    return f"constraint {name}" if name else otherwise


def _compare_primary_key(comparison: Comparison) -> None:
    keys = {side: table.primary_key for side, table in comparison.tables.items()}

    def equal(one: PrimaryKey | None, other: PrimaryKey | None) -> bool:
        return (one.columns if one else None) == (other.columns if other else None)

    shown = comparison.compare("primary-key", "primary key", keys, equal, show=lambda key: ", ".join(key.columns))
    if shown:
        _compare_name(comparison, "primary key", {side: key for side, key in keys.items() if key})


def _compare_uniques(comparison: Comparison, uniques: Mapping[Side, tuple[Unique, ...]]) -> None:
    for group in grouped(uniques, [lambda one: frozenset(one.columns), lambda one: one.name]):
        listed = ", ".join(next(iter(group.values())).columns)
        thing = _called(group, f"UNIQUE ({listed})")
        if not comparison.exists("unique-missing", thing, group, show=_shown_unique):
            continue
        comparison.compare("unique", thing, {s: frozenset(one.columns) for s, one in group.items()}, show=_sorted)
        comparison.compare("unique-nulls", thing, {s: one.nulls_not_distinct for s, one in group.items()}, show=_nulls)
        comparison.compare("unique-deferrable", thing, {s: one.deferrable for s, one in group.items()}, show=_deferred)
        comparison.compare("unique-form", thing, {s: one.index for s, one in group.items()})
        _compare_name(comparison, thing, group)


def _shown_unique(unique: Unique) -> str:
    return f"UNIQUE ({', '.join(unique.columns)})"


def _sorted(columns: frozenset[str]) -> str:
    return f"UNIQUE ({', '.join(sorted(columns))})"


def _nulls(not_distinct: bool) -> str:
    return "NULLS NOT DISTINCT" if not_distinct else "NULLS DISTINCT"


def _deferred(deferrable: bool) -> str:
    return "DEFERRABLE" if deferrable else "NOT DEFERRABLE"


def _compare_checks(comparison: Comparison) -> None:
    reading = comparison.reading
    checks = {side: table.checks for side, table in comparison.tables.items()}
    keys = [
        lambda one: (comparison.form(one.expression, reading), one.name),
        lambda one: comparison.form(one.expression, reading),
        lambda one: one.name,
        lambda one: mentioned(one.expression, reading) if one.name is None else None,
    ]
    for group in grouped(checks, keys):
        first: Check = next(iter(group.values()))
        thing = _called(group, f"CHECK ({first.expression})")
        if not comparison.exists("check-missing", thing, group, aspect="check", show=_shown_check):
            continue
        equal = comparison.same_expression(reading)
        comparison.compare("check", thing, {s: one.expression for s, one in group.items()}, equal)
        comparison.compare("check-state", thing, {s: one.state for s, one in group.items()}, show=_state)
        _compare_name(comparison, thing, group)


def _shown_check(check: Check) -> str:
    return f"CHECK ({check.expression})"


def _state(state: str) -> str:
    return state or "enforced"


def _compare_foreign_keys(comparison: Comparison) -> None:
    keys = {side: table.foreign_keys for side, table in comparison.tables.items()}
    for group in grouped(keys, [_target, lambda one: frozenset(one.columns), lambda one: one.name]):
        first: ForeignKey = next(iter(group.values()))
        thing = _called(group, f"FOREIGN KEY ({', '.join(first.columns)})")
        if not comparison.exists("foreign-key-missing", thing, group, show=_shown_key):
            continue
        comparison.compare(
            "foreign-key", thing, dict(group), lambda one, other: _target(one) == _target(other), show=_shown_key
        )
        comparison.compare("foreign-key-action", thing, {s: _actions(one) for s, one in group.items()})
        comparison.compare("foreign-key-deferrable", thing, {s: _when(one) for s, one in group.items()})
        comparison.compare("foreign-key-state", thing, {s: one.state for s, one in group.items()}, show=_state)
        _compare_name(comparison, thing, group)


def _target(key: ForeignKey) -> tuple[str, frozenset[tuple[str, str]]]:
    """Return what it refers to: the table, and which column is which, in any order."""
    return key.table, frozenset(zip(key.columns, key.referred, strict=False))


def _shown_key(key: ForeignKey) -> str:
    return f"FOREIGN KEY ({', '.join(key.columns)}) REFERENCES {key.table} ({', '.join(key.referred)})"


def _actions(key: ForeignKey) -> str:
    return f"ON DELETE {key.on_delete or 'NO ACTION'} ON UPDATE {key.on_update or 'NO ACTION'}"


def _when(key: ForeignKey) -> str:
    if not key.deferrable:
        return "NOT DEFERRABLE"
    return f"DEFERRABLE INITIALLY {'DEFERRED' if key.initially_deferred else 'IMMEDIATE'}"


def _compare_exclusions(comparison: Comparison) -> None:
    """Report every EXCLUDE: SQLite has nothing for it, whatever the metadata says."""
    server = comparison.tables.get(Side.POSTGRESQL) if Side.SQLITE in comparison.tables else None
    for name, definition in server.exclusions if server is not None else ():
        comparison.findings.append(
            Finding(
                kind="schema-parity.exclusion",
                subject=comparison.subject(f"constraint {name}"),
                facts=(("sqlite", "has nothing like it"), ("postgresql", definition)),
                fix="keep the rows apart in the application too, or accept the difference in divergences.toml",
                direction="postgresql",
            )
        )
