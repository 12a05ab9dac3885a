"""Run the whole catalogue of known divergences through the harness, and count what it finds and how it names it.

Each entry is a contract in `bench/catalogue/`: it does what an application does, and asserts nothing. An entry is
reported when each of its contracts has a finding, and named when each has one with the cause of the entry's name.
An entry marked `alike` behaves the same on both dialects: any finding is a false alarm. One marked `unseen` cannot
be seen on this machine; it counts as missed unless it is named all the same.
"""

import argparse
import ast
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from project import Project, project

FOLDER = Path(__file__).parent / "catalogue"
ALSO_RIGHT = {
    "session-flush-error": {"aborted-transaction", "commit-after-abort"},  # the same through the ORM
}
"""Entries that are one thing with the causes named here."""
SETTINGS = """
[tool.diglot.sqlite]
migrations = { scripts = "sql" }
[tool.diglot.postgresql]
migrations = { alembic = "alembic.ini" }
[tool.pytest.ini_options]
python_files = ["*.py"]
markers = ["alike(reason)", "unseen(reason)"]
addopts = ["--strict-markers", "-p", "no:cacheprovider"]
"""


@dataclass
class Entry:
    """One entry, and what the harness said of it.

    alike, unseen: the reason why it does not diverge, or why it cannot be seen here; "" for all others.
    findings: for each of its contracts the kind and the cause of every finding, in order.
    """

    name: str
    category: str
    title: str
    alike: str = ""
    unseen: str = ""
    findings: list[list[tuple[str, str]]] = field(default_factory=list)

    @property
    def reported(self) -> bool:
        """Whether every contract has a finding; an unseen entry's count only when it is named."""
        return all(self.findings) and (not self.unseen or self.named)

    @property
    def named(self) -> bool:
        """Whether every contract has a finding with the right cause."""
        right = {self.name} | ALSO_RIGHT.get(self.name, set())
        return all(any(cause in right for _kind, cause in one) for one in self.findings)


def main() -> None:
    """Run what is asked for, and print the table."""
    asked = _arguments()
    entries = {one.name: one for path in sorted(FOLDER.glob("*.py")) for one in _read(path)}
    with project() as shop:
        document = _run(shop, asked.keyword)
    for contract in document["contracts"]:
        entry = entries[_name_of(contract["id"].partition("::")[2].partition("[")[0])]
        entry.findings.append([(one["kind"], one["cause"]) for one in contract["findings"]])
    ran = [one for one in entries.values() if one.findings]
    if asked.json:
        print(json.dumps([_facts(one) for one in ran], indent=2))
    elif asked.page:
        print(_page(ran))
    else:
        print(_table(ran))
        print("\n".join(_missing(ran) if asked.missing else []))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-k", dest="keyword", metavar="WORDS", help="only these, as in pytest -k")
    parser.add_argument("--missing", action="store_true", help="list what is not reported, or named otherwise")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--page", action="store_true", help="print docs/catalogue.md")
    return parser.parse_args()


def _run(shop: Project, keyword: str | None) -> dict[str, Any]:
    """Run the contracts in a project of their own; return the report."""
    shop.write("pyproject.toml", SETTINGS)
    (shop.folder / "catalogue").mkdir()
    for path in FOLDER.glob("*.py"):
        shop.write(f"catalogue/{path.name}", path.read_text(encoding="utf-8"))
    options = ["--parity", "report", "--diglot-report", "report.json", *(("-k", keyword) if keyword else ())]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "catalogue", *options],
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


def _read(path: Path) -> list[Entry]:
    """Return the entries of one module, without importing it; the category opens the module's docstring."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    category = (ast.get_docstring(module) or "").partition(":")[0]
    tests = [one for one in module.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]
    return [
        Entry(
            _name_of(one.name), category, ast.get_docstring(one) or "", _marked(one, "alike"), _marked(one, "unseen")
        )
        for one in tests
    ]


def _name_of(test: str) -> str:
    return test.removeprefix("test_").replace("_", "-")


def _marked(node: ast.FunctionDef, marker: str) -> str:
    """Return the reason that the marker gives, or ""."""
    for one in node.decorator_list:
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == marker:
            return str(ast.literal_eval(one.args[0]))
    return ""


# -- what is printed -------------------------------------------------------------------------------

COUNTED = ("diverge", "reported", "named", "alike", "alarms")


def _counts(entries: Sequence[Entry]) -> tuple[int, ...]:
    diverging = [one for one in entries if not one.alike]
    return (
        len(diverging),
        sum(one.reported for one in diverging),
        sum(one.named for one in diverging),
        len(entries) - len(diverging),
        sum(any(one.findings) for one in entries if one.alike),
    )


def _by_category(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    by_category: dict[str, list[Entry]] = defaultdict(list)
    for one in entries:
        by_category[one.category].append(one)
    return dict(sorted(by_category.items(), key=lambda item: item[0].lower())) | {"all": list(entries)}


def _table(entries: Sequence[Entry]) -> str:
    lines = [f"{'':<24}" + "".join(f"{title:>10}" for title in COUNTED)]
    for category, some in _by_category(entries).items():
        lines.append(f"{category:<24}" + "".join(f"{count:>10}" for count in _counts(some)))
    return "\n".join([*lines, *_sums(entries)])


def _sums(entries: Sequence[Entry]) -> list[str]:
    n_diverging, n_reported, n_named, n_alike, n_alarms = _counts(entries)
    whole = max(1, n_diverging)
    return [
        f"reported: {n_reported} of {n_diverging}, {n_reported / whole:.1%} (aim: at least 90 %)",
        f"named: {n_named} of {n_diverging}, {n_named / whole:.1%} (aim: at least 80 %)",
        f"false alarms: {n_alarms} of {n_alike} (aim: 0)",
        *(f"cannot be seen: {one.name}: {one.unseen}" for one in entries if one.unseen and not one.named),
    ]


def _facts(entry: Entry) -> dict[str, Any]:
    """Return the entry for programs, with the findings of all its contracts in one list."""
    flat = [one for some in entry.findings for one in some]
    return asdict(entry) | {"findings": flat, "reported": entry.reported, "named": entry.named}


def _missing(entries: Sequence[Entry]) -> list[str]:
    lines = [""]
    for one in entries:
        said = ", ".join(dict.fromkeys(f"{kind} {cause or '?'}" for some in one.findings for kind, cause in some))
        if one.alike and said:
            lines.append(f"{one.name}: false alarm: {said}")
        elif not one.alike and not one.named:
            lines.append(f"{one.name}: {'named otherwise' if one.reported else 'not reported'}: {said or 'nothing'}")
    return lines


def _page(entries: Sequence[Entry]) -> str:
    n_diverging, n_reported, n_named, _n_alike, _n_alarms = _counts(entries)
    hidden = [one for one in entries if one.unseen and not one.named]
    missed = _missing([one for one in entries if one not in hidden])[1:]
    return PAGE.format(
        reported=f"{n_reported} of {n_diverging}, {n_reported / max(1, n_diverging):.0%}",
        named=f"{n_named} of {n_diverging}, {n_named / max(1, n_diverging):.0%}",
        counts=_rows((category, *_counts(some)) for category, some in _by_category(entries).items()),
        unseen=_rows((f"`{one.name}`", one.unseen) for one in hidden),
        missed="\n".join(f"- {line}" for line in missed) or "- none",
        entries=_rows((f"`{one.name}`", one.category, one.title.rstrip("."), _word(one)) for one in entries),
    ).rstrip()


def _rows(rows: Iterable[tuple[object, ...]]) -> str:
    return "\n".join(f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in row)} |" for row in rows)


def _word(entry: Entry) -> str:
    if entry.alike:
        return f"alike: {entry.alike}"
    if entry.unseen and not entry.named:
        return "cannot be seen"
    return "named" if entry.named else "reported" if entry.reported else "missed"


PAGE = """# The catalogue of known divergences

Where SQLite and Postgres disagree, as far as we know: each entry of `bench/catalogue/` is a test as an application
would write it, and asserts nothing. `nox -s bench -- catalogue` runs them all on both dialects and counts what is
found. `python bench/catalogue.py --missing` lists what is not, `-k WORDS` runs some, `--page` prints this page.

- **reported**: {reported} (aim: at least 90 %). There is a finding.
- **named**: {named} (aim: at least 80 %). A finding has the cause of the entry's name, whose page
  `diglot causes NAME` shows.
- **alike**: what many take for a divergence and is none; **alarms** are findings on these.

| category | diverge | reported | named | alike | alarms |
|---|---|---|---|---|---|
{counts}

## What cannot be seen

| entry | because |
|---|---|
{unseen}

Missed, or named otherwise, for any other reason (kinds and causes of what was reported instead):

{missed}

## What the harness changes

SQLite's transactions are real ones under Diglot, not those of pysqlite. So it does what Postgres does where it would
not otherwise (see above), and differs in two other places: a reader has a snapshot, as Postgres has one at
REPEATABLE READ and above only; and the second of two that look for a row and insert it gets OperationalError
(the database is locked) where Postgres raises IntegrityError.

## The entries

| entry | category | what it does | outcome |
|---|---|---|---|
{entries}
"""


if __name__ == "__main__":
    main()
