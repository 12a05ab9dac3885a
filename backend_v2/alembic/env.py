"""Run the migrations over the connection that was handed over, else over `DATABASE_URL`.

The owner's `DATABASE_URL` is always used, also when the application runs as a restricted role.
No logging is configured here: whoever runs Alembic has their own.
"""

import os

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from backend_v2.db.tables import metadata
from backend_v2.db.url import engine_url
from backend_v2.errors import ConfigInvalid

LOCK_TIMEOUT = "SET lock_timeout = '10s'"


def run_offline() -> None:
    """Print the SQL, without a connection."""
    context.configure(
        dialect_name="postgresql", target_metadata=metadata, literal_binds=True, dialect_opts={"paramstyle": "named"}
    )
    with context.begin_transaction():
        context.run_migrations()


def run_online(connection: Connection) -> None:
    """Run the migrations in one transaction; on SQLite refuse."""
    if connection.dialect.name != "postgresql":
        raise ConfigInvalid(
            name="DATABASE_URL",
            problem=f"it names {connection.dialect.name}, and these migrations are for Postgres",
            fix="on SQLite start the application: it applies backend_v2/db/migrations/*.sql by itself",
        )
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=True)
    with context.begin_transaction():
        connection.exec_driver_sql(LOCK_TIMEOUT)
        context.run_migrations()


def connect_and_run() -> None:
    """Connect to `DATABASE_URL` and run."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise ConfigInvalid(
            name="DATABASE_URL", problem="it is not set", fix="DATABASE_URL=postgresql://... alembic upgrade head"
        )
    engine = create_engine(engine_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        run_online(connection)


handed_over = context.config.attributes.get("connection")
if context.is_offline_mode():
    run_offline()
elif handed_over is not None:
    run_online(handed_over)
else:
    connect_and_run()
