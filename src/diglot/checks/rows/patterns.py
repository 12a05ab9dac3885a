"""Make a text that matches a regular expression, for the patterns that CHECK constraints use; best effort."""

import re
from dataclasses import dataclass

_CLASSES = {"d": "7", "w": "a", "s": " ", "D": "x", "W": "-", "S": "a", "m": "", "M": "", "y": "", "A": "", "Z": ""}
_NAMED = {"digit": "7", "alpha": "a", "alnum": "a", "upper": "A", "lower": "a", "space": " ", "xdigit": "a"}
_QUANTIFIER = re.compile(r"(\*|\+|\?|\{(\d+)(?:,(\d*))?\})\??")
_MOST = 1000
_OUTSIDE = "a7A-_@.z"


def matching(pattern: str, *, wish: int = 1) -> str | None:
    """Return a text that `pattern` matches as far as this reads it, or None.

    wish: how often to repeat what may be repeated without an upper limit.
    """
    reader = _Reader(pattern, wish)
    try:
        text = reader.alternatives()
    except (IndexError, ValueError):
        return None
    return text if reader.at == len(pattern) else None


@dataclass
class _Reader:
    pattern: str
    wish: int
    at: int = 0

    def alternatives(self) -> str:
        """Read `a|b|c`, and take the first that is not empty."""
        found = [self._sequence()]
        while self._next() == "|":
            self.at += 1
            found.append(self._sequence())
        return next((one for one in found if one), "")

    def _sequence(self) -> str:
        text = ""
        while self._next() not in ("", "|", ")"):
            atom = self._atom()
            text += atom * self._times()
            if len(text) > _MOST:
                raise ValueError(self.pattern)
        return text

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _take(self) -> str:
        self.at += 1
        return self.pattern[self.at - 1]

    def _atom(self) -> str:
        taken = self._take()
        if taken in "^$":
            return ""
        if taken == ".":
            return "a"
        if taken == "\\":
            escaped = self._take()
            return _CLASSES.get(escaped, escaped)
        if taken == "[":
            return self._set()
        if taken == "(":
            return self._group()
        return taken

    def _group(self) -> str:
        ahead = self.pattern[self.at : self.at + 2]
        if ahead in ("?!", "?<"):
            self.alternatives()
            self.at += 1
            return ""
        if ahead in ("?:", "?="):
            self.at += 2
        text = self.alternatives()
        self.at += 1
        return "" if ahead == "?=" else text

    def _set(self) -> str:
        """Read `[...]`: its first member, or for `[^...]` the first of a few characters that it leaves."""
        negated = self._next() == "^"
        self.at += negated
        members: list[str] = []
        while self._next() != "]" or not members:
            members.append(self._member())
        self.at += 1
        if not negated:
            return members[0][0]
        ranges = "".join(_escaped(one) for one in members)
        return next(one for one in _OUTSIDE if not re.match(f"[{ranges}]", one))

    def _member(self) -> str:
        """Read one character, `a-z`, or `[:digit:]`; return it as `a` or `a-z`."""
        if self.pattern.startswith("[:", self.at):
            end = self.pattern.index(":]", self.at)
            name = self.pattern[self.at + 2 : end]
            self.at = end + 2
            return _NAMED.get(name, "a")
        first = self._take()
        if first == "\\":
            escaped = self._take()
            first = _CLASSES.get(escaped, escaped)
        following = self.pattern[self.at : self.at + 2]
        if len(following) == 2 and following[0] == "-" and following[1] != "]":
            self.at += 2
            return f"{first}-{following[1]}"
        return first

    def _times(self) -> int:
        match = _QUANTIFIER.match(self.pattern, self.at)
        if match is None:
            return 1
        self.at = match.end()
        if match[2] is None:
            return 1 if match[1] == "?" else max(self.wish, 1)
        low, high = int(match[2]), match[3]
        return max(low, self.wish) if high == "" else low if high is None else max(low, min(self.wish, int(high)))


def _escaped(member: str) -> str:
    return "-".join(re.escape(part) for part in member.split("-")) if len(member) == 3 else re.escape(member)
