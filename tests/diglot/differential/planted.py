"""A project with planted divergences: most functions do something else on Postgres than on SQLite."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """The registry of the one mapped class, and of all tables."""


class Shop(Base):
    """A row of `shops`."""

    __tablename__ = "shops"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(8), unique=True)


things = sa.Table(
    "things",
    Base.metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("name", sa.String(5)),
    sa.Column("amount", sa.Integer),
    sa.Column("weight", sa.Float),
)
moments = sa.Table(
    "moments",
    Base.metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.func.now()),
)
offers = sa.Table(
    "offers",
    Base.metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("shop_id", sa.ForeignKey("shops.id", ondelete="CASCADE"), nullable=False),
    sa.Column("state", sa.String(6), nullable=False),
    sa.Column("price", sa.BigInteger, nullable=False),
    sa.CheckConstraint("state IN ('open', 'closed')", name="state"),
    sa.CheckConstraint("price > 0", name="price"),
)


@dataclass(frozen=True)
class Thing:
    """What is known of a thing."""

    name: str | None
    amount: int | None


@dataclass(frozen=True)
class Box:
    """Something with something in it."""

    content: Any


class Taken(Exception):
    """The name is somebody else's; the message is in the database's own words."""


class ThingRepository:
    """The table `things`; its connection is somebody else's to commit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, thing: Thing) -> None:
        """Store a thing."""
        self._connection.execute(sa.insert(things).values(name=thing.name, amount=thing.amount))

    def add_all(self, rows: list[Thing]) -> int:
        """Store things, and empty the list; return how many."""
        count = len(rows)
        while rows:
            self.add(rows.pop())
        return count

    def weigh(self, weights: list[float]) -> None:
        """Store weights."""
        self._connection.execute(sa.insert(things), [{"weight": weight} for weight in weights])

    def total_weight(self) -> float:
        """Return the sum of floats: one dialect refuses a sum that is infinite."""
        return float(self._connection.scalar(sa.select(sa.func.coalesce(sa.func.sum(things.c.weight), 0.0))) or 0.0)

    def amounts(self) -> list[int | None]:
        """Return the amounts in order: NULL is first on one dialect and last on the other."""
        return list(self._connection.scalars(sa.select(things.c.amount).order_by(things.c.amount)))

    def like(self, pattern: str) -> list[str]:
        """Return the names that a pattern fits: one dialect ignores case."""
        return list(self._connection.scalars(sa.select(things.c.name).where(things.c.name.like(pattern))))

    def count(self) -> int:
        """Return how many things there are."""
        return self._connection.scalar(sa.select(sa.func.count()).select_from(things)) or 0

    def rename(self, old: str, new: str) -> int:
        """Rename things; return how many."""
        return self._connection.execute(sa.update(things).where(things.c.name == old).values(name=new)).rowcount

    def double(self, amount: int) -> None:
        """Store twice as much on SQLite, by a text, and say nothing of it."""
        factor = 2 if self._connection.dialect.name == "sqlite" else 1
        self._connection.execute(sa.text("INSERT INTO things (amount) VALUES (:amount)"), {"amount": factor * amount})

    def add_and_fail(self, amount: int) -> None:
        """Store an amount, and fail: it must not stay."""
        self.add(Thing(None, amount))
        raise Taken("of no use")


def note(connection: Connection, at: datetime) -> None:
    """Store an instant, and in the database's words when that was."""
    connection.execute(sa.insert(moments).values(at=at))


def noted(connection: Connection) -> list[datetime]:
    """Return the instants: one dialect keeps no zone."""
    return list(connection.scalars(sa.select(moments.c.at).order_by(moments.c.id)))


def open_shop(session: Session, name: str) -> Shop:
    """Store a shop through the ORM; raises Taken in the database's words."""
    shop = Shop(name=name)
    session.add(shop)
    try:
        session.flush()
    except sa.exc.IntegrityError as error:
        raise Taken(str(error)) from error
    return shop


def adopt(session: Session, shop: Shop) -> None:
    """Store a shop that was made elsewhere."""
    session.add(shop)


def close_shop(connection: Connection, name: str) -> int:
    """Delete a shop, and with it its offers; return how many shops."""
    return connection.execute(sa.delete(Shop).where(Shop.name == name)).rowcount


def shop_names(engine: Engine) -> list[str]:
    """Return the names, in a transaction of its own."""
    with engine.connect() as connection:
        return list(connection.scalars(sa.select(Shop.name).order_by(Shop.id)))


def offer(connection: Connection, *, shop_id: int, state: str, price: int) -> None:
    """Store an offer under a key that is generated."""
    row = {"id": uuid.uuid4(), "shop_id": shop_id, "state": state, "price": price}
    connection.execute(sa.insert(offers).values(row))


def offers_by_key(connection: Connection) -> Iterator[sa.RowMapping]:
    """Yield the offers in the order of their generated keys."""
    yield from connection.execute(sa.select(offers).order_by(offers.c.id)).mappings()
