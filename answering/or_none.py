"""A list that may be empty: its input, and a box to say that there are none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What stands in the input of a list, and whether the box for "none" is ticked."""

    entries: Any
    is_none: bool


class OrNone(forms.Widget):
    """The input of a list with a box below it. To leave the one empty is no answer yet; to tick the other is one."""

    def __init__(self, entries: forms.Widget, *, words: str, label: str, attrs: dict[str, Any]) -> None:
        super().__init__(attrs)
        self.entries = entries
        self.words = words
        """What is said by ticking the box."""
        self.label = label

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Listed:
        """Return both parts as they were sent."""
        entries = self.entries.value_from_datadict(data, files, name)
        return Listed(entries=entries, is_none=_box(name) in data)

    def render(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Return the input with the box; both are empty for a secret, of which nothing is sent back."""
        listed = value if isinstance(value, Listed) else Listed(entries=None, is_none=False)
        shown = {
            "entries": self.entries.render(name, listed.entries, renderer=renderer),
            "name": _box(name),
            "place": _box(self.attrs["id"]),
            "words": self.words,
            "label": self.label,
            "is_none": listed.is_none,
        }
        return render_to_string("answering/_answer_or_none.html", shown)


def _box(name: str) -> str:
    return f"{name}-none"
