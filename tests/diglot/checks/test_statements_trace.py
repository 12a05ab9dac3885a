"""The statements of a run on SQLite: what is kept of them, in which file, and how they are judged."""

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from asked_postgres import kinds, migrated, survey, traced_of
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from diglot.dialects.sqlite import real_engine
from diglot.errors.statements import TraceMalformed, TraceMissing
from diglot.parity.record import Recorder
from diglot.parity.trace import Statement
from diglot.parity.traced import Traced, encode, read_traced, type_of, types_of, write_traced
from diglot.parity.tracing import Tracer
from diglot.provision.postgres import PostgresServer

NOON = dt.datetime(2024, 1, 2, 12, tzinfo=dt.UTC)
METADATA = sa.MetaData()
THINGS = sa.Table(
    "things",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("n", sa.String(20)),
    sa.Column("done", sa.Boolean),
    sa.Column("at", sa.DateTime(timezone=True)),
    sa.Column("u", sa.Uuid),
    sa.Column("d", sa.JSON),
)


class Base(DeclarativeBase):
    """The base of the mapped class."""


class Note(Base):
    """A mapped class."""

    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]


@pytest.fixture(scope="module")
def connection(diglot_server: PostgresServer) -> Iterator[Any]:
    """A database with the idioms' schema, for the whole module."""
    with migrated(diglot_server) as opened:
        yield opened


@pytest.fixture
def engine() -> Iterator[sa.Engine]:
    """An SQLite database with the tables, before anybody looks."""
    made = sa.create_engine("sqlite://")
    METADATA.create_all(made)
    Base.metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def tracer(engine: sa.Engine) -> Tracer:
    """A tracer that looks at the engine during a test."""
    made = Tracer("psycopg2")
    made.watch(engine)
    made.test = "tests/test_x.py::test_x"
    return made


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "bool"), (1, "int4"), (2**31 - 1, "int4"), (2**31, "int8"), (-(2**31), "int4"), (2**63, "numeric"),
        (1.5, "float8"), (Decimal("1.5"), "numeric"), ("a", "unknown"), (None, "null"), (b"a", "bytea"),
        (dt.date(2024, 1, 2), "date"), (NOON.replace(tzinfo=None), "timestamp"), (dt.time(1), "time"),
        (NOON, "timestamptz"), (dt.timedelta(1), "interval"),
        (uuid.UUID(int=1), "uuid"), ([1], "int4[]"), ([], "unknown"), (["a"], "unknown"), ({}, "unknown"),
    ],
)  # fmt: skip
def test_value_has_the_type_that_the_driver_gives_it(value: object, kind: str) -> None:
    """A Python value's type is the one that psycopg2 sends it with."""
    assert type_of(value) == kind


def test_text_is_kept_as_it_was_written(engine: sa.Engine, tracer: Tracer) -> None:
    """text() is kept with its own placeholders, its parameters' types and the line that ran it."""
    with engine.begin() as opened:
        opened.execute(sa.text("SELECT 'x%' FROM things WHERE id = :id AND done = :done"), {"id": 1, "done": True})

    (found,) = tracer.found
    assert (found.kind, found.sql) == ("text", "SELECT 'x%' FROM things WHERE id = :id AND done = :done")
    assert found.rendered == "SELECT 'x%%' FROM things WHERE id = %(id)s AND done = %(done)s"
    assert found.types == (("id", "int4"), ("done", "bool"))
    assert found.function == "test_text_is_kept_as_it_was_written"
    assert found.file.endswith("test_statements_trace.py")


def test_construct_is_compiled_for_postgres(engine: sa.Engine, tracer: Tracer) -> None:
    """A Core construct is kept as Postgres would get it, types after the processing of its columns."""
    wanted = sa.select(THINGS.c.id).where(
        THINGS.c.u == uuid.UUID(int=1), THINGS.c.at < dt.datetime(2024, 1, 2, tzinfo=dt.UTC), THINGS.c.n.ilike("a%")
    )
    with engine.begin() as opened:
        opened.execute(wanted)

    (found,) = tracer.found
    assert "ILIKE %(n_1)s" in found.rendered
    assert dict(found.types) == {"u_1": "uuid", "at_1": "timestamptz", "n_1": "unknown"}


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_values_is_expanded(engine: sa.Engine, tracer: Tracer, count: int) -> None:
    """IN has as many places as the run gave it values, also when the construct comes out of the cache."""
    with engine.begin() as opened:
        opened.execute(sa.select(THINGS.c.id).where(THINGS.c.id.in_([1, 2])))
        opened.execute(sa.select(THINGS.c.id).where(THINGS.c.id.in_(list(range(count)))))

    found = tracer.found[-1]
    assert found.rendered.count("%(") == count
    assert {kind for _, kind in found.types} == {"int4"}


def test_insert_of_many_rows_is_kept_once_for_each_types(engine: sa.Engine, tracer: Tracer) -> None:
    """Rows of the same types are one statement; others are a further one."""
    rows = [{"id": 1, "n": "a"}, {"id": 2, "n": "b"}, {"id": 3, "n": None}]
    with engine.begin() as opened:
        opened.execute(sa.insert(THINGS), rows)
        opened.execute(sa.insert(THINGS).returning(THINGS.c.id), [{"id": 4, "n": "a"}, {"id": 5, "n": "b"}])

    kept = [(one.rendered.partition("RETURNING")[1], dict(one.types)) for one in tracer.found]
    assert kept == [
        ("", {"id": "int4", "n": "unknown"}),
        ("", {"id": "int4", "n": "null"}),
        ("RETURNING", {"id": "int4", "n": "unknown"}),
    ]


def test_mapped_class_is_kept(engine: sa.Engine, tracer: Tracer) -> None:
    """What the ORM writes and reads is compiled for Postgres as well."""
    with Session(engine) as session:
        session.add(Note(id=1, body="a"))
        session.commit()
        session.scalars(sa.select(Note).where(Note.body == "a")).all()

    assert [one.rendered.split()[0] for one in tracer.found] == ["INSERT", "SELECT"]
    assert [one.problem for one in tracer.found] == ["", ""]


def test_statements_of_the_driver_are_kept(engine: sa.Engine, tracer: Tracer) -> None:
    """exec_driver_sql is kept with the types of positional parameters."""
    with engine.begin() as opened:
        opened.exec_driver_sql("SELECT n FROM things WHERE id = ?", (1,))

    (found,) = tracer.found
    assert (found.kind, found.sql, found.types) == ("driver", "SELECT n FROM things WHERE id = ?", (("", "int4"),))


def test_raw_cursor_is_seen_by_whoever_looked_before_as_well(tmp_path: Path) -> None:
    """A raw cursor is kept, and the recorder that was there first still sees it."""
    opened = real_engine(tmp_path / "x.sqlite3")
    recorder, tracer = Recorder(), Tracer("psycopg2")
    recorder.watch(opened)
    tracer.watch(opened)
    recorder.start("sqlite")
    tracer.test = "tests/test_x.py::test_x"

    connection = opened.raw_connection()
    connection.cursor().execute("SELECT 7 + ?", (1,))
    connection.close()
    opened.dispose()

    statements = [one for one in recorder.finish().events if isinstance(one, Statement)]
    assert [(one.kind, one.sql, one.types) for one in tracer.found] == [("cursor", "SELECT 7 + ?", (("", "int4"),))]
    assert [(one.sql, one.raw) for one in statements] == [("SELECT 7 + ?", True)]


def test_table_that_is_created_is_kept(engine: sa.Engine, tracer: Tracer) -> None:
    """DDL is kept as Postgres would get it."""
    with engine.begin() as opened:
        sa.Table("more", sa.MetaData(), sa.Column("at", sa.DateTime)).create(opened, checkfirst=False)

    (found,) = tracer.found
    assert (found.kind, "TIMESTAMP WITHOUT TIME ZONE" in found.rendered) == ("ddl", True)


def test_inspection_is_left_out(engine: sa.Engine, tracer: Tracer) -> None:
    """What SQLAlchemy asks for itself is no statement of the application; a PRAGMA of its own is."""
    sa.inspect(engine).get_columns("things")
    with engine.begin() as opened:
        opened.exec_driver_sql("PRAGMA foreign_keys")

    assert [one.sql for one in tracer.found] == ["PRAGMA foreign_keys"]


def test_insert_of_sqlites_dialect_is_translated_and_told(engine: sa.Engine, tracer: Tracer) -> None:
    """An upsert of SQLite's own insert() is written as that of Postgres, and what failed before is kept."""
    upsert = sqlite.insert(THINGS).values(id=1, n="a").on_conflict_do_update(index_elements=["id"], set_={"n": "b"})
    with engine.begin() as opened:
        opened.execute(upsert)

    (found,) = tracer.found
    assert "ON CONFLICT (id) DO UPDATE SET n = %(param_1)s" in found.rendered
    assert "constraint_target" in found.problem


def test_nothing_is_kept_between_tests(engine: sa.Engine, tracer: Tracer) -> None:
    """Without a running test nobody looks."""
    tracer.test = ""
    with engine.begin() as opened:
        opened.execute(sa.text("SELECT 1"))

    assert tracer.found == ()


# -- the file --------------------------------------------------------------------------------------


def test_file_holds_each_statement_once(tmp_path: Path) -> None:
    """What was written is read again, in a fixed order, each statement once."""
    one, two = traced_of("SELECT 1", ()), traced_of("SELECT :a", (("a", "int4"),))

    count = write_traced(tmp_path / "x.jsonl", [*encode([two, one]), *encode([one])])

    assert (count, read_traced(tmp_path / "x.jsonl")) == (2, (one, two))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "x.jsonl:1 is not a traced statement: it is no JSON"),
        ("{}\n", "x.jsonl:1 is not a traced statement: the first line does not say"),
        ("[]\n", "x.jsonl:1 is not a traced statement: it is no JSON object"),
        ('{"format": "diglot-statements 1"}\n{"kind": "text"}\n', "x.jsonl:2 is not a traced statement: it lacks"),
        ('{"format": "diglot-statements 1"}\n{"kind": "te', "x.jsonl:2 is not a traced statement: it is no JSON"),
        ('{"format": "diglot-statements 1"}\n%s\n', "x.jsonl:2 is not a traced statement: kind is 'poem'"),
    ],
)
def test_malformed_file_is_an_error(tmp_path: Path, content: str, told: str) -> None:
    """A file that is something else is told with its line, and what to do."""
    path = tmp_path / "x.jsonl"
    odd = json.dumps({**json.loads(encode([traced_of("SELECT 1", ())])[0]), "kind": "poem"})
    path.write_text(content.replace("%s", odd), encoding="utf-8")

    with pytest.raises(TraceMalformed) as caught:
        read_traced(path)

    assert f"{tmp_path}/{told}" in str(caught.value)
    assert "Fix: make the file anew: pytest --dialect sqlite --diglot-statements FILE" in str(caught.value)


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    """A file that is not there is told with the command that makes it."""
    with pytest.raises(TraceMissing, match=r"DG911: .*nothing\.jsonl cannot be read: No such file.*Fix: pytest --dia"):
        read_traced(tmp_path / "nothing.jsonl")


# -- judging ---------------------------------------------------------------------------------------


def _at(one: Traced, **changed: Any) -> Traced:
    return Traced(**{**vars(one), **changed})


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (traced_of("SELECT n FROM t WHERE id = ?", (("", "int4"),), "driver"), ["placeholder"]),
        (traced_of("SELECT n FROM t WHERE flag = %(f)s", (("f", "int4"),), "compiled"), ["types"]),
        (traced_of("SELECT n FROM t WHERE flag = %(f)s", (("f", "bool"),), "compiled"), []),
        (traced_of("CREATE TABLE r (a DATETIME)", (), "ddl"), ["unknown-object"]),
        (_at(traced_of("INSERT ...", (), "compiled"), rendered="", problem="CompileError: no"), ["cannot-compile"]),
        (_at(traced_of("SELEC 1", (), "driver"), file="tests/test_orders.py"), []),
        (_at(traced_of("SELEC 1", (), "driver"), file="app/conftest.py"), []),
    ],
)
def test_traced_statement_is_judged(connection: Any, tmp_path: Path, one: Traced, expected: list[str]) -> None:
    """A statement of a run is judged with its types; a test's own statements run on both dialects, and are not."""
    assert kinds(survey(connection, tmp_path, orders="", traced=(one,))) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [("", ["cannot-compile"]), ("from sqlalchemy.dialects.postgresql import insert\n", [])],
    ids=["sqlite alone", "both"],
)
def test_insert_of_sqlites_dialect_is_found_unless_postgres_is_chosen_as_well(
    connection: Any, tmp_path: Path, source: str, expected: list[str]
) -> None:
    """SQLite's insert() is found in a project that never imports that of Postgres."""
    sql = "INSERT INTO t (id) VALUES (%(id)s) ON CONFLICT DO NOTHING"
    one = _at(traced_of(sql, (("id", "int4"),), "compiled"), problem="AttributeError: constraint_target")

    assert kinds(survey(connection, tmp_path, orders=source, traced=(one,))) == expected


def test_statement_that_is_found_and_traced_is_told_once(connection: Any, tmp_path: Path) -> None:
    """The same text in the source and in the trace is one finding."""
    source = 'from sqlalchemy import text\ndef find(c):\n    c.execute(text("SELECT ifnull(n, 1) FROM t"))\n'
    one = traced_of("SELECT ifnull(n, 1) FROM t", ())

    found = survey(connection, tmp_path, orders=source, traced=(one,))

    assert kinds(found) == ["unknown-function"]
    assert dict(found.looked_at)["statements traced"] == "1"
    assert [one.contract for one in found.findings] == ["diglot check statements"]


def test_positional_parameters_have_no_names() -> None:
    """Named and positional parameters are told apart; one set without any has none."""
    assert types_of((1, "a")) == (("", "int4"), ("", "unknown"))
    assert types_of({"a": 1}) == (("a", "int4"),)
    assert types_of(None) == ()
