"""What a template says, as frozen values. Reading it assumes a document that `engine.validation` found no error in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from graphlib import TopologicalSorter
from itertools import chain
from types import MappingProxyType
from typing import Any, Self

from engine import computed, conditions
from engine.actions import Action, ActionType, OnFailure
from engine.computed import Formula, Place
from engine.conditions import Condition
from engine.prerequisites import REGULAR_END, Prerequisite
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
class ChoicesFrom:
    """Choices that were collected: the entries of a list, or one member of each, and what people read."""

    ref: str
    value: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One datum that is asked: a top-level property of the state schema."""

    name: str
    schema: Mapping[str, Any]
    required: bool = False
    when: Condition | None = None
    read_only: bool = False
    depends_on: tuple[str, ...] = ()
    """The fields a change of which puts this one into question; the list that its choices come from is one of them."""
    resets: bool = False
    """Whether a change of what it depends on takes its value out, rather than judging it anew."""
    sensitive: Sensitivity | None = None
    computed: Formula | None = None
    """How the value follows from others, if nobody is asked for it."""
    ask_first: bool = False
    """Whether the value counts only in answer to a question, and not because somebody inferred it."""
    choices_from: ChoicesFrom | None = None
    is_own_address: bool = False
    """Whether the value is an e-mail address of the person's own, to which tools may write."""

    @property
    def label(self) -> str:
        """What people call the field."""
        return str(self.schema.get("title") or self.name.replace("_", " ").capitalize())

    @property
    def is_list(self) -> bool:
        """Whether the value is a list, whose entries can be given and taken out one by one."""
        declared = self.schema.get("type", ())
        return declared == "array" or (not isinstance(declared, str) and "array" in declared)

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
class EndAction:
    """What the template asks to happen on completion."""

    type: EndActionType = EndActionType.NONE
    target: str = ""
    config: Mapping[str, Any] = NOTHING

    @classmethod
    def of(cls, action: Action) -> Self:
        """Return the action of a step as what is rendered and sent: it is the same there as at the end."""
        return cls(type=EndActionType(action.type), target=action.target, config=action.config)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A way in which a workflow completes: what it came to, what the person is told, and what is to happen then."""

    outcome: str = REGULAR_END
    message: str = ""
    action: EndAction = field(default_factory=EndAction)


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
    ending: Ending | None = None
    action: Action | None = None
    """What the server does to find the fields out itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of a template, ready to run."""

    fields: Mapping[str, Field]
    steps: tuple[Step, ...]
    ending: Ending
    """How a workflow completes that comes to its regular end."""
    state_schema: StateSchema
    must_confirm: bool = False
    expires_after: str = ""
    """The ISO 8601 duration without interaction after which a workflow expires; empty means never."""
    prerequisites: tuple[Prerequisite, ...] = ()
    time_zone: str = "UTC"
    guidelines: str = ""
    loose_fields: tuple[str, ...] = field(init=False)
    """The fields of no step, in their order; they count as before the first step."""
    asked_fields: tuple[str, ...] = field(init=False)
    """All fields but the computed ones, each once, in the order in which they are asked."""
    steps_by_id: Mapping[str, Step] = field(init=False)
    steps_of_actions: Mapping[str, Step] = field(init=False)
    """For each field that an action finds out, the step of that action."""
    dependents: Mapping[str, tuple[str, ...]] = field(init=False)
    """For each field, those that name it in `x-depends-on`."""
    computed_after: Mapping[Place, tuple[tuple[str, Formula], ...]] = field(init=False)
    """The computed fields that stand right after each place where a field is asked."""
    sources: Mapping[str, tuple[str, ...]] = field(init=False)
    """For each computed field, the asked fields that it follows from, directly or by way of other computed ones."""
    sensitive_fields: frozenset[str] = field(init=False)
    """The fields whose values are hidden from somebody."""
    distances: Mapping[str, int] = field(init=False)
    """How many choices out of collected lists lead to a field: a list is judged before what it offers."""

    def __post_init__(self) -> None:
        """Derive what every submission looks up."""
        in_steps = {name for step in self.steps for name in step.fields}
        formulas = {found.name: found.computed for found in self.fields.values() if found.computed is not None}
        asked = (found for found in self.fields.values() if found.name not in in_steps | formulas.keys())
        loose = sorted(asked, key=lambda found: found.order)
        object.__setattr__(self, "loose_fields", tuple(found.name for found in loose))
        places = [("", found.name) for found in loose]
        places += [(step.id, name) for step in self.steps for name in step.fields]
        object.__setattr__(self, "asked_fields", tuple(dict.fromkeys(name for _, name in places)))
        object.__setattr__(self, "computed_after", computed.places(formulas, places))
        object.__setattr__(self, "sources", MappingProxyType(_sources(formulas)))
        sensitive = (found.name for found in self.fields.values() if found.sensitive is not None)
        object.__setattr__(self, "sensitive_fields", frozenset(sensitive))
        object.__setattr__(self, "distances", MappingProxyType(_distances(self.fields)))
        dependents: dict[str, tuple[str, ...]] = {}
        for name in self.asked_fields:
            for cause in self.fields[name].depends_on:
                dependents[cause] = (*dependents.get(cause, ()), name)
        object.__setattr__(self, "dependents", MappingProxyType(dependents))
        object.__setattr__(self, "steps_by_id", MappingProxyType({step.id: step for step in self.steps}))
        found_out = {name: step for step in self.steps if step.action is not None for name in step.fields}
        object.__setattr__(self, "steps_of_actions", MappingProxyType(found_out))

    def label(self, name: str) -> str:
        """Return what people call a field; what is none stands for itself."""
        return self.fields[name].label if name in self.fields else name

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the definition that a valid document states."""
        schema = document["state_schema"]
        properties, required = schema["properties"], frozenset(schema.get("required", ()))
        sensitive = sensitivities(properties)
        return cls(
            fields=MappingProxyType(
                {
                    name: _field(name, part, required=name in required, sensitive=sensitive[name])
                    for name, part in properties.items()
                }
            ),
            steps=tuple(_step(part) for part in document["steps"]),
            ending=Ending(action=_end_action(document)),
            state_schema=StateSchema(schema),
            must_confirm=document.get("confirmation") == "required",
            expires_after=document.get("expires_after") or "",
            prerequisites=tuple(map(Prerequisite.from_document, document.get("prerequisites") or ())),
            time_zone=document.get("time_zone") or "UTC",
            guidelines=document.get("guidelines") or "",
        )


def _field(name: str, schema: Mapping[str, Any], *, required: bool, sensitive: Sensitivity | None) -> Field:
    when, formula, chosen = schema.get("x-when"), schema.get("x-computed"), schema.get("x-choices")
    return Field(
        name=name,
        schema=schema,
        required=required,
        when=conditions.parse(when) if when is not None else None,
        read_only=schema.get("readOnly") is True,
        depends_on=tuple(dict.fromkeys((*schema.get("x-depends-on", ()), *([chosen["ref"]] if chosen else ())))),
        resets=schema.get("x-on-change") == "reset",
        sensitive=sensitive,
        computed=computed.parse(formula) if formula is not None else None,
        ask_first=schema.get("x-ask-first") is True,
        is_own_address=schema.get("x-own-address") is True,
        choices_from=ChoicesFrom(**chosen) if chosen is not None else None,
    )


def sensitivities(properties: Mapping[str, Any]) -> Mapping[str, Sensitivity | None]:
    """Return the strictest of what a property says itself and what those say that it is computed or chosen from."""
    origins = {name: origins_of(part) for name, part in properties.items()}
    found: dict[str, Sensitivity | None] = {}
    for name in TopologicalSorter(origins).static_order():
        said = {properties[name].get("x-sensitive"), *(found[origin] for origin in origins[name])}
        found[name] = next((kind for kind in (Sensitivity.NEVER_LLM, Sensitivity.MASK) if kind in said), None)
    return found


def origins_of(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields that a property is computed or chosen from, so that it tells of them."""
    if "x-computed" in schema:
        return computed.inputs_of(computed.parse(schema["x-computed"]))
    return (schema["x-choices"]["ref"],) if "x-choices" in schema else ()


def _sources(formulas: Mapping[str, Formula]) -> dict[str, tuple[str, ...]]:
    inputs = {name: computed.inputs_of(formula) for name, formula in formulas.items()}
    found: dict[str, tuple[str, ...]] = {}
    for name in TopologicalSorter(inputs).static_order():
        if name in formulas:
            found[name] = tuple(dict.fromkeys(chain.from_iterable(found.get(part, (part,)) for part in inputs[name])))
    return found


def _distances(fields: Mapping[str, Field]) -> dict[str, int]:
    refs = {name: (field.choices_from.ref,) for name, field in fields.items() if field.choices_from}
    found: dict[str, int] = {}
    for name in TopologicalSorter(refs).static_order():
        found[name] = 1 + found[refs[name][0]] if name in refs else 0
    return found


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
        ending=_ending(source["end"]) if "end" in source else None,
        action=_action(source["action"]) if source.get("action") else None,
    )


def _action(source: Mapping[str, Any]) -> Action:
    return Action(
        type=ActionType(source["type"]),
        target=source["target"],
        config=source.get("config") or NOTHING,
        result=source.get("result") or NOTHING,
        idempotent=source.get("idempotent", False),
        must_confirm=source.get("confirm", False),
        on_failure=OnFailure(source.get("on_failure", OnFailure.FAIL)),
    )


def _ending(source: Mapping[str, Any]) -> Ending:
    return Ending(outcome=source["outcome"], message=source.get("message") or "", action=_end_action(source))


def _end_action(source: Mapping[str, Any]) -> EndAction:
    return EndAction(
        type=EndActionType(source.get("end_action_type", EndActionType.NONE)),
        target=source.get("end_action_target") or "",
        config=source.get("end_action_config") or NOTHING,
    )


def _rule(source: Mapping[str, Any]) -> Rule:
    check = conditions.parse(source["check"])
    named = source.get("field", conditions.fields_of(check))
    return Rule(check=check, message=source["message"], fields=(named,) if isinstance(named, str) else tuple(named))
