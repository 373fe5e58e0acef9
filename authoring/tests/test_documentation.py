"""The documentation leads somewhere: every file and heading of the repository that it links to is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(_CODE.sub("", page.read_text())) if "://" not in link]

    assert [link for link in links if not _leads_somewhere(page, link)] == []


def test_the_guide_shows_pictures_that_are_there() -> None:
    guide = ROOT / "docs" / "authors.md"
    pictures = [link for link in _LINK.findall(guide.read_text()) if link.endswith(".png")]

    assert len(pictures) > 10
    assert [picture for picture in pictures if not (guide.parent / picture).is_file()] == []


def _leads_somewhere(page: Path, link: str) -> bool:
    file, _, anchor = link.partition("#")
    target = page.parent / file if file else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    """Return what the headings of a page are reached by: small letters, hyphens for spaces, no punctuation."""
    headings = _HEADING.findall(re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
