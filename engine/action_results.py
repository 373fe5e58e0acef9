"""What comes back from a request: the values in an answer, judged like any others, or a failure and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from engine.actions import FAILURES, Action, ActionFailed, ActionResult, ActionState, ActionStatus, ActionSucceeded
from engine.changes import Answering, Merged
from engine.definition import NOTHING, Definition, Step
from engine.facts import ActionCompleted, ActionFailure
from engine.json_pointer import all_pointed_to
from engine.merging import merge
from engine.progress import Progress, Status, locate
from engine.sources import Source
from engine.strict_json import UnreadableJson, check
from engine.submission import Submission

_RECEIVING = frozenset({Status.ACTIVE, Status.PAUSED, Status.FAILED})


def merge_state(
    definition: Definition,
    progress: Progress,
    step: Step,
    state: ActionState | None,
    *,
    data: Mapping[str, Any] = NOTHING,
    today: date,
) -> Merged:
    """Merge what is known of a request from now on, with the values it led to; None forgets the request."""
    answering = Answering(step=step.id, state=state)
    submission = Submission(data=data, atomic=True, source=Source.ACTION, answering=answering)
    return merge(definition, progress, submission, today=today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A request of which a result still counts."""

    definition: Definition
    progress: Progress
    step: Step
    action: Action
    state: ActionState

    @classmethod
    def find(
        cls, definition: Definition, progress: Progress, step_id: str, *, run: int, result: ActionResult
    ) -> Self | None:
        """Return what waits for a result, or None if nothing does any more.

        A request under way does, and an answer is also taken for one that was given up: somebody sent it again by hand.
        What a person answered instead of it stands.
        """
        step, state = definition.steps_by_id.get(step_id), progress.actions.get(step_id)
        if step is None or step.action is None or state is None or state.run != run:
            return None
        is_late = state.status in FAILURES and isinstance(result, ActionSucceeded)
        is_open = state.status is ActionStatus.REQUESTED or (is_late and progress.values.keys().isdisjoint(step.fields))
        if not is_open or not _is_receiving(definition, progress, step):
            return None
        return cls(definition=definition, progress=progress, step=step, action=step.action, state=state)

    def merged(self, result: ActionResult, *, today: date) -> Merged:
        """Merge the result into what is stored: all of its values, or none and why they are of no use."""
        match result:
            case ActionFailed(code=code, reason=reason, may_have_been_done=may_have_been_done):
                status = ActionStatus.UNKNOWN if may_have_been_done else ActionStatus.FAILED
                return self._failed(status, code, reason, today)
            case _:
                return self._answered(result.answer, today)

    def _answered(self, answer: Any, today: date) -> Merged:
        data = all_pointed_to(answer, self.action.result)
        if unreadable := [name for name, value in data.items() if not _is_storable(value)]:
            return self._unusable("result_invalid", f"No database can store: {', '.join(unreadable)}.", today)
        state = replace(self.state, status=ActionStatus.SUCCEEDED, code="", reason="")
        merged = merge_state(self.definition, self.progress, self.step, state, data=data, today=today)
        if refused := merged.report.rejected:
            is_late = any(found.code == "action_already_sent" for found in refused)
            code = "action_already_sent" if is_late else "result_invalid"
            # Words for a person who gave the values would not do: they may quote keys of the answer.
            named = ", ".join(dict.fromkeys(f"{found.field} ({found.code})" for found in refused))
            return self._unusable(code, f"The answer has what does not count for: {named}.", today)
        judged = merged.position.actions.get(self.step.id, state)
        if judged.status is not ActionStatus.SUCCEEDED:
            return self._unusable(judged.code, judged.reason, today)
        return replace(merged, facts=(ActionCompleted(step=self.step.id, run=state.run), *merged.facts))

    def _unusable(self, code: str, reason: str, today: date) -> Merged:
        return self._failed(ActionStatus.UNUSABLE, code, reason, today)

    def _failed(self, status: ActionStatus, code: str, reason: str, today: date) -> Merged:
        state: ActionState | None = replace(self.state, status=status, code=code, reason=reason)
        if status is ActionStatus.FAILED and not self._applies():
            state = None  # nothing was done: should its branch come back, it is asked for then
        merged = merge_state(self.definition, self.progress, self.step, state, today=today)
        fact = ActionFailure(step=self.step.id, run=self.state.run, status=str(status), code=code, reason=reason)
        return replace(merged, facts=(fact, *merged.facts))

    def _applies(self) -> bool:
        return self.step.id in locate(self.definition, self.progress).actions


def _is_receiving(definition: Definition, progress: Progress, step: Step) -> bool:
    """Tell whether a result may be stored; while it is finishing, only where it changes nothing that is on its way."""
    if progress.status is Status.FINISHING:
        return step.id not in locate(definition, progress).actions
    return progress.status in _RECEIVING


def _is_storable(value: Any) -> bool:
    try:
        check(value)
    except UnreadableJson:
        return False
    return True
