"""Each planted divergence is found, and shown by its minimal case."""

from textwrap import dedent, indent
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import strategies as st

from diglot.differential import Lockstep, Operation, differential, naming, operation, values
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
WEIGHTS = st.lists(st.sampled_from((0.0, 1.0, 1e308)), min_size=1, max_size=3)
PLANTED: dict[str, tuple[tuple[Operation, ...], str, str, str]] = {
    "integer overflow": (
        (ADD,),
        "ThingRepository.add: DataError 22003 on postgresql only",
        """
        with diglot.connect() as connection:
            ThingRepository(connection).add(thing=Thing(name=None, amount=2147483648))
        """,
        "  cause: int-overflow (",
    ),
    "varchar length": (
        (ADD,),
        "ThingRepository.add: DataError 22001 on postgresql only",
        """
        with diglot.connect() as connection:
            ThingRepository(connection).add(thing=Thing(name='aaaaaa', amount=None))
        """,
        "  cause: varchar-length (",
    ),
    "NUL": (
        (ADD,),
        "ThingRepository.add: ValueError on postgresql only",
        """
        with diglot.connect() as connection:
            ThingRepository(connection).add(thing=Thing(name='\\x00', amount=None))
        """,
        "  cause: nul-byte (",
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
        "  cause: order-by-nulls (",
    ),
    "case in LIKE": (
        (
            operation(ThingRepository.add, thing=values(things, into=Thing, hostile=False)),
            operation(ThingRepository.like, pattern=st.sampled_from(("", "A"))),
        ),
        "ThingRepository.like: rows",
        """
        with diglot.connect() as connection:
            ThingRepository(connection).add(thing=Thing(name='a', amount=None))
        with diglot.connect() as connection:
            ThingRepository(connection).like(pattern='A')
        """,
        "  cause: like-case (",
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
        "  cause: naive-aware (",
    ),
    "sum of floats": (
        (operation(ThingRepository.weigh, weights=WEIGHTS), operation(ThingRepository.total_weight)),
        "ThingRepository.total_weight: DataError 22003 on postgresql only",
        """
        with diglot.connect() as connection:
            ThingRepository(connection).weigh(weights=[1e+308, 1e+308])
        with diglot.connect() as connection:
            ThingRepository(connection).total_weight()
        """,
        "  cause: numeric-overflow (",
    ),
    "what nothing returns": (
        (operation(ThingRepository.double, amount=values(things.c.amount, hostile=False)),),
        "table things: value at [].amount",
        """
        with diglot.connect() as connection:
            ThingRepository(connection).double(amount=1)
        """,
        "",
    ),
    "needless calls": (
        (
            operation(open_shop, name=st.sampled_from(("a", "b"))),
            operation(close_shop, name=st.sampled_from(("a", "b"))),
            operation(
                offer,
                shop_id=7,
                state=values(offers.c.state, hostile=False),
                price=st.sampled_from((1, 2**63)),
            ),
        ),
        "offer: OverflowError on sqlite, DataError 22003 on postgresql",
        """
        with diglot.connect() as connection:
            offer(connection, shop_id=7, state='open', price=9223372036854775808)
        """,
        "  cause: big-param (",
    ),
}


@pytest.mark.parametrize(("operations", "key", "calls", "cause"), PLANTED.values(), ids=PLANTED)
def test_differential_shrinks_a_planted_divergence_to_its_minimal_case(
    lockstep: Lockstep, operations: tuple[Operation, ...], key: str, calls: str, cause: str
) -> None:
    """Whatever is planted is found by its key; its case is the shortest that shows it, and names the cause."""
    with pytest.raises(DialectsDisagree) as raised:
        differential(lockstep, *operations, settings=REPEATABLE)

    case = str(raised.value).partition(f"\n\n{key}\n")[2].partition(f"        # {key}\n")[0]
    body = indent(dedent(calls).strip(), " " * 8)
    assert key in raised.value.keys
    assert f"def test_the_dialects_agree(diglot):\n{body}" in case
    assert cause in case


def test_differential_shows_a_failure_that_the_case_needs(lockstep: Lockstep) -> None:
    """A call that fails alike on both dialects, and changes what follows, is part of the case, and is survived."""
    with pytest.raises(DialectsDisagree, match=r"open_shop: value at \.id") as raised:
        differential(lockstep, operation(open_shop, name=st.sampled_from(("a", "b"))), settings=REPEATABLE)

    lines = [line.strip() for line in str(raised.value).splitlines()]
    assert lines.count("session.commit()") == 3
    assert lines.count("with suppress(Exception):") == 1
    assert "first value at .id: sqlite 2, postgresql 3" in lines


def test_case_runs_when_it_is_pasted(lockstep: Lockstep) -> None:
    """What is shown is a test: as it stands, it passes on one dialect and fails on the other."""
    with pytest.raises(DialectsDisagree) as raised:
        differential(lockstep, ADD, settings=REPEATABLE)
    pasted: dict[str, Any] = {}
    case = str(raised.value).partition("ThingRepository.add: DataError 22003 on postgresql only\n")[2]
    code = dedent(case.partition("\n\n")[2].partition("\n        #")[0])

    exec(code, pasted)  # noqa: S102 - to run it is the promise

    lockstep.reset()
    pasted["test_the_dialects_agree"](lockstep.sqlite)
    with pytest.raises(sa.exc.DataError, match="out of range"):
        pasted["test_the_dialects_agree"](lockstep.postgresql)


def test_message_is_readable(lockstep: Lockstep) -> None:
    """The message says what each side gave, where it differs first, which calls show it, and what to do."""
    double = operation(ThingRepository.double, amount=st.integers(0, 9))

    with pytest.raises(DialectsDisagree) as raised:
        differential(lockstep, double, settings=REPEATABLE)

    head, _, rest = str(raised.value).partition(" (")
    assert head == "DG801: the dialects disagree in one way"
    assert rest.partition(" examples were tried).")[2] == MESSAGE


def test_catalogue_that_stumbles_hides_nothing(lockstep: Lockstep, monkeypatch: pytest.MonkeyPatch) -> None:
    """When looking for the cause fails, that is said beside the disagreement."""

    def stumble(_difference: object) -> None:
        raise ArithmeticError("NaN has no place in an order")

    monkeypatch.setattr(naming, "cause_of", stumble)

    with pytest.raises(DialectsDisagree) as raised:
        differential(lockstep, operation(ThingRepository.double, amount=st.integers(0, 9)), settings=REPEATABLE)

    assert raised.value.keys == ("table things: value at [].amount",)
    assert "cause: unknown, looking for it failed: ArithmeticError: NaN has no place in an order" in str(raised.value)


MESSAGE = """

table things: value at [].amount
  sqlite      gives [Row(id=1, name=None, amount=2, weight=None)]
  postgresql  gives [Row(id=1, name=None, amount=1, weight=None)]
  first value at [].amount: sqlite 2, postgresql 1

    from tests.diglot.differential.planted import ThingRepository

    def test_the_dialects_agree(diglot):
        with diglot.connect() as connection:
            ThingRepository(connection).double(amount=1)
        # table things: value at [].amount

Fix: make both dialects do the same; where that cannot be, accept it: \
known=[Known('table things: value at [].amount', reason="...")]"""
