"""Merging a submission: everything given is judged in turn, and what follows from it is what is stored."""

from datetime import date

from engine.causes import causes_of_request
from engine.changes import Merged
from engine.definition import Definition
from engine.draft import Draft
from engine.evidence import unfounded
from engine.progress import Progress
from engine.submission import Submission, check


def merge(definition: Definition, progress: Progress, submission: Submission, *, today: date) -> Merged:
    """Merge a submission into what is stored; what would make another request of one that was sent is refused.

    :raises Invalid: no workflow could take the submission, see :func:`engine.submission.check`
    """
    check(submission)
    doubted = unfounded(submission.evidence, submission.message, given=submission.given)
    spoken_for: frozenset[str] = frozenset()
    while True:
        sealed = (causes_of_request(definition, definition.steps_by_id[step_id]) for step_id in spoken_for)
        draft = Draft(definition, progress, submission, sealed=frozenset().union(*sealed), doubted=doubted)
        merged = _merged(definition, draft, submission, today)
        # What is refused may have kept another request as it was, so more of them can be altered once it is.
        if merged.altered <= spoken_for:
            return merged
        spoken_for |= merged.altered


def _merged(definition: Definition, draft: Draft, submission: Submission, today: date) -> Merged:
    """Put all of a submission into a draft: what is taken out first, a list before what is chosen from it."""
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
    draft.disregard(name for name in submission.evidence if name not in submission.given)
    draft.follow_dependents()
    for step_id in dict.fromkeys(submission.skip):
        draft.skip(step_id)
    for step_id in dict.fromkeys(submission.acknowledge):
        draft.acknowledge(step_id)
    if submission.atomic and draft.rejected:
        draft.give_up()
    return draft.finish(today)
