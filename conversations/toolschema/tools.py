"""The tools that a model is told of, in the dialect of its provider: a pure function of version and dialect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conversations.toolschema import parameters
from conversations.toolschema.answerable import asks_for_confirmation
from conversations.toolschema.dialects import Dialect
from conversations.toolschema.losses import Loss, Place
from conversations.toolschema.strict import NotStrictable, strict
from conversations.toolschema.toolnames import ToolName
from conversations.toolschema.words import sentences
from engine.definition import Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSet:
    """Tools as a provider takes them, and what their dialect cannot say."""

    tools: tuple[Mapping[str, Any], ...]
    losses: tuple[Loss, ...] = ()


TITLES = {
    ToolName.START: "Start a workflow",
    ToolName.SUBMIT: "Hand over answers",
    ToolName.CONFIRM: "Confirm",
    ToolName.CANCEL: "Cancel the workflow",
    ToolName.SWITCH: "Switch to another workflow",
}

DESCRIPTIONS = {
    ToolName.START: "Start a workflow in this conversation, when the person wants what it is for and none is active.",
    ToolName.SUBMIT: "Hand over what the person said, as soon as they said it, whichever step it belongs to; also to "
    "correct an earlier answer. The answer says what was accepted, what was not and why, and what to ask next.",
    ToolName.CONFIRM: "Confirm, once the person was shown the summary and agreed to it in their last message.",
    ToolName.CANCEL: "End the active workflow before its end, when the person clearly wants that.",
    ToolName.SWITCH: "Put the active workflow aside, which keeps its answers, and go on with another one: one that was "
    "put aside before, or else a new one.",
}


_NULLS = "Give null for whatever there is nothing to say of."

_DESTRUCTIVE = frozenset({ToolName.CONFIRM, ToolName.CANCEL})


def tools_for(definition: Definition | None, dialect: Dialect) -> ToolSet:
    """Return the tools of a workflow, or with none those that lead to one.

    On MCP they are always the same: what is listed there must not vary with what happened before.
    """
    if dialect is Dialect.MCP:
        return ToolSet(tools=tuple(_told_by_mcp(name) for name in ToolName))
    losses: list[Loss] = []
    tools = tuple(_told(name, _parameters(name, definition, losses), dialect, losses) for name in _names(definition))
    return ToolSet(tools=tools, losses=tuple(losses))


def parameters_of(name: ToolName, definition: Definition | None) -> Mapping[str, Any]:
    """Return the arguments of a tool, by which what a model gave is read whatever it was told."""
    return _parameters(name, definition, [])


def _names(definition: Definition | None) -> Iterator[ToolName]:
    if definition is None:
        yield from (ToolName.START, ToolName.SWITCH)
        return
    yield ToolName.SUBMIT
    if asks_for_confirmation(definition):
        yield ToolName.CONFIRM
    yield from (ToolName.CANCEL, ToolName.SWITCH)


def _parameters(name: ToolName, definition: Definition | None, losses: list[Loss]) -> Mapping[str, Any]:
    if name is ToolName.SUBMIT and definition is not None:
        return parameters.of_submitting(definition, Place(name, losses))
    return parameters.BY_TOOL[name]


def _told(name: ToolName, asked: Mapping[str, Any], dialect: Dialect, losses: list[Loss]) -> Mapping[str, Any]:
    """Return a tool as a provider takes it."""
    described = {"name": str(name), "description": DESCRIPTIONS[name]}
    match dialect:
        case Dialect.ANTHROPIC:
            return {**described, "input_schema": asked}
        case Dialect.OPENAI_STRICT:
            return _function({**described, **_strict(name, asked, losses)})
        case _:
            return _function({**described, "parameters": asked, "strict": False})


def _function(told: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "function", "function": told}


def _strict(name: ToolName, asked: Mapping[str, Any], losses: list[Loss]) -> Mapping[str, Any]:
    """Return what makes a tool strict, if it can be; else what it is otherwise."""
    lost: list[Loss] = []
    try:
        made = strict(asked, Place(name, lost))
    except NotStrictable as error:
        losses.append(Loss(tool=name, path=error.path, keyword="strict", became=f"false: {error.why}"))
        return {"parameters": asked, "strict": False}
    losses += lost
    return {"description": sentences(DESCRIPTIONS[name], _NULLS), "parameters": made, "strict": True}


def _told_by_mcp(name: ToolName) -> Mapping[str, Any]:
    """Return a tool as MCP lists it; the hints are for the client, and bind nobody."""
    hints = {
        "readOnlyHint": False,
        "destructiveHint": name in _DESTRUCTIVE,
        "idempotentHint": False,
        "openWorldHint": False,
    }
    return {
        "name": str(name),
        "title": TITLES[name],
        "description": DESCRIPTIONS[name],
        "inputSchema": parameters.in_conversation(parameters.BY_TOOL[name]),
        "annotations": hints,
    }
