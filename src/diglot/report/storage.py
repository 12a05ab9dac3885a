"""Read a report's file, and say precisely when it is none."""

import json
from pathlib import Path

from diglot.errors.parity import (
    ReportForeign,
    ReportMissing,
    ReportNotJson,
    ReportTruncated,
    ReportUnreadable,
    ReportVersionUnknown,
)
from diglot.parity.codec import JsonObject
from diglot.version import VERSION

SCHEMA = "diglot-report"
SCHEMA_VERSION = 1


def read_document(path: Path) -> JsonObject:
    """Return the JSON object of a report, of which schema and version have been looked at.

    Raises ReportMissing (DG301), ReportUnreadable (DG302), ReportTruncated (DG303), ReportNotJson (DG304),
    ReportForeign (DG305), ReportVersionUnknown (DG306).
    """
    content = _read(path)
    document = _parse(path, content)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        found = repr(document.get("schema", "missing")) if isinstance(document, dict) else "missing"
        raise ReportForeign(path=str(path), found=found[:60], expected=SCHEMA)
    version = document.get("version")
    if type(version) is not int or version != SCHEMA_VERSION:
        raise ReportVersionUnknown(
            path=str(path),
            found=repr(version)[:20],
            known=SCHEMA_VERSION,
            written_by=str(document.get("diglot", "of unknown version"))[:40],
            reader=VERSION,
        )
    return document


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise ReportMissing(path=str(path), folder_exists=path.parent.is_dir()) from None
    except (OSError, ValueError) as error:  # A path may hold a NUL.
        problem = getattr(error, "strerror", None) or str(error)
        raise ReportUnreadable(path=str(path), problem=problem) from error


def _parse(path: Path, content: bytes) -> object:
    stripped = content.strip()
    if stripped.startswith(b"{") and not stripped.endswith(b"}"):
        tail = stripped[-20:].decode("utf-8", "replace")
        raise ReportTruncated(path=str(path), size=len(content), ends_with=tail)
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        if error.pos >= len(error.doc.rstrip()):
            tail = error.doc.rstrip()[-20:]
            raise ReportTruncated(path=str(path), size=len(content), ends_with=tail) from error
        raise ReportNotJson(path=str(path), problem=f"{error.msg} at line {error.lineno}") from error
    except UnicodeDecodeError as error:
        raise ReportNotJson(path=str(path), problem=f"byte {error.start} is not UTF-8") from error
    except RecursionError as error:
        raise ReportNotJson(path=str(path), problem="it is nested too deeply") from error
