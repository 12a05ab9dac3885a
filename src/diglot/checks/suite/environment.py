"""Nothing in the servers changes what SQL means; with `--data`, the rows of a SQLite file fit.

With `--data FILE`, a SQLite file's rows are held against the migrated Postgres schema as well, before they move: what
Postgres would refuse, change silently, or has no place for. The file is read, never written.

Bad: a server whose databases are SQL_ASCII, which stores any bytes as text. Good: UTF8, as SQLite has.
"""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sqlalchemy import __version__ as sqlalchemy_version

from diglot.checks.data.audit import Audit
from diglot.checks.data.target import read_target
from diglot.checks.finding import Finding, Outcome
from diglot.checks.workbench import Workbench
from diglot.dialects import sqlite
from diglot.dialects.sqlite_facts import open_data_file, plain_pragmas

POSITION = 100

# What SQL means on a server that nobody has changed, by setting; others are told as facts.
_USUAL = {
    "standard_conforming_strings": ("on", "a backslash in a literal is an escape"),
    "bytea_output": ("hex", "bytes read as text look different"),
    "IntervalStyle": ("postgres", "intervals read as text look different"),
    "default_transaction_isolation": ("read committed", "transactions see, and fail on, other things"),
}
_TOLD = ("DateStyle", "TimeZone", "lc_monetary", "lc_numeric", "search_path")
_CODE_POINTS = frozenset({"C", "POSIX", "C.UTF-8", "C.UTF8", "PG_C_UTF8", "PG_UNICODE_FAST"})
_PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin", "d": "default"}
_DATABASE = "SELECT to_jsonb(d), pg_encoding_to_char(encoding) FROM pg_database d WHERE datname = current_database()"

_ACTUAL = "SELECT pg_database_collation_actual_version(oid) FROM pg_database WHERE datname = current_database()"
_COLLATION_VERSIONS = 150000  # the first server that says them


def run(bench: Workbench) -> Outcome:
    """Tell the facts, report those that disagree, and audit the file that `--data` names."""
    if bench.options.data is None:
        return _facts(bench)
    audited = _audit(bench, bench.options.data)
    facts = _facts(bench)
    return Outcome(
        (*facts.findings, *audited.findings),
        (*facts.looked_at, *audited.looked_at),
        (*facts.not_done, *audited.not_done),
    )


def _facts(bench: Workbench) -> Outcome:
    bench.tell("environment: reading the server's settings")
    with bench.empty_database() as url, bench.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(_DATABASE)
        database, encoding = cursor.fetchone()
        settings = {name: _setting(cursor, name) for name in (*_USUAL, *_TOLD)}
        cursor.execute("SELECT current_setting('server_version')")
        server = str(cursor.fetchone()[0])
        if connection.server_version >= _COLLATION_VERSIONS:
            cursor.execute(_ACTUAL)
            database["actual"] = cursor.fetchone()[0]
    collation = str(database.get("datlocale") or database.get("daticulocale") or database["datcollate"])
    provider = _PROVIDERS.get(str(database.get("datlocprovider", "c")), "libc")
    findings = [
        *of_text(encoding, collation, provider),
        *of_version(database.get("datcollversion"), database.get("actual")),
        *(one for name, value in settings.items() for one in _of_setting(name, value)),
    ]
    looked_at = (
        ("postgresql", server),
        ("encoding", encoding),
        ("collation", f"{collation} ({provider})"),
        ("ctype", str(database["datctype"])),
        *((name, value) for name, value in settings.items()),
        ("driver", _driver(bench.settings.driver)),
        ("SQLAlchemy", sqlalchemy_version),
        ("sqlite", sqlite.dialect().version),
        ("sqlite options", " ".join(sqlite.telling_options())),
        ("plain sqlite connection", " ".join(f"{name}={value}" for name, value in plain_pragmas().items())),
    )
    return Outcome(tuple(findings), looked_at)


def of_text(encoding: str, collation: str, provider: str) -> Iterator[Finding]:
    """Yield what is wrong with how a database keeps and sorts texts."""
    if encoding != "UTF8":
        yield Finding(
            "environment.encoding",
            "database encoding",
            (("postgresql", encoding), ("sqlite", "UTF-8")),
            "CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0, or initdb -E UTF8 for the whole server",
            direction="postgresql",
        )
    if provider != "builtin" and collation not in _CODE_POINTS:
        yield Finding(
            "environment.collation",
            "database collation",
            (("postgresql", f"{collation} ({provider})"), ("sqlite", "BINARY: in the order of the bytes")),
            'ORDER BY name COLLATE "C" where both must give one order, or a database with the locale C.UTF-8; '
            "if production sorts so, accept it",
            direction="postgresql",
        )


def of_version(built: str | None, actual: str | None) -> Iterator[Finding]:
    """Yield whether the library's collation is another one than indexes were built with: then they miss rows."""
    if built and actual and built != actual:
        yield Finding(
            "environment.collation-version",
            "database collation",
            (("indexes built with", built), ("library now", actual)),
            "REINDEX DATABASE, then ALTER DATABASE ... REFRESH COLLATION VERSION",
            direction="postgresql",
        )


def _of_setting(name: str, value: str) -> Iterator[Finding]:
    usual, meaning = _USUAL.get(name, ("", ""))
    if usual and value != usual:
        yield Finding(
            f"environment.{name.lower().replace('_', '-')}",
            f"setting {name}",
            (("this server", f"{value}: {meaning}"), ("a server as it comes", usual)),
            f"ALTER SYSTEM RESET {name}, or take it from the role or database that sets it; accept it if production "
            f"has the same",
            direction="postgresql",
        )


def _setting(cursor: Any, name: str) -> str:
    cursor.execute("SELECT current_setting(%s)", (name,))
    return str(cursor.fetchone()[0])


def _driver(name: str) -> str:
    for package in (name, f"{name}-binary"):
        try:
            return f"{name} {version(package)}"
        except PackageNotFoundError:
            continue
    return name


def _audit(bench: Workbench, path: Path) -> Outcome:
    """Open the file before any server is started: what is wrong with it is told at once."""
    with open_data_file(path) as file:
        bench.tell("data: migrating a database to compare with")
        with bench.connect(bench.migrated) as connection:
            target = read_target(connection)
        return Audit(file, target, bench.tell).run()
