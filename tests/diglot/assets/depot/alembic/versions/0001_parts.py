"""parts"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "parts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("price", sa.Numeric(10, 2), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.PrimaryKeyConstraint("id", name="pk_parts"),
        sa.UniqueConstraint("code", name="uq_parts_code"),
        sa.CheckConstraint("price >= 0", name=op.f("ck_parts_price")),
    )


def downgrade() -> None:
    op.drop_table("parts")
