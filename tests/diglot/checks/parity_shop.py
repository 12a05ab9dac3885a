"""A small schema whose every part can be exchanged, and its tables made in both engines and compared."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.pool import NullPool

from diglot.checks.finding import Finding
from diglot.checks.parity.compare import Compared, compare_schemas
from diglot.schema.read_metadata import read_metadata
from diglot.schema.read_postgresql import read_postgresql
from diglot.schema.read_sqlite import read_sqlite

Part = Callable[[], Any]
NOTHING: Part = lambda: None  # noqa: E731
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

PARTS: dict[str, Part] = {
    "id": lambda: sa.Column("id", KEY, sa.Identity(), primary_key=True),
    "account": lambda: sa.Column("account_id", KEY, nullable=False),
    "code": lambda: sa.Column("code", sa.String(8), nullable=False),
    "amount": lambda: sa.Column("amount", sa.Numeric(10, 2), nullable=False),
    "count": lambda: sa.Column("count", sa.Integer(), server_default="0", nullable=False),
    "paid": lambda: sa.Column("paid", sa.Boolean(), server_default=sa.false(), nullable=False),
    "at": lambda: sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=True),
    "side": lambda: sa.Column("side", sa.Enum("buy", "sell", name="side"), nullable=True),
    "total": lambda: sa.Column("total", sa.Integer(), sa.Computed("count + 1", persisted=True)),
    "check": lambda: sa.CheckConstraint("amount > 0 AND count BETWEEN 0 AND 9", name="ck_amount"),
    "unnamed": lambda: sa.CheckConstraint("code IN ('a', 'b', 'c')"),
    "unique": lambda: sa.UniqueConstraint("code", "amount", name="uq_code"),
    "key": lambda: sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_account", ondelete="CASCADE"),
    "lower": lambda: sa.Index("ix_lower", sa.text("lower(code)")),
    "open": lambda: partial("ix_open", "amount", "NOT paid", unique=True),
    "sorted": lambda: sa.Index("ix_sorted", "at", sa.text("count DESC")),
}


def partial(name: str, column: str, where: str, *, unique: bool = False) -> sa.Index:
    """Return an index over a part of the rows, on both dialects."""
    condition = sa.text(where)
    return sa.Index(name, column, unique=unique, sqlite_where=condition, postgresql_where=condition)


def shop(changes: Mapping[str, Part] | None = None) -> sa.MetaData:
    """Return the metadata of two tables, `accounts` and `trades`, with parts of the latter exchanged."""
    metadata = sa.MetaData()
    sa.Table(
        "accounts", metadata, sa.Column("id", KEY, primary_key=True), sa.Column("no", sa.BigInteger(), unique=True)
    )
    made = [part() for part in {**PARTS, **(changes or {})}.values()]
    sa.Table("trades", metadata, *(one for one in made if one is not None))
    return metadata


def zoo() -> sa.MetaData:
    """Return metadata with a column of each type that both dialects have."""
    metadata = sa.MetaData()
    types: dict[str, Any] = {
        "small": sa.SmallInteger(), "whole": sa.Integer(), "big": sa.BigInteger(), "exact": sa.Numeric(12, 4),
        "any_exact": sa.Numeric(), "ratio": sa.Float(), "single": sa.REAL(), "double": sa.Double(), "text": sa.Text(),
        "name": sa.String(40), "endless": sa.String(), "fixed": sa.CHAR(3), "unicode": sa.Unicode(20),
        "flag": sa.Boolean(), "checked": sa.Boolean(create_constraint=True, name="ck_checked"), "day": sa.Date(),
        "clock": sa.Time(), "naive": sa.DateTime(), "aware": sa.DateTime(timezone=True),
        "uuid": sa.Uuid(), "uuid_text": sa.Uuid(native_uuid=False), "json": sa.JSON(),
        "jsonb": sa.JSON().with_variant(JSONB(), "postgresql"), "data": sa.LargeBinary(), "sized": sa.LargeBinary(32),
        "native": sa.Enum("a", "long label", name="native"),
        "plain": sa.Enum("a", "bb", name="plain", native_enum=False),
        "listed": sa.Enum("a", "it's", name="listed", native_enum=False, create_constraint=True),
        "both": sa.Enum("x", "y", name="both", create_constraint=True),
    }  # fmt: skip
    sa.Table("zoo", metadata, sa.Column("id", KEY, primary_key=True), *(sa.Column(n, t) for n, t in types.items()))
    defaults: dict[str, tuple[Any, Any]] = {
        "zero": (sa.Integer(), sa.text("0")), "minus": (sa.Integer(), sa.text("-1")), "quoted": (sa.Integer(), "7"),
        "half": (sa.Numeric(4, 2), sa.text("0.5")), "floating": (sa.Float(), sa.text("1.5")),
        "word": (sa.String(9), "it's"), "empty": (sa.Text(), ""), "yes": (sa.Boolean(), sa.true()),
        "now": (sa.DateTime(timezone=True), sa.func.now()), "today": (sa.Date(), "2020-02-29"),
        "object": (sa.JSON().with_variant(JSONB(), "postgresql"), '{"b":1,"a":[]}'),
        "label": (sa.Enum("m", "n", name="label"), "n"), "null": (sa.Integer(), sa.text("NULL")),
        "moment": (sa.DateTime(), "2020-01-02 03:04:05"),
    }  # fmt: skip
    computed = sa.Column("computed", sa.Numeric(9, 2), sa.Computed("zero + 1", persisted=True))
    columns = [sa.Column(name, kind, server_default=value) for name, (kind, value) in defaults.items()]
    sa.Table("defaults", metadata, sa.Column("id", sa.Uuid(), primary_key=True), *columns, computed)
    return metadata


class Twins:
    """A SQLite file and a Postgres database, both empty at the beginning of a test."""

    def __init__(self, path: Path, server: sa.Engine) -> None:
        self.path = path
        self.server = server
        self.file = sa.create_engine(f"sqlite:///{path}", poolclass=NullPool)

    def make(self, engine: sa.Engine, what: sa.MetaData | Iterable[str]) -> None:
        """Create metadata's tables, or run statements."""
        if isinstance(what, sa.MetaData):
            what.create_all(engine)
            return
        with engine.begin() as connection:
            for statement in what:
                connection.exec_driver_sql(statement)

    def compare(
        self,
        sqlite: sa.MetaData | Iterable[str],
        postgresql: sa.MetaData | Iterable[str],
        declared: sa.MetaData | None = None,
    ) -> tuple[Finding, ...]:
        """Make both schemas and compare them, and with the metadata when there is one."""
        self.make(self.file, sqlite)
        self.make(self.server, postgresql)
        return self.compared(declared).findings

    def compared(self, declared: sa.MetaData | None = None) -> Compared:
        """Compare what there is."""
        with self.server.connect() as connection:
            server = read_postgresql(connection.connection.dbapi_connection)
        said = None if declared is None else (read_metadata(declared, "sqlite"), read_metadata(declared, "postgresql"))
        return compare_schemas(read_sqlite(self.path), server, said)


@contextmanager
def twins(path: Path, url: sa.URL) -> Iterator[Twins]:
    """Yield both databases; url: a database of ours, which is emptied first."""
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    yield Twins(path, engine)
    engine.dispose()


def told(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """Return what findings are about: kind without the check's name, subject, direction."""
    return [(one.kind.partition(".")[2], one.subject, one.direction) for one in findings]
