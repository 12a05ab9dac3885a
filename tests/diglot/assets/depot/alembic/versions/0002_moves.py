"""moves"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "moves",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("part_id", sa.Integer, nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_moves"),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"], name="fk_moves_part_id", ondelete="CASCADE"),
    )
    op.create_index("ix_moves_part_id", "moves", ["part_id"])


def downgrade() -> None:
    op.drop_table("moves")
