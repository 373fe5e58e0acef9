"""A form of a page as a browser reads it from HTML, and posts it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from authoring.tests.sheet.pages import Form

type Attributes = dict[str, str]

_ONE_LINE = frozenset({"text", "search", "tel", "url", "email", "password", "number", "date"})
_NEVER_POSTED = frozenset({"submit", "button", "reset", "image", "file"})


def form_on(page: bytes, identity: str = "editor") -> Form:
    """Return what a browser posts of the form with this id if nobody touches it, but for the button that is pressed."""
    reader = _Reader(identity)
    # The first thing that a browser does with a page: HTML Standard, 13.2.3.5, preprocessing the input stream.
    text = page.decode().replace("\r\n", "\n").replace("\r", "\n")
    # Nothing outside of the form matters, and reading it takes as long as reading the form.
    begun = max(text.find(f'<form id="{identity}"'), 0)
    reader.feed(text[begun : text.find("</form>", begun) + len("</form>")])
    reader.close()
    assert reader.is_found, f"the page has no form {identity!r}"
    return reader.form


def post(browser: Client, address: str, inputs: Mapping[str, Sequence[str] | str]) -> Any:
    """Post a form as browsers do that has no file."""
    return browser.post(address, urlencode(inputs, doseq=True), content_type="application/x-www-form-urlencoded")


def identities_on(page: bytes) -> dict[str, Attributes]:
    """Return the attributes of all elements that have an id, by it; those in a `template` are none of the page."""
    reader = _Identities()
    reader.feed(page.decode())
    reader.close()
    return reader.found


@dataclass
class _Select:
    name: str
    is_multiple: bool
    options: list[tuple[str, bool]] = field(default_factory=list)

    def values(self) -> Iterable[str]:
        selected = [value for value, is_selected in self.options if is_selected]
        if self.is_multiple:
            return selected
        return selected[-1:] or [value for value, _ in self.options[:1]]


class _Page(HTMLParser):
    """Reads a page without what is in `template` elements, which is there to be copied."""

    templates = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "template":
            self.templates += 1
        elif not self.templates:
            self.begun(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self.templates -= 1
        elif not self.templates:
            self.ended(tag)

    def begun(self, tag: str, attributes: Attributes) -> None:
        """Take the start of an element."""

    def ended(self, tag: str) -> None:
        """Take the end of an element."""


class _Identities(_Page):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Attributes] = {}

    def begun(self, tag: str, attributes: Attributes) -> None:
        identity = attributes.get("id")
        if identity is not None:
            assert identity not in self.found, f"two elements have the id {identity!r}"
            self.found[identity] = attributes


class _Reader(_Page):
    """Collects the successful controls of one form, in the order of the page."""

    def __init__(self, identity: str) -> None:
        super().__init__()
        self.identity, self.form = identity, Form()
        self.is_found = self.is_inside = False
        self.fieldsets: list[bool] = []
        self.select: _Select | None = None
        self.option: Attributes | None = None
        self.text: list[str] | None = None
        self.textarea = ""

    def begun(self, tag: str, attributes: Attributes) -> None:
        if tag == "form":
            self.is_inside = attributes.get("id") == self.identity
            self.is_found |= self.is_inside
        elif tag == "fieldset":
            self.fieldsets.append("disabled" in attributes)
        elif not self.is_inside or "disabled" in attributes or any(self.fieldsets):
            return
        elif tag == "input":
            self._input(attributes)
        elif tag == "select":
            self.select = _Select(attributes.get("name", ""), "multiple" in attributes)
        elif tag == "option":
            self.option, self.text = attributes, []
        elif tag == "textarea":
            self.textarea, self.text = attributes.get("name", ""), []

    def _input(self, attributes: Attributes) -> None:
        name, kind = attributes.get("name", ""), attributes.get("type", "text")
        value = attributes.get("value", "on" if kind in ("checkbox", "radio") else "")
        if not name or kind in _NEVER_POSTED or (kind in ("checkbox", "radio") and "checked" not in attributes):
            return
        self.form.add(name, value.replace("\n", "") if kind in _ONE_LINE else value)

    def handle_data(self, data: str) -> None:
        if self.text is not None and not self.templates:
            self.text.append(data)

    def ended(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "fieldset":
            self.fieldsets.pop()
        elif tag == "option" and self.option is not None and self.text is not None:
            value = self.option.get("value", " ".join("".join(self.text).split()))
            if self.select is not None:
                self.select.options.append((value, "selected" in self.option))
            self.option = self.text = None
        elif tag == "select" and self.select is not None:
            for value in self.select.values():
                if self.select.name:
                    self.form.add(self.select.name, value)
            self.select = None
        elif tag == "textarea" and self.text is not None:
            # A line break right after the tag is there for the sake of the source.
            self.form.add(self.textarea, "".join(self.text).removeprefix("\n"))
            self.text = None
