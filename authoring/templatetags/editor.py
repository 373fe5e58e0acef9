"""What the page has hundreds of, above all inputs with their labels and mistakes: so this is code and no page."""

from collections.abc import Mapping
from functools import cache
from html import escape

from django import template
from django.forms import CheckboxInput
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from authoring.editor.rows import RowView
from authoring.sheet.columns import COLUMNS

register = template.Library()

_FOR_READERS = ' class="sr-only"'

_KINDS: Mapping[str, str] = {
    **{column.name: " ".join(sorted(column.kinds)) for column in COLUMNS},
    "required": "",
    "label": "",
}
"""Inputs of a field that only some kinds have."""


@register.simple_tag
def box(row: RowView, name: str, *, bare: bool = False) -> SafeString:
    """Return an input of a row; of a bare one the label is only read aloud."""
    field = row.form.fields[name]
    widget, text, explanation = field.widget, row.row.text(name), str(field.help_text)
    identity = escape(f"id_{row.prefix}-{name}")
    if widget.is_hidden:
        return SafeString(widget.render(f"{row.prefix}-{name}", text, {"id": identity}))
    message = row.mistake(name)
    attributes = {
        "aria-describedby": f"{identity}_error {identity}_help" if explanation else f"{identity}_error",
        **({"aria-invalid": "true"} if message else {}),
        "id": identity,
    }
    control = widget.render(f"{row.prefix}-{name}", text, attributes)
    label = f'<label for="{identity}"{_FOR_READERS if bare else ""}>{escape(str(field.label))}</label>'
    is_check_box = isinstance(widget, CheckboxInput)
    parts = (
        f'<div class="box box-{name}"{_kinds(row, name)}>',
        control if is_check_box else label,
        label if is_check_box else control,
        f'<p class="help" id="{identity}_help">{escape(explanation)}</p>' if explanation else "",
        f'<p class="mistake" id="{identity}_error"{"" if message else " hidden"}>{escape(message)}</p></div>',
    )
    return SafeString("".join(parts))


@register.simple_tag
def row_start(row: RowView) -> SafeString:
    """Return what a row carries along: its key, and what it was made of."""
    key = f'<input type="hidden" name="{escape(row.container)}-keys" value="{escape(row.row.key)}">'
    base = f'<input type="hidden" name="{escape(row.prefix)}-base" value="{escape(row.base)}">' if row.base else ""
    return SafeString(key + base)


@register.simple_tag
@cache
def tools(what: str, *, more: bool = False) -> str:
    """Return the buttons that move or remove a row; rows of one kind have the same."""
    return render_to_string("authoring/editor/_tools.html", {"what": what, "more": more})


def _kinds(row: RowView, name: str) -> str:
    """Tell which kinds of field have this input; the others hide it."""
    kinds = _KINDS.get(name, "") if row.place == "field" else ""
    if not kinds:
        return ""
    return f' data-kinds="{kinds}"{"" if row.row.text("kind") in kinds.split(" ") else " hidden"}'


@register.simple_tag
def with_input(row: RowView, name: str) -> SafeString:
    """Return what hides a part of a field from the kinds that do not have this input."""
    return SafeString(_kinds(row, name))


@register.filter
def named(row: RowView, several: str) -> list[dict[str, str]]:
    """Return the fields that an input with several values holds."""
    return row.named(several)


@register.filter
def part(row: RowView, name: str) -> list[RowView]:
    """Return the rows that stand in a place inside a row."""
    return row.parts[name]


@register.filter
def only(row: RowView, name: str) -> RowView:
    """Return the row that stands alone in a place inside a row."""
    return row.parts[name][0]


@register.filter
def says(row: RowView, name: str) -> str:
    """Return the text of an input of a row."""
    return row.row.text(name)
