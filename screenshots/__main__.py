"""Takes the pictures: `.venv/bin/python -m screenshots`, or only some: `... -m screenshots templates`."""

import os
import sys
import tempfile
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workflows_site.test_settings")

from playwright.sync_api import Browser, Page

from browsing.browsers import Complaints, chromium, context_of, launched
from screenshots.shots import SHOTS, Shot
from screenshots.stage import AUTHOR, PASSWORD, stage

IMAGES = Path(__file__).parent.parent / "docs" / "images"

# What sticks to the edge of the window would cover a part of a picture that is larger than the window.
UNSTICK = "() => document.querySelectorAll('.editor-bar').forEach((bar) => { bar.style.position = 'static'; })"

# Whatever day it is, the pictures show this one: else each would change with each run.
STAND_STILL = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        texts.currentNode.data = texts.currentNode.data
            .replace(/\\d+ [A-Z][a-z]+ \\d{4}, [\\d:]+/g, "2 March 2026, 09:00")
            .replace(/\\d+\\s(second|minute)s? ago/g, "1 minute ago");
    }
}"""


def main() -> None:
    """Take all pictures, or those that are named."""
    parser = ArgumentParser(prog="python -m screenshots", description="Take pictures of the admin for docs/images.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(shot.name for shot in SHOTS)}")
    asked = parser.parse_args().names
    executable = chromium()
    if executable is None:
        sys.exit("Install chromium, or set CHROMIUM to its path.")
    if strange := set(asked) - {shot.name for shot in SHOTS}:
        parser.error(f"There is no picture {', '.join(sorted(strange))}.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        stage(Path(folder)) as (server, link),
        launched(executable) as browser,
    ):
        for shot in SHOTS:
            if not asked or shot.name in asked:
                _take(replace(shot, path=shot.path or link), browser, f"http://127.0.0.1:{server.port}")
                print(f"docs/images/{shot.name}.png")


def _take(shot: Shot, browser: Browser, url: str) -> None:
    complaints = Complaints(origin=url)
    with context_of(browser, look=shot.look, base_url=url) as context:
        complaints.watch(context)
        page = context.new_page()
        _log_in(page)
        page.goto(shot.path, wait_until="networkidle")
        shot.prepare(page)
        page.evaluate(STAND_STILL)
        path = IMAGES / f"{shot.name}.png"
        if shot.part or shot.is_whole_page:
            page.evaluate(UNSTICK)
        if shot.part:
            page.locator(shot.part).first.screenshot(path=path, animations="disabled", caret="hide")
        else:
            page.screenshot(path=path, full_page=shot.is_whole_page, animations="disabled", caret="hide")
    if complaints.all:
        sys.exit(f"{shot.name}: the browser complained: {'; '.join(complaints.all)}")


def _log_in(page: Page) -> None:
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(AUTHOR)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")


if __name__ == "__main__":
    main()
