"""Run env.py for single steps: one revision on a database, or its SQL into a list.

Alembic's commands run env.py once for a range of revisions, and read the whole chain anew each time. Here the
chain is read once, and env.py is given exactly the steps that were ordered, whatever the graph.
"""

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import Script
from sqlalchemy import URL

from diglot.migrate.chain import OfflineStatement
from diglot.migrate.serve.connecting import (
    Engines,
    Handed,
    async_urls,
    close_pool,
    no_connections,
    refuses_driver,
    understand_options,
)
from diglot.migrate.serve.failure import (
    Failure,
    Step,
    environment_failed,
    in_commit,
    line_of,
    shown,
    step_failed,
    title_of,
)
from diglot.migrate.serve.scripts import Scripts
from diglot.migrate.serve.versions import VersionTable
from diglot.migrate.worker import NOWHERE, render

NEVER_RUNS = "it never runs the migrations"

Plan = Callable[[tuple[str, ...]], Iterable[Script]]
"""Which revisions to run, given the heads that are in the database."""


class _Run:
    """One run of env.py: what is run now, and how far it came."""

    def __init__(
        self, scripts: Scripts, plan: Plan, direction: str, target: str, tell: Callable[[Step], None]
    ) -> None:
        self._scripts, self._plan, self._direction, self._tell = scripts, plan, direction, tell
        self.target = target
        self.step: Step | None = None
        self.began = self.finished = False

    def steps(self, heads: tuple[str, ...], _context: MigrationContext) -> Iterator[RevisionStep]:
        """Give Alembic one step after the other; it asks for the next when one is recorded as done."""
        self.began = True
        upwards = self._direction != "downgrade"
        for script in self._plan(heads):
            step = self._step(script)
            self._require(script, step, "upgrade" if upwards else "downgrade")
            self.step = step
            self._tell(step)
            yield RevisionStep(self._scripts.chain.revision_map, script, upwards)
        self.finished = True

    def failed(self, error: BaseException) -> Failure:
        """Say what an error that came out of env.py means."""
        if self.step is None:
            return environment_failed(error, self._scripts.env, self._scripts.root)
        if self.finished and not in_commit(error):
            return environment_failed(error, self._scripts.env, self._scripts.root, after=self.step.revision)
        return step_failed(error, self.step)

    def check_finished(self) -> None:
        """Fail when env.py ended without an error, and without having run what it was to run."""
        if self.finished:
            return
        env = self._scripts.env
        path = shown(env, self._scripts.root)
        if self.step is not None:
            problem = f"it goes on although {self._direction} of revision {self.step.revision} has failed"
            fix = f"let {path} pass errors on"
        else:
            problem, fix = NEVER_RUNS, "call context.configure() and context.run_migrations()"
        raise Failure("ChainBroken", path=path, line=0, problem=problem, fix=fix)

    def _step(self, script: Script) -> Step:
        path, line = self._scripts.site(script)
        name = "downgrade" if self._direction == "downgrade" else "upgrade"
        line = line_of(script.path, f"def {name}(") or line
        return Step(script.revision, title_of(script), self._direction, path, script.path, line)

    @staticmethod
    def _require(script: Script, step: Step, function: str) -> None:
        if hasattr(script.module, function):
            return
        problem = f"its file has no {function}()"
        facts = {
            "revision": step.revision,
            "title": step.title,
            "problem": problem,
            "site": f"{step.path}:{step.line}",
        }
        if function == "downgrade":
            raise Failure("Irreversible", **facts)
        raise Failure("MigrationStepFailed", direction=step.direction, **facts)


class Environment:
    """The project's Alembic environment. tell: is told of each revision before it is run."""

    def __init__(self, root: Path, ini: str, tell: Callable[[Step], None]) -> None:
        self.scripts = Scripts(root, ini)
        self._root, self._tell = root, tell
        self._engines = Engines()
        self._versions = VersionTable()
        self._asynchronous = False
        understand_options()

    def upgrade(self, url: URL, target: str) -> None:
        """Run whatever is missing up to `target`, as `alembic upgrade` would."""

        def plan(heads: tuple[str, ...]) -> Iterable[Script]:
            found = self.scripts.chain.iterate_revisions(target, heads, implicit_base=True)
            return reversed(list(found))

        self._run(url, plan, "upgrade", target)

    def downgrade(self, url: URL, target: str) -> None:
        """Take back whatever is above `target`, as `alembic downgrade` would."""

        def plan(heads: tuple[str, ...]) -> Iterable[Script]:
            return self.scripts.chain.iterate_revisions(heads, target, select_for_downgrade=True)

        self._run(url, plan, "downgrade", target)

    def run_one(self, url: URL, revision: str, *, upwards: bool) -> None:
        """Run exactly one revision."""
        script = self.scripts.get(revision)
        self._run(url, lambda _heads: [script], "upgrade" if upwards else "downgrade", revision)

    def keep(self, url: URL | None) -> None:
        """Keep the connection to this database open between steps; none for None."""
        self._engines.keep(url)
        self._versions.keep(url)

    def render(self, revision: str | None) -> list[OfflineStatement]:
        """Return the SQL of one revision's upgrade, or of all, without any connection."""
        run = _Run(self.scripts, self._offline_plan(revision), "upgrade --sql", revision or "heads", self._tell)
        written = _Written(run)
        config = self.scripts.config()
        config.output_buffer = io.StringIO()
        _address(config, NOWHERE)
        context = EnvironmentContext(
            config,
            self.scripts.chain,
            fn=run.steps,
            as_sql=True,
            starting_rev=self._before(revision),
            destination_rev=run.target,
        )
        _replace_configure(context, after=written.listen)
        try:
            with no_connections(), context:
                self.scripts.chain.run_env()
            run.check_finished()
        except (Exception, SystemExit) as error:
            failure = error if isinstance(error, Failure) else run.failed(error)
            raise self._no_offline(failure) from error
        return written.statements

    def _offline_plan(self, revision: str | None) -> Plan:
        if revision is None:
            return lambda heads: reversed(
                list(self.scripts.chain.iterate_revisions("heads", heads, implicit_base=True))
            )
        script = self.scripts.get(revision)
        return lambda _heads: [script]

    def _before(self, revision: str | None) -> Any:
        """What must have been applied before; Alembic takes several revisions, although its types say one."""
        if revision is None:
            return "base"
        step = RevisionStep(self.scripts.chain.revision_map, self.scripts.get(revision), True)
        return step.from_revisions or "base"

    @staticmethod
    def _no_offline(failure: Failure) -> Failure:
        if failure.cause != "ChainBroken":
            return failure
        facts = {name: failure.facts[name] for name in ("path", "line", "problem")}
        return Failure("OfflineRefused", **facts)

    def _run(self, url: URL, plan: Plan, direction: str, target: str) -> None:
        """Run env.py; where it wants an asynchronous driver and the address has none, with one that there is."""
        told = (async_urls(url) or [url])[0] if self._asynchronous else url
        run = _Run(self.scripts, plan, direction, target, self._tell)
        try:
            self._run_env(run, url, told)
        except Failure:
            raise
        except (Exception, SystemExit) as error:
            if self._asynchronous or run.began or not refuses_driver(error):
                raise run.failed(error) from error
            self._asynchronous = True
            if not async_urls(url):
                path = shown(self.scripts.env, self._root)
                raise Failure("AsyncDriverMissing", path=path, driver=url.get_driver_name()) from error
            self._run(url, plan, direction, target)

    def _run_env(self, run: _Run, url: URL, told: URL) -> None:
        config = self.scripts.config()
        _address(config, render(told))
        context = EnvironmentContext(
            config, self.scripts.chain, fn=run.steps, as_sql=False, starting_rev=None, destination_rev=run.target
        )
        with self._engines.handed(url) as handed, ExitStack() as left:
            config.attributes["connection"] = handed.connection
            _replace_configure(
                context,
                before=lambda connection: self._require_ours(handed, connection, left),
                after=lambda configured: self._versions.expect(url, configured.get_context(), handed.connection),
            )
            with context:
                self.scripts.chain.run_env()
            run.check_finished()
        self._versions.seen(url)

    def _require_ours(self, handed: Handed, connection: Any, left: ExitStack) -> None:
        if connection is None:
            return
        if handed.is_ours(connection):
            if connection.engine is not handed.connection.engine:
                left.callback(close_pool, connection.engine)
            return
        elsewhere = connection.engine.url.set(password=None).render_as_string()
        raise Failure("ConnectionIgnored", source=shown(self.scripts.env, self._root), elsewhere=elsewhere)


class _Written:
    """The statements of an offline run, each with the line that wrote it."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self.statements: list[OfflineStatement] = []

    def listen(self, context: EnvironmentContext) -> None:
        """Take each text that Alembic would print, before it is joined with others."""
        implementation = context.get_context().impl
        terminator = implementation.command_terminator

        def take(text: str) -> None:
            sql = text.strip().removesuffix(terminator).strip()
            if not sql.startswith("-- Running "):
                self._add(sql)

        implementation.static_output = take  # type: ignore[method-assign]

    def _add(self, sql: str) -> None:
        step = None if self._run.finished else self._run.step
        if step is None:
            self.statements.append(OfflineStatement(sql, "", "", 0))
        else:
            self.statements.append(OfflineStatement(sql, step.revision, step.path, _calling_line(step.file)))


def _replace_configure(
    context: EnvironmentContext,
    *,
    before: Callable[[Any], None] = lambda _connection: None,
    after: Callable[[EnvironmentContext], None] = lambda _context: None,
) -> None:
    """Do something before and after env.py calls `context.configure`.

    On the instance: a subclass of EnvironmentContext does not stand behind `alembic.context` (Alembic 1.20).
    """
    configure = context.configure

    def replaced(connection: Any = None, *args: Any, **named: Any) -> None:
        before(connection)
        configure(connection, *args, **named)
        after(context)

    context.configure = replaced  # type: ignore[method-assign]


def _address(config: Any, url: str) -> None:
    """Tell env.py the database in both of the usual ways."""
    os.environ["DATABASE_URL"] = url
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))


def _calling_line(file: str) -> int:
    """The line of a file that is being executed now; 0 when the file is not on the stack."""
    frame: FrameType | None = sys._getframe()  # `inspect.stack` would read the source of every frame
    while frame is not None:
        if frame.f_code.co_filename == file:
            return frame.f_lineno
        frame = frame.f_back
    return 0
