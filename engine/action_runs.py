"""When a request is made, when it was made for other inputs than there are now, and which of them must stand."""

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from engine.actions import FAILURES, MAY_HAVE_BEEN_SENT, Action, ActionState, ActionStatus
from engine.definition import Definition, Step
from engine.errors import Conflict
from engine.facts import ActionRequested
from engine.progress import Position, Progress, locate


class NothingToRetry(Conflict):
    """Nothing has failed."""

    code = "nothing_to_retry"


class OutcomeUnknown(Conflict):
    """What cannot be done twice may have been done, and nobody knows."""

    code = "outcome_unknown"

    def __init__(self, what: str, **details: str) -> None:
        super().__init__(
            f"Whether {what} was done is not known, and it must not be done twice. Ask an operator to find out, "
            "and to send the delivery again if it was not.",
            **details,
        )


class AlreadyDone(Conflict):
    """What cannot be done twice was done, although its answer is of no use."""

    code = "action_already_sent"

    def __init__(self, step: Step, *, name: str) -> None:
        super().__init__(
            f"{name!r} was done and must not be done twice, although its answer cannot be used. "
            "Ask an operator to look at the delivery, or cancel the workflow.",
            step=step.id,
        )


def digest_of(inputs: Mapping[str, Any]) -> str:
    """Return the digest of the inputs of a request; equal values have an equal one, whatever database they were in."""
    text = json.dumps(_canonical(inputs), sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def requested(progress: Progress, position: Position, step: Step) -> tuple[Progress, ActionRequested]:
    """Return what is stored once a step asks the server, under a new run, and the fact of it."""
    run, digest = progress.last_run + 1, digest_of(position.inputs[step.id])
    state = ActionState(status=ActionStatus.REQUESTED, run=run, digest=digest, today=progress.today)
    after = replace(progress, actions={**progress.actions, step.id: state}, last_run=run)
    return after, ActionRequested(step=step.id, run=run, digest=digest)


def inputs_of_request(
    definition: Definition, progress: Progress, step_id: str, *, run: int
) -> Mapping[str, Any] | None:
    """Return what a request under way is made of, as of the day it was made; None if nobody wants it any more.

    A request whose step does not apply now can be sent as long as its inputs stand.
    """
    state = progress.actions.get(step_id)
    if state is None or state.run != run or state.status is not ActionStatus.REQUESTED:
        return None
    inputs = locate(definition, replace(progress, today=state.today)).inputs.get(step_id, {})
    return inputs if digest_of(inputs) == state.digest else None


def requested_again(progress: Progress, position: Position, step: Step) -> tuple[ActionState, ActionRequested]:
    """Return what is known of a failed request once it is made again, under the same run, and the fact of it.

    :raises OutcomeUnknown: it cannot be made a second time, and may have been done
    :raises AlreadyDone: it cannot be made a second time, and was done
    """
    state, failure = progress.actions[step.id], position.actions[step.id]
    if not is_repeatable(position, step):
        is_unknown = failure.status is ActionStatus.UNKNOWN
        name = position.fill(step.name)
        raise OutcomeUnknown(repr(name), step=step.id) if is_unknown else AlreadyDone(step, name=name)
    again = replace(state, status=ActionStatus.REQUESTED, code="", reason="")
    return again, ActionRequested(step=step.id, run=state.run, digest=state.digest, again=True)


def failed_step(position: Position) -> str:
    """Return the first applying step whose action failed, or nothing."""
    return next((step.id for step in position.steps if is_failed(position, step.id)), "")


def is_failed(position: Position, step_id: str) -> bool:
    """Tell whether the action of an applying step failed."""
    return step_id in position.actions and position.actions[step_id].status in FAILURES


def is_repeatable(position: Position, step: Step) -> bool:
    """Tell whether the failed request of a step can be made a second time."""
    return step.action is not None and not is_locked(step.action, position.actions[step.id])


def is_locked(action: Action, state: ActionState) -> bool:
    """Tell whether a request must stand as it is, because it may have been sent and cannot be made a second time."""
    return not action.idempotent and state.status in MAY_HAVE_BEEN_SENT


def outdated(definition: Definition, progress: Progress, position: Position) -> tuple[str, ...]:
    """Return the applying steps whose request was made for other inputs.

    They are compared as of the day of the request: a person who turned 30 in the meantime corrected nothing.
    """
    days = {progress.today: position}
    found = []
    for step_id in position.actions:
        state = progress.actions[step_id]
        if state.today not in days:
            days[state.today] = locate(definition, replace(progress, today=state.today))
        if digest_of(days[state.today].inputs.get(step_id, {})) != state.digest:
            found.append(step_id)
    return tuple(found)


def _canonical(value: Any) -> Any:
    """Return a JSON value in which a number has one form: to a database, 1e16 and its digits are the same."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_canonical(part) for part in value]
        case Mapping():
            return {name: _canonical(part) for name, part in value.items()}
        case _:
            return value
