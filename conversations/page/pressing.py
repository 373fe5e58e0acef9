"""What the buttons of the page do: each is one call of the service that every other surface calls.

Where there is nothing to tell but how things stand now, nothing is returned, and the page is simply read again.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from answering.forms import AnswerForm, answers_of
from answering.questions import IGNORED
from conversations.page.looking import Shown, Visit
from conversations.page.picture import news, picture, question, stored_words
from engine.choosing import narrowed
from engine.coercion import Exact, read
from engine.conditions import same
from engine.errors import Conflict, Invalid, RevisionConflict
from engine.progress import Status
from engine.report import Report
from engine.sources import Source
from engine.submission import Submission
from engine.workflow import Next, next_of
from instances import services, waiting
from instances.acting import Done
from instances.confirmation import ConfirmationOutdated
from instances.errors import ActiveWorkflowExists
from instances.quiet import log_quietly
from instances.slots import OnActive

logger = logging.getLogger(__name__)

CARRIED_OUT_SECONDS = 5
"""So long a request lets what it asked for happen, so that most people never see what there was to wait for."""

NOTHING_GIVEN = "Nothing was answered yet."
CHANGED = "Something was changed at the same time, in the chat or by somebody else. This is how it is now."
CHANGED_HERE = (
    "This was changed at the same time, in the chat or by somebody else. What you wrote is below and not stored yet."
)
TWICE = "This was sent twice, or answered at the same time by somebody else. What is stored counts."
TOO_LATE = "What you wrote just now was not stored: meanwhile this has gone on, in the chat or by somebody else."
CHANGED_SUMMARY = "Something was changed since you looked. Please look at your answers again before you confirm."
TAKEN = "Something else is under way in the same chat. Finish that first, and come back then."

_LONGEST_NUMBER = 9


def press(visit: Visit, posted: QueryDict) -> Shown | None:
    """Do what a button of the page is for; None if that is all, and the page only has to be read again.

    :raises instances.errors.WorkflowNotFound: the workflow was deleted meanwhile
    """
    button, _, name = str(posted.get("do", "")).partition(":")
    try:
        match button:
            case "answer":
                return _answer(visit, posted)
            case "skip":
                return _submit_step(visit, posted, skip=True)
            case "acknowledge":
                return _submit_step(visit, posted, skip=False)
            case "remove" if visit.standing.can_change(name):
                return _submitted(visit, posted, Submission(clear=(name,), source=Source.USER))
            case "confirm":
                done = services.confirm(visit.workflow.pk, visit.acting(), token=posted.get("token"))
                return _after(visit, done, {})
            case "resume":
                return _resume(visit)
    except ConfirmationOutdated:
        return visit.again().shown(note=CHANGED_SUMMARY)
    except RevisionConflict:
        return visit.again().shown(note=CHANGED)
    except Conflict:  # it has gone on, or ended: what there is to do now says so
        return None
    return None


def _answer(visit: Visit, posted: QueryDict) -> Shown | None:
    """Take in what was typed, unless there is something among it that cannot even be sent."""
    names = [name for name in dict.fromkeys(posted.getlist("asked")) if visit.standing.can_change(name)]
    if not names:
        return _too_late(visit, posted)
    form = visit.form_of([question(visit.standing, name) for name in names], posted)
    if not form.is_valid():
        return _as_typed(visit, names, form, "")
    answers = answers_of(form)
    gone = tuple(name for name in names if _is_emptied(visit, name, answers))
    if not answers and not gone:
        is_there = all(name in visit.position.live for name in names)  # and hidden, so it was left as it is
        return None if is_there else visit.shown(note=NOTHING_GIVEN, changing=_out_of_turn(visit, names))
    try:
        submission = Submission(data=answers, clear=gone, coerce=True, source=Source.USER)
        return _submitted(visit, posted, submission)
    except RevisionConflict:
        return _overtaken(visit.again(), names, answers, posted)
    except Conflict:
        return _too_late(visit.again(), posted)
    except Invalid as refusal:
        return _as_typed(visit, names, form, refusal.message)


def _is_emptied(visit: Visit, name: str, answers: Mapping[str, Any]) -> bool:
    """Tell whether an answer that stood in its input does not any more; what is hidden never stood there."""
    return name in visit.position.live and name not in visit.standing.hidden and name not in answers


def _out_of_turn(visit: Visit, names: list[str]) -> list[str]:
    """Return the fields of a form if it was not that of the current step."""
    asked = {found.field.name for found in visit.shown().picture.questions}
    return [] if asked.issuperset(names) else names


def _submit_step(visit: Visit, posted: QueryDict, *, skip: bool) -> Shown | None:
    step = visit.position.current_step
    if step is None or posted.get("step") != step.id:
        return None
    marked = (
        Submission(skip=(step.id,), source=Source.USER)
        if skip
        else Submission(acknowledge=(step.id,), source=Source.USER)
    )
    return _submitted(visit, posted, marked)


def _submitted(visit: Visit, posted: QueryDict, submission: Submission) -> Shown | None:
    done = services.submit(visit.workflow.pk, submission, visit.acting(_revision_in(posted)))
    return _after(visit, done, submission.data)


def _resume(visit: Visit) -> Shown | None:
    back = Submission(source=Source.USER)
    try:
        done = services.resume(visit.workflow.pk, back, visit.acting(), on_active=OnActive.REJECT)
    except ActiveWorkflowExists:
        return visit.again().shown(note=TAKEN)
    return _after(visit, done, {})


def _after(visit: Visit, done: Done, typed: Mapping[str, Any]) -> Shown | None:
    """Return what an act has to tell beside how things stand after it; what it asked for may happen first."""
    decision = done.decision
    if next_of(done.definition, decision.progress, decision.position) in (Next.WAIT, Next.FINISHING):
        _carry_out(visit)
    now, wrong = visit.again(), _wrong(decision.report)
    changes = news(now.standing, decision.report)
    changing = _out_of_turn(now, [name for name in wrong if name in typed])
    told = now.shown(changing=changing, typed=typed, report=decision.report, say=decision.say, news=changes)
    return told if wrong or changes or told.picture != picture(now.standing) else None


def _carry_out(visit: Visit) -> None:
    try:
        waiting.carry_out(visit.workflow.pk, CARRIED_OUT_SECONDS)
    except Exception as error:  # noqa: BLE001  what was pressed is stored; what it asked for happens later
        log_quietly(logger, "The page could not wait", error)


def _wrong(report: Report) -> list[str]:
    """Return the fields, and the steps, of which something did not count that should have."""
    ignored = (found.field for found in report.ignored if found.reason in IGNORED)
    return [name or "" for name in (*(found.field or found.step for found in report.rejected), *ignored)]


# ---- What could not be stored ----


def _as_typed(visit: Visit, names: list[str], form: AnswerForm, note: str) -> Shown:
    return replace(visit.shown(changing=_out_of_turn(visit, names), note=note), form=form)


def _overtaken(now: Visit, names: list[str], answers: Mapping[str, Any], posted: QueryDict) -> Shown | None:
    """Keep what was typed while somebody else wrote; what was sent twice, and is stored already, is only read again."""
    hidden = [name for name in names if name in now.standing.hidden and name in answers]
    other = [name for name in names if name not in now.standing.hidden and not _is_stored(now, name, answers)]
    if not other:
        # Whether what is hidden is what was typed is not told: it would answer one guess after the other.
        return now.shown(note=TWICE) if hidden else None
    kept = [name for name in (*other, *hidden) if now.standing.can_change(name)]
    if not kept:
        return now.shown(note=CHANGED)
    asked = [question(now.standing, name, note=f"Stored now: {stored_words(now.standing, name)}.") for name in kept]
    return replace(now.shown(changing=kept, note=CHANGED_HERE), form=now.form_of(asked, posted))


def _too_late(now: Visit, posted: QueryDict) -> Shown | None:
    """Say that what was typed counts no more, unless it was sent twice; of what was cancelled nothing is told."""
    if now.workflow.status == Status.CANCELLED:
        return None
    asked = [name for name in dict.fromkeys(posted.getlist("asked")) if name in now.definition.fields]
    form = now.form_of([question(now.standing, name) for name in asked], posted)
    answers = answers_of(form) if form.is_valid() else {}
    is_new = any(name not in now.standing.hidden and not _is_stored(now, name, answers) for name in answers)
    if form.errors or is_new:  # what cannot be stored is not stored
        return now.shown(note=TOO_LATE)
    return now.shown(note=TWICE) if answers.keys() & now.standing.hidden else None


def _is_stored(now: Visit, name: str, answers: Mapping[str, Any]) -> bool:
    """Tell whether a field holds what was typed, or nothing if nothing was."""
    if name not in answers or name not in now.position.live:
        return name not in answers and name not in now.position.live
    meant = read(answers[name], narrowed(now.definition.fields[name], now.position.live).schema)
    return isinstance(meant, Exact) and same(meant.value, now.position.live[name])


def _revision_in(posted: QueryDict) -> int:
    """Return the revision that was shown; 0, which no workflow has, if that is no number."""
    text = str(posted.get("revision", ""))
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else 0
