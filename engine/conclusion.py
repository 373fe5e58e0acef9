"""What an act leads to, and what follows by itself whatever act it was: an action is asked for, the end is reached."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine.action_runs import requested
from engine.actions import FAILURES, Action, OnFailure
from engine.changes import Merged
from engine.definition import Definition, EndAction, EndActionType, Ending, Step
from engine.facts import Completed, EndActionRequested, Fact, Failed
from engine.filling import with_labels
from engine.progress import Position, Progress, Status, locate
from engine.report import EMPTY_REPORT, Report
from engine.saying import Say, said, to_say


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an act leads to. `hands_over_to` is the `workflow` end action to carry out in the same transaction.

    `metadata` is what the metadata becomes; None leaves it as it is.
    """

    progress: Progress
    position: Position
    report: Report = EMPTY_REPORT
    facts: tuple[Fact, ...] = ()
    outcome: str = ""
    say: tuple[Say, ...] = ()
    hands_over_to: EndAction | None = None
    metadata: Mapping[str, Any] | None = None
    unmet_prerequisites: tuple[str, ...] = ()
    """The prerequisites that a workflow which was just made does not meet."""
    end_action_result: Any = None
    """What the end action came back with."""
    is_waiting: bool = False
    """Whether it was asked to be active and waits for them."""


def decided(merged: Merged) -> Decision:
    """Return the decision to store what was merged."""
    return Decision(progress=merged.progress, position=merged.position, report=merged.report, facts=merged.facts)


def concluded(definition: Definition, decision: Decision, *, today: date) -> Decision:
    """Say what is to be said, and ask for an action or end the workflow if that is where it stands, whatever led there.

    An ending in the middle comes at once; at the regular end a confirmation comes first if the template asks for it.
    """
    position = decision.position
    say = to_say(position, decision.progress.said)
    decision = replace(decision, say=say, progress=replace(decision.progress, said=said(decision.progress.said, say)))
    if position.ending is not None:
        return ended(decision, position.ending, today=today)
    step = position.current_step
    if step is not None and step.action is not None:
        return _come_to_action(definition, decision, step, step.action)
    if not position.is_collected or definition.must_confirm:
        return decision
    return ended(decision, definition.ending, today=today)


def fail(decision: Decision, *, code: str, reason: str, step: str = "") -> Decision:
    """Turn a decision into a failure, because what was to follow it cannot be, or the action of a step failed."""
    return replace(
        decision,
        progress=replace(decision.progress, status=Status.FAILED, failed_step=step),
        facts=(
            *(fact for fact in decision.facts if not isinstance(fact, Completed)),
            Failed(code=code, reason=reason, step=step or None),
        ),
        outcome="",
        hands_over_to=None,
    )


def ended(decision: Decision, ending: Ending, *, today: date, again: bool = False) -> Decision:
    """End a workflow: it is completed, or asks for what must happen first; `again` if it failed to before."""
    action, step = ending.action, decision.position.current_step
    decision = replace(decision, progress=replace(decision.progress, today=today))
    match action.type:
        case EndActionType.NONE | EndActionType.WORKFLOW:
            return replace(
                decision,
                progress=replace(decision.progress, status=Status.COMPLETED),
                facts=(*decision.facts, Completed(outcome=ending.outcome)),
                outcome=ending.outcome,
                hands_over_to=action if action.type is EndActionType.WORKFLOW else None,
            )
        case _:
            wanted = EndActionRequested(
                action=str(action.type), target=action.target, step=step.id if step else None, again=again
            )
            return replace(
                decision,
                progress=replace(decision.progress, status=Status.FINISHING),
                facts=(*decision.facts, wanted),
            )


def ask_for_action(definition: Definition, decision: Decision, step: Step) -> Decision:
    """Ask for the action of a step."""
    progress, fact = requested(decision.progress, decision.position, step)
    return replace(decision, progress=progress, position=locate(definition, progress), facts=(*decision.facts, fact))


def _come_to_action(definition: Definition, decision: Decision, step: Step, action: Action) -> Decision:
    """Ask for the action of the current step unless somebody must confirm it, or fail with it."""
    state = decision.position.actions.get(step.id)
    if state is None:
        return decision if action.must_confirm else ask_for_action(definition, decision, step)
    if state.status in FAILURES and action.on_failure is OnFailure.FAIL:
        # This is stored, and events are not where answers are to be read.
        name = with_labels(step.name, definition.label)
        return fail(decision, code="action_failed", reason=f"{name}: {state.reason}", step=step.id)
    return decision
