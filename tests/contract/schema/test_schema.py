"""Both schemas are what the metadata says: tables, columns, keys, checks, indexes."""

from typing import Any

import sqlalchemy as sa

from backend_v2.db.tables import metadata
from diglot.isolation.facade import Diglot

BOOKKEEPING = {"alembic_version", "schema_migrations", "sqlite_sequence"}


def _described(inspector: sa.Inspector, table: str) -> dict[str, Any]:
    """What a database says of a table, in words that both dialects share."""
    return {
        "columns": {one["name"]: bool(one["nullable"]) for one in inspector.get_columns(table)},
        "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
        "uniques": {one["name"]: one["column_names"] for one in inspector.get_unique_constraints(table)},
        "checks": {one["name"] for one in inspector.get_check_constraints(table)},
        "foreign keys": {
            one["name"]: (one["constrained_columns"], one["referred_table"], one["options"].get("ondelete"))
            for one in inspector.get_foreign_keys(table)
        },
        "indexes": {
            one["name"]: one["column_names"]
            for one in inspector.get_indexes(table)
            if not one.get("duplicates_constraint")
        },
    }


def _declared(table: sa.Table) -> dict[str, Any]:
    """What the metadata says of a table, in the same words."""
    return {
        "columns": {column.name: bool(column.nullable) for column in table.columns},
        "primary key": [column.name for column in table.primary_key.columns],
        "uniques": {
            str(one.name): [column.name for column in one.columns]
            for one in table.constraints
            if isinstance(one, sa.UniqueConstraint)
        },
        "checks": {str(one.name) for one in table.constraints if isinstance(one, sa.CheckConstraint)},
        "foreign keys": {
            str(one.name): (one.column_keys, one.referred_table.name, one.ondelete)
            for one in table.foreign_key_constraints
        },
        "indexes": {str(one.name): [column.name for column in one.columns] for one in table.indexes},
    }


def test_schema_has_the_35_tables(diglot: Diglot) -> None:
    """The migrated database has the tables of the metadata, and no others."""
    found = set(sa.inspect(diglot.engine).get_table_names()) - BOOKKEEPING

    assert len(found) == 35
    assert found == set(metadata.tables)


def test_schema_is_what_the_metadata_says(diglot: Diglot) -> None:
    """Every table is described alike by the database and by the metadata."""
    inspector = sa.inspect(diglot.engine)

    found = {name: _described(inspector, name) for name in metadata.tables}

    assert found == {name: _declared(table) for name, table in metadata.tables.items()}


def test_audit_log_holds_the_columns_of_both_histories(diglot: Diglot) -> None:
    """The two definitions of `audit_log` that were in use have become one."""
    columns = {one["name"] for one in sa.inspect(diglot.engine).get_columns("audit_log")}

    assert {"user_id", "ip_address", "detail"} <= columns
    assert {"actor", "request_id"} <= columns
