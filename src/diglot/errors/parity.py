"""What can be wrong with reports and with the file of accepted divergences (DG3xx)."""

from collections.abc import Iterable
from difflib import get_close_matches

from diglot.errors.base import DiglotError

_WRITE_ONE = "pytest --diglot-report FILE.json"


class ReportMissing(DiglotError):
    """There is no file where a report was to be read."""

    code = "DG301"

    def __init__(self, *, path: str, folder_exists: bool) -> None:
        where = "its folder is there, the file is not" if folder_exists else "there is not even its folder"
        super().__init__(f"there is no report {path}: {where}. Fix: correct the path, or write one with {_WRITE_ONE}")


class ReportUnreadable(DiglotError):
    """A report is there and the operating system does not let it be read."""

    code = "DG302"

    def __init__(self, *, path: str, problem: str) -> None:
        super().__init__(f"the report {path} cannot be read: {problem}. Fix: name a file that this user may read")


class ReportTruncated(DiglotError):
    """A report ends before it is complete."""

    code = "DG303"

    def __init__(self, *, path: str, size: int, ends_with: str) -> None:
        ends = f"ends with {ends_with!r}, where a report ends with '}}'" if size else "is empty"
        super().__init__(
            f"the report {path} is truncated: it has {size} bytes and {ends}. "
            f"Fix: copy it once more, or write it again with {_WRITE_ONE}"
        )


class ReportNotJson(DiglotError):
    """A file that should be a report is not JSON."""

    code = "DG304"

    def __init__(self, *, path: str, problem: str) -> None:
        super().__init__(
            f"{path} is not JSON, so it is no report: {problem}. Fix: name a file that {_WRITE_ONE} has written"
        )


class ReportForeign(DiglotError):
    """A JSON file is something else than a report."""

    code = "DG305"

    def __init__(self, *, path: str, found: str, expected: str) -> None:
        super().__init__(
            f"{path} is JSON, but no report of Diglot: its `schema` is {found}, that of a report is {expected!r}. "
            f"Fix: name a file that {_WRITE_ONE} has written"
        )


class ReportVersionUnknown(DiglotError):
    """A report was written in a version of the schema that this Diglot does not read."""

    code = "DG306"

    def __init__(self, *, path: str, found: str, known: int, written_by: str, reader: str) -> None:
        super().__init__(
            f"the report {path} has schema version {found}, written by Diglot {written_by}; this Diglot {reader} "
            f"reads version {known}. Fix: install the same Diglot here and where the report is written"
        )


class ReportMalformed(DiglotError):
    """A report lacks a member, or a member has another type than it should have."""

    code = "DG307"

    def __init__(self, *, path: str, problem: str) -> None:
        super().__init__(
            f"the report {path} is not as its schema says: {problem}. Fix: write it again with {_WRITE_ONE}, "
            f"and do not edit it"
        )


class NotWritten(DiglotError):
    """A file could not be written; what was there before still is."""

    code = "DG308"

    def __init__(self, *, path: str, problem: str, kept: bool) -> None:
        before = "the file that was there is unchanged" if kept else "nothing was written"
        super().__init__(
            f"{path} cannot be written: {problem}; {before}. Fix: free some room, or name a folder that this user "
            f"may write to"
        )


class ComparisonFailed(DiglotError):
    """Two runs could not be compared, by a fault of the harness's own."""

    code = "DG312"

    def __init__(self, *, contract: str, problem: str, at: str) -> None:
        super().__init__(
            f"the two runs of {contract} could not be compared: {problem}, at {at}. Both runs count all the same. "
            f"Fix: report this, with the test; --parity off runs without comparing"
        )


class ReportsContradict(DiglotError):
    """Two reports say that one contract ended in two ways on the same major."""

    code = "DG309"

    def __init__(self, *, contract: str, major: str, first: str, second: str, others: int) -> None:
        more = f", as do the runs of {others} other contract{'' if others == 1 else 's'}" if others else ""
        super().__init__(
            f"two reports contradict each other: {contract} {first}, and {second}, both on {major}{more}. "
            f"Fix: merge reports of one commit only, and one report for each job"
        )


class ReportsUnrelated(DiglotError):
    """Two reports are about different projects."""

    code = "DG310"

    def __init__(self, *, first: str, first_root: str, second: str, second_root: str) -> None:
        super().__init__(
            f"the reports are about different projects: {first} about {first_root!r}, {second} about {second_root!r}. "
            f"Fix: merge reports of one project; the name is that of the folder which holds pyproject.toml"
        )


class ReportNamedTwice(DiglotError):
    """A report was to be merged with itself."""

    code = "DG311"

    def __init__(self, *, path: str, first: str) -> None:
        as_well = f", the second time as {path}" if path != first else ""
        super().__init__(f"the report {first} is named twice{as_well}. Fix: name each report once")


class DivergencesUnreadable(DiglotError):
    """The file of accepted divergences is there and cannot be read."""

    code = "DG321"

    def __init__(self, *, path: str, problem: str) -> None:
        super().__init__(f"{path} cannot be read: {problem}. Fix: make it a text file that this user may read")


class DivergencesNotToml(DiglotError):
    """The file of accepted divergences is not TOML."""

    code = "DG322"

    def __init__(self, *, path: str, problem: str) -> None:
        super().__init__(f"{path} is not valid TOML: {problem}. Fix: correct the file at that place")


class DivergenceKeyUnknown(DiglotError):
    """An entry, or the file, has a key that it cannot have."""

    code = "DG323"

    def __init__(self, *, path: str, entry: str, key: str, valid: Iterable[str]) -> None:
        names = tuple(valid)
        near = get_close_matches(key, names, n=1)
        hint = f"write {near[0]!r}" if near else f"use one of {', '.join(names)}"
        super().__init__(f"{path}, {entry}: unknown key {key!r}, it is none of {', '.join(names)}. Fix: {hint}")


class DivergenceInvalid(DiglotError):
    """An entry lacks a key, or a key has a value that it cannot have."""

    code = "DG324"

    def __init__(self, *, path: str, entry: str, key: str, found: str, expected: str) -> None:
        super().__init__(f"{path}, {entry}: {key!r} is {found}, but {expected}. Fix: correct {key!r} in that entry")


class DivergenceTwice(DiglotError):
    """Two entries accept the same."""

    code = "DG325"

    def __init__(self, *, path: str, key: str, direction: str, first: str, second: str) -> None:
        super().__init__(
            f"{path} accepts {key} in the direction {direction!r} twice: in {first} and in {second}. "
            f"Fix: remove one of the two"
        )


class DivergencesNotUpdated(DiglotError):
    """The file of accepted divergences is written in a way that cannot be changed without loss."""

    code = "DG326"

    def __init__(self, *, path: str, wanted: int, got: int) -> None:
        super().__init__(
            f"{path} is left as it is: it was to have {wanted} entries, and removing and adding lines gave {got} "
            f"(an entry is written otherwise than below a line [[divergence]]). Fix: write it so, or edit it by hand"
        )
