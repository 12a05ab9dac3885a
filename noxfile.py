"""The only list of what is checked: `nox -l` shows it, laptops and CI run the same sessions.

`nox` runs what a change must pass. Everything after `--` goes to pytest, as in
`nox -s postgres -- -k bars -x`.
"""

from pathlib import Path

import nox

nox.needs_version = ">=2026.4.10"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.download_python = "never"
nox.options.sessions = ["lint", "format", "types", "layers", "tests"]

HERE = Path(__file__).parent
PYPROJECT = nox.project.load_toml(HERE / "pyproject.toml")
CONSTRAINTS = "ci/constraints.txt"
BENCHMARKS = ("isolation", "start", "workers", "peer", "parity", "catalogue", "stairway", "drift", "idioms", "raptor")
CODE = ("src", "backend_v2", "tests", "bench", "ci", "noxfile.py", "conftest.py")


def install(session: nox.Session, group: str, *, project: bool = True) -> None:
    """Install one dependency group, at the locked versions; works with uv and with plain pip."""
    requirements = nox.project.dependency_groups(PYPROJECT, group)
    locked = str(HERE / CONSTRAINTS)
    builds_locked = {"PIP_BUILD_CONSTRAINT": locked, "UV_BUILD_CONSTRAINT": locked}
    session.install("-c", CONSTRAINTS, *requirements, *(["-e", "."] if project else []), env=builds_locked)


def pytest(session: nox.Session, *arguments: str) -> None:
    """Run pytest, with what was given after `--`."""
    session.run("python", "-m", "pytest", *arguments, *session.posargs)


def with_browser(session: nox.Session) -> None:
    """Name a Chromium to the tests; without one they say why they are skipped, and in CI they fail."""
    path = session.run("python", "ci/browser.py", silent=True, success_codes=[0, 2])
    found = str(path).strip().splitlines()[-1]
    if Path(found).is_file():
        session.env["DIGLOT_BROWSER"] = found
    else:
        session.warn(str(path))


@nox.session
def sqlite(session: nox.Session) -> None:
    """The contract suite on SQLite alone."""
    install(session, "test")
    pytest(session, "tests/contract", "--dialect", "sqlite")


@nox.session
def postgres(session: nox.Session) -> None:
    """The contract suite on Postgres alone: the bundled one, or the server in DATABASE_URL."""
    install(session, "test")
    pytest(session, "tests/contract", "--dialect", "postgresql")


@nox.session
def contract(session: nox.Session) -> None:
    """The contract suite on both dialects."""
    install(session, "test")
    pytest(session, "tests/contract", "--dialect", "sqlite", "--dialect", "postgresql", "-v")


@nox.session
def check(session: nox.Session) -> None:
    """Raptor's migrations, schemas and statements, held against a real Postgres; after `--` which checks."""
    install(session, "test")
    traced = str(Path(session.create_tmp()) / "statements.jsonl")
    session.run(
        "python",
        "-m",
        "pytest",
        "tests/contract",
        "-q",
        "-n",
        "auto",
        "--dialect",
        "sqlite",
        "--diglot-statements",
        traced,
    )
    session.run("diglot", "check", *(session.posargs or ["all"]), "--traced", traced)


@nox.session
def exercised(session: nox.Session) -> None:
    """Which repository methods and answers of the API the contract suite exercises; fails on a gap."""
    install(session, "test")
    session.run("python", "-m", "tests.exercised", "-n", "2", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Made-up requests against Raptor on both dialects; after `--` the seed and how many, as in `--seed 7`."""
    install(session, "fuzz")
    session.run("python", "-m", "tests.fuzz", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """All tests: the harness's, the contracts', Raptor's own, the repository's; a browser is installed if need be."""
    install(session, "fuzz")
    with_browser(session)
    pytest(session, "-n", "auto")


@nox.session
def browser(session: nox.Session) -> None:
    """The report's page in a real browser."""
    install(session, "test")
    with_browser(session)
    pytest(session, "tests/browser")


@nox.session
def smoke(session: nox.Session) -> None:
    """What an operator checks after a deployment: that in SMOKE_URL, else one that is started here."""
    install(session, "test")
    pytest(session, "tests/smoke")


@nox.session
def wheel(session: nox.Session) -> None:
    """The README's quickstart on the built wheel, with what it depends on and nothing else."""
    session.install("-c", CONSTRAINTS, ".[postgres]")
    pytest(session, "tests/diglot/plugin/test_quickstart.py")


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff's rules for Python, hadolint's for the Dockerfile, the schema of the compose file."""
    install(session, "lint", project=False)
    session.run("ruff", "check", *CODE)
    session.run("hadolint", "docker/Dockerfile")
    session.run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker/compose.yaml")


@nox.session
def format(session: nox.Session) -> None:  # noqa: A001 - the session's name
    """Ruff's format; `nox -s format -- --fix` applies it."""
    install(session, "lint", project=False)
    fix = "--fix" in session.posargs
    session.run("ruff", "format", *([] if fix else ["--check", "--diff"]), *CODE)


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy --strict: the harness, Raptor and the commands."""
    install(session, "types")
    session.run("mypy", "src/diglot", "backend_v2", "noxfile.py", "ci/bootstrap.py")


@nox.session
def layers(session: nox.Session) -> None:
    """Who may import whom."""
    install(session, "layers")
    session.run("lint-imports")


@nox.session
def bench(session: nox.Session) -> None:
    """The benchmarks; after `--` the names of those to run."""
    install(session, "bench")
    for name in session.posargs or BENCHMARKS:
        session.run("python", f"bench/{name}.py")


@nox.session
def lock(session: nox.Session) -> None:
    """Lock what pyproject.toml asks for, for every platform and Python; `-- --upgrade` takes the newest of all."""
    install(session, "nox", project=False)
    groups = [part for name in PYPROJECT["dependency-groups"] for part in ("--group", name)]
    session.run(
        "uv", "pip", "compile", "--quiet", "--universal", "--no-annotate", "--no-header", "--no-emit-index-url",
        "--python-version", "3.11", "--all-extras", "--output-file", CONSTRAINTS,
        *groups, *session.posargs, "pyproject.toml",
    )  # fmt: skip
