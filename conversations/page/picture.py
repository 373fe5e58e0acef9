"""What the page shows of a workflow as it stands, for people. Pure, and it decides nothing: the engine did."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from answering.questions import Question, asked_now, can_answer, question_of
from engine.asking import Why
from engine.definition import Definition, Step
from engine.possible import acknowledgeable, skippable
from engine.progress import Position, Progress, Status
from engine.report import EMPTY_REPORT, Report
from engine.saying import Say, leading_to, to_say, was_said
from engine.summary import summary, summary_of_inputs
from engine.workflow import Next, action_to_confirm, next_of

HIDDEN = "Given, not shown"
UNANSWERED = "Not answered"
_KEPT = "Given, and not shown here. Leave this empty to keep it."
_NEVER_SHOWN = "What you write here is not shown again."
_NO_CHOICES = "The choices are not shown here."


class Moment(StrEnum):
    """What there is to do on the page, if anything."""

    ANSWER = "answer"
    READ = "read"
    CHANGE = "change"
    CONFIRM = "confirm"
    WAIT = "wait"
    FINISHING = "finishing"
    NOT_STARTED = "not_started"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


_OF_STATUS: Mapping[Status, Moment] = {
    Status.CREATED: Moment.NOT_STARTED,
    Status.PAUSED: Moment.PAUSED,
    Status.FINISHING: Moment.FINISHING,
    Status.COMPLETED: Moment.COMPLETED,
    Status.FAILED: Moment.FAILED,
    Status.CANCELLED: Moment.CANCELLED,
}

WORDS: Mapping[Moment, tuple[str, str]] = {
    Moment.ANSWER: ("A few more answers", ""),
    Moment.READ: ("Please look at your answers", ""),
    Moment.CHANGE: ("Change your answer", ""),
    Moment.CONFIRM: ("Is everything right?", "Please look at your answers. You can still change each of them."),
    Moment.WAIT: ("One moment", "We are finding something out for you. It can take a moment."),
    Moment.FINISHING: ("Almost done", "We have everything we need, and are working on it. It can take a moment."),
    Moment.NOT_STARTED: ("This has not begun yet", "Something else comes first. Come back when it is done."),
    Moment.PAUSED: ("This is paused", "Nothing is lost. You can go on where you stopped."),
    Moment.COMPLETED: ("Thank you", "We have everything we need."),
    Moment.FAILED: (
        "This did not work",
        "Something went wrong on our side. What you told us is kept. Please tell whoever sent you here.",
    ),
    Moment.CANCELLED: ("This was cancelled", "There is nothing more to do here."),
}
"""What stands over each moment and below that, where the author has no words for it."""

_WITH_ANSWERS = frozenset({Moment.ANSWER, Moment.READ, Moment.CONFIRM, Moment.WAIT, Moment.COMPLETED, Moment.FAILED})
_WITH_STEP = frozenset({Moment.ANSWER, Moment.READ, Moment.WAIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An answer as people read it; an optional one that is not there can be added."""

    field: str
    label: str
    words: str
    is_given: bool = True
    can_change: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything that the page shows of a workflow."""

    moment: Moment
    heading: str
    text: str
    step: str
    """The id of the step that it is about; empty if of none."""
    place: tuple[int, int] | None
    """The number of that step, and how many there are, as far as that is known now."""
    questions: tuple[Question, ...]
    can_skip: bool
    can_acknowledge: bool
    can_remove: str
    """The field whose answer can be taken back here; empty if of none."""
    told: tuple[Say, ...]
    """What there is to read before anything else."""
    told_before: tuple[Say, ...]
    """What else was said on the way, in the chat or to whoever started it."""
    problems: tuple[str, ...]
    """What stands in the way and belongs to no input that is shown."""
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a workflow stands, and which fields are hidden from whoever looks."""

    definition: Definition
    progress: Progress
    position: Position
    hidden: frozenset[str]

    @property
    def next(self) -> Next:
        """What is to be done next."""
        return next_of(self.definition, self.progress, self.position)

    def can_change(self, name: str) -> bool:
        """Tell whether an answer can be given or changed on the page now: it counts, and is the person's to give."""
        return name in self.position.live_fields and can_answer(self.definition, self.progress, self.position, name)

    def label(self, name: str) -> str:
        """Return what people call a field."""
        return self.definition.fields[name].label


def picture(
    at: Standing,
    *,
    changing: Sequence[str] = (),
    typed: Mapping[str, Any] | None = None,
    report: Report = EMPTY_REPORT,
    say: tuple[Say, ...] | None = None,
) -> Picture:
    """Return what the page shows: what there is to do next, or else the fields that are to be changed out of turn.

    `report` is what became of what was `typed`; `say` is what that led to telling, if there was anything.
    """
    names = tuple(name for name in dict.fromkeys(changing) if at.can_change(name))
    moment = Moment.CHANGE if names else _moment(at)
    asked: Mapping[str, Why | None] = dict.fromkeys(names)
    if moment is Moment.ANSWER:
        asked = asked_now(at.definition, at.progress, at.position)
    questions = tuple(_question(at, name, why, typed or {}, report) for name, why in asked.items())
    step = at.position.current_step if moment in _WITH_STEP or moment is Moment.COMPLETED else _to_confirm(at, moment)
    heading, text = _words(at, moment, step, questions)
    told = _told(at, moment, say)
    return Picture(
        moment=moment,
        heading=heading,
        text=text,
        step=step.id if step else "",
        place=_place(at, step) if moment in _WITH_STEP else None,
        questions=questions,
        can_skip=_is_among(skippable(at.progress, at.position), moment, step),
        can_acknowledge=_is_among(acknowledgeable(at.definition, at.progress, at.position), moment, step),
        can_remove=_removable(at, names),
        told=told,
        told_before=_told_before(at, moment, told),
        problems=tuple(_problems(at, report, questions)),
        lines=tuple(_lines(at, moment)),
    )


def question(at: Standing, name: str, *, note: str = "") -> Question:
    """Return a field as it is asked, with a note about what is stored."""
    found = _question(at, name, None, {}, EMPTY_REPORT)
    return replace(found, note=" ".join(filter(None, (note, found.note))))


def stored_words(at: Standing, name: str) -> str:
    """Return what is stored of a field, as people read it."""
    line = next((line for line in _given(at, at.position.live) if line.field == name), None)
    return line.words if line else UNANSWERED


# ---- What there is to do ----


def _moment(at: Standing) -> Moment:
    if at.progress.status is not Status.ACTIVE:
        return _OF_STATUS[at.progress.status]
    match at.next:
        case Next.CONFIRM:
            return Moment.CONFIRM
        case Next.WAIT:
            return Moment.WAIT
        case _:
            asked = asked_now(at.definition, at.progress, at.position)
            return Moment.ANSWER if asked else Moment.READ


def _to_confirm(at: Standing, moment: Moment) -> Step | None:
    return action_to_confirm(at.position) if moment is Moment.CONFIRM else None


def _words(at: Standing, moment: Moment, step: Step | None, questions: Sequence[Question]) -> tuple[str, str]:
    heading, text = WORDS[moment]
    if moment is Moment.CHANGE and len(questions) == 1:
        return f"{questions[0].field.label}", text
    if step is None:
        return heading, text
    said = (step.ending.message if step.ending else "") or step.description
    return at.position.fill(step.name), at.position.fill(said) or text


def _place(at: Standing, step: Step | None) -> tuple[int, int] | None:
    steps = [found for found in at.position.steps if _is_for_people(at, found)]
    return (steps.index(step) + 1, len(steps)) if step in steps and step is not None else None


def _is_for_people(at: Standing, step: Step) -> bool:
    return step.ending is None and at.position.asks(step) and bool(step.fields or step.required)


def _is_among(steps: Sequence[str], moment: Moment, step: Step | None) -> bool:
    """Tell whether a step is one of these, and to be answered or read now."""
    return moment in (Moment.ANSWER, Moment.READ) and step is not None and step.id in steps


def _removable(at: Standing, names: Sequence[str]) -> str:
    if len(names) != 1 or names[0] not in at.position.live or at.definition.fields[names[0]].required:
        return ""
    return names[0]


def _told(at: Standing, moment: Moment, say: tuple[Say, ...] | None) -> tuple[Say, ...]:
    """Return what there is to tell beside the current step, which speaks for itself.

    What leads to the step stands over it for as long as the step is there: whoever looks at it may be another person
    than was told first, or the same one who has loaded the page anew.
    """
    if at.progress.status is Status.ACTIVE:
        say = say or to_say(at.position, at.progress.said)
    leading = leading_to(at.position) if moment in _WITH_ANSWERS else frozenset()
    before = [found for found in was_said(at.position, at.progress.said) if found.step in leading]
    told = {found.step: found for found in (*before, *(say or ()))}
    return tuple(_with_words(at, told.values()))


def _told_before(at: Standing, moment: Moment, told: tuple[Say, ...]) -> tuple[Say, ...]:
    if moment not in _WITH_ANSWERS:
        return ()
    now = {found.step for found in told}
    said = was_said(at.position, at.progress.said)
    return tuple(found for found in _with_words(at, said) if found.step not in now)


def _with_words(at: Standing, told: Iterable[Say]) -> Iterator[Say]:
    current = at.position.current_step
    return (found for found in told if found.text and (current is None or found.step != current.id))


# ---- Questions ----


def _question(at: Standing, name: str, why: Why | None, typed: Mapping[str, Any], report: Report) -> Question:
    is_hidden, is_given = name in at.hidden, name in at.position.live
    value = None if is_hidden else _value(at, name, typed, report)
    found = question_of(at.definition, at.progress, at.position, name, value=value, report=report, why=why)
    if found.messages:  # which say why
        found = replace(found, why=None)
    if not is_hidden:
        return found
    notes = [_KEPT if is_given else _NEVER_SHOWN]
    if at.definition.fields[name].choices_from is not None:  # which are as private as what is chosen of them
        found, notes = replace(found, field=at.definition.fields[name]), [*notes, _NO_CHOICES]
    return replace(found, note=" ".join(notes), is_secret=True)


def _value(at: Standing, name: str, typed: Mapping[str, Any], report: Report) -> Any:
    """Return what was just refused, so that it can be mended, or else what is stored."""
    is_refused = any(refused.field == name for refused in report.rejected)
    return typed[name] if is_refused and name in typed else at.position.live.get(name)


# ---- What is told, and what was collected ----


def _problems(at: Standing, report: Report, questions: Iterable[Question]) -> Iterator[str]:
    """Return what stands in the way, unless it stands beside an input."""
    beside = {message for found in questions for message in found.messages}
    told = [(found.field, found.message) for found in report.rejected]
    told += [(None, found.message) for found in at.position.unmet if at.progress.status is Status.ACTIVE]
    for name, message in dict.fromkeys(told):
        if message not in beside:
            label = at.label(name) if name and name in at.definition.fields else ""
            yield message if label in message else f"{label}: {message}"  # "" is in any


def news(at: Standing, report: Report) -> tuple[str, ...]:
    """Return what an answer changed that nobody asked for."""
    invalidated = (
        f"{at.label(found.field)} was taken out again, because {at.label(found.because)} changed."
        for found in report.invalidated
    )
    parked = (f"{at.label(name)} is kept aside: with these answers it is not asked for." for name in report.parked)
    restored = (f"{at.label(name)} counts again." for name in report.restored)
    return (*invalidated, *parked, *restored)


def _lines(at: Standing, moment: Moment) -> Iterator[Line]:
    if moment not in _WITH_ANSWERS:
        return
    step = _to_confirm(at, moment)
    if step is not None:
        yield from _given(at, {line.field for line in summary_of_inputs(at.definition, at.position, step)})
        return
    yield from _given(at, at.position.live)
    if moment is Moment.CONFIRM:
        yield from (
            Line(field=name, label=at.label(name), words=UNANSWERED, is_given=False, can_change=True)
            for name in at.position.live_fields
            if name not in at.position.live and at.can_change(name)
        )


def _given(at: Standing, names: Set[str] | Mapping[str, Any]) -> Iterator[Line]:
    for line in summary(at.definition, at.position):
        if line.field in names:
            is_hidden = line.field in at.hidden
            yield Line(
                field=line.field,
                label=line.label,
                words=HIDDEN if is_hidden else line.words,
                can_change=at.can_change(line.field),
            )
