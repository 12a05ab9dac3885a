"""Say why an order was rejected, and find a symbol by its name.

`search_name` is the name as Python folds its case: what `lower()` does to letters beyond ASCII
depends on the database, and on Postgres on its locale. Names that are there already are folded by
the database this once; the next time a symbol is written it is done by Python.
"""

from alembic import op

revision = "0002_raptor_search_and_reasons"
down_revision = "0001_raptor_baseline"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both columns."""
    op.execute("ALTER TABLE paper_orders ADD COLUMN reject_reason VARCHAR(100)")
    op.execute("ALTER TABLE symbols ADD COLUMN search_name TEXT DEFAULT '' NOT NULL")
    op.execute("UPDATE symbols SET search_name = lower(name)")


def downgrade() -> None:
    """Drop both columns."""
    op.execute("ALTER TABLE symbols DROP COLUMN search_name")
    op.execute("ALTER TABLE paper_orders DROP COLUMN reject_reason")
