"""The acts: what each does to a workflow, from stored progress to new progress and the facts that became true."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from engine.acts import Act, check_allowed
from engine.definition import Definition, EndAction, EndActionType
from engine.errors import Invalid
from engine.facts import Activated, Cancelled, Completed, EndActionRequested, Fact, Failed
from engine.progress import Position, Progress, Status, locate
from engine.submission import EMPTY_REPORT, Outcome, Report, Submission, merge

# What an act reports that gives no values and did what it was asked.
_APPLIED = Report(outcome=Outcome.APPLIED)


class Next(StrEnum):
    """What the client has to do next."""

    COLLECT = "collect"
    WAIT = "wait"
    FINISHING = "finishing"
    DONE = "done"


class ReadOnlyMissing(Invalid):
    """Fields that only the starting client can give are missing."""

    code = "read_only_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an act leads to. `hands_over_to` is the `workflow` end action to carry out in the same transaction."""

    progress: Progress
    position: Position
    report: Report = EMPTY_REPORT
    facts: tuple[Fact, ...] = ()
    outcome: str = ""
    hands_over_to: EndAction | None = None


def start(definition: Definition, prefill: Submission, *, activate: bool, today: date) -> Decision:
    """Return the first state of a workflow: made, prefilled and, if asked for, activated.

    :raises ReadOnlyMissing: a required `readOnly` field was not given, or not accepted
    """
    merged = merge(definition, Progress(status=Status.CREATED, today=today), prefill, today=today)
    missing = sorted(
        name
        for name, field in definition.fields.items()
        if field.required and field.read_only and name not in merged.progress.values
    )
    if missing:
        raise ReadOnlyMissing(
            f"Only the client that starts the workflow can give these, in state_data: {', '.join(missing)}.",
            fields=missing,
            rejected=[{"field": r.field, "code": r.code, "message": r.message} for r in merged.report.rejected],
        )
    made = Decision(progress=merged.progress, position=merged.position, report=merged.report, facts=merged.facts)
    return _activated(definition, made) if activate else made


def submit(definition: Definition, progress: Progress, submission: Submission, *, today: date) -> Decision:
    """Merge a submission into an active workflow and end it if nothing is left to find out.

    :raises Conflict: the workflow is not active
    """
    check_allowed(Act.SUBMIT, progress.status)
    merged = merge(definition, progress, submission, today=today)
    return _concluded(
        definition,
        Decision(progress=merged.progress, position=merged.position, report=merged.report, facts=merged.facts),
    )


def activate(definition: Definition, progress: Progress, *, today: date) -> Decision:
    """Give a created workflow the slot of its conversation.

    :raises Conflict: the workflow is not `created`
    """
    check_allowed(Act.ACTIVATE, progress.status)
    moved = replace(progress, today=today)
    position = locate(definition, moved)
    return _activated(definition, Decision(progress=moved, position=position, report=_APPLIED))


def cancel(definition: Definition, progress: Progress, *, reason: str, today: date) -> Decision:
    """End a workflow before its end; what was collected is kept.

    :raises Conflict: the workflow is finishing, completed or cancelled
    """
    check_allowed(Act.CANCEL, progress.status)
    ended = replace(progress, status=Status.CANCELLED, today=today)
    position = locate(definition, ended)
    return Decision(progress=ended, position=position, report=_APPLIED, facts=(Cancelled(reason=reason),))


def fail(decision: Decision, *, code: str, reason: str) -> Decision:
    """Turn a completion into a failure, because what was to follow it cannot be."""
    return replace(
        decision,
        progress=replace(decision.progress, status=Status.FAILED),
        facts=(*(fact for fact in decision.facts if not isinstance(fact, Completed)), Failed(code=code, reason=reason)),
        outcome="",
        hands_over_to=None,
    )


def next_of(status: Status) -> Next:
    """Return what the client of a workflow in this status has to do next."""
    match status:
        case Status.ACTIVE:
            return Next.COLLECT
        case Status.CREATED | Status.PAUSED:
            return Next.WAIT
        case Status.FINISHING:
            return Next.FINISHING
        case _:
            return Next.DONE


def _activated(definition: Definition, decision: Decision) -> Decision:
    active = replace(decision.progress, status=Status.ACTIVE)
    return _concluded(definition, replace(decision, progress=active, facts=(*decision.facts, Activated())))


def _concluded(definition: Definition, decision: Decision) -> Decision:
    """End the workflow if all is collected, whatever act completed the last step."""
    if not decision.position.is_collected:
        return decision
    action = definition.end_action
    match action.type:
        case EndActionType.NONE | EndActionType.WORKFLOW:
            return replace(
                decision,
                progress=replace(decision.progress, status=Status.COMPLETED),
                facts=(*decision.facts, Completed(outcome="completed")),
                outcome="completed",
                hands_over_to=action if action.type is EndActionType.WORKFLOW else None,
            )
        case _:
            return replace(
                decision,
                progress=replace(decision.progress, status=Status.FINISHING),
                facts=(*decision.facts, EndActionRequested(action=str(action.type), target=action.target)),
            )
