"""The two runs of each test are paired and compared, whatever process they ran in."""

import json
from pathlib import Path
from typing import Any

import pytest

SILENT = """
    import sqlalchemy as sa

    def test_mean(diglot):
        with diglot.connect() as connection:
            assert connection.execute(sa.text("SELECT avg(id) AS mean FROM items")).scalar() == 1
"""
VERDICTS = """
    import pytest, shop, sqlalchemy as sa

    def test_agrees(diglot):
        assert shop.names(diglot.engine) == ["seed"]

    def test_postgres_fails(diglot):
        with diglot.connect() as connection:
            connection.execute(sa.text("SELECT ifnull(name, '') AS name FROM items"))

    def test_sqlite_fails(diglot):
        with diglot.connect() as connection:
            connection.execute(sa.text("SELECT now() AS at"))

    def test_errors_differ(diglot):
        raise (ValueError if diglot.dialect.name == "sqlite" else KeyError)("wrong")

    def test_fails_alike(diglot):
        assert shop.names(diglot.engine) == []

    @pytest.mark.diverges("sqlite", raises=AssertionError, reason="known")
    def test_declared(diglot):
        assert diglot.dialect.name == "postgresql"

    @pytest.mark.only_on("postgresql", reason="one dialect is enough")
    def test_single(diglot):
        pass
"""
IN_OTHER_WORKERS = """
    import pytest

    def pytest_collection_modifyitems(items):
        for item in items:
            item.add_marker(pytest.mark.xdist_group("sqlite" if "sqlite" in item.nodeid else "postgresql"))
"""


def _report(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_strict_turns_a_silent_difference_red(shop: pytest.Pytester) -> None:
    """A difference that no assertion sees is one more failure, with cause, line and fix."""
    shop.makepyfile(SILENT)

    result = shop.runpytest("--parity", "strict")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*test_mean[[]parity[]]*",
            "aggregate-result-types:???????? at test_strict_turns_a_silent_difference_red.py:5",
            "*Fix: *",
            "*= diglot =*",
            "*::test_mean",
            "  passes on both, and differs",
            "  outcomes * passed on sqlite 3, passed on postgresql 1*",
            "  cause * aggregate-result-types: *",
            "  at * test_strict_turns_a_silent_difference_red.py:5 in test_mean",
            "  fix *",
            "FAILED *::test_mean[[]parity[]]*",
        ]
    )


def test_report_tells_and_stays_green(shop: pytest.Pytester) -> None:
    """Without being asked for more, a difference is shown and the run passes."""
    shop.makepyfile(SILENT)

    result = shop.runpytest()

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        ["*= diglot =*", "  cause * aggregate-result-types: *", "diglot: * | 1 contract differs"]
    )


def test_off_records_nothing(shop: pytest.Pytester) -> None:
    """With parity off nothing looks at the engine, and nothing is said."""
    shop.makepyfile(
        """
        from sqlalchemy.engine.default import DefaultExecutionContext

        def test_engine(diglot):
            assert "Observed" not in diglot.engine.dialect.execution_ctx_cls.__name__
            assert len(diglot.engine.dispatch.commit) == 0
        """
    )

    result = shop.runpytest("--parity", "off")

    result.assert_outcomes(passed=2)
    result.stdout.no_fnmatch_line("*differ*")


def test_every_verdict_is_counted(shop: pytest.Pytester) -> None:
    """Each way in which two runs can compare has its own word, and its count."""
    shop.makepyfile(VERDICTS)

    result = shop.runpytest("--diglot-report", "report.json")

    found = _report(shop.path / "report.json")
    by_name = {one["id"].partition("::")[2]: one["verdict"] for one in found["contracts"]}
    assert by_name == {
        "test_agrees": "agree",
        "test_postgres_fails": "postgresql-fails",
        "test_sqlite_fails": "sqlite-fails",
        "test_errors_differ": "errors-differ",
        "test_fails_alike": "both-fail",
        "test_declared": "declared",
        "test_single": "single",
    }
    result.stdout.fnmatch_lines(
        [
            "verdicts: 1 sqlite-fails, 1 postgresql-fails, 1 errors-differ, 1 both-fail, 1 declared, 1 agree, *",
            "diglot: sqlite 3.* 3 failed, 2 passed, 1 xfailed | postgresql 1* 3 failed, 4 passed | 3 contracts differ",
        ]
    )


def test_disagreements_lead_with_their_statement(shop: pytest.Pytester) -> None:
    """Of a test that fails on one dialect, the statement is named that made it fail, not the test's line alone."""
    shop.makepyfile(VERDICTS)

    shop.runpytest("--diglot-report", "report.json")

    contracts = {one["id"].partition("::")[2]: one for one in _report(shop.path / "report.json")["contracts"]}
    first = contracts["test_postgres_fails"]["findings"][0]
    assert (first["kind"], first["cause"], first["direction"]) == ("error", "string-functions", "postgresql")
    assert first["site"]["line"] == 8
    assert not first["follows"]
    assert all(one["follows"] for one in contracts["test_postgres_fails"]["findings"][1:])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_halves_of_other_processes_are_paired(shop: pytest.Pytester, workers: str) -> None:
    """Halves are compared where the later one ends, also when the earlier one ran in another worker."""
    shop.makepyfile(SILENT)
    shop.makeconftest(IN_OTHER_WORKERS)

    result = shop.runpytest_subprocess(
        "--parity", "strict", "-n", workers, "--dist", "loadgroup", "--diglot-report", "report.json"
    )

    result.assert_outcomes(passed=2, failed=1)
    contract = _report(shop.path / "report.json")["contracts"][0]
    assert [half["dialect"] for half in contract["halves"]] == ["sqlite", "postgresql"]
    assert contract["findings"][0]["cause"] == "aggregate-result-types"


def test_lost_data_is_called_lost_data(shop: pytest.Pytester) -> None:
    """A swallowed error, then a commit: kept on SQLite, lost on Postgres, and the first failed statement is named."""
    shop.makepyfile(
        """
        import contextlib, sqlalchemy as sa

        def test_import(diglot):
            with diglot.connect() as connection:
                connection.execute(sa.text("INSERT INTO items (name) VALUES ('kept?')"))
                with contextlib.suppress(sa.exc.IntegrityError), connection.begin_nested():
                    connection.execute(sa.text("INSERT INTO items (id, name) VALUES (1, 'guarded')"))
                with contextlib.suppress(sa.exc.IntegrityError):
                    connection.execute(sa.text("INSERT INTO items (name) VALUES ('seed')"))
        """
    )

    result = shop.runpytest("--diglot-report", "report.json")

    findings = _report(shop.path / "report.json")["contracts"][0]["findings"]
    assert (findings[0]["kind"], findings[0]["cause"]) == ("lost", "commit-after-abort")
    assert "lost data" in findings[0]["summary"]
    assert "INSERT INTO items (name) VALUES ('seed')" in findings[0]["summary"]
    result.stdout.fnmatch_lines(["*fails on Postgres only*", "*lost data*"])


def test_first_failure_of_a_poisoned_transaction_is_named(shop: pytest.Pytester) -> None:
    """What Postgres refuses because an earlier statement failed is blamed on that statement."""
    shop.makepyfile(
        """
        import contextlib, sqlalchemy as sa

        def test_import(diglot):
            with diglot.connect() as connection:
                with contextlib.suppress(sa.exc.IntegrityError):
                    connection.execute(sa.text("INSERT INTO items (name) VALUES ('seed')"))
                connection.execute(sa.text("SELECT name FROM items ORDER BY id")).all()
        """
    )

    shop.runpytest("--diglot-report", "report.json")

    first = _report(shop.path / "report.json")["contracts"][0]["findings"][0]
    assert (first["kind"], first["cause"]) == ("error", "aborted-transaction")
    assert "INSERT INTO items (name) VALUES ('seed')" in first["summary"]


def test_http_answers_are_compared(shop: pytest.Pytester) -> None:
    """A route whose answer differs is reported by the place in the body, as what follows from its statement."""
    shop.makepyfile(
        shopping="""
        import json, sqlalchemy as sa

        def create_app(engine):
            def app(environ, start_response):
                with engine.connect() as connection:
                    mean = connection.execute(sa.text("SELECT avg(id) / 2 AS half FROM items")).scalar()
                start_response("200 OK", [("Content-Type", "application/json")])
                return [json.dumps({"half": str(mean)}).encode()]
            return app
        """,
        test_route="""
        import pytest, shopping

        @pytest.fixture
        def diglot_app(diglot):
            return shopping.create_app(diglot.engine)

        def test_route(diglot_client):
            assert diglot_client.get("/half").status_code == 200
        """,
    )

    shop.runpytest("--diglot-report", "report.json")

    findings = _report(shop.path / "report.json")["contracts"][0]["findings"]
    assert [(one["kind"], one["follows"]) for one in findings] == [("type", False), ("body", True)]
    assert findings[1]["path"] == "$.half"
    assert findings[1]["postgresql"]["status"] == 200


def test_unknown_mode_is_refused(shop: pytest.Pytester) -> None:
    """A mode that does not exist stops the run with the nearest one."""
    result = shop.runpytest("--parity", "strikt")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*DG111: unknown parity 'strikt' in --parity: * Fix: write strict"])


def test_reports_need_traces(shop: pytest.Pytester) -> None:
    """A report cannot be asked for while nothing is recorded."""
    result = shop.runpytest("--parity", "off", "--diglot-report", "report.json")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--diglot-report needs traces, and --parity off records none. Fix: --parity report"])


BROKEN = """
    import diglot.plugin.pairing as pairing
    from diglot.errors.parity import NotWritten
    from diglot.parity.shelf import MemoryShelf

    def fail(*_):
        raise {error}

    {target} = fail
"""


def test_fault_of_the_comparison_is_red_and_ends_nothing(shop: pytest.Pytester) -> None:
    """When comparing itself fails, both runs count, the fault is named, and the run is red."""
    shop.makepyfile(SILENT)
    shop.makeconftest(BROKEN.format(error='TypeError("oops")', target="pairing.compare"))

    result = shop.runpytest_subprocess()

    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "diglot: sqlite 3.* 1 passed | postgresql 1* 1 passed*",
            "DG312: the two runs of *::test_mean could not be compared: TypeError: oops, at *conftest.py:6. *Fix: *",
        ]
    )


def test_half_that_cannot_be_kept_is_red_and_ends_nothing(shop: pytest.Pytester) -> None:
    """When there is no room for a half that waits, the tests go on, and the run is red and says why."""
    shop.makepyfile(SILENT)
    full = 'NotWritten(path="shelf", problem="No space left on device", kept=False)'
    shop.makeconftest(BROKEN.format(error=full, target="MemoryShelf.put"))

    result = shop.runpytest_subprocess()

    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["DG308: shelf cannot be written: No space left on device; *Fix: *"])
