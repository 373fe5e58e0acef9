"""One input with its label, its explanation and its mistake: the page has hundreds, so this is code and no page."""

from collections.abc import Mapping

from django import template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from authoring.editor.rows import RowView
from authoring.sheet.columns import COLUMNS

register = template.Library()

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
    identity = field.auto_id
    message = row.mistake(name)
    described = f"{identity}_error" if not field.help_text else f"{identity}_error {identity}_help"
    widget = field.as_widget(attrs={"aria-describedby": described, **({"aria-invalid": "true"} if message else {})})
    label = format_html('<label for="{}"{}>{}</label>', identity, _class("sr-only") if bare else "", field.label)
    return format_html(
        '<div class="box box-{}"{}>{}{}{}<p class="mistake" id="{}_error"{}>{}</p></div>',
        name,
        _kinds(row, name),
        widget if _is_check_box(field) else label,
        label if _is_check_box(field) else widget,
        format_html('<p class="help" id="{}_help">{}</p>', identity, field.help_text) if field.help_text else "",
        identity,
        "" if message else SafeString(" hidden"),
        message,
    )


def _class(name: str) -> SafeString:
    return format_html(' class="{}"', name)


def _is_check_box(field: BoundField) -> bool:
    return field.widget_type == "checkbox"


def _kinds(row: RowView, name: str) -> SafeString:
    """Tell which kinds of field have this input; the others hide it."""
    kinds = _KINDS.get(name, "") if row.place == "field" else ""
    if not kinds:
        return SafeString("")
    is_hidden = row.row.text("kind") not in kinds.split(" ")
    return format_html(' data-kinds="{}"{}', kinds, SafeString(" hidden") if is_hidden else "")


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
