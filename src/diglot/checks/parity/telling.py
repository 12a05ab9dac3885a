"""Write a finding from what the sides say: who says what, and what to change where."""

from collections.abc import Callable, Mapping
from typing import Any

from diglot.checks.finding import Fact, Finding
from diglot.checks.parity.sides import BOTH, Side, Verdict

CHECK = "schema-parity"
ABSENT = "absent"
_NO_TABLE = "no such table"
_NAMES = {"sqlite": "SQLite", "postgresql": "Postgres"}
_MADE = {"sqlite": Side.SQLITE, "postgresql": Side.POSTGRESQL}
_DECLARED = {"sqlite": Side.DECLARED_SQLITE, "postgresql": Side.DECLARED_POSTGRESQL}
_IN_METADATA = {
    "index-predicate": "give the Index the same condition as sqlite_where and as postgresql_where",
    "index-missing": "give the Index to both dialects",
    "default": "let server_default give the same value on both, with a DDL event or a custom clause where it must",
    "generator": 'name the type for each dialect: BigInteger().with_variant(Integer, "sqlite") numbers rows on both',
    "unique-nulls": "do without postgresql_nulls_not_distinct, which SQLite has nothing for, or accept the difference",
}

_NOUNS = {
    "index-predicate": "its WHERE", "default": "its default", "generated": "its expression", "check": "its condition",
    "constraint-name": "its name", "index-name": "its name", "collation": "its collation",
    "index-collation": "its collation", "index-method": "its method", "index-operators": "its operator classes",
    "index-included": "its INCLUDE", "index-nulls-order": "its order of NULLs", "generated-storage": "its storage",
}  # fmt: skip

_NONE = {"default": "no default", "generated": "not computed", "index-predicate": "no condition"}

Show = Callable[[Any], str]


def finding(aspect: str, subject: str, values: Mapping[Side, Any], verdict: Verdict, show: Show = str) -> Finding:
    """Return the finding for what was judged; values: None for a side that has no such thing."""
    shown = {side: ABSENT if value is None else show(value) for side, value in values.items()}
    return Finding(
        kind=f"{CHECK}.{aspect}",
        subject=subject,
        facts=_facts({side: _NONE.get(aspect, text) if text == ABSENT else text for side, text in shown.items()}),
        fix=_fix(aspect, verdict, shown),
        direction=verdict.direction,
    )


def _facts(shown: Mapping[Side, str]) -> tuple[Fact, ...]:
    declared = [shown[side] for side in _DECLARED.values() if side in shown]
    facts: list[Fact] = []
    if len(set(declared)) == 1:
        facts.append(("metadata", declared[0]))
    elif declared:
        facts.append(("metadata", f"{declared[0]} for sqlite, {declared[1]} for postgresql"))
    facts += [(dialect, shown.get(side, _NO_TABLE)) for dialect, side in _MADE.items()]
    return tuple(facts)


def _fix(aspect: str, verdict: Verdict, shown: Mapping[Side, str]) -> str:
    if verdict.direction != BOTH:
        return _fix_one(aspect, verdict.direction, shown)
    made = [shown.get(side, ABSENT) for side in _MADE.values()]
    if verdict.as_declared:
        usual = "let the metadata say the same for both dialects, and migrate the one that changes"
        return _IN_METADATA.get(aspect, usual)
    if not any(side.is_declared for side in shown):
        return " or ".join(
            f"{_to(aspect, made[1 - at])} in a migration for {name}" for at, name in enumerate(_NAMES.values())
        )
    if ABSENT not in made:
        return "bring the metadata to what the databases have, or migrate both to what it says"
    if made == [ABSENT, ABSENT]:
        return "create it in a migration for SQLite and in one for Postgres, or take it out of the metadata"
    return "decide which is meant, and bring the metadata and the migrations of both dialects to it"


def _fix_one(aspect: str, dialect: str, shown: Mapping[Side, str]) -> str:
    wanted, found = shown[_DECLARED[dialect]], shown[_MADE[dialect]]
    other = next(name for key, name in _NAMES.items() if key != dialect)
    here = f"in a migration for {_NAMES[dialect]}"
    if wanted == ABSENT and aspect in _NOUNS:
        return f"drop {_NOUNS[aspect]} {here}"
    if wanted == ABSENT:
        return f"drop it {here}, or add it to the metadata and in a migration for {other}"
    if found == ABSENT and aspect not in _NOUNS:
        return f"create it {here}: {wanted}"
    return f"{_to(aspect, wanted)} {here}"


def _to(aspect: str, wanted: str) -> str:
    noun = _NOUNS.get(aspect, "it")
    return f"drop {noun}" if wanted == ABSENT else f"make {noun} {wanted}"
