"""Which idioms of SQLite a parser refuses, and which a migrated Postgres does, text by text.

The idioms are those of `tests/diglot/checks/idioms.py`. The parser is sqlglot's, told that the text is Postgres's; a
text that it refuses counts as found. Then the statements that both dialects take: whatever is found there is a false
alarm.
"""

import logging
import sys
from contextlib import closing
from pathlib import Path

import sqlglot
from sqlglot.errors import SqlglotError

from diglot.checks.statements.judging import Judging
from diglot.choice import Choice
from diglot.provision.postgres import open_bare_postgres
from diglot.settings import Settings

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "diglot" / "checks"))

from asked_postgres import judging, kind_of, migrated, text_of, traced_of  # noqa: E402 - the path is set above
from idioms import PORTABLE, REJECTED, SILENT, Idiom  # noqa: E402


def main() -> None:
    """Print the table, what each finds, and the false alarms."""
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    server = open_bare_postgres(Settings(root=ROOT), Choice(("postgresql",), "embedded", "rewind"), "bench")
    with closing(server), migrated(server) as connection:
        judge = judging(connection)
        print(row("idiom", "sqlglot", "diglot", "text"))
        found = [(parser_refuses(one.sql), judged(judge, one)) for one in REJECTED]
        for one, (refused, kind) in zip(REJECTED, found, strict=True):
            print(row(one.name, "found" if refused else "-", kind or "-", " ".join(one.sql.split())))
        print()
        by_parser, by_server = sum(one for one, _ in found), sum(bool(kind) for _, kind in found)
        print(f"refused by Postgres: {len(REJECTED)}; found by sqlglot {by_parser}, by diglot {by_server}")
        silent = sum(bool(judged(judge, one)) for one in SILENT)
        print(f"taken with another meaning: {len(SILENT)}; found by diglot {silent} (two runs tell, not one text)")
        false = [sum(alarm(one) for one in PORTABLE) for alarm in (parser_refuses, lambda sql: alarmed(judge, sql))]
        print(f"taken by both: {len(PORTABLE)}; false alarms of sqlglot {false[0]}, of diglot {false[1]}")


def parser_refuses(sql: str) -> bool:
    """Say whether the parser takes the text for something else than Postgres's SQL."""
    try:
        sqlglot.parse(sql, read="postgres")
    except SqlglotError:
        return True
    return False


def judged(judge: Judging, one: Idiom) -> str:
    """Return the kind of finding, or ""; with the parameters' types where a run would tell them."""
    if one.types:
        as_sent = one.sql.replace(":p", "%(p)s") if one.style == "text" else one.sql
        return kind_of(judge.traced(traced_of(one.sql, one.types, one.style, as_sent)))
    return kind_of(judge.text(text_of(one.sql, one.style)))


def alarmed(judge: Judging, sql: str) -> bool:
    """Say whether a text that both dialects take is a finding."""
    return judge.text(text_of(sql)) is not None


def row(name: str, parser: str, kind: str, text: str) -> str:
    """Return one line of the table."""
    return f"{name:<26}{parser:<9}{kind:<18}{text[:70]}"


if __name__ == "__main__":
    main()
