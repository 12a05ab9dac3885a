"""What the metadata declares is read as each dialect would have it."""

from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB

from diglot.schema.logical import Column, Table
from diglot.schema.read_metadata import UNSAYABLE, read_metadata

DIALECTS = ("sqlite", "postgresql")
CONVENTION = {"uq": "uq_%(table_name)s_%(column_0_N_name)s", "ck": "ck_%(table_name)s_%(constraint_name)s"}


def read(dialect: str, *items: Any, **options: Any) -> Table:
    """Return the table `t` of these items, as the dialect should have it."""
    metadata = sa.MetaData(naming_convention=CONVENTION)
    sa.Table("t", metadata, *items, **options)
    return read_metadata(metadata, dialect).tables["t"]


def column(dialect: str, kind: Any, *items: Any, **options: Any) -> Column:
    """Return a column `c` of that type, as the dialect should have it."""
    return read(dialect, sa.Column("c", kind, *items, **options)).columns[0]


@pytest.mark.parametrize(
    ("kind", "sqlite", "postgresql"),
    [
        (sa.BigInteger().with_variant(sa.Integer(), "sqlite"), ("integer", 32), ("integer", 64)),
        (sa.Uuid(), ("char", None), ("uuid", None)),
        (sa.Enum("a", "b", name="e"), ("varchar", None), ("enum", None)),
        (sa.Numeric(10, 2), ("numeric", 10), ("numeric", 10)),
        (sa.Float(), ("float", 53), ("float", 53)),
        (sa.REAL(), ("float", 24), ("float", 24)),
        (sa.Interval(), ("timestamp", None), ("interval", None)),
        (ARRAY(sa.Integer()).with_variant(sa.JSON(), "sqlite"), ("json", None), ("array", None)),
        (INET(), (UNSAYABLE, None), ("inet", None)),
        (sa.JSON().with_variant(JSONB(), "postgresql"), ("json", None), ("jsonb", None)),
    ],
)
def test_metadata_type_is_read_for_each_dialect(kind: Any, sqlite: Any, postgresql: Any) -> None:
    """A type is what the dialect stores: a variant, a native enum, or nothing that the dialect could write."""
    found = {name: column(name, kind).type for name in ("sqlite", "postgresql")}

    assert {name: (one.family, one.precision) for name, one in found.items()} == {
        "sqlite": sqlite,
        "postgresql": postgresql,
    }


def test_metadata_type_keeps_labels_zone_and_item() -> None:
    """What only Postgres knows of a type is read for it."""
    assert column("postgresql", sa.Enum("a", "b", name="e")).type.labels == ("a", "b")
    assert column("postgresql", sa.DateTime(timezone=True)).type.timezone is True
    assert column("sqlite", sa.DateTime(timezone=True)).type.timezone is None
    assert column("postgresql", ARRAY(sa.String(3))).type.item == column("postgresql", sa.String(3)).type


@pytest.mark.parametrize(
    ("items", "options", "sqlite", "postgresql"),
    [
        ((sa.Integer(),), {"primary_key": True}, "rowid", "serial"),
        ((sa.BigInteger(),), {"primary_key": True}, "", "serial"),
        ((sa.Integer(), sa.Identity), {"primary_key": True}, "rowid", "identity by default"),
        ((sa.Integer(), partial(sa.Identity, always=True)), {"primary_key": True}, "rowid", "identity always"),
        ((sa.Integer(),), {"primary_key": True, "autoincrement": False}, "rowid", ""),
        ((sa.Text(),), {"primary_key": True}, "", ""),
        ((sa.Integer(),), {}, "", ""),
        ((sa.Integer(),), {"server_default": sa.text("nextval('s')")}, "", "serial"),
    ],
)
def test_metadata_says_what_numbers_rows(items: Any, options: Any, sqlite: str, postgresql: str) -> None:
    """SERIAL, identity and rowid are told apart, and from no numbering."""
    found = {name: column(name, items[0], *(make() for make in items[1:]), **options) for name in DIALECTS}

    assert found["postgresql"].generator == postgresql
    assert found["sqlite"].generator == sqlite or "server_default" in options


def test_metadata_names_follow_the_convention() -> None:
    """A constraint without a name has the one that the naming convention makes."""
    table = read("postgresql", sa.Column("c", sa.Text(), unique=True), sa.CheckConstraint("c <> ''", name="filled"))

    assert [one.name for one in table.uniques] == ["uq_t_c"]
    assert [one.name for one in table.checks] == ["ck_t_filled"]


def test_metadata_check_of_a_type_is_only_where_the_type_is_not_native() -> None:
    """A CHECK that SQLAlchemy makes for a boolean is SQLite's alone."""
    kind = {"create_constraint": True, "name": "truth"}

    assert len(read("sqlite", sa.Column("c", sa.Boolean(**kind))).checks) == 1
    assert read("postgresql", sa.Column("c", sa.Boolean(**kind))).checks == ()


def test_metadata_ddl_if_is_heeded() -> None:
    """A constraint and an index that are for one dialect only are declared for that one."""

    def items() -> tuple[Any, ...]:
        check = sa.CheckConstraint("c > 0", name="c").ddl_if(dialect="postgresql")
        return sa.Column("c", sa.Integer()), check, sa.Index("i", "c").ddl_if(dialect="sqlite")

    sqlite, postgresql = read("sqlite", *items()), read("postgresql", *items())

    assert (len(sqlite.checks), len(sqlite.indexes)) == (0, 1)
    assert (len(postgresql.checks), len(postgresql.indexes)) == (1, 0)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_metadata_keys_stay_when_create_all_adds_them_by_alter(dialect: str) -> None:
    """Keys of a circle, or with `use_alter`, are read before and after create_all made them with ALTER TABLE."""
    metadata = sa.MetaData()
    sa.Table(
        "a",
        metadata,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("b_id", sa.ForeignKey("b.id", name="fk_b", use_alter=True)),
    )
    key = sa.ForeignKey("a.id", name="fk_a")
    sa.Table("b", metadata, sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a_id", key))
    before = read_metadata(metadata, dialect)
    metadata.create_all(sa.create_mock_engine("postgresql://", lambda *_: None), checkfirst=False)

    assert read_metadata(metadata, dialect) == before
    assert [one.name for one in before.tables["a"].foreign_keys] == ["fk_b"]


def test_metadata_key_for_one_dialect_is_heeded() -> None:
    """A foreign key with `ddl_if` is declared for its dialect only."""

    def items() -> tuple[Any, ...]:
        key = sa.ForeignKeyConstraint(["a"], ["a.id"], name="fk").ddl_if(dialect="postgresql")
        return sa.Column("a", sa.Integer()), key

    assert [len(read(name, *items()).foreign_keys) for name in DIALECTS] == [0, 1]


def test_metadata_index_keeps_all_that_postgres_has() -> None:
    """Method, operator class, direction, NULLs, INCLUDE and the predicate of each dialect are read."""
    metadata = sa.MetaData()
    table = sa.Table("t", metadata, sa.Column("a", sa.Text()), sa.Column("b", sa.Integer()))
    sa.Index(
        "i",
        sa.func.lower(table.c.a).label("low"),
        table.c.b.desc().nulls_last(),
        postgresql_using="btree",
        postgresql_ops={"low": "text_pattern_ops"},
        postgresql_include=["b"],
        postgresql_where=table.c.b > 1,
    )
    index = read_metadata(metadata, "postgresql").tables["t"].indexes[0]

    assert [(str(key.expression), key.descending, key.nulls, key.operators) for key in index.keys] == [
        ("lower(a)", False, "", "text_pattern_ops"),
        ("b", True, "last", ""),
    ]
    assert (str(index.predicate), index.included) == ("b > 1", ("b",))


def test_metadata_without_words_in_a_dialect_is_left_out() -> None:
    """What SQLite has no syntax for is not declared for it, and nothing breaks."""
    metadata = sa.MetaData()
    table = sa.Table("t", metadata, sa.Column("a", JSONB()), sa.Column("b", sa.Text()))
    sa.Index("i", sa.cast(table.c.b, INET()))
    sa.Index("j", table.c.b)

    assert [index.name for index in read_metadata(metadata, "sqlite").tables["t"].indexes] == ["j"]
    assert [index.name for index in read_metadata(metadata, "postgresql").tables["t"].indexes] == ["i", "j"]


def test_metadata_key_within_a_default_schema_is_read() -> None:
    """A key's target has the schema that the metadata gives to all of its tables."""
    metadata = sa.MetaData(schema="crm")
    sa.Table("people", metadata, sa.Column("id", sa.Integer(), primary_key=True))
    sa.Table("t", metadata, sa.Column("p", sa.ForeignKey("people.id")))

    assert read_metadata(metadata, "postgresql").tables["crm.t"].foreign_keys[0].table == "crm.people"


def test_metadata_key_to_a_table_elsewhere_is_read() -> None:
    """A foreign key to a table that the metadata lacks, or that is in another schema, keeps its target's name."""
    keys = [sa.ForeignKey("public.users.id", ondelete="set null"), sa.ForeignKey("crm.people.no")]
    columns = [sa.Column(f"c{at}", sa.Integer(), key) for at, key in enumerate(keys)]
    found = read("postgresql", *columns).foreign_keys

    assert [(one.table, one.referred, one.on_delete) for one in found] == [
        ("users", ("id",), "SET NULL"),
        ("crm.people", ("no",), ""),
    ]
