"""Make one text of the SQL that two dialects got for the same expression, so that the two can be paired."""

import re
from functools import lru_cache

_LITERAL = re.compile(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")")
_RULES = (
    (re.compile(r"%\(\w+\)s|%s|(?<![\w?])\?(?![\w?])|(?<![:\w]):[A-Za-z_]\w*"), ":p"),
    (re.compile(r"::[A-Za-z_][\w ]*?(?:\(\d+(?:, ?\d+)?\))?(?:\[\])?(?=[\s,()=<>+*/|-]|$)"), ""),
    (re.compile(r"\btrue\b", re.IGNORECASE), "1"),
    (re.compile(r"\bfalse\b", re.IGNORECASE), "0"),
    (re.compile(r"\((:p(?:, :p)+)\)(?:, \(:p(?:, :p)+\))*"), "(:p...)"),
    (re.compile(r"\bNULLS (?:FIRST|LAST)\b", re.IGNORECASE), ""),
    (re.compile(r"%%"), "%"),
    (re.compile(r"\s+"), " "),
)


@lru_cache(maxsize=4096)
def neutral(sql: str) -> str:
    """Return `sql` without what the dialects write differently: placeholders, casts, booleans, white space.

    Lists of placeholders of any length become one. Literals and quoted names stay as they are.
    """
    parts = _LITERAL.split(sql)
    for rule, replacement in _RULES:
        parts = [part if index % 2 else rule.sub(replacement, part) for index, part in enumerate(parts)]
    return "".join(parts).strip()
