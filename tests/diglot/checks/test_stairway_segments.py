"""A long chain is climbed in segments at once, and nothing that is found depends on where they meet."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import NoReturn

import pytest
from alembic_projects import AlembicProject
from chain_runs import NO_TABLE, TABLE, found, run_and_listen, run_check
from sqlalchemy import Connection, text

from diglot.checks.chain.segments import SHORTEST, Segment, at_once, cut
from diglot.checks.suite import stairway
from diglot.errors.rows import SeedFailed
from diglot.provision.postgres import PostgresServer

LENGTH = 6
CUTS = {
    "one": (0, 6),
    "two": (0, 3, 6),
    "two, early": (0, 1, 6),
    "two, late": (0, 5, 6),
    "three": (0, 2, 4, 6),
}

# What each fault does, and what is found of it.
FAULTS = {
    "a type that stays": ("op.execute('CREATE TYPE side AS ENUM (\\'buy\\')')", "pass", "down-leaves"),
    "rows that are lost": ("op.execute('UPDATE trades SET amount = 0')", "pass", "rows-lost"),
    "no way down": ("op.execute('CREATE VIEW v AS SELECT 1 AS one')", "raise NotImplementedError", "irreversible"),
    "NULL": ("op.execute('ALTER TABLE trades ADD side text NOT NULL')", "op.drop_column('trades', 'side')",
             "up-fails-on-rows"),
    "no way up": ("op.execute('SELECT nothing')", "pass", "up-fails"),
}  # fmt: skip

CONSTRAIN = "op.create_check_constraint('ck_name', 'trades', \"name IN ('AAPL', 'MSFT')\")"
RELAX = "op.drop_constraint('ck_name', 'trades')"


@pytest.fixture
def project(tmp_path: Path) -> AlembicProject:
    """A project with one revision, which makes the table `trades`; `_lengthen` adds what is above it."""
    made = AlembicProject(tmp_path / "project")
    made.add("n0", None, TABLE, NO_TABLE)
    return made


def _lengthen(project: AlembicProject, faults: dict[int, tuple[str, str]], *, length: int = LENGTH) -> None:
    """Add revisions that make a table each; those of `faults`, by their place, do something else."""
    for at in range(1, length):
        plain = (f"op.execute('CREATE TABLE t{at} (id int PRIMARY KEY, x text)')", f"op.drop_table('t{at}')")
        project.add(f"n{at}", f"n{at - 1}", *faults.get(at, plain))


def _cut_at(monkeypatch: pytest.MonkeyPatch, borders: Sequence[int]) -> None:
    segments = tuple(Segment(start, end) for start, end in itertools.pairwise(borders))
    monkeypatch.setattr(stairway, "cut", lambda _length, _processors: segments)


@pytest.mark.parametrize(
    ("length", "processors", "number"),
    [
        (0, 4, 1),
        (1, 4, 1),
        (2 * SHORTEST - 1, 2, 1),
        (2 * SHORTEST, 2, 2),
        (200, 1, 1),
        (200, 2, 2),
        (200, 4, 4),
        (200, 64, 4),
        (3 * SHORTEST, 4, 3),
    ],
)
def test_chain_is_cut_by_its_length_and_the_processors(length: int, processors: int, number: int) -> None:
    """A short chain and a lone processor have one segment; they follow each other and leave nothing out."""
    segments = cut(length, processors)

    assert len(segments) == number
    assert [at for segment in segments for at in range(segment.start, segment.end)] == list(range(length))


def test_later_segments_are_shorter() -> None:
    """Whoever has more to pass has less to climb."""
    sizes = [segment.end - segment.start for segment in cut(200, 4)]

    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("at", [2, 3, 4], ids=["before", "at", "after"])
@pytest.mark.parametrize("fault", FAULTS)
def test_fault_near_a_border_is_found_once(
    fault: str, at: int, project: AlembicProject, diglot_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in the last revision of a segment, or the first of the next one, is found, and by one of them only."""
    up, down, kind = FAULTS[fault]
    _lengthen(project, {at: (up, down)})
    alone = run_check(stairway, project, diglot_server)
    _cut_at(monkeypatch, (0, 3, LENGTH))

    outcome = run_check(stairway, project, diglot_server)

    assert [one for one, _ in found(outcome)] == [kind]
    assert outcome == alone


@pytest.mark.parametrize("borders", CUTS.values(), ids=CUTS)
def test_findings_are_the_same_whatever_the_segments(
    borders: tuple[int, ...], project: AlembicProject, diglot_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outcome, in its order, is the same however the chain is cut."""
    names = ["a type that stays", "rows that are lost", "no way down", "NULL"]
    _lengthen(project, {at: FAULTS[name][:2] for at, name in enumerate(names, start=1)})
    _cut_at(monkeypatch, borders)

    outcome = run_check(stairway, project, diglot_server)

    assert found(outcome) == [
        ("down-leaves", "revision n1 (Make n1.), type side"),
        ("rows-lost", "revision n2 (Make n2.), table trades, column amount"),
        ("irreversible", "revision n3 (Make n3.)"),
        ("up-fails-on-rows", "revision n4 (Make n4.)"),
    ]
    assert dict(outcome.looked_at) == {"revisions": "6 of 6", "rows": "6"}
    assert outcome.not_done == ()


@pytest.mark.parametrize("borders", CUTS.values(), ids=CUTS)
def test_rows_that_a_later_constraint_refuses_are_made_anew_in_each_segment(
    borders: tuple[int, ...], project: AlembicProject, diglot_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one segment learns of the heads, the one that passes the same revision learns as well."""
    _lengthen(project, {3: (CONSTRAIN, RELAX)})
    _cut_at(monkeypatch, borders)

    outcome = run_check(stairway, project, diglot_server)

    assert (outcome.findings, outcome.not_done) == ((), ())


def test_upgrade_that_fails_is_told_once_with_all_that_is_above(
    project: AlembicProject, diglot_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Revisions of another segment that a failing upgrade hides are counted as well."""
    _lengthen(project, {1: ("op.execute('SELECT nothing')", "pass")})
    _cut_at(monkeypatch, (0, 2, 4, LENGTH))

    outcome = run_check(stairway, project, diglot_server)

    assert found(outcome) == [("up-fails", "revision n1 (Make n1.)")]
    assert outcome.not_done == ("4 revisions above n1, which cannot be applied: n2, n3, n4, n5",)
    assert dict(outcome.looked_at)["revisions"] == "1 of 6"


def seed_by_revision(connection: Connection, revision: str) -> None:
    """A seed that needs the rows of the revision before."""
    connection.execute(
        text(
            "INSERT INTO trades SELECT 100 + :at, 'x', 1 "
            "WHERE :at = 0 OR EXISTS (SELECT FROM trades WHERE id = :before)"
        ),
        {"at": int(revision[1:]), "before": 99 + int(revision[1:])},
    )


def seed_that_fails(connection: Connection, revision: str) -> None:
    """A seed that fails from the second revision on."""
    connection.execute(text("SELECT 1 / (:at - 1)"), {"at": int(revision[1:])})


def test_seed_is_planted_in_the_order_of_the_chain(
    project: AlembicProject, diglot_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A segment that starts further up has the rows of every revision below."""
    _lengthen(project, {4: ("op.execute('DELETE FROM trades WHERE id = 103')", "pass")})
    _cut_at(monkeypatch, (0, 3, LENGTH))

    outcome = run_check(
        stairway, project, diglot_server, settings=project.settings(seed=f"{__name__}:seed_by_revision")
    )

    assert found(outcome) == [("rows-lost", "revision n4 (Make n4.), table trades")]


def test_seed_that_fails_ends_all_segments(
    project: AlembicProject, diglot_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error is that of the first revision that has it, whoever came there first."""
    _lengthen(project, {})
    _cut_at(monkeypatch, (0, 3, LENGTH))

    with pytest.raises(SeedFailed, match="failed after revision n1"):
        run_check(stairway, project, diglot_server, settings=project.settings(seed=f"{__name__}:seed_that_fails"))


def test_progress_counts_over_all_segments(
    project: AlembicProject, diglot_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each revision is told once, and the count grows by one."""
    _lengthen(project, {})
    _cut_at(monkeypatch, (0, 2, 4, LENGTH))

    _, told = run_and_listen(stairway, project, diglot_server)

    assert [line.partition(",")[0] for line in told] == [f"stairway: {number} of 6" for number in range(1, 7)]
    assert sorted(line.partition(", ")[2] for line in told) == [f"n{at} Make n{at}." for at in range(LENGTH)]


def test_error_of_one_segment_ends_the_others() -> None:
    """The others are told to stop, what they wait for is ended, and the first one's error is raised."""
    abandoned = Event()

    def work(segment: Segment, stop: Event) -> None:
        _fail() if segment.start == 0 else _wait(stop, abandoned)

    with pytest.raises(LookupError, match="the first"):
        at_once(work, (Segment(0, 1), Segment(1, 2)), abandoned.set)


def _fail() -> NoReturn:
    raise LookupError("the first")


def _wait(stop: Event, abandoned: Event) -> None:
    assert stop.wait(30)
    assert abandoned.wait(30)
