"""A workflow that exists only while it is tried out: acts replayed by the engine that runs workflows.

What a call of the server would find out, the author says; that is the one thing here that is not as it will be.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from authoring.trial.acts import Acknowledge, Act, Begin, Clear, Confirm, Fails, Found, Skip, Submit
from engine.actions import ActionFailed, ActionStatus, ActionSucceeded
from engine.conclusion import Decision
from engine.definition import Definition, Field
from engine.errors import DomainError
from engine.findings import pointer
from engine.report import Rejected
from engine.submission import Submission
from engine.workflow import ReadOnlyMissing, admit, confirm, receive, start, submit

_FAILS = ActionFailed(code="tried_out", reason="You let it fail.")


def start_fields(definition: Definition) -> tuple[Field, ...]:
    """Return the fields that only the system which starts a workflow can give."""
    return tuple(
        field
        for name, field in definition.fields.items()
        if field.read_only and field.computed is None and name not in definition.steps_of_actions
    )


class Trial:
    """A workflow that exists nowhere else. Without a decision it has not begun."""

    def __init__(self, document: Mapping[str, Any], today: date) -> None:
        self.definition = _answered_by_name(Definition.from_document(document))
        self.today = today
        self.decision: Decision | None = None
        self.last: Act | None = None
        self.refused_at_start: tuple[Rejected, ...] = ()
        if not start_fields(self.definition):
            self._begin({})

    def take(self, act: Act) -> bool:
        """Do what was done; tell whether it fits where the trial stands."""
        if isinstance(act, Begin):
            if self.decision is None:
                self._begin(act.data)
                self.last = act
                return True
            return False
        if self.decision is None:
            return False
        try:
            decision = self._decided(act, self.decision)
        except DomainError:
            return False
        if decision is None:
            return False
        self.decision, self.last = decision, act
        return True

    def _begin(self, data: Mapping[str, Any]) -> None:
        """Begin; if what must be known then is not, the trial waits for it and says what was wrong."""
        try:
            made = start(self.definition, Submission(data=data, is_prefill=True), today=self.today)
        except ReadOnlyMissing as missing:
            refused = [Rejected(**found) for found in missing.details["rejected"]]
            told = {found.field for found in refused}
            absent = [name for name in missing.details["fields"] if name not in told]
            self.refused_at_start = (*refused, *map(self._needed, absent))
        else:
            self.decision = admit(self.definition, made, activate=True)

    def _needed(self, name: str) -> Rejected:
        message = f"{self.definition.fields[name].label} must be known from the start."
        return Rejected(field=name, code="required", message=message)

    def _decided(self, act: Act, before: Decision) -> Decision | None:
        """Return what an act leads to, None if it was done to something that is not there any more."""
        match act:
            case Submit(data=data) if data.keys() <= self.definition.fields.keys():
                return self._submitted(before, Submission(data=data))
            case Clear(field=name) if name in self.definition.fields:
                return self._submitted(before, Submission(clear=(name,)))
            case Skip(step=step):
                return _taken(self._submitted(before, Submission(skip=(step,))))
            case Acknowledge(step=step):
                return _taken(self._submitted(before, Submission(acknowledge=(step,))))
            case Found(step=step, data=data):
                return self._received(before, step, ActionSucceeded(answer=dict(data)))
            case Fails(step=step):
                return self._received(before, step, _FAILS)
            case Confirm():
                return confirm(self.definition, before.progress, today=self.today)
            case _:
                return None

    def _submitted(self, before: Decision, submission: Submission) -> Decision:
        return submit(self.definition, before.progress, submission, today=self.today)

    def _received(self, before: Decision, step: str, result: ActionSucceeded | ActionFailed) -> Decision | None:
        state = before.position.actions.get(step)
        if state is None or state.status is not ActionStatus.REQUESTED:
            return None
        return receive(self.definition, before.progress, step, state.run, result, today=self.today)


def _taken(decision: Decision) -> Decision | None:
    return None if decision.report.rejected else decision


def _answered_by_name(definition: Definition) -> Definition:
    """Return the definition as if the answers of all server calls had the fields' values under the fields' names."""
    steps = []
    for step in definition.steps:
        if step.action is None:
            steps.append(step)
        else:
            action = replace(step.action, result={name: pointer(name) for name in step.action.result})
            steps.append(replace(step, action=action))
    return replace(definition, steps=tuple(steps))
