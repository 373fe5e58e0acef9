"""What is photographed. One row is one picture; a page of the admin that the guides show belongs here."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import FilePayload, Page

from browsing.browsers import Look
from screenshots.stage import EXAMPLE


def as_it_opens(page: Page) -> None:
    """Do nothing: the page is shown as it opens."""


def editor(tab: str = "", *, template: str = "flu_vaccination", side: str = "") -> Callable[[Page], None]:
    """Return what opens a template in the editor, at one of its tabs, with one of those beside it."""

    def open_it(page: Page) -> None:
        page.get_by_role("link", name=template, exact=True).click()
        page.wait_for_selector("[data-ready]")
        for name in filter(None, (tab, side)):
            page.get_by_role("tab", name=name).click()
        if side == "Diagram":
            page.wait_for_selector("#panel-diagram svg")
        page.wait_for_load_state("networkidle")

    return open_it


def one_step(page: Page) -> None:
    """Show a step with a condition between steps that are collapsed, and the diagram."""
    editor("Steps", side="Diagram")(page)
    page.get_by_role("button", name="Collapse all").click()
    page.locator("#steps > .row:nth-child(3) [data-act=collapse]").click()


def trial(page: Page) -> None:
    """Try the example, as somebody with a fever."""
    editor(side="Try it")(page)
    panel = page.locator("#panel-try")
    panel.get_by_label("Full name").fill("Ada Moss")
    panel.get_by_label("Date of birth").fill("1985-03-04")
    panel.get_by_role("button", name="Next").click()
    panel.get_by_role("radio", name="Yes").check()
    page.wait_for_load_state("networkidle")


def row_of(label: str) -> Callable[[Page], None]:
    """Return what opens everything that can be said about one piece of information."""

    def open_it(page: Page) -> None:
        editor("Information")(page)
        row = page.locator("#fields > .row").filter(has=page.locator(f'input[value="{label}"]'))
        row.locator("summary").first.click()
        row.evaluate("row => row.id = 'shown'")

    return open_it


def compared(page: Page) -> None:
    """Compare the first version with the second."""
    editor("Versions")(page)
    page.get_by_role("link", name="Compare with version 1").click()


def upload(page: Page) -> None:
    """Upload a changed example, and look at what would happen."""
    changed = EXAMPLE.read_text().replace("Where shall we meet?", "Where shall we see you?").encode()
    page.locator("input[type=file]").set_input_files(
        FilePayload(name="flu_vaccination.json", mimeType="application/json", buffer=changed)
    )
    page.get_by_role("button", name="Show what would happen").click()


def refused(page: Page) -> None:
    """Answer with a number that the author does not take."""
    page.get_by_label("How strong the pain is").fill("12")
    page.get_by_role("button", name="Next").click()
    page.locator(".answer.is-wrong").wait_for()


def so_far(page: Page) -> None:
    """Look at what was answered already."""
    page.get_by_text("Your answers so far").click()


def opened(name: str) -> Callable[[Page], None]:
    """Return what follows the first link of a list with this in its name."""

    def open_it(page: Page) -> None:
        page.locator("#result_list tbody").get_by_role("link", name=name).first.click()
        page.wait_for_selector("#result_list", state="detached")

    return open_it


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture: its name in `docs/images`, the page, what is done there first, and how the page is looked at."""

    name: str
    path: str
    """Empty for the page of somebody who has a link to a workflow."""
    prepare: Callable[[Page], None] = as_it_opens
    look: Look = Look.LIGHT
    is_whole_page: bool = False
    part: str = ""
    """A selector of what is shown, if not the page."""


TEMPLATES = "/admin/registry/workflowtemplate/"

SHOTS = (
    Shot(name="front-page", path="/admin/"),
    Shot(name="front-page-phone", path="/admin/", look=Look.DARK_PHONE),
    Shot(name="templates", path=TEMPLATES),
    Shot(name="begin", path=f"{TEMPLATES}add/", part="#content"),
    Shot(name="editor", path=TEMPLATES, prepare=one_step),
    Shot(name="editor-dark", path=TEMPLATES, prepare=one_step, look=Look.DARK),
    Shot(name="editor-phone", path=TEMPLATES, prepare=editor("Steps"), look=Look.PHONE),
    Shot(name="information", path=TEMPLATES, prepare=editor("Information"), part="#panel-information"),
    Shot(name="information-more", path=TEMPLATES, prepare=row_of("Full name"), part="#shown"),
    Shot(name="condition", path=TEMPLATES, prepare=editor("Steps"), part="#steps > .row:nth-child(3)"),
    Shot(name="rule", path=TEMPLATES, prepare=editor("Steps"), part="#steps > .row:nth-child(4)"),
    Shot(name="finish", path=TEMPLATES, prepare=editor("Finish", template="personal_loan"), part="#panel-finish"),
    Shot(name="checks", path=TEMPLATES, prepare=editor(template="appointment"), part="aside.side"),
    Shot(name="try", path=TEMPLATES, prepare=trial, part="aside.side"),
    Shot(name="diagram", path=TEMPLATES, prepare=editor(side="Diagram"), part="aside.side"),
    Shot(name="versions", path=TEMPLATES, prepare=editor("Versions"), part="#panel-versions"),
    Shot(name="compare", path=TEMPLATES, prepare=compared),
    Shot(name="import", path=f"{TEMPLATES}import/", prepare=upload),
    Shot(name="reusable-step", path="/admin/registry/steptemplate/", prepare=opened("Postal address")),
    Shot(name="grants", path="/admin/permissions/usertypeworkflowtemplate/"),
    Shot(name="page", path="", prepare=refused, look=Look.PHONE, is_whole_page=True),
    Shot(name="page-dark", path="", prepare=so_far, look=Look.DARK_PHONE, is_whole_page=True),
    Shot(name="workflow", path="/admin/instances/workflow/?status__exact=completed", prepare=opened("")),
)
