"""What the action of a step is asked with: the facts its placeholders name, and the request as people are shown it."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from engine.definition import Definition, EndAction, EndActionType, Step
from engine.progress import Position
from engine.rendering import Facts, Unrenderable, preview, render_arguments, render_request
from instances.masking import MASK, all_shown
from instances.models import Workflow
from rest.callers import Caller


def facts_of(workflow: Workflow, position: Position) -> Facts:
    """Return what placeholders may name of a workflow."""
    name, number = workflow.made_of
    return Facts(
        state=position.live,
        workflow={
            "id": str(workflow.pk),
            "template": name,
            "version": number,
            "conversation_id": workflow.conversation_id,
            "user_id": workflow.user_id,
            "metadata": workflow.metadata,
        },
    )


def inputs_only(position: Position, step_id: str) -> Position:
    """Return where a workflow stands, as far as the request of this step may know."""
    return replace(position, live=position.inputs[step_id])


def request_to_confirm(
    workflow: Workflow, definition: Definition, position: Position, step: Step, *, caller: Caller
) -> dict[str, Any]:
    """Return what a step is about to ask for, as it will be sent, but with secrets and hidden values masked.

    What cannot be sent as it stands is told before anybody confirms it. It may be confirmed nevertheless: then it
    fails, and the workflow goes where the author said. That is the only way on if its inputs cannot be corrected.
    """
    if step.action is None:
        return {"step": step.id, "name": position.fill(step.name)}
    action = EndAction.of(step.action)
    facts = facts_of(workflow, inputs_only(position, step.id))
    told = {"step": step.id, "name": position.fill(step.name), "type": str(action.type), "target": action.target}
    try:
        _rendered(action, facts)
    except Unrenderable as refusal:
        return {**told, "request": None, "problem": {"code": refusal.reason, "message": refusal.message}}
    masked = replace(facts, state=all_shown(definition, facts.state, caller))
    return {**told, "request": _rendered(action, masked), "problem": None}


def _rendered(action: EndAction, facts: Facts) -> dict[str, Any]:
    if action.type is EndActionType.TOOL_CALL:
        return {"tool": action.target, "arguments": render_arguments(action, facts)}
    shown = preview(render_request(action, facts))
    return {**shown, "url": shown["url"].replace(quote(MASK, safe=""), MASK)}
