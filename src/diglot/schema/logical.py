"""The schema of tables in words that both dialects share: what a reader returns and a comparison takes.

Nothing here is normalised for one dialect or the other: a type says what was declared, an expression is kept as it
is written, with the dialect that wrote it. Whether two of them mean the same is decided where they are compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

TEXT_FAMILIES = frozenset({"text", "varchar", "char"})
NUMBER_FAMILIES = frozenset({"integer", "numeric", "float"})


@dataclass(frozen=True)
class LogicalType:
    """A column's type.

    family: integer, numeric, float, text, varchar, char, boolean, date, time, timestamp, interval, uuid, json, jsonb,
    bytes, enum, array, domain, or the type's own name. length: characters or bytes. precision: digits; of an integer
    and a float, bits; of a time, digits after the second. timezone: None where the dialect cannot say.
    labels: of an enum. item: of an array or a domain. name: of a type that the project made. native: as written.
    """

    family: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    timezone: bool | None = None
    labels: tuple[str, ...] = ()
    item: "LogicalType | None" = None
    name: str = ""
    native: str = field(default="", compare=False)

    def __str__(self) -> str:
        """The type as its dialect writes it."""
        if self.labels:
            listed = ", ".join(f"'{label}'" for label in self.labels)
            return f"{self.native or self.name} ENUM ({listed})"
        return self.native or self.family


@dataclass(frozen=True)
class Expression:
    """An SQL expression as it is written, without the brackets around it. dialect: sqlite or postgresql."""

    text: str
    dialect: str

    def __str__(self) -> str:
        """The expression, with white space squeezed."""
        return " ".join(self.text.split())


@dataclass(frozen=True)
class Generated:
    """A column that is computed. stored: None when the dialect's default is meant."""

    expression: Expression
    stored: bool | None


@dataclass(frozen=True)
class Column:
    """A column.

    generator: what numbers new rows: "", `serial`, `identity by default`, `identity always`, `rowid`, or
    `rowid autoincrement`. numbered_by_hand: the metadata says `autoincrement=False`. collation: "" for the type's own.
    """

    name: str
    type: LogicalType
    nullable: bool = True
    default: Expression | None = None
    generated: Generated | None = None
    generator: str = ""
    numbered_by_hand: bool = False
    collation: str = ""


@dataclass(frozen=True)
class PrimaryKey:
    """A primary key; columns are in the key's order."""

    columns: tuple[str, ...]
    name: str | None = None


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key. referred: the columns in `table`, in the order of `columns`. Actions: "" for NO ACTION."""

    columns: tuple[str, ...]
    table: str
    referred: tuple[str, ...]
    on_delete: str = ""
    on_update: str = ""
    deferrable: bool = False
    initially_deferred: bool = False
    name: str | None = None
    state: str = ""


@dataclass(frozen=True)
class Unique:
    """A unique constraint. index: whether it is made as a unique index over whole columns."""

    columns: tuple[str, ...]
    nulls_not_distinct: bool = False
    deferrable: bool = False
    name: str | None = None
    index: bool = False


@dataclass(frozen=True)
class Check:
    """A CHECK. state: "", `NOT VALID` or `NOT ENFORCED`."""

    expression: Expression
    name: str | None = None
    state: str = ""


@dataclass(frozen=True)
class IndexKey:
    """One key of an index. column: its name, or "" when the key is an expression. nulls: "" for the dialect's own."""

    expression: Expression
    column: str = ""
    descending: bool = False
    nulls: str = ""
    collation: str = ""
    operators: str = ""


@dataclass(frozen=True)
class Index:
    """An index that belongs to no constraint. included: columns that it carries without being ordered by them."""

    keys: tuple[IndexKey, ...]
    unique: bool = False
    predicate: Expression | None = None
    method: str = "btree"
    included: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    name: str | None = None

    def __str__(self) -> str:
        """The index as DDL would write it."""
        keys = ", ".join(
            f"{key.expression}{' DESC' if key.descending else ''}{f' NULLS {key.nulls.upper()}' if key.nulls else ''}"
            for key in self.keys
        )
        where = f" WHERE {self.predicate}" if self.predicate else ""
        using = "" if self.method == "btree" else f"USING {self.method} "
        return f"{'UNIQUE ' if self.unique else ''}INDEX {using}({keys}){where}"


@dataclass(frozen=True)
class Table:
    """A table. exclusions: the definitions of EXCLUDE constraints, by name. traits: `STRICT`, `WITHOUT ROWID`."""

    name: str
    columns: tuple[Column, ...]
    primary_key: PrimaryKey | None = None
    uniques: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    exclusions: tuple[tuple[str, str], ...] = ()
    traits: frozenset[str] = frozenset()

    @property
    def by_name(self) -> Mapping[str, Column]:
        """The columns by their names."""
        return {column.name: column for column in self.columns}


@dataclass(frozen=True)
class Schema:
    """All tables by name; one outside of the default schema is named `schema.table`."""

    dialect: str
    tables: Mapping[str, Table]
