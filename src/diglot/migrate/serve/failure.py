"""Turn whatever a migration or env.py raised into facts for the other side."""

import linecache
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from alembic.script import Script

_LIBRARIES = ("alembic", "sqlalchemy")


class Failure(Exception):
    """A cause, by the name of its class in `diglot.errors.migrations`, with its facts."""

    def __init__(self, cause: str, **facts: object) -> None:
        super().__init__(cause, facts)
        self.cause, self.facts = cause, facts


@dataclass(frozen=True)
class Step:
    """One revision that is being run. direction: `upgrade`, `downgrade` or `upgrade --sql`; file: as Python has it."""

    revision: str
    title: str
    direction: str
    path: str
    file: str
    line: int


def title_of(script: Script) -> str:
    """Return the first paragraph of a revision's docstring, in one line."""
    return " ".join(script.doc.split())


def shown(path: str | Path, root: Path) -> str:
    """Return a path relative to the root when it is below it."""
    path, root = Path(path).resolve(), root.resolve()
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def step_failed(error: BaseException, step: Step) -> Failure:
    """Say that a revision failed, or that it cannot be taken back."""
    site = f"{step.path}:{_line_in(error.__traceback__, step.file) or step.line}"
    facts = {"revision": step.revision, "title": step.title, "site": site}
    if step.direction == "downgrade" and isinstance(error, NotImplementedError) and not _by_library(error):
        return Failure("Irreversible", problem=str(error) or "it raises NotImplementedError", **facts)
    problem, sqlstate = told_by(error)
    return Failure("MigrationStepFailed", direction=step.direction, problem=problem, sqlstate=sqlstate, **facts)


def environment_failed(error: BaseException, env: Path, root: Path, *, after: str = "") -> Failure:
    """Say that env.py itself failed, before any revision was run, or after one that went well."""
    if isinstance(error, SyntaxError) and error.filename:
        path, line = shown(error.filename, root), error.lineno or 0
    else:
        path, line = shown(env, root), _line_in(error.__traceback__, str(env))
    problem, _ = told_by(error)
    if after:
        problem = f"{problem}, after revision {after} went well"
    return Failure("ChainBroken", path=path, line=line, problem=problem, fix=f"correct {path}")


def in_commit(error: BaseException) -> bool:
    """Say whether a COMMIT failed: what a deferred constraint refuses is the revision's, although env.py commits."""
    return any(frame.name == "do_commit" for frame in traceback.extract_tb(error.__traceback__))


def told_by(error: BaseException) -> tuple[str, str]:
    """Return what an error says, in one line, and its SQLSTATE or ""."""
    original = getattr(error, "orig", None) or error
    sqlstate = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None) or ""
    text = " ".join((str(original) or type(original).__name__).split())
    if sqlstate:
        return text.rstrip("."), str(sqlstate)
    return f"{type(original).__name__}: {text}".rstrip("."), ""


def raised_in(error: BaseException, folders: list[Path]) -> tuple[str, int]:
    """Return the innermost file below the folders that an error went through, and its line; ("", 0) for none."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if any(Path(frame.filename).is_relative_to(folder) for folder in folders):
            return frame.filename, frame.lineno or 0
    return "", 0


def line_of(file: str, beginning: str) -> int:
    """Return the number of the first line that begins so; 0 for none."""
    lines = linecache.getlines(file)
    return next((number for number, line in enumerate(lines, 1) if line.startswith(beginning)), 0)


def _line_in(trace: TracebackType | None, file: str) -> int:
    """The line of the innermost frame of a file; 0 for none."""
    lines = [frame.lineno or 0 for frame in traceback.extract_tb(trace) if frame.filename == file]
    return lines[-1] if lines else 0


def _by_library(error: BaseException) -> bool:
    """Whether Alembic or SQLAlchemy raised it, which says nothing of what the revision's author meant."""
    trace: Any = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    return str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0] in _LIBRARIES
