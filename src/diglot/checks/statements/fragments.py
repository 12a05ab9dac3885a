"""Judge a text that is no statement: a condition, an expression, an order, a column's default.

It is put into the smallest statement that it could be a part of. The table is the one whose definition it stands in;
without one, each table that has the columns which it names.
"""

from collections.abc import Iterator

from diglot import sqltext
from diglot.checks.statements.found import Text
from diglot.checks.statements.judge import Judge, Verdict
from diglot.checks.statements.rendering import Parameter, Rendered
from diglot.checks.statements.server import SYNTAX, UNDEFINED_COLUMN, UNDEFINED_TABLE, Schema

SQLITE_FUNCTIONS = frozenset(
    {
        "changes", "char", "datetime", "glob", "group_concat", "hex", "ifnull", "iif", "instr", "json_extract",
        "json_group_array", "json_group_object", "json_insert", "json_patch", "json_quote", "json_remove",
        "json_replace", "json_set", "json_type", "json_valid", "julianday", "last_insert_rowid", "likelihood",
        "likely", "load_extension", "printf", "quote", "randomblob", "soundex", "sqlite_version", "strftime",
        "timediff", "total", "total_changes", "typeof", "unicode", "unistr", "unixepoch", "unlikely", "zeroblob",
    }
)  # fmt: skip
"""What SQLite has and Postgres, as far as it comes, has not under this name."""

_ELSEWHERE = frozenset({UNDEFINED_COLUMN, UNDEFINED_TABLE, "42P09", "42702"})
_PATTERNS = {
    "predicate": ("SELECT 1 FROM {table} WHERE ({text})", "SELECT 1 FROM {table} HAVING ({text})"),
    "ordering": ("SELECT 1 FROM {table} ORDER BY {text}", "SELECT 1 FROM {table} GROUP BY {text}"),
    "fragment": (
        "SELECT {text} FROM {table}",
        "SELECT 1 FROM {table} WHERE ({text})",
        "SELECT 1 FROM {table} ORDER BY {text}",
        "SELECT 1 FROM {text}",
    ),
}
_NO_TABLE = "(SELECT 1) AS diglot_nothing"
_MOST_TABLES = 12
_PROBE = "diglot_default"


def judge_fragment(judge: Judge, schema: Schema, text: Text, rendered: Rendered) -> Verdict:
    """Judge a text by its shape."""
    if text.shape in {"default", "literal"}:
        return _default(judge, schema, text, rendered)
    tables = _tables(schema, text)
    known = bool(text.column.table) and text.column.table in schema.columns
    refused: list[Verdict] = []
    for pattern in _PATTERNS[text.shape]:
        for table in tables:
            verdict = judge.statement(_within(pattern, table, rendered))
            if verdict.refusal is None:
                return verdict
            refused.append(verdict)
    return _of_refused(refused, known=known)


def _of_refused(refused: list[Verdict], *, known: bool) -> Verdict:
    """Choose what to tell of a text that no attempt was taken of; known: the table is certain."""
    parsed = [one for one in refused if one.refusal is not None and one.refusal.state != SYNTAX]
    if not parsed:
        return refused[0]
    telling = [one for one in parsed if one.refusal is not None and one.refusal.state not in _ELSEWHERE]
    if known or telling:
        return parsed[0] if known else telling[0]
    return Verdict(unjudged="the table that it belongs to is not known")


def unknown_functions(schema: Schema, sql: str) -> tuple[str, ...]:
    """Return the functions of SQLite in a text that this server does not have, wherever the text belongs."""
    return tuple(sorted((sqltext.functions(sql) & SQLITE_FUNCTIONS) - schema.functions - {"char"}))


def _tables(schema: Schema, text: Text) -> tuple[str, ...]:
    if text.column.table:
        return (text.column.table,) if text.column.table in schema.columns else (_NO_TABLE,)
    names = sqltext.words(text.sql) | {name.lower() for name in sqltext.quoted_names(text.sql)}
    fitting = {table: len(names & set(columns)) for table, columns in schema.columns.items()}
    best = sorted((table for table, count in fitting.items() if count), key=lambda table: (-fitting[table], table))
    return (*(best[:_MOST_TABLES]), _NO_TABLE)


def _within(pattern: str, table: str, rendered: Rendered) -> Rendered:
    quoted = table if table == _NO_TABLE else '"' + table.replace('"', '""') + '"'
    before, _, after = pattern.replace("{table}", quoted).partition("{text}")
    parts: list[str | Parameter] = [before, *rendered.parts, after]
    return Rendered(tuple(parts), rendered.problem)


def _default(judge: Judge, schema: Schema, text: Text, rendered: Rendered) -> Verdict:
    """Make a column with this default, in a transaction that is rolled back: only that says what may stand there."""
    kinds = list(_types(schema, text))
    if not kinds:
        if text.shape == "literal":
            return Verdict()
        return judge.statement(Rendered(("SELECT (", *rendered.parts, ")"), rendered.problem))
    written = rendered.numbered
    if text.shape == "literal":
        written = "'" + text.sql.replace("'", "''") + "'"
    judge.server.begin()
    try:
        created = f"CREATE TEMPORARY TABLE {_PROBE} (c {kinds[0]} DEFAULT {written})"
        refused = judge.server.attempt(created)
        if refused is None:
            refused = judge.server.attempt(f"INSERT INTO {_PROBE} DEFAULT VALUES") if text.shape == "literal" else None
        return Verdict(refused)
    finally:
        judge.server.rollback()


def _types(schema: Schema, text: Text) -> Iterator[str]:
    """Yield the column's type: what the source says of it, then what the database has."""
    if text.column.type:
        yield text.column.type
    found = schema.columns.get(text.column.table, {}).get(text.column.name)
    if found:
        yield found
