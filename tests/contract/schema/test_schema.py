"""The migrated database has Raptor's tables; that all three schemas say the same is checked next door."""

import sqlalchemy as sa

from backend_v2.db.tables import metadata
from diglot.isolation.facade import Diglot

BOOKKEEPING = {"alembic_version", "schema_migrations", "sqlite_sequence"}


def test_schema_has_the_35_tables(diglot: Diglot) -> None:
    """The migrated database has the tables of the metadata, and no others."""
    found = set(sa.inspect(diglot.engine).get_table_names()) - BOOKKEEPING

    assert len(found) == 35
    assert found == set(metadata.tables)


def test_audit_log_holds_the_columns_of_both_histories(diglot: Diglot) -> None:
    """The two definitions of `audit_log` that were in use have become one."""
    columns = {one["name"] for one in sa.inspect(diglot.engine).get_columns("audit_log")}

    assert {"user_id", "ip_address", "detail"} <= columns
    assert {"actor", "request_id"} <= columns
