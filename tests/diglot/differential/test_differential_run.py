"""`differential` and `explore`: what passes, what is accepted, and what else is wrong."""

import sys
import uuid
from collections import Counter
from pathlib import Path

import hypothesis.configuration
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from sqlalchemy import Connection

from diglot.differential import Known, Lockstep, differential, explore, operation, values
from diglot.differential.operations import Call
from diglot.differential.program import Experience, replay, without_needless_calls
from diglot.errors.differential import (
    DialectsDisagree,
    HypothesisMissing,
    KnownInvalid,
    KnownNotSeen,
    NeverSucceeded,
    NotRepeatable,
)
from tests.diglot.differential.conftest import REPEATABLE
from tests.diglot.differential.planted import (
    Shop,
    Thing,
    ThingRepository,
    offer,
    offers,
    offers_by_key,
    open_shop,
    shop_names,
    things,
)

NAMES = st.sampled_from(("a", "b", "c"))
ADD = operation(ThingRepository.add, thing=values(things, into=Thing, hostile=False))
OPEN = operation(open_shop, name=NAMES)
COUNT = operation(ThingRepository.count)
DOUBLE = operation(ThingRepository.double, amount=st.integers(0, 9))
NUMBERS = [
    Known("open_shop: value at .id", reason="Postgres does not give a number twice, also after a rollback"),
    Known("table shops: value at [].id", reason="the same"),
]
OFFER = operation(
    offer,
    shop_id=values(offers.c.shop_id, hostile=False),
    state=values(offers.c.state, hostile=False),
    price=st.integers(1, 9),
)


def test_differential_passes_where_the_dialects_agree(lockstep: Lockstep, capsys: pytest.CaptureFixture[str]) -> None:
    """Clean functions pass, through a connection, a session or an engine; it is told how often each was called."""
    agreement = differential(
        lockstep,
        ADD,
        COUNT,
        operation(ThingRepository.add_all, rows=st.lists(values(things, into=Thing, hostile=False), max_size=3)),
        operation(ThingRepository.rename, old=values(things.c.name), new=values(things.c.name, hostile=False)),
        operation(shop_names),
        settings=REPEATABLE,
        max_examples=40,
        known=[Known("ThingRepository.rename: ValueError on postgresql only", reason="NUL")],
    )

    assert agreement.examples >= 40
    assert set(agreement.calls) == {
        "ThingRepository.add",
        "ThingRepository.add_all",
        "ThingRepository.count",
        "ThingRepository.rename",
        "shop_names",
    }
    assert min(agreement.calls.values()) > 10
    assert capsys.readouterr().out == ""


def test_differential_does_not_report_what_is_generated(lockstep: Lockstep) -> None:
    """Keys that are other ones in every run, the order by them, and `now()` are no disagreement."""
    agreement = differential(
        lockstep,
        operation(open_shop, name=st.uuids().map(lambda one: one.hex[:8])),
        OFFER,
        operation(offers_by_key),
        settings=REPEATABLE,
        max_examples=60,
    )

    assert agreement.calls["offer"] > 50


def test_differential_does_not_report_an_order_that_varies(lockstep: Lockstep) -> None:
    """An order by something generated, which a repetition may hit upon again, is no disagreement."""
    calls: Counter[str] = Counter()

    def shuffled(connection: Connection) -> list[int]:
        calls[connection.dialect.name] += 1
        return [1, 2] if calls["sqlite"] < 3 and connection.dialect.name == "sqlite" else [2, 1]

    agreement = differential(lockstep, operation(shuffled), settings=REPEATABLE, max_examples=10)

    assert agreement.calls["shuffled"] > 10


def test_differential_draws_foreign_keys_from_what_is_there(lockstep: Lockstep) -> None:
    """Once a shop is open on both sides, an offer is mostly one of its own."""
    made: list[int] = []

    def remember(connection: Connection, shop_id: int) -> None:
        known = connection.scalars(sa.select(Shop.id)).all()
        made.append(shop_id in known)

    differential(
        lockstep,
        operation(open_shop, name=NAMES),
        operation(remember, shop_id=values(offers.c.shop_id, hostile=False)),
        settings=REPEATABLE,
        max_examples=40,
        known=NUMBERS,
    )

    assert sum(made) > len(made) / 3


def test_differential_goes_on_after_what_is_known(lockstep: Lockstep) -> None:
    """An accepted disagreement is undone on both sides, and does not hide what lies behind it."""
    known = [Known("open_shop: DataError 22001 on postgresql only", reason="the service checks the length")]

    with pytest.raises(DialectsDisagree) as raised:
        differential(
            lockstep,
            operation(open_shop, name=st.sampled_from(("a", "a" * 9))),
            DOUBLE,
            settings=REPEATABLE,
            known=[*known, *NUMBERS],
        )

    assert raised.value.keys == ("table things: value at [].amount",)


def test_differential_compares_nothing_of_what_is_known_and_undone(lockstep: Lockstep) -> None:
    """Where all that differs is known, the run passes, and says so."""
    known = [Known("table things: value at [].amount", reason="it is planted")]

    agreement = differential(lockstep, DOUBLE, settings=REPEATABLE, max_examples=20, known=known)

    assert agreement.unseen == ()


def test_known_that_does_not_show_is_told(lockstep: Lockstep) -> None:
    """What is accepted and was not seen is in the result and is said, and fails only when that is asked for."""
    known = [Known("ThingRepository.count: value", reason="it was so once")]
    said: list[str] = []
    lockstep.say = said.append

    agreement = differential(lockstep, COUNT, settings=REPEATABLE, max_examples=5, known=known)
    with pytest.raises(KnownNotSeen, match=r"^DG808: .*'ThingRepository.count: value'.* Fix: remove it"):
        differential(lockstep, COUNT, settings=REPEATABLE, max_examples=5, known=known, strict_known=True)

    assert agreement.unseen == tuple(known)
    assert "known, and not seen: ThingRepository.count: value (it was so once)" in said[0]


@pytest.mark.parametrize("reason", ["", "  ", "..."])
def test_known_needs_a_reason(reason: str) -> None:
    """Nothing is accepted without a reason, nor with the placeholder that the report writes."""
    with pytest.raises(KnownInvalid, match=r"^DG807: .* Fix: "):
        Known("ThingRepository.count: value", reason=reason)


def test_differential_refuses_an_operation_that_never_succeeds(lockstep: Lockstep) -> None:
    """An operation that always fails, alike on both dialects, compares nothing: that is an error, not a pass."""
    closed = operation(offer, shop_id=1, state=st.just("ajar"), price=st.integers(1, 9))

    with pytest.raises(NeverSucceeded, match=r"^DG805: offer was called \d+ times .* IntegrityError check: .*Fix: "):
        differential(lockstep, closed, settings=REPEATABLE, max_examples=40)


def test_differential_finds_what_cannot_be_repeated(lockstep: Lockstep) -> None:
    """An operation that depends on something outside of the database is told from a disagreement."""
    calls: list[int] = []

    def moody(connection: Connection) -> int:
        calls.append(1)
        return connection.scalar(sa.select(sa.literal(len(calls) // 40)))

    with pytest.raises(NotRepeatable, match=r"^DG806: .* Fix: let the operations depend on their arguments"):
        differential(lockstep, operation(moody), settings=REPEATABLE)


def test_differential_takes_no_counter_for_a_generated_value(lockstep: Lockstep) -> None:
    """Beside a token, which may be another one in every run, a number that is another one is not passed over."""
    calls: list[int] = []

    def counted(connection: Connection) -> dict[str, object]:
        calls.append(1)
        return {"token": uuid.uuid4(), "count": connection.scalar(sa.select(sa.literal(len(calls) // 2)))}

    with pytest.raises(NotRepeatable, match=r"counted on sqlite, value \['count'\]: \d+ and \d+\. Fix: "):
        differential(lockstep, operation(counted), settings=REPEATABLE)


def test_differential_prints_nothing_of_hypothesis_when_it_fails(
    lockstep: Lockstep, capsys: pytest.CaptureFixture[str]
) -> None:
    """What there is to say is in the error, once."""
    with pytest.raises(DialectsDisagree) as raised:
        differential(lockstep, DOUBLE, settings=REPEATABLE)

    assert capsys.readouterr().out == ""
    assert getattr(raised.value, "__notes__", []) == []


def test_case_has_no_call_that_it_does_not_need(lockstep: Lockstep) -> None:
    """Calls without which the dialects disagree in the same way are left out, wherever they stand."""
    opened, counted, doubled = (Call(OPEN, {"name": "a"}), Call(COUNT, {}), Call(DOUBLE, {"amount": 3}))
    experience = Experience()
    found = replay(lockstep, experience, [opened, counted, doubled, counted, opened])
    assert found is not None

    shorter = without_needless_calls(lockstep, experience, found)

    assert (shorter.key, shorter.calls) == (found.key, (doubled,))


def test_differential_sees_a_reset_that_does_not_reset(forgetful: Lockstep) -> None:
    """Were one side not put back between examples, what is left there would show."""
    with pytest.raises((DialectsDisagree, NotRepeatable)):
        differential(forgetful, ADD, COUNT, settings=REPEATABLE)


def test_differential_lets_what_is_wrong_elsewhere_pass(lockstep: Lockstep) -> None:
    """An error of a strategy is the user's to see, as it is."""

    def fail(_value: int) -> int:
        raise LookupError("a strategy of the user's")

    with pytest.raises(LookupError, match="a strategy of the user's"):
        differential(lockstep, operation(ThingRepository.double, amount=st.integers(0, 9).map(fail)))


def test_differential_is_the_same_again_when_derandomized(lockstep: Lockstep) -> None:
    """With `derandomize`, as on CI, two runs try the same examples."""
    first = differential(lockstep, ADD, COUNT, settings=REPEATABLE, max_examples=30)

    second = differential(lockstep, ADD, COUNT, settings=REPEATABLE, max_examples=30)

    assert first == second


def test_explore_lists_each_class_once_and_repeats_itself(lockstep: Lockstep) -> None:
    """The same seed leads to the same classes with the same cases, in the same order; none comes twice."""
    first = _explored(lockstep, seed=7)
    second = _explored(lockstep, seed=7)

    assert first == second
    assert len({key for key, _ in first}) == len(first) >= 3


def test_explore_looks_for_one_class_a_round(lockstep: Lockstep) -> None:
    """A round ends with the class that it found first, so that the next one comes soon."""
    add = operation(ThingRepository.add, thing=values(things, into=Thing))

    assert len(list(explore(lockstep, add, rounds=1))) == 1


def test_explore_ends_in_time(lockstep: Lockstep) -> None:
    """No round begins when the time is used up."""
    assert list(explore(lockstep, DOUBLE, budget_s=0)) == []


def test_explore_passes_over_what_is_known(lockstep: Lockstep) -> None:
    """What is accepted is not listed."""
    known = [Known("table things: value at [].amount", reason="it is planted")]

    assert list(explore(lockstep, DOUBLE, rounds=1, known=known)) == []


def test_nothing_is_left_in_the_working_directory(
    lockstep: Lockstep, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Hypothesis's tables go to Diglot's cache when the project has no folder for them; its home stays as it was."""
    home = tmp_path / "project" / ".hypothesis"
    monkeypatch.setenv("DIGLOT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(hypothesis.configuration, "__hypothesis_home_directory", home)

    differential(lockstep, operation(ThingRepository.like, pattern=st.text(max_size=1)), known=LIKE, max_examples=3)

    assert not home.exists()
    assert (tmp_path / "cache" / "hypothesis").is_dir()
    assert vars(hypothesis.configuration)["__hypothesis_home_directory"] == home


def test_everything_but_generating_works_without_hypothesis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Hypothesis the package can be imported; asking for what needs it names the extra."""
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(sys.modules, "diglot.differential.run")
    monkeypatch.delitem(sys.modules, "diglot.differential.strategies")

    from diglot.differential import Lockstep as Importable  # noqa: PLC0415 - the import is what is tested

    assert Importable is Lockstep
    with pytest.raises(HypothesisMissing, match=r"^DG802: .*Fix: pip install 'diglot\[differential\]'"):
        from diglot.differential import values as _values  # noqa: F401, PLC0415
    with pytest.raises(HypothesisMissing):
        from diglot.differential import differential as _differential  # noqa: F401, PLC0415


LIKE = [Known("ThingRepository.like: ValueError on postgresql only", reason="NUL")]


def _explored(lockstep: Lockstep, seed: int) -> list[tuple[str, str]]:
    found = explore(lockstep, operation(ThingRepository.add, thing=values(things, into=Thing)), rounds=5, seed=seed)
    return [(one.key, one.code) for one in found]
