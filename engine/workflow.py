"""The acts: what each does to a workflow, from stored progress to new progress and the facts that became true."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from engine.action_results import Awaited, merge_state
from engine.action_runs import NothingToRetry, failed_step, is_failed, requested_again
from engine.actions import ActionResult, ActionStatus
from engine.acts import Act, check_allowed, is_allowed
from engine.conclusion import Decision, ask_for_action, concluded, decided, ended
from engine.dates import later
from engine.definition import Definition, Step
from engine.errors import Conflict, Invalid
from engine.facts import (
    ActionOutdated,
    Activated,
    Cancelled,
    Confirmed,
    Expired,
    Fact,
    MetadataChanged,
    Paused,
    Resumed,
    Retried,
)
from engine.merging import merge
from engine.progress import Position, Progress, Status, locate
from engine.report import Outcome, Report
from engine.submission import Submission
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


def start(definition: Definition, prefill: Submission, *, today: date) -> Decision:
    """Return the first state of a workflow: made and prefilled.

    :raises ReadOnlyMissing: a required `readOnly` field was not given, or not accepted
    """
    merged = merge(definition, Progress(status=Status.CREATED, today=today), prefill, today=today)
    missing = sorted(
        name
        for name, field in definition.fields.items()
        if field.required
        and field.read_only
        and name not in merged.progress.values
        and name not in definition.steps_of_actions
    )
    if missing:
        raise ReadOnlyMissing(
            f"Only the client that starts the workflow can give these, in state_data: {', '.join(missing)}.",
            fields=missing,
            rejected=[{"field": r.field, "code": r.code, "message": r.message} for r in merged.report.rejected],
        )
    return decided(merged)


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
    return concluded(definition, decided(merged), today=today)


def write(
    definition: Definition, progress: Progress, writing: Writing, *, metadata: Mapping[str, Any], today: date
) -> Decision:
    """Store values and metadata as they are to be, all or nothing, and end the workflow if nothing is left to find out.

    :raises Conflict: the workflow is not active
    """
    check_allowed(Act.SUBMIT, progress.status)
    merged = merge_writing(definition, progress, writing, today=today)
    decision = decided(merged)
    after = metadata_after(metadata, writing)
    keys = changed_keys(metadata, after)
    if keys and merged.report.outcome is not Outcome.REJECTED:
        # Another day may bring a step back whose request was made for other inputs.
        moved = merge(definition, replace(merged.progress, today=today), Submission(), today=today)
        decision = Decision(
            progress=moved.progress,
            position=moved.position,
            report=replace(merged.report, outcome=Outcome.APPLIED),
            facts=(*merged.facts, MetadataChanged(keys=keys), *moved.facts),
            metadata=after,
        )
    return concluded(definition, decision, today=today)


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
    """End a workflow of which the person confirmed what was collected, or ask for the action that they confirmed.

    Whether the confirmation was of what is stored now, and not of what was stored before, is for the caller to check.

    :raises Conflict: the workflow is not active, or not ready to be confirmed
    """
    check_allowed(Act.CONFIRM, progress.status)
    position = locate(definition, progress)
    if next_of(definition, progress, position) is not Next.CONFIRM:
        raise NothingToConfirm("There is nothing to confirm now. Look at next, and at what is missing.")
    facts: tuple[Fact, ...] = (Confirmed(),)
    decision = Decision(progress=progress, position=position, report=_APPLIED, facts=facts)
    if position.current_step is not None:
        return ask_for_action(definition, decision, position.current_step)
    return ended(decision, definition.ending, today=today)


def retry(definition: Definition, progress: Progress, submission: Submission | None, *, today: date) -> Decision:
    """Ask again for what failed: an action of a step, or what the workflow was to end with.

    With a submission a failed workflow is active again and ends anew; what was asked for with other inputs is asked for
    under a new run.

    :raises Conflict: nothing failed, or it must not be asked for twice
    """
    check_allowed(Act.RETRY, progress.status)
    position = locate(definition, progress)
    failed = failed_step(position) if progress.status is Status.ACTIVE else progress.failed_step
    if not failed and progress.status is Status.ACTIVE:
        raise NothingToRetry("Nothing has failed. Go on with what next says.")
    if not failed and submission is None:
        again = Decision(progress=progress, position=position, report=_APPLIED, facts=(Retried(is_changed=False),))
        return ended(again, position.ending or definition.ending, today=today, again=True)
    fact = Retried(is_changed=submission is not None)
    decision = _active_again(definition, progress, submission or Submission(), fact, today=today)
    if is_failed(decision.position, failed):
        decision = _asked_again(definition, decision, definition.steps_by_id[failed], today=today)
    return concluded(definition, decision, today=today)


def receive(
    definition: Definition, progress: Progress, step_id: str, run: int, result: ActionResult, *, today: date
) -> Decision:
    """Store what came of a request and go on from there; one that nothing waits for any more changes nothing.

    What is not active is left where it stands, its date too; the act that makes it active again goes on from there.
    Nobody listens to a result: what there is to say is said in the answer of the next act.
    """
    awaited = Awaited.find(definition, progress, step_id, run=run, result=result)
    if awaited is None:
        fact = ActionOutdated(step=step_id, run=run)
        return Decision(progress=progress, position=locate(definition, progress), facts=(fact,))
    if progress.status is not Status.ACTIVE:
        return decided(awaited.merged(result, today=progress.today))
    decision = concluded(definition, decided(awaited.merged(result, today=today)), today=today)
    return replace(decision, say=(), progress=replace(decision.progress, said=progress.said))


def next_of(definition: Definition, progress: Progress, position: Position) -> Next:
    """Return what the client of a workflow has to do next."""
    match progress.status:
        case Status.ACTIVE:
            return _next_of_active(definition, position)
        case Status.CREATED | Status.PAUSED:
            return Next.WAIT
        case Status.FINISHING:
            return Next.FINISHING
        case _:
            return Next.DONE


def action_to_confirm(position: Position) -> Step | None:
    """Return the step whose request the person has to confirm before it is made."""
    step = position.current_step
    is_to_confirm = step is not None and step.action is not None and step.action.must_confirm
    return step if step is not None and is_to_confirm and step.id not in position.actions else None


def waiting_for(position: Position) -> tuple[str, ...]:
    """Return the step whose action an active workflow waits for, if it does."""
    step = position.current_step
    if step is None or step.id not in position.actions:
        return ()
    return (step.id,) if position.actions[step.id].status is ActionStatus.REQUESTED else ()


def _next_of_active(definition: Definition, position: Position) -> Next:
    if action_to_confirm(position) or (definition.must_confirm and position.is_collected):
        return Next.CONFIRM
    return Next.WAIT if waiting_for(position) else Next.COLLECT


def _back(definition: Definition, progress: Progress, submission: Submission, fact: Fact, *, today: date) -> Decision:
    """Make a workflow active again, merge what came with that, and go on from there."""
    return concluded(definition, _active_again(definition, progress, submission, fact, today=today), today=today)


def _active_again(
    definition: Definition, progress: Progress, submission: Submission, fact: Fact, *, today: date
) -> Decision:
    active = replace(progress, status=Status.ACTIVE, failed_step="", today=today)
    decision = decided(merge(definition, active, submission, today=today))
    outcome = decision.report.outcome
    report = replace(decision.report, outcome=_BACK.get(outcome, outcome))
    return replace(decision, report=report, facts=(fact, *decision.facts))


def _asked_again(definition: Definition, decision: Decision, step: Step, *, today: date) -> Decision:
    """Ask for the same once more, under the same run."""
    state, fact = requested_again(decision.progress, decision.position, step)
    merged = merge_state(definition, decision.progress, step, state, today=today)
    return replace(
        decision,
        progress=merged.progress,
        position=merged.position,
        facts=(*decision.facts, fact, *merged.facts),
    )


def _activated(definition: Definition, decision: Decision, *, today: date) -> Decision:
    active = replace(decision.progress, status=Status.ACTIVE)
    return concluded(definition, replace(decision, progress=active, facts=(*decision.facts, Activated())), today=today)


def _cancelled(definition: Definition, progress: Progress, fact: Fact, *, today: date) -> Decision:
    ended = replace(progress, status=Status.CANCELLED, today=today)
    return Decision(progress=ended, position=locate(definition, ended), report=_APPLIED, facts=(fact,))
