"""One Postgres server for a run, wherever it comes from, with the migrated template on it.

Embedded and installed servers are leased, and are born with the template; a server reached by
URL is borrowed. Every database that a test gets is a copy of the template.
"""

import contextlib
import itertools
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import URL

from diglot.choice import Choice
from diglot.dialects import postgresql
from diglot.dialects.dialect import Dialect
from diglot.migrate.digest import digest_migrations
from diglot.migrate.program import Migration, migrate
from diglot.provision.binaries import Binaries, choose
from diglot.provision.cachedir import CacheDirectory
from diglot.provision.clones import ClonePool
from diglot.provision.databases import PREFIX, DatabaseAdmin, Mark
from diglot.provision.embedded import TemplateRequest, lease_server
from diglot.provision.external import open_server
from diglot.provision.launch import ServerAddress
from diglot.provision.leftovers import sweep
from diglot.provision.templates import ensure_template
from diglot.settings import Settings

_SHOWN = 12
_BARE = "bare"
_TIMEOUTS = "-c lock_timeout=10s -c statement_timeout=60s"


@dataclass(frozen=True)
class Served:
    """A server with the template on it, before anybody has made a database.

    address: of the maintenance database, without a driver. note: how the header shows the server.
    file_copy: whether copying files is the better way to clone. release: gives the server back.
    stay: lets the server outlive this process for a while, and says for how long.
    admin: a connection that holds the template, for a server that is shared with others, whom this
    machine does not know.
    """

    address: URL
    version: str
    template: str
    note: str
    file_copy: bool
    release: Callable[[], None]
    stay: Callable[[], str] = lambda: ""
    admin: DatabaseAdmin | None = None


class PostgresServer:
    """A migrated Postgres for one process of a run; the fixture `diglot_server` is one.

    Its attributes host, port, user, password, options, maintenance_dbname and template_dbname are
    those that pytest-postgresql's `postgresql_noproc(depends_on="diglot_server")` reads.
    """

    def __init__(self, served: Served, driver: str, worker: str) -> None:
        self._served = served
        self._numbers = itertools.count(1)
        self._worker = worker
        self._admin = served.admin or DatabaseAdmin(served.address)
        self._clones: ClonePool | None = None
        self.driver = driver
        self.dialect = Dialect("postgresql", served.version, driver)
        self.host = str(served.address.query.get("host") or served.address.host or "")
        self.port = int(str(served.address.query.get("port") or served.address.port or 5432))
        self.user = served.address.username or ""
        self.password = served.address.password
        self.options = ""
        self.maintenance_dbname = served.address.database or "postgres"
        self.template_dbname = served.template

    @property
    def outlives_us(self) -> bool:
        """Whether databases that nobody drops would stay: an embedded server takes them along."""
        return self._served.admin is not None

    @property
    def url(self) -> URL:
        """The address of the maintenance database, for the project's driver."""
        return postgresql.with_driver(self._served.address, self.driver)

    def describe(self) -> str:
        """Return this server's part of the header line."""
        return f"{self.dialect} ({self._served.note})"

    def create_database(self, kind: str, *, empty: bool = False, copy_of: URL | None = None) -> URL:
        """Create a database, from the template, empty, or as a copy of one of ours; return its address.

        kind: `worker`, `clone`, `kept` or `check`; it is part of the name and of the mark.
        copy_of: nobody may be connected to it.
        """
        name = f"{PREFIX}{kind}_{self._admin.session}_{self._worker}_{next(self._numbers)}"
        template = self.template_dbname if copy_of is None else str(copy_of.database)
        self._admin.create(
            name,
            Mark(kind=kind, session=self._admin.session),
            template=None if empty else template,
            file_copy=self._served.file_copy,
        )
        return self._test_address(name)

    def shell_command(self, url: URL) -> str:
        """Return the `psql` command that opens a database, after seeing to it that the server stays up."""
        return f"psql -h {self.host} -p {self.port} -U {self.user} {url.database}{self._served.stay()}"

    def take_clone(self, *, more: bool) -> URL:
        """Return a fresh copy; `more` says that another will be wanted, and has it prepared."""
        if self._clones is None:
            self._clones = ClonePool(lambda: self.create_database("clone"), self.drop_database)
        return self._clones.take(more=more)

    def give_back_clone(self, url: URL) -> None:
        """Drop a copy in the background."""
        if self._clones is not None:
            self._clones.give_back(url)

    def drop_database(self, url: URL) -> None:
        """Drop a database that `create_database` made."""
        self._admin.drop(str(url.database))

    def close(self) -> None:
        """Drop what is left of this process's databases and give the server back."""
        if self._clones is not None:
            self._clones.close()
        self._admin.close()
        self._served.release()

    def _test_address(self, name: str) -> URL:
        url = postgresql.with_driver(self._served.address.set(database=name), self.driver)
        return url.update_query_dict({"options": _TIMEOUTS, "application_name": f"diglot {self._worker}"})


def open_postgres(settings: Settings, choice: Choice, worker: str) -> PostgresServer:
    """Return the chosen server with the template on it, migrated if it has to be.

    Raises the errors DG2xx of migrations, DG5xx of binaries and DG6xx of servers reached by URL.
    """
    postgresql.require(settings.driver)
    if "://" in choice.postgres:
        served = _borrowed(settings, choice)
    else:
        served = _embedded(settings, choose(choice.postgres), fresh=choice.fresh_template)
    return PostgresServer(served, settings.driver, worker)


def open_bare_postgres(settings: Settings, choice: Choice, worker: str) -> PostgresServer:
    """Return the chosen server without the project's template, which a broken migration could not build.

    Raises the errors DG5xx of binaries and DG6xx of servers reached by URL.
    """
    postgresql.require(settings.driver)
    is_url = "://" in choice.postgres
    served = _borrowed_bare(choice) if is_url else _embedded_bare(settings, choose(choice.postgres))
    return PostgresServer(served, settings.driver, worker)


def _borrowed_bare(choice: Choice) -> Served:
    started = time.perf_counter()
    server = open_server(choice.postgres)
    admin, facts = server.admin, server.facts
    with contextlib.ExitStack() as opened:
        opened.callback(server.close)
        sweep(admin)
        opened.pop_all()
    note = f"{facts.role} at {facts.place}, ready in {time.perf_counter() - started:.2f} s"
    return Served(admin.url, facts.version, "template0", note, file_copy=False, release=lambda: None, admin=admin)


def _embedded_bare(settings: Settings, binaries: Binaries) -> Served:
    lease = lease_server(
        binaries,
        template=TemplateRequest(_BARE, lambda _address: None),
        cache=CacheDirectory.default(),
        timezone=settings.timezone,
    )
    info = lease.info
    note = f"{info.source}, ready in {info.ready_s:.2f} s{'' if info.on_memory else ', on disk'}"
    return Served(_address(info.address), info.version, "template0", note, info.on_memory, lease.close, lease.stay)


def _borrowed(settings: Settings, choice: Choice) -> Served:
    source = settings.migration_source("postgresql")
    started = time.perf_counter()
    with contextlib.ExitStack() as opened:
        server = opened.enter_context(closing(open_server(choice.postgres)))
        admin, facts = server.admin, server.facts
        sweep(admin)
        digest = digest_migrations(settings.root, source, f"postgresql {facts.version}")

        def build(url: URL) -> None:
            migrate(settings.root, source, postgresql.with_driver(url, settings.driver))

        template, cached = ensure_template(admin, digest, build, fresh=choice.fresh_template)
        opened.pop_all()
    state = "cached" if cached else "built"
    seconds = time.perf_counter() - started
    note = f"{facts.role} at {facts.place}, ready in {seconds:.2f} s, template {digest[:6]} {state}"
    return Served(admin.url, facts.version, template, note, file_copy=False, release=lambda: None, admin=admin)


def _embedded(settings: Settings, binaries: Binaries, *, fresh: bool) -> Served:
    source = settings.migration_source("postgresql")
    digest = digest_migrations(settings.root, source, f"postgresql {binaries.version}")
    template = f"{PREFIX}t_{digest[:_SHOWN]}"

    with contextlib.ExitStack() as started:
        migrations: list[Migration] = []

        def prepare() -> None:
            migrations.append(Migration(settings.root, source))
            started.callback(migrations[0].abandon)

        def build(address: ServerAddress) -> None:
            with closing(DatabaseAdmin(_address(address))) as admin:
                building = f"{PREFIX}building"
                admin.create(building, Mark(kind="building", session="", digest=digest))
                url = _address(address).set(database=building)
                migrations[0].run(postgresql.with_driver(url, settings.driver))
                admin.mark(building, Mark(kind="template", session="", digest=digest))
                admin.seal(building, template)

        lease = lease_server(
            binaries,
            template=TemplateRequest(digest, build, prepare),
            cache=CacheDirectory.default(),
            timezone=settings.timezone,
            fresh=fresh,
        )
    info = lease.info
    state = "cached" if info.template_cached else "built"
    where = "" if info.on_memory else ", on disk"
    note = f"{info.source}, ready in {info.ready_s:.2f} s, template {digest[:6]} {state}{where}"
    return Served(_address(info.address), info.version, template, note, info.on_memory, lease.close, lease.stay)


def _address(address: ServerAddress) -> URL:
    query = {"host": address.socket_dir, "port": str(address.port)}
    return URL.create("postgresql", username=address.user, database="postgres", query=query)
