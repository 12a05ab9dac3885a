"""A deployment to speak to over real HTTP: the one in `SMOKE_URL`, else one that is started here."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from diglot.provision.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
STARTED_WITHIN_S = 30


@dataclass(frozen=True)
class Deployment:
    """Where Raptor answers; the origin is what its passkeys are bound to."""

    url: str
    origin: str


@pytest.fixture(scope="session")
def standin() -> Iterator[str]:
    """The address of a stand-in for the market data API, in a process of its own."""
    command = [sys.executable, "-m", "tests.standins.alpaca", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


@pytest.fixture(scope="session")
def deployment(request: pytest.FixtureRequest) -> Deployment:
    """The deployment that is tested."""
    if url := os.environ.get("SMOKE_URL"):
        return Deployment(url, os.environ.get("SMOKE_ORIGIN", url))
    local: Deployment = request.getfixturevalue("local_deployment")
    return local


@pytest.fixture(scope="session")
def local_deployment(
    diglot_server: PostgresServer, standin: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """Raptor under gunicorn on a port of the loopback interface, on a migrated Postgres."""
    url = diglot_server.create_database("worker")
    log = tmp_path_factory.mktemp("smoke") / "gunicorn.log"
    with socket.socket() as listener, log.open("wb") as output:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        origin = f"http://localhost:{listener.getsockname()[1]}"
        environ = {
            **os.environ,
            "DATABASE_URL": url.render_as_string(hide_password=False),
            "RAPTOR_ORIGINS": origin,
            "RAPTOR_PAGE_KEY": "a key for smoke",
            "ALPACA_BASE_URL": standin,
            "ALPACA_KEY_ID": "key",
            "ALPACA_SECRET_KEY": "secret",
        }
        command = [sys.executable, "-m", "gunicorn", "--workers", "2", "--bind", f"fd://{listener.fileno()}"]
        process = subprocess.Popen(
            [*command, "backend_v2.wsgi:app"],
            cwd=ROOT,
            env=environ,
            pass_fds=[listener.fileno()],
            stdout=output,
            stderr=output,
        )
        yield Deployment(origin, origin)
        process.terminate()
        process.wait(STARTED_WITHIN_S)
    diglot_server.drop_database(url)


@pytest.fixture
def client(deployment: Deployment) -> Iterator[httpx.Client]:
    """A browser without a history."""
    with httpx.Client(base_url=deployment.url, timeout=STARTED_WITHIN_S) as client:
        yield client
