"""What one submission changes, and what follows from that: dependents, outdated requests, the report and the facts."""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from engine.action_runs import is_locked, outdated
from engine.actions import ActionState
from engine.choosing import is_offered, narrowed
from engine.conditions import same
from engine.definition import Definition
from engine.facts import Fact, StepCompleted, Submitted
from engine.items import ItemIds
from engine.judgement import Accept, serious
from engine.progress import Position, Progress, locate
from engine.report import Coerced, Corrected, Ignored, Invalidated, Outcome, Rejected, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """The step whose action the values come from, and what is known of its request from now on; None to forget it."""

    step: str
    state: ActionState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A submission merged: what to store, where that leaves the workflow, what to answer, and what became true."""

    progress: Progress
    position: Position
    report: Report
    facts: tuple[Fact, ...] = ()
    altered: frozenset[str] = frozenset()
    """Steps whose request must stand as it is, and would be another one now."""


class Changes:
    """What is stored, with the changes that are to be made to it."""

    def __init__(
        self,
        definition: Definition,
        progress: Progress,
        *,
        source: str,
        restated: Set[str] = frozenset(),
        answering: Answering | None = None,
    ) -> None:
        self.definition = definition
        self.progress = progress
        self.source = source
        self.restated = set(restated)
        self.answering = answering
        self.attempts = dict(progress.attempts)
        self.rejected: list[Rejected] = []
        self.ignored: list[Ignored] = []
        self._begin()

    def _begin(self) -> None:
        """Change nothing yet, but for the request that is answered."""
        self.values = dict(self.progress.values)
        self.previous = dict(self.progress.previous)
        self.contested = set(self.progress.contested)
        self.item_ids = ItemIds(self.progress.item_ids, self.progress.last_item_id)
        self.actions = dict(self.progress.actions)
        self.given: dict[str, Accept] = {}
        self.coerced: list[Coerced] = []
        self.cleared: list[str] = []
        self.appended: dict[str, dict[int, Any]] = {}
        self.removed: dict[str, list[int]] = {}
        self.skipped: list[str] = []
        self.acknowledged: list[str] = []
        self.invalidated: list[Invalidated] = []
        self.outdated: list[str] = []
        if self.answering is not None:
            self._answer(self.answering)

    def _answer(self, answering: Answering) -> None:
        self.contested.difference_update(self.definition.steps_by_id[answering.step].fields)
        if answering.state is not None:
            self.actions[answering.step] = answering.state
            return
        del self.actions[answering.step]
        self.outdated.append(answering.step)

    @cached_property
    def before(self) -> Position:
        """Where the workflow stood."""
        return locate(self.definition, self.progress)

    def follow_dependents(self) -> None:
        """Judge anew, or take out, what depends on what changed, and what depends on that; parked values too."""
        self._follow([name for name in self._touched() if self._is_other(name)])

    def finish(self, today: date) -> Merged:
        """Decide the outcome and compare where the workflow stood with where it stands."""
        progress = self._progress(today)
        after = locate(self.definition, progress)
        stale = outdated(self.definition, progress, after)
        while replaceable := [step_id for step_id in stale if not self._is_locked(step_id)]:
            for step_id in replaceable:
                self._outdate(step_id, after)
            progress = self._progress(today)
            after = locate(self.definition, progress)
            stale = outdated(self.definition, progress, after)
        report = self._report(after)
        return Merged(
            progress=progress,
            position=after,
            report=report,
            facts=self._facts(report),
            altered=frozenset(stale),
        )

    def _progress(self, today: date) -> Progress:
        """Return what is to be stored."""
        progress = replace(self.progress, attempts=self.attempts)
        if not self._is_changed() and self.contested == self.progress.contested:
            return progress
        return replace(
            progress,
            today=today,
            values=self.values,
            sources=self._sources(),
            item_ids=self.item_ids.ids,
            last_item_id=self.item_ids.last,
            skipped=self.progress.skipped | frozenset(self.skipped),
            acknowledged=self.progress.acknowledged | frozenset(self.acknowledged),
            contested=frozenset(self.contested),
            previous=self.previous,
            actions=self.actions,
        )

    def _sources(self) -> dict[str, str]:
        """Return where each stored value is from: from here what was given or changed, the others from where they were.

        What is stored since before sources were kept has none until it is given again.
        """
        known = {**self.progress.sources, **dict.fromkeys(self._touched(), self.source)}
        return {name: known[name] for name in self.values if name in known}

    def _touched(self) -> dict[str, None]:
        """Return the fields that were spoken of and changed."""
        return dict.fromkeys((*self.given, *self.cleared, *self.removed, *self.appended))

    def _follow(self, changed: list[str]) -> None:
        touched = self._touched()
        for cause in changed:  # grows on the way; a field is taken out once, so this ends
            for name in self.definition.dependents.get(cause, ()):
                if name not in self.values:
                    continue
                # What was given was judged by what was offered then; of a list, only the new entries were.
                resets = self.definition.fields[name].resets and name not in self.restated and name not in touched
                if resets or not self._still_holds(name):
                    self._invalidate(name, because=cause)
                    changed.append(name)

    def _invalidate(self, name: str, *, because: str) -> None:
        self.previous[name] = self._take_out(name)
        self.contested.discard(name)
        self.invalidated.append(Invalidated(field=name, because=because))

    def _is_locked(self, step_id: str) -> bool:
        action = self.definition.steps_by_id[step_id].action
        return action is not None and is_locked(action, self.actions[step_id])

    def _outdate(self, step_id: str, after: Position) -> None:
        """Forget a request that was made for other inputs, and what it found out.

        What was given in this very submission, in place of what the action could not find out, stands until it can.
        """
        del self.actions[step_id]
        self.outdated.append(step_id)
        because, touched = self._changed_input(step_id, after), self._touched()
        fields = self.definition.steps_by_id[step_id].fields
        gone = [name for name in fields if name in self.values and name not in touched]
        for name in gone:
            self._invalidate(name, because=because)
        self.contested.difference_update(fields)
        self._follow(gone)

    def _changed_input(self, step_id: str, after: Position) -> str:
        """Return an input that is another now; of a request that was outdated while it was parked, the step."""
        old, new = self.before.inputs.get(step_id, {}), after.inputs[step_id]
        for name in {**old, **new}:
            if name not in old or name not in new or not same(old[name], new[name]):
                return name
        return step_id

    def _is_other(self, name: str) -> bool:
        """Tell whether the stored value of a field is another than before."""
        old, new = self.progress.values, self.values
        return (name in old) != (name in new) or (name in new and not same(old[name], new[name]))

    def _still_holds(self, name: str) -> bool:
        field, value = narrowed(self.definition.fields[name], self.values), self.values[name]
        found = self.definition.state_schema.judge({name: value}).get(name, ())
        return not serious(found) and is_offered(field, value)

    def _is_said(self) -> bool:
        """Tell whether anything that was asked for, or that follows from the passing of time, is to be stored."""
        asked = self.given or self.cleared or self.appended or self.removed or self.skipped or self.acknowledged
        return bool(asked or self.outdated)

    def _is_changed(self) -> bool:
        """Tell whether anything is to be stored."""
        return self._is_said() or self.answering is not None

    def _take_out(self, name: str) -> Any:
        self.item_ids.replace(name, self.values[name], None)
        return self.values.pop(name)

    def _settle(self, name: str, accepted: Accept | None = None) -> None:
        """Note that what is stored of a field is no longer in question."""
        self.contested.discard(name)
        self.previous.pop(name, None)
        if accepted is not None and accepted.was_read:
            self.coerced.append(Coerced(field=name, sent=accepted.read_from))

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
            rejected=tuple(_told(found, after) for found in self.rejected),
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

    def _facts(self, report: Report) -> tuple[Fact, ...]:
        if report.outcome is Outcome.NOOP:
            return ()
        submitted = Submitted(
            source=self.source,
            set={name: found.value for name, found in self.given.items()},
            cleared=tuple(self.cleared),
            appended={name: dict(entries) for name, entries in self.appended.items()},
            removed=report.removed,
            corrected=tuple(found.field for found in report.corrected),
            contested=tuple(sorted(self.contested - self.progress.contested)),
            invalidated={found.field: found.because for found in report.invalidated},
            skipped=tuple(self.skipped),
            acknowledged=tuple(self.acknowledged),
            outdated_actions=tuple(self.outdated),
            parked=report.parked,
            restored=report.restored,
            rejected=tuple(
                {"at": at, "code": code}
                for at, code in dict.fromkeys((str(found.field or found.step), found.code) for found in report.rejected)
            ),
        )
        completed = tuple(StepCompleted(step=step) for step in report.completed_steps)
        return completed if self.answering is not None and not self._is_said() else (submitted, *completed)


def _told(found: Rejected, after: Position) -> Rejected:
    """Return a refusal in words that are filled in with what is stored now: what was refused is not among it."""
    return replace(found, message=after.fill(found.message), awaits_values=False) if found.awaits_values else found


def _outcome(*, changed: bool, refused: bool) -> Outcome:
    if changed:
        return Outcome.PARTIAL if refused else Outcome.APPLIED
    return Outcome.REJECTED if refused else Outcome.NOOP
