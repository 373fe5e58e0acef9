"""Values and metadata as they are to be: what a change (PATCH) and a replacement (PUT) come to as a submission."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine.changes import Merged
from engine.conditions import same
from engine.definition import NOTHING, Definition
from engine.draft import untouchable
from engine.judgement import Ignore, judge
from engine.merge_patch import merge_patch
from engine.merging import merge
from engine.progress import Progress, locate
from engine.report import Ignored, Outcome
from engine.submission import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What is to be stored, all of it or nothing; it `replaces` what is there, or is merged into it.

    `untouched` are the fields that came back as the mask under which the writer sees them.
    """

    values: Mapping[str, Any] = NOTHING
    metadata: Mapping[str, Any] | None = None
    replaces: bool = False
    untouched: frozenset[str] = frozenset()

    def given(self) -> dict[str, Any]:
        """Return the values that say something."""
        return {name: value for name, value in self.values.items() if name not in self.untouched}


def merge_writing(definition: Definition, progress: Progress, writing: Writing, *, today: date) -> Merged:
    """Merge what was written into what is stored.

    :raises TooManyValues: it names more fields than any template has
    :raises MergedTooLarge: a value would grow beyond what can be sent in one piece
    """
    put_in = _replaced if writing.replaces else _changed
    merged = put_in(definition, progress, writing, today)
    masked = (Ignored(field=name, reason="masked") for name in writing.values if name in writing.untouched)
    return replace(merged, report=replace(merged.report, ignored=(*merged.report.ignored, *masked)))


def metadata_after(stored: Mapping[str, Any], writing: Writing) -> Mapping[str, Any]:
    """Return what the metadata is to be: replaced, left alone if a change does not speak of it, or else merged."""
    if writing.replaces:
        return writing.metadata or {}
    after: Mapping[str, Any] = stored if writing.metadata is None else merge_patch(stored, writing.metadata)
    return after


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys whose value is another, or that only one of the two has."""
    names = dict.fromkeys((*before, *after))
    return tuple(
        name for name in names if name not in before or name not in after or not same(before[name], after[name])
    )


def _changed(definition: Definition, progress: Progress, writing: Writing, today: date) -> Merged:
    """Merge value by value (RFC 7396); here null clears, even where the schema would take it for an answer."""
    given = writing.given()
    data = {name: merge_patch(progress.values.get(name), part) for name, part in given.items() if part is not None}
    clear = (name for name, part in given.items() if part is None)
    return merge(definition, progress, _submission(progress, writing, data, clear), today=today)


def _replaced(definition: Definition, progress: Progress, writing: Writing, today: date) -> Merged:
    """Give every value and clear every live one that is not given.

    What comes back with a branch is live too: were it left, the same replacement sent again would clear it, and sending
    again must change nothing. What stays parked is kept, because no answer shows it.
    """
    given, absent = writing.given(), _absent(definition, progress, writing)
    live = locate(definition, progress).live
    submission = _submission(progress, writing, given, (name for name in live if name in absent))
    merged = merge(definition, progress, submission, today=today)
    if merged.report.outcome is not Outcome.APPLIED:
        return merged
    # A condition sees only what came before it: once all that is absent is away, what is asked is asked for good.
    values = {name: value for name, value in merged.progress.values.items() if name not in absent}
    asked = locate(definition, replace(merged.progress, values=values)).live_fields
    back = [name for name in asked if name in absent and name in merged.progress.values]
    if not back:
        return merged
    return merge(definition, progress, _submission(progress, writing, given, (*submission.clear, *back)), today=today)


def _absent(definition: Definition, progress: Progress, writing: Writing) -> frozenset[str]:
    """Return the stored fields that a replacement leaves without an answer."""
    given, position = writing.given(), locate(definition, progress)

    def is_absent(name: str) -> bool:
        field = definition.fields.get(name)
        if field is None or name in writing.untouched or untouchable(definition, position, field, is_prefill=False):
            return False
        if name not in given:
            return True
        match judge(definition.state_schema, field, given[name], progress.values, coerce=False):
            case Ignore(reason=reason):
                return reason != "unchanged"  # null, the empty text and the like: no answer is an answer left out
            case _:
                return False

    return frozenset(filter(is_absent, progress.values))


def _submission(progress: Progress, writing: Writing, data: Mapping[str, Any], clear: Iterable[str]) -> Submission:
    stored, cleared = progress.values, dict.fromkeys(clear)
    again = (name for name, value in data.items() if name in stored and same(stored[name], value))
    return Submission(
        data={name: value for name, value in data.items() if name not in cleared},
        clear=tuple(cleared),
        atomic=True,
        restated=writing.untouched.union(again),
        settles=not writing.replaces,
    )
