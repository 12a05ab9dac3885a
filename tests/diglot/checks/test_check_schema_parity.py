"""Schemas that are the same come to nothing; each planted difference comes to exactly one finding."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from parity_expressions import CONDITIONS, TYPES, table
from parity_shop import NOTHING, Part, Twins, partial, shop, told, twins, zoo
from sqlalchemy.dialects.postgresql import ARRAY, INET

from diglot.checks.finding import Finding
from diglot.checks.suite import schema_parity
from diglot.provision.postgres import PostgresServer
from diglot.schema.expressions import Reading, canonical
from diglot.schema.logical import Expression
from diglot.schema.term import KnownColumn
from diglot.schema.type_names import parse_type
from diglot.settings import Settings

CODE = "table trades, column code"
AMOUNT = "table trades, column amount"

CHANGES: dict[str, tuple[Mapping[str, Part], str, str]] = {
    "another type": ({"amount": lambda: sa.Column("amount", sa.Float(), nullable=False)}, "type", AMOUNT),
    "another width": (
        {"count": lambda: sa.Column("count", sa.BigInteger(), server_default="0", nullable=False)},
        "type",
        "table trades, column count",
    ),
    "another length": ({"code": lambda: sa.Column("code", sa.String(9), nullable=False)}, "length", CODE),
    "another scale": ({"amount": lambda: sa.Column("amount", sa.Numeric(10, 3), nullable=False)}, "precision", AMOUNT),
    "nullable": ({"code": lambda: sa.Column("code", sa.String(8), nullable=True)}, "nullable", CODE),
    "another default": (
        {"count": lambda: sa.Column("count", sa.Integer(), server_default="1", nullable=False)},
        "default",
        "table trades, column count",
    ),
    "no default": (
        {"paid": lambda: sa.Column("paid", sa.Boolean(), nullable=False)},
        "default",
        "table trades, column paid",
    ),
    "another computation": (
        {"total": lambda: sa.Column("total", sa.Integer(), sa.Computed("count + 2", persisted=True))},
        "generated",
        "table trades, column total",
    ),
    "a column more": ({"more": lambda: sa.Column("more", sa.Text())}, "column-missing", "table trades, column more"),
    "another check": (
        {"check": lambda: sa.CheckConstraint("amount >= 0 AND count BETWEEN 0 AND 9", name="ck_amount")},
        "check",
        "table trades, constraint ck_amount",
    ),
    "no check": ({"check": NOTHING}, "check-missing", "table trades, constraint ck_amount"),
    "no unique": ({"unique": NOTHING}, "unique-missing", "table trades, constraint uq_code"),
    "another unique": (
        {"unique": lambda: sa.UniqueConstraint("code", name="uq_code")},
        "unique",
        "table trades, constraint uq_code",
    ),
    "another name": (
        {"unique": lambda: sa.UniqueConstraint("code", "amount", name="uq_other")},
        "constraint-name",
        "table trades, constraint uq_",
    ),
    "no foreign key": ({"key": NOTHING}, "foreign-key-missing", "table trades, constraint fk_account"),
    "another target": (
        {
            "key": lambda: sa.ForeignKeyConstraint(
                ["account_id"], ["accounts.no"], name="fk_account", ondelete="CASCADE"
            )
        },
        "foreign-key",
        "table trades, constraint fk_account",
    ),
    "another table": (
        {"key": lambda: sa.ForeignKeyConstraint(["account_id"], ["trades.id"], name="fk_account", ondelete="CASCADE")},
        "foreign-key",
        "table trades, constraint fk_account",
    ),
    "another action": (
        {"key": lambda: sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_account")},
        "foreign-key-action",
        "table trades, constraint fk_account",
    ),
    "another time": (
        {
            "key": lambda: sa.ForeignKeyConstraint(
                ["account_id"],
                ["accounts.id"],
                name="fk_account",
                ondelete="CASCADE",
                deferrable=True,
                initially="DEFERRED",
            )
        },
        "foreign-key-deferrable",
        "table trades, constraint fk_account",
    ),
    "no index": ({"sorted": NOTHING}, "index-missing", "table trades, index ix_sorted"),
    "another direction": (
        {"sorted": lambda: sa.Index("ix_sorted", "at", "count")},
        "index",
        "table trades, index ix_sorted",
    ),
    "another expression": (
        {"lower": lambda: sa.Index("ix_lower", sa.text("upper(code)"))},
        "index",
        "table trades, index ix_lower",
    ),
    "another predicate": (
        {"open": lambda: partial("ix_open", "amount", "paid", unique=True)},
        "index-predicate",
        "table trades, index ix_open",
    ),
    "not unique": (
        {"open": lambda: partial("ix_open", "amount", "NOT paid")},
        "index-unique",
        "table trades, index ix_open",
    ),
    "another index name": (
        {"sorted": lambda: sa.Index("ix_other", "at", sa.text("count DESC"))},
        "index-name",
        "table trades, index ix_",
    ),
}
ONE_CHANGE = pytest.mark.parametrize(("changes", "kind", "subject"), CHANGES.values(), ids=CHANGES.keys())


PLAIN = "CREATE TABLE t (a TEXT NOT NULL, b TEXT NOT NULL, PRIMARY KEY (a))"


def told_by_others(finding: Finding, alone: str) -> set[str]:
    """What everybody else says."""
    return {text for label, text in finding.facts if label != alone}


@pytest.fixture(scope="module")
def database(diglot_server: PostgresServer) -> Iterator[sa.URL]:
    """One Postgres database for all tests here."""
    url = diglot_server.create_database("check", empty=True)
    yield url
    diglot_server.drop_database(url)


@pytest.fixture
def both(database: sa.URL, tmp_path: Path) -> Iterator[Twins]:
    """Two empty databases."""
    with twins(tmp_path / "shop.db", database) as made:
        yield made


@pytest.mark.parametrize("declared", [True, False], ids=["three ways", "two ways"])
@pytest.mark.parametrize("make", [shop, zoo])
def test_parity_of_one_metadata_in_both_engines_holds(both: Twins, make: Any, declared: bool) -> None:
    """What `create_all` makes of one metadata is the same on both dialects, and as the metadata says."""
    metadata = make()

    findings = both.compare(metadata, metadata, metadata if declared else None)

    assert findings == ()


@ONE_CHANGE
@pytest.mark.parametrize("alone", ["sqlite", "postgresql", "metadata"])
def test_parity_names_the_one_side_that_is_alone(
    both: Twins, changes: Mapping[str, Part], kind: str, subject: str, alone: str
) -> None:
    """A difference is one finding, with who is alone, what all three say, and what to change."""
    sides = {side: shop(changes if side == alone else None) for side in ("sqlite", "postgresql", "metadata")}

    findings = both.compare(sides["sqlite"], sides["postgresql"], sides["metadata"])

    direction = {"metadata": "both"}.get(alone, alone)
    assert [(one.kind, one.direction) for one in findings] == [(f"schema-parity.{kind}", direction)]
    assert findings[0].subject.startswith(subject)
    assert [label for label, _ in findings[0].facts] == ["metadata", "sqlite", "postgresql"]
    assert told_by_others(findings[0], alone).isdisjoint({dict(findings[0].facts)[alone]})
    assert findings[0].fix


@ONE_CHANGE
def test_parity_without_metadata_sees_the_same_differences(
    both: Twins, changes: Mapping[str, Part], kind: str, subject: str
) -> None:
    """Two ways, each planted difference is one finding that blames nobody."""
    findings = both.compare(shop(changes), shop())

    assert [(one.kind, one.direction) for one in findings] == [(f"schema-parity.{kind}", "both")]
    assert findings[0].subject.startswith(subject)
    assert [label for label, _ in findings[0].facts] == ["sqlite", "postgresql"]


def test_parity_of_one_condition_in_both_engines_holds(both: Twins) -> None:
    """Whatever Postgres makes of the text of a CHECK, it is the CHECK that SQLite has."""
    state = "CREATE TYPE state AS ENUM ('a', 'b')"
    findings = both.compare([table(0, "BINARY")], [state, table(1, '"C"')])

    assert findings == ()


def test_parity_tells_all_conditions_apart() -> None:
    """No two of many conditions have one form."""
    columns = {name: KnownColumn(parse_type(types[1], "postgresql")) for name, types in TYPES.items()}
    forms = {canonical(Expression(text, "sqlite"), Reading(columns, "t")).form for text in CONDITIONS}

    assert len(forms) == len(CONDITIONS) > 100


def test_parity_names_a_key_of_other_columns(both: Twins) -> None:
    """A primary key of other columns is one finding, with both keys."""
    findings = both.compare(["CREATE TABLE t (a TEXT NOT NULL, b TEXT NOT NULL, PRIMARY KEY (a, b))"], [PLAIN])

    assert told(findings) == [("primary-key", "table t, primary key", "both")]
    assert findings[0].facts == (("sqlite", "a, b"), ("postgresql", "a"))


@pytest.mark.parametrize(
    ("sqlite", "postgresql", "direction"),
    [
        (["CREATE TABLE extra (a TEXT)"], [], "sqlite"),
        ([], ["CREATE TABLE extra (a TEXT)"], "postgresql"),
        (["CREATE TABLE extra (a TEXT)"], ["CREATE TABLE extra (a TEXT)"], "both"),
    ],
)
def test_parity_names_a_table_that_the_metadata_does_not_know(
    both: Twins, sqlite: list[str], postgresql: list[str], direction: str
) -> None:
    """A table that the metadata lacks is reported once, whether one database has it or both."""
    findings = both.compare(sqlite, postgresql, sa.MetaData())

    assert told(findings) == [("table-missing", "table extra", direction)]
    assert findings[0].facts[0] == ("metadata", "absent")


def test_parity_names_a_table_that_only_the_metadata_has(both: Twins) -> None:
    """A table that no migration made is one finding."""
    findings = both.compare([], [], shop({}))

    assert told(findings) == [("table-missing", "table accounts", "both"), ("table-missing", "table trades", "both")]


def test_parity_leaves_out_alembics_table_under_any_name(both: Twins) -> None:
    """Alembic's version table is no difference, however it is called."""
    findings = both.compare([], ["CREATE TABLE applied (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"], sa.MetaData())

    assert findings == ()


def test_parity_reports_a_predicate_that_the_metadata_gives_one_dialect_only(both: Twins) -> None:
    """Databases that are as the metadata says are still different when it says `postgresql_where` alone."""
    open_ = {"open": lambda: sa.Index("ix_open", "amount", postgresql_where=sa.text("NOT paid"))}
    findings = both.compare(shop(open_), shop(open_), shop(open_))

    assert told(findings) == [("index-predicate", "table trades, index ix_open", "both")]
    assert findings[0].facts[0] == ("metadata", "no condition for sqlite, NOT paid for postgresql")
    assert "sqlite_where" in findings[0].fix


def test_parity_reports_a_key_that_only_postgres_numbers(both: Twins) -> None:
    """A BIGINT key without a variant numbers no rows on SQLite, and the metadata says so."""
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("id", sa.BigInteger(), primary_key=True))
    findings = both.compare(metadata, metadata, metadata)

    assert told(findings) == [("generator", "table t, column id", "both")]
    assert "with_variant" in findings[0].fix


def test_parity_lets_the_metadata_number_rows_by_hand(both: Twins) -> None:
    """`autoincrement=False` says that each row brings its number: that SQLite gives one is no finding."""
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False))

    assert told(both.compare(metadata, metadata, metadata)) == []


def test_parity_says_in_words_that_there_is_no_default(both: Twins) -> None:
    """A default that the metadata lacks is told as `no default`, not as a column that is missing."""
    plain, given = sa.MetaData(), sa.MetaData()
    sa.Table("t", plain, sa.Column("n", sa.Integer()))
    sa.Table("t", given, sa.Column("n", sa.Integer(), server_default="7"))
    findings = both.compare(given, given, plain)

    assert told(findings) == [("default", "table t, column n", "both")]
    assert findings[0].facts[0] == ("metadata", "no default")


def _column(**options: Any) -> sa.Column[str]:
    return sa.Column("a", sa.String(9), **options)


@pytest.mark.parametrize(
    "items",
    [
        lambda: [_column(primary_key=True, unique=True)],
        lambda: [sa.Column("a", sa.Integer(), primary_key=True, unique=True)],
        lambda: [_column(unique=True), sa.UniqueConstraint("a", name="uq_a")],
        lambda: [_column(), sa.UniqueConstraint("a", name="uq_a"), sa.UniqueConstraint("a", name="uq_b")],
        lambda: [_column(unique=True), sa.Index("ix_a", "a", unique=True)],
    ],
    ids=["key", "row number", "unnamed", "two names", "index"],
)
def test_parity_of_what_is_declared_unique_twice_holds(both: Twins, items: Callable[[], list[Any]]) -> None:
    """A UNIQUE beside a key or another UNIQUE of the same columns is nothing that a database keeps."""
    metadata = sa.MetaData()
    sa.Table("t", metadata, *items())

    assert told(both.compare(metadata, metadata, metadata)) == []
    assert told(both.compare(metadata, metadata)) == []


def test_parity_names_a_unique_that_is_only_nearly_the_key(both: Twins) -> None:
    """A UNIQUE over a part of the key says more than the key, and is missed where it is missing."""
    whole, part = sa.MetaData(), sa.MetaData()
    sa.Table("t", whole, _column(primary_key=True), sa.Column("b", sa.Text(), primary_key=True))
    sa.Table("t", part, _column(primary_key=True, unique=True), sa.Column("b", sa.Text(), primary_key=True))

    assert told(both.compare(whole, part, part)) == [("unique-missing", "table t, constraint t_a_key", "sqlite")]


def test_parity_knows_the_names_that_sqlalchemy_shortens(both: Twins) -> None:
    """Names of a convention that are too long for Postgres are the same there: a constraint's and an index's."""
    long = "a_column_with_a_name_that_leaves_no_room_for_another"
    metadata = sa.MetaData(
        naming_convention={"uq": f"uq_{long}_%(column_0_name)s", "ix": f"ix_{long}_%(column_0_name)s"}
    )
    columns = sa.Column("first_of_two", sa.Text(), unique=True), sa.Column("second_of_two", sa.Text(), index=True)
    sa.Table("t", metadata, *columns)

    assert told(both.compare(metadata, metadata, metadata)) == []
    assert told(both.compare(metadata, metadata)) == []


def elsewhere() -> sa.MetaData:
    """Return metadata whose types are other ones on SQLite, by intention."""
    metadata = sa.MetaData()
    columns = {
        "lasts": sa.Interval(),
        "tags": ARRAY(sa.Text()).with_variant(sa.JSON(), "sqlite"),
        "address": INET().with_variant(sa.String(45), "sqlite"),
        "name": sa.String(9, collation="NOCASE").with_variant(sa.String(12, collation="C"), "postgresql"),
    }
    sa.Table("t", metadata, *(sa.Column(name, kind) for name, kind in columns.items()))
    return metadata


def test_parity_lets_the_metadata_name_a_type_for_each_dialect(both: Twins) -> None:
    """A type that is declared apart is no finding, and is one where nothing declares it."""
    declared = both.compare(elsewhere(), elsewhere(), elsewhere())
    alone = both.compared()

    assert declared == ()
    assert [(kind, subject) for kind, subject, _ in told(alone.findings)] == [
        ("type", "table t, column lasts"),
        ("type", "table t, column tags"),
        ("type", "table t, column address"),
        ("length", "table t, column name"),
        ("collation", "table t, column name"),
    ]


def test_parity_counts_things_that_do_the_same(both: Twins) -> None:
    """Of two indexes and two CHECKs that do the same, the one that a side lacks is found."""
    twice = {
        "again": lambda: sa.Index("ix_again", "at", sa.text("count DESC")),
        "recheck": lambda: sa.CheckConstraint("amount > 0 AND count BETWEEN 0 AND 9", name="ck_again"),
    }
    findings = both.compare(shop(twice), shop(), shop(twice))

    assert told(findings) == [
        ("check-missing", "table trades, constraint ck_again", "postgresql"),
        ("index-missing", "table trades, index ix_again", "postgresql"),
    ]


@dataclass
class Bench:
    """A workbench whose databases are there already."""

    settings: Settings
    metadata: sa.MetaData
    sqlite: Path
    migrated: sa.Engine
    lines: list[str] = field(default_factory=list)

    def tell(self, line: str) -> None:
        """Keep a line of progress."""
        self.lines.append(line)

    @contextmanager
    def connect(self, engine: sa.Engine) -> Iterator[Any]:
        """Yield a driver's connection."""
        with engine.connect() as connection:
            yield connection.connection.dbapi_connection


@pytest.mark.parametrize(("named", "ways", "not_done"), [("shop:metadata", 3, 0), (None, 2, 1)])
def test_parity_check_says_what_it_looked_at(both: Twins, named: str | None, ways: int, not_done: int) -> None:
    """The check reads all there is, tells its progress, and says when there is no metadata to compare with."""
    both.make(both.file, shop())
    both.make(both.server, shop())
    bench: Any = Bench(Settings(Path(), metadata=named), shop({"check": NOTHING}), both.path, both.server)
    outcome = schema_parity.run(bench)

    assert [one.kind for one in outcome.findings] == ["schema-parity.check-missing"][: ways - 2]
    assert dict(outcome.looked_at)["tables"] == "2"
    assert len(dict(outcome.looked_at)["compared"].split(", ")) == ways
    assert len(outcome.not_done) == not_done
    assert bench.lines[-1] == "schema-parity: 2 of 2, trades"


def test_parity_pairs_a_table_in_a_schema_with_sqlites_bare_name(both: Twins) -> None:
    """SQLite has no schemas: `billing.invoices` is its `invoices`, also where a key refers to it."""
    findings = both.compare(
        [
            "CREATE TABLE invoices (id INTEGER PRIMARY KEY)",
            "CREATE TABLE lines (invoice INTEGER REFERENCES invoices (id))",
        ],
        [
            "CREATE SCHEMA IF NOT EXISTS billing",
            "DROP TABLE IF EXISTS billing.invoices CASCADE",
            "CREATE TABLE billing.invoices (id SERIAL PRIMARY KEY)",
            "CREATE TABLE lines (invoice INTEGER REFERENCES billing.invoices (id))",
        ],
    )
    both.make(both.server, ["DROP SCHEMA billing CASCADE"])

    assert findings == ()


def test_parity_says_which_constraint_sqlite_has_nothing_for(both: Twins) -> None:
    """An EXCLUDE is reported as what SQLite lacks."""
    findings = both.compare(
        ["CREATE TABLE t (a INTEGER)"], ["CREATE TABLE t (a INTEGER, CONSTRAINT apart EXCLUDE USING hash (a WITH =))"]
    )

    assert told(findings) == [("exclusion", "table t, constraint apart", "postgresql")]


@pytest.mark.parametrize("clause", ["NOT VALID", "NOT ENFORCED"])
def test_parity_names_a_check_that_postgres_does_not_enforce(both: Twins, clause: str) -> None:
    """A CHECK that is there but not in force is a difference."""
    findings = both.compare(
        ["CREATE TABLE t (a INTEGER, CONSTRAINT c CHECK (a > 0))"],
        ["CREATE TABLE t (a INTEGER)", f"ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) {clause}"],
    )

    assert told(findings) == [("check-state", "table t, constraint c", "both")]
    assert dict(findings[0].facts)["postgresql"] == clause


def test_parity_says_which_expressions_it_could_not_read(both: Twins) -> None:
    """An expression that no parser reads is compared token by token, and the outcome says so."""
    metadata = sa.MetaData()
    check = sa.CheckConstraint("a ~<~ 'b'", name="c").ddl_if(dialect="postgresql")
    sa.Table("t", metadata, sa.Column("a", sa.Text()), check)
    findings = both.compare(metadata, metadata, metadata)
    compared = both.compared(metadata)

    assert told(findings) == [("check-missing", "table t, constraint c", "both")]
    assert "table t: a ~ < ~ 'b'" in compared.unread


def test_parity_keys_are_the_same_in_two_runs(both: Twins) -> None:
    """A finding's key depends on the schemas alone, so that it can be accepted."""
    changed = shop({"check": NOTHING, "code": lambda: sa.Column("code", sa.String(9), nullable=True)})
    first = both.compare(changed, shop(), shop())
    again = both.compare([], [], shop())

    assert [one.key for one in first] == [one.key for one in again]
    assert len({one.key for one in first}) == len(first) == 3
