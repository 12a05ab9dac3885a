"""Why the dialects disagree: one file for each cause, found by scanning this folder.

A cause's module holds, and nothing else keeps a list of them:

- its docstring, which is its page: the first line is the title, then what happens and why, then
  `## Bad` and `## Good` with one fenced Python block each. A block is a test's body that uses `diglot`
  and `sa`; run on both dialects, Bad differs by this cause and Good does not differ at all.
- `FIX`: one line, what to write instead.
- `matches(difference) -> bool`: whether a difference has this cause.
- `RANK`, optional: causes of a higher rank are asked first; 0 by default. Give 10 to what looks at the very
  words of an error or of the SQL, and a negative number to what would also match another cause's case.

The cause is named after its file, with hyphens: `bool_read_type.py` is `bool-read-type`.
"""
