"""Checks of the steps in their order: what each may look at, what it asks, and where it ends."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine import action_step_checks, computed_checks, ending_checks
from engine.condition_checks import Scope, check_condition
from engine.definition import display_order
from engine.errors import did_you_mean
from engine.findings import Finding, Severity, pointer
from engine.parts import Parts

# What a step that ends the workflow has no use for.
_ASKING = ("fields", "rules", "action")


def check(parts: Parts) -> Iterator[Finding]:
    """Return what is wrong with the well-formed steps of a document."""
    order = _Order(parts)
    yield from _loose(parts, order)
    seen: dict[str, int] = {}
    for index, step in parts.steps:
        path, step_id = pointer("steps", index), step["id"]
        if step_id in seen:
            first = seen[step_id]
            words = f"The id {step_id!r} is that of step {first + 1} already; ids are unique."
            yield Finding(rule="duplicate_id", path=path + "/id", step=step_id, message=words)
        seen.setdefault(step_id, index)
        scope = Scope(properties=parts.properties, offers=parts.offers, before=order.known, step=step_id)
        if "when" in step:
            yield from check_condition(step["when"], path + "/when", scope)
        yield from action_step_checks.check(step, path, scope, parts)
        yield from _fields(step, path, scope, order)
        yield from _rules(step, path, scope)
        yield from _end(parts, index, step, path)
    yield from action_step_checks.check_all(parts)


def unknown_field(name: str, properties: Mapping[str, Any], path: str, step: str | None = None) -> Finding:
    """Return the finding about a name that the state schema does not have."""
    near = did_you_mean(name, properties)
    words = f"The state schema has no property {name!r}." + (f" Did you mean {near!r}?" if near else "")
    return Finding(rule="unknown_field", path=path, step=step, field=name, message=words, suggestion=near)


class _Order:
    """Which fields are known where: those asked before, and computed ones right after their last input."""

    def __init__(self, parts: Parts) -> None:
        properties = parts.properties
        in_steps = {name for _, step in parts.steps for name in step.get("fields", ())}
        loose = (name for name, part in properties.items() if name not in in_steps and "x-computed" not in part)
        self.loose = sorted(loose, key=lambda name: display_order(name, properties[name]))
        places = [("", name) for name in self.loose]
        places += [(step["id"], name) for _, step in parts.steps for name in step.get("fields", ())]
        self._computed_after = computed_checks.standing_after(properties, places)
        self.known: set[str] = set()

    def ask(self, step_id: str, name: str) -> None:
        """Go past a place where a field is asked."""
        self.known.add(name)
        self.known.update(self._computed_after.get((step_id, name), ()))


def _loose(parts: Parts, order: _Order) -> Iterator[Finding]:
    properties, required = parts.properties, set(parts.required)
    for name in order.loose:
        part, place = properties[name], pointer("state_schema", "properties", name)
        if parts.knows_every_step and name in required and part.get("readOnly") is not True:
            words = f"{name!r} is required, but no step asks for it."
            yield Finding(rule="never_asked", severity=Severity.WARNING, path=place, field=name, message=words)
        if parts.knows_every_step and "x-when" in part:
            scope = Scope(properties=properties, offers=parts.offers, before=order.known, field=name)
            yield from check_condition(part["x-when"], place + "/x-when", scope)
        order.ask("", name)


def _fields(step: Mapping[str, Any], path: str, scope: Scope, order: _Order) -> Iterator[Finding]:
    """Check the fields of a step and their `x-when`, which may also look at earlier fields of the same step."""
    properties = scope.properties
    for position, name in enumerate(step.get("fields", ())):
        place = path + pointer("fields", position)
        if name not in properties:
            yield unknown_field(name, properties, place, scope.step)
        elif "x-computed" in properties[name]:
            words = f"{name!r} is computed, so no step asks for it. Take it out of the step."
            yield Finding(rule="computed_asked", path=place, step=scope.step, field=name, message=words)
        elif "x-when" in properties[name]:
            when = pointer("state_schema", "properties", name, "x-when")
            yield from check_condition(properties[name]["x-when"], when, replace(scope, field=name))
        order.ask(step["id"], name)


def _rules(step: Mapping[str, Any], path: str, scope: Scope) -> Iterator[Finding]:
    for index, rule in enumerate(step.get("rules", ())):
        place = path + pointer("rules", index)
        yield from check_condition(rule["check"], place + "/check", scope)
        named = rule.get("field", [])
        for name in [named] if isinstance(named, str) else named:
            if name not in scope.before:
                words = f"A broken rule can ask again only what this step or an earlier one asks, not {name!r}."
                yield Finding(rule="unknown_field", path=place + "/field", step=step["id"], field=name, message=words)


def _end(parts: Parts, index: int, step: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Check a step that ends the workflow: it asks for nothing, and without a condition nothing comes after it."""
    if "end" not in step:
        return
    step_id = step["id"]
    for key in _ASKING:
        if step.get(key):
            words = f"A step that ends the workflow asks for nothing. Move its {key} to a step before it."
            yield Finding(rule="end_asks", path=path + pointer(key), step=step_id, message=words)
    if step.get("required") is False:
        words = "A step that ends the workflow cannot be skipped. Give it a condition ('when') instead."
        yield Finding(rule="end_asks", path=path + "/required", step=step_id, message=words)
    if "when" not in step and index < max(number for number, _ in parts.steps):
        words = "This step always ends the workflow, so no step after it is ever reached. Give it a condition ('when')."
        yield Finding(rule="never_reached", severity=Severity.WARNING, path=path, step=step_id, message=words)
    yield from ending_checks.check(step["end"], path + "/end", parts.properties)
