"""`Lockstep`: the same call on both sides, back to the template's state, and what is left in the tables."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from diglot.differential import Lockstep, Operation, operation
from diglot.differential.operations import Call
from diglot.differential.outcome import Group
from diglot.errors.isolation import EscapedTransaction
from tests.diglot.differential.planted import (
    Base,
    Shop,
    Thing,
    ThingRepository,
    adopt,
    close_shop,
    note,
    offer,
    open_shop,
    shop_names,
)

ADD, COUNT = operation(ThingRepository.add, thing=None), operation(ThingRepository.count)
OPEN, CLOSE = operation(open_shop, name=None), operation(close_shop, name=None)


def call(of: Operation, **arguments: Any) -> Call:
    """Return a call."""
    return Call(of, arguments)


def test_run_makes_the_same_call_on_both_sides(lockstep: Lockstep) -> None:
    """Both sides get the call, and both results come back."""
    lockstep.run(call(ADD, thing=Thing("a", 1)))

    step = lockstep.run(call(COUNT))

    assert (step.sqlite.tree, step.postgresql.tree) == (1, 1)


def test_reset_puts_both_sides_back(lockstep: Lockstep) -> None:
    """After a reset there are no rows, and generated numbers begin anew, on both sides."""
    lockstep.run(call(OPEN, name="a"))
    lockstep.run(call(ADD, thing=Thing("a", 1)))

    lockstep.reset()

    counted, opened = lockstep.run(call(COUNT)), lockstep.run(call(OPEN, name="a"))
    assert (counted.sqlite.tree, counted.postgresql.tree) == (0, 0)
    assert dict(opened.sqlite.tree.members)[".id"] == dict(opened.postgresql.tree.members)[".id"] == 1


def test_run_gives_each_side_its_own_arguments(lockstep: Lockstep) -> None:
    """An operation that empties its argument does so for its side alone; the call can be repeated."""
    add_all = call(operation(ThingRepository.add_all, rows=None), rows=[Thing("a", 1), Thing("b", 2)])

    first, second = lockstep.run(add_all), lockstep.run(add_all)

    assert [first.sqlite.tree, first.postgresql.tree, second.sqlite.tree, second.postgresql.tree] == [2, 2, 2, 2]


def test_run_takes_mapped_objects_as_arguments(lockstep: Lockstep) -> None:
    """An object that a session takes for its own is another one on each side."""
    lockstep.run(call(operation(adopt, shop=None), shop=Shop(name="a")))

    step = lockstep.run(call(operation(shop_names)))

    assert step.sqlite.tree == step.postgresql.tree == Group("list", (("[0]", "a"),), "sequence")


def test_run_rolls_back_a_failure_on_each_side(lockstep: Lockstep) -> None:
    """A failure leaves nothing, its kind is known, and the next call finds a usable connection."""
    first = lockstep.run(call(operation(ThingRepository.add_and_fail, amount=None), amount=1))
    second = lockstep.run(call(ADD, thing=Thing("a" * 6, 1)))
    third = lockstep.run(call(COUNT))

    assert first.fails
    assert first.sqlite.failure == first.postgresql.failure
    assert (second.sqlite.failure, second.postgresql.failure.code) == (None, "22001")
    assert (third.sqlite.tree, third.postgresql.tree) == (1, 0)


def test_own_failures_keep_the_database_words_apart(lockstep: Lockstep) -> None:
    """A repository's own exception has another message on each side, and the same class."""
    lockstep.run(call(OPEN, name="a"))

    taken = lockstep.run(call(OPEN, name="a"))

    assert taken.sqlite.failure.name == taken.postgresql.failure.name == "Taken"
    assert taken.sqlite.failure.message != taken.postgresql.failure.message


def test_contents_are_those_of_the_tables_that_were_written(lockstep: Lockstep) -> None:
    """Tables that were written through Core, the ORM or text are read, others are not; reading counts for nothing."""
    lockstep.run(call(operation(ThingRepository.double, amount=None), amount=4))
    lockstep.run(call(operation(shop_names)))

    contents = lockstep.contents()

    assert list(contents) == ["things"]
    sqlite, postgresql = contents["things"]
    assert [dict(row.members)[".amount"] for row in (*sqlite.tree.values, *postgresql.tree.values)] == [8, 4]


def test_contents_include_what_a_deletion_may_reach(lockstep: Lockstep) -> None:
    """A table whose rows go with those of another one is read as well."""
    lockstep.run(call(CLOSE, name="a"))

    assert list(lockstep.contents()) == ["offers", "shops"]


def test_contents_of_a_table_that_cannot_be_read_are_a_failure(lockstep: Lockstep) -> None:
    """What Python cannot hold on one side is that side's failure, and not the test's."""
    lockstep.run(call(operation(note, at=None), at=datetime.max.replace(tzinfo=UTC)))

    sqlite, postgresql = lockstep.contents()["moments"]

    assert sqlite.failure is None
    assert postgresql.failure.name == "ValueError"


def test_keys_are_those_that_both_sides_hold(lockstep: Lockstep) -> None:
    """A foreign key is drawn from what is there on both sides, in a stable order."""
    lockstep.run(call(OPEN, name="b"))
    lockstep.run(call(OPEN, name="a"))
    with lockstep.sqlite.connect() as connection:
        connection.execute(sa.insert(Shop).values(id=9, name="c"))

    assert lockstep.keys(Base.metadata.tables["shops"].c.id) == [1, 2]


def test_reset_raises_what_got_out_of_a_sandbox_and_goes_on(lockstep: Lockstep) -> None:
    """A statement that ends the sandbox's transaction is named, and the next example has a database again."""

    def escape(connection: sa.Connection) -> None:
        connection.exec_driver_sql("COMMIT")

    lockstep.run(call(operation(escape)))

    with pytest.raises(EscapedTransaction, match="COMMIT"):
        lockstep.reset()
    lockstep.reset()
    assert lockstep.run(call(COUNT)).sqlite.tree == 0
    assert lockstep.run(call(COUNT)).postgresql.tree == 0


def test_offer_under_a_generated_key_is_stored_on_both_sides(lockstep: Lockstep) -> None:
    """A key that the operation generates is another one on each side; nothing depends on it."""
    lockstep.run(call(OPEN, name="a"))

    made = operation(offer, shop_id=None, state=None, price=None)
    step = lockstep.run(call(made, shop_id=1, state="open", price=1))

    assert not step.fails
    assert list(lockstep.contents()) == ["offers", "shops"]
