"""Where a workflow stands. Everything is derived from the stored values; nothing is remembered between two calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from engine.actions import FAILURES, Action, ActionState, ActionStatus, OnFailure
from engine.computed import compute
from engine.conditions import Known, evaluate
from engine.definition import NOTHING, Definition, Ending, Field, Step
from engine.filling import filled
from engine.messages import authored, explain, without_values
from engine.schema import Violation


class Status(StrEnum):
    """Where a workflow is in its lifecycle."""

    CREATED = "created"
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHING = "finishing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is stored of a workflow: values, parked ones included, and the marks people left.

    `today` is the calendar date, in the template's time zone, of the last act that changed anything.
    """

    status: Status
    today: date
    values: Mapping[str, Any] = NOTHING
    sources: Mapping[str, str] = NOTHING
    """Where each value came from: the source of the submission that gave it, or changed it last."""
    skipped: frozenset[str] = frozenset()
    acknowledged: frozenset[str] = frozenset()
    contested: frozenset[str] = frozenset()
    """Fields of which a later value was refused, so that the stored one is in question."""
    previous: Mapping[str, Any] = NOTHING
    """Values that were taken out because what they depend on changed."""
    item_ids: Mapping[str, tuple[int, ...]] = NOTHING
    """The ids of the entries of each list, in their order."""
    last_item_id: int = 0
    said: frozenset[str] = frozenset()
    """Steps whose information the person was told."""
    attempts: Mapping[str, int] = NOTHING
    actions: Mapping[str, ActionState] = NOTHING
    """What is known of the request of each step that has an action, by the step's id; those of other branches too."""
    last_run: int = 0
    """The run of the latest request, whichever step it was for."""
    failed_step: str = ""
    """The step whose action is why the workflow has failed, if that is why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """Why the end is not reached although values are there: a rule, or the schema of the whole, does not hold."""

    step: str | None
    fields: tuple[str, ...]
    message: str
    awaits_values: bool = False
    """Whether the message is the author's, with placeholders to be filled in with everything that is live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a workflow stands: which steps apply, which fields are live, what is required and still missing."""

    steps: tuple[Step, ...]
    complete: frozenset[str]
    live_fields: tuple[str, ...]
    live: Mapping[str, Any]
    missing: tuple[str, ...]
    contested: tuple[str, ...]
    unmet: tuple[Unmet, ...]
    inputs: Mapping[str, Mapping[str, Any]]
    """For each step with an action, the live values that its request is made of."""
    actions: Mapping[str, ActionState]
    """For each applying step with an action, what is known of its request; an answer that is not enough is unusable."""
    fields: Mapping[str, Field] = field(repr=False, compare=False)
    """Those of the definition, by which values are put in words."""

    def fill(self, text: str) -> str:
        """Return a text of the author's as it is read here: with the live values in it, sensitive ones masked."""
        return filled(text, self.fields, self.live)

    def asks(self, step: Step) -> bool:
        """Tell whether the fields of a step are the person's to answer."""
        return _asks(step, self.actions)

    @property
    def current_step(self) -> Step | None:
        """The first applying step that is not complete."""
        return next((step for step in self.steps if step.id not in self.complete), None)

    @property
    def ending(self) -> Ending | None:
        """How the workflow ends here, in the middle; None if it goes on, or comes to its regular end."""
        return self.current_step.ending if self.current_step else None

    def was_asked(self, name: str) -> bool:
        """Tell whether the person was asked for a field: it is its turn, it keeps the end open, or it has an answer."""
        step = self.current_step
        is_its_turn = step is not None and name in step.fields
        return is_its_turn or name in self.live or any(name in unmet.fields for unmet in self.unmet)

    @property
    def is_collected(self) -> bool:
        """Whether nothing is left to find out."""
        return self.current_step is None and not self.unmet


def locate(definition: Definition, progress: Progress) -> Position:
    """Walk the steps in order and return where the workflow stands."""
    walk = _Walk(definition, progress)
    for name in definition.loose_fields:
        walk.take(name)
        walk.derive("", name)
    for step in definition.steps:
        if walk.enter(step):
            break
    if not walk.unmet and all(step.id in walk.complete for step in walk.steps):
        walk.judge_whole()
    return Position(
        steps=tuple(walk.steps),
        complete=frozenset(walk.complete),
        live_fields=tuple(walk.asked),
        live=walk.live,
        missing=tuple(walk.missing()),
        contested=tuple(walk.contested()),
        unmet=tuple(map(walk.told, walk.unmet)),
        inputs=walk.inputs,
        actions=walk.actions,
        fields=definition.fields,
    )


def _asks(step: Step, actions: Mapping[str, ActionState]) -> bool:
    """Tell whether a step is the person's to answer: it has no action, or one that failed and asks instead."""
    return step.action is None or _has_failed(step, actions, OnFailure.ASK)


def _has_failed(step: Step, actions: Mapping[str, ActionState], then: OnFailure) -> bool:
    """Tell whether a step has an action that failed, of which the author says that `then` this is to happen."""
    state = actions.get(step.id)
    is_so = step.action is not None and step.action.on_failure is then
    return is_so and state is not None and state.status in FAILURES


def _words(field: Field, violation: Violation) -> tuple[str, bool]:
    told = violation if field.sensitive is None else without_values(violation, field.schema)
    return explain(told, field.schema, field.label), authored(told, field.schema) is not None


class _Walk:
    """One pass over the steps; `live` grows on the way, so that a condition sees only what came before it."""

    def __init__(self, definition: Definition, progress: Progress) -> None:
        self.definition = definition
        self.progress = progress
        self.live: dict[str, Any] = {}
        self.asked: dict[str, None] = {}
        self.steps: list[Step] = []
        self.complete: set[str] = set()
        self.unmet: list[Unmet] = []
        self.inputs: dict[str, Mapping[str, Any]] = {}
        self.actions: dict[str, ActionState] = {}
        self.known = Known(values=self.live, today=progress.today, attempts=progress.attempts)

    def enter(self, step: Step) -> bool:
        """Take a step if it applies; tell whether it ends the workflow, so that nothing comes after it."""
        applies = step.when is None or evaluate(step.when, self.known) is True
        if step.action is not None:
            self._note_inputs(step, step.action)
        if applies:
            self.steps.append(step)
            if step.id in self.progress.actions:
                self.actions[step.id] = self.progress.actions[step.id]
        for name in step.fields:
            if applies:
                self.take(name)
            self.derive(step.id, name)
        if applies and step.ending is None:
            self._judge_step(step)
        return applies and step.ending is not None

    def _note_inputs(self, step: Step, action: Action) -> None:
        """Keep what a request would be made of: what its placeholders name, or, if they name nothing, all there is."""
        names = action.inputs or tuple(self.live)
        self.inputs[step.id] = {name: self.live[name] for name in names if name in self.live}

    def _judge_answer(self, step: Step) -> None:
        """Take an answer that does not fill what is required, as the other answers are now, for an unusable one."""
        state = self.actions.get(step.id)
        if state is None or state.status is not ActionStatus.SUCCEEDED or self._is_skipped(step):
            return
        if short := [self.definition.fields[name].label for name in step.fields if self._is_missing(name)]:
            words = f"The answer has nothing for: {', '.join(short)}."
            unusable = replace(state, status=ActionStatus.UNUSABLE, code="result_missing", reason=words)
            self.actions[step.id] = unusable

    def _judge_step(self, step: Step) -> None:
        self._judge_answer(step)
        short = [name for name in step.fields if name in self.live and self._is_short(name)]
        for name in short:
            found = self.definition.state_schema.judge({name: self.live[name]})[name]
            message, awaits = self._explain(found[0])
            self.unmet.append(Unmet(step=step.id, fields=(name,), message=message, awaits_values=awaits))
        broken = [rule for rule in step.rules if evaluate(rule.check, self.known) is False]
        self.unmet += [
            Unmet(step=step.id, fields=self._askable(rule.fields), message=rule.message, awaits_values=True)
            for rule in broken
        ]
        if not short and not broken and self._is_answered(step):
            self.complete.add(step.id)

    def _is_short(self, name: str) -> bool:
        """Tell whether a list that is filled entry by entry is not complete yet."""
        return self.definition.fields[name].is_list and not self.definition.state_schema.admits(name, self.live[name])

    def take(self, name: str) -> None:
        """Make a field live if it is asked at this point."""
        field = self.definition.fields[name]
        if name in self.asked or (field.when is not None and evaluate(field.when, self.known) is not True):
            return
        self.asked[name] = None
        if name in self.progress.values:
            self.live[name] = self.progress.values[name]

    def derive(self, step_id: str, name: str) -> None:
        """Compute the fields whose last input is asked here, answered or not, applying or not."""
        for derived, formula in self.definition.computed_after.get((step_id, name), ()):
            awaits = any(map(self._is_missing, self.definition.sources[derived]))
            value = None if awaits else compute(formula, self.known)
            if value is not None:
                self.live[derived] = value

    def judge_whole(self) -> None:
        """Judge the live values together; what fails opens the step of the fields it names."""
        for name in self.missing():
            self._open((name,), f"{self.definition.fields[name].label} is missing.")
        for name in self.contested():
            self._open((name,), f"{self.definition.fields[name].label} was called into question.")
        for violation in self.definition.state_schema.judge_whole(self.live):
            message, awaits = self._explain(violation)
            self._open(self._askable(violation.fields), message, awaits_values=awaits)

    def told(self, unmet: Unmet) -> Unmet:
        """Return why the end is not reached in words that are filled in, once everything that is live is known."""
        if not unmet.awaits_values:
            return unmet
        return replace(unmet, message=filled(unmet.message, self.definition.fields, self.live), awaits_values=False)

    def missing(self) -> list[str]:
        """Return the required fields that people are asked for and that are not answered, skipped steps aside."""
        return [name for name in self.asked if self._is_missing(name) and not self._is_found_out(name)]

    def _is_missing(self, name: str) -> bool:
        is_open = name in self.asked and name not in self.live
        return is_open and self.definition.fields[name].required and not self._is_excused(name)

    def _is_found_out(self, name: str) -> bool:
        """Tell whether the field is an action's to answer, and not the person's."""
        step = self.definition.steps_of_actions.get(name)
        return step is not None and not _asks(step, self.actions)

    def contested(self) -> list[str]:
        """Return the live fields whose value was called into question."""
        return [name for name in self.asked if name in self.progress.contested]

    def _open(self, fields: tuple[str, ...], message: str, *, awaits_values: bool = False) -> None:
        step = next((step for step in self.steps if set(fields) & set(step.fields)), None)
        step_id = step.id if step else None
        self.unmet.append(Unmet(step=step_id, fields=fields, message=message, awaits_values=awaits_values))
        if step:
            self.complete.discard(step.id)

    def _explain(self, violation: Violation) -> tuple[str, bool]:
        """Return what is wrong, and whether those are the author's words, with placeholders to be filled in."""
        field = self.definition.fields.get(next(iter(violation.fields), ""))
        if field is not None and violation.path:
            return _words(field, violation)
        if field is not None and violation.keyword == "required":
            return f"{field.label} is missing.", False
        return explain(violation, NOTHING, "What was collected"), False

    def _askable(self, fields: tuple[str, ...]) -> tuple[str, ...]:
        """Return the fields that can be asked again; for a computed one, or one that is found out, its inputs."""
        found: dict[str, bool] = {}
        behind = list(reversed(fields))
        while behind:
            name = behind.pop()
            if name not in found:
                inputs = self._inputs_of(name)
                found[name] = not inputs and name in self.asked and not self._is_found_out(name)
                behind += reversed(inputs)
        return tuple(name for name, is_askable in found.items() if is_askable)

    def _inputs_of(self, name: str) -> tuple[str, ...]:
        """Return what the value of a field follows from."""
        action = self.definition.steps_of_actions[name].action if self._is_found_out(name) else None
        return self.definition.sources.get(name, ()) if action is None else action.inputs

    def _is_excused(self, name: str) -> bool:
        """Tell whether every step that asks for the field was skipped, or the action that was to find it out failed."""
        step = self.definition.steps_of_actions.get(name)
        if step is not None and _has_failed(step, self.actions, OnFailure.SKIP):
            return True
        if not self.progress.skipped:
            return False
        asking = [step for step in self.steps if name in step.fields]
        return bool(asking) and all(self._is_skipped(step) for step in asking)

    def _is_skipped(self, step: Step) -> bool:
        return not step.required and step.id in self.progress.skipped

    def _is_answered(self, step: Step) -> bool:
        asked = [name for name in step.fields if name in self.asked]
        if not self.progress.contested.isdisjoint(asked):
            return False
        if self._is_skipped(step):
            return True
        if not _asks(step, self.actions):
            state = self.actions.get(step.id)
            has_succeeded = state is not None and state.status is ActionStatus.SUCCEEDED
            return has_succeeded or _has_failed(step, self.actions, OnFailure.SKIP)
        if not step.fields:
            return not step.required or step.id in self.progress.acknowledged
        required = [name for name in asked if self.definition.fields[name].required]
        if not required and step.id in self.progress.acknowledged:
            return True
        # What only the start may give is nobody's to answer now, so it keeps nobody waiting either.
        optional = (name for name in asked if not self.definition.fields[name].read_only)
        return all(name in self.live for name in required or optional)
