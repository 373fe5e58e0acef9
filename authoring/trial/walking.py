"""Trying a draft out: what there is to show once an author's acts were replayed. Nothing is stored, nothing is sent."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from answering.questions import Question, asked_now, can_answer, can_be_none, messages_about, question_of
from authoring.trial.acts import Act, Begin, Submit
from authoring.trial.replay import Trial, start_fields
from authoring.trial.sending import Sending, sending_of
from engine.actions import FAILURES
from engine.asking import Why
from engine.choosing import narrowed
from engine.conditions import Known, evaluate
from engine.definition import EndAction, Field, Step
from engine.filling import words
from engine.possible import acknowledgeable, skippable
from engine.progress import Progress, Status, Unmet, locate
from engine.report import EMPTY_REPORT, Report
from engine.saying import Say, to_say
from engine.summary import summary
from engine.wording import Vocabulary, condition_in_words
from engine.workflow import Next, action_to_confirm, next_of, waiting_for


class Place(StrEnum):
    """Where a step stands on the way."""

    DONE = "done"
    CURRENT = "now"
    WAITING = "waiting"
    SKIPPED = "skipped"
    LEFT_OUT = "left out"
    FAILED = "failed"
    AHEAD = "to come"
    ENDING = "the end"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStep:
    """A step, and where it stands; the condition is in words, and empty if there is none."""

    id: str
    name: str
    place: Place
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value as people read it."""

    field: str
    label: str
    words: str
    is_computed: bool = False
    can_change: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where a trial stands: everything there is to show."""

    acts: tuple[Act, ...]
    """Those that were replayed."""
    dropped: int
    """How many were not, because the draft is another now."""
    has_begun: bool
    next: Next
    status: Status
    steps: tuple[TrialStep, ...]
    current: Step | None
    questions: tuple[Question, ...]
    correcting: str
    """The field that is being answered out of turn."""
    can_skip: bool
    can_acknowledge: bool
    say: tuple[Say, ...]
    collected: tuple[Value, ...]
    parked: tuple[Value, ...]
    others: tuple[Field, ...]
    """What was not answered and is not asked now: people tell more than they are asked for."""
    report: Report
    """What became of the last act."""
    unmet: tuple[Unmet, ...]
    failures: tuple[tuple[str, str], ...]
    """The names of the steps whose server call failed, and why."""
    outcome: str
    sending: Sending | None
    prerequisites: tuple[str, ...]
    """What is taken for done."""
    labels: Mapping[str, str]

    @property
    def left_out(self) -> tuple[TrialStep, ...]:
        """The steps that do not apply with these answers."""
        return tuple(step for step in self.steps if step.place is Place.LEFT_OUT)


def walk(document: Mapping[str, Any], acts: Sequence[Act], *, today: date, correcting: str = "") -> Walk:
    """Replay acts over a document without errors; from the first that does not fit any more on, they are dropped."""
    trial = Trial(document, today)
    kept = 0
    for act in acts:
        if not trial.take(act):
            break
        kept += 1
    return _Picture(document, trial, correcting).walk(tuple(acts[:kept]), dropped=len(acts) - kept)


class _Picture:
    """Looks at where a trial stands. It decides nothing: what the engine says is only put side by side."""

    def __init__(self, document: Mapping[str, Any], trial: Trial, correcting: str) -> None:
        self.document = document
        self.trial = trial
        self.definition = trial.definition
        self.decision = trial.decision
        unborn = Progress(status=Status.CREATED, today=trial.today)
        self.progress = trial.decision.progress if trial.decision else unborn
        self.position = trial.decision.position if trial.decision else locate(trial.definition, unborn)
        self.next = next_of(trial.definition, self.progress, self.position)
        refused_at_start = replace(EMPTY_REPORT, rejected=trial.refused_at_start)
        self.report = trial.decision.report if trial.decision else refused_at_start
        self.unmet = self.position.unmet if trial.decision else ()
        self.correcting = correcting if self._can_change(correcting) else ""
        self.current = self.position.current_step if trial.decision else None

    def walk(self, acts: tuple[Act, ...], *, dropped: int) -> Walk:
        """Return everything there is to show."""
        is_open = self.next is Next.COLLECT and not self.correcting
        current, questions = self.current, tuple(self._questions())
        return Walk(
            acts=acts,
            dropped=dropped,
            has_begun=self.decision is not None,
            next=self.next,
            status=self.progress.status,
            steps=tuple(self._steps()),
            current=self._worded(current),
            questions=questions,
            correcting=self.correcting,
            can_skip=is_open and self._is_among(skippable(self.progress, self.position)),
            can_acknowledge=is_open and self._is_among(acknowledgeable(self.definition, self.progress, self.position)),
            say=self._say(),
            collected=tuple(self._collected()),
            parked=tuple(self._parked()),
            others=tuple(self._others({question.field.name for question in questions})),
            report=self.report,
            unmet=self.unmet,
            failures=tuple(self._failures()),
            outcome=self._outcome(),
            sending=self._sending(),
            prerequisites=tuple(wanted.template for wanted in self.definition.prerequisites),
            labels={name: field.label for name, field in self.definition.fields.items()},
        )

    def _is_among(self, steps: Sequence[str]) -> bool:
        return self.current is not None and self.current.id in steps

    # ---- Steps ----

    def _steps(self) -> Iterator[TrialStep]:
        vocabulary = Vocabulary.of(self.document)
        is_ahead = False
        for step, source in zip(self.definition.steps, self.document["steps"], strict=True):
            when = source.get("when")
            is_told = when is not None and not (is_ahead and self.position.ending)
            condition = condition_in_words(when, vocabulary) if is_told else ""
            name, place = self.position.fill(step.name), self._place(step, is_ahead=is_ahead)
            yield TrialStep(id=step.id, name=name, place=place, condition=condition)
            is_ahead = is_ahead or step == self.current

    def _worded(self, step: Step | None) -> Step | None:
        """Return a step with its words as they are read here."""
        if step is None:
            return None
        return replace(step, name=self.position.fill(step.name), description=self.position.fill(step.description))

    def _place(self, step: Step, *, is_ahead: bool) -> Place:
        if self.decision is None:
            return Place.AHEAD
        if step not in self.position.steps:
            return Place.AHEAD if is_ahead and not self._is_ruled_out(step) else Place.LEFT_OUT
        if step == self.current:
            return self._place_of_current(step)
        if step.id not in self.position.complete or (is_ahead and self._is_untold(step)):
            return Place.AHEAD
        if step.id in dict(self._failed_steps()):
            return Place.FAILED
        return Place.SKIPPED if step.id in self.progress.skipped and not step.required else Place.DONE

    def _is_untold(self, step: Step) -> bool:
        """Tell whether a step is information still to be told: what is optional counts as complete before."""
        return not step.fields and step.action is None and step.id not in self.progress.said

    def _place_of_current(self, step: Step) -> Place:
        if step.ending is not None:
            return Place.ENDING
        if self.progress.status is Status.FAILED:
            return Place.FAILED
        return Place.WAITING if waiting_for(self.position) else Place.CURRENT

    def _is_ruled_out(self, step: Step) -> bool:
        """Tell whether it is clear already that a step to come does not apply."""
        if step.when is None or self.position.ending is not None:
            return self.position.ending is not None
        known = Known(values=self.position.live, today=self.progress.today, attempts=self.progress.attempts)
        return evaluate(step.when, known) is False

    # ---- Questions ----

    def _questions(self) -> Iterator[Question]:
        if self.decision is None:
            given = self.trial.last.data if isinstance(self.trial.last, Begin) else {}
            for field in start_fields(self.definition):
                messages = messages_about(field.name, self.report, self.unmet)
                yield replace(self._unasked(field), value=given.get(field.name), messages=messages)
        elif self.correcting:
            yield self._question(self.correcting, None)
        elif self.next is Next.COLLECT:
            for name, why in asked_now(self.definition, self.progress, self.position).items():
                yield self._question(name, why)
        elif self.next is Next.WAIT:
            yield from self._found_out()

    def _found_out(self) -> Iterator[Question]:
        for step in self.definition.steps:
            if step.action is not None and step.id in waiting_for(self.position):
                asked = (self.definition.fields[name] for name in step.action.result)
                yield from (self._unasked(field) for field in asked)

    def _question(self, name: str, why: Why | None) -> Question:
        value, report = self._value(name), self.report
        return question_of(self.definition, self.progress, self.position, name, value=value, report=report, why=why)

    def _unasked(self, field: Field) -> Question:
        """Return a field that no person is asked for: the author plays who gives it."""
        hint = self.position.fill(str(field.schema.get("description") or ""))
        return Question(field=field, hint=hint, can_be_none=can_be_none(self.definition, field.name))

    def _value(self, name: str) -> Any:
        """Return what was just refused, so that it can be mended, or else what is stored."""
        is_refused = any(refused.field == name for refused in self.report.rejected)
        if is_refused and isinstance(self.trial.last, Submit):
            return self.trial.last.data.get(name)
        return self.position.live.get(name)

    def _can_change(self, name: str) -> bool:
        return can_answer(self.definition, self.progress, self.position, name)

    # ---- What was found out, and what comes of it ----

    def _collected(self) -> Iterator[Value]:
        for line in summary(self.definition, self.position):
            yield Value(
                field=line.field,
                label=line.label,
                words=line.words,
                is_computed=self.definition.fields[line.field].computed is not None,
                can_change=self._can_change(line.field),
            )

    def _parked(self) -> Iterator[Value]:
        for name, field in self.definition.fields.items():
            if name in self.progress.values and name not in self.position.live:
                shown = words(narrowed(field, self.position.live).schema, self.progress.values[name])
                yield Value(field=name, label=field.label, words=shown)

    def _others(self, asked: Set[str]) -> Iterator[Field]:
        for name, field in self.definition.fields.items():
            if name not in asked and name not in self.progress.values and self._can_change(name):
                yield field

    def _say(self) -> tuple[Say, ...]:
        if self.decision is None:
            return ()
        return self.decision.say or to_say(self.position, self.progress.said)

    def _failed_steps(self) -> Iterator[tuple[str, str]]:
        return ((step, state.reason) for step, state in self.position.actions.items() if state.status in FAILURES)

    def _failures(self) -> Iterator[tuple[str, str]]:
        names = {step.id: self.position.fill(step.name) for step in self.position.steps}
        return ((names[step], reason) for step, reason in self._failed_steps())

    def _outcome(self) -> str:
        has_ended = self.progress.status in (Status.FINISHING, Status.COMPLETED)
        return (self.position.ending or self.definition.ending).outcome if has_ended else ""

    def _sending(self) -> Sending | None:
        """Return what the server would be asked for here, if it would be: in this step, or at the end."""
        step, template = self.current, str(self.document["name"])
        if step is not None and step.action is not None and (waiting_for(self.position) or self._confirms_action()):
            return sending_of(EndAction.of(step.action), template=template, state=self.position.inputs[step.id])
        if self.next not in (Next.CONFIRM, Next.FINISHING, Next.DONE) or self.progress.status is Status.FAILED:
            return None
        action = (self.position.ending or self.definition.ending).action
        return sending_of(action, template=template, state=self.position.live)

    def _confirms_action(self) -> bool:
        return self.progress.status is Status.ACTIVE and action_to_confirm(self.position) is not None
