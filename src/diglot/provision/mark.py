"""The mark of a database that Diglot made: what it is, whose, and since when.

It is written into the database's comment, as JSON after a fixed prefix.
"""

import json
import os
import socket
import time
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from diglot.version import VERSION

PREFIX = "diglot: "


@dataclass(frozen=True)
class Mark:
    """What is written on a database of Diglot's. kind: template, building, worker, clone or kept.

    session: of the administration connection that made it. digest: of a template. role: that owns
    what the migrations made in it.
    made_at, used_at: seconds since the epoch, of the clock of `host`; only a template's use is noted.
    """

    kind: str
    session: str
    digest: str = ""
    role: str = ""
    host: str = field(default_factory=socket.gethostname)
    pid: int = field(default_factory=os.getpid)
    made_at: float = field(default_factory=time.time)
    used_at: float = field(default_factory=time.time)
    version: str = VERSION

    def text(self) -> str:
        """Return the comment that holds the mark."""
        return PREFIX + json.dumps(asdict(self))

    @classmethod
    def parse(cls, comment: str | None) -> "Mark | None":
        """Return the mark in a comment, or None for any other comment.

        Facts that a newer Diglot added are passed over, so that versions can share a server.
        """
        if comment is None or not comment.startswith(PREFIX):
            return None
        try:
            facts = json.loads(comment.removeprefix(PREFIX))
        except ValueError:
            return None
        if not isinstance(facts, dict) or not isinstance(facts.get("kind"), str):
            return None
        return cls._from_facts({"session": "", "used_at": facts.get("made_at", 0.0), **facts})

    @classmethod
    def _from_facts(cls, facts: dict[str, Any]) -> "Mark | None":
        known = {one.name: facts[one.name] for one in fields(cls) if one.name in facts}
        numbers = {name: known[name] for name in ("pid", "made_at", "used_at") if name in known}
        texts = [value for name, value in known.items() if name not in numbers]
        if not all(isinstance(value, str) for value in texts):
            return None
        if not all(isinstance(value, int | float) for value in numbers.values()):
            return None
        return cls(**known)
