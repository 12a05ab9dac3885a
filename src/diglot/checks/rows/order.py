"""In which order tables are filled: parents first, and tables that need each other together."""

from collections.abc import Iterator, Mapping

from diglot.checks.rows.tables import ForeignKey, Table, TableName


def groups(tables: Mapping[TableName, Table]) -> Iterator[list[Table]]:
    """Yield the tables in an order in which each can be filled; those of a cycle without a NULL in one group.

    A cycle that a nullable column opens is no cycle: the column stays NULL in the first table's rows.
    """
    left = dict(sorted(tables.items()))
    while left:
        for wanted in (_parents(left, hard=False), _parents(left, hard=True)):
            free = [name for name in left if not wanted[name]]
            if free:
                break
        group = free[:1] or _cycle(_parents(left, hard=True))
        yield [left.pop(name) for name in group]


def is_hard(table: Table, key: ForeignKey) -> bool:
    """Say whether a row cannot do without the key's parent."""
    nullable = {column.name for column in table.columns if column.nullable}
    return not nullable & set(key.columns)


def _parents(tables: Mapping[TableName, Table], *, hard: bool) -> dict[TableName, set[TableName]]:
    return {
        name: {
            key.parent
            for key in table.foreign_keys
            if key.parent in tables and key.parent != name and (not hard or is_hard(table, key))
        }
        for name, table in tables.items()
    }


def _cycle(parents: Mapping[TableName, set[TableName]]) -> list[TableName]:
    """Return the first set of tables that all need each other and nothing else."""
    above = {name: _reached(name, parents) for name in parents}
    name = next(name for name in parents if all(name in above[other] for other in above[name]))
    return [other for other in parents if other in above[name]]


def _reached(name: TableName, parents: Mapping[TableName, set[TableName]]) -> set[TableName]:
    found: set[TableName] = set()
    ahead = [name]
    while ahead:
        fresh = parents[ahead.pop()] - found
        found |= fresh
        ahead += fresh
    return found
