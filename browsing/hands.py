"""Two ways to use a page: with the mouse, and with nothing but the keyboard."""

from typing import Protocol

from playwright.sync_api import Locator, Page

MOST_TABS = 2000
_WAY_TO = """(target) => {
    const from = document.activeElement;
    if (from === target) return 0;
    const all = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]");
    const stops = [...all].filter(
        (one) => one.tabIndex >= 0 && !one.matches(":disabled") && !one.closest("[inert]") && one.checkVisibility()
    );
    const way = stops.indexOf(target) - stops.indexOf(from);
    if (stops.includes(from) && stops.includes(target)) return way;
    return from.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING ? -1 : 1;
}"""
"""How often the tab key should be pressed, backwards if it is negative: a guess, of which the end is looked at."""


class Hand(Protocol):
    """What somebody does with the inputs of a page."""

    def fill(self, box: Locator, text: str) -> None:
        """Write a text."""

    def choose(self, box: Locator, value: str) -> None:
        """Choose an option by its value."""

    def tick(self, box: Locator, *, on: bool) -> None:
        """Tick a box, or leave it empty."""

    def press(self, button: Locator) -> None:
        """Press a button, or open what can be opened."""


class Mouse:
    """Points and clicks."""

    def fill(self, box: Locator, text: str) -> None:
        box.fill(text)

    def choose(self, box: Locator, value: str) -> None:
        box.select_option(value)

    def tick(self, box: Locator, *, on: bool) -> None:
        box.set_checked(on)

    def press(self, button: Locator) -> None:
        button.click()


class Keyboard:
    """Reaches everything by the tab key, and uses it by the keys that are usual for it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator) -> None:
        """Press the tab key till something has the focus."""
        wanted, pressed = target.element_handle(), 0
        while pressed < MOST_TABS:
            way = wanted.evaluate(_WAY_TO)
            if way == 0:
                return
            for _ in range(abs(way)):
                self.page.keyboard.press("Tab" if way > 0 else "Shift+Tab")
            pressed += abs(way)
        raise AssertionError(f"{target} cannot be reached by keyboard.")

    def fill(self, box: Locator, text: str) -> None:
        self.reach(box)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def choose(self, box: Locator, value: str) -> None:
        self.reach(box)
        values = box.locator("option").evaluate_all("options => options.filter(o => !o.disabled).map(o => o.value)")
        chosen = values.index(box.input_value())
        for _ in range(abs(values.index(value) - chosen)):
            self.page.keyboard.press("ArrowDown" if values.index(value) > chosen else "ArrowUp")
        assert box.input_value() == value

    def tick(self, box: Locator, *, on: bool) -> None:
        if box.is_checked() is not on:
            self.reach(box)
            self.page.keyboard.press("Space")

    def press(self, button: Locator) -> None:
        self.reach(button)
        self.page.keyboard.press("Enter")
