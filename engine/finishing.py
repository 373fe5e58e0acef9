"""How a workflow that is `finishing` comes to its end: its end action got through, or it never will."""

from dataclasses import replace
from typing import Any

from engine.action_runs import OutcomeUnknown
from engine.conclusion import Decision
from engine.definition import Definition
from engine.errors import Conflict
from engine.facts import Completed, Failed
from engine.progress import Position, Progress, Status, locate


class NotFinishing(Conflict):
    """No end action of this workflow is under way."""

    code = "workflow_not_finishing"


def check_retry(failure_code: str | None) -> None:
    """Refuse to ask again for an end action of which nobody knows whether it was done.

    :raises OutcomeUnknown: so it is
    """
    if failure_code == OutcomeUnknown.code:
        raise OutcomeUnknown("the end action")


def finish(definition: Definition, progress: Progress, *, result: Any) -> Decision:
    """Complete a workflow whose end action got through, and keep what that came back with.

    :raises NotFinishing: no end action is under way
    """
    position = _position_of_end(definition, progress)
    outcome = (position.ending or definition.ending).outcome
    return Decision(
        progress=replace(progress, status=Status.COMPLETED),
        position=position,
        facts=(Completed(outcome=outcome),),
        outcome=outcome,
        end_action_result=result,
    )


def give_up(definition: Definition, progress: Progress, *, code: str, reason: str) -> Decision:
    """Fail a workflow whose end action will not get through; what was collected is kept.

    :raises NotFinishing: no end action is under way
    """
    position = _position_of_end(definition, progress)
    failed = replace(progress, status=Status.FAILED)
    return Decision(progress=failed, position=position, facts=(Failed(code=code, reason=reason),))


def _position_of_end(definition: Definition, progress: Progress) -> Position:
    if progress.status is not Status.FINISHING:
        raise NotFinishing("No end action of this workflow is under way.", workflow_status=str(progress.status))
    return locate(definition, progress)
