"""The inputs of the editor, one form for each kind of row. They show texts: what these mean is read in `sheet`."""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any, ClassVar, Self

from django import forms

from authoring.editor.inputs import Box, Hidden, Line, Lines, Select
from authoring.editor.words import (
    ACTIONS,
    KINDS,
    MODES,
    OPERATORS,
    REASONS,
    STEP_ACTIONS,
    STEP_KINDS,
    TIME_UNITS,
    UNITS,
)
from authoring.sheet.kinds import COLUMN_KINDS, Kind
from authoring.sheet.rows import Row

_ANSWERS = "Answers can stand in it: {{state.name}}, with the name for computers."


class RowForm(forms.Form):
    """The inputs of one row, filled with its texts. Nothing is judged here."""

    key_inputs: ClassVar[frozenset[str]] = frozenset()
    """Inputs that hold the key of another row; the page's script offers all of them."""

    def __init__(self, row: Row, prefix: str, labels: Mapping[str, str]) -> None:
        super().__init__(initial={**row.texts}, prefix=prefix)
        for name in self.key_inputs:
            chosen = row.text(name)
            self.offer_chosen(name, chosen, labels.get(chosen, chosen.lstrip("?")))

    def offer_chosen(self, name: str, value: str, words: str, *, first: bool = False) -> None:
        """Put one option more into a select if it is what the row says: no other row needs it."""
        if value and self.initial.get(name) == value:
            known: Any = self.fields[name].widget
            options = [(value, words), *known.choices] if first else [*known.choices, (value, words)]
            self.put(name, Select(known.attrs, choices=options))

    def put(self, name: str, widget: forms.Widget) -> None:
        """Give this row an input of its own; all others share theirs."""
        self.fields[name] = copy(self.fields[name])
        self.fields[name].widget = widget


class _Shared(forms.Field):
    """A field that all rows share: a page has thousands, and Django would copy each of them, with its input."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class _Text(_Shared, forms.CharField):
    """A text."""


class _YesNo(_Shared, forms.BooleanField):
    """Yes or no."""


def _text(label: str, *, help_text: str = "", **attributes: Any) -> _Text:
    return _Text(label=label, help_text=help_text, required=False, widget=Line(attributes))


def _lines(label: str, *, help_text: str = "", rows: int = 2, **attributes: Any) -> _Text:
    widget = Lines({"rows": rows, "cols": 40, **attributes})
    return _Text(label=label, help_text=help_text, required=False, widget=widget)


def _number(label: str, *, help_text: str = "") -> _Text:
    return _text(label, help_text=help_text, inputmode="decimal", size=8)


def _box(label: str, *, help_text: str = "") -> _YesNo:
    return _YesNo(label=label, help_text=help_text, required=False, widget=Box())


def _select(label: str, choices: Iterable[tuple[str, str]]) -> _Text:
    return _Text(label=label, required=False, widget=Select(choices=list(choices)))


def _filled_by_script(label: str, **data: str | bool) -> _Text:
    """Return a select into which the page's script puts what there is to choose from; the row has what is chosen."""
    attributes = {f"data-{name}": value for name, value in data.items()}
    return _Text(label=label, required=False, widget=Select(attributes, choices=[("", "Choose…")]))


def _key(label: str, *, only: str = "") -> _Text:
    """Return a select of fields, or, with `only`, of fields of some kinds."""
    return _filled_by_script(label, fields=only or "any")


def _column(label: str, *, of: str) -> _Text:
    """Return a select of the columns of the list that another input names."""
    return _filled_by_script(label, columns=of)


def _hidden() -> _Text:
    return _Text(required=False, widget=Hidden())


class FieldForm(RowForm):
    """One piece of information."""

    key_inputs = frozenset({"first", "second", "list", "from_list"})

    was, fixed = _hidden(), _hidden()
    label = _text("What is asked for", placeholder="for example: Date of birth", autocomplete="off")
    kind = _select("Kind", ((kind.value, words) for kind, words in KINDS.items()))
    required = _box("Must be answered")
    help = _lines("Explanation", help_text=f"What the person, or the assistant, should know to answer well. {_ANSWERS}")
    unit = _text("Unit", size=10, placeholder="EUR, days, kg…")
    minimum, maximum = _number("At least"), _number("At most")
    min_length, max_length = _number("At least this many letters"), _number("At most this many letters")
    min_items, max_items = _number("At least this many"), _number("At most this many")
    example = _text(
        "Must look like",
        placeholder="AB-1234",
        help_text="An example: letters and digits must stand in the same places.",
    )
    pattern = _text("Pattern (for developers)", help_text="A regular expression. Leave it as it is unless you know it.")
    must_be_yes = _box("Only “yes” counts")
    ask = _lines(
        "How to ask",
        help_text="One wording in each line: the first is used first, the next ones if it must be asked again. "
        + _ANSWERS,
    )
    suggestion = _text("Suggested answer", help_text="Offered, never filled in by itself.")
    sensitive = _select(
        "Confidential",
        (
            ("", "No"),
            ("mask", "Yes: hidden from everybody without the right to see it"),
            ("never_llm", "Yes: never given to the assistant, only on a page of its own"),
        ),
    )
    read_only = _box("Only the system that starts the conversation, or a look-up, may give it")
    ask_first = _box("Counts only as an answer to the question, never inferred (for consent)")
    own_address = _box("This is the person's own address: we may write to it")
    on_change = _select(
        "When one of these changes",
        (("", "check the answer again"), ("reset", "ask again")),
    )
    name = _text(
        "Name for computers",
        help_text="Made from the label if left empty. Steps, conditions and tests follow a new name.",
        spellcheck="false",
        autocomplete="off",
    )
    formula = _select(
        "It is",
        (
            ("", "Choose…"),
            ("years_since", "the whole years since"),
            ("sum", "the sum of"),
            ("sum_of", "the sum of one column of a list"),
            ("difference", "the difference of two answers"),
            ("count", "the number of entries of a list"),
        ),
    )
    first = _key("Answer", only="date date_time number integer computed")
    second = _key("less", only="number integer computed")
    list = _key("List", only="things choices texts")
    column = _column("Column", of="list")
    from_list = _key("List", only="things texts")
    from_value = _column("What is kept", of="from_list")
    from_label = _column("What people read", of="from_list")

    def __init__(self, row: Row, prefix: str, labels: Mapping[str, str]) -> None:
        super().__init__(row, prefix, labels)
        self.offer_chosen("on_change", "revalidate", "check the answer again, as a developer wrote")
        for name in ("column", "from_value", "from_label"):
            self.offer_chosen(name, row.text(name), row.text(name))
        if row.text("kind") == Kind.LOCKED:
            self.put("kind", Hidden())
            self.put("label", Line({**self.fields["label"].widget.attrs, "readonly": True}))


class ChoiceForm(RowForm):
    """One choice of a field."""

    label = _text("Choice", autocomplete="off")
    value = _text("Value for computers", placeholder="made from the choice", spellcheck="false", autocomplete="off")


class ColumnForm(RowForm):
    """One column of a list of people or things."""

    was = _hidden()
    label = _text("Column", autocomplete="off")
    kind = _select("Kind", ((kind.value, KINDS[kind]) for kind in COLUMN_KINDS))
    required = _box("Must be filled in")


class MessageForm(RowForm):
    """What the person is told when an answer does not count."""

    reason = _select("If", REASONS)
    words = _text("say")


class ConditionForm(RowForm):
    """How the rows of a condition are joined."""

    mode = _select("When", (("", "always"), *MODES))

    def __init__(self, row: Row, prefix: str, labels: Mapping[str, str]) -> None:
        super().__init__(row, prefix, labels)
        self.offer_chosen("mode", "locked", "as a developer wrote it", first=True)


class CheckForm(ConditionForm):
    """What a rule asks for: there is always something."""

    mode = _select("It must hold that", (("", "Choose…"), *MODES))


class GroupForm(RowForm):
    """A group inside a condition."""

    mode = _select("Group", MODES)


class ComparisonForm(RowForm):
    """One comparison."""

    key_inputs = frozenset({"field", "ref"})

    field = _key("Answer looked at")
    op = _select("Comparison", OPERATORS)
    side = _select("Compared with", (("value", "this value"), ("answer", "another answer"), ("today", "today")))
    value = _hidden()
    ref = _key("Other answer")
    offset_by = _text("How much", size=4, inputmode="numeric")
    offset_unit = _select("Unit of time", (("", "exactly"), *UNITS))
    offset_sign = _select("Direction", (("", "later"), ("-", "earlier")))


class StepForm(RowForm):
    """One step."""

    name = _text("Name of the step", placeholder="for example: About you", autocomplete="off")
    description = _lines(
        "What this step is about",
        help_text=f"Told to the assistant, and to the person where nothing is asked. {_ANSWERS}",
    )
    optional = _box("May be skipped")
    kind = _select("This step", STEP_KINDS)
    outcome = _text(
        "Outcome", placeholder="not_eligible", help_text="A short word that reports and other systems can count."
    )
    message = _lines("What the person is told at the end", help_text=_ANSWERS)
    uses = _hidden()


class RuleForm(RowForm):
    """What must hold before a step is complete."""

    message = _lines("If it does not hold, say", help_text=_ANSWERS)


class ActionForm(RowForm):
    """A request, a call of a tool, or another workflow."""

    type = _select("What happens", ACTIONS)
    url = _text(
        "Address", placeholder="https://", spellcheck="false", help_text="Answers can stand in it: {{state.name}}."
    )
    tool = _filled_by_script("Tool", tools=True)
    template = _text("Workflow", list="known-templates", autocomplete="off")
    method = _select(
        "Method",
        (("", "POST (as usual)"), *((method, method) for method in ("GET", "POST", "PUT", "PATCH", "DELETE"))),
    )
    carries = _select("What is sent", (("", "Everything that was collected"), ("fields", "What is listed here")))
    idempotent = _box("May be done again without harm")
    confirm = _box("The person must agree before it is done")
    on_failure = _select(
        "If it fails",
        (
            ("", "the workflow stops and waits for help"),
            ("skip", "go on without it"),
            ("ask", "ask the person instead"),
        ),
    )
    sample = _lines(
        "A sample answer",
        rows=4,
        spellcheck="false",
        help_text="Paste an answer of the other system here and see what would be filled in. It is not stored.",
    )

    def __init__(self, row: Row, prefix: str, labels: Mapping[str, str]) -> None:
        super().__init__(row, prefix, labels)
        self.offer_chosen("type", "locked", "As a developer set it up", first=True)
        self.offer_chosen("carries", "locked", "As a developer set it up", first=True)
        self.offer_chosen("on_failure", "fail", "the workflow stops and waits for help, as a developer wrote")
        self.offer_chosen("tool", row.text("tool"), row.text("tool"))


class StepActionForm(ActionForm):
    """An action by which a step finds something out: it cannot start another workflow."""

    type = _select("How it is found out", STEP_ACTIONS)


class PairForm(RowForm):
    """A name with a value."""

    name = _text("Name", spellcheck="false", autocomplete="off")
    value = _text("Value", spellcheck="false", list="placeholders")


class CarriedForm(RowForm):
    """An answer that is handed to another workflow."""

    key_inputs = frozenset({"ours"})

    theirs = _text("Answer there", spellcheck="false")
    ours = _key("Answer here")


class FilledForm(RowForm):
    """A part of an answer of another system, and what it fills."""

    key_inputs = frozenset({"field"})

    name = _text("Keep it as", spellcheck="false")
    field = _key("Fills")
    pointer = _text("Where it stands in the answer", placeholder="/loan/id", spellcheck="false")


class PrerequisiteForm(RowForm):
    """A workflow that must be completed first."""

    template = _text("Workflow", list="known-templates", autocomplete="off")


class DocumentForm(RowForm):
    """What a template is, and how it ends."""

    name = _text("Name", help_text="Other systems start the workflow by this name.", maxlength=255, autocomplete="off")
    description = _lines(
        "Description", rows=2, help_text="One or two sentences: what it is for, and when it should be offered."
    )
    category = _text("Category", maxlength=100)
    guidelines = _lines(
        "Guidelines for the assistant",
        rows=10,
        help_text="How to talk with people here: the tone, what never to say, what to do in an emergency.",
    )
    is_active = _box("Offered: new conversations can start it")
    confirmation = _box("Show everything at the end and ask the person to confirm it")
    expires_by = _text(
        "Expires after", size=4, inputmode="numeric", help_text="Without an answer for so long. Empty: never."
    )
    expires_unit = _select("Unit of time", TIME_UNITS)
    time_zone = _text(
        "Time zone", list="time-zones", autocomplete="off", help_text="Decides which day is “today”. Empty: UTC."
    )

    def __init__(self, row: Row, prefix: str, labels: Mapping[str, str]) -> None:
        super().__init__(row, prefix, labels)
        self.offer_chosen("expires_unit", "kept", "as a developer wrote it", first=True)


FORMS: Mapping[str, type[RowForm]] = {
    "field": FieldForm,
    "choices": ChoiceForm,
    "columns": ColumnForm,
    "messages": MessageForm,
    "when": ConditionForm,
    "check": CheckForm,
    "rows": ComparisonForm,
    "groups": GroupForm,
    "step": StepForm,
    "rules": RuleForm,
    "action": StepActionForm,
    "end_action": ActionForm,
    "headers": PairForm,
    "body": PairForm,
    "arguments": PairForm,
    "state": CarriedForm,
    "result": FilledForm,
    "prerequisites": PrerequisiteForm,
    "document": DocumentForm,
}
"""The form of each kind of row, by the name of the place that it stands in."""
