"""What can keep a SQLite file from being audited (DG922 to DG929)."""

from diglot.errors.base import DiglotError


class DataFileMissing(DiglotError):
    """There is no such file."""

    code = "DG922"

    def __init__(self, *, path: str, found: str) -> None:
        super().__init__(f"--data {path}: {found}. Fix: name the SQLite file whose rows are to move to Postgres")


class DataFileForbidden(DiglotError):
    """The file may not be read."""

    code = "DG923"

    def __init__(self, *, path: str, problem: str) -> None:
        super().__init__(f"--data {path} may not be read: {problem}. Fix: chmod u+r {path}, or work on a copy of it")


class NotSqlite(DiglotError):
    """The file does not begin as a SQLite database does."""

    code = "DG924"

    def __init__(self, *, path: str, size: int) -> None:
        super().__init__(
            f"--data {path} is no SQLite database: its {size} bytes do not begin with 'SQLite format 3'. Fix: name "
            f"the database itself; one that is encrypted must be decrypted into a file first"
        )


class DataFileEmpty(DiglotError):
    """The file has no content, or a database has no table."""

    code = "DG925"

    def __init__(self, *, path: str, found: str) -> None:
        super().__init__(f"--data {path} has nothing that could move: {found}. Fix: name the file that has the rows")


class DataFileLocked(DiglotError):
    """Another program keeps everybody from reading."""

    code = "DG926"

    def __init__(self, *, path: str, waited_s: float) -> None:
        super().__init__(
            f"--data {path} is locked by a program that writes to it, for longer than {waited_s:g} s. "
            f"Fix: end its transaction, or audit a copy: sqlite3 {path} \".backup 'copy.db'\""
        )


class DataFileDamaged(DiglotError):
    """SQLite cannot read the file, although it begins as one of its own."""

    code = "DG927"

    def __init__(self, *, path: str, problem: str) -> None:
        super().__init__(
            f"--data {path} cannot be read: {problem}. Fix: sqlite3 {path} 'PRAGMA integrity_check' says what is "
            f"damaged, and sqlite3 {path} .recover saves what can be saved"
        )


class DataFileTooNew(DiglotError):
    """The file's format is newer than any that this SQLite reads."""

    code = "DG928"

    def __init__(self, *, path: str, format_number: int, known: int, version: str) -> None:
        super().__init__(
            f"--data {path} has the file format {format_number}, and SQLite {version} reads up to {known}. "
            f"Fix: use a Python with a newer SQLite, or dump and load the file with a newer sqlite3"
        )


class DataFileUnfinished(DiglotError):
    """A writer died, and what it left must be rolled back or written before anybody can read."""

    code = "DG929"

    def __init__(self, *, path: str, beside: str, problem: str) -> None:
        super().__init__(
            f"--data {path} was left by a program in the middle of writing ({beside} is beside it), and reading "
            f"alone cannot mend that: {problem}. Fix: open it once with its own application, or with "
            f"sqlite3 {path} .tables; on a copy of both files if in doubt"
        )
