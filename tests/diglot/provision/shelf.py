"""A template of one database with one table, the question that shows it, and what waits for its end."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg2

from diglot.provision.embedded import ServerLease
from diglot.provision.launch import ServerAddress

DATABASE = "shelf"

Lease = Callable[..., ServerLease]
Hold = Callable[..., "subprocess.Popen[str]"]


def build(address: ServerAddress) -> None:
    """Make the database `shelf` with three books."""
    with closing(_connect(address, "postgres")) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {DATABASE}")
    with closing(_connect(address, DATABASE)) as connection:
        connection.cursor().execute("CREATE TABLE books AS SELECT generate_series(1, 3) AS id")
        connection.commit()


def hang(address: ServerAddress) -> None:
    """Begin to build, say so, and never finish."""
    build(address)
    sys.stdout.write("building\n")
    sys.stdout.flush()
    threading.Event().wait()


def count_books(lease: ServerLease) -> int:
    """Ask the leased server how many books it has."""
    with closing(_connect(lease.info.address, DATABASE)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM books")
        row = cursor.fetchone()
        assert row is not None
        return int(row[0])


def until(condition: Callable[[], bool], deadline_s: float = 20.0) -> bool:
    """Return whether the condition came true before the deadline."""
    end = time.monotonic() + deadline_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def servers_in(runtime: Path) -> list[str]:
    """Name the server folders that are left."""
    return [path.name for path in runtime.glob("*") if path.is_dir()]


def _connect(address: ServerAddress, database: str) -> "psycopg2.extensions.connection":
    return psycopg2.connect(host=address.socket_dir, port=address.port, user=address.user, dbname=database)
