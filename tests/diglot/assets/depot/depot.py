"""A depot whose two schemas, metadata and statements say the same."""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)
parts = sa.Table(
    "parts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(20), nullable=False, unique=True),
    sa.Column("price", sa.Numeric(10, 2), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.CheckConstraint("price >= 0", name="price"),
)
moves = sa.Table(
    "moves",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("part_id", sa.Integer, sa.ForeignKey("parts.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("amount", sa.Integer, nullable=False),
)


def stock(connection, code):
    """How many of a part are there."""
    query = sa.text("SELECT coalesce(sum(m.amount), 0) FROM moves m JOIN parts p ON p.id = m.part_id WHERE p.code = :c")
    return connection.execute(query, {"c": code}).scalar_one()
