"""Making a reusable step out of a step of a document: its fields come along, the prefix of their names does not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.definition import NOTHING
from engine.findings import Finding, errors, pointer
from engine.naming import named_in_property, named_in_step, renamed_property, renamed_step
from engine.reusable import STEP_KEYS, check
from engine.reuse import state_schema_of

# What a step does, rather than asks.
_DOING = ("action", "end", "for_each")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contraction:
    """A reusable step made out of a step of a document, or why none can be made."""

    source: Mapping[str, Any] = NOTHING
    leaves_when: bool = False
    """Whether the step's condition was left out: it looks at other steps, so it belongs to the template."""
    findings: tuple[Finding, ...] = ()


def contract(document: Any, step_id: str, *, slug: str, name: str, description: str = "") -> Contraction:
    """Return the reusable step that a step of a document, finished or not, makes with its fields."""
    state_schema = state_schema_of(document)
    placed = None if state_schema is None else _placed(document, step_id)
    if state_schema is None or placed is None:
        words = f"There is no step {step_id!r} here."
        return Contraction(findings=(Finding(rule="unknown_step", path="/steps", message=words),))
    index, step = placed
    own = _own(step, state_schema["properties"])
    leaves_when = not own.keys() >= set(named_in_step({"when": step.get("when")}))
    kept = {key: part for key, part in step.items() if key in STEP_KEYS and not (key == "when" and leaves_when)}
    if outside := tuple(_outside(step, kept, own, pointer("steps", index))):
        return Contraction(findings=outside)
    shorter = _shorter(step.get("prefix"), own)
    source = {
        "slug": slug,
        "name": name,
        "description": description,
        "state_schema": {
            "type": "object",
            "properties": {shorter(key): renamed_property(part, shorter) for key, part in own.items()},
            "required": [shorter(key) for key in own if key in state_schema["required"]],
        },
        "step": renamed_step(kept, shorter),
    }
    findings = check(source)
    return Contraction(source=NOTHING if errors(findings) else source, leaves_when=leaves_when, findings=findings)


def _placed(document: Mapping[str, Any], step_id: str) -> tuple[int, Mapping[str, Any]] | None:
    numbered = enumerate(document["steps"])
    return next(
        ((index, step) for index, step in numbered if isinstance(step, Mapping) and step.get("id") == step_id), None
    )


def _own(step: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a step, and what is computed from them alone."""
    asked = step.get("fields")
    names = [name for name in asked if isinstance(name, str)] if isinstance(asked, list) else []
    own = {name: properties[name] for name in names if name in properties}
    computed = {
        name: set(named_in_property({"x-computed": part["x-computed"]}))
        for name, part in properties.items()
        if isinstance(part, Mapping) and "x-computed" in part
    }
    while found := [name for name, inputs in computed.items() if name not in own and own.keys() >= inputs]:
        own |= {name: properties[name] for name in found}
    return own


def _outside(step: Mapping[str, Any], kept: Mapping[str, Any], own: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Tell what keeps a step from standing for itself."""
    for key in _DOING:
        if step.get(key):
            words = "Only a step that asks can be reused, not one that acts or ends."
            yield Finding(rule="not_reusable", path=path + pointer(key), step=step["id"], message=words)
    for key, part in kept.items():
        for name in named_in_step({key: part}):
            if name not in own:
                yield _refers(name, path + pointer(key), step["id"])
    for name, part in own.items():
        place = pointer("state_schema", "properties", name)
        for key, value in part.items() if isinstance(part, Mapping) else ():
            for other in named_in_property({key: value}):
                if other not in own:
                    yield _refers(other, place + pointer(key), step["id"], field=name)


def _refers(name: str, path: str, step_id: str, *, field: str | None = None) -> Finding:
    words = f"This looks at {name!r}, which is no field of this step. A reusable step stands for itself: take it out."
    return Finding(rule="refers_outside", path=path, step=step_id, field=field, message=words)


def _shorter(prefix: Any, own: Mapping[str, Any]) -> Callable[[str], str]:
    """Return how the step's own fields are called without the prefix, or as they are unless each of them has it."""
    if isinstance(prefix, str) and all(name.startswith(prefix) and name != prefix for name in own):
        return lambda name: name.removeprefix(prefix)
    return lambda name: name
