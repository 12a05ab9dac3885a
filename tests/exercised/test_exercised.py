"""The contract suite exercises every repository method and every described answer, and a gap cannot hide."""

import json
from pathlib import Path

import pytest

from tests.exercised.coverage import Exercised, Gaps, SuiteFailed, gaps, read, report, run_suite
from tests.exercised.declared import Answer, Method, answers, methods, openapi_path

ADD, PAGE = Method("OrderRepository", "add"), Method("OrderRepository", "page")
LISTED, CREATED, BROKEN = Answer("GET", "/orders", 200), Answer("POST", "/orders", 201), Answer("GET", "/orders", 500)
ROUTE_TESTS = "tests/contract/billing/test_billing_route.py"


def _seen(methods: list[tuple[Method, str]], answers: list[tuple[Answer, str]]) -> Exercised:
    return Exercised(
        frozenset((one, dialect, "a.py") for one, dialect in methods),
        frozenset((one, dialect, "a.py") for one, dialect in answers),
    )


def test_contracts_exercise_every_method_and_every_answer() -> None:
    """Nothing is left out on either dialect; without the tests of some routes, these routes are missing."""
    declared_methods, declared_answers = methods(), answers()

    seen = run_suite("-n", "2")
    less = gaps(seen.without(ROUTE_TESTS), declared_methods=declared_methods, declared_answers=declared_answers)

    assert gaps(seen, declared_methods=declared_methods, declared_answers=declared_answers) == Gaps(), report(seen)
    assert "GET /api/billing/snapshots -> 422" in less.answers


def test_method_that_no_test_calls_is_a_gap() -> None:
    """A method that was never called is named; one that was called on one dialect says where it is missing."""
    seen = _seen([(ADD, "sqlite")], [])

    found = gaps(seen, declared_methods={ADD, PAGE}, declared_answers=set())

    assert found.methods == ["OrderRepository.add (on postgresql)", "OrderRepository.page"]


def test_answer_that_no_test_shows_is_a_gap() -> None:
    """A described status that was never given is named; 500 is shown once for all operations."""
    seen = _seen([], [(LISTED, "sqlite"), (LISTED, "postgresql"), (CREATED, "postgresql")])

    found = gaps(seen, declared_methods=set(), declared_answers={LISTED, CREATED, BROKEN})

    assert found == Gaps(answers=["POST /orders -> 201 (on sqlite)"])


def test_answer_that_is_not_described_is_a_gap() -> None:
    """A status that a described operation gave, and does not describe, is named; other paths are not looked at."""
    strange, elsewhere = Answer("GET", "/orders", 418), Answer("GET", "/made-up-by-a-test", 418)
    seen = _seen([], [(LISTED, "sqlite"), (LISTED, "postgresql"), (strange, "sqlite"), (elsewhere, "sqlite")])

    found = gaps(seen, declared_methods=set(), declared_answers={LISTED})

    assert found == Gaps(undescribed=["GET /orders -> 418"])


def test_notes_of_several_processes_are_one(tmp_path: Path) -> None:
    """What workers noted by themselves is put together."""
    (tmp_path / "a").write_text(json.dumps({"methods": [["OrderRepository", "add", "sqlite", "a.py"]], "answers": []}))
    (tmp_path / "b").write_text(json.dumps({"methods": [], "answers": [["GET", "/orders", 200, "sqlite", "a.py"]]}))

    seen = read([tmp_path / "a", tmp_path / "b"])

    assert seen == _seen([(ADD, "sqlite")], [(LISTED, "sqlite")])


def test_suite_that_fails_is_no_evidence() -> None:
    """When the contract suite itself fails, that is said, and nothing is taken for exercised."""
    with pytest.raises(SuiteFailed, match="nox -s contract"):
        run_suite("--no-such-option")


def test_declared_methods_and_answers_are_those_of_the_application() -> None:
    """What has to be exercised is read off the code: its repositories, its description."""
    assert Method("HistoricalBarRepository", "upsert") in methods()
    assert {Answer("GET", "/api/historical/bars", 200), Answer("POST", "/api/auth/login", 429)} <= answers()
    assert openapi_path("/api/auth/passkeys/<uuid:passkey_id>/<name>") == "/api/auth/passkeys/{passkey_id}/{name}"
