"""The acts: what each does to a workflow, from stored progress to new progress and the facts that became true."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from engine.acts import Act, check_allowed
from engine.definition import Definition, EndAction, EndActionType
from engine.errors import Conflict, Invalid
from engine.facts import (
    Activated,
    Cancelled,
    Completed,
    Confirmed,
    EndActionRequested,
    Fact,
    Failed,
    Paused,
    Resumed,
)
from engine.prerequisites import REGULAR_END
from engine.progress import Position, Progress, Status, locate
from engine.submission import EMPTY_REPORT, Outcome, Report, Submission, merge

# What an act reports that gives no values and did what it was asked.
_APPLIED = Report(outcome=Outcome.APPLIED)


class Next(StrEnum):
    """What the client has to do next."""

    COLLECT = "collect"
    WAIT = "wait"
    CONFIRM = "confirm"
    FINISHING = "finishing"
    DONE = "done"


class ReadOnlyMissing(Invalid):
    """Fields that only the starting client can give are missing."""

    code = "read_only_missing"


class NothingToConfirm(Conflict):
    """Something is still to be found out, or the template asks for no confirmation."""

    code = "nothing_to_confirm"


class PrerequisitesUnmet(Conflict):
    """The person has not completed what the template asks for first."""

    code = "prerequisites_unmet"

    def __init__(self, waiting_for: Iterable[str]) -> None:
        names = list(waiting_for)
        super().__init__(f"These must be completed first: {', '.join(names)}.", waiting_for=names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an act leads to. `hands_over_to` is the `workflow` end action to carry out in the same transaction."""

    progress: Progress
    position: Position
    report: Report = EMPTY_REPORT
    facts: tuple[Fact, ...] = ()
    outcome: str = ""
    hands_over_to: EndAction | None = None
    unmet_prerequisites: tuple[str, ...] = ()
    """The prerequisites that a workflow which was just made does not meet."""
    is_waiting: bool = False
    """Whether it was asked to be active and waits for them."""


def start(definition: Definition, prefill: Submission, *, today: date) -> Decision:
    """Return the first state of a workflow: made and prefilled.

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
    return Decision(progress=merged.progress, position=merged.position, report=merged.report, facts=merged.facts)


def admit(definition: Definition, made: Decision, *, activate: bool, unmet: tuple[str, ...] = ()) -> Decision:
    """Activate a workflow that was just made if it is asked to be; with unmet prerequisites it waits for them."""
    if activate and not unmet:
        return _activated(definition, made, today=made.progress.today)
    return replace(made, unmet_prerequisites=unmet, is_waiting=activate)


def submit(definition: Definition, progress: Progress, submission: Submission, *, today: date) -> Decision:
    """Merge a submission into an active workflow and end it if nothing is left to find out.

    :raises Conflict: the workflow is not active
    """
    check_allowed(Act.SUBMIT, progress.status)
    merged = merge(definition, progress, submission, today=today)
    return _concluded(
        definition,
        Decision(progress=merged.progress, position=merged.position, report=merged.report, facts=merged.facts),
        today=today,
    )


def activate(definition: Definition, progress: Progress, *, unmet: tuple[str, ...] = (), today: date) -> Decision:
    """Give a created workflow the slot of its conversation.

    :raises Conflict: the workflow is not `created`
    :raises PrerequisitesUnmet: something must be completed first
    """
    check_allowed(Act.ACTIVATE, progress.status)
    if unmet:
        raise PrerequisitesUnmet(unmet)
    moved = replace(progress, today=today)
    position = locate(definition, moved)
    return _activated(definition, Decision(progress=moved, position=position, report=_APPLIED), today=today)


def cancel(definition: Definition, progress: Progress, *, reason: str, today: date) -> Decision:
    """End a workflow before its end; what was collected is kept.

    :raises Conflict: the workflow is finishing, completed or cancelled
    """
    check_allowed(Act.CANCEL, progress.status)
    ended = replace(progress, status=Status.CANCELLED, today=today)
    position = locate(definition, ended)
    return Decision(progress=ended, position=position, report=_APPLIED, facts=(Cancelled(reason=reason),))


def pause(definition: Definition, progress: Progress, *, reason: str, today: date) -> Decision:
    """Give the slot of the conversation up and keep everything.

    :raises Conflict: the workflow is not active
    """
    check_allowed(Act.PAUSE, progress.status)
    paused = replace(progress, status=Status.PAUSED, today=today)
    position = locate(definition, paused)
    return Decision(progress=paused, position=position, report=_APPLIED, facts=(Paused(reason=reason),))


def resume(definition: Definition, progress: Progress, submission: Submission, *, today: date) -> Decision:
    """Take the slot of the conversation again, and merge what came with it.

    :raises Conflict: the workflow is not paused
    """
    check_allowed(Act.RESUME, progress.status)
    merged = merge(definition, replace(progress, status=Status.ACTIVE, today=today), submission, today=today)
    is_silent = merged.report.outcome is Outcome.NOOP
    return _concluded(
        definition,
        Decision(
            progress=merged.progress,
            position=merged.position,
            report=replace(merged.report, outcome=Outcome.APPLIED) if is_silent else merged.report,
            facts=(Resumed(), *merged.facts),
        ),
        today=today,
    )


def confirm(definition: Definition, progress: Progress, *, today: date) -> Decision:
    """End a workflow of which the person confirmed what was collected.

    Whether the confirmation was of what is stored now, and not of what was stored before, is for the caller to check.

    :raises Conflict: the workflow is not active, or not ready to be confirmed
    """
    check_allowed(Act.CONFIRM, progress.status)
    position = locate(definition, progress)
    if next_of(definition, progress, position) is not Next.CONFIRM:
        raise NothingToConfirm("There is nothing to confirm now. Look at next, and at what is missing.")
    facts: tuple[Fact, ...] = (Confirmed(),)
    return _ended(definition, Decision(progress=progress, position=position, report=_APPLIED, facts=facts), today=today)


def fail(decision: Decision, *, code: str, reason: str) -> Decision:
    """Turn a completion into a failure, because what was to follow it cannot be."""
    return replace(
        decision,
        progress=replace(decision.progress, status=Status.FAILED),
        facts=(*(fact for fact in decision.facts if not isinstance(fact, Completed)), Failed(code=code, reason=reason)),
        outcome="",
        hands_over_to=None,
    )


def next_of(definition: Definition, progress: Progress, position: Position) -> Next:
    """Return what the client of a workflow has to do next."""
    match progress.status:
        case Status.ACTIVE:
            return Next.CONFIRM if definition.must_confirm and position.is_collected else Next.COLLECT
        case Status.CREATED | Status.PAUSED:
            return Next.WAIT
        case Status.FINISHING:
            return Next.FINISHING
        case _:
            return Next.DONE


def _activated(definition: Definition, decision: Decision, *, today: date) -> Decision:
    active = replace(decision.progress, status=Status.ACTIVE)
    return _concluded(definition, replace(decision, progress=active, facts=(*decision.facts, Activated())), today=today)


def _concluded(definition: Definition, decision: Decision, *, today: date) -> Decision:
    """End the workflow if all is collected, whatever act completed the last step; a confirmation comes first."""
    if not decision.position.is_collected or definition.must_confirm:
        return decision
    return _ended(definition, decision, today=today)


def _ended(definition: Definition, decision: Decision, *, today: date) -> Decision:
    action = definition.end_action
    decision = replace(decision, progress=replace(decision.progress, today=today))
    match action.type:
        case EndActionType.NONE | EndActionType.WORKFLOW:
            return replace(
                decision,
                progress=replace(decision.progress, status=Status.COMPLETED),
                facts=(*decision.facts, Completed(outcome=REGULAR_END)),
                outcome=REGULAR_END,
                hands_over_to=action if action.type is EndActionType.WORKFLOW else None,
            )
        case _:
            return replace(
                decision,
                progress=replace(decision.progress, status=Status.FINISHING),
                facts=(*decision.facts, EndActionRequested(action=str(action.type), target=action.target)),
            )
