"""Forms made from a state schema: an input for each question. They judge nothing: what was typed goes to the engine."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from answering import kinds
from answering.kinds import Column, Kind, columns_of, kind_of, options_of
from answering.or_none import Listed, OrNone
from answering.questions import Question
from engine import strict_json

BLANK_ROWS = 3
MAX_ROWS = 1000
"""So many rows of a table are read, or as many as were shown: none of what is stored is lost."""

_YES_NO = [("true", "Yes"), ("false", "No")]
_NO_ANSWER = "No answer"
_NOT_CHOSEN = "Please choose"
_NONE: Mapping[Kind, str] = {Kind.SEVERAL_OF: "None of these", Kind.LINES: "None", Kind.ROWS: "None"}
"""How an empty list is answered, where it may be one; as JSON, it can be written."""

_UNSTORABLE = "This cannot be sent: a number in it is too large, or it has a character that no database keeps."
_BOTH = "This can be read in two ways: “%(none)s” is ticked, and yet there is an answer. Take one of them away."

_IN_GROUPS = frozenset({Kind.YES_NO, Kind.SEVERAL_OF, Kind.ROWS})
"""What consists of several inputs, and is named by a legend."""


class RowsInput(forms.Widget):
    """A small table: a row for each entry of a list, and some blank ones."""

    def __init__(self, columns: Sequence[Column], *, stored: int, label: str, attrs: dict[str, Any]) -> None:
        super().__init__(attrs)
        self.columns = columns
        self.most = max(MAX_ROWS, stored + BLANK_ROWS)
        self.label = label

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[list[str]]:
        """Return what was typed, row by row."""
        rows: list[list[str]] = []
        while len(rows) < self.most and any(cell in data for cell in self._names(name, len(rows))):
            rows.append([data.get(cell, "") for cell in self._names(name, len(rows))])
        return rows

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the table; what is in a row already keeps its place."""
        filled = [row for row in value or () if any(row)]
        blank = [""] * len(self.columns)
        shown = filled + [blank] * BLANK_ROWS
        rows = [self._cells(f"{name}-{number}", row, number) for number, row in enumerate(shown)]
        return render_to_string("answering/_answer_rows.html", {"columns": self.columns, "rows": rows})

    def _names(self, name: str, number: int) -> list[str]:
        return [f"{name}-{number}-{index}" for index in range(len(self.columns))]

    def _cells(self, name: str, row: Sequence[str], number: int) -> list[tuple[Column, SafeString]]:
        place = f"{self.attrs['id']}-{number}"
        cells = []
        for index, (column, value) in enumerate(zip(self.columns, row, strict=True)):
            attrs = {"id": f"{place}-{index}", "aria-label": f"{self.label}, row {number + 1}: {column.label}"}
            cells.append((column, _cell(column, attrs).render(f"{name}-{index}", value)))
        return cells


class AnswerField(forms.Field):
    """The input of one question. Only what no JSON can hold is refused here."""

    def __init__(self, question: Question, *, time_zone: str, prefix: str) -> None:
        self.question = question
        self.place = _place(question, prefix)
        """The id that the ids of all its parts begin with."""
        self.schema = question.field.schema
        self.kind = kind_of(self.schema)
        self.time_zone = time_zone
        self.shown = kinds.shown(question.value, self.schema, time_zone=time_zone)
        """What stands in the input before anybody types."""
        super().__init__(required=False, label=question.field.label, widget=_widget(question, self.kind, self.place))

    @property
    def is_group(self) -> bool:
        """Whether it consists of several inputs."""
        return self.kind in _IN_GROUPS

    @property
    def unit(self) -> str:
        """What a number counts."""
        return str(self.schema.get("x-unit") or "")

    @property
    def note(self) -> str:
        """How the input is filled in, where that cannot be seen."""
        return _NOTES.get(self.kind, "")

    @property
    def described_by(self) -> str:
        """The ids of what says more about it."""
        return _described_by(self.question, self.kind, self.place)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what was typed, to be mended; nothing of a secret."""
        return None if self.question.is_secret else super().bound_data(data, initial)

    def to_python(self, value: Any) -> Any:
        """Return the answer; None if there is none."""
        typed, is_none = (value.entries, value.is_none) if isinstance(value, Listed) else (value, False)
        nothing: Any = [] if self.kind in (Kind.SEVERAL_OF, Kind.ROWS) else ""
        answer = kinds.read_again(typed or nothing, self.question.value, self.schema, time_zone=self.time_zone)
        try:
            strict_json.check(answer)
        except strict_json.UnreadableJson:
            raise ValidationError(_UNSTORABLE) from None
        if is_none and answer is not None:
            raise ValidationError(_BOTH, params={"none": _NONE[self.kind]})
        return [] if is_none else answer


class AnswerForm(forms.Form):
    """One input for each question, with names and ids that may stand inside another form."""

    def __init__(self, questions: Iterable[Question], data: Any = None, *, time_zone: str, prefix: str) -> None:
        super().__init__(data, prefix=prefix, auto_id="%s")
        for question in questions:
            name, field = question.field.name, AnswerField(question, time_zone=time_zone, prefix=prefix)
            self.fields[name] = field
            has_box = isinstance(field.widget, OrNone)
            self.initial[name] = Listed(entries=field.shown, is_none=question.value == []) if has_box else field.shown


def answer_form(
    questions: Iterable[Question], data: Any = None, *, time_zone: str = "UTC", prefix: str = "answer"
) -> AnswerForm:
    """Return the form for some questions, filled in with what they hold, or with what was posted."""
    return AnswerForm(questions, data, time_zone=time_zone, prefix=prefix)


def answers_of(form: AnswerForm) -> dict[str, Any]:
    """Return what a valid form was filled in with; what was left empty is left out."""
    return {name: answer for name, answer in form.cleaned_data.items() if answer is not None}


_NOTES: Mapping[Kind, str] = {
    Kind.LINES: "One a line.",
    Kind.ROWS: "One a row; leave the others empty.",
    Kind.JSON: "No form can ask for this; write it as JSON.",
}

_TYPES: Mapping[Kind, Mapping[str, str]] = {
    Kind.DATE: {"type": "date"},
    Kind.DATE_TIME: {"type": "datetime-local"},
    Kind.EMAIL: {"type": "email"},
    Kind.LINK: {"type": "url"},
    # No input of type "number": browsers keep back what is none, and nobody would see how it is refused.
    Kind.NUMBER: {"type": "text", "inputmode": "decimal"},
    Kind.WHOLE_NUMBER: {"type": "text", "inputmode": "numeric"},
}

_ROWS_OF_TEXT: Mapping[Kind, int] = {Kind.LONG_TEXT: 4, Kind.LINES: 3, Kind.JSON: 4}


def _widget(question: Question, kind: Kind, place: str) -> forms.Widget:
    """Return the input of a question; a list that may be empty can be answered with "none"."""
    entries = _input(question, kind, place)
    if kind not in _NONE or not question.can_be_none:
        return entries
    return OrNone(entries, words=_NONE[kind], label=question.field.label, attrs={"id": place})


def _input(question: Question, kind: Kind, place: str) -> forms.Widget:
    schema = question.field.schema
    attrs: dict[str, Any] = {"id": place, "autocomplete": "off"}
    if kind not in _IN_GROUPS:
        attrs["aria-describedby"] = _described_by(question, kind, place)
        if question.messages:
            attrs["aria-invalid"] = "true"
    match kind:
        case Kind.YES_NO:
            without = [] if question.field.required else [("", _NO_ANSWER)]
            return forms.RadioSelect({"id": place}, choices=[*_YES_NO, *without])
        case Kind.SEVERAL_OF:
            return forms.CheckboxSelectMultiple({"id": place}, choices=options_of(schema))
        case Kind.ONE_OF:
            empty = _NOT_CHOSEN if question.field.required else _NO_ANSWER
            return forms.Select(attrs, choices=[("", empty), *options_of(schema)])
        case Kind.ROWS:
            stored = len(question.value) if isinstance(question.value, list) else 0
            return RowsInput(columns_of(schema), stored=stored, label=question.field.label, attrs=attrs)
        case Kind.LONG_TEXT | Kind.LINES | Kind.JSON:
            return forms.Textarea({**attrs, "rows": _ROWS_OF_TEXT[kind]})
        case Kind.TEXT if isinstance(question.value, str) and {"\n", "\r"} & {*question.value}:
            return forms.Textarea({**attrs, "rows": 2})  # browsers make one line of what stands in an input of one
        case _:
            return forms.TextInput({**_TYPES.get(kind, {}), **attrs})


def _cell(column: Column, attrs: dict[str, Any]) -> forms.Widget:
    match column.kind:
        case Kind.YES_NO:
            return forms.Select(attrs, choices=[("", "-"), *_YES_NO])
        case Kind.ONE_OF:
            return forms.Select(attrs, choices=[("", "-"), *options_of(column.schema)])
        case _:
            return forms.TextInput({**_TYPES.get(column.kind, {}), **attrs, "autocomplete": "off"})


def _described_by(question: Question, kind: Kind, place: str) -> str:
    has_help = question.words or question.hint or question.again or question.note or kind in _NOTES
    return f"{place}-help {place}-error" if has_help else f"{place}-error"


def _place(question: Question, prefix: str) -> str:
    """Return an id for a question: a name may hold anything, and an id no blanks."""
    safe = re.sub(r"[^A-Za-z0-9_-]", lambda found: f".{ord(found[0]):x}.", question.field.name)
    return f"{prefix}-{safe}"
