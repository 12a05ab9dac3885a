"""Judge the locks that migrations take: `squawk` reports, `script` and `history` say what it cannot know."""
