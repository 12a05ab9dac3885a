"""The report: what a run, or several merged ones, says about all contracts."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from diglot.errors.parity import ReportMalformed
from diglot.parity.causes.registry import cause_named
from diglot.parity.codec import JsonObject
from diglot.parity.divergences import DivergenceProblem
from diglot.parity.verdict import VERDICTS
from diglot.parity.writing import write_whole
from diglot.report.contract import Acceptance, Contract, Finding, Run
from diglot.report.findings import contract_of, finding_of
from diglot.report.members import Members, Misshapen
from diglot.report.storage import SCHEMA, SCHEMA_VERSION, read_document
from diglot.version import VERSION

__all__ = [
    "OUTCOMES",
    "Acceptance",
    "CausePage",
    "Contract",
    "DialectRun",
    "Finding",
    "Report",
    "Run",
    "RunFacts",
    "contract_of",
    "finding_of",
]

OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
"""What a test can end with."""


@dataclass(frozen=True)
class DialectRun:
    """One dialect, of one major version, and how the contracts ended on it.

    version: as the server says it; several, with commas, when merged jobs had different ones.
    driver: the module of the driver, or "" when unknown. counts: by outcome; build fills them in.
    """

    name: str
    version: str
    driver: str = ""
    counts: tuple[int, ...] = (0,) * len(OUTCOMES)

    @property
    def major(self) -> str:
        """The dialect with its major version, as `postgresql 18`."""
        return f"{self.name} {self.version.partition('.')[0]}"

    def count(self, outcome: str) -> int:
        """Return how many contracts ended so."""
        return self.counts[OUTCOMES.index(outcome)]

    def to_json(self) -> JsonObject:
        """Return the dialect as JSON."""
        return {
            "name": self.name,
            "version": self.version,
            "major": self.major,
            "driver": self.driver,
            "counts": dict(zip(OUTCOMES, self.counts, strict=True)),
        }

    @classmethod
    def from_json(cls, found: Members) -> "DialectRun":
        """Read what `to_json` wrote."""
        counts = found.integers("counts")
        return cls(
            name=found.text("name"),
            version=found.text("version"),
            driver=found.text("driver"),
            counts=tuple(counts.get(name, 0) for name in OUTCOMES),
        )


@dataclass(frozen=True)
class CausePage:
    """What a report says about a cause that it names; page: Markdown."""

    title: str
    fix: str
    page: str

    def to_json(self) -> JsonObject:
        """Return the page as JSON."""
        return {"title": self.title, "fix": self.fix, "page": self.page}

    @classmethod
    def from_json(cls, found: Members) -> "CausePage":
        """Read what `to_json` wrote."""
        return cls(found.text("title"), found.text("fix"), found.text("page"))


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run beside its contracts.

    root_name: of the folder that holds pyproject.toml. parity: strict, report or off.
    merged_from: the names of the files, when several reports were merged. created: an instant as
    `2026-11-24T09:00:00Z`; now when empty.
    """

    root_name: str
    parity: str
    duration_s: float = 0.0
    merged_from: tuple[str, ...] = ()
    created: str = ""


@dataclass(frozen=True)
class Report:
    """The whole document; contracts are sorted by id, problems are those of `divergences_file`.

    green: nothing failed and, where parity is strict, nothing disagrees that is not accepted.
    """

    run: RunFacts
    green: bool
    dialects: tuple[DialectRun, ...]
    contracts: tuple[Contract, ...]
    causes: dict[str, CausePage]
    divergences_file: str = ""
    problems: tuple[DivergenceProblem, ...] = ()
    diglot: str = VERSION

    @classmethod
    def build(
        cls,
        *,
        run: RunFacts,
        dialects: Iterable[DialectRun],
        contracts: Iterable[Contract],
        divergences_file: str = "",
        problems: Iterable[DivergenceProblem] = (),
    ) -> "Report":
        """Put a report together: sort, count, look up the causes, and say whether it is green."""
        ordered = tuple(sorted(contracts, key=lambda one: one.id))
        troubles = tuple(problems)
        failed = any(one.fails for one in ordered)
        objected = run.parity == "strict" and (bool(troubles) or any(unaccepted(ordered)))
        created = run.created or dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return cls(
            run=RunFacts(run.root_name, run.parity, run.duration_s, run.merged_from, created),
            green=not failed and not objected,
            dialects=tuple(_counted(one, ordered) for one in dialects),
            contracts=ordered,
            causes=_causes(ordered),
            divergences_file=divergences_file,
            problems=troubles,
        )

    @property
    def verdicts(self) -> dict[str, int]:
        """How many contracts have each verdict, the worst verdict first."""
        counts = Counter(one.verdict for one in self.contracts)
        return {name: counts[name] for name in VERDICTS}

    @property
    def disagreements(self) -> tuple[Contract, ...]:
        """The contracts on which the dialects disagree, accepted or not, the worst first."""
        found = (one for one in self.contracts if one.disagrees)
        return tuple(sorted(found, key=lambda one: VERDICTS.index(one.verdict)))

    @property
    def accepted_keys(self) -> frozenset[tuple[str, str]]:
        """Key and direction of every finding that is accepted."""
        found = (one for contract in self.contracts for one in contract.findings)
        return frozenset((one.key, one.direction) for one in found if one.accepted)

    def to_json(self) -> JsonObject:
        """Return the document: an object whose members have the types of the published schema."""
        return {
            "schema": SCHEMA,
            "version": SCHEMA_VERSION,
            "diglot": self.diglot,
            "created": self.run.created,
            "run": {
                "root_name": self.run.root_name,
                "parity": self.run.parity,
                "duration_s": self.run.duration_s,
                "green": self.green,
                "merged_from": list(self.run.merged_from),
            },
            "dialects": [one.to_json() for one in self.dialects],
            "verdicts": self.verdicts,
            "contracts": [one.to_json() for one in self.contracts],
            "divergences": {
                "file": self.divergences_file,
                "accepted": len(self.accepted_keys),
                "problems": [one.to_json() for one in self.problems],
            },
            "causes": {name: one.to_json() for name, one in self.causes.items()},
        }

    @classmethod
    def from_json(cls, found: Members) -> "Report":
        """Read what `to_json` wrote; raises Misshapen when it is something else."""
        created = found.text("created")
        divergences = found.one("divergences", lambda inner: (inner.text("file"), inner.many("problems", _problem)))
        run, green = found.one("run", lambda inner: (_run_facts(inner, created), inner.boolean("green")))
        return cls(
            run=run,
            green=green,
            dialects=found.many("dialects", DialectRun.from_json),
            contracts=found.many("contracts", Contract.from_json),
            causes=found.named("causes", CausePage.from_json),
            divergences_file=divergences[0],
            problems=divergences[1],
            diglot=found.text("diglot"),
        )

    @classmethod
    def read(cls, path: Path) -> "Report":
        """Read a report's file.

        Raises ReportMissing (DG301), ReportUnreadable (DG302), ReportTruncated (DG303), ReportNotJson (DG304),
        ReportForeign (DG305), ReportVersionUnknown (DG306), ReportMalformed (DG307).
        """
        document = read_document(path)
        try:
            return cls.from_json(Members(document))
        except Misshapen as problem:
            raise ReportMalformed(path=str(path), problem=str(problem)) from problem

    def write(self, path: Path) -> None:
        """Write the report's file as a whole or not at all; raises NotWritten (DG308)."""
        write_whole(path, json.dumps(self.to_json(), allow_nan=False, separators=(",", ":")) + "\n")


def unaccepted(contracts: Sequence[Contract]) -> tuple[Contract, ...]:
    """Return the contracts on which the dialects disagree and nobody accepted that."""
    return tuple(one for one in contracts if one.disagrees and not one.accepted)


def _counted(dialect: DialectRun, contracts: Sequence[Contract]) -> DialectRun:
    halves = (half for one in contracts for half in one.halves if half.major == dialect.major)
    counts = Counter(half.outcome for half in halves)
    return DialectRun(dialect.name, dialect.version, dialect.driver, tuple(counts[name] for name in OUTCOMES))


def _causes(contracts: Sequence[Contract]) -> dict[str, CausePage]:
    names = sorted({one.cause for contract in contracts for one in contract.findings if one.cause})
    found = {name: cause_named(name) for name in names}
    return {name: CausePage(one.title, one.fix, one.page) for name, one in found.items() if one is not None}


def _run_facts(found: Members, created: str) -> RunFacts:
    return RunFacts(
        root_name=found.text("root_name"),
        parity=found.text("parity"),
        duration_s=found.number("duration_s"),
        merged_from=found.texts("merged_from"),
        created=created,
    )


def _problem(found: Members) -> DivergenceProblem:
    return DivergenceProblem(found.text("kind"), found.text("key"), found.text("message"))
