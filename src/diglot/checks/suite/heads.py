"""The chain of revisions ends in one head, and Alembic sees all of it.

`alembic upgrade head` refuses to choose between two heads, which two branches merged on the same day leave behind.
This check reads the files only; it needs no server. It finds

- several heads. Independent branches are meant: each of their heads must have a branch label that no other head has,
  and they are then upgraded by that label;
- a second base, a revision whose `down_revision` is None: most often a file that was made on an empty checkout. One
  with a branch label is meant;
- a file that declares a revision, and that Alembic does not see: in a subfolder without
  `recursive_version_locations`, beside the folder of versions, or with a name that it leaves out;
- a revision id that two files have: Alembic keeps one of them, and never runs the other;
- a revision id that is longer than the 32 characters of the column `alembic_version.version_num`.

Bad: two revisions that both come after the same one.

    revision = "b2"; down_revision = "a1"
    revision = "b3"; down_revision = "a1"

Good: a third one that joins them, `alembic merge heads`.

    revision = "c4"; down_revision = ("b2", "b3")
"""

from collections.abc import Iterator, Sequence

from diglot.checks.finding import Finding, Outcome
from diglot.checks.workbench import Workbench
from diglot.errors.migrations import NotAlembic
from diglot.migrate.chain import Graph, Revision, RevisionFile

POSITION = 10

_COLUMN_LENGTH = 32


def run(bench: Workbench) -> Outcome:
    """Look at the files of the chain."""
    try:
        chain = bench.chain
    except NotAlembic as error:
        return Outcome(not_done=(str(error),))
    files = chain.files()
    findings = [*_unseen(files), *_too_long(files)]
    twins = list(_twins(files))
    looked_at = (("revisions", str(len([one for one in files if one.seen]))),)
    if twins:
        reason = "heads and bases: two files have the same revision id, and which of them counts is not said"
        return Outcome((*twins, *findings), looked_at, (reason,))
    graph = chain.graph()
    findings += [*_heads(graph), *_bases(graph)]
    return Outcome(tuple(findings), (*looked_at, ("heads", ", ".join(graph.heads) or "none")))


def _heads(graph: Graph) -> Iterator[Finding]:
    heads = _chosen(graph, graph.heads)
    unnamed = [one for one in heads if not _own_labels(one, heads)]
    if len(heads) < 2 or not unnamed:
        return
    yield Finding(
        kind="heads.several",
        subject="the chain of revisions",
        facts=(("expected", "one head"), ("found", ", ".join(f"{_shown(one)} at {one.site}" for one in heads))),
        fix=f"join them: alembic merge -m 'merge' {' '.join(one.id for one in heads)}; "
        f"if {' and '.join(one.id for one in unnamed)} are branches of their own, give each its branch_labels",
        site=unnamed[-1].site,
        identity=tuple(one.id for one in heads),
    )


def _bases(graph: Graph) -> Iterator[Finding]:
    bases = _chosen(graph, graph.bases)
    unnamed = [one for one in bases if not one.labels]
    if len(bases) < 2:
        return
    first = next((one for one in graph.revisions if one.id in graph.bases), None)
    for base in unnamed:
        if base is first:
            continue  # where the chain begins; what begins beside it is what has to be explained
        yield Finding(
            kind="heads.second-base",
            subject=f"revision {_shown(base)}",
            facts=(
                ("down_revision", "None, and it has no branch label"),
                ("other bases", ", ".join(one.id for one in bases if one is not base)),
            ),
            fix="set its down_revision to the revision that it comes after, or give it branch_labels when it is meant "
            "to be a branch of its own",
            site=base.site,
            identity=(),
        )


def _twins(files: Sequence[RevisionFile]) -> Iterator[Finding]:
    seen = [one for one in files if one.seen]
    for id_ in sorted({one.revision for one in seen}):
        same = [one for one in seen if one.revision == id_]
        if len(same) < 2:
            continue
        yield Finding(
            kind="heads.duplicate",
            subject=f"revision {id_}",
            facts=(("expected", "one file"), ("found", " and ".join(f"{one.path}:{one.line}" for one in same))),
            fix="give one of them an id of its own, and the revision that comes after it that down_revision",
            site=f"{same[-1].path}:{same[-1].line}",
        )


def _unseen(files: Sequence[RevisionFile]) -> Iterator[Finding]:
    for one in files:
        if one.seen:
            continue
        yield Finding(
            kind="heads.unseen",
            subject=f"file {one.path}",
            facts=(("the file", f"declares revision {one.revision}"), ("Alembic", "does not read it")),
            fix="move it into the folder of versions under a name that does not begin with __init__ or .#, set "
            "version_locations or recursive_version_locations = true, or remove it",
            site=f"{one.path}:{one.line}",
        )


def _too_long(files: Sequence[RevisionFile]) -> Iterator[Finding]:
    for one in files:
        if len(one.revision) <= _COLUMN_LENGTH or not one.seen:
            continue
        yield Finding(
            kind="heads.id-too-long",
            subject=f"revision {one.revision}",
            facts=(
                ("its id", f"{len(one.revision)} characters"),
                ("alembic_version.version_num", f"VARCHAR({_COLUMN_LENGTH})"),
            ),
            fix=f"shorten it to {_COLUMN_LENGTH} characters; Postgres refuses to record it, SQLite does not care",
            direction="postgresql",
            site=f"{one.path}:{one.line}",
        )


def _chosen(graph: Graph, ids: Sequence[str]) -> list[Revision]:
    return [one for one in graph.revisions if one.id in ids]


def _own_labels(head: Revision, heads: Sequence[Revision]) -> set[str]:
    others = {label for one in heads if one is not head for label in one.labels}
    return set(head.labels) - others


def _shown(revision: Revision) -> str:
    return f"{revision.id} ({revision.title})" if revision.title else revision.id
