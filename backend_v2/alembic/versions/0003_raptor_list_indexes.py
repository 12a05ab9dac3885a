"""Index what lists are ordered and paged by, without a lock that would stop writers.

An index whose columns begin a new one is dropped: the longer serves its foreign key as well.
"""

from alembic import op

revision = "0003_raptor_list_indexes"
down_revision = "0002_raptor_search_and_reasons"
branch_labels = None
depends_on = None

NEW = (
    ("ix_users_list", "users", ["created_at", "id"]),
    ("ix_audit_log_list", "audit_log", ["user_id", "id"]),
    ("ix_backtest_runs_list", "backtest_runs", ["user_id", "created_at", "id"]),
    ("ix_paper_orders_list", "paper_orders", ["account_id", "created_at", "id"]),
    ("ix_vendor_billing_snapshots_list", "vendor_billing_snapshots", ["period_start", "id"]),
    ("ix_support_tickets_list", "support_tickets", ["user_id", "created_at", "id"]),
    ("ix_support_tickets_queue", "support_tickets", ["created_at", "id"]),
)
REDUNDANT = (
    ("ix_audit_log_user_id", "audit_log", ["user_id"]),
    ("ix_backtest_runs_user_id", "backtest_runs", ["user_id"]),
    ("ix_paper_orders_account_id", "paper_orders", ["account_id"]),
    ("ix_support_tickets_user_id", "support_tickets", ["user_id"]),
)


def upgrade() -> None:
    """Build the new indexes, then drop those that they make redundant."""
    with op.get_context().autocommit_block():
        for name, table, columns in NEW:
            op.create_index(name, table, columns, postgresql_concurrently=True)
        for name, table, _ in REDUNDANT:
            op.drop_index(name, table, postgresql_concurrently=True)


def downgrade() -> None:
    """Build the old indexes again, then drop the new ones."""
    with op.get_context().autocommit_block():
        for name, table, columns in REDUNDANT:
            op.create_index(name, table, columns, postgresql_concurrently=True)
        for name, table, _ in NEW:
            op.drop_index(name, table, postgresql_concurrently=True)
