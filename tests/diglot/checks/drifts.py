"""Drifts to plant: a schema that metadata and migrations agree on, and what a revision may do to it unnoticed."""

import enum
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


class Color(enum.Enum):
    """Values of an enum; the labels are its names."""

    red = "r"
    blue = "b"


def metadata() -> sa.MetaData:
    """Return what the metadata says."""
    declared = sa.MetaData()
    sa.Table(
        "a",
        declared,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("email", sa.String(50)),
        sa.Column("color", sa.Enum(Color, name="color")),
        sa.Column("ok", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.Column("amount", sa.Numeric(10, 2)),
        sa.Column("n", sa.Integer),
        sa.Column("ts", sa.DateTime(timezone=True), server_default=sa.func.now()),
        sa.CheckConstraint("amount >= 0", name="ck_pos"),
        sa.UniqueConstraint("name", name="uq_name"),
        sa.Index("ix_email", "email"),
        sa.Index("ix_part", "n", postgresql_where=sa.text("n > 0")),
        sa.Index("ix_expr", sa.text("lower(email)")),
    )
    sa.Table(
        "b",
        declared,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a_id", sa.Integer, sa.ForeignKey("a.id", name="fk_a", ondelete="CASCADE"), index=True),
    )
    sa.Table(
        "c",
        declared,
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("price", sa.Numeric(10, 2), comment="net"),
        sa.Column("gross", sa.Numeric(12, 2), sa.Computed("price * 1.2", persisted=True)),
        sa.Column("during", postgresql.TSRANGE),
        sa.Column("note", sa.Text),
        postgresql.ExcludeConstraint(("during", "&&"), name="ex_during"),
        sa.Index("ix_note", "note"),
        comment="sales",
    )
    sa.Sequence("tickets", metadata=declared, start=100)
    return declared


# What metadata has no word for, and a project makes on both sides.
BEYOND = """
    CREATE DOMAIN positive AS integer CONSTRAINT above_zero CHECK (VALUE > 0);
    CREATE TYPE pair AS (x integer, y integer);
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN new; END$$;
    CREATE TRIGGER touched BEFORE UPDATE ON b FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE VIEW names AS SELECT id, name FROM a;
    CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM c;
    CREATE POLICY mine ON c FOR SELECT USING (price > 0);
    CREATE RULE keep AS ON DELETE TO c DO INSTEAD NOTHING;
    CREATE TABLE log (at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE base ();
    CREATE STATISTICS st_c ON price, during FROM c;
    GRANT SELECT ON b TO PUBLIC;
"""


@dataclass(frozen=True)
class Drift:
    """One thing that a revision did and the metadata does not know.

    kind, subject: of the one finding that is expected. metadata, migrated: a part of each of its two facts.
    """

    name: str
    sql: str
    kind: str
    subject: str
    metadata: str
    migrated: str


CONSTRAINTS = (
    Drift(
        "check dropped",
        "ALTER TABLE a DROP CONSTRAINT ck_pos",
        "check-missing",
        "table a, constraint ck_pos",
        "amount >= (0)",
        "not there",
    ),
    Drift(
        "check changed",
        "ALTER TABLE a DROP CONSTRAINT ck_pos, ADD CONSTRAINT ck_pos CHECK (amount >= -5)",
        "check-changed",
        "table a, constraint ck_pos",
        "amount >= (0)",
        "'-5'",
    ),
    Drift(
        "check added",
        "ALTER TABLE a ADD CONSTRAINT ck_n CHECK (n < 9)",
        "check-extra",
        "table a, constraint ck_n",
        "not there",
        "n < 9",
    ),
    Drift(
        "check not valid",
        "ALTER TABLE a DROP CONSTRAINT ck_pos, ADD CONSTRAINT ck_pos CHECK (amount >= 0) NOT VALID",
        "check-not-valid",
        "table a, constraint ck_pos",
        "validated yes",
        "validated no",
    ),
    Drift(
        "check not inherited",
        "ALTER TABLE a DROP CONSTRAINT ck_pos, ADD CONSTRAINT ck_pos CHECK (amount >= 0) NO INHERIT",
        "check-changed",
        "table a, constraint ck_pos",
        "amount >= (0)",
        "NO INHERIT",
    ),
    Drift(
        "foreign key without action",
        "ALTER TABLE b DROP CONSTRAINT fk_a, ADD CONSTRAINT fk_a FOREIGN KEY (a_id) REFERENCES a",
        "foreign-key-changed",
        "table b, constraint fk_a",
        "ON DELETE CASCADE",
        "REFERENCES public.a(id)",
    ),
    Drift(
        "foreign key deferrable",
        "ALTER TABLE b ALTER CONSTRAINT fk_a DEFERRABLE INITIALLY DEFERRED",
        "foreign-key-changed",
        "table b, constraint fk_a",
        "CASCADE",
        "DEFERRABLE INITIALLY DEFERRED",
    ),
    Drift(
        "foreign key not valid",
        "ALTER TABLE b DROP CONSTRAINT fk_a, ADD CONSTRAINT fk_a FOREIGN KEY (a_id) REFERENCES a "
        "ON DELETE CASCADE NOT VALID",
        "foreign-key-not-valid",
        "table b, constraint fk_a",
        "validated yes",
        "validated no",
    ),
    Drift(
        "foreign key renamed",
        "ALTER TABLE b RENAME CONSTRAINT fk_a TO fk_z",
        "renamed",
        "table b, constraint fk_a",
        "fk_a",
        "fk_z",
    ),
    Drift(
        "foreign key dropped",
        "ALTER TABLE b DROP CONSTRAINT fk_a",
        "foreign-key-missing",
        "table b, constraint fk_a",
        "REFERENCES public.a(id)",
        "not there",
    ),
    Drift(
        "unique dropped",
        "ALTER TABLE a DROP CONSTRAINT uq_name",
        "unique-missing",
        "table a, constraint uq_name",
        "UNIQUE (name)",
        "not there",
    ),
    Drift(
        "unique nulls not distinct",
        "ALTER TABLE a DROP CONSTRAINT uq_name, ADD CONSTRAINT uq_name UNIQUE NULLS NOT DISTINCT (name)",
        "unique-changed",
        "table a, constraint uq_name",
        "UNIQUE (name)",
        "NULLS NOT DISTINCT",
    ),
    Drift(
        "unique with another column",
        "ALTER TABLE a DROP CONSTRAINT uq_name, ADD CONSTRAINT uq_name UNIQUE (name, email)",
        "unique-changed",
        "table a, constraint uq_name",
        "UNIQUE (name)",
        "UNIQUE (name, email)",
    ),
    Drift(
        "unique deferrable",
        "ALTER TABLE a DROP CONSTRAINT uq_name, ADD CONSTRAINT uq_name UNIQUE (name) DEFERRABLE",
        "unique-changed",
        "table a, constraint uq_name",
        "UNIQUE (name)",
        "DEFERRABLE",
    ),
    Drift(
        "primary key dropped",
        "ALTER TABLE b DROP CONSTRAINT b_pkey; ALTER TABLE b ALTER id SET NOT NULL",
        "primary-key-missing",
        "table b, constraint b_pkey",
        "PRIMARY KEY (id)",
        "not there",
    ),
    Drift(
        "primary key renamed",
        "ALTER INDEX b_pkey RENAME TO pk_b",
        "renamed",
        "table b, constraint b_pkey",
        "b_pkey",
        "pk_b",
    ),
    Drift(
        "exclusion changed",
        "ALTER TABLE c DROP CONSTRAINT ex_during, ADD CONSTRAINT ex_during EXCLUDE USING gist (during WITH -|-)",
        "exclusion-changed",
        "table c, constraint ex_during",
        "during WITH &&",
        "during WITH -|-",
    ),
    Drift(
        "exclusion dropped",
        "ALTER TABLE c DROP CONSTRAINT ex_during",
        "exclusion-missing",
        "table c, constraint ex_during",
        "EXCLUDE",
        "not there",
    ),
    Drift(
        "constraint's comment",
        "COMMENT ON CONSTRAINT ck_pos ON a IS 'why'",
        "comment",
        "table a, constraint ck_pos",
        "no comment",
        "comment why",
    ),
)

COLUMNS = (
    Drift(
        "default changed",
        "ALTER TABLE a ALTER ok SET DEFAULT false",
        "default",
        "table a, column ok",
        "default true",
        "default false",
    ),
    Drift(
        "default dropped",
        "ALTER TABLE a ALTER ts DROP DEFAULT",
        "default",
        "table a, column ts",
        "default now()",
        "no default",
    ),
    Drift(
        "default added",
        "ALTER TABLE a ALTER n SET DEFAULT 7",
        "default",
        "table a, column n",
        "no default",
        "default 7",
    ),
    Drift(
        "sequence default dropped",
        "ALTER TABLE b ALTER id DROP DEFAULT",
        "sequence-default",
        "table b, column id",
        "nextval('public.b_id_seq'::regclass)",
        "no default",
    ),
    Drift(
        "serial without its sequence",
        "ALTER TABLE b ALTER id DROP DEFAULT; DROP SEQUENCE b_id_seq",
        "sequence-default",
        "table b, column id",
        "nextval",
        "no default",
    ),
    Drift(
        "serial made identity",
        "ALTER TABLE b ALTER id DROP DEFAULT; DROP SEQUENCE b_id_seq; "
        "ALTER TABLE b ALTER id ADD GENERATED BY DEFAULT AS IDENTITY",
        "sequence-default",
        "table b, column id",
        "nextval",
        "identity by default",
    ),
    Drift(
        "longer varchar", "ALTER TABLE a ALTER email TYPE varchar(80)", "type", "table a, column email", "(50)", "(80)"
    ),
    Drift(
        "varchar to text",
        "ALTER TABLE a ALTER email TYPE text",
        "type",
        "table a, column email",
        "varying(50)",
        "type text",
    ),
    Drift(
        "int to bigint",
        "ALTER TABLE a ALTER n TYPE bigint",
        "type",
        "table a, column n",
        "type integer",
        "type bigint",
    ),
    Drift(
        "numeric precision",
        "ALTER TABLE a ALTER amount TYPE numeric(12,4)",
        "type",
        "table a, column amount",
        "numeric(10,2)",
        "numeric(12,4)",
    ),
    Drift(
        "timestamptz to timestamp",
        "ALTER TABLE a ALTER ts TYPE timestamp",
        "type",
        "table a, column ts",
        "with time zone",
        "without time zone",
    ),
    Drift(
        "serial to bigserial",
        "ALTER TABLE b ALTER id TYPE bigint; ALTER SEQUENCE b_id_seq AS bigint",
        "type",
        "table b, column id",
        "type integer",
        "type bigint",
    ),
    Drift(
        "not null dropped",
        "ALTER TABLE a ALTER ok DROP NOT NULL",
        "nullable",
        "table a, column ok",
        "nullable no",
        "nullable yes",
    ),
    Drift(
        "not null added",
        "ALTER TABLE a ALTER n SET NOT NULL",
        "nullable",
        "table a, column n",
        "nullable yes",
        "nullable no",
    ),
    Drift(
        "collation",
        'ALTER TABLE a ALTER email TYPE varchar(50) COLLATE "C"',
        "collation",
        "table a, column email",
        "collation default",
        "collation C",
    ),
    Drift(
        "identity by default",
        "ALTER TABLE c ALTER id SET GENERATED BY DEFAULT",
        "identity",
        "table c, column id",
        "identity always",
        "identity by default",
    ),
    Drift(
        "identity dropped",
        "ALTER TABLE c ALTER id DROP IDENTITY",
        "identity",
        "table c, column id",
        "identity always",
        "no identity",
    ),
    Drift(
        "generation changed",
        "ALTER TABLE c DROP gross, DROP during CASCADE, DROP note; ALTER TABLE c "
        "ADD gross numeric(12,2) GENERATED ALWAYS AS (price * 1.25) STORED, ADD during tsrange, ADD note text, "
        "ADD CONSTRAINT ex_during EXCLUDE USING gist (during WITH &&); CREATE INDEX ix_note ON c (note); "
        "CREATE STATISTICS st_c ON price, during FROM c",
        "generated",
        "table c, column gross",
        "1.2)",
        "1.25",
    ),
    Drift(
        "generation dropped",
        "ALTER TABLE c ALTER gross DROP EXPRESSION",
        "generated",
        "table c, column gross",
        "stored",
        "no generated",
    ),
    Drift(
        "column added",
        "ALTER TABLE a ADD zz int DEFAULT 3",
        "column-extra",
        "table a, column zz",
        "not there",
        "type integer",
    ),
    Drift(
        "column dropped",
        "ALTER TABLE a DROP color",
        "column-missing",
        "table a, column color",
        "type public.color",
        "not there",
    ),
    Drift(
        "column renamed",
        "ALTER TABLE a RENAME amount TO total",
        "renamed",
        "table a, column amount",
        "amount",
        "total",
    ),
    Drift("referenced column renamed", "ALTER TABLE a RENAME id TO key", "renamed", "table a, column id", "id", "key"),
    Drift(
        "column order",
        "ALTER TABLE a DROP n; ALTER TABLE a ADD n int; CREATE INDEX ix_part ON a (n) WHERE n > 0",
        "column-order",
        "table a",
        "columns n, ts",
        "columns ts, n",
    ),
    Drift(
        "column's comment",
        "COMMENT ON COLUMN a.name IS 'x'",
        "comment",
        "table a, column name",
        "no comment",
        "comment x",
    ),
    Drift(
        "column's comment gone",
        "COMMENT ON COLUMN c.price IS NULL",
        "comment",
        "table c, column price",
        "comment net",
        "no comment",
    ),
    Drift(
        "storage",
        "ALTER TABLE c ALTER note SET STORAGE EXTERNAL",
        "storage",
        "table c, column note",
        "no storage",
        "external",
    ),
    Drift(
        "compression",
        "ALTER TABLE c ALTER note SET COMPRESSION pglz",
        "compression",
        "table c, column note",
        "no compression",
        "pglz",
    ),
    Drift(
        "statistics target",
        "ALTER TABLE c ALTER note SET STATISTICS 500",
        "statistics",
        "table c, column note",
        "no",
        "500",
    ),
    Drift(
        "column's options",
        "ALTER TABLE c ALTER note SET (n_distinct = 5)",
        "options",
        "table c, column note",
        "no",
        "n_distinct=5",
    ),
    Drift(
        "grant on a column",
        "GRANT UPDATE (name) ON a TO PUBLIC",
        "grant",
        "table a, grant to PUBLIC on column name",
        "not there",
        "UPDATE",
    ),
)

INDEXES = (
    Drift("index dropped", "DROP INDEX ix_email", "index-missing", "table a, index ix_email", "(email)", "not there"),
    Drift(
        "index added", "CREATE INDEX ix_more ON a (ts)", "index-extra", "table a, index ix_more", "not there", "(ts)"
    ),
    Drift(
        "predicate changed",
        "DROP INDEX ix_part; CREATE INDEX ix_part ON a (n) WHERE n > 10",
        "index-changed",
        "table a, index ix_part",
        "WHERE (n > 0)",
        "WHERE (n > 10)",
    ),
    Drift(
        "predicate gone",
        "DROP INDEX ix_part; CREATE INDEX ix_part ON a (n)",
        "index-changed",
        "table a, index ix_part",
        "WHERE (n > 0)",
        "btree (n)",
    ),
    Drift(
        "btree to hash",
        "DROP INDEX ix_email; CREATE INDEX ix_email ON a USING hash (email)",
        "index-changed",
        "table a, index ix_email",
        "USING btree",
        "USING hash",
    ),
    Drift(
        "descending",
        "DROP INDEX ix_email; CREATE INDEX ix_email ON a (email DESC)",
        "index-changed",
        "table a, index ix_email",
        "(email)",
        "(email DESC)",
    ),
    Drift(
        "nulls first",
        "DROP INDEX ix_email; CREATE INDEX ix_email ON a (email NULLS FIRST)",
        "index-changed",
        "table a, index ix_email",
        "(email)",
        "NULLS FIRST",
    ),
    Drift(
        "included column",
        "DROP INDEX ix_email; CREATE INDEX ix_email ON a (email) INCLUDE (n)",
        "index-changed",
        "table a, index ix_email",
        "(email)",
        "INCLUDE (n)",
    ),
    Drift(
        "operator class",
        "DROP INDEX ix_email; CREATE INDEX ix_email ON a (email varchar_pattern_ops)",
        "index-changed",
        "table a, index ix_email",
        "(email)",
        "varchar_pattern_ops",
    ),
    Drift(
        "index's collation",
        'DROP INDEX ix_email; CREATE INDEX ix_email ON a (email COLLATE "C")',
        "index-changed",
        "table a, index ix_email",
        "(email)",
        'COLLATE "C"',
    ),
    Drift(
        "index made unique",
        "DROP INDEX ix_email; CREATE UNIQUE INDEX ix_email ON a (email)",
        "index-changed",
        "table a, index ix_email",
        "CREATE INDEX",
        "CREATE UNIQUE INDEX",
    ),
    Drift(
        "expression changed",
        "DROP INDEX ix_expr; CREATE INDEX ix_expr ON a (upper(email))",
        "index-changed",
        "table a, index ix_expr",
        "lower(",
        "upper(",
    ),
    Drift(
        "fill factor",
        "ALTER INDEX ix_email SET (fillfactor = 70)",
        "index-changed",
        "table a, index ix_email",
        "(email)",
        "fillfactor",
    ),
    Drift(
        "index invalid",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_email'::regclass",
        "index-invalid",
        "table a, index ix_email",
        "valid yes",
        "valid no",
    ),
    Drift(
        "index renamed",
        "ALTER INDEX ix_email RENAME TO ix_mail",
        "renamed",
        "table a, index ix_email",
        "ix_email",
        "ix_mail",
    ),
    Drift(
        "clustered",
        "ALTER TABLE a CLUSTER ON ix_email",
        "clustered",
        "table a, index ix_email",
        "no clustered",
        "clustered yes",
    ),
    Drift(
        "index's comment",
        "COMMENT ON INDEX ix_email IS 'fast'",
        "comment",
        "table a, index ix_email",
        "no comment",
        "fast",
    ),
)

TABLES = (
    Drift(
        "table added",
        "CREATE TABLE d (id serial PRIMARY KEY, a_id int UNIQUE REFERENCES a); CREATE INDEX ix_d ON d (a_id); "
        "GRANT SELECT ON d TO PUBLIC; ALTER TABLE d ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON d; "
        "CREATE TRIGGER t BEFORE UPDATE ON d FOR EACH ROW EXECUTE FUNCTION touch()",
        "table-extra",
        "table d",
        "not there",
        "columns id, a_id",
    ),
    Drift("table dropped", "DROP TABLE b", "table-missing", "table b", "columns id, a_id", "not there"),
    Drift("unlogged", "ALTER TABLE b SET UNLOGGED", "persistence", "table b", "permanent", "unlogged"),
    Drift(
        "row security",
        "ALTER TABLE a ENABLE ROW LEVEL SECURITY",
        "row-security",
        "table a",
        "row security off",
        "row security on",
    ),
    Drift(
        "row security forced",
        "ALTER TABLE a FORCE ROW LEVEL SECURITY",
        "row-security",
        "table a",
        "row security off",
        "forced",
    ),
    Drift(
        "table's options",
        "ALTER TABLE a SET (fillfactor = 80, autovacuum_enabled = off)",
        "options",
        "table a",
        "no options",
        "autovacuum_enabled=off, fillfactor=80",
    ),
    Drift(
        "toast options",
        "ALTER TABLE c SET (toast.autovacuum_enabled = off)",
        "options",
        "table c",
        "no toast options",
        "autovacuum_enabled=off",
    ),
    Drift(
        "replica identity",
        "ALTER TABLE a REPLICA IDENTITY FULL",
        "replica-identity",
        "table a",
        "no replica identity",
        "full",
    ),
    Drift(
        "table's comment", "COMMENT ON TABLE c IS 'returns'", "comment", "table c", "comment sales", "comment returns"
    ),
    Drift(
        "table's owner",
        "CREATE ROLE drift_owner; ALTER TABLE b OWNER TO drift_owner",
        "owner",
        "table b",
        "no owner",
        "drift_owner",
    ),
    Drift("inheritance", "ALTER TABLE b INHERIT base", "inheritance", "table b", "no inherits", "public.base"),
    Drift(
        "partition added",
        "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "table-extra",
        "table log_1",
        "not there",
        "columns at",
    ),
    Drift("grant", "GRANT SELECT ON a TO PUBLIC", "grant", "table a, grant to PUBLIC", "not there", "SELECT"),
    Drift(
        "grant widened", "GRANT INSERT ON b TO PUBLIC", "grant", "table b, grant to PUBLIC", "SELECT", "INSERT, SELECT"
    ),
    Drift(
        "grant revoked", "REVOKE SELECT ON b FROM PUBLIC", "grant", "table b, grant to PUBLIC", "SELECT", "not there"
    ),
)

OTHERS = (
    Drift(
        "enum label added",
        "ALTER TYPE color ADD VALUE 'green'",
        "enum-labels",
        "type color",
        "'red', 'blue'",
        "'green'",
    ),
    Drift(
        "enum label renamed",
        "ALTER TYPE color RENAME VALUE 'red' TO 'crimson'",
        "enum-labels",
        "type color",
        "'red'",
        "'crimson'",
    ),
    Drift("enum added", "CREATE TYPE mood AS ENUM ('good')", "enum-extra", "type mood", "not there", "'good'"),
    Drift("enum renamed", "ALTER TYPE color RENAME TO colour", "renamed", "type color", "color", "colour"),
    Drift(
        "domain's check",
        "ALTER DOMAIN positive DROP CONSTRAINT above_zero",
        "domain-changed",
        "type positive",
        "VALUE > 0",
        "no constraints",
    ),
    Drift(
        "domain's default",
        "ALTER DOMAIN positive SET DEFAULT 4",
        "domain-changed",
        "type positive",
        "no default",
        "default 4",
    ),
    Drift(
        "composite type",
        "ALTER TYPE pair ADD ATTRIBUTE z integer",
        "type-changed",
        "type pair",
        "y integer",
        "z integer",
    ),
    Drift(
        "sequence's increment",
        "ALTER SEQUENCE tickets INCREMENT 5",
        "sequence-changed",
        "sequence tickets",
        "increment 1",
        "increment 5",
    ),
    Drift(
        "sequence cycles",
        "ALTER SEQUENCE tickets CYCLE",
        "sequence-changed",
        "sequence tickets",
        "cycle no",
        "cycle yes",
    ),
    Drift(
        "sequence dropped", "DROP SEQUENCE tickets", "sequence-missing", "sequence tickets", "start 100", "not there"
    ),
    Drift(
        "sequence renamed",
        "ALTER SEQUENCE b_id_seq RENAME TO b_numbers",
        "renamed",
        "sequence b_id_seq",
        "b_id_seq",
        "b_numbers",
    ),
    Drift(
        "trigger added",
        "CREATE TRIGGER tg BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION touch()",
        "trigger-extra",
        "table a, trigger tg",
        "not there",
        "BEFORE INSERT",
    ),
    Drift(
        "trigger disabled",
        "ALTER TABLE b DISABLE TRIGGER touched",
        "trigger-enabled",
        "table b, trigger touched",
        "enabled yes",
        "enabled no",
    ),
    Drift(
        "constraint trigger",
        "CREATE CONSTRAINT TRIGGER tg AFTER INSERT ON a DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch()",
        "trigger-extra",
        "table a, trigger tg",
        "not there",
        "DEFERRABLE",
    ),
    Drift(
        "function's body",
        "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN null; END$$",
        "function-changed",
        "function touch()",
        "RETURN new",
        "RETURN null",
    ),
    Drift(
        "function added",
        "CREATE FUNCTION one(x int) RETURNS int LANGUAGE sql AS 'SELECT 1'; "
        "REVOKE EXECUTE ON FUNCTION one FROM PUBLIC",
        "function-extra",
        "function one(x integer)",
        "not there",
        "SELECT 1",
    ),
    Drift(
        "execution revoked",
        "REVOKE EXECUTE ON FUNCTION touch FROM PUBLIC",
        "grant",
        "grant to PUBLIC on function touch()",
        "not there",
        "none",
    ),
    Drift("view added", "CREATE VIEW v AS SELECT 1 AS one", "view-extra", "view v", "not there", "SELECT 1 AS one"),
    Drift(
        "view changed",
        "CREATE OR REPLACE VIEW names AS SELECT id, name FROM a WHERE ok",
        "view-changed",
        "view names",
        "FROM public.a;",
        "WHERE",
    ),
    Drift(
        "view's options",
        "ALTER VIEW names SET (security_barrier)",
        "options",
        "view names",
        "no options",
        "security_barrier",
    ),
    Drift(
        "materialized view added",
        "CREATE MATERIALIZED VIEW mv AS SELECT 2 AS two",
        "view-extra",
        "view mv",
        "not there",
        "two",
    ),
    Drift(
        "index on a materialized view",
        "CREATE INDEX ix_totals ON totals (n)",
        "index-extra",
        "table totals, index ix_totals",
        "not there",
        "(n)",
    ),
    Drift(
        "policy's expression",
        "ALTER POLICY mine ON c USING (price > 1)",
        "policy-changed",
        "table c, policy mine",
        "(0)",
        "(1)",
    ),
    Drift(
        "policy's roles",
        "ALTER POLICY mine ON c TO CURRENT_USER",
        "policy-changed",
        "table c, policy mine",
        "PUBLIC",
        "roles",
    ),
    Drift(
        "rule dropped", "DROP RULE keep ON c", "rule-missing", "table c, rule keep", "DO INSTEAD NOTHING", "not there"
    ),
    Drift(
        "extended statistics",
        "DROP STATISTICS st_c",
        "statistics-missing",
        "table c, statistics st_c",
        "price, during",
        "not there",
    ),
    Drift(
        "default privileges",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
        "default-privileges",
        "default privileges of the owner for tables",
        "not there",
        "to PUBLIC: SELECT",
    ),
    Drift("schema added", "CREATE SCHEMA audit", "schema-extra", "schema audit", "not there", "there"),
    Drift(
        "extension's version",
        "UPDATE pg_extension SET extversion = '1.1' WHERE extname = 'plpgsql'",
        "extension-changed",
        "extension plpgsql",
        "version 1.0",
        "version 1.1",
    ),
    Drift(
        "publication added",
        "CREATE PUBLICATION news FOR TABLE a",
        "publication-extra",
        "publication news",
        "not there",
        "insert",
    ),
)

ALL = (*CONSTRAINTS, *COLUMNS, *INDEXES, *TABLES, *OTHERS)
