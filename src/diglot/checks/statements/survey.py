"""One pass over everything: the sources, what is declared to be SQLite's, the traces; and what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from diglot.checks.finding import Finding, Outcome
from diglot.checks.statements.extract import Extracted, extract
from diglot.checks.statements.found import Column, Span, Text
from diglot.checks.statements.judge import Judge
from diglot.checks.statements.judging import Judging, created_tables
from diglot.checks.statements.modules import Project
from diglot.checks.statements.remarks import Remark, covering, read_remarks
from diglot.checks.statements.server import Server
from diglot.checks.statements.sources import Sources, is_test
from diglot.parity.traced import Traced
from diglot.settings import Settings

_MOST_TOLD = 40
_OPTION = "--traced"
_TOLD_EVERY = 50
_INSERTS = frozenset({"sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.postgresql.insert"})


@dataclass
class _Remarks:
    """The remarks of all files, and what became of each. needed: those that something refused stands under."""

    by_path: dict[str, tuple[Remark, ...]]
    needed: set[Remark] = field(default_factory=set)
    unsure: set[Remark] = field(default_factory=set)

    def over(self, *spans: Span) -> tuple[Remark, ...]:
        return covering(self.by_path, *spans)

    def findings(self) -> list[Finding]:
        """Tell the remarks without a reason, and those that nothing needs."""
        found: list[Finding] = []
        for remark in (one for path in sorted(self.by_path) for one in self.by_path[path]):
            subject = f"a remark in {remark.path}"
            if not remark.reason:
                told = (("remark", f"line {remark.line}: sqlite only"), ("reason", "none"))
                fix = "say why it never runs on Postgres: # diglot: sqlite only - reason"
                found.append(Finding("statements.sqlite-only-without-reason", subject, told, fix, site=remark.site))
            elif remark not in self.needed | self.unsure:
                told = (("remark", f"sqlite only - {remark.reason}"), ("postgresql", "it takes everything below it"))
                fix = "remove the remark"
                found.append(Finding("statements.sqlite-only-unneeded", subject, told, fix, site=remark.site))
        return found


def _silence(_text: str) -> None:
    """Tell nobody."""


class Survey:
    """Judges the texts of the sources and the statements of a trace on one migrated database."""

    def __init__(
        self, settings: Settings, sources: Sources, connection: Any, tell: Callable[[str], None] = _silence
    ) -> None:
        self._settings, self._sources = settings, sources
        self._tell = tell
        self._server = Server(connection)
        fills_in = settings.driver == "psycopg2"
        project = Project(sources.modules)
        self._found: Extracted = extract(project, sources.modules)
        self._texts = [*self._found.texts, *(_script(path, sql) for path, sql in sources.scripts)]
        created = created_tables(one for one in self._texts if not one.migration)
        self._judging = Judging(Judge(self._server, fills_in=fills_in), self._server.schema(), created)
        self._remarks = _Remarks({one.path: read_remarks(one.path, one.source) for one in sources.modules})
        imported = {name for one in sources.modules for name in one.imports.values()}
        self._chooses_insert = not imported.isdisjoint(_INSERTS)
        self._sqlite_only = 0

    def outcome(self, traced: Iterable[Traced] = ()) -> Outcome:
        """Return what came of it."""
        statements = list(traced)
        findings = [*self._broken(), *self._of_texts(), *self._of_traces(statements), *self._remarks.findings()]
        counts = self._judging.counts
        looked_at = (
            ("files", str(len(self._sources.modules) + len(self._sources.scripts))),
            ("texts found", str(len(self._texts) + len(self._found.unfolded))),
            ("statements traced", str(len(statements))),
            ("judged by Postgres", str(counts.judged)),
            ("types unknown", str(counts.untyped)),
            ("not for Postgres", str(self._sqlite_only)),
            ("cannot be folded", str(len(self._found.unfolded))),
        )
        unique = list({one.key: one for one in reversed(findings)}.values())
        return Outcome(tuple(reversed(unique)), looked_at, tuple(self._not_done()))

    # -- the parts -----------------------------------------------------------------------------

    def _broken(self) -> list[Finding]:
        kind, fix = "statements.unreadable", "correct the file: what it runs cannot be judged"
        return [
            Finding(kind, f"file {one.path}", (("python", one.problem),), fix, site=f"{one.path}:{one.line}")
            for one in self._sources.broken
        ]

    def _of_texts(self) -> list[Finding]:
        found: list[Finding] = []
        for number, text in enumerate(self._texts, start=1):
            if number % _TOLD_EVERY == 0:
                self._tell(f"statements: {number} of {len(self._texts)}, {text.site}")
            found += self._unless_declared(self._judging.text, text)
        for text in self._found.unfolded:
            found += self._unless_declared(self._judging.unfolded, text)
        return found

    def _unless_declared(self, judge: Callable[[Text], Finding | None], text: Text) -> list[Finding]:
        remarks = self._remarks.over(text.at, text.call)
        if text.sqlite_only:
            self._sqlite_only += 1
            self._remarks.unsure.update(remarks)
            return []
        finding = judge(text)
        if not remarks:
            return [] if finding is None else [finding]
        self._sqlite_only += 1
        if finding is not None:
            self._remarks.needed.add(remarks[0])
        elif text.holes:
            self._remarks.unsure.update(remarks)
        return []

    def _of_traces(self, statements: list[Traced]) -> list[Finding]:
        seen = {(text.sql, text.call.path) for text in self._found.texts if not text.sqlite_only}
        found: list[Finding] = []
        for number, one in enumerate(statements, start=1):
            if number % _TOLD_EVERY == 0:
                self._tell(f"statements: traced {number} of {len(statements)}")
            if one.file in self._sources.left_out or is_test(Path(one.file)):
                continue
            finding = self._of_trace(one)
            if finding is None or ((one.sql, one.file) in seen and self._is_told(finding, found)):
                continue
            if self._is_declared(one):
                self._sqlite_only += 1
            else:
                found.append(replace(finding, seen_with=_OPTION))
        return found

    def _of_trace(self, one: Traced) -> Finding | None:
        if one.problem and not (one.rendered and self._chooses_insert):
            return self._judging.uncompiled(one)
        return self._judging.traced(one)

    def _is_told(self, finding: Finding, found: list[Finding]) -> bool:
        return any(one.key == finding.key for one in found)

    def _is_declared(self, one: Traced) -> bool:
        """Whether the line that ran it, or the text that it ran, is declared to be SQLite's."""
        texts = [text for text in (*self._found.texts, *self._found.unfolded) if text.call.holds(one.file, one.line)]
        spans = [span for text in texts for span in (text.at, text.call)] or [Span(one.file, one.line, one.line)]
        remarks = self._remarks.over(*spans)
        self._remarks.needed.update(remarks[:1])
        return bool(remarks) or any(text.sqlite_only for text in texts)

    def _not_done(self) -> list[str]:
        holes: dict[tuple[str, str], list[str]] = {}  # of one call, which may be folded in several ways
        for one in self._found.unfolded:
            if not one.sqlite_only:
                holes.setdefault((one.site, one.sink), []).extend(one.holes)
        unfolded = [
            f"{site}: {sink} cannot be folded, unknown: {', '.join(dict.fromkeys(unknown))}"
            for (site, sink), unknown in holes.items()
        ]
        told = [*unfolded, *dict.fromkeys(self._judging.counts.unjudged)]
        rest = len(told) - _MOST_TOLD
        return [*told[:_MOST_TOLD], f"and {rest} more"] if rest > 0 else told


def _script(path: str, sql: str) -> Text:
    span = Span(path, 1, sql.count("\n") + 1)
    return Text(sql, "plain", "statement", "a script", span, span, Column(), migration=True)
