"""The arguments of each tool, as JSON Schema (2020-12): of the workflow at hand, or of any."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conversations.toolschema.answerable import acknowledgeable, fields, skippable
from conversations.toolschema.losses import Place
from conversations.toolschema.showing import Showing
from conversations.toolschema.toolnames import ToolName
from conversations.toolschema.words import named, sentences
from engine.definition import Definition, Field, Step

type Schema = dict[str, Any]

_DATA = "What the person said, by field. Only what they said: nothing that is guessed or left open."
_CLEAR = "Fields whose answer the person takes back without giving another."
_APPEND = "New entries for lists; those that are there already stay."
_REMOVE = "Entries to take out of lists, by the ids that the context gives them."
_SKIP = "Optional steps that the person leaves out"
_ACKNOWLEDGE = "Steps that the person has read, or has nothing to say to"
_EVIDENCE = "For each field, the words of the person's last message that say so, letter by letter."
_TOKEN = "The token of the summary that the person agreed to."  # noqa: S105  a description
_REASON = "Why, in the person's words."
_CONVERSATION = "The conversation, as it was named before."
_WORKFLOW = "Its name, as the context lists it."
_SWITCH = "Its name, as the context lists it, or the id of one that was put aside."

_WORDS: Schema = {"type": "string"}
_NAMES: Schema = {"type": "array", "items": _WORDS}
_IDS: Schema = {"type": "array", "items": {"type": "integer"}}


def of_submitting(definition: Definition, place: Place) -> Schema:
    """Return what can be handed over for a workflow; what there is nothing to name for is left out."""
    known = fields(definition)
    lists = [field for field in known if field.is_list]
    typed = _Typed(showing=Showing(root=definition.state_schema.source), place=place)
    parts = {
        "data": typed.by_name("data", _DATA, known, lambda field: field.schema),
        "clear": _names(_CLEAR, (field.name for field in known)),
        "append": typed.by_name("append", _APPEND, lists, _entries),
        "remove": typed.by_name("remove", _REMOVE, lists, lambda _: _IDS),
        "skip": _steps(skippable(definition), _SKIP),
        "acknowledge": _steps(acknowledgeable(definition), _ACKNOWLEDGE),
        "evidence": typed.by_name("evidence", _EVIDENCE, known, lambda _: _WORDS),
    }
    return _group({name: part for name, part in parts.items() if part is not None})


def in_conversation(asked: Schema) -> Schema:
    """Return arguments that say for which conversation they are, which nothing else does there."""
    named = {"conversation_id": {**_WORDS, "description": _CONVERSATION}, **asked["properties"]}
    return {**asked, "properties": named, "required": ["conversation_id", *asked.get("required", ())]}


def _group(properties: Mapping[str, Any], *, required: Iterable[str] = (), description: str = "") -> Schema:
    """Return a group of values that has no others."""
    said = {"description": description} if description else {}
    asked = {"required": [*required]} if required else {}
    return {"type": "object", **said, "properties": dict(properties), **asked, "additionalProperties": False}


def _loose(values: Any, description: str) -> Schema:
    """Return a group of values of any names."""
    return {"type": "object", "description": description, "additionalProperties": values}


BY_TOOL: Mapping[ToolName, Schema] = {
    ToolName.START: _group(
        {"workflow": {**_WORDS, "description": _WORKFLOW}, "data": _loose(True, _DATA)},  # noqa: FBT003  a schema
        required=["workflow"],
    ),
    ToolName.SUBMIT: _group(
        {
            "data": _loose(True, _DATA),  # noqa: FBT003  as above
            "clear": {**_NAMES, "description": _CLEAR},
            "append": _loose({"type": "array"}, _APPEND),
            "remove": _loose(_IDS, _REMOVE),
            "skip": {**_NAMES, "description": f"{_SKIP}, by id."},
            "acknowledge": {**_NAMES, "description": f"{_ACKNOWLEDGE}, by id."},
            "evidence": _loose(_WORDS, _EVIDENCE),
        }
    ),
    ToolName.CONFIRM: _group({"token": {**_WORDS, "description": _TOKEN}}, required=["token"]),
    ToolName.CANCEL: _group({"reason": {**_WORDS, "description": _REASON}}),
    ToolName.SWITCH: _group({"workflow": {**_WORDS, "description": _SWITCH}}, required=["workflow"]),
}
"""The arguments of each tool for a workflow that is not known beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    """Groups of values by the names of fields."""

    showing: Showing
    place: Place

    def by_name(
        self, key: str, description: str, known: Sequence[Field], schema_of: Callable[[Field], Mapping[str, Any]]
    ) -> Schema | None:
        """Return a group of what these fields take, none of it required."""
        if not known:
            return None
        shown, more = self.showing.properties(
            {field.name: schema_of(field) for field in known},
            self.place.at("properties", key),
            sensitive={field.name for field in known if field.sensitive is not None},
        )
        return {**_group({}, description=sentences(description, more)), **shown}


def _entries(field: Field) -> Schema:
    """Return what the new entries of a list are."""
    return {"type": "array", **({"items": field.schema["items"]} if "items" in field.schema else {})}


def _names(description: str, known: Iterable[str]) -> Schema | None:
    """Return a list of names."""
    names = [*known]
    return {**_NAMES, "description": description, "items": {**_WORDS, "enum": names}} if names else None


def _steps(steps: Sequence[Step], description: str) -> Schema | None:
    """Return a list of ids of steps, and what people call these."""
    return _names(sentences(f"{description}: {named((step.id, step.name) for step in steps)}"), (s.id for s in steps))
