"""The SQL of a project is read out of its source: which calls, which texts, which files."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from asked_postgres import kinds, migrated, survey

from diglot.checks.statements.extract import Extracted, extract, is_statement
from diglot.checks.statements.modules import Broken, Module, Project, parse
from diglot.checks.statements.sources import read_sources
from diglot.errors.statements import SourceMissing
from diglot.provision.postgres import PostgresServer
from diglot.settings import MigrationSource, Settings


@pytest.fixture(scope="module")
def connection(diglot_server: PostgresServer) -> Iterator[Any]:
    """A database with the idioms' schema, for the whole module."""
    with migrated(diglot_server) as opened:
        yield opened


def _read(folder: Path, **files: str) -> Extracted:
    modules: list[Module | Broken] = []
    for name, content in files.items():
        path = folder / f"{name}.py"
        path.write_text(dedent(content), encoding="utf-8")
        modules.append(parse(path, f"app/{name}.py", f"app.{name}"))
    project = Project(one for one in modules if isinstance(one, Module))
    return extract(project, project.modules)


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ('text("SELECT 1")', ["SELECT 1"]),
        ('text("SELECT " "1")', ["SELECT 1"]),
        ('text("SELECT " + COLUMNS + " FROM t")', ["SELECT id, n FROM t"]),
        ('text(f"SELECT {COLUMNS} FROM t")', ["SELECT id, n FROM t"]),
        ('text(f"SELECT {COLUMNS!s} FROM {Names.TABLE}")', ["SELECT id, n FROM trades"]),
        ('text("SELECT %s FROM t" % COLUMNS)', ["SELECT id, n FROM t"]),
        ('text("SELECT %s FROM %s" % (COLUMNS, Names.TABLE))', ["SELECT id, n FROM trades"]),
        ('text("SELECT %(c)s, 5 %% 2" % {"c": COLUMNS})', ["SELECT id, n, 5 % 2"]),
        ('text("SELECT {} FROM {t}".format(COLUMNS, t="x"))', ["SELECT id, n FROM x"]),
        ('text(", ".join(["SELECT 1", "2"]))', ["SELECT 1, 2"]),
        ('text(" ".join(PARTS))', ["SELECT 1 AS a"]),
        ("""text(", ".join(f"'{one}'" for one in PARTS))""", ["'SELECT', '1 AS a'"]),
        ('text(textwrap.dedent("""\\n    SELECT 1"""))', ["\nSELECT 1"]),
        ('text("SELECT 1 ".strip())', ["SELECT 1"]),
        ('text("SELECT 1" if flag else "SELECT 2")', ["SELECT 1", "SELECT 2"]),
        ('text(BY_NAME["one"])', ["SELECT 1"]),
        ("text(BY_NAME[name])", ["SELECT 1", "SELECT 2"]),
        ('[text(f"SELECT {one}") for one in ("a", "b")]', ["SELECT a", "SELECT b"]),
        ("[text(sql) for _, sql in PAIRS]", ["SELECT 3", "SELECT 4"]),
        ("[text(sql) for sql in BY_NAME.values()]", ["SELECT 1", "SELECT 2"]),
        ("text(elsewhere.QUERY)", ["SELECT 5"]),
        ("text(QUERY)", ["SELECT 5"]),
        ("sa.text('SELECT 1')", ["SELECT 1"]),
        ("again('SELECT 1')", ["SELECT 1"]),
        ("connection.exec_driver_sql('SELECT 1')", ["SELECT 1"]),
        ("cursor.execute('SELECT 1', (1,))", ["SELECT 1"]),
        ("cursor.executemany('INSERT INTO t VALUES (1)', rows)", ["INSERT INTO t VALUES (1)"]),
        ("connection.execute(text('SELECT 1'))", ["SELECT 1"]),
        ("op.execute('DROP TABLE t')", ["DROP TABLE t"]),
        ("sa.DDL('CREATE VIEW v AS SELECT 5 %% 2')", ["CREATE VIEW v AS SELECT 5 % 2"]),
        ("sa.CheckConstraint('num > 0')", ["num > 0"]),
        ("sa.literal_column('1 + 1')", ["1 + 1"]),
        ("sa.Computed('num * 2')", ["num * 2"]),
        ("sa.Column('a', sa.Integer, server_default='0')", ["0"]),
        ("sa.Column('a', sa.Integer, server_default=text('0'))", ["0"]),
        ("sa.Index('i', 'a', postgresql_where=text('a > 0'))", ["a > 0"]),
    ],
)
def test_sink_gives_its_text(tmp_path: Path, body: str, texts: list[str]) -> None:
    """A text is read out of every call that takes SQL, with what is constant in it put together."""
    source = f"""
        import textwrap
        import sqlalchemy as sa
        from alembic import op
        from sqlalchemy import text
        from app import elsewhere
        from app.elsewhere import QUERY, text as again
        COLUMNS = "id, n"
        PARTS = ("SELECT", "1 AS a")
        PAIRS = (("c", "SELECT 3"), ("d", "SELECT 4"))
        BY_NAME = {{"one": "SELECT 1", "two": "SELECT 2"}}
        class Names:
            TABLE = "trades"
        def run(connection, cursor, rows, name, flag):
            return {body}
    """

    found = _read(tmp_path, orders=source, elsewhere='from sqlalchemy import text\nQUERY = "SELECT 5"\n')

    assert ([one.sql for one in found.texts], found.unfolded) == (texts, ())


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", True), ("select * FROM t", True), ("SELECT -1", True), ("SELECT :a", True), ("(SELECT 1)", True),
        ("WITH a AS (SELECT 1) SELECT 1", True), ("VALUES (1)", True), ("COMMIT;", True), ("SET x = 1", True),
        ("PREPARE TRANSACTION 'x'", True), ("-- why\nDELETE FROM t", True), ("", False), ("-- nothing", False),
        ("(a + b) > 2", False), ("close > 5", False), ("start", False), ("end IS NULL", False),
        ("comment = 1", False), ("replace(n, 'a', 'b')", False), ("n DESC", False), ("values IN (1)", False),
    ],
)  # fmt: skip
def test_statement_is_told_from_a_part_of_one(sql: str, expected: bool) -> None:
    """A column may be called as a statement begins."""
    assert is_statement(sql) is expected


@pytest.mark.parametrize(
    "body",
    [
        "executor.execute('a job')",
        "connection.execute(select(1))",
        "columns.text('email', 254)",
        "text_of('SELECT 1')",
        "print('SELECT 1')",
        "cursor.execute(statement)",
        "op.execute(table.insert())",
    ],
)
def test_call_that_takes_no_sql_gives_nothing(tmp_path: Path, body: str) -> None:
    """What only looks like such a call is left alone."""
    source = f"from alembic import op\nfrom app import columns\ndef run(executor, connection, cursor): return {body}\n"

    found = _read(tmp_path, orders=source, columns="def text(name, length): ...\n")

    assert found == Extracted()


@pytest.mark.parametrize(
    ("body", "sql", "holes"),
    [
        ('text(f"SELECT * FROM {table}")', "SELECT * FROM {table}", ("table",)),
        ('text("SELECT * FROM " + table)', "SELECT * FROM {table}", ("table",)),
        ("text(table)", "{table}", ("table",)),
        ('text(f"SELECT {1.5:.2f}")', "SELECT {1.5}", ("1.5",)),
        ('text(f"SELECT {table!r}")', "SELECT {table}", ("table",)),
        ('cursor.execute(f"SELECT * FROM {table}")', "SELECT * FROM {table}", ("table",)),
        ('text("SELECT {} FROM t".format(table))', "SELECT {table} FROM t", ("table",)),
        ("text(grown)", "{grown}", ("grown",)),
        ("sa.DDL('DROP TABLE %(table)s')", "DROP TABLE %(table)s", ("table",)),
    ],
)
def test_text_with_an_unknown_part_keeps_it_as_a_hole(
    tmp_path: Path, body: str, sql: str, holes: tuple[str, ...]
) -> None:
    """What depends on a value of the run is told with the part that is not known, and not guessed."""
    source = f"""
        import sqlalchemy as sa
        from sqlalchemy import text
        def run(cursor, table):
            grown = "SELECT 1"
            grown += " WHERE " + table
            return {body}
    """

    found = _read(tmp_path, orders=source)

    assert (found.texts, [(one.sql, one.holes) for one in found.unfolded]) == ((), [(sql, holes)])


def test_text_is_placed_where_it_stands(tmp_path: Path) -> None:
    """A constant of another file is told at its own line there, and once for all calls that use it."""
    source = "from sqlalchemy import text\nfrom app.queries import ONE\ndef run(c):\n    return text(ONE)\n"

    found = _read(tmp_path, orders=source, queries='"""Queries."""\n\nONE = "SELECT 1"\n')

    assert [one.site for one in found.texts] == ["app/queries.py:3"]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("sa.Table('r', m, sa.Column('f', sa.Boolean, server_default=sa.text('0')))", "default"),
        ("sa.Table('r', m, sa.Column('f', sa.Boolean(), server_default=sa.text('1')))", "default"),
        ("sa.Table('t', m, sa.Column('flag', Flag, server_default=sa.text('0')))", "default"),
        ("sa.Table('r', m, sa.Column('f', sa.Boolean, server_default='0'))", ""),
        ("sa.Table('r', m, sa.Column('f', sa.Boolean, server_default=sa.text('false')))", ""),
        ("sa.Table('r', m, sa.Column('n', sa.Integer, server_default='none'))", "default"),
        ("sa.Table('r', m, sa.Column('at', sa.DateTime, server_default=sa.text(\"datetime('now')\")))", "default"),
        ("sa.Table('r', m, sa.Column('at', sa.DateTime, server_default=sa.text('CURRENT_TIMESTAMP')))", ""),
        ("sa.Table('r', m, sa.Column('at', sa.DateTime, server_default=sa.text('now()')))", ""),
        ("sa.Table('t', m, sa.CheckConstraint('num >= 0'))", ""),
        ("sa.Table('t', m, sa.CheckConstraint('flag IN (0, 1)'))", "types"),
        ("sa.Table('t', m, sa.CheckConstraint('nope >= 0'))", "unknown-column"),
        ("sa.Table('r', m, sa.CheckConstraint('length(code) = 3'))", ""),
        ("sa.Table('r', m, sa.CheckConstraint(\"code GLOB 'a*'\"))", "syntax"),
        ("sa.Table('r', m, sa.CheckConstraint(\"ifnull(code, '') <> ''\"))", "unknown-function"),
        ("sa.CheckConstraint('num >= 0').ddl_if(dialect='sqlite')", ""),
        ("sa.CheckConstraint(\"n GLOB 'a*'\").ddl_if(dialect='sqlite')", ""),
        ("sa.Table('t', m, sa.Index('i', 'num', postgresql_where=sa.text('flag = 1')))", "types"),
        ("sa.Table('t', m, sa.Index('i', 'num', sqlite_where=sa.text('flag = 1')))", ""),
        ("sa.Table('t', m, sa.Index('i', 'num', postgresql_where=sa.text('flag')))", ""),
        ("sa.select(t).where(sa.text('num > 1'))", ""),
        ("sa.select(t).where(sa.text('flag = 1'))", "types"),
        ("sa.select(t).where(sa.text('o.flag = 1'))", ""),
        ("sa.select(t).where(sa.text(\"o.made > datetime('now')\"))", "unknown-function"),
        ("sa.select(t).having(sa.text('count(*) > 1'))", ""),
        ("sa.select(t).order_by(sa.text('num DESC NULLS LAST'))", ""),
        ("sa.select(t).order_by(sa.text('n COLLATE NOCASE'))", "unknown-object"),
        ("sa.select(sa.text('id, n'))", ""),
        ("sa.select(sa.literal_column('count(*)'))", ""),
        ("sa.select(sa.literal_column('ifnull(num, 0)'))", "unknown-function"),
        ("sa.select(t).select_from(sa.text('t'))", ""),
        ("sa.Table('t', m, sa.Column('x', sa.Integer, sa.Computed('num * 2')))", ""),
        ("sa.Table('t', m, sa.Column('x', sa.Integer, sa.Computed('num + n')))", "types"),
    ],
)
def test_part_of_a_statement_is_judged_where_it_belongs(
    connection: Any, tmp_path: Path, source: str, kind: str
) -> None:
    """A default is judged on its column's type, a condition on its table, what belongs nowhere by its functions."""
    found = survey(connection, tmp_path, tables=f"import sqlalchemy as sa\nm = sa.MetaData()\nx = {source}\n")

    assert kinds(found) == [kind] * bool(kind)


def test_default_of_a_mapped_class_is_judged_on_its_annotation(connection: Any, tmp_path: Path) -> None:
    """`Mapped[bool]` with the default text 0 is found, as its table's constraint on another column is."""
    source = """
        import sqlalchemy as sa
        from sqlalchemy.orm import Mapped, mapped_column
        class Trade(Base):
            __tablename__ = "t"
            __table_args__ = (sa.CheckConstraint("num IN ('a')"),)
            done: Mapped[bool] = mapped_column(server_default=sa.text("0"))
    """

    found = survey(connection, tmp_path, tables=dedent(source))

    assert kinds(found) == ["types", "default"]


@pytest.mark.parametrize(
    "sql",
    [
        """f"SELECT * FROM {table} WHERE id = ?\"""",
        """f"SELECT * FROM t WHERE id IN ({', '.join('?' for _ in ids)})\"""",
        """f"SELECT * FROM t WHERE id IN ({', '.join('?' * len(ids))})\"""",
        """"SELECT * FROM t WHERE id IN (" + ", ".join(["?"] * len(ids)) + ")\"""",
        """"SELECT * FROM t WHERE id IN (%s)" % ",".join("?" * len(ids))""",
    ],
)
def test_question_mark_in_a_text_with_holes_is_found(connection: Any, tmp_path: Path, sql: str) -> None:
    """A placeholder that nobody replaces is found although a name or the number of values is not known."""
    source = f"def run(cursor, table, ids):\n    cursor.execute({sql}, ids)\n"

    found = survey(connection, tmp_path, orders=source)

    assert kinds(found) == ["placeholder"]
    assert [one.partition(", unknown")[0] for one in found.not_done] == ["app/orders.py:2: execute() cannot be folded"]


def test_call_with_several_unknown_texts_is_told_once(connection: Any, tmp_path: Any) -> None:
    """A call whose text may be one of several that are not known is one place to look at, with all that is unknown."""
    source = """
        from sqlalchemy import text
        def run(c, a, b, first):
            name = f"{a}_x" if first else f"{b}_y"
            c.execute(text(f"DELETE FROM {name}"))
    """

    found = survey(connection, tmp_path, orders=dedent(source))

    assert found.not_done == ("app/orders.py:5: text() cannot be folded, unknown: a, b",)


def test_operator_with_a_question_mark_is_taken(connection: Any, tmp_path: Path) -> None:
    """`?` is an operator of JSONB, and no finding where Postgres takes it."""
    found = survey(connection, tmp_path, orders="def run(cursor):\n    cursor.execute(\"SELECT j ? 'a' FROM t\")\n")

    assert kinds(found) == []


@pytest.mark.parametrize(
    "sql",
    [
        "''", "';'", "' -- nothing'", "'SELECT 1;;'", "'(SELECT 1) UNION (SELECT 2)'", "'SELECT $$;$$, 1'",
        "'SELECT 1 -- ?; :x'", r"'SELECT 1 AS \"\ud800\"'", "'COPY t FROM STDIN'", "'ROLLBACK; SELECT 1'",
        "'COMMIT; DROP TABLE b'", "'CREATE DATABASE x'", "'SET search_path = x'", "'DO $$ BEGIN END $$'",
        "'SELECT pg_sleep(60)'", "'EXPLAIN ANALYZE DELETE FROM t'", "'VACUUM'", "'TABLE t'",
    ],
)  # fmt: skip
def test_text_that_is_hard_to_ask_about_is_no_finding(connection: Any, tmp_path: Path, sql: str) -> None:
    """Whatever a text says, nothing of it is done, and nothing of it keeps the check from its end."""
    found = survey(connection, tmp_path, orders=f"def run(cursor):\n    cursor.exec_driver_sql({sql})\n")
    cursor = connection.cursor()
    cursor.execute(
        "SELECT to_regclass('b')::text, current_setting('search_path'), count(*) FROM pg_prepared_statements"
    )

    assert kinds(found) == []
    assert cursor.fetchone() == ("b", '"$user", public', 0)


def test_script_for_a_cursor_is_found(connection: Any, tmp_path: Path) -> None:
    """`executescript` is an API that no driver of Postgres has."""
    found = survey(connection, tmp_path, orders="def run(cursor):\n    cursor.executescript('SELECT 1; SELECT 2')\n")

    assert kinds(found) == ["sqlite-api"]


def test_table_that_the_application_makes_is_not_missed(connection: Any, tmp_path: Path) -> None:
    """A table that a text creates is not judged as missing, which is told."""
    source = """
        def run(connection):
            connection.exec_driver_sql("CREATE TEMPORARY TABLE batch (id INTEGER)")
            connection.exec_driver_sql("INSERT INTO batch VALUES (1)")
    """

    found = survey(connection, tmp_path, orders=dedent(source))

    assert (kinds(found), found.not_done) == (
        [],
        ("app/orders.py:4: it needs a table that is created at app/orders.py:3",),
    )


# -- files -----------------------------------------------------------------------------------------


def test_broken_file_is_a_finding(connection: Any, tmp_path: Path) -> None:
    """A file that Python cannot read is told with its line, and the others are judged."""
    found = survey(connection, tmp_path, broken="def run(:\n", orders='def run(c): c.exec_driver_sql("SELEC 1")\n')

    assert kinds(found) == ["unreadable", "syntax"]
    assert found.findings[0].site == "app/broken.py:1"


def test_revision_is_judged_by_its_syntax_and_functions(connection: Any, tmp_path: Path) -> None:
    """A migration's text needs neither the newest tables nor columns; its functions must be there."""
    source = """
        from alembic import op
        def upgrade():
            op.execute("UPDATE gone SET old = 1 WHERE flag = 1")
            op.execute("UPDATE gone SET at = datetime('now')")
            op.execute("UPDATE gone SET WHERE id = 1")
    """

    found = survey(connection, tmp_path, revisions=("app/one.py",), one=dedent(source))

    assert kinds(found) == ["unknown-function", "syntax"]


def test_script_beside_the_revisions_is_judged(connection: Any, tmp_path: Path) -> None:
    """An SQL file in the folder of the revisions is read as a migration."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "one.sql").write_text("CREATE TABLE x (id INTEGER);\nINSERT OR IGNORE INTO x VALUES (1);\n")

    found = survey(connection, tmp_path, revisions=("app/one.py",), one="")

    assert [(one.kind, one.site) for one in found.findings] == [("statements.syntax", "app/one.sql:1")]


@pytest.mark.parametrize(
    "source",
    [
        MigrationSource("call", "app.sqlite_schema:migrate"),
        MigrationSource("scripts", "app/sqlite_schema.py"),
        MigrationSource("call", "other:migrate", watch=(Path("app/sqlite_schema.py"),)),
    ],
    ids=["call", "scripts", "watch"],
)
def test_file_that_makes_sqlites_schema_is_left_out(connection: Any, tmp_path: Path, source: MigrationSource) -> None:
    """What builds the SQLite database never runs on Postgres, and needs no remark."""
    watched = MigrationSource(source.kind, source.target, tuple(tmp_path / one for one in source.watch))
    pragma = 'def migrate(c): c.exec_driver_sql("PRAGMA user_version = 1")\n'

    found = survey(connection, tmp_path, sqlite=watched, sqlite_schema=pragma, orders="")

    assert (kinds(found), found.looked_at[0]) == ([], ("files", "1"))


def test_folder_that_is_watched_around_everything_leaves_nothing_out(connection: Any, tmp_path: Path) -> None:
    """A watched folder that holds the whole source is there for the digest, and hides nothing."""
    watched = MigrationSource("call", "other:migrate", watch=(tmp_path,))

    found = survey(connection, tmp_path, sqlite=watched, orders='def run(c): c.exec_driver_sql("PRAGMA x")\n')

    assert kinds(found) == ["syntax"]


def test_tests_inside_a_package_are_left_out(connection: Any, tmp_path: Path) -> None:
    """Files of tests run on both dialects, and are not read."""
    pragma = 'def test_x(c): c.exec_driver_sql("PRAGMA x")\n'

    found = survey(connection, tmp_path, tests__test_orders=pragma, conftest=pragma, test_more=pragma, orders="")

    assert (kinds(found), found.looked_at[0]) == ([], ("files", "1"))


def test_sources_are_the_packages_that_the_settings_name(tmp_path: Path) -> None:
    """Without `sources` the packages of `app` and `metadata` are read, also below `src`, and nothing is imported."""
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "__init__.py").write_text("raise RuntimeError\n")
    (tmp_path / "tables.py").write_text("")
    settings = Settings(root=tmp_path, app="shop.web:create", metadata="tables:metadata")

    found = read_sources(settings, [])

    assert sorted((one.path, one.name) for one in found.modules) == [
        ("src/shop/__init__.py", "shop"),
        ("tables.py", "tables"),
    ]


def test_no_source_is_an_error(tmp_path: Path) -> None:
    """Nothing to look at is told, and not taken for nothing wrong."""
    with pytest.raises(SourceMissing, match=r"DG913: .*pyproject\.toml names no source .*Fix: "):
        read_sources(Settings(root=tmp_path), [])
