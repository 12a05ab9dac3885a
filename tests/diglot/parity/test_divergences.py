"""The file of accepted divergences is read strictly, can only shrink, and is updated without touching the rest."""

import datetime as dt
import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from diglot.errors.base import DiglotError
from diglot.errors.parity import (
    DivergenceInvalid,
    DivergenceKeyUnknown,
    DivergencesNotToml,
    DivergencesNotUpdated,
    DivergencesUnreadable,
    DivergenceTwice,
    NotWritten,
)
from diglot.parity import writing
from diglot.parity.causes import registry
from diglot.parity.divergences import Accepted, DivergenceProblem
from diglot.parity.updating import Seen, update

TODAY = dt.date(2026, 11, 24)
TEST = "tests/test_x.py::test_y"
ENTRY = f"""\
[[divergence]]
key = "type:1a2b3c4d"
direction = "both"
contract = "{TEST}"
reason = "the driver's doing"
"""
OTHER = ENTRY.replace("1a2b3c4d", "00000001")
SEEN = ("type:1a2b3c4d", "both")

Write = Callable[[str], Path]


@pytest.fixture(autouse=True)
def no_causes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cause there is, so that a key is known by its kind alone."""
    monkeypatch.setattr(registry, "all_causes", lambda: ())


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the file, byte for byte."""

    def to_file(text: str) -> Path:
        path = tmp_path / "divergences.toml"
        path.write_bytes(text.encode())
        return path

    return to_file


def judged(path: Path, **facts: object) -> list[DivergenceProblem]:
    """The problems, after a run in which the one test ran on both dialects and showed nothing."""
    given: dict[str, object] = {"seen": set(), "compared": {TEST}, "today": TODAY, **facts}
    return Accepted.read(path).problems(**given)  # type: ignore[arg-type]


def kinds(problems: list[DivergenceProblem]) -> list[str]:
    return [one.kind for one in problems]


# -- reading ---------------------------------------------------------------------------------------


def test_entry_is_matched_by_key_and_direction(write: Write) -> None:
    """An entry accepts a finding of its key and direction, and no other."""
    accepted = Accepted.read(write(ENTRY + "expires = 2027-01-31\n"))

    entry = accepted.match("type:1a2b3c4d", "both")

    assert entry is not None
    assert (entry.reason, entry.contract, entry.expires) == ("the driver's doing", TEST, dt.date(2027, 1, 31))
    assert accepted.match("type:1a2b3c4d", "sqlite") is None
    assert accepted.match("type:1a2b3c4e", "both") is None


def test_missing_and_empty_files_accept_nothing(write: Write, tmp_path: Path) -> None:
    """Without a file, or with nothing in it, nothing is accepted and nothing is wrong."""
    assert Accepted.read(tmp_path / "none.toml").entries == ()
    assert Accepted.read(write("# nothing yet\n")).entries == ()


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("[[divergence]\n", DivergencesNotToml, "line 1"),
        (ENTRY + "key = 1\n", DivergencesNotToml, "line 6"),
        ("[[divergences]]\n", DivergenceKeyUnknown, "unknown key 'divergences', .* write 'divergence'"),
        (ENTRY + 'reson = ""\n', DivergenceKeyUnknown, r"entry 1 \(line 1\): .*'reson'.* Fix: write 'reason'"),
        (ENTRY + "colour = 1\n", DivergenceKeyUnknown, "Fix: use one of key, direction, contract, reason, expires"),
        (ENTRY + "\n" + OTHER.replace('key = "', 'key = 1 #"'), DivergenceInvalid, r"entry 2 \(line 7\): 'key' is 1,"),
        (
            ENTRY.replace('direction = "both"\n', ""),
            DivergenceInvalid,
            "'direction' is missing, but it must be a text",
        ),
        (
            ENTRY.replace('"both"', '"postgres"'),
            DivergenceInvalid,
            "is 'postgres', but it must be one of sqlite, post",
        ),
        (ENTRY.replace("type:1a2b3c4d", " "), DivergenceInvalid, "'key' is '', but it must not be empty"),
        (ENTRY + 'expires = "2027-01-31"\n', DivergenceInvalid, "'expires' is '2027-01-31', but .* without quotes"),
        (ENTRY + "expires = 2027-01-31T00:00:00\n", DivergenceInvalid, "'expires' is datetime"),
        ("[divergence]\n", DivergenceInvalid, r"it must be tables: \[\[divergence\]\]"),
        ("divergence = [1]\n", DivergenceInvalid, r"'divergence' is \[1\]"),
        (ENTRY + OTHER + ENTRY, DivergenceTwice, r"in entry 1 \(line 1\) and in entry 3 \(line 11\)"),
    ],
)
def test_mistake_is_an_error_that_names_the_place(
    write: Write, text: str, error: type[DiglotError], words: str
) -> None:
    """Each mistake has an error of its own, with file, entry and line, and what to write."""
    path = write(text)

    with pytest.raises(error, match=words) as raised:
        Accepted.read(path)

    assert str(path) in str(raised.value)


def test_unreadable_file_is_an_error(tmp_path: Path, write: Write) -> None:
    """What is there and cannot be read is not taken for a file that is not there."""
    with pytest.raises(DivergencesUnreadable, match="Is a directory"):
        Accepted.read(tmp_path)
    path = write(ENTRY)
    path.write_bytes(b"\xff")
    with pytest.raises(DivergencesUnreadable, match="byte 0 is not UTF-8"):
        Accepted.read(path)


def test_same_key_in_two_directions_is_two_entries(write: Write) -> None:
    """A key may be accepted in each direction."""
    accepted = Accepted.read(write(ENTRY + ENTRY.replace('"both"', '"sqlite"')))

    assert [entry.direction for entry in accepted.entries] == ["both", "sqlite"]


# -- problems --------------------------------------------------------------------------------------


def test_entry_that_is_seen_is_right(write: Write) -> None:
    """An entry with a reason, seen in any contract, has no problem."""
    assert judged(write(ENTRY), seen={SEEN}) == []


def test_entry_that_is_no_longer_seen_is_unused(write: Write) -> None:
    """An entry whose contract ran on both dialects without showing it must go."""
    (problem,) = judged(write("# top\n" + ENTRY))

    assert (problem.kind, problem.key) == ("unused", "type:1a2b3c4d")
    assert problem.message.startswith(f"divergences.toml, entry 1 (line 2) is no longer seen: {TEST} ran on both")


def test_entry_whose_contract_did_not_run_is_not_judged(write: Write) -> None:
    """A run of a part of the tests, or on one dialect, says nothing about the others' entries."""
    assert judged(write(ENTRY), compared=set()) == []


def test_entry_of_a_contract_that_does_not_exist_is_unused(write: Write) -> None:
    """When everything was collected, an entry that names no contract must go; the nearest one is named."""
    near = judged(write(ENTRY), compared=set(), everything={"tests/test_x.py::test_z"})

    assert kinds(near) == ["unused"]
    assert "which does not exist. Fix: write tests/test_x.py::test_z, if it is that one" in near[0].message
    assert judged(write(ENTRY), compared=set(), everything={TEST}) == []


def test_entry_of_the_other_direction_is_unused(write: Write) -> None:
    """A key that is seen in another direction than was accepted is said to be."""
    (problem,) = judged(write(ENTRY), seen={("type:1a2b3c4d", "sqlite")})

    assert "accepts the direction 'both', but it was seen in the direction 'sqlite'" in problem.message


@pytest.mark.parametrize(
    ("expires", "message"),
    [
        ("2026-11-23", "expired on 2026-11-23, 1 day ago"),
        ("2026-10-25", "expired on 2026-10-25, 30 days ago"),
    ],
)
def test_entry_expires(write: Write, expires: str, message: str) -> None:
    """After its last day an entry is a problem, which says since when."""
    (problem,) = judged(write(f"{ENTRY}expires = {expires}\n"), seen={SEEN})

    assert problem.kind == "expired"
    assert message in problem.message


def test_entry_is_accepted_on_its_last_day(write: Write) -> None:
    """The day that `expires` names is still accepted."""
    assert judged(write(f"{ENTRY}expires = {TODAY}\n"), seen={SEEN}) == []


@pytest.mark.parametrize("reason", ["", "  ", "\\n"])
def test_entry_needs_a_reason(write: Write, reason: str) -> None:
    """An empty reason, such as an update leaves, is a problem."""
    found = judged(write(ENTRY.replace("the driver's doing", reason)), seen={SEEN})

    assert kinds(found) == ["no-reason"]


def test_entry_of_no_cause_and_no_kind_is_unknown(write: Write) -> None:
    """A key that no report can hold is told apart from one that is no longer seen."""
    (problem,) = judged(write(ENTRY.replace("type:", "tpye:")))

    assert problem.kind == "unknown"
    assert "there is no cause and no kind 'tpye'. Fix: write 'type'" in problem.message


def test_entry_may_have_several_problems(write: Write) -> None:
    """Each problem of an entry is listed."""
    found = judged(write(ENTRY.replace("the driver's doing", "") + "expires = 2020-01-01\n"))

    assert kinds(found) == ["no-reason", "expired", "unused"]


# -- updating --------------------------------------------------------------------------------------

THREE = f"""\
# Ours.
# Kept.

# About the first.
{ENTRY}   # a trailing word

## Later ##

# About the second,
# in two lines.
[[ divergence ]] # second
contract = "{TEST}"
direction='sqlite'
key   =   "value:00000002"
reason = '''
# no comment'''

[[divergence]]
key = "order:00000003"
direction = "both"
contract = "tests/test_z.py::test_z"
reason = "sorted elsewhere"   # yes
"""
TRAP = THREE.replace("# no comment", "[[divergence]]\n# no comment")
NEW = Seen("rows:aaaaaaaa", "postgresql", 'tests/test_n.py::test_n["é\\x7f\x7f"]', "returns\n3 rows\x1b")


def updated(path: Path, *new: Seen, **facts: object) -> str:
    given: dict[str, object] = {"seen": {SEEN}, "compared": {TEST}, **facts}
    text = update(path, new=new, **given)  # type: ignore[arg-type]
    assert path.read_bytes().decode() == text
    return text


def test_update_starts_a_file(tmp_path: Path) -> None:
    """Where there is no file, one is made; what is added has no reason, so that the next run fails."""
    path = tmp_path / "divergences.toml"

    text = updated(path, NEW)

    assert text == (
        "# Divergences that are accepted, each with its reason.\n"
        "\n"
        "# returns 3 rows\n"
        "[[divergence]]\n"
        'key = "rows:aaaaaaaa"\n'
        'direction = "postgresql"\n'
        'contract = "tests/test_n.py::test_n[\\"é\\\\x7f\\u007f\\"]"\n'
        'reason = ""\n'
    )
    assert Accepted.read(path).entries[0].contract == NEW.contract
    assert kinds(judged(path, seen={("rows:aaaaaaaa", "postgresql")})) == ["no-reason"]


def test_update_appends_and_keeps_every_byte(write: Write) -> None:
    """Existing entries, comments and spaces stay as they are; what is new comes last, sorted, once."""
    text = updated(write(ENTRY + "\t# end"), NEW, NEW, Seen("body:00000009", "both", TEST), seen={SEEN})

    assert text.startswith(ENTRY + '\t# end\n\n[[divergence]]\nkey = "body:00000009"\n')
    assert text.count("rows:aaaaaaaa") == 1


def test_update_keeps_line_ends(write: Write) -> None:
    """A file with Windows' line ends keeps them, and new lines have the same."""
    text = updated(write(ENTRY.replace("\n", "\r\n")), NEW)

    assert "\n" not in text.replace("\r\n", "")
    assert len(Accepted.read(write(text)).entries) == 2


def test_update_drops_what_is_unused_with_its_comment(write: Write) -> None:
    """An entry goes with the comment right above it; headings that stand alone stay."""
    entry = THREE[THREE.index("# About the first.") : THREE.index("## Later")]

    text = updated(write(THREE), seen={("value:00000002", "sqlite")})

    assert entry not in text
    assert text.startswith("# Ours.\n# Kept.\n\n## Later ##\n\n# About the second,\n# in two lines.\n[[ div")
    assert text.endswith('reason = "sorted elsewhere"   # yes\n')


def test_update_keeps_the_heading_of_the_file(write: Write) -> None:
    """A comment at the top belongs to the file, also where the first entry follows at once."""
    text = updated(write("# Heading.\n" + ENTRY + "\n" + OTHER), seen={("type:00000001", "both")})

    assert text == "# Heading.\n" + OTHER


def test_update_leaves_what_did_not_run(write: Write) -> None:
    """An entry whose contract did not run on both dialects stays, and without a change nothing is written."""
    path = write(ENTRY)
    before = path.stat().st_mtime_ns

    assert updated(path, seen=set(), compared=set()) == ENTRY
    assert path.stat().st_mtime_ns == before


def test_update_refuses_what_it_would_spoil(write: Write) -> None:
    """Where a header stands inside a text, lines cannot be told apart: the file is left as it is."""
    path = write(TRAP)

    with pytest.raises(DivergencesNotUpdated, match="left as it is"):
        update(path, new=[], seen={SEEN, ("order:00000003", "both")}, compared={TEST})

    assert path.read_text(encoding="utf-8") == TRAP


def test_update_refuses_entries_in_one_line(write: Write) -> None:
    """Entries that are written as a list cannot be dropped by line."""
    path = write(f'divergence = [{{key = "type:1", direction = "both", contract = "{TEST}", reason = "x"}}]\n')

    with pytest.raises(DivergencesNotUpdated, match=r"was to have 0 entries, .* gave 1"):
        update(path, new=[], seen=set(), compared={TEST})


def test_update_of_a_broken_file_is_refused(write: Write) -> None:
    """A file that cannot be read is not written over."""
    path = write("[[divergence]\n")

    with pytest.raises(DivergencesNotToml):
        update(path, new=[NEW], seen=set(), compared=set())

    assert path.read_text(encoding="utf-8") == "[[divergence]\n"


def test_update_on_a_full_disk_keeps_the_file(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the file cannot be written the old one is whole."""
    path = write(ENTRY)

    def refuse(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", refuse)

    with pytest.raises(NotWritten, match="No space left"):
        update(path, new=[NEW], seen={SEEN}, compared={TEST})

    assert path.read_text(encoding="utf-8") == ENTRY
