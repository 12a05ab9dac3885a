"""Run a piece of code on both dialects and compare, without pytest in between."""

import textwrap
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from diglot.frames import application_frame_of
from diglot.isolation.facade import Diglot
from diglot.parity.compare import compare
from diglot.parity.difference import Difference
from diglot.parity.record import Recorder, failure_of
from diglot.parity.trace import UNKNOWN, Half, Site
from diglot.plugin.fixtures import DATABASES

RunBoth = Callable[[str], list[Difference]]
Body = Callable[[Diglot], object]


@pytest.fixture
def halves(request: pytest.FixtureRequest) -> Callable[..., tuple[Half, Half]]:
    """Run a test's body on both dialects; return what was recorded, SQLite's half first."""
    databases = request.config.stash[DATABASES]

    def run(body: Body, isolation: str = "rewind") -> tuple[Half, Half]:
        def half(dialect: str) -> Half:
            recorder = Recorder()
            failure, site, outcome = None, UNKNOWN, "passed"
            try:
                with databases.lend(dialect, isolation) as database:
                    stop = recorder.watch(database.engine)
                    recorder.start(dialect)
                    try:
                        body(database)
                    finally:
                        trace = recorder.finish()
                        stop()
            except Exception as error:  # noqa: BLE001 - a test's body may raise anything
                frame = application_frame_of(error)
                failure, site, outcome = failure_of(error), Site(*frame) if frame else UNKNOWN, "failed"
            version = databases.dialect(dialect).version
            return Half("body", dialect, version, outcome, failure=failure, site=site, trace=trace)

        return half("sqlite"), half("postgresql")

    return run


@pytest.fixture
def on_both(halves: Callable[..., tuple[Half, Half]]) -> RunBoth:
    """Run the text of a test's body on both dialects; return what they disagree on."""

    def run(source: str) -> list[Difference]:
        text = textwrap.dedent(source)
        code = compile(text, "example.py", "exec")
        isolation = "clone" if text.lstrip().startswith("# isolation: clone") else "rewind"
        names = {"sa": sa, "__name__": "example"}
        return compare(*halves(lambda database: exec(code, {**names, "diglot": database}), isolation))  # noqa: S102 - the project's own examples

    return run
