"""Inputs that write their HTML in code. Django's fill in an HTML page each, and the editor has thousands of them."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from django import forms
from django.utils.safestring import SafeString

_LONGEST_REMEMBERED = 500
"""So many characters may an option have to be written only once, so that what is remembered stays small."""


def _attributes(attrs: Mapping[str, Any]) -> Iterator[str]:
    for name, value in attrs.items():
        if value is True:
            yield f" {name}"
        elif value is not False:
            yield f' {name}="{escape(str(value))}"'


def _element(tag: str, name: str, attrs: Mapping[str, Any]) -> str:
    return f'<{tag} name="{escape(name)}"{"".join(_attributes(attrs))}>'


class _Written(forms.Widget):
    """An input of which :meth:`written` returns the HTML; it escapes everything."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: object = None) -> SafeString:
        """Return the HTML of the input."""
        return SafeString(self.written(name, value, {**self.attrs, **(attrs or {})}))

    def written(self, name: str, value: Any, attrs: Mapping[str, Any]) -> str:
        """Return the HTML of the input with all its attributes."""
        raise NotImplementedError


class _WithValue(_Written, forms.widgets.Input):
    def written(self, name: str, value: Any, attrs: Mapping[str, Any]) -> str:
        """Return the HTML of the input with all its attributes."""
        return _element("input", name, {"type": self.input_type, **({"value": value} if value else {}), **attrs})


class Line(_WithValue, forms.TextInput):
    """A text in one line."""


class Hidden(_WithValue, forms.HiddenInput):
    """What the page carries along."""


class Box(_Written, forms.CheckboxInput):
    """A box to check."""

    def written(self, name: str, value: Any, attrs: Mapping[str, Any]) -> str:
        """Return the HTML of the input with all its attributes."""
        return _element("input", name, {"type": "checkbox", **({"checked": True} if value else {}), **attrs})


class Lines(_Written, forms.Textarea):
    """A text in several lines."""

    def written(self, name: str, value: Any, attrs: Mapping[str, Any]) -> str:
        """Return the HTML of the input; browsers drop a line break at its beginning, so there is always one."""
        return f"{_element('textarea', name, attrs)}\n{escape(str(value or ''))}</textarea>"


class Select(_Written, forms.Select):
    """One of a list."""

    def written(self, name: str, value: Any, attrs: Mapping[str, Any]) -> str:
        """Return the HTML of the input with its options."""
        chosen = "" if value is None else str(value)
        options = "".join(_option(str(key), str(words), is_chosen=str(key) == chosen) for key, words in self.choices)
        return f"{_element('select', name, attrs)}{options}</select>"


def _option(key: str, words: str, *, is_chosen: bool) -> str:
    """Return an option. What is as long as no label is was posted, and is not kept in memory."""
    written = _remembered if len(key) + len(words) <= _LONGEST_REMEMBERED else _option_written
    return written(key, words, is_chosen=is_chosen)


def _option_written(key: str, words: str, *, is_chosen: bool) -> str:
    return f'<option value="{escape(key)}"{" selected" if is_chosen else ""}>{escape(words)}</option>'


_remembered = lru_cache(maxsize=1000)(_option_written)
"""Most selects of a page offer the same."""
