"""One contract in the report: its runs, and the findings, each as plain JSON holds it."""

from dataclasses import dataclass, field

from diglot.parity.codec import JsonObject, encode_failure, encode_site
from diglot.parity.trace import Failure, Site
from diglot.parity.verdict import DISAGREEING
from diglot.report.members import Members


@dataclass(frozen=True)
class Acceptance:
    """That somebody accepted a finding; reason: why; expires: a date as `2027-01-31`, or None."""

    reason: str
    expires: str | None = None

    def to_json(self) -> JsonObject:
        """Return the acceptance as JSON."""
        return {"reason": self.reason, "expires": self.expires}

    @classmethod
    def from_json(cls, found: Members) -> "Acceptance":
        """Read what `to_json` wrote."""
        return cls(found.text("reason"), found.optional_text("expires"))


@dataclass(frozen=True)
class Finding:
    """One difference, with its cause, as a report shows it.

    key: cause (or kind) and digest; stays when lines move and values change.
    summary: one sentence: what differs. between: the two majors. row: from 0.
    sqlite_value, postgresql_value, sqlite, postgresql: encoded values and events, cut to what can be shown.
    follows: it is a consequence of the finding before it.
    """

    key: str
    kind: str
    direction: str
    cause: str
    summary: str
    fix: str
    site: Site | None
    between: tuple[str, str]
    column: str = ""
    path: str = ""
    row: int = 0
    sqlite_value: JsonObject | None = None
    postgresql_value: JsonObject | None = None
    sqlite: JsonObject | None = None
    postgresql: JsonObject | None = None
    follows: bool = False
    accepted: Acceptance | None = None

    def to_json(self) -> JsonObject:
        """Return the finding as JSON."""
        return {
            "key": self.key,
            "kind": self.kind,
            "direction": self.direction,
            "cause": self.cause,
            "summary": self.summary,
            "fix": self.fix,
            "site": None if self.site is None else encode_site(self.site),
            "between": list(self.between),
            "column": self.column,
            "path": self.path,
            "row": self.row,
            "values": {"sqlite": self.sqlite_value, "postgresql": self.postgresql_value},
            "sqlite": self.sqlite,
            "postgresql": self.postgresql,
            "follows": self.follows,
            "accepted": None if self.accepted is None else self.accepted.to_json(),
        }

    @classmethod
    def from_json(cls, found: Members) -> "Finding":
        """Read what `to_json` wrote."""
        values = found.one("values", lambda inner: (inner.json("sqlite"), inner.json("postgresql")))
        return cls(
            key=found.text("key"),
            kind=found.text("kind"),
            direction=found.text("direction"),
            cause=found.text("cause"),
            summary=found.text("summary"),
            fix=found.text("fix"),
            site=found.perhaps("site", read_site),
            between=found.pair("between"),
            column=found.text("column"),
            path=found.text("path"),
            row=found.integer("row"),
            sqlite_value=values[0],
            postgresql_value=values[1],
            sqlite=found.json("sqlite"),
            postgresql=found.json("postgresql"),
            follows=found.boolean("follows"),
            accepted=found.perhaps("accepted", Acceptance.from_json),
        )


@dataclass(frozen=True)
class Run:
    """One run of a contract: a half without what the contract says already.

    trace: encoded; there only while the run has no partner with which it was compared.
    """

    major: str
    dialect: str
    version: str
    outcome: str
    phase: str = "call"
    duration_s: float = 0.0
    statements: int = 0
    failure: Failure | None = None
    site: Site | None = None
    reason: str = ""
    trace: JsonObject | None = field(default=None, repr=False)

    def to_json(self) -> JsonObject:
        """Return the run as JSON."""
        return {
            "major": self.major,
            "dialect": self.dialect,
            "version": self.version,
            "outcome": self.outcome,
            "phase": self.phase,
            "duration_s": self.duration_s,
            "statements": self.statements,
            "failure": encode_failure(self.failure),
            "site": None if self.site is None else encode_site(self.site),
            "reason": self.reason,
            "trace": self.trace,
        }

    @classmethod
    def from_json(cls, found: Members) -> "Run":
        """Read what `to_json` wrote."""
        return cls(
            major=found.text("major"),
            dialect=found.text("dialect"),
            version=found.text("version"),
            outcome=found.text("outcome"),
            phase=found.text("phase"),
            duration_s=found.number("duration_s"),
            statements=found.integer("statements"),
            failure=found.perhaps("failure", _read_failure),
            site=found.perhaps("site", read_site),
            reason=found.text("reason"),
            trace=found.json("trace"),
        )


@dataclass(frozen=True)
class Contract:
    """One test, whatever it ran on.

    id: the test's id without its dialect. verdict: of the worst pair when there are several majors.
    findings: in the order in which they happened; the first is the root.
    """

    id: str
    file: str
    line: int
    verdict: str
    halves: tuple[Run, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def disagrees(self) -> bool:
        """Whether the dialects disagree here and nobody declared it with a marker."""
        return self.verdict in DISAGREEING

    @property
    def roots(self) -> tuple[Finding, ...]:
        """The findings that are not consequences of another."""
        return tuple(one for one in self.findings if not one.follows)

    @property
    def fails(self) -> bool:
        """Whether the test fails anywhere: no entry of `divergences.toml` makes it pass, only a marker does."""
        return any(one.outcome in {"failed", "error"} for one in self.halves)

    @property
    def accepted(self) -> bool:
        """Whether all that disagrees here is accepted; a consequence is accepted with its root."""
        return self.disagrees and not self.fails and bool(self.roots) and all(one.accepted for one in self.roots)

    def half(self, dialect: str) -> Run | None:
        """Return the run on a dialect, the worst when there are several majors, or None."""
        runs = [one for one in self.halves if one.dialect == dialect]
        return min(runs, key=lambda one: _BADNESS.get(one.outcome, 9), default=None)

    def to_json(self) -> JsonObject:
        """Return the contract as JSON."""
        return {
            "id": self.id,
            "file": self.file,
            "line": self.line,
            "verdict": self.verdict,
            "halves": [one.to_json() for one in self.halves],
            "findings": [one.to_json() for one in self.findings],
        }

    @classmethod
    def from_json(cls, found: "Members | JsonObject") -> "Contract":
        """Read what `to_json` wrote; raises Misshapen when it is something else."""
        members = found if isinstance(found, Members) else Members(found)
        return cls(
            id=members.text("id"),
            file=members.text("file"),
            line=members.integer("line"),
            verdict=members.text("verdict"),
            halves=members.many("halves", Run.from_json),
            findings=members.many("findings", Finding.from_json),
        )


_BADNESS = {
    outcome: rank for rank, outcome in enumerate(("error", "failed", "xpassed", "passed", "xfailed", "skipped"))
}


def read_site(found: Members) -> Site:
    """Read a line of the application."""
    return Site(found.text("file"), found.integer("line"), found.text("function"))


def _read_failure(found: Members) -> Failure:
    return Failure(found.text("name"), found.text("message"), found.text("driver"), found.text("code"))
