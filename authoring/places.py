"""Where something is in a template, in words: what a JSON Pointer into its document points at."""

from collections.abc import Mapping
from typing import Any

from engine.plain_words import quoted, readable
from engine.wording import Vocabulary, as_list, as_mapping

_TOP: Mapping[str, str] = {
    "name": "Name",
    "description": "Description",
    "category": "Category",
    "metadata": "Notes for programs",
    "is_active": "Whether it is in use",
    "guidelines": "Guidelines",
    "state_schema": "Information",
    "steps": "Steps",
    "end_action_type": "What happens at the end",
    "end_action_target": "What happens at the end",
    "end_action_config": "What happens at the end, its details",
    "confirmation": "Confirmation",
    "prerequisites": "What must be completed before",
    "expires_after": "When it expires",
    "time_zone": "Time zone",
    "tests": "Tests",
}
_OF_STEPS: Mapping[str, str] = {
    "id": "its id",
    "name": "its name",
    "description": "its description",
    "fields": "what it asks for",
    "required": "whether it may be skipped",
    "when": "when it applies",
    "rules": "its rules",
    "end": "its ending",
    "action": "what the server does",
    "uses": "the reusable step it is made from",
}
_OF_FIELDS: Mapping[str, str] = {
    "title": "its label",
    "description": "its help",
    "type": "its type",
    "enum": "its choices",
    "oneOf": "its choices",
    "pattern": "its pattern",
    "x-messages": "its messages",
    "x-ask": "how it is asked",
    "x-unit": "its unit",
    "x-when": "when it is asked",
    "x-choices": "its choices",
    "x-computed": "how it is computed",
    "x-depends-on": "what it depends on",
    "x-sensitive": "who may see it",
}


def place_in_words(path: str, document: Any) -> str:
    """Return what people call the place that a JSON Pointer names in a document, whatever is wrong with it."""
    match _keys(path):
        case []:
            return "The whole template"
        case ["steps", index, *rest]:
            return ", ".join([_step(index, document), *_below(rest, _OF_STEPS)])
        case ["state_schema", "properties", name, *rest]:
            return ", ".join([f"Field {quoted(Vocabulary.of(document).label(name))}", *_below(rest, _OF_FIELDS)])
        case ["state_schema", "required", *_]:
            return "Which fields must be answered"
        case keys:
            return _TOP.get(keys[0]) or readable(keys[0])


def _step(index: str, document: Any) -> str:
    steps = as_list(as_mapping(document).get("steps"))
    if not _is_index(index):
        return "Steps"
    number = int(index)
    name = as_mapping(steps[number]).get("name") if number < len(steps) else None
    if not isinstance(name, str) or not name.strip():
        return f"Step {number + 1}"
    return f"Step {number + 1} {quoted(Vocabulary.of(document).text(name))}"


def _below(rest: list[str], known: Mapping[str, str]) -> list[str]:
    match rest:
        case []:
            return []
        case ["rules", index, *_] if _is_index(index):
            return [f"rule {int(index) + 1}"]
        case keys:
            return [known.get(keys[0]) or f"its {readable(keys[0]).lower()}"]


def _keys(path: str) -> list[str]:
    """Return the keys and indexes that a JSON Pointer (RFC 6901) consists of."""
    return [key.replace("~1", "/").replace("~0", "~") for key in path.split("/")[1:]]


def _is_index(key: str) -> bool:
    return key.isascii() and key.isdecimal() and len(key) < 10
