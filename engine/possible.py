"""What can be done to a workflow as it stands now, so that nobody offers an act that would be refused."""

from engine.action_runs import OutcomeUnknown, failed_step, is_failed, is_repeatable
from engine.acts import Act, is_allowed
from engine.definition import Definition
from engine.progress import Position, Progress, Status
from engine.workflow import Next, next_of


def possible_acts(
    definition: Definition,
    progress: Progress,
    position: Position,
    *,
    failure_code: str,
    has_unmet: bool,
    has_room: bool,
) -> frozenset[Act]:
    """Return the acts of people that would not be refused.

    `failure_code` says why the workflow failed, `has_unmet` whether prerequisites stand in its way, `has_room` whether
    the slot of its conversation is free for it.
    """
    refused = {Act.EXPIRE, Act.DELETE}
    if next_of(definition, progress, position) is not Next.CONFIRM:
        refused.add(Act.CONFIRM)
    if not _can_be_retried(progress, position, failure_code):
        refused.add(Act.RETRY)
    if has_unmet or not has_room:
        refused.add(Act.ACTIVATE)
    if not has_room:
        refused |= {Act.RESUME, Act.RETRY}
    return frozenset(act for act in Act if act not in refused and is_allowed(act, progress.status))


def skippable(progress: Progress, position: Position) -> tuple[str, ...]:
    """Return the optional steps that are still open, and so can be left out."""
    if not is_allowed(Act.SUBMIT, progress.status):
        return ()
    settled = position.complete | progress.skipped
    return tuple(step.id for step in position.steps if not step.required and step.id not in settled)


def acknowledgeable(definition: Definition, progress: Progress, position: Position) -> tuple[str, ...]:
    """Return the open steps that are complete once somebody says that they were read."""
    if not is_allowed(Act.SUBMIT, progress.status):
        return ()
    demanded = {name for name in position.live_fields if definition.fields[name].required}
    return tuple(
        step.id
        for step in position.steps
        if step.ending is None
        and step.id not in position.complete | progress.acknowledged
        and position.asks(step)
        and demanded.isdisjoint(step.fields)
    )


def not_applicable(definition: Definition, position: Position) -> tuple[str, ...]:
    """Return the fields that nobody is to be asked for as things stand, in the order of the template."""
    asked = frozenset(position.live_fields)
    return tuple(name for name in definition.asked_fields if name not in asked)


def _can_be_retried(progress: Progress, position: Position, failure_code: str) -> bool:
    """Tell whether what failed can be asked for again, just as it was."""
    if failure_code == OutcomeUnknown.code:
        return False
    failed = failed_step(position) if progress.status is Status.ACTIVE else progress.failed_step
    if not failed:
        return progress.status is Status.FAILED
    step = next(step for step in position.steps if step.id == failed) if is_failed(position, failed) else None
    return step is None or is_repeatable(position, step)
