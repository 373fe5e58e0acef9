"""What parts of a document mean, in plain words for its author. A draft may be wrong in any way: nothing raises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

from engine.conditions import LIST_VALUED, PRESENCE, TODAY, Operator, is_number, same
from engine.document_schema import LONG_TEXT_TYPE, MAX_CONDITION_DEPTH
from engine.filling import with_labels
from engine.plain_words import day_in_words, is_text, listed, number_in_words, quoted, readable, signed_duration

UNREADABLE_CONDITION = "a condition a developer wrote"
UNREADABLE_FORMULA = "a formula a developer wrote"
UNREADABLE_KIND = "something a developer described"
UNREADABLE_DURATION = "a time a developer wrote"

_NOTHING: Mapping[str, Any] = MappingProxyType({})

_EQUALITIES = {Operator.EQUAL: "is", Operator.NOT_EQUAL: "is not"}
# With another field on the other side; a constant is spelt out.
_OF_LISTS = {
    Operator.IN: "is one of",
    Operator.NOT_IN: "is none of",
    Operator.CONTAINS: "includes",
    Operator.CONTAINS_ANY: "includes some of",
    Operator.CONTAINS_ALL: "includes all of",
}
_OF_NUMBERS = {
    Operator.LESS: "is less than",
    Operator.LESS_OR_EQUAL: "is at most",
    Operator.GREATER: "is more than",
    Operator.GREATER_OR_EQUAL: "is at least",
}
_OF_DAYS = {
    Operator.LESS: "is before",
    Operator.LESS_OR_EQUAL: "is on or before",
    Operator.GREATER: "is after",
    Operator.GREATER_OR_EQUAL: "is on or after",
}
# Before a moved day, which has a "before" or "after" of its own.
_OF_MOVED_DAYS = {
    Operator.LESS: "is earlier than",
    Operator.LESS_OR_EQUAL: "is no later than",
    Operator.GREATER: "is later than",
    Operator.GREATER_OR_EQUAL: "is no earlier than",
}
_OF_TEXTS = {
    Operator.LESS: "comes, by alphabet, before",
    Operator.LESS_OR_EQUAL: "is, or comes by alphabet before,",
    Operator.GREATER: "comes, by alphabet, after",
    Operator.GREATER_OR_EQUAL: "is, or comes by alphabet after,",
}

_OF_FORMATS = {
    "date": "date",
    "date-time": "date and time",
    "time": "time",
    "email": "e-mail address",
    "uri": "link",
}
_OF_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "object": "group of values",
    "array": "list",
}
_DAY_KINDS = frozenset({"date", "date and time"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What the author calls things: the schemas of the fields by name, and the names of the steps by id."""

    fields: Mapping[str, Mapping[str, Any]] = _NOTHING
    steps: Mapping[str, str] = _NOTHING

    @classmethod
    def of(cls, document: Any) -> Self:
        """Return the vocabulary of any JSON value: what is not as it should be has no words of its own."""
        known = as_mapping(document)
        properties = as_mapping(as_mapping(known.get("state_schema")).get("properties"))
        steps = [as_mapping(step) for step in as_list(known.get("steps"))]
        named = {step["id"]: step["name"] for step in steps if is_text(step.get("id")) and is_text(step.get("name"))}
        return cls(fields={name: as_mapping(schema) for name, schema in properties.items()}, steps=named)

    def schema(self, name: str) -> Mapping[str, Any]:
        """Return what the document says of a field; nothing, if there is none of this name."""
        return self.fields.get(name, _NOTHING)

    def label(self, name: str) -> str:
        """Return what people call a field."""
        return label_of(name, self.schema(name))

    def step(self, step_id: str) -> str:
        """Return what people call a step."""
        return self.text(self.steps.get(step_id, "")) or readable(step_id)

    def text(self, text: str) -> str:
        """Return a text of the author's as it is read where nobody has answered: Thank you, [Name]."""
        return with_labels(text, self.label)


def as_mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object as it is, and an empty one for anything else."""
    return value if isinstance(value, Mapping) else _NOTHING


def as_list(value: Any) -> Sequence[Any]:
    """Return a JSON array as it is, and an empty one for anything else."""
    return value if isinstance(value, list) else ()


def label_of(name: str, schema: Mapping[str, Any]) -> str:
    """Return the title of a field, else its name made readable."""
    title = schema.get("title")
    return title.strip() if isinstance(title, str) and title.strip() else readable(name)


def duration_in_words(duration: Any) -> str:
    """Return an ISO 8601 duration as people say it: 1 year and 6 months."""
    match signed_duration(duration):
        case ("-", words):
            return f"minus {words}"
        case (_, words):
            return words
        case _:
            return UNREADABLE_DURATION


def plain_value(value: Any, schema: Mapping[str, Any] = _NOTHING) -> str:
    """Return a value as people read it, by its schema: the title of a choice, a number with its unit, a date."""
    titles = (title for offered, title in offers_of(schema) if same(offered, value) and title is not None)
    title = next(titles, None)
    if title is not None:
        return quoted(title)
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return number_in_words(value, schema.get("x-unit"))
        case str():
            return (day_in_words(value) if kind_in_words(schema) in _DAY_KINDS else None) or quoted(value)
        case list():
            return listed([plain_value(entry, as_mapping(schema.get("items"))) for entry in value] or ["an empty list"])
        case Mapping():
            columns = as_mapping(schema.get("properties"))
            parts = ((name, as_mapping(columns.get(name)), part) for name, part in value.items())
            return "; ".join(f"{label_of(name, of)}: {plain_value(part, of)}" for name, of, part in parts) or "nothing"
        case _:
            return "nothing"


def offers_of(schema: Mapping[str, Any]) -> tuple[tuple[Any, str | None], ...]:
    """Return the values that a schema offers to choose from, each with its title if it has one."""
    options = as_list(schema.get("oneOf"))
    if options and all("const" in as_mapping(option) for option in options):
        titles = (option.get("title") for option in options)
        shown = (title if is_text(title) else None for title in titles)
        return tuple(zip((option["const"] for option in options), shown, strict=True))
    return tuple((value, None) for value in as_list(schema.get("enum")))


def kind_in_words(schema: Any) -> str:
    """Return what kind of answer a field takes: text, whole number, one of a list."""
    known = as_mapping(schema)
    types = [kind for kind in as_list(known.get("type")) or [known.get("type")] if kind != "null"]
    if types == ["array"]:
        return _kind_of_list(known)
    if offers_of(known) or as_mapping(known.get("x-choices")):
        return "one of a list"
    if types == ["string"] and isinstance(known.get("format"), str):
        return _OF_FORMATS.get(known["format"], "text")
    if types == ["string"] and known.get("contentMediaType") == LONG_TEXT_TYPE:
        return "long text"
    if types and all(isinstance(kind, str) and kind in _OF_TYPES for kind in types):
        return listed([_OF_TYPES[kind] for kind in types], joint="or")
    return UNREADABLE_KIND


def computed_in_words(formula: Any, vocabulary: Vocabulary) -> str:
    """Return how a value follows from others: years since Date of birth."""
    match list(as_mapping(formula).items()):
        case [("sum", {"list": str(entries), "of": str(part), **more})] if not more:
            columns = as_mapping(as_mapping(vocabulary.schema(entries).get("items")).get("properties"))
            column = label_of(part, as_mapping(columns.get(part)))
            return f"sum of {column} over all entries of {vocabulary.label(entries)}"
        case [("sum", [_, *_] as parts)] if all(isinstance(part, str) for part in parts):
            return f"sum of {listed([vocabulary.label(part) for part in parts])}"
        case [("difference", [str(whole), str(less)])]:
            return f"{vocabulary.label(whole)} less {vocabulary.label(less)}"
        case [("count", str(entries))]:
            return f"number of entries in {vocabulary.label(entries)}"
        case [("years_since", str(day))]:
            return f"years since {vocabulary.label(day)}"
        case _:
            return UNREADABLE_FORMULA


def condition_in_words(condition: Any, vocabulary: Vocabulary) -> str:
    """Return when a condition is true: Purpose is “A car” and Amount is more than 5,000 EUR."""
    return _condition(condition, vocabulary, within="", depth=1)


def _condition(condition: Any, vocabulary: Vocabulary, *, within: str, depth: int) -> str:
    """Return a condition in words; `within` is the word that joins it with its neighbours, if it has any."""
    if depth > MAX_CONDITION_DEPTH or not isinstance(condition, Mapping):
        return UNREADABLE_CONDITION
    match list(condition.items()):
        case [("all", [_, *_] as parts)]:
            return _group(parts, "and", vocabulary, within=within, depth=depth)
        case [("any", [_, *_] as parts)]:
            return _group(parts, "or", vocabulary, within=within, depth=depth)
        case [("not", part)]:
            return f"not ({_condition(part, vocabulary, within='', depth=depth + 1)})"
        case _:
            return _row(condition, vocabulary) or UNREADABLE_CONDITION


def _group(parts: list[Any], joint: str, vocabulary: Vocabulary, *, within: str, depth: int) -> str:
    if len(parts) == 1:
        return _condition(parts[0], vocabulary, within=within, depth=depth + 1)
    words = f" {joint} ".join(_condition(part, vocabulary, within=joint, depth=depth + 1) for part in parts)
    if within and within != joint:
        return f"({words})"
    return f"either {words}" if joint == "or" and not within else words


def _row(row: Mapping[str, Any], vocabulary: Vocabulary) -> str | None:
    """Return a comparison in words, or None if it is none."""
    field, op, rest = row.get("field"), row.get("op"), dict(row)
    if not isinstance(field, str) or not isinstance(op, str) or op not in Operator:
        return None
    del rest["field"], rest["op"]
    operator = Operator(op)
    match rest:
        case _ if not rest and operator in PRESENCE:
            return f"{vocabulary.label(field)} {'is answered' if operator is Operator.ANSWERED else 'is not answered'}"
        case {"ref": str(ref), **more} if more.keys() <= {"offset"}:
            return _compared_with_field(field, operator, vocabulary, ref=ref, offset=more.get("offset"))
        case {"value": value, **more} if not more:
            return _compared_with_value(field, operator, vocabulary, value=value)
        case _:
            return None


def _compared_with_field(
    field: str, operator: Operator, vocabulary: Vocabulary, *, ref: str, offset: Any
) -> str | None:
    other = "today" if ref == TODAY else vocabulary.label(ref)
    verbs = {**_OF_LISTS, **_EQUALITIES, **_orderings(vocabulary.schema(field), is_day=ref == TODAY)}
    if offset is not None:
        moved = signed_duration(offset)
        if moved is None:
            return None
        sign, length = moved
        other = f"{length} {'before' if sign == '-' else 'after'} {other}"
        verbs |= _OF_MOVED_DAYS
    return f"{vocabulary.label(field)} {verbs[operator]} {other}" if operator in verbs else None


def _compared_with_value(field: str, operator: Operator, vocabulary: Vocabulary, *, value: Any) -> str | None:
    label, schema = vocabulary.label(field), vocabulary.schema(field)
    if operator is Operator.ATTEMPTS and is_number(value):
        return f"{label} was refused at least {'once' if value == 1 else f'{value} times'}"
    if operator in LIST_VALUED and isinstance(value, list):
        return f"{label} {_compared_with_list(operator, [_entry(entry, schema) for entry in value])}"
    if operator is Operator.CONTAINS:
        return f"{label} includes {_entry(value, schema)}"
    day = day_in_words(value) if isinstance(value, str) else None
    orderings = _orderings(schema, is_day=day is not None, is_text=isinstance(value, str))
    verbs = {**_EQUALITIES, **orderings}
    words = day if day and orderings is _OF_DAYS else plain_value(value, schema)
    return f"{label} {verbs[operator]} {words}" if operator in verbs else None


def _compared_with_list(operator: Operator, entries: Sequence[str]) -> str:
    if operator is Operator.CONTAINS_ALL:
        return f"includes {listed(entries)}"
    if operator is Operator.CONTAINS_ANY:
        return f"includes {listed(entries, joint='or')}"
    if operator is Operator.IN:
        return f"is {listed(entries, joint='or')}"
    return f"is neither {listed(entries, joint='nor')}" if len(entries) > 1 else f"is not {listed(entries)}"


def _orderings(schema: Mapping[str, Any], *, is_day: bool, is_text: bool = False) -> Mapping[Operator, str]:
    """Return the words for more and less that suit a kind of field; where it says nothing, what suits the value."""
    kind = kind_in_words(schema)
    if kind in _DAY_KINDS or (kind == UNREADABLE_KIND and is_day):
        return _OF_DAYS
    return _OF_TEXTS if schema.get("type") == "string" or is_text else _OF_NUMBERS


def _entry(value: Any, schema: Mapping[str, Any]) -> str:
    """Return one value that is looked for, in a list or among what a field offers."""
    items = as_mapping(schema.get("items"))
    return plain_value(value, items or schema)


def _kind_of_list(schema: Mapping[str, Any]) -> str:
    items = as_mapping(schema.get("items"))
    if offers_of(items) or as_mapping(schema.get("x-choices")):
        return "several of a list"
    if items.get("type") == "object":
        return "list of people or things"
    return "list of texts" if items.get("type") == "string" else "list"
