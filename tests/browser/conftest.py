"""A real browser, and reports to show in it."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from documents import document
from playwright.sync_api import Browser, Page, sync_playwright

from diglot.report.page import render

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OPTIONS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Seen:
    """What the browser complained about, and what it asked the network for."""

    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


Show = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium; without one the tests are skipped, and in CI they fail.

    It goes with its module: Playwright keeps an event loop running, beside which no ASGI application can be tested.
    """
    path = os.environ.get("DIGLOT_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing = "no Chromium was found: python ci/browser.py installs one, DIGLOT_BROWSER names one"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=list(OPTIONS), chromium_sandbox=False)
        yield found
        found.close()


@pytest.fixture
def seen() -> Seen:
    """What the browser had to say in this test."""
    return Seen()


@pytest.fixture
def show(browser: Browser, seen: Seen, tmp_path: Path) -> Iterator[Show]:
    """Open the page of a report; by default of one with every kind of thing in it."""
    contexts = []

    def open_page(
        report: dict[str, Any] | None = None, *, fragment: str = "", scheme: str = "light", width: int = 1200
    ) -> Page:
        path = tmp_path / "report.html"
        path.write_text(render(report or document()), encoding="utf-8")
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: seen.complaints.append(message.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("request", lambda request: seen.requests.append(request.url))
        page.goto(f"{path.as_uri()}{fragment}")
        return page

    yield open_page
    for context in contexts:
        context.close()
