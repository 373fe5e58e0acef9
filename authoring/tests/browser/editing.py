"""The editor in a browser, as tests speak of it: its tabs, its rows by their labels, and when it has come to rest."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from registry.models import WorkflowTemplate

AT_REST = ".editor[data-ready]:not([data-waiting])"
PATH = "/admin/registry/workflowtemplate"


class Editor:
    """The editor of one template, open in a page."""

    def __init__(self, page: Page, template: WorkflowTemplate, *, tab: str = "about") -> None:
        self.page, self.template = page, template
        page.goto(f"{PATH}/{template.pk}/change/?tab={tab}")
        self.rest()

    def rest(self) -> None:
        """Wait till the server has told all there is to tell."""
        self.page.wait_for_selector(AT_REST)

    def open(self, tab: str) -> None:
        """Open a tab, above the rows or beside them, by its name."""
        self.page.get_by_role("tab", name=tab).click()
        self.rest()

    def row(self, kind: str, number: int) -> Locator:
        """Return a field or a step by its place, counted from 0."""
        return self.page.locator(f'#editor [data-row="{kind}"]').nth(number)

    def within(self, row: Locator, place: str) -> Locator:
        """Return the rows in a place inside a row."""
        return self.page.locator(f'[data-rows][data-prefix="{row.get_attribute("data-prefix")}-{place}"] > .row')

    def input(self, row: Locator, name: str) -> Locator:
        """Return an input of a row by its own name."""
        return self.page.locator(f'[name="{row.get_attribute("data-prefix")}-{name}"]')

    def add(self, row: Locator, place: str) -> Locator:
        """Press the button that adds a row inside a row, and return the new one."""
        self.page.locator(f'[data-add="{row.get_attribute("data-prefix")}-{place}"]').click()
        return self.within(row, place).last

    def act(self, row: Locator, act: str) -> None:
        """Press one of a row's own buttons."""
        row.locator(f'[data-act="{act}"]').first.click()

    def labels(self, kind: str) -> list[str]:
        """Return what the fields or the steps are called, in their order."""
        name = "label" if kind == "field" else "name"
        rows = self.page.locator(f'#editor [data-row="{kind}"]')
        return [self.input(rows.nth(number), name).input_value() for number in range(rows.count())]

    def chips(self, row: Locator, name: str = "fields") -> list[str]:
        """Return the labels of the chosen fields of an input of a row."""
        prefix = row.get_attribute("data-prefix")
        return self.page.locator(f'[data-chips="{prefix}-{name}"] .chip-label').all_text_contents()

    def announced(self) -> Locator:
        """Return where the page says what became of a row."""
        return self.page.locator("#announce")

    def saved(self) -> dict[str, Any]:
        """Save by the button, and return the draft."""
        self.page.get_by_role("button", name="Save draft").click()
        expect(self.page.locator(".messagelist")).to_contain_text("The draft is saved. It counts once it is published.")
        self.rest()
        self.template.refresh_from_db()
        return dict(self.template.draft or {})
