"""The pending changes of one submission: each thing given is judged in turn, then all of it is compared and stored."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from typing import Any

from engine.changes import Changes
from engine.choosing import has_choices, narrowed
from engine.definition import Definition, Field, Sensitivity, Step
from engine.errors import did_you_mean
from engine.findings import pointer
from engine.judgement import Accept, Ignore, Reason, Refuse, Verdict, judge, judge_entry
from engine.objections import already_sent, no_evidence, sensitive
from engine.progress import Position, Progress, locate
from engine.report import Ignored, Rejected
from engine.sources import Source
from engine.submission import Submission

MAX_SUGGESTIONS = 5


def untouchable(definition: Definition, position: Position, field: Field, *, is_prefill: bool) -> str | None:
    """Name why a field is not a submission's to give or to clear as things stand; None if it is."""
    if field.computed is not None:
        return "computed"
    if field.read_only and not is_prefill:
        return "read_only"
    step = definition.steps_of_actions.get(field.name)
    return "answered_by_action" if step is not None and not position.asks(step) else None


class Draft(Changes):
    """What is stored, with the changes that one submission asks for, each judged in turn."""

    def __init__(
        self,
        definition: Definition,
        progress: Progress,
        submission: Submission,
        *,
        sealed: Set[str] = frozenset(),
        doubted: Set[str] = frozenset(),
    ) -> None:
        """Begin with what is stored. What was sent for is `sealed`; `doubted` are values whose evidence is none."""
        restated = submission.restated | submission.untouched
        super().__init__(
            definition, progress, source=submission.source, restated=restated, answering=submission.answering
        )
        self.submission = submission
        self.sealed = sealed
        self.doubted = doubted
        self._unknown = 0

    def give(self, name: str, value: Any) -> None:
        """Judge one value alone, whichever step it belongs to."""
        field = self._open(name)
        if field is None:
            return
        schema, coerce = self.definition.state_schema, self.submission.coerce
        match judge(schema, field, value, self.values, coerce=coerce):
            case verdict if self._is_doubtful(field, verdict):
                self.rejected.append(no_evidence(field))
            case Accept() | Refuse() if name in self.sealed:
                self.rejected.append(already_sent(field))
            case Accept() as accepted:
                self._store(name, accepted)
            case Ignore() as unchanged if self._settles(name, unchanged):
                self._store(name, Accept(value=self.values[name]))
            case Ignore(reason=reason):
                self.ignored.append(Ignored(field=name, reason=reason))
                if reason == "unchanged" and name not in self.doubted:
                    self.restated.add(name)  # said now, beside what it depends on: it is as fresh as that
            case refused:
                self._refuse(name, [(pointer("data", name), reason) for reason in refused.reasons])
                if name in self.values:
                    self.contested.add(name)

    def leave(self, name: str) -> None:
        """Note that a value came back as its mask: it is left as it is stored."""
        self.ignored.append(Ignored(field=name, reason="masked"))

    def disregard(self, names: Iterable[str]) -> None:
        """Note evidence that is for nothing: its field has neither a value nor entries beside it."""
        self.ignored += [Ignored(field=name, reason="evidence_without_value") for name in names]

    def append(self, name: str, entries: Sequence[Any]) -> None:
        """Put entries at the end of a list, each judged by itself."""
        field = self._open(name)
        if field is None:
            return
        if name in self.doubted:
            self.rejected.append(no_evidence(field))
            return
        if not field.is_list:
            words = f"{field.label} is no list. Give its value in data."
            self._refuse(name, [(pointer("append", name), Reason(code="type", message=words))])
            return
        if name in self.sealed:
            self.rejected.append(already_sent(field))
            return
        refused: list[tuple[str, Reason]] = []
        for index, entry in enumerate(entries):
            place, stored = pointer("append", name, index), self.values.get(name) or []
            match judge_entry(self.definition.state_schema, field, entry, stored, coerce=self.submission.coerce):
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
        field = self._open(name)
        if field is None:
            return
        if name in self.sealed:
            self.rejected.append(already_sent(field))
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
        field = self._touchable(name)
        if field is None:
            return
        if name not in self.values:
            self.ignored.append(Ignored(field=name, reason="empty"))
        elif name in self.sealed:
            self.rejected.append(already_sent(field))
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
            self.rejected.append(Rejected(step=step_id, code="step_required", message=words, awaits_values=True))
        elif step_id in self.progress.skipped:
            self.ignored.append(Ignored(step=step_id, reason="unchanged"))
        else:
            self.skipped.append(step_id)

    def acknowledge(self, step_id: str) -> None:
        """Note that a step which demands no answer was read."""
        step = self._known_step(step_id)
        if step is None:
            return
        if not self.before.asks(step):
            self.ignored.append(Ignored(step=step_id, reason="answered_by_action"))
            return
        skipped = self.progress.skipped.union(self.skipped)
        missing = locate(self.definition, replace(self.progress, values=self.values, skipped=skipped)).missing
        if waiting := [name for name in step.fields if name in missing]:
            words = f"{step.name} is not acknowledged but answered: {', '.join(waiting)}."
            refused = Rejected(step=step_id, code="step_needs_answers", message=words, awaits_values=True)
            self.rejected.append(refused)
        elif step_id in self.progress.acknowledged:
            self.ignored.append(Ignored(step=step_id, reason="unchanged"))
        else:
            self.acknowledged.append(step_id)

    def give_up(self) -> None:
        """Store nothing of an atomic submission of which something was refused."""
        self._begin()

    def _open(self, name: str) -> Field | None:
        """Return the field that a value is given for, with the choices there are now; None if it counts for nothing."""
        field = self._touchable(name)
        if field is None:
            return None
        field = narrowed(field, self.values)
        if reason := self._untimely(field):
            self.ignored.append(Ignored(field=name, reason=reason))
            return None
        return field

    def _touchable(self, name: str) -> Field | None:
        """Return a field that this submission may give, clear or change; None if it may not, which is noted."""
        field = self.definition.fields.get(name)
        if field is None:
            self._ignore_unknown(name)
        elif reason := self._untouchable(field):
            self.ignored.append(Ignored(field=name, reason=reason))
        elif field.sensitive is Sensitivity.NEVER_LLM and self.source == Source.LLM:
            self.rejected.append(sensitive(field))
        else:
            return field
        return None

    def _untouchable(self, field: Field) -> str | None:
        """Name why the field is not to be touched; what an action finds out is its own to give, whatever else it is."""
        if self.answering is not None and field.name in self.definition.steps_by_id[self.answering.step].fields:
            return None
        return untouchable(self.definition, self.before, field, is_prefill=self.submission.is_prefill)

    def _is_doubtful(self, field: Field, verdict: Verdict) -> bool:
        """Tell whether a value that would change or settle something lacks the evidence that came with it.

        Of a sensitive field, also one that would not: else what is stored could be found out by guessing, at no risk.
        """
        is_idle = isinstance(verdict, Ignore) and not self._settles(field.name, verdict)
        return field.name in self.doubted and (field.sensitive is not None or not is_idle)

    def _settles(self, name: str, verdict: Ignore) -> bool:
        """Tell whether what is stored was called into question and is given once more."""
        return verdict.reason == "unchanged" and name in self.contested and self.submission.settles

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
                    awaits_values=reason.awaits_values,
                )
            )

    def _known_step(self, step_id: str) -> Step | None:
        step = self.definition.steps_by_id.get(step_id)
        if step is None:
            self._unknown += 1
            near = did_you_mean(step_id, self.definition.steps_by_id) if self._unknown <= MAX_SUGGESTIONS else None
            words = f"There is no step {step_id[:100]!r}." + (f" Did you mean {near!r}?" if near else "")
            self.rejected.append(Rejected(step=step_id, code="unknown_step", message=words))
        return step
