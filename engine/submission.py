"""One attempt to give values: what counts, what does not and why, and where the workflow stands afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from engine.conditions import same
from engine.definition import NOTHING, Definition, Field, Step
from engine.errors import Invalid, did_you_mean
from engine.facts import Fact, StepCompleted, Submitted
from engine.messages import explain
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What was handed over. `is_prefill` marks what the starting client gives, which may set `readOnly` fields."""

    data: Mapping[str, Any] = NOTHING
    clear: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    acknowledge: tuple[str, ...] = ()
    atomic: bool = False
    source: str = "client"
    is_prefill: bool = False


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
class Report:
    """What became of everything in a submission."""

    outcome: Outcome = Outcome.NOOP
    accepted: tuple[str, ...] = ()
    corrected: tuple[Corrected, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    ignored: tuple[Ignored, ...] = ()
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
    """
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


@dataclass(slots=True)
class _Draft:
    """The pending changes of one submission."""

    definition: Definition
    progress: Progress
    submission: Submission
    values: dict[str, Any] = field(init=False)
    given: dict[str, Any] = field(default_factory=dict)
    cleared: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    attempts: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.values = dict(self.progress.values)
        self.attempts = dict(self.progress.attempts)

    def give(self, name: str, value: Any) -> None:
        """Judge one value alone, whichever step it belongs to."""
        target = self.definition.fields.get(name)
        if target is None:
            self.ignored.append(_unknown_field(self.definition, name))
        elif target.read_only and not self.submission.is_prefill:
            self.ignored.append(Ignored(field=name, reason="read_only"))
        elif name in self.values and same(self.values[name], value):
            self.ignored.append(Ignored(field=name, reason="unchanged"))
        elif violations := self.definition.state_schema.judge({name: value}).get(name):
            self._refuse(
                target, value, [(found.keyword, explain(found, target.schema, target.label)) for found in violations]
            )
        elif value == "" and not _lists_empty_text(target.schema):
            self.ignored.append(Ignored(field=name, reason="empty"))
        else:
            self.values[name] = self.given[name] = value

    def clear(self, name: str) -> None:
        """Take a stored value out."""
        target = self.definition.fields.get(name)
        if target is None:
            self.ignored.append(_unknown_field(self.definition, name))
        elif target.read_only and not self.submission.is_prefill:
            self.ignored.append(Ignored(field=name, reason="read_only"))
        elif name not in self.values:
            self.ignored.append(Ignored(field=name, reason="empty"))
        else:
            del self.values[name]
            self.cleared.append(name)

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
        if step.fields and all(self.definition.fields[name].required for name in step.fields):
            words = f"{step.name} is not acknowledged but answered: {', '.join(step.fields)}."
            self.rejected.append(Rejected(step=step_id, code="step_needs_answers", message=words))
        elif step_id in self.progress.acknowledged:
            self.ignored.append(Ignored(step=step_id, reason="unchanged"))
        else:
            self.acknowledged.append(step_id)

    def finish(self, today: date) -> Merged:
        """Decide the outcome and compare where the workflow stood with where it stands."""
        if self.submission.atomic and self.rejected:
            self._give_up()
        changed = bool(self.given or self.cleared or self.skipped or self.acknowledged)
        before = locate(self.definition, self.progress)
        progress = replace(self.progress, attempts=self.attempts)
        if changed:
            progress = replace(
                progress,
                today=today,
                values=self.values,
                skipped=self.progress.skipped | frozenset(self.skipped),
                acknowledged=self.progress.acknowledged | frozenset(self.acknowledged),
            )
        after = locate(self.definition, progress)
        report = self._report(before, after, changed=changed)
        return Merged(progress=progress, position=after, report=report, facts=self._facts(report))

    def _refuse(self, target: Field, value: Any, reasons: list[tuple[str, str]]) -> None:
        if value is None or (value == "" and not _lists_empty_text(target.schema)):
            self.ignored.append(Ignored(field=target.name, reason="null" if value is None else "empty"))
            return
        self.attempts[target.name] = self.attempts.get(target.name, 0) + 1
        self.rejected += [
            Rejected(field=target.name, code=code, message=message, attempts=self.attempts[target.name])
            for code, message in dict.fromkeys(reasons)
        ]

    def _known_step(self, step_id: str) -> Step | None:
        step = self.definition.steps_by_id.get(step_id)
        if step is None:
            near = did_you_mean(step_id, self.definition.steps_by_id)
            words = f"There is no step {step_id[:100]!r}." + (f" Did you mean {near!r}?" if near else "")
            self.rejected.append(Rejected(step=step_id, code="unknown_step", message=words))
        return step

    def _give_up(self) -> None:
        """Store nothing of an atomic submission of which something was refused."""
        self.values = dict(self.progress.values)
        self.given.clear()
        self.cleared.clear()
        self.skipped.clear()
        self.acknowledged.clear()

    def _report(self, before: Position, after: Position, *, changed: bool) -> Report:
        stored = self.progress.values
        return Report(
            outcome=_outcome(changed=changed, refused=bool(self.rejected)),
            accepted=tuple(self.given),
            corrected=tuple(
                Corrected(field=name, before=stored[name], after=value)
                for name, value in self.given.items()
                if name in stored
            ),
            rejected=tuple(self.rejected),
            ignored=tuple(self.ignored),
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
            set=dict(self.given),
            cleared=tuple(self.cleared),
            skipped=tuple(self.skipped),
            acknowledged=tuple(self.acknowledged),
            parked=report.parked,
            restored=report.restored,
            rejected=tuple({"at": str(found.field or found.step), "code": found.code} for found in report.rejected),
        )
        return (submitted, *(StepCompleted(step=step) for step in report.completed_steps))


def _outcome(*, changed: bool, refused: bool) -> Outcome:
    if changed:
        return Outcome.PARTIAL if refused else Outcome.APPLIED
    return Outcome.REJECTED if refused else Outcome.NOOP


def _unknown_field(definition: Definition, name: str) -> Ignored:
    return Ignored(field=name, reason="unknown_field", suggestion=did_you_mean(name, definition.fields))


def _lists_empty_text(schema: Mapping[str, Any]) -> bool:
    """Tell whether the author offers the empty text as an answer."""
    offered = [schema[key] for key in ("const",) if key in schema] + list(schema.get("enum", ()))
    offered += [option.get("const") for option in schema.get("oneOf", ()) if isinstance(option, Mapping)]
    return "" in offered
