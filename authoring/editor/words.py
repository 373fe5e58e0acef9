"""The words of the editor for what a document can say: kinds, operators, reasons, units, actions."""

from collections.abc import Mapping, Sequence

from authoring.sheet.kinds import Kind

type Choices = Sequence[tuple[str, str]]

KINDS: Mapping[Kind, str] = {
    Kind.TEXT: "Text",
    Kind.LONG_TEXT: "Long text",
    Kind.NUMBER: "Number",
    Kind.INTEGER: "Whole number",
    Kind.BOOLEAN: "Yes or no",
    Kind.DATE: "Date",
    Kind.DATE_TIME: "Date and time",
    Kind.CHOICE: "One of a list",
    Kind.CHOICES: "Several of a list",
    Kind.EMAIL: "E-mail address",
    Kind.LINK: "Link",
    Kind.TEXTS: "List of texts",
    Kind.THINGS: "List of people or things",
    Kind.COMPUTED: "Worked out from other answers",
    Kind.CHOSEN: "One out of a list found out before",
}
OPERATORS: Choices = (
    ("==", "is"),
    ("!=", "is not"),
    ("<", "is less than"),
    ("<=", "is at most"),
    (">", "is more than"),
    (">=", "is at least"),
    ("in", "is one of"),
    ("not_in", "is none of"),
    ("contains", "includes"),
    ("contains_any", "includes any of"),
    ("contains_all", "includes all of"),
    ("answered", "is answered"),
    ("empty", "is not answered"),
    ("attempts>=", "was refused at least … times"),
)
MODES: Choices = (
    ("all", "all of these are true"),
    ("any", "any of these is true"),
    ("not_all", "not all of these are true"),
    ("not_any", "none of these is true"),
)
REASONS: Choices = (
    ("", "Choose…"),
    ("*", "for any other reason"),
    ("type", "it is not of the right kind"),
    ("minimum", "it is too small"),
    ("maximum", "it is too large"),
    ("minLength", "it is too short"),
    ("maxLength", "it is too long"),
    ("pattern", "it is not written as expected"),
    ("format", "it is no such date, e-mail address or link"),
    ("oneOf", "it is not on the list"),
    ("enum", "it is not on the list (plain list)"),
    ("const", "it is not yes"),
    ("minItems", "there are too few"),
    ("maxItems", "there are too many"),
    ("uniqueItems", "one is there twice"),
)
UNITS: Choices = (("Y", "years"), ("M", "months"), ("W", "weeks"), ("D", "days"))
TIME_UNITS: Choices = (("TM", "minutes"), ("TH", "hours"), *reversed(UNITS))
STEP_KINDS: Choices = (
    ("ask", "asks or tells something"),
    ("action", "finds something out by itself"),
    ("end", "ends the conversation"),
)
ACTIONS: Choices = (
    ("none", "Nothing more"),
    ("api_call", "Send the answers to another system"),
    ("tool_call", "Use a tool of this service"),
    ("workflow", "Start another workflow"),
)
STEP_ACTIONS: Choices = (
    ("none", "Choose…"),
    ("api_call", "Ask another system"),
    ("tool_call", "Use a tool of this service"),
)

_ANY = ("answered", "empty", "attempts>=")
_EQUAL = ("==", "!=")
_ORDER = ("<", "<=", ">", ">=")

FIELD_OPERATORS: Mapping[str, Sequence[str]] = {
    "text": (*_EQUAL, "in", "not_in", *_ANY),
    "long_text": _ANY,
    "number": (*_EQUAL, *_ORDER, *_ANY),
    "integer": (*_EQUAL, *_ORDER, *_ANY),
    "computed": (*_EQUAL, *_ORDER, *_ANY),
    "boolean": (*_EQUAL, *_ANY),
    "date": (*_EQUAL, *_ORDER, *_ANY),
    "date_time": (*_EQUAL, *_ORDER, *_ANY),
    "choice": (*_EQUAL, "in", "not_in", *_ANY),
    "choices": ("contains", "contains_any", "contains_all", *_ANY),
    "email": (*_EQUAL, *_ANY),
    "link": (*_EQUAL, *_ANY),
    "texts": ("contains", *_ANY),
    "things": _ANY,
    "chosen": (*_EQUAL, "in", "not_in", *_ANY),
    "locked": tuple(op for op, _ in OPERATORS),
}
"""Which comparisons make sense for each kind of field; one that is chosen already is offered too."""

OPERATOR_WORDS: Mapping[str, Mapping[str, str]] = {
    "date": {"<": "is before", "<=": "is on or before", ">": "is after", ">=": "is on or after"},
    "date_time": {"<": "is before", "<=": "is at or before", ">": "is after", ">=": "is at or after"},
    "": dict(OPERATORS),
}
"""How comparisons are called, where it differs for a kind of field."""
