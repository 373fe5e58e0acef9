"""A form of a page as a browser reads it from HTML, and posts it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from selectolax.lexbor import LexborHTMLParser, LexborNode

from authoring.tests.sheet.pages import Form

type Attributes = dict[str, str]

_ONE_LINE = frozenset({"text", "search", "tel", "url", "email", "password", "number", "date"})
_NEVER_POSTED = frozenset({"submit", "button", "reset", "image", "file"})


def form_on(page: bytes, identity: str = "editor") -> Form:
    """Return what a browser posts of the form with this id if nobody touches it, but for the button that is pressed."""
    found = _read(page).css_first(f"form[id='{identity}']")
    assert found is not None, f"the page has no form {identity!r}"
    disabled = {one.mem_id for one in found.css("fieldset[disabled] *, [disabled]")}
    form = Form()
    for control in found.css("input[name], select[name], textarea[name]"):
        if control.mem_id not in disabled:
            for value in _values_of(control):
                form.add(control.attrs.sget("name"), value)
    return form


def post(browser: Client, address: str, inputs: Mapping[str, Sequence[str] | str]) -> Any:
    """Post a form as browsers do that has no file."""
    return browser.post(address, urlencode(inputs, doseq=True), content_type="application/x-www-form-urlencoded")


def identities_on(page: bytes) -> dict[str, Attributes]:
    """Return the attributes of all elements that have an id, by it; those in a `template` are none of the page."""
    found: dict[str, Attributes] = {}
    for element in _read(page).css("[id]"):
        attributes = {name: value or "" for name, value in element.attributes.items()}
        assert attributes["id"] not in found, f"two elements have the id {attributes['id']!r}"
        found[attributes["id"]] = attributes
    return found


def _read(page: bytes) -> LexborHTMLParser:
    # The first thing that a browser does with a page: HTML Standard, 13.2.3.5, preprocessing the input stream.
    return LexborHTMLParser(page.decode().replace("\r\n", "\n").replace("\r", "\n"))


def _values_of(control: LexborNode) -> Iterator[str]:
    """Yield what a control adds to what is posted: HTML Standard, 4.10.22.4, constructing the entry list."""
    if control.tag == "select":
        yield from _chosen_in(control)
    elif control.tag == "textarea":
        yield control.text()
    else:
        kind = control.attrs.sget("type", "text")
        is_box = kind in ("checkbox", "radio")
        if kind in _NEVER_POSTED or (is_box and "checked" not in control.attrs):
            return
        value = control.attrs.sget("value", "on" if is_box else "")
        yield value.replace("\n", "") if kind in _ONE_LINE else value


def _chosen_in(select: LexborNode) -> list[str]:
    options = [(_value_of(option), "selected" in option.attrs) for option in select.css("option")]
    chosen = [value for value, is_selected in options if is_selected]
    if "multiple" in select.attrs:
        return chosen
    return chosen[-1:] or [value for value, _ in options[:1]]


def _value_of(option: LexborNode) -> str:
    return option.attrs.sget("value", " ".join(option.text().split()))
