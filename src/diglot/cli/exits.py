"""What a command ends with."""

OK, FALLS_SHORT, UNUSABLE = 0, 1, 2
"""All is well; something falls short; the command could not be run."""

INTERRUPTED = 130
"""Ended by a Ctrl-C, as a shell says it."""
