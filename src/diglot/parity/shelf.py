"""Keep the first half of each contract until the second one comes, in one process or across several."""

import hashlib
import json
import os
from pathlib import Path
from typing import Protocol

from diglot.errors.parity import NotWritten
from diglot.parity.codec import decode_half, encode_half
from diglot.parity.trace import Half


class Shelf(Protocol):
    """Where halves wait for their partners."""

    def put(self, half: Half) -> None:
        """Keep a half; a later one of the same contract and dialect takes its place."""

    def partner_of(self, half: Half) -> Half | None:
        """Return the other dialect's half of the same contract, when it is there."""


class MemoryShelf:
    """The shelf of a run in one process; a half that has met its partner is let go."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], Half] = {}

    def put(self, half: Half) -> None:
        """Keep a half."""
        self._waiting[half.contract, half.dialect] = half

    def partner_of(self, half: Half) -> Half | None:
        """Take the other half."""
        partner = self._waiting.pop((half.contract, _other(half.dialect)), None)
        if partner is not None:
            self._waiting.pop((half.contract, half.dialect), None)
        return partner


class FolderShelf:
    """The shelf of a run in several processes: files in a folder that they share.

    A half is written before its partner is looked for, so that of two processes that end at the same time at
    least one sees both.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, half: Half) -> None:
        """Write a half, in one step for those who read; raises NotWritten (DG308)."""
        path = self._path(half.contract, half.dialect)
        unfinished = path.with_suffix(f".{os.getpid()}")
        try:
            unfinished.write_text(json.dumps(encode_half(half)), encoding="utf-8")
            unfinished.replace(path)
        except OSError as error:
            raise NotWritten(path=str(path), problem=error.strerror or str(error), kept=False) from error

    def partner_of(self, half: Half) -> Half | None:
        """Take the other half."""
        partner = self._path(half.contract, _other(half.dialect))
        try:
            text = partner.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        for path in (partner, self._path(half.contract, half.dialect)):
            path.unlink(missing_ok=True)
        return decode_half(json.loads(text))

    def _path(self, contract: str, dialect: str) -> Path:
        digest = hashlib.blake2b(contract.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        return self._folder / f"{digest}.{dialect}"


def _other(dialect: str) -> str:
    return "postgresql" if dialect == "sqlite" else "sqlite"
