"""`diglot check heads`: one head, one base, and no file that Alembic does not see."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from diglot.checks.finding import Finding, Outcome
from diglot.checks.suite import heads
from diglot.checks.workbench import Workbench
from diglot.provision.postgres import PostgresServer
from diglot.settings import MigrationSource, Settings
from tests.diglot.checks.alembic_projects import AlembicProject

Check = Callable[[], Outcome]


@pytest.fixture
def project(tmp_path: Path) -> AlembicProject:
    """A project with two revisions, one after the other."""
    made = AlembicProject(tmp_path / "project")
    made.add("a", None)
    made.add("b", "a")
    return made


@pytest.fixture
def check(project: AlembicProject) -> Iterator[Check]:
    """Return the check's outcome for the project, without a server."""
    bench = Workbench(project.settings(), no_server)
    yield lambda: heads.run(bench)
    bench.close()


def no_server() -> PostgresServer:
    """Fail: the check reads files."""
    raise AssertionError("the check asked for a server")


def found(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Shorten findings to kind, subject and site."""
    return [(one.kind, one.subject, one.site) for one in outcome.findings]


def only(outcome: Outcome) -> Finding:
    """Return the one finding that there is."""
    (finding,) = outcome.findings
    return finding


def test_heads_of_a_straight_chain_hold(check: Check) -> None:
    """One revision after the other has one head and one base."""
    outcome = check()

    assert outcome == Outcome((), (("revisions", "2"), ("heads", "b")))


def test_heads_names_both_heads_and_how_to_merge_them(project: AlembicProject, check: Check) -> None:
    """Two heads are named with their files, and the command that joins them is given."""
    project.add("c", "a")

    finding = only(check())

    assert finding.kind == "heads.several"
    assert finding.facts == (
        ("expected", "one head"),
        (
            "found",
            "b (Make b.) at migrations/versions/b_make.py:6, c (Make c.) at migrations/versions/c_make.py:6",
        ),
    )
    assert finding.fix.startswith("join them: alembic merge -m 'merge' b c; if b and c are branches of their own")


def test_heads_that_are_merged_hold(project: AlembicProject, check: Check) -> None:
    """A merge leaves one head."""
    project.add("c", "a")
    project.add("m", ("b", "c"))

    assert check().findings == ()


def test_heads_of_labelled_branches_hold(project: AlembicProject, check: Check) -> None:
    """Branches of their own, each with its base, its label and its head, are meant."""
    project.add("a", None, branch_labels=("shop",))
    project.add("x", None, branch_labels=("mail",))
    project.add("y", "x")

    assert check().findings == ()


def test_heads_of_one_labelled_branch_are_several(project: AlembicProject, check: Check) -> None:
    """A label on their common base does not tell two heads apart."""
    project.add("a", None, branch_labels=("shop",))
    project.add("c", "a")

    assert only(check()).kind == "heads.several"


def test_heads_names_a_second_base(project: AlembicProject, check: Check) -> None:
    """A second revision without a parent is named, and not the one where the chain begins."""
    project.add("x", None)
    project.add("m", ("b", "x"))

    assert found(check()) == [("heads.second-base", "revision x (Make x.)", "migrations/versions/x_make.py:6")]


def test_heads_names_a_file_that_alembic_does_not_see(project: AlembicProject, check: Check) -> None:
    """A revision in a subfolder is named."""
    project.add("c", "b", versions=project.versions / "2026")

    outcome = check()

    assert found(outcome) == [
        ("heads.unseen", "file migrations/versions/2026/c_make.py", "migrations/versions/2026/c_make.py:6")
    ]
    assert outcome.looked_at[0] == ("revisions", "2")


def test_heads_names_an_id_that_does_not_fit(project: AlembicProject, check: Check) -> None:
    """33 characters are too many for the column, 32 are not."""
    project.add("c" * 32, "b")
    project.add("d" * 33, "c" * 32)

    finding = only(check())

    assert (finding.kind, finding.subject, finding.direction) == (
        "heads.id-too-long",
        f"revision {'d' * 33}",
        "postgresql",
    )


def test_heads_names_both_files_of_one_id(project: AlembicProject, check: Check) -> None:
    """Two files with one id are a finding, although nothing else of the chain can then be told."""
    project.write("b_again.py", (project.versions / "b_make.py").read_text())

    outcome = check()

    assert only(outcome).facts == (
        ("expected", "one file"),
        ("found", "migrations/versions/b_again.py:6 and migrations/versions/b_make.py:6"),
    )
    assert outcome.not_done[0].startswith("heads and bases: two files have the same revision id")


def test_heads_of_a_schema_that_alembic_does_not_make_are_not_done(tmp_path: Path) -> None:
    """Without Alembic there is nothing to look at, which is said."""
    settings = Settings(tmp_path, migrations={"postgresql": MigrationSource("scripts", "sql")})

    outcome = heads.run(Workbench(settings, no_server))

    assert outcome.findings == ()
    assert "this check needs Alembic's revisions" in outcome.not_done[0]
