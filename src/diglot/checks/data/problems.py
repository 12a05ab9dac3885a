"""The kinds of problem that a column's rows can have: what is said of them, and what is done about them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """said: what Postgres would do. fix: what to do; then comes the SQL that shows the rows."""

    said: str
    fix: str


_REFUSED = "it refuses them"

PROBLEMS: Mapping[str, Problem] = {
    "wrong-class": Problem("it has one class of value in a column", "convert them to the column's type"),
    "out-of-range": Problem(_REFUSED, "make the column wider on Postgres, or correct the rows"),
    "null": Problem("it refuses NULL here", "give these rows a value"),
    "not-boolean": Problem("it knows true and false, 1 and 0", "decide what these rows mean: UPDATE to 0 or 1"),
    "too-long": Problem(_REFUSED, "make the column longer on Postgres, or shorten the rows"),
    "nul-character": Problem("it stores no U+0000 in a text", "take it out: replace(column, char(0), '')"),
    "not-utf8": Problem(_REFUSED, "decode the bytes by the encoding in which they were written, and store them again"),
    "bad-date": Problem("it may refuse them, or read day and month the other way round", "write them in ISO 8601"),
    "time-lost": Problem("it keeps the day and drops the time, silently", "make the column a timestamp on Postgres"),
    "offset-lost": Problem(
        "it drops the offset, silently", "convert them to one zone, or make the column TIMESTAMP WITH TIME ZONE"
    ),
    "mixed-offsets": Problem(
        "it reads those without an offset in the session's TimeZone", "write every one with its offset"
    ),
    "bad-uuid": Problem(_REFUSED, "correct them, or make the column a text on Postgres"),
    "bad-json": Problem(_REFUSED, "correct them, or make the column a text on Postgres"),
    "bad-number": Problem(_REFUSED, "correct them"),
    "number-too-large": Problem(_REFUSED, "give the column more digits on Postgres, or correct the rows"),
    "number-rounded": Problem(
        "it rounds them, silently", "give the column more digits behind the point, or round now"
    ),
    "not-in-enum": Problem(_REFUSED, "add the labels with ALTER TYPE ... ADD VALUE, or correct the rows"),
}
