"""What a document says, as facts in plain words about each field and step. Drafts may be wrong in any way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.action_differences import action_in_words
from engine.conditions import is_number
from engine.difference import Part
from engine.field_differences import FIELD_SAYINGS, MESSAGE_SAYINGS, choice_in_words, options_of, ordered_fields
from engine.plain_words import counted, is_text, listed, quoted
from engine.step_differences import STEP_SAYINGS, keyed_steps, outcome_in_words, rule_in_words, step_name
from engine.wording import (
    Vocabulary,
    as_list,
    as_mapping,
    condition_in_words,
    duration_in_words,
    kind_in_words,
    label_of,
    plain_value,
)

type Facts = Mapping[str, str]
"""What is said of a thing, each fact by the key that says it."""

TITLES = {Part.ABOUT: "About", Part.INFORMATION: "Information", Part.STEPS: "Steps", Part.FINISH: "Finish"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that a document speaks of, with what it says; `source` is what stands behind that."""

    title: str
    facts: Facts
    source: Any


type Items = Mapping[str, Item]
"""Things by what they are known by, in their order."""


def described(document: Any) -> Mapping[Part, Items]:
    """Return what a document says, for each part of the editor."""
    source, words = as_mapping(document), Vocabulary.of(document)
    return {
        Part.ABOUT: _about(source),
        Part.INFORMATION: _fields(as_mapping(source.get("state_schema")), words),
        Part.STEPS: _steps(as_list(source.get("steps")), words),
        Part.FINISH: _finish(source),
    }


def _about(source: Mapping[str, Any]) -> Items:
    titles = {
        "name": "Name",
        "description": "Description",
        "category": "Category",
        "guidelines": "Guidelines",
        "time_zone": "Time zone",
    }
    items = {key: _text_item(title, source.get(key)) for key, title in titles.items()}
    is_active = source.get("is_active", True)
    offered = {"is_active": "no, switched off" if is_active is False else "yes"}
    metadata = {key: f"{key}: {plain_value(part)}" for key, part in as_mapping(source.get("metadata")).items()}
    return {
        **items,
        "is_active": Item(title="Offered", facts=offered, source=is_active),
        "metadata": Item(title="Metadata", facts=metadata, source=source.get("metadata")),
    }


def _text_item(title: str, value: Any) -> Item:
    return Item(title=title, facts={"": value} if is_text(value) else {}, source=value)


def _fields(schema: Mapping[str, Any], words: Vocabulary) -> Items:
    properties, required = as_mapping(schema.get("properties")), as_list(schema.get("required"))
    known = {name for name in required if isinstance(name, str)}
    items = {}
    for name in ordered_fields(properties):
        said = as_mapping(properties[name])
        facts = dict(_facts_of_field(said, words, is_required=name in known))
        items[name] = Item(
            title=label_of(name, said), facts=facts, source=[_without_order(properties[name]), name in known]
        )
    return items


def _without_order(schema: Any) -> Any:
    """Return a schema without the number by which it is ordered: where a field stands is seen."""
    if not isinstance(schema, Mapping) or not is_number(schema.get("x-order")):
        return schema
    return {key: part for key, part in schema.items() if key != "x-order"}


def _facts_of_field(schema: Mapping[str, Any], words: Vocabulary, *, is_required: bool) -> Iterator[tuple[str, str]]:
    items = as_mapping(schema.get("items"))
    yield "type", f"{kind_in_words(schema)}, {'required' if is_required else 'optional'}"
    if choices := [choice_in_words(option) for option in (options_of(schema)[1] or options_of(items)[1]).values()]:
        yield "choices", f"choices: {listed(choices)}"
    columns = as_mapping(items.get("properties"))
    for name in ordered_fields(columns):
        column = as_mapping(columns[name])
        yield f"column {name}", f"column {quoted(label_of(name, column))}: {kind_in_words(column)}"
    yield from _said(schema, FIELD_SAYINGS, words)
    for key, fact in _said(as_mapping(schema.get("x-messages")), MESSAGE_SAYINGS, words):
        yield f"message {key}", fact


def _said(source: Mapping[str, Any], sayings: Mapping[str, Any], words: Vocabulary) -> Iterator[tuple[str, str]]:
    for key, saying in sayings.items():
        fact = saying.described(source[key], source, words) if key in source else None
        if fact is not None:
            yield key, fact


def _steps(steps: Sequence[Any], words: Vocabulary) -> Items:
    return {
        "/".join(key): Item(
            title=step_name(key, step, words), facts=dict(_facts_of_step(as_mapping(step), words)), source=step
        )
        for key, step in keyed_steps(steps).items()
    }


def _facts_of_step(step: Mapping[str, Any], words: Vocabulary) -> Iterator[tuple[str, str]]:
    labels = [words.label(name) for name in as_list(step.get("fields")) if isinstance(name, str)]
    yield "fields", f"asks for {listed(labels)}"
    yield from _said(step, STEP_SAYINGS, words)
    for index, rule in enumerate(as_list(step.get("rules"))):
        yield f"rule {index}", f"checks that {rule_in_words(rule, words)}"
    if action := as_mapping(step.get("action")):
        does = action_in_words(action.get("type"), action.get("target"))
        yield "action", f"the server finds this out itself: {does or 'in a way a developer wrote'}"
    if end := as_mapping(step.get("end")):
        yield "end", f"ends the workflow, {outcome_in_words(end)}"
        if is_text(end.get("message")):
            yield "end message", f"last message: {quoted(words.text(end['message']))}"
        yield from _facts_of_action(end)


def _facts_of_action(source: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Return what happens at an end, and the names of what is set up for it; values may be secret."""
    does = action_in_words(source.get("end_action_type"), source.get("end_action_target"))
    yield "end action", does or "something a developer wrote"
    config = as_mapping(source.get("end_action_config"))
    for name in as_mapping(config.get("headers")):
        yield f"header {name}", f"header {quoted(name)}"
    if others := [key for key in config if key != "headers"]:
        yield "config", f"with {counted(len(others), 'more setting')}"


def _finish(source: Mapping[str, Any]) -> Items:
    end = {key: source.get(f"end_action_{key}") for key in ("type", "target", "config")}
    confirmation = "asked for before the end" if source.get("confirmation") == "required" else "not asked for"
    idle = source.get("expires_after")
    after = f"after {duration_in_words(idle)} without an answer" if is_text(idle) else "never"
    required = as_list(source.get("prerequisites"))
    return {
        "end_action": Item(title="End action", facts=dict(_facts_of_action(source)), source=end),
        "confirmation": Item(title="Confirmation", facts={"": confirmation}, source=source.get("confirmation")),
        "expires_after": Item(title="Expiry", facts={"": after}, source=idle),
        "prerequisites": Item(
            title="Prerequisites",
            facts={str(index): _prerequisite(entry) for index, entry in enumerate(required)},
            source=source.get("prerequisites"),
        ),
    }


def _prerequisite(entry: Any) -> str:
    if isinstance(entry, str):
        return quoted(entry)
    known = as_mapping(entry)
    name = plain_value(known.get("template"))
    return f"{name} if {condition_in_words(known['check'], Vocabulary())}" if "check" in known else name
