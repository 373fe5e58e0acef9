"""One attempt to give values: what counts, what does not and why, and where the workflow stands afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from engine.conditions import same
from engine.definition import NOTHING, Definition, Field, Step
from engine.document_schema import MAX_FIELDS
from engine.errors import Invalid, did_you_mean
from engine.facts import Fact, StepCompleted, Submitted
from engine.judgement import Accept, Ignore, judge
from engine.progress import Position, Progress, locate


class Outcome(StrEnum):
    """What became of a submission as a whole."""

    APPLIED = "applied"
    PARTIAL = "partial"
    REJECTED = "rejected"
    NOOP = "noop"


class FieldGivenAndCleared(Invalid):
    """One submission gives a field a value and clears it."""

    code = "field_given_and_cleared"


class TooManyValues(Invalid):
    """One submission gives more values than any template has fields."""

    code = "too_many_values"


MAX_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What was handed over. `is_prefill` marks what the starting client gives, which may set `readOnly` fields.

    `restated` fields hold what they hold on purpose: a change of what they depend on does not reset them. Without
    `settles`, a contested value stays so if the same one is given: it came along, and nobody looked at it.
    """

    data: Mapping[str, Any] = NOTHING
    clear: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    acknowledge: tuple[str, ...] = ()
    atomic: bool = False
    coerce: bool = False
    source: str = "client"
    is_prefill: bool = False
    restated: frozenset[str] = frozenset()
    settles: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A refused value, or a step that cannot be skipped or acknowledged; `attempts` counts a field's refusals."""

    code: str
    message: str
    field: str | None = None
    step: str | None = None
    attempts: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Something given that changes nothing and is no mistake."""

    reason: str
    field: str | None = None
    step: str | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A stored value that gave way to another."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Coerced:
    """A value that was stored as it was read, and not as it was sent."""

    field: str
    sent: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalidated:
    """A stored value that was taken out because what it depends on changed."""

    field: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of everything in a submission."""

    outcome: Outcome = Outcome.NOOP
    accepted: tuple[str, ...] = ()
    coerced: tuple[Coerced, ...] = ()
    corrected: tuple[Corrected, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    invalidated: tuple[Invalidated, ...] = ()
    parked: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    completed_steps: tuple[str, ...] = ()


EMPTY_REPORT = Report()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A submission merged: what to store, where that leaves the workflow, what to answer, and what became true."""

    progress: Progress
    position: Position
    report: Report
    facts: tuple[Fact, ...] = ()


def merge(definition: Definition, progress: Progress, submission: Submission, *, today: date) -> Merged:
    """Merge a submission into what is stored.

    :raises FieldGivenAndCleared: a field is both in `data` and in `clear`
    :raises TooManyValues: `data` or `clear` names more than any template has fields
    """
    if (count := max(len(submission.data), len(submission.clear))) > MAX_FIELDS:
        raise TooManyValues(f"One submission gives at most {MAX_FIELDS} values, not {count}.", count=count)
    if both := sorted(set(submission.data) & set(submission.clear)):
        raise FieldGivenAndCleared(f"Give these a value or clear them, not both: {', '.join(both)}.", fields=both)
    draft = _Draft(definition, progress, submission)
    for name, value in submission.data.items():
        draft.give(name, value)
    for name in dict.fromkeys(submission.clear):
        draft.clear(name)
    for step_id in dict.fromkeys(submission.skip):
        draft.skip(step_id)
    for step_id in dict.fromkeys(submission.acknowledge):
        draft.acknowledge(step_id)
    return draft.finish(today)


def untouchable(target: Field, *, is_prefill: bool) -> str | None:
    """Name why a field is not a submission's to give or to clear; None if it is."""
    return "read_only" if target.read_only and not is_prefill else None


@dataclass(slots=True)
class _Draft:
    """The pending changes of one submission."""

    definition: Definition
    progress: Progress
    submission: Submission
    values: dict[str, Any] = field(init=False)
    contested: set[str] = field(init=False)
    previous: dict[str, Any] = field(init=False)
    given: dict[str, Accept] = field(default_factory=dict)
    cleared: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    invalidated: list[Invalidated] = field(default_factory=list)
    unknown: int = 0
    ignored: list[Ignored] = field(default_factory=list)
    attempts: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.values = dict(self.progress.values)
        self.contested = set(self.progress.contested)
        self.previous = dict(self.progress.previous)
        self.attempts = dict(self.progress.attempts)

    def give(self, name: str, value: Any) -> None:
        """Judge one value alone, whichever step it belongs to."""
        target = self.definition.fields.get(name)
        if target is None:
            self._ignore_unknown(name)
            return
        if reason := untouchable(target, is_prefill=self.submission.is_prefill):
            self.ignored.append(Ignored(field=name, reason=reason))
            return
        coerce = self.submission.coerce
        match judge(self.definition.state_schema, target, value, self.values, coerce=coerce):
            case Accept() as accepted:
                self.values[name] = accepted.value
                self.given[name] = accepted
                self._settle(name)
            case Ignore(reason="unchanged") if name in self.contested and self.submission.settles:
                self.given[name] = Accept(value=self.values[name])
                self._settle(name)
            case Ignore(reason=reason):
                self.ignored.append(Ignored(field=name, reason=reason))
            case refused:
                self._refuse(name, refused.reasons)

    def clear(self, name: str) -> None:
        """Take a stored value out."""
        target = self.definition.fields.get(name)
        if target is None:
            self._ignore_unknown(name)
        elif reason := untouchable(target, is_prefill=self.submission.is_prefill):
            self.ignored.append(Ignored(field=name, reason=reason))
        elif name not in self.values:
            self.ignored.append(Ignored(field=name, reason="empty"))
        else:
            del self.values[name]
            self.cleared.append(name)
            self._settle(name)

    def skip(self, step_id: str) -> None:
        """Leave an optional step out."""
        step = self._known_step(step_id)
        if step is None:
            return
        if step.required:
            words = f"{step.name} cannot be skipped."
            self.rejected.append(Rejected(step=step_id, code="step_required", message=words))
        elif step_id in self.progress.skipped:
            self.ignored.append(Ignored(step=step_id, reason="unchanged"))
        else:
            self.skipped.append(step_id)

    def acknowledge(self, step_id: str) -> None:
        """Note that a step which demands no answer was read."""
        step = self._known_step(step_id)
        if step is None:
            return
        missing = locate(self.definition, replace(self.progress, values=self.values)).missing
        if waiting := [name for name in step.fields if name in missing]:
            words = f"{step.name} is not acknowledged but answered: {', '.join(waiting)}."
            self.rejected.append(Rejected(step=step_id, code="step_needs_answers", message=words))
        elif step_id in self.progress.acknowledged:
            self.ignored.append(Ignored(step=step_id, reason="unchanged"))
        else:
            self.acknowledged.append(step_id)

    def finish(self, today: date) -> Merged:
        """Decide the outcome and compare where the workflow stood with where it stands."""
        if self.submission.atomic and self.rejected:
            self._give_up()
        self._follow_dependents()
        before = locate(self.definition, self.progress)
        progress = replace(self.progress, attempts=self.attempts)
        if self._is_changed():
            progress = replace(
                progress,
                today=today,
                values=self.values,
                skipped=self.progress.skipped | frozenset(self.skipped),
                acknowledged=self.progress.acknowledged | frozenset(self.acknowledged),
                contested=frozenset(self.contested),
                previous=self.previous,
            )
        after = locate(self.definition, progress)
        report = self._report(before, after)
        return Merged(progress=progress, position=after, report=report, facts=self._facts(report))

    def _ignore_unknown(self, name: str) -> None:
        """Note an unknown name; looking for the nearest one is dear, so only the first few get a suggestion."""
        self.unknown += 1
        near = did_you_mean(name, self.definition.fields) if self.unknown <= MAX_SUGGESTIONS else None
        self.ignored.append(Ignored(field=name, reason="unknown_field", suggestion=near))

    def _settle(self, name: str) -> None:
        self.contested.discard(name)
        self.previous.pop(name, None)

    def _refuse(self, name: str, reasons: tuple[tuple[str, str], ...]) -> None:
        """Count the refusal; what is stored was called into question, unless nothing is to be stored anyway."""
        self.attempts[name] = self.attempts.get(name, 0) + 1
        if name in self.values and not self.submission.atomic:
            self.contested.add(name)
        self.rejected += [
            Rejected(field=name, code=code, message=message, attempts=self.attempts[name]) for code, message in reasons
        ]

    def _follow_dependents(self) -> None:
        """Judge anew, or take out, what depends on what changed, and what depends on that; parked values too."""
        changed = [name for name in (*self.given, *self.cleared) if self._is_other(name)]
        for cause in changed:  # grows on the way; a field is taken out once, so this ends
            for name in self.definition.dependents.get(cause, ()):
                if name not in self.values or name in self.given:
                    continue
                resets = self.definition.fields[name].resets and name not in self.submission.restated
                if resets or not self._still_holds(name):
                    self.previous[name] = self.values.pop(name)
                    self.contested.discard(name)
                    self.invalidated.append(Invalidated(field=name, because=cause))
                    changed.append(name)

    def _is_other(self, name: str) -> bool:
        """Tell whether the stored value of a field is another than before."""
        old, new = self.progress.values, self.values
        return (name in old) != (name in new) or (name in new and not same(old[name], new[name]))

    def _still_holds(self, name: str) -> bool:
        return self.definition.state_schema.admits(name, self.values[name])

    def _is_changed(self) -> bool:
        """Tell whether anything but attempts is other than before."""
        return bool(
            self.given or self.cleared or self.skipped or self.acknowledged or self.contested != self.progress.contested
        )

    def _known_step(self, step_id: str) -> Step | None:
        step = self.definition.steps_by_id.get(step_id)
        if step is None:
            self.unknown += 1
            near = did_you_mean(step_id, self.definition.steps_by_id) if self.unknown <= MAX_SUGGESTIONS else None
            words = f"There is no step {step_id[:100]!r}." + (f" Did you mean {near!r}?" if near else "")
            self.rejected.append(Rejected(step=step_id, code="unknown_step", message=words))
        return step

    def _give_up(self) -> None:
        """Store nothing of an atomic submission of which something was refused."""
        self.values = dict(self.progress.values)
        self.contested = set(self.progress.contested)
        self.previous = dict(self.progress.previous)
        self.given.clear()
        self.cleared.clear()
        self.skipped.clear()
        self.acknowledged.clear()

    def _report(self, before: Position, after: Position) -> Report:
        stored = self.progress.values
        is_applied = bool(self.given or self.cleared or self.skipped or self.acknowledged)
        return Report(
            outcome=_outcome(changed=is_applied, refused=bool(self.rejected)),
            accepted=tuple(self.given),
            coerced=tuple(
                Coerced(field=name, sent=found.read_from) for name, found in self.given.items() if found.was_read
            ),
            corrected=tuple(
                Corrected(field=name, before=stored[name], after=found.value)
                for name, found in self.given.items()
                if name in before.live and not same(stored[name], found.value)
            ),
            rejected=tuple(self.rejected),
            ignored=tuple(self.ignored),
            invalidated=tuple(self.invalidated),
            parked=tuple(
                name for name in self.values if name not in after.live and (name in before.live or name in self.given)
            ),
            restored=tuple(
                name for name in after.live if name in stored and name not in before.live and name not in self.given
            ),
            completed_steps=tuple(
                step.id for step in after.steps if step.id in after.complete and step.id not in before.complete
            ),
        )

    def _facts(self, report: Report) -> tuple[Fact, ...]:
        if report.outcome is Outcome.NOOP:
            return ()
        submitted = Submitted(
            source=self.submission.source,
            set={name: found.value for name, found in self.given.items()},
            cleared=tuple(self.cleared),
            corrected=tuple(found.field for found in report.corrected),
            invalidated={found.field: found.because for found in report.invalidated},
            skipped=tuple(self.skipped),
            acknowledged=tuple(self.acknowledged),
            parked=report.parked,
            restored=report.restored,
            rejected=tuple(
                {"at": at, "code": code}
                for at, code in dict.fromkeys((str(found.field or found.step), found.code) for found in report.rejected)
            ),
        )
        return (submitted, *(StepCompleted(step=step) for step in report.completed_steps))


def _outcome(*, changed: bool, refused: bool) -> Outcome:
    if changed:
        return Outcome.PARTIAL if refused else Outcome.APPLIED
    return Outcome.REJECTED if refused else Outcome.NOOP
