"""Checks of a step with an action: its inputs are known by then, and its fields are the action's alone to find out.

What a target and a config must be like is one set of rules for these and for end actions: `engine.action_checks`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from engine import action_checks
from engine.actions import OnFailure
from engine.causes import causes_of_request
from engine.condition_checks import Scope
from engine.definition import Definition
from engine.document_schema import MAX_ACTIONS
from engine.errors import did_you_mean
from engine.findings import Finding, Severity, pointer
from engine.json_pointer import POINTER
from engine.parts import Parts
from engine.placeholders import Source, names_in

# What only makes sense for a field that a person answers, or that changes for other reasons than its action's inputs.
_NOT_FOUND_OUT = ("x-ask-first", "x-choices", "x-depends-on", "x-on-change")


def check(step: Mapping[str, Any], path: str, scope: Scope, parts: Parts) -> Iterator[Finding]:
    """Return what is wrong with the action of a well-formed step."""
    action = step.get("action")
    if action is None or "end" in step:
        return
    place = path + "/action"
    yield from action_checks.check(
        action["type"],
        action["target"],
        action.get("config"),
        path_target=place + "/target",
        path_config=place + "/config",
        properties=scope.properties,
    )
    if "result" in action.get("config", {}):
        words = "What the answer fills stands in the result of the action, beside its config."
        yield Finding(rule="misplaced_key", path=place + "/config/result", step=step["id"], message=words)
    yield from _inputs(action, place, scope)
    yield from _result(step, action, place, scope, parts)
    yield from _fields(step, path, scope)
    yield from _on_failure(step, action, place, scope)
    if not action.get("idempotent") and not action.get("confirm"):
        words = (
            "Nobody confirms this before it is done, and once it may have been, its inputs stand. "
            "Set confirm to true, or idempotent to true if it may be done again."
        )
        yield Finding(rule="action_unconfirmed", severity=Severity.WARNING, path=place, step=step["id"], message=words)


def check_all(parts: Parts) -> Iterator[Finding]:
    """Return what is wrong with the actions of a document taken together."""
    found_out = [(index, step) for index, step in parts.steps if step.get("action") is not None]
    if len(found_out) > MAX_ACTIONS:
        words = f"A template has at most {MAX_ACTIONS} steps with an action."
        yield Finding(rule="too_many_actions", path=pointer("steps", found_out[MAX_ACTIONS][0]), message=words)
    asked = Counter(name for _, step in parts.steps for name in step.get("fields", ()))
    for index, step in found_out:
        for position, name in enumerate(step.get("fields", ())):
            if asked[name] > 1:
                path = pointer("steps", index, "fields", position)
                words = f"{name!r} is found out by the action of this step, so no other step has it."
                yield Finding(rule="action_field_shared", path=path, step=step["id"], field=name, message=words)


def check_circles(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Return which actions of an otherwise good document would be asked for again by what they find out themselves."""
    if not any(step.get("action") for step in document["steps"]):
        return
    definition = Definition.from_document(document)
    for index, step in enumerate(definition.steps):
        causes = causes_of_request(definition, step) if step.action is not None else frozenset()
        if circle := sorted(causes.intersection(step.fields)):
            words = f"What this finds out changes what it was asked for: {', '.join(circle)}. Take x-depends-on out."
            yield Finding(rule="action_cycle", path=pointer("steps", index, "action"), step=step.id, message=words)


def _inputs(action: Mapping[str, Any], place: str, scope: Scope) -> Iterator[Finding]:
    for key in ("target", "config"):
        for name in names_in(action.get(key), Source.STATE):
            if name in scope.properties and name not in scope.before:
                words = f"{name!r} is not asked before this step, so it is never known here."
                yield Finding(rule="later_field", path=place + pointer(key), step=scope.step, message=words)


def _result(
    step: Mapping[str, Any], action: Mapping[str, Any], place: str, scope: Scope, parts: Parts
) -> Iterator[Finding]:
    fields, result = step.get("fields", ()), action.get("result", {})
    for name, path in result.items():
        where = place + pointer("result", name)
        if name not in fields:
            near = did_you_mean(name, fields)
            words = f"{name!r} is no field of this step." + _way_out(name, near, scope)
            yield Finding(rule="unknown_field", path=where, step=scope.step, message=words, suggestion=near)
        if not POINTER.fullmatch(path):
            words = "This must be a JSON Pointer (RFC 6901) into the answer, like '/balance', or empty for all of it."
            yield Finding(rule="not_a_pointer", path=where, step=scope.step, field=name, message=words)
    for name in fields:
        if name in parts.required and name not in result:
            words = f"{name!r} is required, and nothing of the answer fills it. Add it to result."
            yield Finding(rule="action_leaves_open", path=place + "/result", step=scope.step, field=name, message=words)


def _way_out(name: str, near: str | None, scope: Scope) -> str:
    if near:
        return f" Did you mean {near!r}?"
    return " Add it to the step's fields." if name in scope.properties else ""


def _fields(step: Mapping[str, Any], path: str, scope: Scope) -> Iterator[Finding]:
    for position, name in enumerate(step.get("fields", ())):
        for key in _NOT_FOUND_OUT:
            if scope.properties.get(name, {}).get(key):
                words = (
                    f"{name!r} is found out by an action, and changes only with what that is asked for. Take {key} out."
                )
                place = path + pointer("fields", position)
                yield Finding(rule="action_field_keyword", path=place, step=scope.step, field=name, message=words)


def _on_failure(step: Mapping[str, Any], action: Mapping[str, Any], place: str, scope: Scope) -> Iterator[Finding]:
    if action.get("on_failure") != OnFailure.ASK:
        return
    fields = step.get("fields", ())
    if not fields:
        words = "This step has no field to ask for if its action fails. Let it skip or fail."
        yield Finding(rule="nothing_to_ask", path=place + "/on_failure", step=scope.step, message=words)
    for name in fields:
        if scope.properties.get(name, {}).get("readOnly") is True:
            words = f"{name!r} is readOnly, so nobody can be asked for it if the action fails. Let it skip or fail."
            yield Finding(rule="asks_read_only", path=place + "/on_failure", step=scope.step, field=name, message=words)
