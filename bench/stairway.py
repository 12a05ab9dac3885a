"""What the stairway costs: every revision up, down and up with rows, against `alembic upgrade head` alone.

The chain is generated: tables, columns, indexes, constraints, an enum, data migrations and dropped columns, in turn.
Both start a process for Alembic and an empty database on the same server, and take turns; each length of chain has
its own project. The stairway must find nothing but the dropped columns' content: the way is one without returns.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from figures import HEADER, Figure, ratio

from diglot.checks.suite import stairway
from diglot.checks.workbench import Workbench
from diglot.choice import Choice
from diglot.provision.postgres import PostgresServer, open_bare_postgres
from diglot.settings import MigrationSource, Settings

LENGTHS = (50, 100, 200)
ROUNDS = 5
EXPECTED = "stairway.rows-lost-down"

INI = "[alembic]\nscript_location = %(here)s/migrations\nprepend_sys_path = %(here)s\n"
ENV = """\
import os

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool


def migrate(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    with create_engine(os.environ["DATABASE_URL"], poolclass=NullPool).connect() as connection:
        migrate(connection)
"""
REVISION = '''"""{title}."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down!r}


def upgrade():
    {up}


def downgrade():
    {down_step}
'''

# Ten revisions on one table, {t}; the first refers to the table before it, {p}.
TURN = (
    (
        "create {t}",
        """op.create_table("{t}", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False), sa.Column("amount", sa.Numeric(10, 2)),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now()){refers})""",
        'op.drop_table("{t}")',
    ),
    (
        "add {t}.note",
        'op.add_column("{t}", sa.Column("note", sa.Text))',
        'op.drop_column("{t}", "note")',
    ),
    (
        "index {t}.name",
        'op.create_index("ix_{t}_name", "{t}", ["name"])',
        'op.drop_index("ix_{t}_name", "{t}")',
    ),
    (
        "add {t}.state",
        """op.execute("CREATE TYPE {t}_state AS ENUM ('new', 'paid', 'sent')")
    op.execute("ALTER TABLE {t} ADD state {t}_state NOT NULL DEFAULT 'new'")""",
        """op.drop_column("{t}", "state")
    op.execute("DROP TYPE {t}_state")""",
    ),
    (
        "check {t}.amount",
        'op.create_check_constraint("ck_{t}_amount", "{t}", "amount >= 0")',
        'op.drop_constraint("ck_{t}_amount", "{t}")',
    ),
    (
        "add {t}.total",
        """op.add_column("{t}", sa.Column("total", sa.Numeric(12, 2)))
    op.execute("UPDATE {t} SET total = amount * 2")""",
        'op.drop_column("{t}", "total")',
    ),
    (
        "unique {t}.name and amount",
        'op.create_unique_constraint("uq_{t}", "{t}", ["name", "amount"])',
        'op.drop_constraint("uq_{t}", "{t}")',
    ),
    (
        "widen {t}.name",
        'op.alter_column("{t}", "name", type_=sa.String(200), existing_type=sa.String(80))',
        'op.alter_column("{t}", "name", type_=sa.String(80), existing_type=sa.String(200))',
    ),
    (
        "create {t}_log",
        """op.create_table("{t}_log", sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("of", sa.Integer, sa.ForeignKey("{t}.id"), nullable=False, index=True),
        sa.Column("what", sa.JSON))""",
        'op.drop_table("{t}_log")',
    ),
    (
        "drop {t}.total",
        'op.drop_column("{t}", "total")',
        'op.add_column("{t}", sa.Column("total", sa.Numeric(12, 2)))',
    ),
)


def main() -> None:
    """Print the table and the ratios."""
    figures: dict[int, tuple[Figure, Figure]] = {}
    for length in LENGTHS:
        with project(length) as folder:
            figures[length] = measure(folder, length)
    print("one chain on an empty database, process for Alembic included")
    print(HEADER)
    for pair in figures.values():
        for figure in pair:
            print(figure.row("ms", 1e3))
    print()
    for length, (alone, stairs) in figures.items():
        print(ratio(f"the stairway of {length}", stairs.median_s, alone.median_s, "at most 6 at 200"))
    for length in LENGTHS[1:]:
        longer, shorter = figures[length][1], figures[length // 2][1]
        print(ratio(f"the stairway of {length} against {length // 2}", longer.median_s, shorter.median_s, "about 2"))


@contextmanager
def project(length: int) -> Iterator[Path]:
    """Yield a folder with a chain of that many revisions."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        versions = folder / "migrations" / "versions"
        versions.mkdir(parents=True)
        (folder / "alembic.ini").write_text(INI, encoding="utf-8")
        (folder / "migrations" / "env.py").write_text(ENV, encoding="utf-8")
        down = None
        for number in range(length):
            turn, step = divmod(number, len(TURN))
            title, up, back = (_filled(text, turn) for text in TURN[step])
            revision = f"r{number:04d}"
            text = REVISION.format(title=title, revision=revision, down=down, up=up, down_step=back)
            (versions / f"{revision}.py").write_text(text, encoding="utf-8")
            down = revision
        yield folder


def measure(folder: Path, length: int) -> tuple[Figure, Figure]:
    """Return the times of Alembic alone and of the stairway."""
    settings = Settings(folder, migrations={"postgresql": MigrationSource("alembic", "alembic.ini")})
    server = open_bare_postgres(settings, Choice(("postgresql",), "auto", "rewind"), "bench")
    alone: list[float] = []
    stairs: list[float] = []
    try:
        for _ in range(ROUNDS):
            alone.append(upgrade(server, folder))
            stairs.append(climb(server, settings, length))
    finally:
        server.close()
    return Figure(f"alembic upgrade head, {length} revisions", alone), Figure(f"stairway, {length} revisions", stairs)


def upgrade(server: PostgresServer, folder: Path) -> float:
    """Return the seconds that `alembic upgrade head` takes."""
    url = server.create_database("check", empty=True)
    environ = {**os.environ, "DATABASE_URL": url.render_as_string(hide_password=False)}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=folder,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - started
    server.drop_database(url)
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    return seconds


def climb(server: PostgresServer, settings: Settings, length: int) -> float:
    """Return the seconds that the whole stairway takes; ends the benchmark when it finds something."""
    bench = Workbench(settings, lambda: server)
    started = time.perf_counter()
    try:
        outcome = stairway.run(bench)
    finally:
        bench.close()
    seconds = time.perf_counter() - started
    findings = [one for one in outcome.findings if one.kind != EXPECTED]
    if findings or outcome.not_done or outcome.looked_at[0][1] != f"{length} of {length}":
        sys.exit("\n".join([str(outcome.looked_at), *outcome.not_done, *(one.summary for one in findings)]))
    return seconds


def _filled(text: str, turn: int) -> str:
    refers = f', sa.Column("before", sa.Integer, sa.ForeignKey("t{turn - 1}.id"))' if turn else ""
    return text.replace("{refers}", refers).replace("{t}", f"t{turn}")


if __name__ == "__main__":
    main()
