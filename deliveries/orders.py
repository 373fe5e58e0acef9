"""What is to be sent because of an event: the request as it will be sent, rendered from what is stored now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from deliveries.models import Delivery, Kind
from deliveries.tools import find_tool
from engine.action_runs import inputs_of_request
from engine.definition import Definition, EndAction, EndActionType
from engine.progress import Position, Status, locate
from engine.rendering import Unrenderable, own_addresses, render_arguments, render_request
from engine.verdicts import CallRules
from events.models import Event
from instances import results
from instances.models import Workflow
from instances.requests import facts_of
from registry.definitions import definition_of

# What the config of an action says about sending it, and about what comes back.
_TERMS = ("success", "retry_on", "timeout", "result", "max_attempts", "max_hours")

_OUTDATED = {"code": "outdated", "reason": "What it was asked with was corrected before it was sent."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Something to send that was not asked for before."""

    kind: Kind
    target: str
    """What tells it from other deliveries of the same event."""
    channel: str
    workflow_id: UUID | None = None
    step: str = ""
    run: int = 0
    request: Mapping[str, Any] | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)
    is_idempotent: bool = True
    max_attempts: int
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Something that was given up, to be sent once more: the same request under the same key."""

    delivery: Delivery
    within: timedelta


def orders_of(event: Event) -> list[Order | Again]:
    """Return what is to be sent because of an event."""
    make = _MAKERS.get(event.type)
    return make(event) if make else []


def _end_action_orders(event: Event) -> list[Order | Again]:
    """Return the delivery of an end action, unless the workflow is not waiting for it any more."""
    workflow = Workflow.objects.with_names().filter(pk=event.subject_id, status=Status.FINISHING).first()
    if workflow is None:
        return []
    if event.data.get("again"):
        last = workflow.deliveries.filter(kind=Kind.END_ACTION).order_by("-created_at", "-event_id").first()
        if last is not None and last.has_request:
            return [_again(last)]
    definition = definition_of(workflow.version_id)
    position = locate(definition, workflow.progress)
    action = (position.ending or definition.ending).action
    return [_order(workflow, definition, position, action, kind=Kind.END_ACTION, target="end")]


def _order(
    workflow: Workflow,
    definition: Definition,
    position: Position,
    action: EndAction,
    *,
    kind: Kind,
    target: str,
    step: str = "",
    run: int = 0,
) -> Order:
    """Render an action. What cannot be rendered is an order too: to be refused when its turn comes."""
    config, rules = action.config, CallRules.from_config(action.config)
    facts = facts_of(workflow, position)
    is_tool = action.type is EndActionType.TOOL_CALL
    tool = find_tool(action.target) if is_tool else None
    is_idempotent = tool.is_idempotent if tool else not is_tool
    terms: dict[str, Any] = {key: config[key] for key in _TERMS if key in config}
    if definition.sensitive_fields:
        terms["is_sensitive"] = True  # what comes back may echo it
    if kind is Kind.ACTION:
        terms.pop("result", None)  # the whole answer is the engine's to take apart
    request: dict[str, Any] | None = None
    try:
        if is_tool:
            addresses = sorted(own_addresses(definition.fields, position.live))
            arguments = render_arguments(action, facts)
            request = {"tool": action.target, "arguments": arguments, "own_addresses": addresses}
        else:
            request = render_request(action, facts).as_dict()
            terms["method"] = request["method"]  # which lists tell
    except Unrenderable as refusal:
        terms["unrenderable"] = {"code": refusal.reason, "reason": refusal.message}
    return Order(
        kind=kind,
        target=target,
        channel=f"{action.type} {action.target}",
        workflow_id=workflow.pk,
        step=step,
        run=run,
        request=request,
        terms=terms,
        is_idempotent=is_idempotent,
        max_attempts=rules.max_attempts if is_idempotent else 1,
        within=timedelta(hours=rules.max_hours),
    )


def _again(last: Delivery) -> Again:
    return Again(delivery=last, within=timedelta(hours=CallRules.from_config(last.terms).max_hours))


def _action_orders(event: Event) -> list[Order | Again]:
    """Return the delivery of the action of a step, unless it was asked for anew or the workflow ended meanwhile.

    Its inputs are those of the day on which it was asked for, and maybe confirmed, however late it is dispatched. One
    whose inputs changed on a branch that was left is to be refused: so the step asks anew if it comes back.
    """
    step_id, run = event.data["step"], event.data["run"]
    workflow = Workflow.objects.with_names().filter(pk=event.subject_id).first()
    if workflow is None or not results.is_receiving(workflow, step=step_id, run=run):
        return []
    if event.data.get("again"):
        mine = workflow.deliveries.filter(kind=Kind.ACTION, step=step_id, run=run)
        last = mine.order_by("-created_at", "-event_id").first()
        if last is not None and last.has_request:
            return [_again(last)]
    definition = definition_of(workflow.version_id)
    asked = definition.steps_by_id[step_id].action
    if asked is None:
        return []
    inputs = inputs_of_request(definition, workflow.progress, step_id, run=run)
    known = replace(locate(definition, workflow.progress), live=inputs or {})
    target, kind = f"step:{step_id}", Kind.ACTION
    order = _order(workflow, definition, known, EndAction.of(asked), kind=kind, target=target, step=step_id, run=run)
    return [order if inputs is not None else replace(order, request=None, terms={"unrenderable": _OUTDATED})]


_MAKERS: Mapping[str, Callable[[Event], list[Order | Again]]] = {
    "workflow.action_requested": _action_orders,
    "workflow.end_action_requested": _end_action_orders,
}

ASKING = frozenset(_MAKERS)
"""The types of events by which a workflow asks for something that it then waits for."""
