"""Somebody who builds a template in the editor, input by input, from a document that tells what it is to be."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page

from authoring.sheet.rows import Row
from authoring.sheet.whole import Sheet, sheet_of
from authoring.tests.browser.editing import AT_REST
from browsing.hands import Hand, Keyboard

_TEXT_INPUTS = (
    "help",
    "ask",
    "unit",
    "minimum",
    "maximum",
    "min_length",
    "max_length",
    "min_items",
    "max_items",
    "example",
    "suggestion",
    "name",
    "pattern",
)


class Builder:
    """Builds what a document says. New rows stand at the end of their container."""

    def __init__(self, page: Page, hand: Hand, document: Mapping[str, Any]) -> None:
        self.page, self.hand = page, hand
        self.sheet: Sheet = sheet_of(document, published=document["state_schema"]["properties"])
        self.labels = {row.key: row.text("label") for row in self.sheet.fields}

    def build(self) -> None:
        """Go through the tabs from left to right."""
        rest = self.sheet.rest
        about = self.page.locator("#panel-about")
        for name in ("description", "category", "guidelines"):
            self.hand.fill(about.locator(f"#id_document-only-{name}"), rest.text(name))
        self._open("information")
        for row in self.sheet.fields:
            self._field(row)
        self.page.wait_for_selector(AT_REST)  # from now on choices are offered as values
        for number, row in enumerate(self.sheet.fields):
            self._asked_only_when(self.page.locator("#fields > .row").nth(number), row)
        self._open("steps")
        for row in self.sheet.steps:
            self._step(row)
        self._open("finish")
        finish = self.page.locator("#panel-finish")
        self.hand.tick(finish.locator("#id_document-only-confirmation"), on=rest.is_on("confirmation"))
        if rest.text("expires_by"):
            self.hand.fill(finish.locator("#id_document-only-expires_by"), rest.text("expires_by"))
            self.hand.choose(finish.locator("#id_document-only-expires_unit"), rest.text("expires_unit"))
        self.hand.fill(finish.locator("#id_document-only-time_zone"), rest.text("time_zone"))

    def _open(self, tab: str) -> None:
        wanted = self.page.locator(f"#tab-{tab}")
        if isinstance(self.hand, Keyboard):
            self.hand.reach(self.page.locator('#editor [role="tab"][aria-selected="true"]'))
            while wanted.get_attribute("aria-selected") != "true":
                self.page.keyboard.press("ArrowRight")
        else:
            self.hand.press(wanted)

    def _added(self, prefix: str) -> Locator:
        """Press the button that adds a row, and return the row."""
        self.hand.press(self.page.locator(f'[data-add="{prefix}"]'))
        return self.page.locator(f'[data-rows][data-prefix="{prefix}"] > .row').last

    def _input(self, row: Locator, name: str) -> Locator:
        return self.page.locator(f'[name="{row.get_attribute("data-prefix")}-{name}"]')

    def _prefix(self, row: Locator, *names: str) -> str:
        return "-".join((str(row.get_attribute("data-prefix")), *names))

    def _field(self, row: Row) -> None:
        made = self._added("field")
        self.hand.fill(self._input(made, "label"), row.text("label"))
        self.hand.choose(self._input(made, "kind"), row.text("kind"))
        self.hand.tick(self._input(made, "required"), on=row.is_on("required"))
        for choice in row.parts["choices"]:
            one = self._added(self._prefix(made, "choices"))
            self.hand.fill(self._input(one, "label"), choice.text("label"))
            self.hand.fill(self._input(one, "value"), choice.text("value"))
        self.hand.press(made.locator("summary").first)
        for name in _TEXT_INPUTS:
            if row.text(name):
                self.hand.fill(self._input(made, name), row.text(name))
        if row.text("sensitive"):
            self.hand.choose(self._input(made, "sensitive"), row.text("sensitive"))
        for message in row.parts["messages"]:
            one = self._added(self._prefix(made, "messages"))
            self.hand.choose(self._input(one, "reason"), message.text("reason"))
            self.hand.fill(self._input(one, "words"), message.text("words"))

    def _asked_only_when(self, made: Locator, row: Row) -> None:
        if row.only("when").text("mode"):
            self._condition(self._prefix(made, "when", "only"), row.only("when"))

    def _key(self, key: str) -> str:
        """Return the key that the page gave to a field of ours."""
        number = list(self.labels).index(key)
        prefix = self.page.locator("#fields > .row").nth(number).get_attribute("data-prefix")
        return str(prefix).removeprefix("field-")

    def _condition(self, prefix: str, row: Row) -> None:
        self.hand.choose(self.page.locator(f'[name="{prefix}-mode"]'), row.text("mode"))
        for number, comparison in enumerate(row.parts["rows"]):
            rows = f"{prefix}-rows"
            # The first one comes by itself.
            first = self.page.locator(f'[data-rows][data-prefix="{rows}"] > .row').first
            self._comparison(self._added(rows) if number else first, comparison)

    def _comparison(self, made: Locator, row: Row) -> None:
        self.hand.choose(self._input(made, "field"), self._key(row.text("field")))
        self.hand.choose(self._input(made, "op"), row.text("op"))
        if row.text("side") in ("answer", "today"):
            self.hand.choose(self._input(made, "side"), row.text("side"))
        if row.text("side") == "answer":
            self.hand.choose(self._input(made, "ref"), self._key(row.text("ref")))
        if row.text("side") == "value":
            self._value(made.locator(".value-control"), row.text("value"))
        if row.text("offset_unit"):
            self.hand.choose(self._input(made, "offset_unit"), row.text("offset_unit"))
            self.hand.fill(self._input(made, "offset_by"), row.text("offset_by"))
            self.hand.choose(self._input(made, "offset_sign"), row.text("offset_sign"))

    def _value(self, control: Locator, text: str) -> None:
        if control.locator(".value-boxes").count():
            for value in text.split("\n"):
                self.hand.tick(control.locator(f'input[value="{value}"]'), on=True)
        elif control.locator("select").count():
            self.hand.choose(control.locator("select"), text)
        else:
            self.hand.fill(control.locator("input"), text)

    def _step(self, row: Row) -> None:
        made = self._added("step")
        self.hand.fill(self._input(made, "name"), row.text("name"))
        if row.text("kind") != "ask":
            self.hand.choose(self._input(made, "kind"), row.text("kind"))
        if row.text("description"):
            self.hand.fill(self._input(made, "description"), row.text("description"))
        self._picked(self._prefix(made, "fields"), row.several["fields"])
        if row.is_on("optional"):
            self.hand.tick(self._input(made, "optional"), on=True)
        if row.text("kind") == "end":
            self.hand.fill(self._input(made, "outcome"), row.text("outcome"))
            self.hand.fill(self._input(made, "message"), row.text("message"))
        if row.only("when").text("mode"):
            self.hand.press(made.locator("summary", has_text="Only in some cases"))
            self._condition(self._prefix(made, "when", "only"), row.only("when"))
        if row.parts["rules"]:
            self.hand.press(made.locator("summary", has_text="What must hold"))
        for rule in row.parts["rules"]:
            one = self._added(self._prefix(made, "rules"))
            self._condition(self._prefix(one, "check", "only"), rule.only("check"))
            self.hand.fill(self._input(one, "message"), rule.text("message"))
            self._picked(self._prefix(one, "again"), rule.several["again"])

    def _picked(self, name: str, keys: tuple[str, ...]) -> None:
        if not keys:
            return
        chips = self.page.locator(f'[data-chips="{name}"]')
        self.hand.press(chips.locator("[data-pick]"))
        for key in keys:
            label = self.labels[key]
            self.hand.fill(chips.locator("input[type=search]"), label)
            exact = chips.locator(f'.picker input[value="{self._key(key)}"]')
            self.hand.tick(exact, on=True)
        if isinstance(self.hand, Keyboard):
            self.page.keyboard.press("Escape")
        else:
            self.hand.press(chips.locator("[data-pick]"))
