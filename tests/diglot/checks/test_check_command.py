"""`diglot check`, and a test that is a check, on a project whose schemas and statements say the same."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

import diglot.checks

DEPOT = Path(__file__).parents[1] / "assets" / "depot"
SCHEMA = json.loads((Path(diglot.checks.__file__).parent / "schema.json").read_text())
SAID = ("DATABASE_URL", "DIGLOT_DIALECT", "DIGLOT_POSTGRES", "DIGLOT_ISOLATION", "PYTEST_ADDOPTS", "DIGLOT_PARITY")
ENVIRON = {name: value for name, value in os.environ.items() if name not in SAID}
SLEEPING = """
def upgrade() -> None:
    import time
    op.execute("SELECT 1")
    time.sleep(600)
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def depot(tmp_path: Path) -> Path:
    """The project, in a folder of the test's own."""
    return Path(shutil.copytree(DEPOT, tmp_path / "depot", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def check(depot: Path) -> Run:
    """Run the command in the project, as a process of its own."""

    def run(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-P", "-c", "from diglot.cli import main; raise SystemExit(main())", "check", *arguments],
            cwd=depot,
            env={**ENVIRON, **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


def _processes_in(folder: Path) -> list[str]:
    """The processes whose working directory is `folder`."""
    links = [link for link in Path("/proc").glob("[0-9]*/cwd") if os.access(link, os.R_OK)]
    return [link.parent.name for link in links if link.exists() and link.resolve() == folder]


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_everything_holds_on_a_project_that_says_the_same_everywhere(check: Run) -> None:
    """All ten checks hold, the last line says so, and the exit code is 0."""
    done = check()

    assert done.stdout.count("ok  ") == 10, done.stdout
    assert done.stdout.splitlines()[-1] == "10 of 10 hold"
    assert "on postgresql 18." in done.stdout
    assert done.returncode == 0


def test_drift_is_found_named_and_accepted(check: Run, depot: Path) -> None:
    """A planted drift is red with both facts and a fix; once accepted with a reason it holds; a stale entry is red."""
    _edit(depot / "alembic/versions/0001_parts.py", '"price >= 0"', '"price >= -5"')
    red = check("drift")
    check("drift", "--update-divergences")
    without_reason = check("drift")
    _edit(depot / "divergences.toml", 'reason = ""', 'reason = "the old rows go first"')
    accepted = check("drift")
    _edit(depot / "alembic/versions/0001_parts.py", '"price >= -5"', '"price >= 0"')
    stale = check("drift")

    assert red.returncode == 1
    assert "ck_parts_price" in red.stdout
    assert "metadata  CHECK ((price >= (0)::numeric))" in red.stdout
    assert "migrated  CHECK ((price >= ('-5'::integer)::numeric))" in red.stdout
    assert "Fix: " in red.stdout
    assert without_reason.returncode == 1
    assert "has no reason" in without_reason.stdout
    assert (accepted.returncode, accepted.stdout.splitlines()[-1]) == (0, "1 of 1 hold; 1 finding accepted")
    assert stale.returncode == 1
    assert "is no longer seen: `diglot check drift` ran" in stale.stdout


def test_json_is_for_programs(check: Run, depot: Path) -> None:
    """The answer is one JSON document of the stated shape, and nothing else is on standard output."""
    _edit(depot / "sql/001_depot.sql", "amount INTEGER NOT NULL", "amount INTEGER")

    done = check("heads", "schema-parity", "--json")

    told = json.loads(done.stdout)
    jsonschema.validate(told, SCHEMA)
    assert [(one["name"], one["status"]) for one in told["checks"]] == [
        ("heads", "holds"),
        ("schema-parity", "falls-short"),
    ]
    assert [one["subject"] for one in told["checks"][1]["findings"]] == ["table moves, column amount"]
    assert done.returncode == 1


def test_statement_that_no_test_reaches_is_found(check: Run, depot: Path) -> None:
    """A forgotten placeholder is red with file and line, though nothing ever runs it."""
    with (depot / "depot.py").open("a") as file:
        file.write("\n\ndef rename(connection, code):\n")
        file.write('    connection.exec_driver_sql("UPDATE parts SET code = ? WHERE id = 1", (code,))\n')

    done = check("statements")

    assert done.returncode == 1
    assert "depot.py:39" in done.stdout
    assert "statements.placeholder" in done.stdout


def test_missing_alembic_environment_is_said(check: Run, depot: Path) -> None:
    """Without env.py nothing can be checked: exit code 2, the missing file and the fix."""
    (depot / "alembic/env.py").unlink()

    done = check("heads", "stairway", "drift")

    assert done.returncode == 2
    assert "env.py" in done.stdout
    assert done.stdout.count("Fix: ") == 1
    assert done.stdout.count("DG209, as told under heads") == 2


def test_chain_that_begins_in_the_middle_is_told_what_it_lacks(check: Run, depot: Path) -> None:
    """Where the first tables were made without the chain, the error says what to do about it."""
    _edit(depot / "alembic/versions/0002_moves.py", '"0001"', "None")
    (depot / "alembic/versions/0001_parts.py").unlink()

    done = check("idempotent")

    assert done.returncode == 2
    assert "give it a first revision that makes them" in " ".join(done.stdout.split())


@pytest.fixture
def late_depot(depot: Path) -> Path:
    """The project with a chain that begins behind its first table, which a function makes."""
    _edit(depot / "alembic/versions/0002_moves.py", '"0001"', "None")
    (depot / "alembic/versions/0001_parts.py").unlink()
    (depot / "ground.py").write_text(
        "import depot\n\n\ndef make(engine):\n    depot.metadata.create_all(engine, tables=[depot.parts])\n"
    )
    _edit(
        depot / "pyproject.toml", '{ alembic = "alembic.ini" }', '{ alembic = "alembic.ini", before = "ground:make" }'
    )
    return depot


def test_chain_that_begins_on_what_a_function_makes_is_checked_whole(check: Run, late_depot: Path) -> None:
    """With `before`, every check works on what the function makes, and rows stand in its tables from the start."""
    held = check()
    _edit(
        late_depot / "alembic/versions/0002_moves.py",
        "    op.create_table(",
        '    op.execute("DELETE FROM parts")\n    op.create_table(',
    )
    loses = check("stairway")

    assert held.stdout.splitlines()[-1] == "10 of 10 hold", held.stdout
    assert loses.returncode == 1
    assert "stairway.rows-lost:" in loses.stdout
    assert "table parts" in loses.stdout


def test_template_begins_on_what_a_function_makes(pytester: pytest.Pytester, late_depot: Path) -> None:
    """Tests get both: what `before` makes, and what the chain does; another `before` is another template."""
    shutil.copytree(late_depot, pytester.path, dirs_exist_ok=True)
    pytester.makepyfile(
        test_it="""
        import depot
        import sqlalchemy as sa

        def test_tables(diglot):
            assert {"parts", "moves"} <= set(sa.inspect(diglot.engine).get_table_names())
        """
    )

    done = pytester.runpytest_subprocess("--dialect", "postgresql")
    _edit(pytester.path / "ground.py", "def make", "PRICE = 1\n\n\ndef make")
    again = pytester.runpytest_subprocess("--dialect", "postgresql")

    done.assert_outcomes(passed=1)
    again.stdout.fnmatch_lines(["diglot: postgresql * template * built)"])


def test_broken_script_is_said(check: Run, depot: Path) -> None:
    """A revision that Python cannot read is named with its line."""
    _edit(depot / "alembic/versions/0002_moves.py", "def downgrade() -> None:", "def downgrade( -> None:")

    done = check("heads")

    assert done.returncode == 2
    assert "0002_moves.py" in done.stdout


def test_unreachable_server_is_said_without_its_password(check: Run) -> None:
    """A server that does not answer is named; what needs no server still runs; no secret is shown."""
    done = check("heads", "drift", "--postgres", "postgresql://me:geheim@127.0.0.1:1/x")

    assert done.returncode == 2
    assert "ok  heads" in done.stdout
    assert "DG603" in done.stdout
    assert "geheim" not in done.stdout + done.stderr


def test_chain_that_hangs_is_ended(check: Run, depot: Path) -> None:
    """A migration that does not end is given up after the limit, and named."""
    _edit(depot / "alembic/versions/0002_moves.py", "def upgrade() -> None:\n", f"{SLEEPING.lstrip()}\n\ndef old():\n")
    with (depot / "pyproject.toml").open("a") as file:
        file.write("\n[tool.diglot.checks]\nstep_timeout_s = 1.5\n")

    done = check("stairway")

    assert done.returncode != 0
    assert "0002" in done.stdout
    assert "1.5" in done.stdout


def test_project_without_settings_is_told(check: Run, depot: Path) -> None:
    """A folder without `[tool.diglot]` is an error that says where to write it."""
    (depot / "pyproject.toml").unlink()

    done = check("heads")

    assert done.returncode == 2
    assert "DG104" in done.stderr


def test_unknown_check_is_told(check: Run) -> None:
    """A wrong name is answered with the nearest one."""
    done = check("drif")

    assert done.returncode == 2
    assert "Fix: write drift" in done.stderr


def test_list_names_every_check(check: Run) -> None:
    """`--list` says what there is, one line each, and with a name that check's page."""
    done = check("--list")
    page = check("--list", "drift")

    assert len(done.stdout.splitlines()) == 10
    assert done.returncode == 0
    assert page.stdout.startswith("# drift\n\nMetadata and migrated schema")
    assert "Bad: " in page.stdout


def test_interrupted_check_leaves_no_process(depot: Path) -> None:
    """Ended by a signal in the middle of a migration, the command ends the chain's process as well."""
    os.mkfifo(depot / "reached")
    hanging = SLEEPING.replace("time.sleep", "open('reached', 'w').close(); time.sleep").lstrip()
    _edit(depot / "alembic/versions/0002_moves.py", "def upgrade() -> None:\n", f"{hanging}\n\ndef old():\n")
    command = [sys.executable, "-c", "from diglot.cli import main; raise SystemExit(main())", "check", "stairway"]
    process = subprocess.Popen(
        command, cwd=depot, env=ENVIRON, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )

    (depot / "reached").read_text()  # blocks until the migration has come there
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)

    assert process.returncode == 128 + signal.SIGTERM
    assert _processes_in(depot) == []


def test_check_is_a_test(pytester: pytest.Pytester, depot: Path) -> None:
    """`diglot_check` fails a test with what the check found, and passes where it holds."""
    shutil.copytree(depot, pytester.path, dirs_exist_ok=True)
    _edit(pytester.path / "alembic/versions/0002_moves.py", 'op.drop_table("moves")', 'op.execute("SELECT 1")')
    pytester.makepyfile(
        test_chain="""
        import pytest

        @pytest.mark.parametrize("check", ["heads", "downgrade"])
        def test_chain(diglot_check, check):
            diglot_check(check)
        """
    )

    done = pytester.runpytest_subprocess("-q")

    done.assert_outcomes(passed=1, failed=1)
    assert "table moves" in done.stdout.str()


def test_check_says_which_migration_is_broken(pytester: pytest.Pytester, depot: Path) -> None:
    """Where the template cannot be built, a check still runs, and names revision, place and problem."""
    shutil.copytree(depot, pytester.path, dirs_exist_ok=True)
    _edit(pytester.path / "alembic/versions/0002_moves.py", '"parts.id"', '"party.id"')
    pytester.makepyfile(test_chain="def test_chain(diglot_check):\n    diglot_check('stairway')\n")

    done = pytester.runpytest_subprocess("-q")

    done.assert_outcomes(failed=1)
    assert "revision 0002 (moves)" in done.stdout.str()
    assert 'relation "party" does not exist' in done.stdout.str()


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ("depot:stock", "DG902: "),
        ("depot:nothing", "has no attribute 'nothing'. Fix: write 'package.module:name'"),
        (":metadata", "Empty module name. Fix: write 'package.module:name'"),
        ("nowhere:metadata", "No module named 'nowhere'. Fix: write 'package.module:name'"),
        (
            "eager:metadata",
            "eager breaks off with KeyError: 'APP_KEY'. Fix: correct it, or set what",
        ),
        ("broken:metadata", 'DG903: metadata.create_all() fails on an empty Postgres database: type "no_such'),
    ],
)
def test_metadata_that_cannot_be_used_is_told(check: Run, depot: Path, metadata: str, told: str) -> None:
    """What is no metadata, is not there, or cannot be created is an error with its own words."""
    _edit(depot / "pyproject.toml", "depot:metadata", metadata)
    column = 'Column("a", sa.types.UserDefinedType())'
    kind = "class Odd(sa.types.UserDefinedType):\n    def get_col_spec(self):\n        return 'no_such_type'\n"
    source = f"import sqlalchemy as sa\n{kind}metadata = sa.MetaData()\nsa.Table('t', metadata, sa.{column})\n"
    (depot / "eager.py").write_text("import os\nos.environ['APP_KEY']\n")
    (depot / "broken.py").write_text(source.replace("sa.types.UserDefinedType())", "Odd())", 1))

    done = check("drift")

    assert done.returncode == 2
    assert told in " ".join(done.stdout.split())


def test_metadata_may_be_the_declarative_base(check: Run, depot: Path) -> None:
    """What has a `metadata` of its own, as a declarative base has, stands for it."""
    with (depot / "depot.py").open("a") as file:
        file.write("\n\nclass Base(sa.orm.DeclarativeBase):\n    metadata = metadata\n")
    _edit(depot / "depot.py", "import sqlalchemy as sa", "import sqlalchemy as sa\nimport sqlalchemy.orm")
    _edit(depot / "pyproject.toml", "depot:metadata", "depot:Base")

    assert check("drift").returncode == 0


def test_check_is_skipped_where_postgres_was_not_selected(pytester: pytest.Pytester, depot: Path) -> None:
    """On SQLite alone a check is skipped, with the reason."""
    shutil.copytree(depot, pytester.path, dirs_exist_ok=True)
    pytester.makepyfile(test_chain="def test_chain(diglot_check):\n    diglot_check('heads')\n")

    done = pytester.runpytest_subprocess("-q", "-rs", "--dialect", "sqlite")

    done.assert_outcomes(skipped=1)
    assert "checks need it" in done.stdout.str()


def test_schema_made_by_scripts_is_compared_as_well(check: Run, depot: Path) -> None:
    """Where scripts make the Postgres schema it is compared as well; the chain's checks say why they are not run."""
    _edit(depot / "pyproject.toml", '{ alembic = "alembic.ini" }', '{ scripts = "postgres" }')
    shutil.copytree(depot / "sql", depot / "postgres")
    script = depot / "postgres/001_depot.sql"
    _edit(script, "active BOOLEAN NOT NULL DEFAULT 1", "active BOOLEAN NOT NULL DEFAULT true")
    script.write_text(script.read_text().replace("    id INTEGER NOT", "    id SERIAL NOT"))

    held = check("drift", "stairway", "statements", "schema-parity", "locks")
    _edit(script, "price >= 0", "price > 0")
    short = check("drift")

    assert held.returncode == 0, held.stdout
    assert "not looked at" in held.stdout
    assert short.returncode == 1
    assert "ck_parts_price" in short.stdout
