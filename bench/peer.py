"""What starting and administering a server costs through pytest-postgresql, and directly.

The cluster exists already, the server's options are the same, and the two ways take turns. Decision
0004 quotes the figures. As root it measures the imports only: the peer starts no server for root.
"""

import os
import socket
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
from figures import HEADER, Figure, ratio
from pytest_postgresql.executors import PostgreSQLExecutor
from pytest_postgresql.janitor import DatabaseJanitor

from diglot.provision.binaries import choose

ROUNDS = 15
IMPORTS = ("sys", "psycopg2", "pytest_postgresql.janitor", "pytest_postgresql.plugin")


def main() -> None:
    """Print the table and the ratio."""
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name in IMPORTS:
            times[f"python -c 'import {name}'"].append(_import(name))
    with TemporaryDirectory() as folder:
        if os.geteuid() != 0:
            _servers(Path(folder), times)
    print(HEADER)
    for name, seconds in times.items():
        print(Figure(name, seconds).row("ms", 1e3))
    if "start, executor" in times:
        figures = {name: Figure(name, seconds).median_s for name, seconds in times.items()}
        print(ratio("\nstart: executor over direct", figures["start, executor"], figures["start, direct"], "none set"))


def _import(name: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {name}"], check=True)
    return time.perf_counter() - started


def _servers(folder: Path, times: dict[str, list[float]]) -> None:
    programs = choose("auto")
    data = folder / "data"
    make = [str(programs.program("initdb")), "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync"]
    subprocess.run(make, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    peer = PostgreSQLExecutor(
        executable=str(programs.program("pg_ctl")), host="127.0.0.1", port=port, datadir=str(data),
        unixsocketdir=str(folder), logfile=str(folder / "log"), startparams="-w", dbname="postgres",
    )  # fmt: skip
    peer._directory_initialised = True  # the cluster is there; only the start is timed
    direct = [str(programs.program("postgres")), "-D", str(data), "-F", "-p", str(port), "-k", str(folder)]
    for _ in range(ROUNDS):
        times["start, executor"].append(_start_peer(peer, port, times))
        times["start, direct"].append(_start_directly(direct, port, folder / "log"))


def _start_peer(peer: PostgreSQLExecutor, port: int, times: dict[str, list[float]]) -> float:
    started = time.perf_counter()
    peer.start()
    peer.wait_for_postgres()
    _connect(port)
    seconds = time.perf_counter() - started
    janitor = DatabaseJanitor(user="postgres", host="127.0.0.1", port=port, dbname="peer")
    started = time.perf_counter()
    with janitor.cursor():
        times["one step of the janitor, without its SQL"].append(time.perf_counter() - started)
    peer.stop()
    return seconds


def _start_directly(command: list[str], port: int, log: Path) -> float:
    with log.open("a") as words:
        started = time.perf_counter()
        server = subprocess.Popen(command, stdout=words, stderr=words)
        _connect(port)
        seconds = time.perf_counter() - started
        server.terminate()
        server.wait()
    return seconds


def _connect(port: int) -> None:
    """Connect as soon as the server takes connections, asking every 2 ms."""
    deadline = time.monotonic() + 10
    while True:
        try:
            psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres").close()
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.002)
        else:
            return


if __name__ == "__main__":
    main()
