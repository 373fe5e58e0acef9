"""One attempt to give values, and where the workflow stands after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.causes import causes_of_request
from engine.changes import Answering, Merged
from engine.definition import NOTHING, Definition
from engine.document_schema import MAX_FIELDS
from engine.draft import Draft
from engine.errors import Invalid
from engine.progress import Progress

# Each entry is judged beside all that are in the list already.
MAX_ENTRIES = 100


class FieldGivenAndCleared(Invalid):
    """One submission gives a field a value and clears it."""

    code = "field_given_and_cleared"


class ListGivenAndChanged(Invalid):
    """One submission replaces or clears a list and changes single entries of it."""

    code = "list_given_and_changed"


class TooManyValues(Invalid):
    """One submission gives more values than any template has fields, or more list entries than can be judged."""

    code = "too_many_values"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What was handed over. `is_prefill` marks what the starting client gives, which may set `readOnly` fields.

    `restated` fields hold what they hold on purpose: a change of what they depend on does not reset them. Without
    `settles`, a contested value stays so if the same one is given: it came along, and nobody looked at it.
    `untouched` are the fields that came back as the mask under which the sender sees them, and so no values.

    `append` has new entries for lists; `remove` names entries by the ids that the engine gave them.
    """

    data: Mapping[str, Any] = NOTHING
    clear: tuple[str, ...] = ()
    append: Mapping[str, Sequence[Any]] = NOTHING
    remove: Mapping[str, Sequence[int]] = NOTHING
    skip: tuple[str, ...] = ()
    acknowledge: tuple[str, ...] = ()
    atomic: bool = False
    coerce: bool = False
    source: str = "client"
    is_prefill: bool = False
    restated: frozenset[str] = frozenset()
    settles: bool = True
    answering: Answering | None = None
    """The action whose answer this is."""
    untouched: frozenset[str] = frozenset()


def merge(definition: Definition, progress: Progress, submission: Submission, *, today: date) -> Merged:
    """Merge a submission into what is stored; what would make another request of one that was sent is refused.

    :raises FieldGivenAndCleared: a field is both in `data` and in `clear`
    :raises ListGivenAndChanged: a field is in `data` or `clear`, and in `append` or `remove` too
    :raises TooManyValues: `data` or `clear` names more than any template has fields, or `append` or `remove` more than
        100 entries
    """
    _check(submission)
    spoken_for: frozenset[str] = frozenset()
    while True:
        sealed = (causes_of_request(definition, definition.steps_by_id[step_id]) for step_id in spoken_for)
        merged = _merged(definition, progress, submission, frozenset().union(*sealed), today)
        # What is refused may have kept another request as it was, so more of them can be altered once it is.
        if merged.altered <= spoken_for:
            return merged
        spoken_for |= merged.altered


def _merged(
    definition: Definition, progress: Progress, submission: Submission, sealed: frozenset[str], today: date
) -> Merged:
    """Merge a submission, but for changes of the fields that something was sent for."""
    draft = Draft(
        definition,
        progress,
        coerce=submission.coerce,
        is_prefill=submission.is_prefill,
        restated=submission.restated | submission.untouched,
        settles=submission.settles,
        sealed=sealed,
        answering=submission.answering,
    )
    for name in dict.fromkeys(submission.clear):
        draft.clear(name)
    for name, ids in submission.remove.items():
        draft.remove(name, ids)
    for name in sorted({**submission.data, **submission.append}, key=lambda name: definition.distances.get(name, 0)):
        if name in submission.untouched:
            draft.leave(name)
        elif name in submission.data:
            draft.give(name, submission.data[name])
        else:
            draft.append(name, submission.append[name])
    draft.follow_dependents()
    for step_id in dict.fromkeys(submission.skip):
        draft.skip(step_id)
    for step_id in dict.fromkeys(submission.acknowledge):
        draft.acknowledge(step_id)
    if submission.atomic and draft.rejected:
        draft.give_up()
    return draft.finish(today, source=submission.source)


def _check(submission: Submission) -> None:
    if (count := max(len(submission.data), len(submission.clear))) > MAX_FIELDS:
        raise TooManyValues(f"One submission gives at most {MAX_FIELDS} values, not {count}.", count=count)
    if (count := sum(map(len, submission.append.values()))) > MAX_ENTRIES:
        raise TooManyValues(f"One submission appends at most {MAX_ENTRIES} entries, not {count}.", count=count)
    if (count := sum(map(len, submission.remove.values()))) > MAX_ENTRIES:
        raise TooManyValues(f"One submission removes at most {MAX_ENTRIES} entries, not {count}.", count=count)
    if both := sorted(set(submission.data) & set(submission.clear)):
        raise FieldGivenAndCleared(f"Give these a value or clear them, not both: {', '.join(both)}.", fields=both)
    whole, single = {*submission.data, *submission.clear}, {*submission.append, *submission.remove}
    if both := sorted(whole & single):
        words = "Replace or clear these as a whole, or change single entries of them, not both"
        raise ListGivenAndChanged(f"{words}: {', '.join(both)}.", fields=both)
