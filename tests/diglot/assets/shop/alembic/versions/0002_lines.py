import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "lines",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column(
            "item_id",
            sa.Integer,
            sa.ForeignKey("items.id", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("item_id", sa.Integer, sa.ForeignKey("items.id"), nullable=False),
    )
    op.execute("INSERT INTO items (name) VALUES ('seed')")


def downgrade() -> None:
    op.drop_table("notes")
    op.drop_table("lines")
    op.execute("DELETE FROM items WHERE name = 'seed'")
