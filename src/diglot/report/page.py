"""Make one HTML page of a report: self-contained, without a server, without the network.

The parts are files beside this one; the document is put in as JSON, and the page's script shows it.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

_PARTS = "page_parts"
_SCRIPTS = ("values.js", "events.js", "findings.js", "state.js", "matrix.js", "timings.js", "main.js")
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def render(document: Mapping[str, Any]) -> str:
    """Return the page for one report document, as `Report.to_json` gives it."""
    page = _part("page.html")
    page = page.replace("{{style}}", _part("style.css"))
    page = page.replace("{{script}}", "\n".join(map(_part, _SCRIPTS)))
    return page.replace("{{document}}", _embedded(document))


def _part(name: str) -> str:
    return (files("diglot.report") / _PARTS / name).read_text(encoding="utf-8")


def _embedded(document: Mapping[str, Any]) -> str:
    """The document as JSON that ends no script element and begins no comment, whatever it holds."""
    text = json.dumps(document, separators=(",", ":"))
    return "".join(_ESCAPES.get(character, character) for character in text)
