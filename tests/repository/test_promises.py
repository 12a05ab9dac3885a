"""What the repository says about itself is true."""

import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "DEVELOPMENT.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = {name: [one for one in group if isinstance(one, str)] for name, group in PROJECT["dependency-groups"].items()}


def _needed(requirements: list[str]) -> set[str]:
    """The names that these requirements lead to on this machine, as far as what is installed tells."""
    seen: set[tuple[str, frozenset[str]]] = set()
    left = [(Requirement(one), frozenset({""})) for one in requirements]
    while left:
        one, wanted_by = left.pop()
        extras = frozenset({"", *one.extras})
        key = (canonicalize_name(one.name), extras)
        applies = one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in wanted_by)
        if applies and key not in seen:
            seen.add(key)
            found = next(iter(metadata.Distribution.discover(name=one.name)), None)
            left += [(Requirement(text), extras) for text in (found.requires if found else None) or []]
    return {name for name, _ in seen}


def _locked() -> dict[str, str]:
    lines = (ROOT / "ci/constraints.txt").read_text().splitlines()
    pairs = (line.split(";")[0].strip().split("==") for line in lines if "==" in line)
    return {canonicalize_name(name): version for name, version in pairs}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page is a file of the repository."""
    targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text())

    missing = [target for target in targets if not (page.parent / target).exists()]

    assert missing == []


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "DEVELOPMENT.md"], ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    """Every nox session that a page names is one of noxfile.py's."""
    named = set(re.findall(r"(?:nox -s |bootstrap\.py )([a-z]+)", page.read_text()))
    sessions = set(re.findall(r"^@nox\.session\ndef (\w+)", (ROOT / "noxfile.py").read_text(), re.MULTILINE))

    assert named
    assert named <= sessions


@pytest.mark.parametrize("group", GROUPS)
def test_lock_satisfies_every_group(group: str) -> None:
    """The locked version of each direct dependency is one that pyproject.toml allows."""
    locked = _locked()

    wrong = [
        one
        for one in map(Requirement, GROUPS[group])
        if not one.specifier.contains(locked[canonicalize_name(one.name)])
    ]

    assert wrong == []


def test_lock_names_whatever_is_installed_for_the_tests() -> None:
    """Every package that the tests' dependencies lead to is locked; `nox -s lock` adds what is missing."""
    needed = _needed([*PROJECT["project"]["dependencies"], *(one for group in GROUPS.values() for one in group)])

    assert needed - set(_locked()) == set()


def test_build_backend_is_locked() -> None:
    """The group `build`, which is locked, asks for what `[build-system]` asks for."""
    assert GROUPS["build"] == PROJECT["build-system"]["requires"]


def test_no_registry_is_named() -> None:
    """No tracked file names the host of a package registry."""
    hosts = ["pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org", "deb.debian" + ".org"]
    command = ["git", "grep", "-lIE", "|".join(re.escape(host) for host in hosts)]

    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert found.stdout == ""


def test_index_lists_every_page() -> None:
    """Every page below `docs/` is linked from its index."""
    index = ROOT / "docs/index.md"
    linked = {index, *(index.parent / target for target in re.findall(r"\]\(([^)#:]+\.md)\)", index.read_text()))}

    assert set((ROOT / "docs").rglob("*.md")) - linked == set()


def test_layers_are_described() -> None:
    """DEVELOPMENT.md names every layer that import-linter enforces in the two packages."""
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    whole = [one for one in contracts if one.get("containers") in (["diglot"], ["backend_v2"])]
    enforced = {name for one in whole for layer in one["layers"] for name in layer.split(" | ")}

    described = set(re.findall(r"`(\w+)`", (ROOT / "DEVELOPMENT.md").read_text()))

    assert len(whole) == 2
    assert enforced - described == set()


def test_decisions_are_numbered_without_gaps() -> None:
    """Decision records are numbered from 1, and their titles carry their numbers."""
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))

    numbers = [int(page.name[:4]) for page in pages]

    assert numbers == list(range(1, len(pages) + 1))
    assert all(page.read_text().startswith(f"# {number}. ") for number, page in zip(numbers, pages, strict=True))


def test_alembic_folder_is_no_package() -> None:
    """`backend_v2/alembic` has no `__init__.py`: it would hide the library of that name."""
    assert not list((ROOT / "backend_v2/alembic").rglob("__init__.py"))
