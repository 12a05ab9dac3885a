"""A report's file is read and written with errors that say what is wrong and what to do."""

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from diglot.errors.base import DiglotError
from diglot.errors.parity import (
    NotWritten,
    ReportForeign,
    ReportMalformed,
    ReportMissing,
    ReportNotJson,
    ReportTruncated,
    ReportUnreadable,
    ReportVersionUnknown,
)
from diglot.report.document import Report
from tests.diglot.report.samples import agreeing, differing, report


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A report's file."""
    path = tmp_path / "report.json"
    report(agreeing("t::a"), differing("t::b")).write(path)
    return path


def test_report_survives_its_file(file: Path) -> None:
    """What is read is what was written, and the file is one line of ASCII JSON."""
    assert Report.read(file) == report(agreeing("t::a"), differing("t::b"))
    assert file.read_bytes().isascii()
    assert file.read_text(encoding="utf-8").count("\n") == 1


def test_missing_folders_are_made(tmp_path: Path) -> None:
    """A report can be written below a folder that is not there yet."""
    report().write(tmp_path / "build" / "reports" / "r.json")

    assert [one.name for one in (tmp_path / "build" / "reports").iterdir()] == ["r.json"]


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", ReportTruncated, "is empty"),
        (b'{"schema": "diglot-report", "contr', ReportTruncated, "ends with .*contr"),
        (b'["a"', ReportTruncated, "truncated"),
        (b"<html></html>", ReportNotJson, "Expecting value at line 1"),
        (b'{"a": "\xff"}', ReportNotJson, "byte 7 is not UTF-8"),
        (b"[" * 100_000 + b"]" * 100_000, ReportNotJson, "nested too deeply"),
        (b"[1, 2]", ReportForeign, "`schema` is missing, that of a report is 'diglot-report'"),
        (b'{"schema": "junit"}', ReportForeign, "`schema` is 'junit'"),
        (
            b'{"schema": "diglot-report", "version": 2, "diglot": "9.1"}',
            ReportVersionUnknown,
            "version 2, .* Diglot 9.1",
        ),
        (b'{"schema": "diglot-report"}', ReportVersionUnknown, "has schema version None"),
        (b'{"schema": "diglot-report", "version": 1}', ReportMalformed, "the document has no member 'created'"),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: bytes, error: type[DiglotError], words: str) -> None:
    """Each way to be no report has an error of its own, with the path and a fix."""
    path = tmp_path / "x.json"
    path.write_bytes(content)

    with pytest.raises(error, match=words) as raised:
        Report.read(path)

    assert str(path) in str(raised.value)
    assert " Fix: " in str(raised.value)


def _without_outcome(document: dict[str, object]) -> None:
    del document["contracts"][0]["halves"][0]["outcome"]  # type: ignore[index]


def _with_text_for_line(document: dict[str, object]) -> None:
    document["contracts"][1]["line"] = "12"  # type: ignore[index]


def _with_list_for_run(document: dict[str, object]) -> None:
    document["run"] = []


def _with_one_major(document: dict[str, object]) -> None:
    document["contracts"][1]["findings"][0]["between"] = ["sqlite 3"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_without_outcome, r"contracts\[0\].halves\[0\] has no member 'outcome'"),
        (_with_text_for_line, r"contracts\[1\].line is '12', expected an integer"),
        (_with_list_for_run, r"run is \[\], expected an object"),
        (_with_one_major, r"contracts\[1\].findings\[0\].between is \['sqlite 3'\], expected two texts"),
    ],
)
def test_edited_report_is_refused_at_the_place(
    file: Path, spoil: Callable[[dict[str, object]], None], words: str
) -> None:
    """A member that is missing or of another type is named with its place."""
    document = json.loads(file.read_text(encoding="utf-8"))
    spoil(document)
    file.write_text(json.dumps(document), encoding="utf-8")

    with pytest.raises(ReportMalformed, match=words):
        Report.read(file)


def test_missing_report_is_told_apart_from_a_missing_folder(tmp_path: Path) -> None:
    """The error says whether the file or already its folder is missing."""
    with pytest.raises(ReportMissing, match="the file is not"):
        Report.read(tmp_path / "none.json")
    with pytest.raises(ReportMissing, match="not even its folder"):
        Report.read(tmp_path / "none" / "none.json")


def test_folder_is_no_report(tmp_path: Path) -> None:
    """A folder cannot be read as a report; the operating system's words are shown."""
    with pytest.raises(ReportUnreadable, match="Is a directory"):
        Report.read(tmp_path)


def test_unreadable_report_says_why(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that this user may not read is an error of its own."""
    monkeypatch.setattr(Path, "read_bytes", _refusing(PermissionError(errno.EACCES, "Permission denied")))

    with pytest.raises(ReportUnreadable, match="cannot be read: Permission denied"):
        Report.read(file)


def test_full_disk_keeps_the_old_report(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fills up the old file is whole, nothing half-written stays, and the error says so."""
    before = file.read_bytes()
    monkeypatch.setattr(os, "fsync", _refusing(OSError(errno.ENOSPC, "No space left on device")))

    with pytest.raises(NotWritten, match="No space left on device; the file that was there is unchanged"):
        report().write(file)

    assert file.read_bytes() == before
    assert [one.name for one in file.parent.iterdir()] == ["report.json"]


def test_reader_of_the_old_report_reads_it_to_the_end(file: Path) -> None:
    """Whoever has the old file open keeps it: a report is replaced, not written over."""
    before = file.read_bytes()

    with file.open("rb") as reader:
        report().write(file)
        still = reader.read()

    assert still == before
    assert file.read_bytes() != before


def test_writing_into_a_file_as_a_folder_is_refused(file: Path) -> None:
    """A path below a file cannot be written, and says so."""
    with pytest.raises(NotWritten, match="nothing was written"):
        report().write(file / "below.json")


def test_writing_over_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder is not replaced by a report."""
    with pytest.raises(NotWritten, match="Is a directory"):
        report().write(tmp_path)


def test_rights_and_links_are_kept(file: Path) -> None:
    """An existing file keeps its rights, and a link to it stays a link."""
    file.chmod(0o640)
    link = file.with_name("link.json")
    link.symlink_to(file.name)

    report().write(link)

    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640
    assert Report.read(file) == report()


def test_report_can_be_written_to_a_pipe(tmp_path: Path) -> None:
    """What is no regular file is written to, and not replaced."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    report().write(pipe)

    content = os.read(reader, 1_000_000)
    os.close(reader)
    assert json.loads(content)["schema"] == "diglot-report"
    assert pipe.is_fifo()


def _refusing(error: OSError) -> Callable[..., object]:
    def refuse(*_arguments: object, **_named: object) -> object:
        raise error

    return refuse
