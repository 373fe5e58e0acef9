"""The acts: what each does to a workflow, from stored progress to new progress and the facts that became true."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from engine.acts import Act, check_allowed, is_allowed
from engine.dates import later
from engine.definition import Definition, EndAction, EndActionType, Ending
from engine.errors import Conflict, Invalid
from engine.facts import (
    Activated,
    Cancelled,
    Completed,
    Confirmed,
    EndActionRequested,
    Expired,
    Fact,
    Failed,
    MetadataChanged,
    Paused,
    Resumed,
    Retried,
)
from engine.progress import Position, Progress, Status, locate
from engine.report import EMPTY_REPORT, Outcome, Report
from engine.saying import Say, said, to_say
from engine.submission import Submission, merge
from engine.writing import Writing, changed_keys, merge_writing, metadata_after

# What an act reports that gives no values and did what it was asked.
_APPLIED = Report(outcome=Outcome.APPLIED)

# That the workflow is back is something done, whatever became of the values that came with it.
_BACK = {Outcome.NOOP: Outcome.APPLIED, Outcome.REJECTED: Outcome.PARTIAL}


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


def write(
    definition: Definition, progress: Progress, writing: Writing, *, metadata: Mapping[str, Any], today: date
) -> Decision:
    """Store values and metadata as they are to be, all or nothing, and end the workflow if nothing is left to find out.

    :raises Conflict: the workflow is not active
    """
    check_allowed(Act.SUBMIT, progress.status)
    merged = merge_writing(definition, progress, writing, today=today)
    decision = Decision(progress=merged.progress, position=merged.position, report=merged.report, facts=merged.facts)
    after = metadata_after(metadata, writing)
    keys = changed_keys(metadata, after)
    if keys and merged.report.outcome is not Outcome.REJECTED:
        moved = replace(merged.progress, today=today)
        decision = Decision(
            progress=moved,
            position=locate(definition, moved),
            report=replace(merged.report, outcome=Outcome.APPLIED),
            facts=(*merged.facts, MetadataChanged(keys=keys)),
            metadata=after,
        )
    return _concluded(definition, decision, today=today)


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
    return _cancelled(definition, progress, Cancelled(reason=reason), today=today)


def expire(definition: Definition, progress: Progress, *, today: date) -> Decision:
    """End a workflow that nobody interacted with for too long; what was collected is kept.

    Whether it was too long is for the caller to check, against the moment of :func:`expires_at`.

    :raises Conflict: the workflow is finishing, or has ended
    """
    check_allowed(Act.EXPIRE, progress.status)
    return _cancelled(definition, progress, Expired(), today=today)


def expires_at(definition: Definition, status: Status, *, last_interaction: datetime) -> datetime | None:
    """Return when a workflow expires if nobody interacts with it again, or None if it never does."""
    if not definition.expires_after or not is_allowed(Act.EXPIRE, status):
        return None
    return later(last_interaction, definition.expires_after)


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
    return _back(definition, progress, submission, Resumed(), today=today)


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
    decision = Decision(progress=progress, position=position, report=_APPLIED, facts=facts)
    return _ended(decision, definition.ending, today=today)


def retry(definition: Definition, progress: Progress, submission: Submission | None, *, today: date) -> Decision:
    """Ask again for what a failed workflow was to end with; with a submission, make it active and end it anew.

    :raises Conflict: the workflow has not failed
    """
    check_allowed(Act.RETRY, progress.status)
    if submission is not None:
        return _back(definition, progress, submission, Retried(is_changed=True), today=today)
    position = locate(definition, progress)
    again = Decision(progress=progress, position=position, report=_APPLIED, facts=(Retried(is_changed=False),))
    return _ended(again, position.ending or definition.ending, today=today)


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


def _back(definition: Definition, progress: Progress, submission: Submission, fact: Fact, *, today: date) -> Decision:
    """Make a workflow active again and merge what came with that."""
    merged = merge(definition, replace(progress, status=Status.ACTIVE, today=today), submission, today=today)
    return _concluded(
        definition,
        Decision(
            progress=merged.progress,
            position=merged.position,
            report=replace(merged.report, outcome=_BACK.get(merged.report.outcome, merged.report.outcome)),
            facts=(fact, *merged.facts),
        ),
        today=today,
    )


def _activated(definition: Definition, decision: Decision, *, today: date) -> Decision:
    active = replace(decision.progress, status=Status.ACTIVE)
    return _concluded(definition, replace(decision, progress=active, facts=(*decision.facts, Activated())), today=today)


def _cancelled(definition: Definition, progress: Progress, fact: Fact, *, today: date) -> Decision:
    ended = replace(progress, status=Status.CANCELLED, today=today)
    return Decision(progress=ended, position=locate(definition, ended), report=_APPLIED, facts=(fact,))


def _concluded(definition: Definition, decision: Decision, *, today: date) -> Decision:
    """Say what is to be said, and end the workflow if that is where it stands, whatever act led there.

    An ending in the middle comes at once; at the regular end a confirmation comes first if the template asks for it.
    """
    position = decision.position
    say = to_say(position, decision.progress.said)
    decision = replace(decision, say=say, progress=replace(decision.progress, said=said(decision.progress.said, say)))
    if position.ending is not None:
        return _ended(decision, position.ending, today=today)
    if not position.is_collected or definition.must_confirm:
        return decision
    return _ended(decision, definition.ending, today=today)


def _ended(decision: Decision, ending: Ending, *, today: date) -> Decision:
    action = ending.action
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
            return replace(
                decision,
                progress=replace(decision.progress, status=Status.FINISHING),
                facts=(*decision.facts, EndActionRequested(action=str(action.type), target=action.target)),
            )
