"""What is photographed. One row is one picture; a page of the admin that the guides show belongs here."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from authoring.tests.browser.browsing import Look


def as_it_opens(page: Page) -> None:
    """Do nothing: the page is shown as it opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture: its name in `docs/images`, the page, what is done there first, and how the page is looked at."""

    name: str
    path: str
    prepare: Callable[[Page], None] = as_it_opens
    look: Look = Look.LIGHT
    is_whole_page: bool = False


SHOTS = (
    Shot(name="front-page", path="/admin/"),
    Shot(name="front-page-phone", path="/admin/", look=Look.DARK_PHONE),
    Shot(name="templates", path="/admin/registry/workflowtemplate/"),
)
