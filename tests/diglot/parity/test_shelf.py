"""A half waits for its partner, in memory or in a folder that processes share."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from diglot.errors.parity import NotWritten
from diglot.parity.shelf import FolderShelf, MemoryShelf, Shelf
from diglot.parity.trace import Half, Site, Statement, Trace

MAKERS: tuple[Callable[[Path], Shelf], ...] = (lambda _folder: MemoryShelf(), FolderShelf)
STATEMENT = Statement("SELECT 1", "SELECT 1", None, Site("a.py", 1, "f"), columns=("a",), rows=((1,),), n_rows=1)
SQLITE = Half("t.py::test[a/b]", "sqlite", "3.45.1", "passed", trace=Trace("sqlite", (STATEMENT,)))
POSTGRES = replace(SQLITE, dialect="postgresql", version="18.4")


@pytest.mark.parametrize("make", MAKERS, ids=["memory", "folder"])
def test_partner_is_found_once_both_are_there(make: Callable[[Path], Shelf], tmp_path: Path) -> None:
    """The first half finds nobody, the second one finds the first, whole."""
    shelf = make(tmp_path)
    shelf.put(SQLITE)

    alone = shelf.partner_of(SQLITE)
    shelf.put(POSTGRES)

    assert alone is None
    assert shelf.partner_of(POSTGRES) == SQLITE


@pytest.mark.parametrize("make", MAKERS, ids=["memory", "folder"])
def test_halves_of_other_contracts_are_no_partners(make: Callable[[Path], Shelf], tmp_path: Path) -> None:
    """A contract's name is told apart from every other one."""
    shelf = make(tmp_path)
    shelf.put(SQLITE)
    other = replace(POSTGRES, contract="t.py::test[a-b]")
    shelf.put(other)

    assert shelf.partner_of(other) is None


def test_shelves_of_two_processes_share_a_folder(tmp_path: Path) -> None:
    """What one process puts down, another one takes."""
    FolderShelf(tmp_path).put(SQLITE)

    assert FolderShelf(tmp_path).partner_of(POSTGRES) == SQLITE
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    """A half that cannot be put down is an error that says where and why."""
    with pytest.raises(NotWritten, match=r"DG308: .*gone.*No such file or directory"):
        FolderShelf(tmp_path / "gone").put(SQLITE)
