"""Drift: metadata and migrated schema that say the same, and each way in which they may not."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import drifts
import pytest
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from diglot.checks.drift.fixes import fix_change
from diglot.checks.drift.judging import judge
from diglot.checks.finding import Finding
from diglot.checks.suite.drift import run
from diglot.checks.workbench import Workbench
from diglot.dialects import postgresql
from diglot.provision.postgres import PostgresServer
from diglot.schema.catalog import Catalog, ObjectId, read_catalog


@dataclass(frozen=True)
class Bench:
    """The part of a workbench that the check uses."""

    declared: URL
    migrated: URL

    def tell(self, text: str) -> None:
        """Tell nobody."""

    @contextmanager
    def connect(self, url: URL) -> Iterator[Any]:
        """Yield a connection."""
        with closing(postgresql.connect_admin(url.set(drivername="postgresql"))) as connection:
            yield connection


@pytest.fixture(scope="module")
def agreed(diglot_server: PostgresServer) -> Iterator[URL]:
    """A database that the metadata made, and the migrations as well."""
    url = diglot_server.create_database("check", empty=True)
    engine = create_engine(url, poolclass=NullPool)
    drifts.metadata().create_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(drifts.BEYOND)
    yield url
    diglot_server.drop_database(url)


@pytest.fixture(scope="module")
def connection(agreed: URL) -> Iterator[Any]:
    """A connection to it, in a transaction that never commits."""
    opened = postgresql.connect_admin(agreed.set(drivername="postgresql"))
    opened.autocommit = False
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def declared(connection: Any) -> Catalog:
    """What the metadata says."""
    catalog = read_catalog(connection)
    connection.rollback()
    return catalog


@pytest.fixture
def migrated(connection: Any) -> Iterator[Any]:
    """Run SQL on the migrated schema and return its catalogue; undone after the test."""

    def run(sql: str) -> Catalog:
        with connection.cursor() as cursor:
            cursor.execute(sql)
        return read_catalog(connection)

    yield run
    connection.rollback()


# What `create_all` makes, as one would write it by hand: in another order, with other words.
BY_HAND = """
    CREATE SEQUENCE tickets START WITH 100;
    CREATE TYPE color AS ENUM ('red', 'blue');
    CREATE SEQUENCE b_id_seq AS integer;
    CREATE TABLE b (id integer DEFAULT nextval('b_id_seq') NOT NULL, a_id int);
    ALTER SEQUENCE b_id_seq OWNED BY b.id;
    CREATE TABLE c (
        id int8 GENERATED ALWAYS AS IDENTITY, price decimal(10, 2), gross decimal(12, 2), gone text, during tsrange,
        note text, CONSTRAINT ex_during EXCLUDE USING gist (during WITH &&), PRIMARY KEY (id)
    );
    ALTER TABLE c DROP gone, DROP gross;
    ALTER TABLE c DROP during CASCADE, DROP note;
    ALTER TABLE c ADD gross decimal(12, 2) GENERATED ALWAYS AS (price * 1.2) STORED, ADD during tsrange, ADD note text;
    ALTER TABLE c ADD CONSTRAINT ex_during EXCLUDE USING GIST (during range_ops WITH &&);
    CREATE INDEX ix_note ON c (note ASC NULLS LAST);
    COMMENT ON TABLE c IS 'sales';
    COMMENT ON COLUMN c.price IS 'net';
    CREATE TABLE a (
        id serial PRIMARY KEY, name character varying(50) NOT NULL UNIQUE, email varchar(50), color color,
        ok bool DEFAULT 'true' NOT NULL, amount numeric(10, 2), n int4, ts timestamptz DEFAULT now()
    );
    ALTER TABLE a RENAME CONSTRAINT a_name_key TO uq_name;
    ALTER TABLE a ADD CONSTRAINT ck_pos CHECK (amount >= 0) NOT VALID;
    ALTER TABLE a VALIDATE CONSTRAINT ck_pos;
    CREATE INDEX ix_email ON public.a USING btree (email);
    CREATE INDEX ix_part ON a (n) WHERE (n > 0);
    CREATE INDEX ix_expr ON a (lower(email::text));
    ALTER TABLE b ADD CONSTRAINT b_pkey PRIMARY KEY (id);
    ALTER TABLE b ADD CONSTRAINT fk_a FOREIGN KEY (a_id) REFERENCES a ON DELETE CASCADE;
    CREATE INDEX ix_b_a_id ON b (a_id);
    GRANT SELECT ON a TO PUBLIC;
    REVOKE SELECT ON a FROM PUBLIC;
    CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
"""

SEVERAL = [
    pytest.param(
        "ALTER TABLE a RENAME amount TO total; ALTER TABLE a DROP CONSTRAINT ck_pos; "
        "ALTER TABLE a ADD CONSTRAINT ck_pos CHECK (total > 1)",
        [("drift.renamed", "table a, column amount"), ("drift.check-changed", "table a, constraint ck_pos")],
        id="a renamed column in a changed check",
    ),
    pytest.param(
        "ALTER TABLE a RENAME n TO m; ALTER TABLE a DROP CONSTRAINT ck_pos; ALTER INDEX ix_part RENAME TO ix_m",
        [
            ("drift.renamed", "table a, column n"),
            ("drift.check-missing", "table a, constraint ck_pos"),
            ("drift.renamed", "table a, index ix_part"),
        ],
        id="a renamed index on a renamed column",
    ),
    pytest.param(
        "DROP INDEX ix_email; CREATE INDEX ix_one ON a (email); CREATE INDEX ix_two ON a (email)",
        [
            ("drift.index-missing", "table a, index ix_email"),
            ("drift.index-extra", "table a, index ix_one"),
            ("drift.index-extra", "table a, index ix_two"),
        ],
        id="two indexes that could be the missing one",
    ),
    pytest.param(
        "ALTER TABLE a DROP CONSTRAINT uq_name; CREATE UNIQUE INDEX uq_name ON a (name)",
        [("drift.unique-missing", "table a, constraint uq_name"), ("drift.index-extra", "table a, index uq_name")],
        id="a unique index in place of a unique constraint",
    ),
    pytest.param(
        "ALTER TABLE a ALTER email TYPE text; DROP INDEX ix_expr; CREATE INDEX ix_expr ON a (upper(email))",
        [("drift.type", "table a, column email"), ("drift.index-changed", "table a, index ix_expr")],
        id="a changed expression on a column of another type",
    ),
    pytest.param(
        "ALTER TABLE a ALTER ok DROP DEFAULT, ALTER ok TYPE integer USING ok::int, ALTER ok DROP NOT NULL",
        [("drift.type", "table a, column ok")],
        id="one column in several ways",
    ),
    pytest.param(
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN new; END$$; "
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()",
        [("drift.function-extra", "function f()"), ("drift.trigger-extra", "table a, trigger t")],
        id="a trigger and its function",
    ),
]


def _kinds(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(one.kind, one.subject) for one in findings]


@pytest.mark.parametrize("drift", drifts.ALL, ids=lambda drift: drift.name)
def test_drift_is_one_finding_with_its_object_and_both_facts(
    drift: drifts.Drift, declared: Catalog, migrated: Any
) -> None:
    """Each planted drift is exactly one finding, which names the object, what both sides say, and a fix."""
    findings = judge(declared, migrated(drift.sql))

    assert _kinds(findings) == [(f"drift.{drift.kind}", drift.subject)]
    facts = dict(findings[0].facts)
    assert drift.metadata in facts["metadata"]
    assert drift.migrated in facts["migrated"]
    assert findings[0].fix


@pytest.mark.parametrize(("sql", "expected"), SEVERAL)
def test_drift_of_several_objects_is_as_many_findings(
    sql: str, expected: list[tuple[str, str]], declared: Catalog, migrated: Any
) -> None:
    """What changes in several ways at once is one finding for each object, and no difference hides another."""
    findings = judge(declared, migrated(sql))

    assert _kinds(findings) == expected


def test_drift_keys_do_not_depend_on_the_run(declared: Catalog, migrated: Any) -> None:
    """The same drift has the same key again, also when other objects have been made and dropped in between."""
    first = judge(declared, migrated("ALTER TABLE a ADD zz int DEFAULT 3"))
    migrated("ALTER TABLE a DROP zz; CREATE TABLE d (x int); DROP TABLE d")
    second = judge(declared, migrated("ALTER TABLE a ADD zz int DEFAULT 3"))

    assert [one.key for one in first] == [one.key for one in second]


def test_drift_is_nothing_when_other_words_mean_the_same(diglot_server: PostgresServer) -> None:
    """DDL written by hand that means what `create_all` makes is no drift, and neither is Alembic's own table."""
    made, written = (diglot_server.create_database("check", empty=True) for _ in range(2))
    engine = create_engine(made, poolclass=NullPool)
    drifts.metadata().create_all(engine)
    with create_engine(written, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql(BY_HAND)

    outcome = run(cast("Workbench", Bench(made, written)))

    assert outcome.findings == ()
    assert dict(outcome.looked_at)["tables"] == "3"
    diglot_server.drop_database(made)
    diglot_server.drop_database(written)


def test_drift_of_a_not_null_that_is_not_proven_says_how_to_prove_it() -> None:
    """A NOT NULL that is NOT VALID (since Postgres 18) is its own kind, and the fix validates it."""
    column = {ObjectId("column", "n", "a"): {"type": "integer", "nullable": "no", "position": "1"}}
    constraint = {"kind": "not null", "definition": "NOT NULL n", "validated": "no"}

    findings = judge(Catalog(column), Catalog({**column, ObjectId("constraint", "a_n", "a"): constraint}))

    assert _kinds(findings) == [("drift.not-null-not-valid", "table a, constraint a_n")]
    assert findings[0].fix == "write a revision with ALTER TABLE a VALIDATE CONSTRAINT a_n"


def test_page_lists_every_drift() -> None:
    """The table in the documentation has a line for each drift that is planted here, and for no other."""
    page = (Path(__file__).parents[3] / "docs" / "drift.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([^*|]+) \| (?:seen|missed) \|", page, re.MULTILINE)

    assert sorted(listed) == sorted(one.name for one in drifts.ALL)


@pytest.mark.parametrize(
    ("metadata", "migrated", "statements"),
    [
        ("'a', 'b', 'c'", "'a', 'b'", ["ADD VALUE 'c'"]),
        ("'x', 'a', 'it''s', 'b', 'c'", "'a', 'b'", ["ADD VALUE 'x' BEFORE 'a'", "ADD VALUE 'it''s' BEFORE 'b'",
                                                     "ADD VALUE 'c'"]),
        ("'a', 'z'", "'a', 'b'", ["RENAME VALUE 'b' TO 'z'"]),
    ],
)  # fmt: skip
def test_drift_writes_how_an_enum_gets_its_labels(
    connection: Any, metadata: str, migrated: str, statements: list[str]
) -> None:
    """The statements that the fix names bring the enum to the metadata's labels, in their order."""
    fix = fix_change(ObjectId("type", "mood"), "labels", metadata, migrated)
    script = "; ".join(f"ALTER TYPE mood {one}" for one in statements)

    assert fix == f"write a revision with {script}, or correct the metadata"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TYPE mood AS ENUM ({migrated})")
        cursor.execute(script)
        cursor.execute(
            "SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum "
            "WHERE enumtypid = 'mood'::regtype"
        )
        made = cursor.fetchone()[0]
        connection.rollback()
    assert made == metadata


@pytest.mark.parametrize("migrated", ["'a', 'b', 'c'", "'b', 'a'"], ids=["label to drop", "another order"])
def test_drift_says_that_an_enum_loses_no_label(migrated: str) -> None:
    """A label that only the migrated enum has, or another order, needs another type."""
    fix = fix_change(ObjectId("type", "mood"), "labels", "'a', 'b'", migrated)

    assert "USING column::text::mood" in fix
    assert "ADD VALUE" not in fix
