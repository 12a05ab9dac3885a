"""From texts and traces to findings: judge each one, and say what it is that Postgres does not take."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from diglot import sqltext
from diglot.checks.finding import Fact, Finding
from diglot.checks.statements.extract import SCRIPTS
from diglot.checks.statements.found import Text
from diglot.checks.statements.fragments import judge_fragment, unknown_functions
from diglot.checks.statements.hints import cause, foreign_placeholders, rewrite, shown
from diglot.checks.statements.judge import Judge, Verdict
from diglot.checks.statements.rendering import Rendered, render
from diglot.checks.statements.server import (
    SYNTAX,
    UNDEFINED_COLUMN,
    UNDEFINED_FUNCTION,
    UNDEFINED_TABLE,
    Refusal,
    Schema,
)
from diglot.parity.traced import Traced

_TYPES = frozenset({UNDEFINED_FUNCTION, "42804", "42846", "42P18", "42725", "42P08", "42P22"})
_KINDS = {
    SYNTAX: "syntax",
    UNDEFINED_COLUMN: "unknown-column",
    UNDEFINED_TABLE: "unknown-table",
    "42704": "unknown-object",
    "42803": "grouping",
    "2201W": "limit",
    "2201X": "limit",
}
_FIXES = {
    "placeholder": "name the parameter: text('... = :name') with {'name': value}, or a Core expression",
    "syntax": "write it so that both dialects take it, or as a Core expression, which is written for each",
    "unknown-function": "use a function that both dialects have, or a Core expression",
    "unknown-column": "correct the name, or migrate the column; a text stands in single quotes",
    "unknown-table": "correct the name, or migrate the table",
    "unknown-object": "use a type or collation that both dialects have",
    "types": "give both sides the same type: a literal or a parameter of the column's, or a CAST",
    "default": "write a default of the column's own type, such as server_default=sa.false()",
    "grouping": "group by every column that is selected, or put it into an aggregate",
    "limit": "leave LIMIT or OFFSET out when there is none",
    "refused": "write it so that both dialects take it",
}
_TRANSLATED = frozenset({"select", "insert", "update", "delete"})
_ABOUT_PLACEHOLDERS = frozenset({SYNTAX, UNDEFINED_FUNCTION, UNDEFINED_COLUMN, "42P02"})


@dataclass
class Counts:
    """How many texts became what."""

    judged: int = 0
    untyped: int = 0
    unjudged: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Asked:
    """What was asked about: as findings name it, its place, and how its parameters are written."""

    subject: str
    site: str
    style: str
    shape: str = "statement"

    def finding(self, kind: str, facts: tuple[Fact, ...], fix: str, sql: str) -> Finding:
        """Return a finding about it; what stays when lines move is the text, white space squeezed."""
        identity = (" ".join(sql.split()),)
        return Finding(f"statements.{kind}", self.subject, facts, fix, "postgresql", self.site, identity)


class Judging:
    """Judges everything on one server. created: tables that some text creates, by name, with its place."""

    def __init__(self, judge: Judge, schema: Schema, created: Mapping[str, str]) -> None:
        self._judge, self._schema, self._created = judge, schema, created
        self.counts = Counts()

    def text(self, text: Text) -> Finding | None:
        """Judge a text of the source."""
        rendered = render(text.sql, text.style, substitutes=text.substitutes)
        if text.sink.removesuffix("()") in SCRIPTS:
            return self._script(text)
        if rendered.problem:
            return self._unreadable(_Asked(text.subject, text.site, text.style), text.sql, rendered.problem)
        asked = _Asked(text.subject, text.site, text.style, text.shape)
        return self._finding(asked, rendered, self._verdict_of(text, rendered))

    def unfolded(self, text: Text) -> Finding | None:
        """Look only for a placeholder that nobody replaces: what is not known does not matter for that."""
        found = foreign_placeholders(text.sql, text.style)
        if "?" not in found or text.shape != "statement":
            return None
        self.counts.judged += 1
        return _placeholder(_Asked(text.subject, text.site, text.style), (("sql", text.sql.strip()),), found)

    def traced(self, one: Traced) -> Finding | None:
        """Judge a statement of a run on SQLite."""
        style = one.kind if one.kind in {"text", "driver", "cursor"} else "driver"
        asked = _Asked(f"{_sink(one)} in {one.file}", f"{one.file}:{one.line}", style)
        substitutes = one.kind != "cursor" or bool(one.types)
        reading = "driver" if one.kind == "text" else style
        rendered = render(one.rendered, reading, substitutes=substitutes).with_types(one.types)
        if rendered.problem:
            return self._unreadable(asked, one.rendered, rendered.problem)
        return self._finding(asked, rendered, self._judge.whole(rendered))

    def uncompiled(self, one: Traced) -> Finding:
        """Say that a construct has no form for Postgres."""
        facts = (("sql on SQLite", " ".join(one.sql.split())[:600]), ("SQLAlchemy for Postgres", one.problem))
        fix = (
            "choose the construct by the connection's dialect, such as insert() from sqlalchemy.dialects.postgresql "
            "(diglot causes upsert-generic-insert)"
            if "constraint_target" in one.problem
            else "use a construct that SQLAlchemy has for both dialects"
        )
        subject = f"a construct in {one.file}, {one.function}"
        return Finding("statements.cannot-compile", subject, facts, fix, "postgresql", f"{one.file}:{one.line}")

    # -- verdicts ------------------------------------------------------------------------------

    def _verdict_of(self, text: Text, rendered: Rendered) -> Verdict:
        if text.migration:
            return self._migration(text, rendered)
        if text.shape == "statement":
            return self._judge.whole(rendered)
        verdict = judge_fragment(self._judge, self._schema, text, rendered)
        if verdict.unjudged and (missing := unknown_functions(self._schema, text.sql)):
            return Verdict(_no_function(missing[0], rendered))
        return verdict

    def _migration(self, text: Text, rendered: Rendered) -> Verdict:
        """Judge what holds at any revision: that it parses, and that its functions are there."""
        if text.shape in {"default", "literal"} and text.column.type:
            return judge_fragment(self._judge, self._schema, text, rendered)
        if text.shape == "statement":
            verdict = self._judge.syntax(rendered)
            if verdict.refusal is not None:
                return verdict
        missing = unknown_functions(self._schema, text.sql)
        return Verdict(_no_function(missing[0], rendered)) if missing else Verdict()

    def _finding(self, asked: _Asked, rendered: Rendered, verdict: Verdict) -> Finding | None:
        self.counts.judged += 1
        self.counts.untyped += verdict.untyped
        if verdict.unjudged:
            self.counts.unjudged.append(f"{asked.site}: {verdict.unjudged}")
        refusal = verdict.refusal
        if refusal is None or self._is_made_later(asked.site, refusal):
            return None
        sql = rendered.shown()[0]
        facts = (("sql", shown(rendered, refusal)), ("postgresql", f"{refusal.message} ({refusal.state})"))
        foreign = foreign_placeholders(sql if asked.style != "text" else _unbound(rendered), asked.style)
        if foreign and refusal.state in _ABOUT_PLACEHOLDERS:
            return _placeholder(asked, facts, foreign)
        kind = _kind(refusal, asked.shape)
        fix = self._fix(kind, rendered, refusal, asked)
        return asked.finding(kind, facts, fix, sql)

    def _is_made_later(self, site: str, refusal: Refusal) -> bool:
        """Whether a table is missing that a text of the application itself creates."""
        if refusal.state != UNDEFINED_TABLE:
            return False
        place = next((place for name, place in self._created.items() if f'"{name}"' in refusal.message), "")
        if place:
            self.counts.unjudged.append(f"{site}: it needs a table that is created at {place}")
        return bool(place)

    def _fix(self, kind: str, rendered: Rendered, refusal: Refusal, asked: _Asked) -> str:
        sql = rendered.shown()[0]
        known = cause(sql, refusal)
        advice = f"{known.fix} (diglot causes {known.name})" if known is not None else _FIXES[kind]
        if asked.shape != "statement" or sqltext.verb(sql) not in _TRANSLATED:
            return advice
        types = tuple((one.name, one.type) for one in rendered.parameters)
        reading = "text" if asked.style == "text" else "driver"

        def accepts(other: str) -> bool:
            again = render(other, reading, substitutes=True).with_types(types)
            return len(again.split()) == 1 and self._judge.statement(again).refusal is None and not again.problem

        written = rewrite(sql, reading, accepts)
        return f"{advice}; for Postgres, write: {written}" if written else advice

    # -- what needs no server ------------------------------------------------------------------

    def _script(self, text: Text) -> Finding:
        self.counts.judged += 1
        facts = (
            ("sql", text.sql.strip()[:600]),
            ("postgresql", "no driver of Postgres has executescript() (AttributeError)"),
        )
        fix = "run the statements one by one, or a migration (diglot causes raw-cursor-api)"
        return _Asked(text.subject, text.site, text.style).finding("sqlite-api", facts, fix, text.sql)

    def _unreadable(self, asked: _Asked, sql: str, problem: str) -> Finding:
        self.counts.judged += 1
        reader = "SQLAlchemy" if asked.style == "text" else "the driver of Postgres"
        facts: tuple[Fact, ...] = (("sql", sql.strip()[:600]), (reader, problem))
        fix = "write %% for each % that stands for itself, or use text() (diglot causes percent-in-driver-sql)"
        if asked.style == "text":
            fix = "write \\: for each colon that stands for itself"
        return asked.finding("placeholder", facts, fix, sql)


def created_tables(texts: Iterator[Text]) -> dict[str, str]:
    """Return the tables that texts of the application create, with the place of each."""
    found: dict[str, str] = {}
    for text in texts:
        words = [token.value.lower() for token in sqltext.tokens(text.sql)]
        for index, word in enumerate(words):
            if word == "table" and "create" in words[max(index - 3, 0) : index]:
                rest = [one for one in words[index + 1 : index + 5] if one not in {"if", "not", "exists"}]
                if rest:
                    found.setdefault(rest[0], text.site)
    return found


def _sink(one: Traced) -> str:
    names = {"text": "text()", "driver": "exec_driver_sql()", "cursor": "execute()", "ddl": "DDL"}
    return names.get(one.kind, "a statement")


def _no_function(name: str, rendered: Rendered) -> Refusal:
    position = rendered.numbered.lower().find(name) + 1
    return Refusal(UNDEFINED_FUNCTION, f"function {name} does not exist", rendered.numbered, position)


def _unbound(rendered: Rendered) -> str:
    """Return what `text()` leaves for the server to read: without the parameters that it replaces."""
    return "".join(part if isinstance(part, str) else "NULL" for part in rendered.parts)


def _kind(refusal: Refusal, shape: str) -> str:
    if shape in {"default", "literal"}:
        return "default"
    if refusal.state == UNDEFINED_FUNCTION and refusal.message.startswith("function "):
        return "unknown-function"
    if refusal.state in _TYPES or refusal.state.startswith("22P") or refusal.state in {"22007", "22008"}:
        return "types"
    return _KINDS.get(refusal.state, "refused")


def _placeholder(asked: _Asked, facts: tuple[Fact, ...], foreign: tuple[str, ...]) -> Finding:
    reader = {
        "text": "text() replaces :name",
        "driver": "the driver of Postgres replaces %s and %(name)s",
        "cursor": "the driver of Postgres replaces %s and %(name)s",
    }.get(asked.style, "nobody replaces parameters here")
    listed = ", ".join(dict.fromkeys(foreign))
    told = (*facts, ("placeholders", f"{listed}; {reader}"))
    fix = f"{_FIXES['placeholder']} (diglot causes {_placeholder_cause(foreign, asked.style)})"
    return asked.finding("placeholder", told, fix, facts[0][1])


def _placeholder_cause(foreign: tuple[str, ...], style: str) -> str:
    if "?" in foreign:
        return "qmark-in-text" if style == "text" else "qmark-placeholder"
    return "named-raw-cursor"
