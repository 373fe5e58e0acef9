"""One input with its label, its explanation and its mistake. The page has hundreds: so this is code and no page."""

from collections.abc import Mapping

from django import template
from django.forms import CheckboxInput
from django.utils.html import escape
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
    field = row.form[name]
    if field.is_hidden:
        return field.as_widget()
    identity = escape(field.auto_id)
    message, explanation = row.mistake(name), field.help_text
    attributes = {
        "aria-describedby": f"{field.auto_id}_error {field.auto_id}_help" if explanation else f"{field.auto_id}_error"
    }
    widget = field.as_widget(attrs={**attributes, **({"aria-invalid": "true"} if message else {})})
    label = f'<label for="{identity}"{_FOR_READERS if bare else ""}>{escape(field.label)}</label>'
    is_check_box = isinstance(field.field.widget, CheckboxInput)
    parts = (
        f'<div class="box box-{name}"{_kinds(row, name)}>',
        widget if is_check_box else label,
        label if is_check_box else widget,
        f'<p class="help" id="{identity}_help">{escape(explanation)}</p>' if explanation else "",
        f'<p class="mistake" id="{identity}_error"{"" if message else " hidden"}>{escape(message)}</p></div>',
    )
    return SafeString("".join(parts))


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
