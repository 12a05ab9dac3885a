"""No revision takes a lock that stops the application, or breaks the programs that still run.

Each revision's offline SQL is read by squawk; only its rules about locks and downtime count. A table that the same
revision creates is used by nobody, and what earlier revisions did (a validated CHECK, a narrower type) is known here.
No server is needed.

Bad: `op.create_index("ix_trades_day", "trades", ["day"])` keeps every writer of `trades` out until it is built.
Good: the same with `postgresql_concurrently=True`, inside `with op.get_context().autocommit_block():`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from diglot.checks.finding import Finding, Outcome
from diglot.checks.locks.history import History
from diglot.checks.locks.rules import SYNTAX, Rule, telling
from diglot.checks.locks.script import Piece, Script, script_of
from diglot.checks.locks.squawk import Reported, find_squawk, run_squawk
from diglot.checks.locks.unwritten import asks_database, not_broken
from diglot.checks.workbench import Workbench
from diglot.errors.migrations import MigrationStepFailed, OfflineRefused
from diglot.provision.binaries import OLDEST_MAJOR

POSITION = 90

_SHOWN = 200
_LIMIT = "; begin with op.execute(\"SET LOCAL lock_timeout = '3s'\"), so that nobody queues behind it for longer"


def run(bench: Workbench) -> Outcome:
    """Report each statement that keeps others out of a table in use, or that programs in use do not survive."""
    source = bench.settings.migration_source("postgresql")
    if source.kind != "alembic":
        return Outcome(not_done=(f"the schema is made by {source.target}, and only Alembic has revisions to read",))
    find_squawk()
    scripts, refused = _scripts(bench)
    bench.tell(f"locks: {len(scripts)} revisions, read by squawk")
    findings, unread = judge(scripts, major=_major(bench))
    written = sum(not script.unwritten for script in scripts)
    statements = sum(script.statements for script in scripts)
    looked_at = (("revisions", str(written)), ("statements", str(statements))) if written else ()
    return Outcome(tuple(findings), looked_at, (*refused, *unread))


def judge(scripts: Sequence[Script], *, major: int) -> tuple[list[Finding], list[str]]:
    """Return what the scripts come to on a Postgres of this major version: the findings, and what could not be read.

    scripts: in the order of their revisions.
    """
    reported, unread = _reported(scripts, major)
    found: dict[str, Finding] = {}
    history = History()
    for number, script in enumerate(scripts):
        history.forget_named_in(script.unwritten)
        created: frozenset[str] = frozenset()
        for piece in script.pieces:
            for finding in _findings(script, piece, reported[number, piece.line], history, created):
                found.setdefault(finding.key, finding)
            history.add(piece)
            created = piece.created(created)
    return list(found.values()), unread


def _reported(scripts: Sequence[Script], major: int) -> tuple[dict[tuple[int, int], list[Reported]], list[str]]:
    """Return what squawk says, by script and line of the statement, and the statements that it cannot read.

    One statement that squawk cannot read keeps it from judging the whole script: it is left out, and said.
    """
    found: dict[tuple[int, int], list[Reported]] = defaultdict(list)
    unread: dict[tuple[int, int], str] = {}
    left = dict(enumerate(scripts))
    while left:
        numbers = list(left)
        rows = run_squawk([left[number].text for number in numbers], major=major)
        rows = tuple(replace(row, script=numbers[row.script]) for row in rows)
        broken: dict[int, set[int]] = defaultdict(set)
        for row in rows:
            piece = scripts[row.script].at(row.line)
            if row.rule == SYNTAX:
                broken[row.script].add(piece.line)
                unread[row.script, piece.line] = _unread(scripts[row.script], piece)
            found[row.script, piece.line].append(row)
        left = {number: left[number].without(frozenset(lines)) for number, lines in sorted(broken.items())}
    return found, [unread[place] for place in sorted(unread)]


def _findings(
    script: Script, piece: Piece, rows: Sequence[Reported], history: History, created: frozenset[str]
) -> Iterator[Finding]:
    messages = {row.rule: row.message for row in rows}
    for rule in telling(messages):
        if (piece.table in created and not rule.always) or history.harmless(rule.name, piece):
            continue
        subject = f"revision {script.revision}" + (f", {_object(piece)}" if piece.table else "")
        yield Finding(
            kind=f"locks.{rule.name}",
            subject=subject,
            facts=(("sql", _short(piece)), ("squawk", messages[rule.name])),
            fix=_fix(rule, script),
            site=f"{piece.source.path}:{piece.source.line}" if piece.source.line else piece.source.path,
            direction="postgresql",
            identity=(piece.sql,),
        )


def _fix(rule: Rule, script: Script) -> str:
    return rule.fix + (_LIMIT if rule.locks and not script.limits_locks else "")


def _object(piece: Piece) -> str:
    return f"{'index' if piece.starts('drop', 'index') else 'table'} {piece.table}"


def _short(piece: Piece) -> str:
    """Return the statement as it is written, when it is alone in its text."""
    alone = " ".join(piece.source.sql.split()).rstrip("; ")
    text = alone if alone.lower() == " ".join(piece.sql.split()).lower() else " ".join(piece.sql.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 4]} ..."


def _unread(script: Script, piece: Piece) -> str:
    site = f", {piece.source.path}:{piece.source.line}" if piece.source.line else ""
    return f"revision {script.revision}{site}: squawk cannot read this statement: {_short(piece)}"


def _scripts(bench: Workbench) -> tuple[list[Script], list[str]]:
    """Return each revision's script, and the reasons why some have none."""
    revisions = bench.chain.graph().revisions
    scripts: list[Script] = []
    reasons: list[str] = []
    for number, revision in enumerate(revisions, start=1):
        bench.tell(f"locks: {number} of {len(revisions)}, {revision.id} {revision.title}")
        try:
            statements = bench.chain.offline(revision.id)
        except OfflineRefused as error:
            reasons.append(f"env.py writes no SQL offline: {error.site}: {not_broken(error).problem}")
            continue
        except MigrationStepFailed as error:
            reasons.append(_unwritten(error))
            scripts.append(Script(revision.id, (), "", unwritten=_source(bench.settings.root / revision.path)))
            continue
        scripts.append(script_of(revision.id, statements))
    return scripts, list(dict.fromkeys(reasons))


def _source(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _unwritten(error: MigrationStepFailed) -> str:
    if asks_database(error.problem):
        return f"revision {error.revision} asks a database, which offline there is not: {error.site}"
    return f"revision {error.revision} writes no SQL offline: {error.site}: {error.problem}"


def _major(bench: Workbench) -> int:
    """Return the version for which it is judged: the settings' own, else the oldest one that is supported."""
    asked = bench.settings.postgres
    return int(asked) if asked.isdecimal() else OLDEST_MAJOR
