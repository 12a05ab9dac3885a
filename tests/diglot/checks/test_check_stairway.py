"""`diglot check stairway`: each revision up, down and up again, with rows."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from alembic_projects import AlembicProject
from chain_runs import NO_TABLE, TABLE, facts, found, run_and_listen, run_check
from sqlalchemy import Connection, text

from diglot.checks.chain import walk
from diglot.checks.suite import stairway
from diglot.errors.rows import SeedFailed
from diglot.provision.postgres import PostgresServer
from diglot.settings import MigrationSource

OUTSIDE = "with op.get_context().autocommit_block():\n"
INDEX = "op.create_index('ix_amount', 'trades', ['amount'])"
TYPE = "CREATE TYPE side AS ENUM ('buy', 'sell')"
FUNCTION = "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
TRIGGER = "CREATE TRIGGER touch BEFORE UPDATE ON trades FOR EACH ROW EXECUTE FUNCTION touch()"
ADD_NOTE = "op.execute('ALTER TABLE trades ADD note text')"
DROP_NOTE = "op.drop_column('trades', 'note')"

NAME_AGAIN = """
    ALTER TABLE trades ADD name varchar(50) NOT NULL DEFAULT '';
    ALTER TABLE trades ALTER name DROP DEFAULT
"""

HEALTHY = {
    "a column": (ADD_NOTE, DROP_NOTE),
    "an index built concurrently": (
        f"{OUTSIDE}    op.execute('CREATE INDEX CONCURRENTLY ix_amount ON trades (amount)')",
        "op.drop_index('ix_amount')",
    ),
    "an enum and a column of it": (
        f"op.execute({TYPE!r})\nop.execute('ALTER TABLE trades ADD side side')",
        "op.drop_column('trades', 'side')\nop.execute('DROP TYPE side')",
    ),
    "a value where there was none": (
        'op.execute("ALTER TABLE trades ADD kind text")\nop.execute("UPDATE trades SET kind = \'old\'")',
        "op.drop_column('trades', 'kind')",
    ),
    "a wider type": (
        "op.execute('ALTER TABLE trades ALTER name TYPE text')",
        "op.execute('ALTER TABLE trades ALTER name TYPE varchar(50)')",
    ),
    "a table that refers to the first": (
        "op.execute('CREATE TABLE fills (id serial PRIMARY KEY, trade int NOT NULL REFERENCES trades)')",
        "op.drop_table('fills')",
    ),
    "another name": (
        "op.execute('ALTER TABLE trades RENAME TO deals')",
        "op.execute('ALTER TABLE deals RENAME TO trades')",
    ),
    "nothing": ("pass", "pass"),
}

LEFT = {
    "an index": (INDEX, "pass", "table trades, index ix_amount"),
    "an enum type": (f"op.execute({TYPE!r})", "pass", "type side"),
    "a sequence": ("op.execute('CREATE SEQUENCE numbers')", "pass", "sequence numbers"),
    "a function": (
        f"op.execute({FUNCTION!r})\nop.execute({TRIGGER!r})",
        "op.execute('DROP TRIGGER touch ON trades')",
        "function touch()",
    ),
    "a trigger": (f"op.execute({FUNCTION!r})\nop.execute({TRIGGER!r})", "pass", "table trades, trigger touch"),
    "a default": (
        "op.execute('ALTER TABLE trades ALTER amount SET DEFAULT 7')",
        "pass",
        "table trades, column amount",
    ),
    "a view": ("op.execute('CREATE VIEW v AS SELECT 1 AS one')", "pass", "view v"),
    "a comment": ("op.execute(\"COMMENT ON TABLE trades IS 'x'\")", "pass", "table trades"),
    "a table without what belongs to it": ("op.execute('CREATE TABLE t (id serial PRIMARY KEY)')", "pass", "table t"),
    "a grant": ("op.execute('GRANT SELECT ON trades TO PUBLIC')", "pass", "grant"),
    "a schema": ("op.execute('CREATE SCHEMA audit')", "pass", "schema audit"),
    "less than there was": (ADD_NOTE, "op.execute('ALTER TABLE trades DROP amount, DROP note')", "column amount"),
    "no table": (ADD_NOTE, NO_TABLE, "table trades"),
}


@pytest.fixture
def project(tmp_path: Path) -> AlembicProject:
    """A project with one revision, `first`, which makes the table `trades`."""
    made = AlembicProject(tmp_path / "project")
    made.add("first", None, TABLE, NO_TABLE)
    return made


@pytest.mark.parametrize("name", HEALTHY)
def test_stairway_finds_nothing_where_nothing_is_wrong(
    name: str, project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """A revision whose downgrade undoes its upgrade, and that keeps the rows, gives no finding."""
    project.add("next", "first", *HEALTHY[name])

    outcome = run_check(stairway, project, diglot_server)

    assert (outcome.findings, outcome.not_done) == ((), ())
    assert dict(outcome.looked_at)["revisions"] == "2 of 2"


@pytest.mark.parametrize("name", LEFT)
def test_stairway_names_what_a_downgrade_leaves(
    name: str, project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """What a downgrade forgets, or takes too much, is named with its revision, and the walk goes on above it."""
    up, down, subject = LEFT[name]
    path = project.add("next", "first", up, down)
    project.add("last", "next", "op.execute('CREATE TABLE later (x int)')", "op.drop_table('later')")

    outcome = run_check(stairway, project, diglot_server)

    left = [one for one in outcome.findings if one.kind == "stairway.down-leaves"]
    assert any(one.subject.startswith("revision next") and subject in one.subject for one in left)
    assert all(
        path.name in one.site and {"before the upgrade", "after the downgrade"} <= set(facts(one)) for one in left
    )
    assert not [one for one in outcome.findings if "revision last" in one.subject]
    assert dict(outcome.looked_at)["revisions"] == "3 of 3"


@pytest.mark.parametrize(
    ("up", "down", "expected"),
    [
        ("op.execute('DELETE FROM trades WHERE amount IS NOT NULL')", "pass", ("rows-lost", "table trades")),
        ("op.execute('UPDATE trades SET amount = 0')", "pass", ("rows-lost", "table trades, column amount")),
        (
            "op.execute('ALTER TABLE trades ALTER name TYPE varchar(5) USING left(name, 5)')",
            "op.execute('ALTER TABLE trades ALTER name TYPE varchar(50)')",
            ("rows-lost", "table trades, column name"),
        ),
        (
            "op.drop_column('trades', 'amount')",
            "op.execute('ALTER TABLE trades ADD amount numeric(10, 2)')",
            ("rows-lost-down", "table trades, column amount"),
        ),
        (
            "op.drop_column('trades', 'name')",
            f"op.execute({NAME_AGAIN!r})",
            ("rows-lost-down", "table trades, column name"),
        ),
        (ADD_NOTE, f"op.execute('DELETE FROM trades')\n{DROP_NOTE}", ("rows-lost-down", "table trades")),
        (
            "op.execute('ALTER TABLE trades ALTER amount TYPE numeric')",
            "op.execute('ALTER TABLE trades ALTER amount TYPE numeric(10, 2) USING 0')",
            ("rows-lost-down", "table trades, column amount"),
        ),
    ],
)
def test_stairway_names_the_rows_that_a_step_loses(
    up: str, down: str, expected: tuple[str, str], project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """Rows that vanish and values that change are one finding for each table and column, with how many."""
    project.add("next", "first", up, down)

    outcome = run_check(stairway, project, diglot_server)

    kind, subject = expected
    assert found(outcome) == [(kind, f"revision next (Make next.), {subject}")]
    assert facts(outcome.findings[0])["before the upgrade"].startswith("3 rows")


def test_stairway_finding_has_the_same_key_on_each_run(project: AlembicProject, diglot_server: PostgresServer) -> None:
    """A key can be written into the file of accepted divergences: it says nothing of databases or values."""
    project.add("next", "first", "op.execute('UPDATE trades SET amount = 0')", "op.execute('CREATE TABLE t (x int)')")

    first, second = (run_check(stairway, project, diglot_server) for _ in range(2))

    assert [one.key for one in first.findings] == [one.key for one in second.findings]
    assert first == second
    assert len(first.findings) == 2


def test_stairway_goes_on_above_an_irreversible_revision(
    project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """A revision that cannot be taken back is a finding that says how to declare it, and no end of the walk."""
    project.add("next", "first", ADD_NOTE, "raise NotImplementedError('the notes are gone')")
    project.add("last", "next", INDEX, "pass")

    outcome = run_check(stairway, project, diglot_server)

    assert [kind for kind, _ in found(outcome)] == ["irreversible", "down-leaves"]
    assert "divergences.toml" in outcome.findings[0].fix
    assert "the notes are gone" in facts(outcome.findings[0])["downgrade"]


def test_stairway_goes_on_above_a_downgrade_that_fails(project: AlembicProject, diglot_server: PostgresServer) -> None:
    """A downgrade that ends half-way, outside a transaction, does not spoil the revisions above it."""
    project.add(
        "next",
        "first",
        ADD_NOTE,
        f"{OUTSIDE}    op.drop_column('trades', 'note')\n    op.execute('SELECT 1/0')",
    )
    project.add("last", "next", "op.alter_column('trades', 'note', new_column_name='text')",
                "op.alter_column('trades', 'text', new_column_name='note')")  # fmt: skip

    outcome = run_check(stairway, project, diglot_server)

    assert found(outcome) == [("down-fails", "revision next (Make next.)")]
    assert "division by zero" in facts(outcome.findings[0])["downgrade"]
    assert outcome.findings[0].site.endswith("next_make.py:17")
    assert dict(outcome.looked_at)["revisions"] == "3 of 3"


def test_stairway_tells_how_many_revisions_a_failing_upgrade_hides(
    project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """What is above an upgrade that fails is told as not looked at; another branch is climbed all the same."""
    project.add("next", "first", "op.execute('CREATE TABLE half (x int)')\nop.execute('SELECT nothing')")
    project.add("above", "next")
    project.add("top", "above")
    project.add("side", "first", ADD_NOTE, DROP_NOTE)

    outcome = run_check(stairway, project, diglot_server)

    assert found(outcome) == [("up-fails", "revision next (Make next.)")]
    assert outcome.findings[0].site.endswith("next_make.py:12")
    assert outcome.not_done == ("2 revisions above next, which cannot be applied: above, top",)
    assert dict(outcome.looked_at)["revisions"] == "2 of 5"


def test_stairway_cleans_up_after_an_upgrade_that_ends_half_way(
    project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """What a failing upgrade did outside a transaction is not there for the next revision."""
    project.add(
        "next",
        "first",
        f"{OUTSIDE}    op.execute('CREATE TABLE t (x int)')\n    op.execute('SELECT a')",
    )
    project.add("side", "first", "op.execute('CREATE TABLE t (x int)')", "op.drop_table('t')")

    outcome = run_check(stairway, project, diglot_server)

    assert found(outcome) == [("up-fails", "revision next (Make next.)")]


@pytest.mark.parametrize(
    "up",
    [
        "op.execute('ALTER TABLE trades ADD side text NOT NULL')",
        "op.execute('ALTER TABLE trades ALTER amount SET NOT NULL')",
    ],
)
def test_stairway_names_an_upgrade_that_only_empty_tables_survive(
    up: str, project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """A column that refuses NULL, without a value for the rows that are there, is a finding of its own."""
    project.add(
        "next", "first", up, "op.execute('ALTER TABLE trades DROP COLUMN IF EXISTS side, ALTER amount DROP NOT NULL')"
    )

    outcome = run_check(stairway, project, diglot_server)

    assert found(outcome) == [("up-fails-on-rows", "revision next (Make next.)")]
    assert "23502" in facts(outcome.findings[0])["with rows in trades"]


CONSTRAIN = "op.create_check_constraint('ck_name', 'trades', \"name IN ('AAPL', 'MSFT')\")"
RELAX = "op.drop_constraint('ck_name', 'trades')"


def test_stairway_makes_rows_that_a_later_constraint_takes(
    project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """A new constraint that refuses the rows made before it gets others, which fit the schema at the heads."""
    project.add("next", "first", CONSTRAIN, RELAX)

    outcome = run_check(stairway, project, diglot_server)

    assert (outcome.findings, outcome.not_done) == ((), ())
    assert dict(outcome.looked_at) == {"revisions": "2 of 2", "rows": "5"}


def test_stairway_does_not_blame_a_revision_for_made_up_values(
    project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """A constraint that refuses all rows made here is no finding: it is told, and the way goes on."""
    project.add("next", "first", CONSTRAIN, RELAX)
    project.add("last", "next", RELAX, CONSTRAIN)

    outcome = run_check(stairway, project, diglot_server)

    assert "ck_name" in outcome.not_done[0]
    assert "seed" in outcome.not_done[0]
    assert outcome.findings == ()
    assert dict(outcome.looked_at)["revisions"] == "3 of 3"


def test_stairway_goes_on_above_a_revision_that_reads_what_it_does_not_know(
    project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """Python that does not know made-up values is no finding either: told, and climbed without rows."""
    read = "op.get_bind().exec_driver_sql('SELECT name FROM trades')"
    project.add("next", "first", f"[{{'AAPL': 1}}[name] for (name,) in {read}]")
    project.add("last", "next", ADD_NOTE, DROP_NOTE)

    outcome = run_check(stairway, project, diglot_server)

    assert outcome.findings == ()
    assert "KeyError" in outcome.not_done[0]
    assert "works without rows" in outcome.not_done[0]
    assert dict(outcome.looked_at)["revisions"] == "3 of 3"


def test_stairway_goes_on_where_rows_must_not_be_removed(
    project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """A table that a trigger keeps from being emptied is no error: the upgrade that its rows stop is the finding."""
    forbid = (
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION USING MESSAGE = TG_OP; END'"
    )
    trigger = "CREATE TRIGGER no BEFORE TRUNCATE ON trades EXECUTE FUNCTION no()"
    project.add("keep", "first", f"op.execute({forbid!r})\nop.execute({trigger!r})",
                "op.execute('DROP TRIGGER no ON trades')\nop.execute('DROP FUNCTION no()')")  # fmt: skip
    project.add("next", "keep", "op.execute('ALTER TABLE trades ADD side text NOT NULL')")

    outcome = run_check(stairway, project, diglot_server)

    assert found(outcome) == [("up-fails", "revision next (Make next.)")]


def test_stairway_climbs_branches_and_merges(project: AlembicProject, diglot_server: PostgresServer) -> None:
    """Branches, a merge and two heads are climbed in the order of the chain, each revision once."""
    project.add("left", "first", "op.execute('CREATE TABLE l (x int)')", "op.drop_table('l')")
    project.add("right", "first", "op.execute('CREATE TABLE r (x int)')", "op.drop_table('r')")
    project.add("joined", ("left", "right"), "op.execute('CREATE TABLE j (x int)')", "op.drop_table('j')")
    project.add("tip", "joined", INDEX, "op.drop_index('ix_amount')")
    project.add("other", "right", ADD_NOTE, DROP_NOTE)

    outcome = run_check(stairway, project, diglot_server)

    assert (outcome.findings, outcome.not_done) == ((), ())
    assert dict(outcome.looked_at) == {"revisions": "6 of 6", "rows": "14"}


def test_stairway_ends_a_revision_that_hangs(project: AlembicProject, diglot_server: PostgresServer) -> None:
    """A downgrade that never ends is cut off, is a finding, and the walk goes on from a clean database."""
    project.add("next", "first", ADD_NOTE, f"{DROP_NOTE}\nimport time\ntime.sleep(600)")
    project.add("last", "next", INDEX, "op.drop_index('ix_amount')")

    outcome = run_check(stairway, project, diglot_server, settings=project.settings(step_timeout_s=1.0))

    assert found(outcome) == [("down-fails", "revision next (Make next.)")]
    assert "longer than 1 s" in facts(outcome.findings[0])["downgrade"]
    assert dict(outcome.looked_at)["revisions"] == "3 of 3"


def test_stairway_returns_at_the_cost_of_a_few_revisions(
    project: AlembicProject, diglot_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long chain in which each revision leaves something costs a bounded number of upgrades for each."""
    names = ["first", *(f"n{number:02d}" for number in range(20))]
    pairs = itertools.pairwise(names)
    written = [project.add(name, down, f"op.execute('CREATE TABLE {name} (x int)')") for down, name in pairs]
    counted: list[str] = []
    again = walk.Walk._upgrade_again
    monkeypatch.setattr(walk.Walk, "_upgrade_again", lambda self, one: (counted.append(one.id), again(self, one))[1])

    outcome = run_check(stairway, project, diglot_server)

    assert [kind for kind, _ in found(outcome)] == ["down-leaves"] * len(written)
    assert len(counted) <= 2 * len(written) + walk.CHECKPOINT_EVERY


def test_stairway_climbs_two_hundred_revisions_and_tells_each(
    project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """A chain of 200 comes to its end, past several checkpoints, and says where it is."""
    names = ["first", *(f"n{number:03d}" for number in range(199))]
    steps = itertools.cycle([("pass", "pass"), (ADD_NOTE, DROP_NOTE), (DROP_NOTE, ADD_NOTE), ("pass", "pass")])
    written = [project.add(name, down, *next(steps)) for down, name in itertools.pairwise(names)]

    outcome, told = run_and_listen(stairway, project, diglot_server)

    assert len(written) == 199
    assert {one.kind for one in outcome.findings} == {"stairway.rows-lost-down"}
    assert dict(outcome.looked_at)["revisions"] == "200 of 200"
    assert [line.partition(",")[0] for line in told] == [f"stairway: {number} of 200" for number in range(1, 201)]
    assert sorted(line.partition(", ")[2] for line in told) == sorted(f"{name} Make {name}." for name in names)


def seed_trades(connection: Connection, revision: str) -> None:
    """What a project may name as its seed."""
    connection.execute(text("INSERT INTO impossible VALUES (4)"), {"revision": revision})


def seed_badly(connection: Connection, revision: str) -> None:
    """A seed that fails."""
    connection.execute(text("INSERT INTO nowhere VALUES (:revision)"), {"revision": revision})


IMPOSSIBLE = "op.execute('CREATE TABLE impossible (a int NOT NULL CHECK (a * a = 16 AND a > 0))')"


def test_stairway_tells_a_table_that_it_cannot_fill(tmp_path: Path, diglot_server: PostgresServer) -> None:
    """A table without rows is named, with the last error and the setting that helps."""
    project = AlembicProject(tmp_path / "project")
    project.add("first", None, IMPOSSIBLE.replace("a > 0", "a > 5 AND a < 3"), "op.drop_table('impossible')")

    outcome = run_check(stairway, project, diglot_server)

    assert outcome.findings == ()
    assert len(outcome.not_done) == 1
    assert "table impossible" in outcome.not_done[0]
    assert "impossible_a_check" in outcome.not_done[0]
    assert "seed = 'module:function'" in outcome.not_done[0]


def test_stairway_uses_the_rows_of_a_seed(tmp_path: Path, diglot_server: PostgresServer) -> None:
    """Rows of the project's own function are there before the next revision, which must keep them."""
    project = AlembicProject(tmp_path / "project")
    project.add("first", None, IMPOSSIBLE, "op.drop_table('impossible')")
    project.add("next", "first", "op.execute('DELETE FROM impossible')")

    outcome = run_check(stairway, project, diglot_server, settings=project.settings(seed=f"{__name__}:seed_trades"))

    assert found(outcome) == [("rows-lost", "revision next (Make next.), table impossible")]


def test_stairway_stops_at_a_seed_that_fails(project: AlembicProject, diglot_server: PostgresServer) -> None:
    """A seed function that fails is an error that names it, the revision and the place."""
    settings = project.settings(seed=f"{__name__}:seed_badly")

    with pytest.raises(SeedFailed, match=r"seed_badly failed after revision first, at .*test_check_stairway\.py:\d+"):
        run_check(stairway, project, diglot_server, settings=settings)


def test_stairway_is_not_done_without_alembic(project: AlembicProject, diglot_server: PostgresServer) -> None:
    """A schema that scripts make has no stairs: that is told, and is no failure."""
    settings = replace(project.settings(), migrations={"postgresql": MigrationSource("scripts", "sql")})

    outcome = run_check(stairway, project, diglot_server, settings=settings)

    assert outcome.findings == ()
    assert "DG210" in outcome.not_done[0]
