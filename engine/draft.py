"""The pending changes of one submission: each thing given is judged in turn, then all of it is compared and stored."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from engine.choosing import has_choices, is_offered, narrowed
from engine.conditions import same
from engine.definition import Definition, Field, Step
from engine.errors import did_you_mean
from engine.facts import Fact, StepCompleted, Submitted
from engine.findings import pointer
from engine.items import ItemIds
from engine.judgement import Accept, Ignore, Reason, judge, judge_entry, serious
from engine.progress import Position, Progress, locate
from engine.report import Coerced, Corrected, Ignored, Invalidated, Outcome, Rejected, Report

MAX_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A submission merged: what to store, where that leaves the workflow, what to answer, and what became true."""

    progress: Progress
    position: Position
    report: Report
    facts: tuple[Fact, ...] = ()


def untouchable(field: Field, *, is_prefill: bool) -> str | None:
    """Name why a field is not a submission's to give or to clear; None if it is."""
    if field.computed is not None:
        return "computed"
    return "read_only" if field.read_only and not is_prefill else None


class Draft:
    """What is stored, with the changes that one submission asks for."""

    def __init__(
        self,
        definition: Definition,
        progress: Progress,
        *,
        coerce: bool,
        is_prefill: bool,
        restated: Set[str],
        settles: bool,
    ) -> None:
        self.definition = definition
        self.progress = progress
        self.coerce = coerce
        self.is_prefill = is_prefill
        self.restated = set(restated)
        self.settles = settles
        self.attempts = dict(progress.attempts)
        self.rejected: list[Rejected] = []
        self.ignored: list[Ignored] = []
        self._unknown = 0
        self._begin()

    def _begin(self) -> None:
        """Change nothing yet."""
        self.values = dict(self.progress.values)
        self.previous = dict(self.progress.previous)
        self.contested = set(self.progress.contested)
        self.item_ids = ItemIds(self.progress.item_ids, self.progress.last_item_id)
        self.given: dict[str, Accept] = {}
        self.coerced: list[Coerced] = []
        self.cleared: list[str] = []
        self.appended: dict[str, dict[int, Any]] = {}
        self.removed: dict[str, list[int]] = {}
        self.skipped: list[str] = []
        self.acknowledged: list[str] = []
        self.invalidated: list[Invalidated] = []

    @cached_property
    def before(self) -> Position:
        """Where the workflow stood."""
        return locate(self.definition, self.progress)

    def give(self, name: str, value: Any) -> None:
        """Judge one value alone, whichever step it belongs to."""
        field = self._open(name)
        if field is None:
            return
        match judge(self.definition.state_schema, field, value, self.values, coerce=self.coerce):
            case Accept() as accepted:
                self._store(name, accepted)
            case Ignore(reason="unchanged") if name in self.contested and self.settles:
                self._store(name, Accept(value=self.values[name]))
            case Ignore(reason=reason):
                self.ignored.append(Ignored(field=name, reason=reason))
                if reason == "unchanged":
                    self.restated.add(name)  # said now, beside what it depends on: it is as fresh as that
            case refused:
                self._refuse(name, [(pointer("data", name), reason) for reason in refused.reasons])
                if name in self.values:
                    self.contested.add(name)

    def leave(self, name: str) -> None:
        """Note that a value came back as its mask: it is left as it is stored."""
        self.ignored.append(Ignored(field=name, reason="masked"))

    def append(self, name: str, entries: Sequence[Any]) -> None:
        """Put entries at the end of a list, each judged by itself."""
        field = self._open(name)
        if field is None:
            return
        if not field.is_list:
            words = f"{field.label} is no list. Give its value in data."
            self._refuse(name, [(pointer("append", name), Reason(code="type", message=words))])
            return
        refused: list[tuple[str, Reason]] = []
        for index, entry in enumerate(entries):
            place, stored = pointer("append", name, index), self.values.get(name) or []
            match judge_entry(self.definition.state_schema, field, entry, stored, coerce=self.coerce):
                case Accept() as accepted:
                    self.values[name] = [*stored, accepted.value]
                    self.appended.setdefault(name, {})[self.item_ids.append(name)] = accepted.value
                    self._settle(name, accepted)
                case Ignore(reason=reason):
                    self.ignored.append(Ignored(field=name, path=place, reason=reason))
                case no:
                    refused += [(place, reason) for reason in no.reasons]
        if refused:
            self._refuse(name, refused)

    def remove(self, name: str, ids: Iterable[int]) -> None:
        """Take the entries with these ids out of a list; one that is gone already is no mistake."""
        if self._open(name) is None:
            return
        for index, gone in enumerate(ids):
            if gone not in self.item_ids.ids.get(name, ()):
                self.ignored.append(Ignored(field=name, path=pointer("remove", name, index), reason="unknown_item"))
                continue
            where, stored = self.item_ids.remove(name, gone), self.values[name]
            self.values[name] = [*stored[:where], *stored[where + 1 :]]
            self.removed.setdefault(name, []).append(gone)
            self._settle(name)

    def clear(self, name: str) -> None:
        """Take a stored value out."""
        target = self.definition.fields.get(name)
        if target is None:
            self._ignore_unknown(name)
        elif reason := untouchable(target, is_prefill=self.is_prefill):
            self.ignored.append(Ignored(field=name, reason=reason))
        elif name not in self.values:
            self.ignored.append(Ignored(field=name, reason="empty"))
        else:
            self._take_out(name)
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
        skipped = self.progress.skipped.union(self.skipped)
        missing = locate(self.definition, replace(self.progress, values=self.values, skipped=skipped)).missing
        if waiting := [name for name in step.fields if name in missing]:
            words = f"{step.name} is not acknowledged but answered: {', '.join(waiting)}."
            self.rejected.append(Rejected(step=step_id, code="step_needs_answers", message=words))
        elif step_id in self.progress.acknowledged:
            self.ignored.append(Ignored(step=step_id, reason="unchanged"))
        else:
            self.acknowledged.append(step_id)

    def give_up(self) -> None:
        """Store nothing of an atomic submission of which something was refused."""
        self._begin()

    def finish(self, today: date, *, source: str) -> Merged:
        """Decide the outcome and compare where the workflow stood with where it stands."""
        progress = replace(self.progress, attempts=self.attempts)
        if self._is_changed() or self.contested != self.progress.contested:
            progress = replace(
                progress,
                today=today,
                values=self.values,
                item_ids=self.item_ids.ids,
                last_item_id=self.item_ids.last,
                skipped=self.progress.skipped | frozenset(self.skipped),
                acknowledged=self.progress.acknowledged | frozenset(self.acknowledged),
                contested=frozenset(self.contested),
                previous=self.previous,
            )
        after = locate(self.definition, progress)
        report = self._report(after)
        return Merged(progress=progress, position=after, report=report, facts=self._facts(report, source))

    def _open(self, name: str) -> Field | None:
        """Return the field that a value is given for, with the choices there are now; None if it counts for nothing."""
        field = self.definition.fields.get(name)
        if field is None:
            self._ignore_unknown(name)
            return None
        field = narrowed(field, self.values)
        if reason := untouchable(field, is_prefill=self.is_prefill) or self._untimely(field):
            self.ignored.append(Ignored(field=name, reason=reason))
            return None
        return field

    def _untimely(self, field: Field) -> str | None:
        """Name why a field cannot be answered now: it is asked first, or there is nothing to choose from."""
        if field.ask_first and not self.before.was_asked(field.name):
            return "not_asked_yet"
        return "nothing_to_choose_from" if field.choices_from and not has_choices(field) else None

    def _ignore_unknown(self, name: str) -> None:
        """Note an unknown name; looking for the nearest one is dear, so only the first few get a suggestion."""
        self._unknown += 1
        near = did_you_mean(name, self.definition.fields) if self._unknown <= MAX_SUGGESTIONS else None
        self.ignored.append(Ignored(field=name, reason="unknown_field", suggestion=near))

    def _store(self, name: str, accepted: Accept) -> None:
        self.item_ids.replace(name, self.values.get(name), accepted.value)
        self.values[name] = accepted.value
        self.given[name] = accepted
        self._settle(name, accepted)

    def _take_out(self, name: str) -> Any:
        self.item_ids.replace(name, self.values[name], None)
        return self.values.pop(name)

    def _settle(self, name: str, accepted: Accept | None = None) -> None:
        """Note that what is stored of a field is no longer in question."""
        self.contested.discard(name)
        self.previous.pop(name, None)
        if accepted is not None and accepted.was_read:
            self.coerced.append(Coerced(field=name, sent=accepted.read_from))

    def _refuse(self, name: str, reasons: Sequence[tuple[str, Reason]]) -> None:
        """Count the refusal, and say where in the submission each reason for it is."""
        self.attempts[name] = self.attempts.get(name, 0) + 1
        for place, reason in reasons:
            path = place + pointer(*reason.path)
            self.rejected.append(
                Rejected(
                    field=name,
                    path=path if path != pointer("data", name) else None,
                    code=reason.code,
                    message=reason.message,
                    attempts=self.attempts[name],
                )
            )

    def follow_dependents(self) -> None:
        """Judge anew, or take out, what depends on what changed, and what depends on that; parked values too."""
        touched = dict.fromkeys((*self.given, *self.cleared, *self.removed, *self.appended))
        changed = [name for name in touched if self._is_other(name)]
        for cause in changed:  # grows on the way; a field is taken out once, so this ends
            for name in self.definition.dependents.get(cause, ()):
                if name not in self.values:
                    continue
                # What was given was judged by what was offered then; of a list, only the new entries were.
                resets = self.definition.fields[name].resets and name not in self.restated and name not in touched
                if resets or not self._still_holds(name):
                    self.previous[name] = self._take_out(name)
                    self.contested.discard(name)
                    self.invalidated.append(Invalidated(field=name, because=cause))
                    changed.append(name)

    def _is_other(self, name: str) -> bool:
        """Tell whether the stored value of a field is another than before."""
        old, new = self.progress.values, self.values
        return (name in old) != (name in new) or (name in new and not same(old[name], new[name]))

    def _still_holds(self, name: str) -> bool:
        field, value = narrowed(self.definition.fields[name], self.values), self.values[name]
        found = self.definition.state_schema.judge({name: value}).get(name, ())
        return not serious(found) and is_offered(field, value)

    def _is_changed(self) -> bool:
        """Tell whether anything that was asked for is to be stored."""
        return bool(self.given or self.cleared or self.appended or self.removed or self.skipped or self.acknowledged)

    def _known_step(self, step_id: str) -> Step | None:
        step = self.definition.steps_by_id.get(step_id)
        if step is None:
            self._unknown += 1
            near = did_you_mean(step_id, self.definition.steps_by_id) if self._unknown <= MAX_SUGGESTIONS else None
            words = f"There is no step {step_id[:100]!r}." + (f" Did you mean {near!r}?" if near else "")
            self.rejected.append(Rejected(step=step_id, code="unknown_step", message=words))
        return step

    def _report(self, after: Position) -> Report:
        before, stored = self.before, self.progress.values
        accepted = tuple(dict.fromkeys((*self.given, *self.removed, *self.appended)))
        return Report(
            outcome=_outcome(changed=self._is_changed(), refused=bool(self.rejected)),
            accepted=accepted,
            appended={name: tuple(entries) for name, entries in self.appended.items()},
            removed={name: tuple(ids) for name, ids in self.removed.items()},
            coerced=tuple(self.coerced),
            corrected=tuple(
                Corrected(field=name, before=stored[name], after=found.value)
                for name, found in self.given.items()
                if name in before.live and not same(stored[name], found.value)
            ),
            rejected=tuple(self.rejected),
            ignored=tuple(self.ignored),
            invalidated=tuple(self.invalidated),
            # In the order in which they are asked: that in which they are stored is the database's affair.
            parked=tuple(
                name
                for name in dict.fromkeys((*before.live, *accepted))
                if name in self.values and name not in after.live
            ),
            restored=tuple(
                name for name in after.live if name in stored and name not in before.live and name not in accepted
            ),
            completed_steps=tuple(
                step.id for step in after.steps if step.id in after.complete and step.id not in before.complete
            ),
        )

    def _facts(self, report: Report, source: str) -> tuple[Fact, ...]:
        if report.outcome is Outcome.NOOP:
            return ()
        submitted = Submitted(
            source=source,
            set={name: found.value for name, found in self.given.items()},
            cleared=tuple(self.cleared),
            appended={name: dict(entries) for name, entries in self.appended.items()},
            removed=report.removed,
            corrected=tuple(found.field for found in report.corrected),
            contested=tuple(sorted(self.contested - self.progress.contested)),
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
