"""Read from SQLAlchemy metadata the logical schema that one dialect should have.

What depends on the dialect is asked of SQLAlchemy's own compiler for it: types (variants, decorators, native enums),
defaults, names from a naming convention, predicates of partial indexes.
"""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Enum,
    ForeignKeyConstraint,
    Index as SqlIndex,
    MetaData,
    PrimaryKeyConstraint,
    Sequence as SqlSequence,
    SmallInteger,
    Table as SqlTable,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import CompileError, NoReferenceError
from sqlalchemy.schema import AddConstraint, CreateIndex
from sqlalchemy.types import TypeDecorator, TypeEngine

from diglot.schema.logical import (
    Check,
    Column,
    Expression,
    ForeignKey,
    Generated,
    Index,
    IndexKey,
    LogicalType,
    PrimaryKey,
    Schema,
    Table,
    Unique,
)
from diglot.schema.sqlite_ddl import read_key
from diglot.schema.type_names import parse_type

UNSAYABLE = "unsayable"
_ROWID = "integer"


def read_metadata(metadata: MetaData, dialect: str) -> Schema:
    """Return the schema that `metadata.create_all` would make on the dialect `sqlite` or `postgresql`.

    A type that the dialect has no name for is of the family `unsayable`; an index, a CHECK or a value that it cannot
    write is left out.
    """
    reader = _Reader(dialect)
    tables = sorted(metadata.tables.values(), key=lambda one: str(one.key))
    return Schema(dialect, {_bare(str(table.key)): reader.table(table) for table in tables})


class _Reader:
    """Reads tables for one dialect."""

    def __init__(self, dialect: str) -> None:
        made: Any = postgresql.dialect() if dialect == "postgresql" else sqlite.dialect()  # type: ignore[no-untyped-call]
        self.name = dialect
        self.dialect: Dialect = made
        self.ddl = made.ddl_compiler(made, None)
        self.sql = made.statement_compiler(made, None)

    # -- what many parts need --------------------------------------------------------------------

    def expression(self, element: Any) -> Expression:
        """Return an element as the dialect writes it into DDL."""
        return Expression(str(self.sql.process(element, include_table=False, literal_binds=True)), self.name)

    def can_say(self, element: Any) -> bool:
        """Whether the dialect can write an element; a string always."""
        try:
            return isinstance(element, str) or bool(self.expression(element))
        except CompileError:
            return False

    def named(self, constraint: Any) -> str | None:
        """Return a constraint's or an index's name after the naming convention, as the dialect shortens it."""
        if constraint.name is None:
            return None
        preparer: Any = self.dialect.identifier_preparer
        is_index = isinstance(constraint, SqlIndex)
        formatted = preparer.format_index(constraint) if is_index else preparer.format_constraint(constraint)
        if formatted is None:
            return None
        quoted = formatted.startswith('"')
        return formatted[1:-1].replace('""', '"') if quoted else str(formatted)

    def option(self, element: Any, name: str) -> Any:
        """Return a dialect's own option of a table, constraint or index; None where there is none."""
        return element.dialect_options[self.name].get(name)

    # -- a table -----------------------------------------------------------------------------------

    def table(self, table: SqlTable) -> Table:
        """Return one table."""
        made = [one for one in _ordered(table) if self._is_constrained(one)]
        indexes = [one for one in table.indexes if self._is_made(one)]
        key = table.primary_key
        traits = {"STRICT": "strict", "WITHOUT ROWID": "with_rowid"}
        options = table.dialect_options[self.name]
        found = {trait for trait, option in traits.items() if options.get(option) is (option == "strict")}
        constraints = [one for one in made if not isinstance(one, CheckConstraint) or self.can_say(one.sqltext)]
        return Table(
            name=_bare(str(table.key)),
            columns=tuple(self.column(column) for column in table.columns if not column.system),
            primary_key=PrimaryKey(tuple(c.name for c in key.columns), self.named(key)) if key.columns else None,
            uniques=tuple(self.unique(one) for one in made if isinstance(one, UniqueConstraint)),
            checks=tuple(self.check(one) for one in constraints if isinstance(one, CheckConstraint)),
            foreign_keys=tuple(self.foreign_key(one) for one in made if isinstance(one, ForeignKeyConstraint)),
            indexes=tuple(self.index(one) for one in sorted(indexes, key=lambda one: str(one.name))),
            traits=frozenset(found),
        )

    def column(self, column: Any) -> Column:
        """Return one column."""
        computed = column.computed
        stated = None if computed is not None else self.stated_default(column)
        kind = self.type(column.type, column)
        generated = None
        if computed is not None and self.can_say(computed.sqltext):
            generated = Generated(self.expression(computed.sqltext), computed.persisted)
        return Column(
            name=str(column.name),
            type=kind,
            nullable=bool(column.nullable) and not column.primary_key and not self.identity(column),
            default=Expression(stated, self.name) if stated is not None and "nextval(" not in stated else None,
            generated=generated,
            generator=self.generator(column, kind, stated),
            numbered_by_hand=column.autoincrement is False,
            collation=_collation(column.type, self.dialect),
        )

    def type(self, kind: TypeEngine[Any], column: Any) -> LogicalType:
        """Return the type that the dialect stores."""
        actual = kind.dialect_impl(self.dialect)
        while isinstance(actual, TypeDecorator):
            actual = actual.impl_instance.dialect_impl(self.dialect)
        if self.name == "postgresql" and isinstance(actual, Enum) and actual.native_enum:
            labels = tuple(str(label) for label in actual.enums)
            return LogicalType("enum", labels=labels, name=str(actual.name), native=str(actual.name))
        if self.name == "postgresql" and isinstance(actual, postgresql.DOMAIN):
            item = self.type(actual.data_type, column)
            return LogicalType("domain", item=item, name=str(actual.name), native=str(actual.name))
        try:
            compiler: Any = self.dialect.type_compiler_instance
            text = compiler.process(kind, type_expression=column)
        except CompileError:
            return LogicalType(UNSAYABLE, native=f"{kind!r}, which {self.name} has no type for")
        if self.name == "postgresql" and isinstance(actual, postgresql.ARRAY):
            dimensions = "[]" * (actual.dimensions or 1)
            return LogicalType("array", item=self.type(actual.item_type, column), native=text or dimensions)
        return parse_type(re.sub(r"\s+COLLATE .*$", "", text), self.name)

    def stated_default(self, column: Any) -> str | None:
        """Return a column's default as DDL has it; None without any, and when the dialect cannot write it."""
        try:
            stated = self.ddl.get_column_default_string(column)
        except CompileError:
            return None
        return None if stated is None else str(stated)

    def identity(self, column: Any) -> bool:
        """Whether the column is an identity on this dialect."""
        return column.identity is not None and self.name == "postgresql"

    def generator(self, column: Any, kind: LogicalType, stated: str | None) -> str:
        """Return what numbers new rows."""
        table = column.table
        if self.name == "sqlite":
            alone = column.primary_key and len(table.primary_key.columns) == 1
            if not alone or kind.native.lower() != _ROWID or self.option(table, "with_rowid") is False:
                return ""
            return "rowid autoincrement" if self.option(table, "autoincrement") else "rowid"
        if self.identity(column):
            return "identity always" if column.identity.always else "identity by default"
        optional = isinstance(column.default, SqlSequence) and column.default.optional
        by_itself = column.primary_key and column is table.autoincrement_column and column.server_default is None
        small = isinstance(column.type.dialect_impl(self.dialect), SmallInteger) and not self._has_small_serial()
        if by_itself and not small and (column.default is None or optional):
            return "serial"
        return "serial" if stated is not None and "nextval(" in stated else ""

    def _is_constrained(self, constraint: Any) -> bool:
        """Whether the dialect has the constraint, in CREATE TABLE or by an ALTER TABLE of its own.

        `create_all` adds the keys of a circle, and those with `use_alter`, by ALTER TABLE, and from then on the key
        says of itself that it is not made: that is its place, and no dialect goes without it.
        """
        if not isinstance(constraint, ForeignKeyConstraint):
            return bool(constraint._should_create_for_compiler(self.ddl))
        condition, made = constraint._ddl_if, AddConstraint(constraint, isolate_from_table=False)
        return condition is None or bool(condition._should_execute(made, constraint, None, compiler=self.ddl))

    def _is_made(self, index: SqlIndex) -> bool:
        """Whether the dialect can write the index, and `ddl_if` lets it have it."""
        condition, where = index._ddl_if, self.option(index, "where")
        parts = [*index.expressions, *([] if where is None else [where])]
        if condition is None or not all(map(self.can_say, parts)):
            return all(map(self.can_say, parts))
        return bool(condition._should_execute(CreateIndex(index), index, None, compiler=self.ddl))

    def _has_small_serial(self) -> bool:
        return bool(getattr(self.dialect, "supports_smallserial", True))

    # -- constraints and indexes -------------------------------------------------------------------

    def unique(self, constraint: UniqueConstraint) -> Unique:
        """Return one unique constraint."""
        distinct = self.name == "postgresql" and bool(self.option(constraint, "nulls_not_distinct"))
        names = tuple(str(column.name) for column in constraint.columns)
        return Unique(names, distinct, bool(constraint.deferrable) and self.name != "sqlite", self.named(constraint))

    def check(self, constraint: CheckConstraint) -> Check:
        """Return one CHECK."""
        invalid = self.name == "postgresql" and self.option(constraint, "not_valid")
        return Check(self.expression(constraint.sqltext), self.named(constraint), "NOT VALID" if invalid else "")

    def foreign_key(self, constraint: ForeignKeyConstraint) -> ForeignKey:
        """Return one foreign key."""
        invalid = self.name == "postgresql" and self.option(constraint, "not_valid")
        targets = [_target(one) for one in constraint.elements]
        return ForeignKey(
            columns=tuple(str(one.parent.name) for one in constraint.elements),
            table=_bare(targets[0][0]),
            referred=tuple(column for _, column in targets),
            on_delete=_action(constraint.ondelete),
            on_update=_action(constraint.onupdate),
            deferrable=bool(constraint.deferrable),
            initially_deferred=(constraint.initially or "").upper() == "DEFERRED",
            name=self.named(constraint),
            state="NOT VALID" if invalid else "",
        )

    def index(self, index: SqlIndex) -> Index:
        """Return one index."""
        where = self.option(index, "where")
        server = self.name == "postgresql"
        included = self.option(index, "include") or () if server else ()
        operators = self.option(index, "ops") or {} if server else {}
        return Index(
            keys=tuple(self.key(one, operators) for one in index.expressions),
            unique=bool(index.unique),
            predicate=None if where is None else self.expression(where),
            method=str(self.option(index, "using") or "btree").lower() if server else "btree",
            included=tuple(one if isinstance(one, str) else str(one.name) for one in included),
            nulls_not_distinct=server and bool(self.option(index, "nulls_not_distinct")),
            name=self.named(index),
        )

    def key(self, element: Any, operators: dict[str, str]) -> IndexKey:
        """Return one key of an index; operators: the operator classes, by the key's name."""
        text = read_key(self.expression(element).text)
        usual = "first" if text.descending else "last"
        stored = element.name if hasattr(element, "name") else text.column
        return IndexKey(
            expression=Expression(text.column or text.expression, self.name),
            column=text.column,
            descending=text.descending,
            nulls="" if text.nulls == usual else text.nulls,
            collation=text.collation,
            operators=operators.get(getattr(element, "key", None) or stored or "", "").removesuffix("()"),
        )


def _ordered(table: SqlTable) -> Iterator[Any]:
    """Yield the constraints in the order in which they were made."""
    found: Any = sorted(table.constraints, key=lambda one: one._creation_order)
    yield from (one for one in found if not isinstance(one, PrimaryKeyConstraint))


def _target(key: Any) -> tuple[str, str]:
    """Return the table and the column that a key refers to, also when the metadata lacks that table."""
    try:
        return str(key.column.table.key), str(key.column.name)
    except NoReferenceError:
        table, _, column = key.target_fullname.rpartition(".")
        return table, column


def _bare(name: str) -> str:
    """Return a table's name without the schema that is Postgres's default."""
    return name.removeprefix("public.")


def _action(text: str | None) -> str:
    action = (text or "").upper()
    return "" if action == "NO ACTION" else action


def _collation(kind: TypeEngine[Any], dialect: Dialect) -> str:
    actual: Any = kind.dialect_impl(dialect)
    while isinstance(actual, TypeDecorator):
        actual = actual.impl_instance
    name = str(getattr(actual, "collation", None) or "")
    if dialect.name == "sqlite":
        return "" if name.upper() == "BINARY" else name.upper()
    return name
