"""Hold what the contract suite has exercised against what it has to."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.exercised.declared import SHOWN_ONCE, Answer, Method, answers, methods

ROOT = Path(__file__).parents[2]
DIALECTS = ("sqlite", "postgresql")

Thing = TypeVar("Thing", Method, Answer)


class SuiteFailed(Exception):
    """The contract suite itself did not pass, so that what it exercised means nothing."""

    def __init__(self, *, output: str) -> None:
        super().__init__(f"the contract suite failed. Fix: nox -s contract\n\n{output[-4000:]}")


@dataclass(frozen=True)
class Exercised:
    """What a run has seen: each thing with the dialect and the test file that showed it."""

    methods: frozenset[tuple[Method, str, str]]
    answers: frozenset[tuple[Answer, str, str]]

    def without(self, file: str) -> "Exercised":
        """Return what would have been seen without a test file."""
        return Exercised(
            frozenset(one for one in self.methods if one[2] != file),
            frozenset(one for one in self.answers if one[2] != file),
        )


@dataclass(frozen=True)
class Gaps:
    """What the suite does not hold to.

    methods: never called by a test. answers: described and never given. undescribed: given and not described.
    """

    methods: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    undescribed: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Say whether there is any."""
        return bool(self.methods or self.answers or self.undescribed)


def run_suite(*arguments: str) -> Exercised:
    """Run the contract suite in a process of its own and return what it exercised; raises SuiteFailed."""
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "exercised"
        command = [sys.executable, "-m", "pytest", "tests/contract", "-q", "-p", "tests.exercised.recorder"]
        # A generated call is no promise that somebody wrote down.
        command += ["--ignore=tests/contract/differential", "--exercised", str(notes)]
        command += [*(f"--dialect={one}" for one in DIALECTS), *arguments]
        plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        done = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SuiteFailed(output=done.stdout + done.stderr)
        return read(Path(folder).glob("exercised.*"))


def read(paths: Iterable[Path]) -> Exercised:
    """Return the notes of one or several processes."""
    notes = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return Exercised(
        frozenset(
            (Method(repository, name), dialect, file)
            for one in notes
            for repository, name, dialect, file in one["methods"]
        ),
        frozenset(
            (Answer(method, path, status), dialect, file)
            for one in notes
            for method, path, status, dialect, file in one["answers"]
        ),
    )


def gaps(seen: Exercised, *, declared_methods: set[Method], declared_answers: set[Answer]) -> Gaps:
    """Return what is missing on either dialect, and what no description knows."""
    called = {(method, dialect) for method, dialect, _ in seen.methods}
    given = {(answer, dialect) for answer, dialect, _ in seen.answers}
    operations = {(one.method, one.path) for one in declared_answers}
    wanted = {one for one in declared_answers if one.status not in SHOWN_ONCE}
    strange = {one for one, _ in given if (one.method, one.path) in operations and one not in declared_answers}
    return Gaps(
        methods=[_missing(one, called) for one in sorted(declared_methods) if _dialects_without(one, called)],
        answers=[_missing(one, given) for one in sorted(wanted) if _dialects_without(one, given)],
        undescribed=[str(one) for one in sorted(strange)],
    )


def report(seen: Exercised) -> str:
    """Return the counts, and every gap in a line of its own."""
    declared_methods, declared_answers = methods(), answers()
    operations = {(one.method, one.path) for one in declared_answers}
    found = gaps(seen, declared_methods=declared_methods, declared_answers=declared_answers)
    lines = [
        f"operations          {len(operations)}",
        f"described answers   {len([one for one in declared_answers if one.status not in SHOWN_ONCE])}",
        f"repository methods  {len(declared_methods)}",
        *(f"answers seen        {_count(seen, dialect)} on {dialect}" for dialect in DIALECTS),
        *(f"no test calls       {one}" for one in found.methods),
        *(f"no test shows       {one}" for one in found.answers),
        *(f"not described       {one}" for one in found.undescribed),
    ]
    return "\n".join(lines)


def _count(seen: Exercised, dialect: str) -> int:
    return len({answer for answer, on, _ in seen.answers if on == dialect})


def _dialects_without(thing: Thing, shown: set[tuple[Thing, str]]) -> list[str]:
    return [dialect for dialect in DIALECTS if (thing, dialect) not in shown]


def _missing(thing: Thing, shown: set[tuple[Thing, str]]) -> str:
    absent = _dialects_without(thing, shown)
    return str(thing) if len(absent) == len(DIALECTS) else f"{thing} (on {absent[0]})"
