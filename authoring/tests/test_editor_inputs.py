"""The inputs of the editor: what Django's own would be, made faster."""

import pytest
from django import forms
from django.test.html import parse_html

from authoring.editor import inputs
from authoring.editor.inputs import Box, Hidden, Line, Lines, Select

HOSTILE = "\"><script>alert('x')</script>&amp;\n{{ state }}"
VALUES = ("", None, "Amount", "0", " two  spaces ", "a\nb", HOSTILE)
ATTRIBUTES = {"id": "id_a", "aria-describedby": HOSTILE, "readonly": True, "hidden": False, "size": 8}
OPTIONS = [("", "Choose…"), ("a", "An <option>"), (HOSTILE, HOSTILE), ("0", "Nought")]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(("ours", "theirs"), [(Line, forms.TextInput), (Hidden, forms.HiddenInput)])
def test_an_input_is_written_as_django_writes_it(
    ours: type[forms.Widget], theirs: type[forms.Widget], value: str | None
) -> None:
    written = ours({"placeholder": "AB-1"}).render(f"field-{HOSTILE}", value, ATTRIBUTES)

    assert parse_html(written) == parse_html(
        theirs({"placeholder": "AB-1"}).render(f"field-{HOSTILE}", value, ATTRIBUTES)
    )


@pytest.mark.parametrize("value", VALUES)
def test_lines_are_written_as_django_writes_them(value: str | None) -> None:
    written = Lines({"rows": 2}).render("help", value, ATTRIBUTES)

    assert parse_html(written) == parse_html(forms.Textarea({"rows": 2}).render("help", value, ATTRIBUTES))


@pytest.mark.parametrize("first", ["\n", "\nsecond line"])
def test_a_line_break_at_the_beginning_survives_the_one_that_browsers_drop(first: str) -> None:
    assert f">\n{first}</textarea>" in Lines().render("help", first)


@pytest.mark.parametrize("value", ["on", "", None])
def test_a_box_is_written_as_django_writes_it(value: str | None) -> None:
    ours, theirs = Box().render("required", value == "on"), forms.CheckboxInput().render("required", value == "on")

    assert parse_html(ours) == parse_html(theirs)


@pytest.mark.parametrize("value", ["", None, "a", "0", 0, HOSTILE, "gone"])
def test_a_select_is_written_as_django_writes_it(value: str | int | None) -> None:
    ours = Select(choices=OPTIONS).render("kind", value, ATTRIBUTES)

    assert parse_html(ours) == parse_html(forms.Select(choices=OPTIONS).render("kind", value, ATTRIBUTES))


def test_what_is_longer_than_any_label_is_not_kept_in_memory() -> None:
    before = inputs._remembered.cache_info().misses

    Select(choices=[("x" * 501, "")]).render("kind", "")

    assert inputs._remembered.cache_info().misses == before


def test_what_is_carried_along_is_hidden() -> None:
    assert Hidden().is_hidden
    assert not Line().is_hidden
