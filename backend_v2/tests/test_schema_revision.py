"""Which revision the code expects, read from the files and not from their names."""

from pathlib import Path

import pytest

from backend_v2.status.schema import expected_revision


def _write(folder: Path, name: str, revision: str, parents: str) -> None:
    (folder / name).write_text(f'"""Text."""\n\nrevision: str = "{revision}"\ndown_revision = {parents}\n')


def test_expected_revision_is_the_head_of_the_chain(tmp_path: Path) -> None:
    """The head is the revision that none follows, whatever the files are called."""
    _write(tmp_path, "z_first.py", "aaa", "None")
    _write(tmp_path, "a_second.py", "bbb", '"aaa"')
    _write(tmp_path, "b_other.py", "ccc", '"aaa"')
    _write(tmp_path, "c_merge.py", "ddd", '("bbb", "ccc")')

    assert expected_revision("postgresql", tmp_path) == "ddd"


@pytest.mark.parametrize("parents", ['"aaa"', '"zzz"'])
def test_two_heads_are_refused(tmp_path: Path, parents: str) -> None:
    """With two heads nobody could say which schema is the right one."""
    _write(tmp_path, "1.py", "aaa", "None")
    _write(tmp_path, "2.py", "bbb", parents)
    _write(tmp_path, "3.py", "ccc", parents)

    with pytest.raises(ValueError, match="heads"):
        expected_revision("postgresql", tmp_path)


def test_expected_revision_of_the_code_is_named_like_its_file() -> None:
    """The shipped chain has one head on Postgres, and SQLite its last script."""
    assert (expected_revision("postgresql"), expected_revision("sqlite")) == (
        "0003_raptor_list_indexes",
        "009_list_indexes.sql",
    )
