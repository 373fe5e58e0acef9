"""What was found in a draft, in the author's words and with the inputs that it is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from authoring.sheet.whole import FIELDS, STEPS, Compiled, Sheet
from engine.findings import Finding, Severity
from engine.wording import Vocabulary

_SAYS = {
    Severity.ERROR: "Must be corrected before it is published",
    Severity.WARNING: "Worth a look",
    Severity.INFO: "Good to know",
}
_ABOUT = frozenset({"name", "description", "category", "guidelines", "is_active"})

# Where a keyword of a property, of a step or of the document is said, if not in an input of its own name.
_FIELD_INPUTS: Mapping[str, str] = {
    "title": "label",
    "type": "kind",
    "format": "kind",
    "description": "help",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_items",
    "maxItems": "max_items",
    "enum": "choices-add",
    "oneOf": "choices-add",
    "items": "choices-add",
    "default": "suggestion",
    "examples": "example",
    "readOnly": "read_only",
    "x-ask": "ask",
    "x-ask-first": "ask_first",
    "x-choices": "from_list",
    "x-computed": "formula",
    "x-depends-on": "depends_on",
    "x-messages": "messages-add",
    "x-on-change": "on_change",
    "x-own-address": "own_address",
    "x-sensitive": "sensitive",
    "x-unit": "unit",
    "x-when": "when-only-mode",
}
_STEP_INPUTS: Mapping[str, str] = {
    "when": "when-only-mode",
    "action": "action-only-type",
    "end": "outcome",
    "rules": "rules-add",
    "id": "name",
}
_DOCUMENT_INPUTS: Mapping[str, str] = {
    "end_action_type": "end_action-only-type",
    "end_action_target": "end_action-only-type",
    "end_action_config": "end_action-only-type",
    "prerequisites": "prerequisites-add",
    "expires_after": "expires_by",
}
# Where rows are added to what is found wanting as a whole.
_LISTS: Mapping[str, str] = {"/steps": STEPS, "/state_schema": FIELDS}
_ACTION_INPUTS: Mapping[str, Mapping[str, str]] = {
    "api_call": {
        "target": "url",
        "headers": "headers-add",
        "body": "carries",
        "result": "result-add",
        "method": "method",
    },
    "tool_call": {"target": "tool", "arguments": "arguments-add", "result": "result-add"},
    "workflow": {"target": "template", "state": "state-add"},
}


# What validation says of a document to developers, and here to an author.
_PLAIN: Mapping[tuple[str, str], str] = {
    ("/steps", "This must have at least one entry."): "Add a step: there is none yet.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that was found, as an author reads it."""

    severity: str
    says: str
    message: str
    where: str
    targets: str
    """The ids of inputs that it is about, the nearest first, set apart by spaces."""
    tab: str


def told(findings: Iterable[Finding], made: Compiled, sheet: Sheet) -> list[Told]:
    """Return findings for people who see labels and rows, and neither names nor pointers."""
    vocabulary, rules = Vocabulary.of(made.document), _rule_places(sheet)
    return [_told(finding, made, rules, vocabulary) for finding in findings]


def _told(finding: Finding, made: Compiled, rules: Mapping[str, str], vocabulary: Vocabulary) -> Told:
    place, inputs = _place_of(finding.path, made, rules)
    return Told(
        severity=finding.severity,
        says=_SAYS[finding.severity],
        message=in_labels(finding.message, made.document, finding.path),
        where=_where(finding.path, made.document, vocabulary),
        targets=" ".join(f"id_{place}-{name}" for name in inputs) + f" row_{place}",
        tab=tab_of(place, inputs[0]),
    )


def _rule_places(sheet: Sheet) -> dict[str, str]:
    return {
        f"/steps/{number}/rules/{index}": f"step-{row.key}-rules-{rule.key}"
        for number, row in enumerate(sheet.steps)
        for index, rule in enumerate(row.rows("rules"))
    }


def _place_of(path: str, made: Compiled, rules: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return the row that says a part of the document, and its inputs that are nearest to it."""
    parts = path.split("/")
    for length in range(len(parts), 0, -1):
        above = "/".join(parts[:length])
        if above in _LISTS:
            return _LISTS[above], ["add"]
        below = parts[length:]
        if above in rules:
            return rules[above], ["message"]
        if above in made.places:
            return made.places[above], _inputs(made.places[above], below, above, made.document)
    return made.places[""], ["name"]


def _inputs(place: str, below: list[str], above: str, document: Mapping[str, Any]) -> list[str]:
    keyword = below[0] if below else ""
    if place.startswith("field-"):
        return [_FIELD_INPUTS.get(keyword, keyword or "label"), "columns-add", "label"]
    if place.startswith("step-"):
        if below[:2] == ["end", "message"]:
            return ["message", "name"]
        if keyword in ("action", "end"):
            step = document["steps"][int(above.rpartition("/")[2])]
            return [*_action_inputs(step.get(keyword), keyword, below[1:]), _STEP_INPUTS[keyword], "name"]
        return [_STEP_INPUTS.get(keyword, keyword or "name"), "name"]
    if keyword.startswith("end_action_"):
        return [*_action_inputs(document, "end", [keyword, *below[1:]]), _DOCUMENT_INPUTS[keyword]]
    return [_DOCUMENT_INPUTS.get(keyword, keyword or "name"), "name"]


def _action_inputs(source: Any, keyword: str, below: list[str]) -> list[str]:
    if not isinstance(source, Mapping) or not below:
        return []
    kind = source.get("type" if keyword == "action" else "end_action_type")
    what = below[0].removeprefix("end_action_")
    what = below[1] if what == "config" and len(below) > 1 else what
    row = "action-only" if keyword == "action" else "end_action-only"
    found = _ACTION_INPUTS.get(str(kind), {}).get(what)
    return [f"{row}-{found}"] if found else []


def tab_of(place: str, name: str) -> str:
    """Return the tab on which an input stands."""
    if place.startswith("field"):
        return "information"
    if place.startswith("step"):
        return "steps"
    return "about" if name in _ABOUT else "finish"


def in_labels(message: str, document: Mapping[str, Any], path: str = "") -> str:
    """Return a message with the names of fields as people read them."""
    if (path, message) in _PLAIN:
        return _PLAIN[path, message]
    schema = document.get("state_schema")
    properties = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    for name, part in properties.items() if isinstance(properties, Mapping) else ():
        title = part.get("title") if isinstance(part, Mapping) else None
        if isinstance(title, str) and title and repr(name) in message:
            message = message.replace(repr(name), f"“{title}”")
    return message.replace("The state schema has no property", "There is no information called")


def _where(path: str, document: Mapping[str, Any], vocabulary: Vocabulary) -> str:
    """Return the name of the field or the step that a pointer leads into."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")]
    match parts:
        case ["", "state_schema", "properties", name, *_]:
            return vocabulary.label(name)
        case ["", "steps", number, *_] if number.isdecimal():
            steps = document.get("steps")
            step = steps[int(number)] if isinstance(steps, list) and int(number) < len(steps) else None
            called = step.get("name") if isinstance(step, Mapping) else None
            return vocabulary.text(str(called)) if called else f"Step {int(number) + 1}"
        case _:
            return ""
