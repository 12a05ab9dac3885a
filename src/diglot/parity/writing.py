"""Write a text file as a whole or not at all."""

import os
from pathlib import Path

from diglot.errors.parity import NotWritten


def write_whole(path: Path, text: str) -> None:
    """Write a text in UTF-8; on any failure what was there before is unchanged.

    Missing folders are made. Something that is no regular file (a pipe, `/dev/stdout`) is written to as it is.
    Raises NotWritten (DG308).
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file() and not target.is_dir():
            target.write_text(text, encoding="utf-8")
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, text)
    except OSError as error:
        problem = error.strerror or str(error)
        raise NotWritten(path=str(path), problem=problem, kept=target.is_file()) from error


def write_more(path: Path, text: str) -> None:
    """Add a text, in UTF-8, to the end of a file; raises NotWritten (DG308)."""
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise NotWritten(path=str(path), problem=error.strerror or str(error), kept=path.is_file()) from error


def _replace(target: Path, text: str) -> None:
    private = target.with_name(f".{target.name[:100]}.{os.getpid()}.new")
    try:
        with private.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            private.chmod(target.stat().st_mode & 0o7777)
        private.replace(target)
    finally:
        private.unlink(missing_ok=True)
