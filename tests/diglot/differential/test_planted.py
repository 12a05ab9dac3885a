"""Each planted divergence is found, and shown by its minimal case."""

from textwrap import dedent, indent
from typing import Any

import pytest
from hypothesis import strategies as st

from diglot.differential import Lockstep, Operation, differential, operation, values
from diglot.errors.differential import DialectsDisagree
from tests.diglot.differential.conftest import REPEATABLE
from tests.diglot.differential.planted import (
    Thing,
    ThingRepository,
    close_shop,
    moments,
    note,
    noted,
    offer,
    offers,
    open_shop,
    things,
)

ADD = operation(ThingRepository.add, thing=values(things, into=Thing))
WEIGHTS = st.lists(values(things.c.weight, hostile=False), min_size=1, max_size=3)
PLANTED: dict[str, tuple[tuple[Operation, ...], str, str]] = {
    "integer overflow": (
        (ADD,),
        "ThingRepository.add: DataError 22003 on postgresql only",
        """
        with diglot.connect() as connection:
            ThingRepository(connection).add(thing=Thing(name=None, amount=2147483648))
        """,
    ),
    "varchar length": (
        (ADD,),
        "ThingRepository.add: DataError 22001 on postgresql only",
        """
        with diglot.connect() as connection:
            ThingRepository(connection).add(thing=Thing(name='aaaaaa', amount=None))
        """,
    ),
    "NUL": (
        (ADD,),
        "ThingRepository.add: ValueError on postgresql only",
        """
        with diglot.connect() as connection:
            ThingRepository(connection).add(thing=Thing(name='\\x00', amount=None))
        """,
    ),
    "order of NULL": (
        (
            operation(ThingRepository.add, thing=values(things, into=Thing, hostile=False)),
            operation(ThingRepository.amounts),
        ),
        "ThingRepository.amounts: order",
        """
        with diglot.connect() as connection:
            ThingRepository(connection).add(thing=Thing(name=None, amount=None))
        with diglot.connect() as connection:
            ThingRepository(connection).add(thing=Thing(name=None, amount=0))
        with diglot.connect() as connection:
            ThingRepository(connection).amounts()
        """,
    ),
    "case in LIKE": (
        (
            operation(ThingRepository.add, thing=values(things, into=Thing, hostile=False)),
            operation(ThingRepository.like, pattern=st.text("aAb%", max_size=3)),
        ),
        "ThingRepository.like: rows",
        """
        with diglot.connect() as connection:
            ThingRepository(connection).add(thing=Thing(name='a', amount=None))
        with diglot.connect() as connection:
            ThingRepository(connection).like(pattern='A')
        """,
    ),
    "instant without a zone": (
        (operation(note, at=values(moments.c.at, hostile=False)), operation(noted)),
        "noted: type at []",
        """
        with diglot.connect() as connection:
            note(connection, at=datetime(2024, 1, 1, 0, 0, tzinfo=UTC))
        with diglot.connect() as connection:
            noted(connection)
        """,
    ),
    "sum of floats": (
        (operation(ThingRepository.weigh, weights=WEIGHTS), operation(ThingRepository.total_weight)),
        "ThingRepository.total_weight: value",
        "",
    ),
    "what nothing returns": (
        (operation(ThingRepository.double, amount=values(things.c.amount, hostile=False)),),
        "table things: value at [].amount",
        """
        with diglot.connect() as connection:
            ThingRepository(connection).double(amount=1)
        """,
    ),
    "number after a failure": (
        (operation(open_shop, name=st.sampled_from(("a", "b"))),),
        "open_shop: value at .id",
        """
        with diglot.connect() as connection, Session(bind=connection) as session:
            open_shop(session, name='a')
            session.commit()
        with suppress(Exception):
            with diglot.connect() as connection, Session(bind=connection) as session:
                open_shop(session, name='a')
                session.commit()
        with diglot.connect() as connection, Session(bind=connection) as session:
            open_shop(session, name='b')
            session.commit()
        """,
    ),
    "needless calls": (
        (
            operation(open_shop, name=st.sampled_from(("a", "b"))),
            operation(close_shop, name=st.sampled_from(("a", "b"))),
            operation(
                offer,
                shop_id=values(offers.c.shop_id, hostile=False),
                state=values(offers.c.state, hostile=False),
                price=st.sampled_from((1, 2**63)),
            ),
        ),
        "offer: OverflowError on sqlite, DataError 22003 on postgresql",
        """
        with diglot.connect() as connection:
            offer(connection, shop_id=0, state='open', price=9223372036854775808)
        """,
    ),
}


def disagreement(lockstep: Lockstep, *operations: Operation, **options: Any) -> DialectsDisagree:
    """Return what `differential` raises."""
    with pytest.raises(DialectsDisagree) as raised:
        differential(lockstep, *operations, settings=REPEATABLE, **options)
    return raised.value


@pytest.mark.parametrize(("operations", "key", "calls"), PLANTED.values(), ids=PLANTED)
def test_differential_shrinks_a_planted_divergence_to_its_minimal_case(
    lockstep: Lockstep, operations: tuple[Operation, ...], key: str, calls: str
) -> None:
    """Whatever is planted is found by its key, and its case is the shortest that shows it."""
    error = disagreement(lockstep, *operations)

    case = str(error).partition(f"\n\n{key}\n")[2].partition("\n\nFix:")[0]
    body = indent(dedent(calls).strip(), " " * 8)
    assert key in error.keys
    assert f"def test_the_dialects_agree(diglot):\n{body}" in case
