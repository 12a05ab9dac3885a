"""What can go wrong with migrations: while a template is built, and while each revision is walked (DG2xx)."""

from diglot.errors.base import DiglotError

_UNDEFINED_TABLE = "42P01"
_FIRST_REVISION = (
    "; where the chain begins behind tables that were made without it (create_all and a stamp), "
    "give it a first revision that makes them, or name what makes them as `before` beside `alembic`"
)


class TemplateStale(DiglotError):
    """The migrations changed while the template was being built from them."""

    code = "DG201"

    def __init__(self, *, template: str, built_from: str, on_disk: str) -> None:
        super().__init__(
            f"template {template!r} is stale: built from migrations {built_from}, files on disk have the digest "
            f"{on_disk}. Nothing was cached. Fix: run again when the files are no longer being written"
        )


class MigrationFailed(DiglotError):
    """A migration, or the program that runs them, ended with an error."""

    code = "DG202"

    def __init__(self, *, dialect: str, source: str, output: str) -> None:
        super().__init__(
            f"the {dialect} schema could not be built from {source}; no template was cached. "
            f"The migration said:\n{_indent(output)}\nFix: correct the migration; the next run starts from nothing"
        )


class ConnectionIgnored(DiglotError):
    """The environment script does not migrate the database that it was handed.

    elsewhere: the database that it was about to migrate, when that was seen in time.
    """

    code = "DG203"

    def __init__(self, *, source: str, elsewhere: str = "") -> None:
        told = (
            f"{source}: its env.py connects to {elsewhere}, not to the database that it was handed, and was "
            f"stopped before it changed anything"
            if elsewhere
            else f"{source} ran, but the database that it was handed has no alembic_version: its env.py connects by "
            f"itself"
        )
        super().__init__(
            f"{told}. Fix: let env.py use the connection in `config.attributes['connection']` when there is one"
        )


class MigrationsUnreadable(DiglotError):
    """The files that make the schema cannot be found or read."""

    code = "DG204"

    def __init__(self, *, source: str, problem: str) -> None:
        super().__init__(f"the migrations {source} cannot be read: {problem}. Fix: correct the path in [tool.diglot]")


class TemplateEdited(DiglotError):
    """A cached template is no longer what was sealed."""

    code = "DG205"

    def __init__(self, *, path: str, sealed: str, found: str) -> None:
        super().__init__(
            f"the cached template {path} was changed after it was sealed: its digest was {sealed}, now it is "
            f"{found}. Fix: diglot cache clear, or run once with --fresh-template"
        )


class MigrationStepFailed(DiglotError):
    """One revision's `upgrade` or `downgrade` ended with an error.

    direction: `upgrade`, `downgrade` or `upgrade --sql`. site: `path:line` of the call in the revision's file.
    sqlstate: five characters, or "" when it was not the database that refused.
    """

    code = "DG206"

    def __init__(
        self,
        *,
        revision: str,
        title: str,
        direction: str,
        problem: str,
        sqlstate: str = "",
        site: str = "",
        output: str = "",
    ) -> None:
        self.revision, self.title, self.direction = revision, title, direction
        self.problem, self.sqlstate, self.site = problem, sqlstate, site
        super().__init__(
            f"{direction} of revision {_named(revision, title)} fails at {site}: {problem}"
            f"{f' [SQLSTATE {sqlstate}]' if sqlstate else ''}.{_printed(output)}Fix: correct {site}"
            f"{_FIRST_REVISION if (direction, sqlstate) == ('upgrade', _UNDEFINED_TABLE) else ''}"
        )


class Irreversible(DiglotError):
    """A revision says that it cannot be downgraded."""

    code = "DG207"

    def __init__(self, *, revision: str, title: str, problem: str, site: str) -> None:
        self.revision, self.title, self.problem, self.site = revision, title, problem, site
        super().__init__(
            f"revision {_named(revision, title)} cannot be downgraded: {problem}, at {site}. "
            f"Fix: write its downgrade(), or accept that it has none"
        )


class StepTimedOut(DiglotError):
    """One step took longer than it may, and the process was ended.

    running: what ran when time was up, `path:line code`, or "" when that could not be told.
    """

    code = "DG208"

    def __init__(
        self, *, revision: str, title: str, direction: str, limit_s: float, running: str = "", output: str = ""
    ) -> None:
        self.revision, self.title, self.direction = revision, title, direction
        self.limit_s, self.running = limit_s, running
        what = f"{direction} of revision {_named(revision, title)}" if revision else direction
        super().__init__(
            f"{what} took longer than {limit_s:g} s and was ended; it was at {running or 'a place unknown'}."
            f"{_printed(output)}Fix: find what it waits for there, or set step_timeout_s in [tool.diglot.checks]"
        )


class ChainBroken(DiglotError):
    """The chain cannot be read, or its environment script does not run.

    path: relative to the root when below it; line: 0 when the problem is in no line.
    """

    code = "DG209"

    def __init__(self, *, path: str, line: int, problem: str, fix: str, output: str = "") -> None:
        self.path, self.line, self.problem, self.fix = path, line, problem, fix
        self.site = f"{path}:{line}" if line else path
        super().__init__(f"the chain of migrations is broken at {self.site}: {problem}.{_printed(output)}Fix: {fix}")


class NotAlembic(DiglotError):
    """A check needs Alembic's revisions, and the schema is made in another way."""

    code = "DG210"

    def __init__(self, *, kind: str, target: str) -> None:
        super().__init__(
            f"the Postgres schema is made by {kind} = {target!r}, and this check needs Alembic's revisions. "
            f'Fix: migrations = {{ alembic = "alembic.ini" }} in [tool.diglot.postgresql], or leave the check out'
        )


class OfflineRefused(DiglotError):
    """The environment script cannot write SQL without a database."""

    code = "DG211"

    def __init__(self, *, path: str, line: int, problem: str) -> None:
        self.path, self.line, self.problem = path, line, problem
        self.site = f"{path}:{line}" if line else path
        super().__init__(
            f"{self.site} cannot write SQL offline: {problem}. Fix: let env.py ask `context.is_offline_mode()`, and "
            f"then call context.configure(url=..., literal_binds=True) without a connection"
        )


class MigratorDied(DiglotError):
    """The process that runs the migrations ended by itself."""

    code = "DG212"

    def __init__(self, *, revision: str, title: str, direction: str, how: str, output: str = "") -> None:
        self.revision, self.title, self.direction, self.how = revision, title, direction, how
        what = f"{direction} of revision {_named(revision, title)}" if revision else direction
        super().__init__(
            f"the process died during {what}: {how}.{_printed(output)}"
            f"Fix: see what the revision and env.py call there that ends the process"
        )


class AsyncDriverMissing(DiglotError):
    """The environment script is asynchronous, and no driver that it could use is installed."""

    code = "DG213"

    def __init__(self, *, path: str, driver: str) -> None:
        super().__init__(
            f"{path} connects asynchronously, {driver} cannot, and neither psycopg nor asyncpg is installed. "
            f"Fix: pip install 'psycopg[binary]'"
        )


class UnknownRevision(DiglotError):
    """A revision was asked for that the chain does not have."""

    code = "DG214"

    def __init__(self, *, revision: str, source: str) -> None:
        super().__init__(f"{source} has no revision {revision!r}. Fix: see `alembic history` for those that it has")


def _named(revision: str, title: str) -> str:
    return f"{revision} ({title})" if title else revision


def _printed(output: str) -> str:
    return f" It printed:\n{_indent(output)}\n" if output.strip() else " "


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines())
