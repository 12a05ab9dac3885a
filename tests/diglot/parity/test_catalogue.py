"""The benchmark over the catalogue of known divergences works, and its contracts are found and named."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOME = ("bool-eq-int", "lastrowid", "int-division", "order-by-nulls", "commit-after-abort", "insert-or-replace")


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[str]]]:
    """What the harness says of a handful of entries: kind and cause of each finding."""
    words = " or ".join(f"test_{name.replace('-', '_')}" for name in (*SOME, "percent-text-ok"))
    command = [sys.executable, str(ROOT / "bench/catalogue.py"), "--json", "-k", words]
    done = subprocess.run(
        command, cwd=tmp_path_factory.mktemp("run"), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return {one["name"]: one["findings"] for one in json.loads(done.stdout)}


@pytest.mark.parametrize("name", SOME)
def test_entry_is_found_and_named(name: str, entries: dict[str, list[list[str]]]) -> None:
    """A contract that asserts nothing is reported, with the cause of the entry's name."""
    assert name in [cause for _kind, cause in entries[name]]


def test_entry_without_divergence_is_not_reported(entries: dict[str, list[list[str]]]) -> None:
    """What means the same on both dialects is no finding."""
    assert entries["percent-text-ok"] == []


def test_page_lists_every_entry() -> None:
    """The page about the catalogue has one line for each entry, and none for what is no entry."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "bench/catalogue").glob("*.py")]
    page = (ROOT / "docs/catalogue.md").read_text(encoding="utf-8").partition("## The entries")[2]

    listed = re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE)

    assert listed
    assert sorted(listed) == sorted(
        name.replace("_", "-") for text in sources for name in re.findall(r"^def test_(\w+)", text, re.MULTILINE)
    )
