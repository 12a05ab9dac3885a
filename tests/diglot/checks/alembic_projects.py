"""Small Alembic projects, written into a folder: what the tests of the chain and of its checks run on."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diglot.settings import ChecksSettings, MigrationSource, Settings

INI = """\
[alembic]
script_location = %(here)s/migrations
prepend_sys_path = %(here)s
"""

ENV = '''\
"""Use the connection that is handed over; connect to `sqlalchemy.url` without one."""

from alembic import context
from sqlalchemy import create_engine

config = context.config


def migrate(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    context.configure(
        url=config.get_main_option("sqlalchemy.url"), literal_binds=True, dialect_opts={"paramstyle": "named"}
    )
    with context.begin_transaction():
        context.run_migrations()
elif config.attributes.get("connection") is not None:
    migrate(config.attributes["connection"])
else:
    with create_engine(config.get_main_option("sqlalchemy.url")).connect() as connection:
        migrate(connection)
'''


class AlembicProject:
    """An Alembic environment in `folder`: `alembic.ini`, `migrations/env.py`, `migrations/versions/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.migrations = folder / "migrations"
        self.versions = self.migrations / "versions"
        self.versions.mkdir(parents=True)
        self.ini(INI)
        self.env(ENV)

    def ini(self, text: str) -> None:
        """Write another `alembic.ini`."""
        (self.folder / "alembic.ini").write_text(text, encoding="utf-8")

    def env(self, text: str) -> None:
        """Write another `env.py`."""
        (self.migrations / "env.py").write_text(textwrap.dedent(text), encoding="utf-8")

    def add(
        self,
        revision: str,
        down: str | Sequence[str] | None,
        upgrade: str = "pass",
        downgrade: str | None = "pass",
        *,
        versions: Path | None = None,
        **extra: Any,
    ) -> Path:
        """Write the file of one revision; return its path.

        upgrade, downgrade: the function's body, of any number of lines; downgrade None: there is no such function.
        versions: the folder of versions, the only one by default.
        extra: further names of the module, such as `depends_on="a"` or `branch_labels=("left",)`.
        """
        parents = down if down is None or isinstance(down, str) else tuple(down)
        names = {"revision": revision, "down_revision": parents, **extra}
        lines = [f'"""Make {revision}."""', "", "import sqlalchemy as sa", "from alembic import op", ""]
        lines += [f"{name} = {value!r}" for name, value in names.items()]
        lines += _function("upgrade", upgrade)
        lines += [] if downgrade is None else _function("downgrade", downgrade)
        return self.write(f"{revision}_make.py", "\n".join(lines) + "\n", versions=versions)

    def write(self, name: str, text: str, *, versions: Path | None = None) -> Path:
        """Write any file into the folder of versions; return its path."""
        folder = versions or self.versions
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def source(self) -> MigrationSource:
        """How the schema is made, as the settings would say it."""
        return MigrationSource("alembic", "alembic.ini")

    def settings(self, *, driver: str = "psycopg2", metadata: str | None = None, **checks: Any) -> Settings:
        """The settings of a project with these migrations; `checks` are those of `[tool.diglot.checks]`."""
        return Settings(
            root=self.folder,
            driver=driver,
            metadata=metadata,
            checks=ChecksSettings(**checks),
            migrations={"postgresql": self.source()},
        )


def _function(name: str, body: str) -> list[str]:
    return ["", "", f"def {name}():", textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")]
