"""Update the file of accepted divergences: add what is new, drop what is no longer seen, touch nothing else.

What is added has an empty reason, which fails the next run until somebody has written one.
"""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from diglot.errors.base import DiglotError
from diglot.errors.parity import DivergencesNotUpdated, DivergencesUnreadable
from diglot.parity.divergences import Accepted, is_header
from diglot.parity.writing import write_whole

_HEADING = "# Divergences that are accepted, each with its reason.\n"
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Seen:
    """A finding of this run: its key and direction, one contract that shows it, and what it is, in a sentence."""

    key: str
    direction: str
    contract: str
    summary: str = ""


def update(
    path: Path,
    *,
    new: Collection[Seen],
    seen: Collection[tuple[str, str]],
    compared: Collection[str],
    everything: Collection[str] | None = None,
) -> str:
    """Write the file anew, and return its text; other entries keep every byte.

    new: findings that may be added, where no entry accepts them. seen, compared, everything: as for
    `Accepted.unused`.
    Raises what `Accepted.read` raises, NotWritten (DG308) and DivergencesNotUpdated (DG326).
    """
    text = _text(path)
    accepted = Accepted.parse(path, text)
    dropped = accepted.unused(seen=seen, compared=compared, everything=everything)
    added = [one for one in _once(new) if accepted.match(one.key, one.direction) is None]
    if not dropped and not added:
        return text
    updated = _append(_without(text, dropped), added)
    _check(path, accepted, updated, dropped, added)
    write_whole(path, updated)
    return updated


def _text(path: Path) -> str:
    """The file's text with its own line ends; "" when there is no file."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise DivergencesUnreadable(path=str(path), problem=error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise DivergencesUnreadable(path=str(path), problem=f"byte {error.start} is not UTF-8") from error


def _once(new: Collection[Seen]) -> list[Seen]:
    first: dict[tuple[str, str], Seen] = {}
    for one in new:
        first.setdefault((one.key, one.direction), one)
    return [first[name] for name in sorted(first)]


def _without(text: str, dropped: Sequence[int]) -> str:
    """The text without some entries: each from the comment right above it to the blank lines below it."""
    lines = text.split("\n")
    headers = [number for number, line in enumerate(lines) if is_header(line)]
    gone: set[int] = set()
    for index in dropped:
        if index < len(headers):
            after = headers[index + 1] if index + 1 < len(headers) else len(lines)
            gone.update(_extent(lines, headers[index], _comment_above(lines, after)))
    return "\n".join(line for number, line in enumerate(lines) if number not in gone)


def _extent(lines: Sequence[str], header: int, after: int) -> range:
    """The lines of the entry whose header is given; `after` is where what follows it begins."""
    end = (
        max(number for number in range(header, after) if lines[number].strip() and not _is_comment(lines[number])) + 1
    )
    while end < after and _is_comment(lines[end]):
        end += 1
    while end < after and not lines[end].strip():
        end += 1
    return range(_comment_above(lines, header), end)


def _comment_above(lines: Sequence[str], header: int) -> int:
    """Where the comment right above a header begins; one at the top of the file belongs to the file."""
    first = header
    while first > 0 and _is_comment(lines[first - 1]):
        first -= 1
    return header if first == 0 else first


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _append(text: str, added: Sequence[Seen]) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    body = text or _HEADING
    for one in added:
        body = body if body.endswith("\n") else body + end
        summary = _UNWRITABLE.sub(" ", one.summary).strip()
        lines = [
            "",
            *([f"# {summary}"] if summary else []),
            "[[divergence]]",
            f"key = {_quoted(one.key)}",
            f"direction = {_quoted(one.direction)}",
            f"contract = {_quoted(one.contract)}",
            'reason = ""',
            "",
        ]
        body += end.join(lines)
    return body


def _quoted(text: str) -> str:
    """A TOML string; its escapes are those of JSON, and DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _check(path: Path, accepted: Accepted, updated: str, dropped: Sequence[int], added: Sequence[Seen]) -> None:
    """Refuse a text that does not say exactly what it should."""
    kept = [
        (one.key, one.direction, one.contract, one.reason, one.expires)
        for index, one in enumerate(accepted.entries)
        if index not in dropped
    ]
    wanted = kept + [(one.key, one.direction, one.contract, "", None) for one in added]
    try:
        found = Accepted.parse(path, updated).entries
    except DiglotError:
        found = ()
    got = [(one.key, one.direction, one.contract, one.reason, one.expires) for one in found]
    if got != wanted:
        raise DivergencesNotUpdated(path=str(path), wanted=len(wanted), got=len(got))
