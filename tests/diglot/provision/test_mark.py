"""The mark is read back as it was written, and from nothing else."""

import pytest

from diglot.provision.mark import Mark


def test_mark_of_a_newer_version_is_understood() -> None:
    """Facts that this version does not know are passed over."""
    mark = Mark(kind="clone", session="0badcafe")

    parsed = Mark.parse(mark.text().replace('"kind"', '"colour": "red", "kind"'))

    assert parsed == mark


@pytest.mark.parametrize(
    "comment",
    [
        None,
        "",
        "diglot",
        "diglot: ",
        "diglot: not JSON",
        "diglot: []",
        'diglot: {"session": "x"}',
        'diglot: {"kind": "clone", "made_at": "yesterday"}',
        'diglot: {"kind": "clone", "session": 7}',
        '{"kind": "clone"}',
    ],
)
def test_mark_is_not_read_into_other_comments(comment: str | None) -> None:
    """Whatever is not a complete mark is none."""
    assert Mark.parse(comment) is None
