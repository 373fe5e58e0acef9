"""A real browser: where it is, how it is started, how a page may look, and what it must not complain of."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

PATIENCE_MILLISECONDS = 20_000  # machines are busy
FLAGS = (
    "--no-sandbox",  # which root is not given, and a container neither; it sees nothing but our own pages
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
MOST_TOLD = 5
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


class Look(StrEnum):
    """How somebody looks at a page."""

    LIGHT = "light"
    DARK = "dark"
    PHONE = "phone"
    DARK_PHONE = "dark phone"

    @property
    def is_dark(self) -> bool:
        """Whether it is light on dark."""
        return self in (Look.DARK, Look.DARK_PHONE)

    @property
    def viewport(self) -> ViewportSize:
        """What is seen of a page at once."""
        is_small = self in (Look.PHONE, Look.DARK_PHONE)
        return {"width": 390, "height": 844} if is_small else {"width": 1280, "height": 900}


def chromium() -> str | None:
    """Return the path of a Chromium, the one in the environment variable CHROMIUM before others."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


@contextmanager
def launched(executable: str) -> Iterator[Browser]:
    """Run a browser until the block ends.

    All the while Playwright's event loop counts as running in this thread, where Django then refuses the database,
    for fear of coroutines that share a connection. There are none: each call of Playwright returns when it is done.
    """
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    try:
        with (
            sync_playwright() as playwright,
            playwright.chromium.launch(executable_path=executable, args=FLAGS) as browser,
        ):
            yield browser
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


def context_of(browser: Browser, *, look: Look = Look.LIGHT, base_url: str) -> BrowserContext:
    """Return a browser as somebody else's: without cookies, in English, in UTC, and without motion."""
    context = browser.new_context(
        color_scheme="dark" if look.is_dark else "light",
        viewport=look.viewport,
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
        base_url=base_url,
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    return context


@dataclass(kw_only=True)  # without slots: Playwright keeps things of its own in whoever listens
class Complaints:
    """What browsers complained of: errors of scripts, what the policy refused, and requests that leave the site.

    A test adds to `expected` a part of each complaint that it provokes.
    """

    origin: str
    expected: list[str] = field(default_factory=list)
    all: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Note what goes wrong in any page of this browser."""
        context.on("console", self._note_message)
        context.on("weberror", lambda error: self.all.append(f"script: {error.error}"))
        context.on("request", self._note_request)

    def unexpected(self) -> list[str]:
        """Return the complaints that no test provoked."""
        return [complaint for complaint in self.all if not any(part in complaint for part in self.expected)]

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.all.append(f"console: {message.text}")

    def _note_request(self, request: Request) -> None:
        if self._is_elsewhere(request.url):
            self.all.append(f"left the site: {request.url}")

    def _is_elsewhere(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.origin


def assert_accessible(page: Page) -> None:
    """Assert that axe finds nothing on a page as it is now that breaks WCAG 2.2 AA."""
    rules = {"runOnly": {"type": "tag", "values": list(WCAG)}, "resultTypes": ["violations"]}
    violations = Axe().run(page, options=rules).response["violations"]
    found = [line for violation in violations for line in _lines_of(violation)]
    assert not found, f"{len(violations)} rules are broken on {page.url}:\n" + "\n".join(found)


def assert_fits(page: Page) -> None:
    """Assert that nothing of the page is reached by scrolling sideways only."""
    width, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width <= seen, f"{page.url} is {width} pixels wide, of which {seen} are seen"


def _lines_of(violation: dict[str, Any]) -> Iterator[str]:
    yield f"- {violation['id']} ({violation['impact']}), {len(violation['nodes'])} times: {violation['help']}"
    for node in violation["nodes"][:MOST_TOLD]:
        wrong = "; ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))
        yield f"    {node['target'][-1]}: {wrong}\n      {node['html'][:200]}"
