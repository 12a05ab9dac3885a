"""Run the whole catalogue of known divergences through the harness, and count what it finds and how it names it.

Each entry is a contract in `bench/catalogue/`: it does what an application does, and asserts nothing. An entry is
found when its two runs are reported to disagree, and named when a finding has the cause of that name.
"""

import argparse
import importlib
import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from project import Project, project

FOLDER = Path(__file__).parent / "catalogue"
_NO_ICU = "the bundled Postgres has no ICU, and its collation compares bytes, as SQLite's does"
_NO_LEGACY = "pysqlite's own, incomplete transactions are off in the harness, so that SQLite does what Postgres does"
UNSEEN = {
    "collation-range-prefix": _NO_ICU,
    "collation-sort": _NO_ICU,
    "ddl-in-transaction": _NO_LEGACY,
    "fk-off-by-default": "foreign keys are on in the harness's SQLite",
    "missing-commit-ddl": _NO_LEGACY,
    "qmark-in-text": "it fails on both dialects, with the same exception",
    "savepoint-pysqlite": _NO_LEGACY,
}
"""Entries that cannot be seen here, each with the reason."""
EQUIVALENT = {"session-flush-error": frozenset({"aborted-transaction"})}
"""Entries whose divergence another cause's page describes as well."""
SETTINGS = """
[tool.diglot]
[tool.diglot.sqlite]
migrations = { scripts = "sql" }
[tool.diglot.postgresql]
migrations = { alembic = "alembic.ini" }
[tool.pytest.ini_options]
pythonpath = ["."]
addopts = ["-p", "no:cacheprovider"]
"""


@dataclass
class Entry:
    """One entry, and what the harness said of it: the kind and the cause of each finding."""

    name: str
    category: str
    diverges: bool
    findings: list[tuple[str, str]] = field(default_factory=list)

    @property
    def found(self) -> bool:
        """Whether the dialects were reported to disagree."""
        return bool(self.findings)

    @property
    def named(self) -> bool:
        """Whether one of the findings has the right cause."""
        right = {self.name, *EQUIVALENT.get(self.name, ())}
        return any(cause in right for _kind, cause in self.findings)


def main() -> None:
    """Run what is asked for, and print the table."""
    asked = _arguments()
    with project() as shop:
        document = _run(shop, asked.keyword)
    entries = _entries(document)
    if asked.json:
        print(json.dumps([vars(one) for one in entries], indent=2))
        return
    _print_table(entries)
    if asked.missing:
        _print_missing(entries)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-k", dest="keyword", metavar="WORDS", help="only these, as in pytest -k")
    parser.add_argument("--missing", action="store_true", help="list what is not found, or named otherwise")
    parser.add_argument("--json", action="store_true", help="for programs")
    return parser.parse_args()


def _run(shop: Project, keyword: str | None) -> dict[str, Any]:
    """Run the contracts in a project of their own; return the report."""
    shop.write("pyproject.toml", SETTINGS)
    for path in FOLDER.glob("*.py"):
        shop.write(path.name, path.read_text(encoding="utf-8"))
    options = ["--parity", "report", "--diglot-report", "report.json", *(("-k", keyword) if keyword else ())]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *options],
        cwd=shop.folder,
        env=shop.environ,
        check=False,
        capture_output=True,
        text=True,
    )
    report = shop.folder / "report.json"
    if done.returncode not in {0, 1} or not report.exists():
        sys.exit(f"{done.stdout[-3000:]}{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def _entries(document: dict[str, Any]) -> list[Entry]:
    sys.path.insert(0, str(FOLDER))
    contract = importlib.import_module("contract")
    entries = []
    for path in sorted(FOLDER.glob("test_*.py")):
        before = set(contract.ENTRIES)
        importlib.import_module(path.stem)
        category = path.stem.removeprefix("test_").replace("_", " ")
        entries += [Entry(name, category, contract.ENTRIES[name]) for name in contract.ENTRIES if name not in before]
    by_test = {f"test_{one.name.replace('-', '_')}": one for one in entries}
    ran = []
    for one in document["contracts"]:
        entry = by_test[one["id"].partition("::")[2]]
        entry.findings = [(found["kind"], found["cause"]) for found in one["findings"]]
        ran.append(entry)
    return ran


def _print_table(entries: list[Entry]) -> None:
    by_category: dict[str, list[Entry]] = defaultdict(list)
    for one in entries:
        by_category[one.category].append(one)
    print(f"{'':<24}{'diverge':>9}{'found':>9}{'named':>9}{'alike':>9}{'alarms':>9}")
    for category, some in sorted(by_category.items()):
        print(_row(category, some))
    print(_row("all", entries))
    diverging = [one for one in entries if one.diverges]
    for title, count, aim in (
        ("found", sum(one.found for one in diverging), "90 %"),
        ("named", sum(one.named for one in diverging), "80 %"),
    ):
        print(f"{title}: {count} of {len(diverging)}, {count / max(1, len(diverging)):.1%} (aim: at least {aim})")
    for name, reason in UNSEEN.items():
        if any(one.name == name and not one.found for one in entries):
            print(f"cannot be seen: {name}: {reason}")


def _row(title: str, entries: list[Entry]) -> str:
    diverging = [one for one in entries if one.diverges]
    alike = [one for one in entries if not one.diverges]
    counts = (
        len(diverging),
        sum(one.found for one in diverging),
        sum(one.named for one in diverging),
        len(alike),
        sum(one.found for one in alike),
    )
    return f"{title:<24}" + "".join(f"{count:>9}" for count in counts)


def _print_missing(entries: list[Entry]) -> None:
    print()
    for one in entries:
        if one.diverges and not one.named:
            seen = ", ".join(f"{kind} {cause or '?'}" for kind, cause in dict.fromkeys(one.findings)) or "nothing"
            print(f"{one.name}: {seen}")
        elif not one.diverges and one.found:
            print(f"{one.name}: false alarm: {one.findings}")


if __name__ == "__main__":
    main()
