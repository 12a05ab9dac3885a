"""`# diglot: sqlite only - reason`: a person says that a statement, or a whole file, never runs on Postgres."""

import io
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass

from diglot.checks.statements.found import Span

_REMARK = re.compile(r"#\s*diglot:\s*sqlite[ -]only\b\s*(?:[-:]\s*)?(.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Remark:
    """One remark. line: where it stands, from 1. whole_file: it stands above the file's first statement."""

    path: str
    line: int
    reason: str
    whole_file: bool = False
    alone: bool = False

    @property
    def site(self) -> str:
        """`path:line`."""
        return f"{self.path}:{self.line}"

    def covers(self, path: str, *spans: Span) -> bool:
        """Whether it is about one of these lines: it stands on one, or alone on the line above."""
        if path != self.path:
            return False
        return self.whole_file or any(
            span.path == path and span.first - int(self.alone) <= self.line <= span.last for span in spans
        )


def read_remarks(path: str, source: str) -> tuple[Remark, ...]:
    """Return the remarks of one Python file."""
    if "diglot:" not in source:  # to read tokens takes longer than to parse
        return ()
    found: list[Remark] = []
    code_seen = False
    for token in _tokens(source):
        if token.type == tokenize.COMMENT:
            match = _REMARK.match(token.string)
            if match is not None:
                alone = not token.line[: token.start[1]].strip()
                found.append(Remark(path, token.start[0], match[1].strip(), not code_seen and alone, alone))
        elif token.type == tokenize.STRING and not code_seen and token.start[1] == 0:
            continue  # the module's docstring, before or after which a remark is about the whole file
        elif token.type not in _LAYOUT:
            code_seen = True
    return tuple(found)


_LAYOUT = frozenset({tokenize.ENCODING, tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT})


def _tokens(source: str) -> list[tokenize.TokenInfo]:
    found: list[tokenize.TokenInfo] = []
    try:
        found.extend(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):  # what cannot be read is a finding of the parser's
        return found
    return found


def covering(remarks: Mapping[str, tuple[Remark, ...]], *spans: Span) -> tuple[Remark, ...]:
    """Return the remarks that are about one of these places, those of a single line first."""
    found = [one for span in spans for one in remarks.get(span.path, ()) if one.covers(span.path, span)]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.whole_file, one.line)))
