"""What the chain's files say, and what is wrong with those that cannot be read."""

from pathlib import Path

import pytest

from diglot.errors.migrations import ChainBroken, NotAlembic
from diglot.migrate.chain import Chain, Revision
from diglot.settings import MigrationSource
from tests.diglot.checks.alembic_projects import INI, AlembicProject


def test_graph_tells_everything_of_a_revision(project: AlembicProject, chain: Chain) -> None:
    """A revision has its id, parents, dependencies, labels, title, path and line."""
    project.add("a", None, branch_labels=("left",))
    project.add("z", None, branch_labels=("right",))
    project.add("b", "a", depends_on="right")

    graph = chain.graph()

    assert graph.revisions == (
        Revision("a", (), (), ("left",), "Make a.", "migrations/versions/a_make.py", 6),
        Revision("z", (), (), ("right",), "Make z.", "migrations/versions/z_make.py", 6),
        Revision("b", ("a",), ("z",), ("left",), "Make b.", "migrations/versions/b_make.py", 6),
    )


def test_graph_puts_parents_before_children(project: AlembicProject, chain: Chain) -> None:
    """Branches, merges and dependencies come in an order in which they can be applied, always the same."""
    project.add("m", ("l", "r"))
    project.add("l", "z")
    project.add("r", "z", depends_on="x")
    project.add("z", None)
    project.add("x", None)

    graph = chain.graph()

    assert [one.id for one in graph.revisions] == ["x", "z", "l", "r", "m"]
    assert graph.heads == ("m", "x")
    assert graph.bases == ("x", "z")


def test_graph_of_a_project_without_revisions_is_empty(chain: Chain) -> None:
    """A chain may have no revision yet."""
    graph = chain.graph()

    assert (graph.revisions, graph.heads, graph.bases) == ((), (), ())


def test_graph_reads_every_version_location(project: AlembicProject, chain: Chain) -> None:
    """Revisions may be in several folders, also outside that of env.py."""
    project.ini(f"{INI}version_locations = %(here)s/migrations/versions %(here)s/plugin\npath_separator = space\n")
    project.add("a", None)
    project.add("b", "a", versions=project.folder / "plugin")

    graph = chain.graph()

    assert [one.path for one in graph.revisions] == ["migrations/versions/a_make.py", "plugin/b_make.py"]


def test_files_show_what_alembic_does_not_see(project: AlembicProject, chain: Chain) -> None:
    """A revision in a subfolder, or beside the folder of versions, is told as not seen."""
    project.add("a", None)
    project.add("b", "a", versions=project.versions / "old")
    project.add("c", "a", versions=project.migrations / "version")
    (project.migrations / "notes.py").write_text("revision = 'not one'\n")

    files = chain.files()

    assert [(one.path, one.revision, one.seen) for one in files] == [
        ("migrations/version/c_make.py", "c", False),
        ("migrations/versions/a_make.py", "a", True),
        ("migrations/versions/old/b_make.py", "b", False),
    ]


def test_files_show_both_files_of_one_revision(project: AlembicProject, chain: Chain) -> None:
    """Two files with one revision id are both shown, although Alembic keeps one."""
    project.add("a", None)
    project.write("again.py", (project.versions / "a_make.py").read_text())

    files = chain.files()

    assert [(one.path, one.revision, one.seen) for one in files] == [
        ("migrations/versions/a_make.py", "a", True),
        ("migrations/versions/again.py", "a", True),
    ]


def test_chain_refuses_a_schema_that_alembic_does_not_make(tmp_path: Path) -> None:
    """A folder of scripts has no revisions, which is said at once."""
    with pytest.raises(NotAlembic, match="scripts = 'sql', and this check needs Alembic"):
        Chain(tmp_path, MigrationSource("scripts", "sql"))


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("revision = 'b'\ndown_revision = (\n", 2, "SyntaxError: '\\(' was never closed"),
        ("revision = 'b'\ndown_revision = 'a'\nimport nowhere_at_all\n", 3, "No module named 'nowhere_at_all'"),
        ("revision = 'b'\n\n\ndown_revision = 'gone'\n", 4, "revision 'gone', which no file declares"),
        ("revision = 'b'\ndown_revision = 'a'\ndepends_on = ('gone',)\n", 3, "revision 'gone', which no file"),
        ("revision = 'b'\ndown_revision = 'b'\n", 1, "the revisions b form a ring"),
        ("revision = 'b'\ndown_revision = 'a'\nraise ValueError('no')\n", 3, "ValueError: no"),
        ("x = 1\nrevision = 'a'\ndown_revision = None\n", 2, "'a' is in two files"),
        ("x = 1\nrevision = 'base'\ndown_revision = None\n", 2, "the revision id 'base' is a word of Alembic's own"),
        ("x = 1\nrevision = 'head'\ndown_revision = 'a'\n", 2, "the revision id 'head' is a word of Alembic's own"),
    ],
    ids=["syntax", "import", "missing", "missing-dependency", "loop", "error", "duplicate", "base", "head"],
)
def test_graph_names_file_and_line_of_a_broken_revision(
    project: AlembicProject, chain: Chain, text: str, line: int, problem: str
) -> None:
    """A file that cannot be read is named with the line and with what is wrong."""
    project.add("a", None)
    project.write("b_broken.py", text)

    with pytest.raises(ChainBroken, match=problem) as caught:
        chain.graph()

    assert (caught.value.path, caught.value.line) == ("migrations/versions/b_broken.py", line)


def test_graph_names_the_file_without_a_down_revision(project: AlembicProject, chain: Chain) -> None:
    """A revision's file must say what it comes after, be it None."""
    project.write("b_broken.py", "revision = 'b'\n")

    with pytest.raises(ChainBroken, match=r"versions/b_broken.py: it has no down_revision. Fix: write `down_revision"):
        chain.graph()


def test_graph_names_a_ring(project: AlembicProject, chain: Chain) -> None:
    """Revisions that come after each other are all named."""
    project.add("a", None)
    project.add("b", "d")
    project.add("c", "b")
    project.add("d", "c")

    with pytest.raises(ChainBroken, match="the revisions b, c, d form a ring") as caught:
        chain.graph()

    assert caught.value.site == "migrations/versions/b_make.py:6"


def test_graph_can_be_read_after_the_file_was_corrected(project: AlembicProject, chain: Chain) -> None:
    """A broken chain is no reason to start anew once it is corrected."""
    path = project.write("b_broken.py", "revision = 'b'\n")
    with pytest.raises(ChainBroken):
        chain.graph()
    path.unlink()
    project.add("a", None)

    graph = chain.graph()

    assert graph.heads == ("a",)


@pytest.mark.parametrize(
    ("ini", "path", "problem"),
    [
        ("[alembic]\n", "alembic.ini", "No 'script_location' key found"),
        ("[alembic]\nscript_location = %(here)s/nothing\n", "alembic.ini", "Path doesn't exist: .*nothing"),
        ("script_location = migrations\n", "alembic.ini", "no section headers"),
        ("[alembic]\nscript_location = %(here)s\n", "env.py", "there is no env.py in the folder"),
    ],
    ids=["no-location", "no-folder", "no-section", "no-env"],
)
def test_graph_names_what_is_wrong_with_the_environment(
    project: AlembicProject, chain: Chain, ini: str, path: str, problem: str
) -> None:
    """An ini file that leads nowhere is told by its name, with what is missing."""
    project.ini(ini)

    with pytest.raises(ChainBroken, match=problem) as caught:
        chain.graph()

    assert caught.value.path == path


def test_graph_names_an_ini_file_that_is_gone(tmp_path: Path) -> None:
    """Without an ini file there is no chain."""
    with (
        Chain(tmp_path, MigrationSource("alembic", "alembic.ini")) as chain,
        pytest.raises(ChainBroken, match=r"broken at alembic.ini: there is no such file. Fix: correct the path"),
    ):
        chain.graph()
