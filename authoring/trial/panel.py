"""The panel in which a draft is tried out: what was posted with it, and what it shows next. It keeps nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from answering.forms import AnswerForm, answer_form, answers_of
from answering.questions import Question
from authoring.trial.acts import (
    MAX_LENGTH,
    Acknowledge,
    Act,
    Begin,
    Clear,
    Confirm,
    Fails,
    Found,
    Skip,
    Submit,
    TrialTooLong,
    TrialUnreadable,
    read,
    write,
)
from authoring.trial.following import Following, Names
from authoring.trial.news import News, news_of
from authoring.trial.walking import Walk, walk
from engine.findings import Finding, errors
from engine.validation import validate
from engine.workflow import Next

PREFIX = "try"
"""What the names of its inputs begin with, which stand in the form of the editor."""

_NO_NAMES = Names()
_UNREADABLE = "What you tried so far cannot be read any more, so the try starts again."
_NOTHING_GIVEN = "Nothing was answered yet."


class Posted(Protocol):
    """What was posted, such as a `QueryDict`."""

    def get(self, name: str, default: str) -> Any:
        """Return one value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What `authoring/_trial.html` shows. With problems nothing is, but what was done is carried along."""

    problems: int = 0
    """How many findings keep the draft from being tried."""
    walk: Walk | None = None
    form: AnswerForm | None = None
    acts: str = ""
    """What the page carries along."""
    names: str = ""
    """What fields and steps were called when it was done."""
    note: str = ""
    news: tuple[News, ...] = ()


def panel(
    document: Any,
    posted: Posted,
    *,
    today: date,
    findings: Iterable[Finding] | None = None,
    names: Names = _NO_NAMES,
) -> dict[str, Any]:
    """Return the context of the fragment, a :class:`Panel` as `trial`: the draft after the button that was pressed.

    `findings` are those of the document, if they are known already; `today` is the date in its time zone; by `names`
    what was done before is followed where fields and steps have new ones.
    """
    wrong = errors(validate(document) if findings is None else findings)
    if wrong:
        acts, names_then = _carried(posted, "trial-acts"), _carried(posted, "trial-names")
        return {"trial": Panel(problems=len(wrong), acts=acts, names=names_then)}
    return {"trial": _Pressed(document, posted, today, names).panel()}


def _carried(posted: Posted, name: str) -> str:
    text = str(posted.get(name, ""))
    return text if len(text) <= MAX_LENGTH else ""


def today_of(document: Mapping[str, Any], *, at: datetime) -> date:
    """Return the date in the time zone of a document; where it names none that there is, in UTC."""
    try:
        zone = ZoneInfo(str(document.get("time_zone") or "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    return at.astimezone(zone).date()


class _Pressed:
    """A button that was pressed, and where."""

    def __init__(self, document: Mapping[str, Any], posted: Posted, today: date, names: Names) -> None:
        self.document = document
        self.posted = posted
        self.today = today
        self.time_zone = str(document.get("time_zone") or "UTC")
        self.names = names
        followed = Following.of(Names.read(str(posted.get("trial-names", ""))), names)
        self.button, _, name = str(posted.get("trial-button", "")).partition(":")
        self.field = followed.field(name)
        self.note = ""
        try:
            acts = tuple(map(followed.act, read(str(posted.get("trial-acts", "")))))
            write(acts)  # new names, and numbers written otherwise, may be too long to be carried on
        except (TrialUnreadable, TrialTooLong):
            acts, self.note = (), _UNREADABLE
        self.before = self._walk(acts, correcting=followed.field(str(posted.get("trial-correcting", ""))))

    def panel(self) -> Panel:
        """Return what is shown after it."""
        match self.button:
            case "":
                return self._shown(self.before)  # the draft was changed, and who corrects an answer goes on with it
            case "back":
                return self._shown(self._walk(self.before.acts[:-1]))
            case "restart":
                return self._shown(self._walk(()))
            case "leave":
                return self._shown(self._walk(self.before.acts))
            case "correct":
                return self._shown(self._walk(self.before.acts, correcting=self.field))
            case "next" | "found" if self.before.questions:
                return self._answered()
            case _:
                return self._after(self._acts())

    def _walk(self, acts: tuple[Act, ...], *, correcting: str = "") -> Walk:
        return walk(self.document, acts, today=self.today, correcting=correcting)

    def _form(self, questions: Iterable[Question], posted: Posted | None = None) -> AnswerForm:
        return answer_form(questions, posted, time_zone=self.time_zone, prefix=PREFIX)

    def _answered(self) -> Panel:
        """Take the answers in, unless there is something among them that cannot even be sent."""
        form = self._form(self.before.questions, self.posted)
        if not form.is_valid():
            return self._shown(self.before, form)
        acts = self._answers(answers_of(form))
        if not acts:
            self.note = self.note or _NOTHING_GIVEN
        return self._after(acts)

    def _answers(self, answers: Mapping[str, Any]) -> list[Act]:
        """Return the acts by which answers are given, and those that were there and are not any more taken back."""
        before, step = self.before, self.before.current
        if not before.has_begun:
            return [Begin(data=answers)]
        if before.next is Next.WAIT and not before.correcting:
            return [Found(step=step.id, data=answers)] if step is not None else []
        stored = {value.field for value in before.collected}
        asked = (question.field.name for question in before.questions)
        gone: list[Act] = [Clear(field=name) for name in asked if name in stored and name not in answers]
        return [*gone, Submit(data=answers)] if answers else gone

    def _acts(self) -> Iterator[Act]:
        """Return the act of a button that goes without answers, if it is there to be pressed."""
        before, step = self.before, self.before.current
        waits = before.has_begun and before.next is Next.WAIT
        match self.button:
            case "skip" if before.can_skip and step is not None:
                yield Skip(step=step.id)
            case "acknowledge" if before.can_acknowledge and step is not None:
                yield Acknowledge(step=step.id)
            case "fails" if waits and step is not None:
                yield Fails(step=step.id)
            case "found" if waits and step is not None:
                yield Found(step=step.id, data={})
            case "confirm" if before.next is Next.CONFIRM:
                yield Confirm()

    def _after(self, acts: Iterable[Act]) -> Panel:
        """Do what was done; what becomes too long to carry along is not done."""
        after = (*self.before.acts, *acts)
        try:
            write(after)
        except TrialTooLong as error:
            self.note = error.message
            return self._shown(self.before)
        return self._shown(self._walk(after))

    def _shown(self, now: Walk, form: AnswerForm | None = None) -> Panel:
        dropped = now.dropped + (self.before.dropped if now is not self.before else 0)
        if form is None and now.questions:
            form = self._form(now.questions)
        note = self.note or _about(dropped)
        names = self.names.write()
        return Panel(walk=now, form=form, acts=write(now.acts), names=names, note=note, news=news_of(now))


def _about(dropped: int) -> str:
    if not dropped:
        return ""
    what = "one thing that you did does" if dropped == 1 else f"{dropped} things that you did do"
    were = "was" if dropped == 1 else "were"
    return f"The draft has changed: {what} not fit any more and {were} left out."
