"""Colours on a terminal, and text that any terminal can take."""

import os
import sys

GREEN, RED, YELLOW, DIM, BOLD = "32", "31", "33", "2", "1"


def coloured(text: str, colour: str) -> str:
    """Return the text in a colour, where somebody sees it and NO_COLOR does not forbid it."""
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return f"\033[{colour}m{text}\033[0m" if wanted else text


def writable(text: str) -> str:
    """Return the text with what this terminal's encoding does not have as escapes."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
