"""Read `[tool.diglot]` of `pyproject.toml`, strictly: an unknown key or a wrong value is an error that names it."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diglot.errors.settings import (
    InvalidSetting,
    SettingsMissing,
    SettingsUnreadable,
    UnknownDialect,
    UnknownIsolation,
    UnknownParity,
    UnknownSetting,
)

DIALECTS = ("sqlite", "postgresql")
ISOLATIONS = ("rewind", "clone")
DEFAULT_TIMEZONE = "Pacific/Chatham"

DIALECT_ALIASES = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "pg": "postgresql",
}
PARITIES = ("strict", "report", "off")
_KEYS = (
    "app", "metadata", "dialects", "isolation", "postgres", "parity", "divergences", "sqlite", "postgresql", "checks",
)  # fmt: skip
_SQLITE_KEYS = ("migrations",)
_POSTGRES_KEYS = ("migrations", "driver", "timezone")
_MIGRATION_KINDS = ("alembic", "scripts", "call")
_CHECKS_KEYS = ("sources", "seed", "step_timeout_s")
_DRIVERS = ("psycopg2", "psycopg")


@dataclass(frozen=True)
class MigrationSource:
    """How one dialect's schema is made.

    kind: `alembic` (target is the ini file), `scripts` (a folder of `*.sql`, run in the order of
    their names) or `call` (`module:function`, called with an Engine).
    watch: further files and folders that the schema depends on; they enter the template's digest.
    before: `module:function`, called with an Engine on an empty database, for what a chain of Alembic's begins on.
    """

    kind: str
    target: str
    watch: tuple[Path, ...] = ()
    before: str | None = None


@dataclass(frozen=True)
class ChecksSettings:
    """What `[tool.diglot.checks]` says.

    sources: files and folders whose SQL is checked, relative to the root; empty: the packages of `app` and `metadata`.
    seed: `module:function`, called with an open Connection and a revision's id after that revision was applied, for
    rows that cannot be made from the schema alone. step_timeout_s: seconds that one migration may take.
    """

    sources: tuple[str, ...] = ()
    seed: str | None = None
    step_timeout_s: float = 60.0


@dataclass(frozen=True)
class Settings:
    """The project's own facts, as `pyproject.toml` states them.

    root: the folder of `pyproject.toml`; relative paths are relative to it.
    postgres: which server, in the words of `--postgres`.
    divergences: the file of accepted divergences, relative to `root`.
    migrations: by dialect name; a dialect without an entry cannot be provisioned.
    """

    root: Path
    app: str | None = None
    metadata: str | None = None
    dialects: tuple[str, ...] = DIALECTS
    isolation: str = "rewind"
    postgres: str = "auto"
    parity: str = "report"
    divergences: str = "divergences.toml"
    driver: str = "psycopg2"
    timezone: str = DEFAULT_TIMEZONE
    checks: ChecksSettings = ChecksSettings()
    migrations: Mapping[str, MigrationSource] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The file that holds the settings."""
        return self.root / "pyproject.toml"

    def migration_source(self, dialect: str) -> MigrationSource:
        """Return how `dialect`'s schema is made; raises SettingsMissing (DG104) when nobody said."""
        try:
            return self.migrations[dialect]
        except KeyError:
            raise SettingsMissing(path=str(self.path), key=f"[tool.diglot.{dialect}] migrations") from None


def load(root: Path) -> Settings | None:
    """Return the settings in `root/pyproject.toml`, or None when it has no `[tool.diglot]`.

    Raises SettingsUnreadable (DG101), UnknownSetting (DG102), InvalidSetting (DG103).
    """
    path = root / "pyproject.toml"
    if not path.is_file():
        return None
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsUnreadable(path=str(path), problem=str(error)) from error
    table = document.get("tool", {}).get("diglot")
    return None if table is None else _parse(root, table)


def dialect_name(name: str, *, said_in: str) -> str:
    """Return the one spelling of a dialect's name; raises UnknownDialect (DG105)."""
    try:
        return DIALECT_ALIASES[name.strip().lower()]
    except KeyError:
        raise UnknownDialect(name=name, said_in=said_in) from None


def isolation_name(name: str, *, said_in: str) -> str:
    """Return `name` when there is such an isolation; raises UnknownIsolation (DG106)."""
    if name not in ISOLATIONS:
        raise UnknownIsolation(name=name, said_in=said_in, valid=ISOLATIONS)
    return name


def parity_name(name: str, *, said_in: str) -> str:
    """Return `name` when there is such a mode of parity; raises UnknownParity (DG111)."""
    if name not in PARITIES:
        raise UnknownParity(name=name, said_in=said_in, valid=PARITIES)
    return name


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return dialects in their usual order, each once."""
    wanted = set(names)
    return tuple(name for name in DIALECTS if name in wanted)


def _parse(root: Path, table: Mapping[str, Any]) -> Settings:
    _check_keys("tool.diglot", table, _KEYS)
    sqlite = _table(table, "sqlite", _SQLITE_KEYS)
    postgresql = _table(table, "postgresql", _POSTGRES_KEYS)
    dialects = table.get("dialects", list(DIALECTS))
    if not isinstance(dialects, list) or not dialects or not all(isinstance(name, str) for name in dialects):
        raise InvalidSetting(
            table="tool.diglot", key="dialects", value=dialects, expected="it must be a list of dialect names"
        )
    said_in = "[tool.diglot] dialects"
    return Settings(
        root=root,
        app=_text("tool.diglot", table, "app"),
        metadata=_text("tool.diglot", table, "metadata"),
        dialects=in_order(dialect_name(name, said_in=said_in) for name in dialects),
        isolation=isolation_name(
            _text("tool.diglot", table, "isolation") or "rewind", said_in="[tool.diglot] isolation"
        ),
        postgres=_text("tool.diglot", table, "postgres") or "auto",
        parity=parity_name(_text("tool.diglot", table, "parity") or "report", said_in="[tool.diglot] parity"),
        divergences=_text("tool.diglot", table, "divergences") or "divergences.toml",
        driver=_driver(postgresql),
        timezone=_text("tool.diglot.postgresql", postgresql, "timezone") or DEFAULT_TIMEZONE,
        checks=_checks(root, _table(table, "checks", _CHECKS_KEYS)),
        migrations={
            name: _migrations(root, f"tool.diglot.{name}", part["migrations"])
            for name, part in (("sqlite", sqlite), ("postgresql", postgresql))
            if "migrations" in part
        },
    )


def _check_keys(table: str, found: Mapping[str, Any], valid: Sequence[str]) -> None:
    for key in found:
        if key not in valid:
            raise UnknownSetting(table=table, key=key, valid=valid)


def _table(parent: Mapping[str, Any], key: str, valid: Sequence[str]) -> Mapping[str, Any]:
    found = parent.get(key, {})
    if not isinstance(found, dict):
        raise InvalidSetting(table="tool.diglot", key=key, value=found, expected="it must be a table")
    _check_keys(f"tool.diglot.{key}", found, valid)
    return found


def _text(table: str, found: Mapping[str, Any], key: str) -> str | None:
    value = found.get(key)
    if value is not None and (not isinstance(value, str) or not value):
        raise InvalidSetting(table=table, key=key, value=value, expected="it must be a text that is not empty")
    return value


def _driver(found: Mapping[str, Any]) -> str:
    driver = _text("tool.diglot.postgresql", found, "driver") or "psycopg2"
    if driver not in _DRIVERS:
        raise InvalidSetting(
            table="tool.diglot.postgresql",
            key="driver",
            value=driver,
            expected=f"it must be one of {', '.join(_DRIVERS)}",
        )
    return driver


def _checks(root: Path, found: Mapping[str, Any]) -> ChecksSettings:
    table = "tool.diglot.checks"
    sources = found.get("sources", [])
    if not isinstance(sources, list) or not all(isinstance(entry, str) and entry for entry in sources):
        raise InvalidSetting(table=table, key="sources", value=sources, expected="it must be a list of paths")
    missing = [root / entry for entry in sources if not (root / entry).exists()]
    if missing:
        raise InvalidSetting(table=table, key="sources", value=sources, expected=f"{missing[0]} does not exist")
    limit = found.get("step_timeout_s", ChecksSettings.step_timeout_s)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not limit > 0:
        raise InvalidSetting(table=table, key="step_timeout_s", value=limit, expected="it must be seconds, above 0")
    return ChecksSettings(tuple(sources), _text(table, found, "seed"), float(limit))


def _migrations(root: Path, table: str, value: object) -> MigrationSource:
    expected = 'it must be { alembic = "ini file" }, { scripts = "folder" } or { call = "module:function" }'
    if not isinstance(value, dict):
        raise InvalidSetting(table=table, key="migrations", value=value, expected=expected)
    _check_keys(f"{table}.migrations", value, (*_MIGRATION_KINDS, "watch", "before"))
    kinds = [kind for kind in _MIGRATION_KINDS if kind in value]
    if len(kinds) != 1 or not isinstance(value[kinds[0]], str):
        raise InvalidSetting(table=table, key="migrations", value=value, expected=expected)
    watch = value.get("watch", [])
    if not isinstance(watch, list) or not all(isinstance(entry, str) for entry in watch):
        raise InvalidSetting(table=table, key="migrations", value=value, expected="`watch` must be a list of paths")
    before = _text(f"{table}.migrations", value, "before")
    if before is not None and kinds != ["alembic"]:
        raise InvalidSetting(table=table, key="migrations", value=value, expected="`before` goes with `alembic` alone")
    source = MigrationSource(kinds[0], value[kinds[0]], tuple(root / entry for entry in watch), before)
    _check_exists(root, table, source)
    return source


def _check_exists(root: Path, table: str, source: MigrationSource) -> None:
    missing = [path for path in source.watch if not path.exists()]
    if source.kind != "call" and not (root / source.target).exists():
        missing.append(root / source.target)
    if missing:
        raise InvalidSetting(
            table=table, key="migrations", value=source.target, expected=f"{missing[0]} does not exist"
        )
