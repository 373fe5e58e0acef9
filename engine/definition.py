"""What a template says, as frozen values. Reading it assumes a document that `engine.validation` found no error in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self

from engine import conditions
from engine.conditions import Condition
from engine.prerequisites import Prerequisite
from engine.schema import StateSchema

NOTHING: Mapping[str, Any] = MappingProxyType({})


class EndActionType(StrEnum):
    """What kind of thing happens when a workflow is done."""

    API_CALL = "api_call"
    WORKFLOW = "workflow"
    TOOL_CALL = "tool_call"
    NONE = "none"


class Sensitivity(StrEnum):
    """Who may not see a value: `mask` people and models without the right to; `never_llm` no model at all."""

    MASK = "mask"
    NEVER_LLM = "never_llm"


def display_order(name: str, schema: Mapping[str, Any]) -> tuple[float, str]:
    """Return where a property stands among others: JSON objects keep no order of their own."""
    return float(schema.get("x-order", 0)), name


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One datum that is asked: a top-level property of the state schema."""

    name: str
    schema: Mapping[str, Any]
    required: bool = False
    when: Condition | None = None
    read_only: bool = False
    depends_on: tuple[str, ...] = ()
    resets: bool = False
    """Whether a change of what it depends on takes its value out, rather than judging it anew."""
    sensitive: Sensitivity | None = None

    @property
    def label(self) -> str:
        """What people call the field."""
        return str(self.schema.get("title") or self.name.replace("_", " ").capitalize())

    @property
    def order(self) -> tuple[float, str]:
        """Where the field stands among those of no step."""
        return display_order(self.name, self.schema)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What must hold before a step is complete, the author's words if it does not, and the fields to ask again."""

    check: Condition
    message: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A group of fields answered together, or a piece of information if it has none."""

    id: str
    name: str
    description: str = ""
    fields: tuple[str, ...] = ()
    required: bool = True
    when: Condition | None = None
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAction:
    """What the template asks to happen on completion."""

    type: EndActionType
    target: str = ""
    config: Mapping[str, Any] = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of a template, ready to run."""

    fields: Mapping[str, Field]
    steps: tuple[Step, ...]
    end_action: EndAction
    state_schema: StateSchema
    must_confirm: bool = False
    prerequisites: tuple[Prerequisite, ...] = ()
    time_zone: str = "UTC"
    guidelines: str = ""
    loose_fields: tuple[str, ...] = field(init=False)
    """The fields of no step, in their order; they count as before the first step."""
    steps_by_id: Mapping[str, Step] = field(init=False)
    dependents: Mapping[str, tuple[str, ...]] = field(init=False)
    """For each field, those that name it in `x-depends-on`."""

    def __post_init__(self) -> None:
        """Derive what every submission looks up."""
        in_steps = {name for step in self.steps for name in step.fields}
        loose = sorted((found for found in self.fields.values() if found.name not in in_steps), key=lambda f: f.order)
        object.__setattr__(self, "loose_fields", tuple(found.name for found in loose))
        dependents = {
            name: tuple(found.name for found in self.fields.values() if name in found.depends_on)
            for name in self.fields
        }
        object.__setattr__(self, "dependents", MappingProxyType(dependents))
        object.__setattr__(self, "steps_by_id", MappingProxyType({step.id: step for step in self.steps}))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the definition that a valid document states."""
        schema = document["state_schema"]
        required = frozenset(schema.get("required", ()))
        return cls(
            fields=MappingProxyType(
                {name: _field(name, part, required=name in required) for name, part in schema["properties"].items()}
            ),
            steps=tuple(_step(part) for part in document["steps"]),
            end_action=EndAction(
                type=EndActionType(document["end_action_type"]),
                target=document.get("end_action_target") or "",
                config=document.get("end_action_config") or NOTHING,
            ),
            state_schema=StateSchema(schema),
            must_confirm=document.get("confirmation") == "required",
            prerequisites=tuple(map(Prerequisite.from_document, document.get("prerequisites") or ())),
            time_zone=document.get("time_zone") or "UTC",
            guidelines=document.get("guidelines") or "",
        )


def _field(name: str, schema: Mapping[str, Any], *, required: bool) -> Field:
    when = schema.get("x-when")
    sensitive = schema.get("x-sensitive")
    return Field(
        name=name,
        schema=schema,
        required=required,
        when=conditions.parse(when) if when is not None else None,
        read_only=schema.get("readOnly") is True,
        depends_on=tuple(schema.get("x-depends-on", ())),
        resets=schema.get("x-on-change") == "reset",
        sensitive=Sensitivity(sensitive) if sensitive is not None else None,
    )


def _step(source: Mapping[str, Any]) -> Step:
    when = source.get("when")
    return Step(
        id=source["id"],
        name=source["name"],
        description=source.get("description") or "",
        fields=tuple(source.get("fields", ())),
        required=source.get("required", True),
        when=conditions.parse(when) if when is not None else None,
        rules=tuple(_rule(part) for part in source.get("rules", ())),
    )


def _rule(source: Mapping[str, Any]) -> Rule:
    check = conditions.parse(source["check"])
    named = source.get("field", conditions.fields_of(check))
    return Rule(check=check, message=source["message"], fields=(named,) if isinstance(named, str) else tuple(named))
