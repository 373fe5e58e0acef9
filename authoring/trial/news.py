"""What an act of a trial led to, in sentences, as far as no input shows it."""

from collections.abc import Iterator
from dataclasses import dataclass

from answering.questions import IGNORED
from authoring.trial.walking import Walk


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One sentence; `is_problem` tells whether something stands in the way."""

    text: str
    is_problem: bool = False


def news_of(walk: Walk) -> tuple[News, ...]:
    """Return what there is to tell, what stands in the way first, and nothing twice."""
    told = (*(News(text=text, is_problem=True) for text in _problems(walk)), *map(_news, _changes(walk)))
    return tuple(dict.fromkeys(told))


def _news(text: str) -> News:
    return News(text=text)


def _problems(walk: Walk) -> Iterator[str]:
    beside = {message for question in walk.questions for message in question.messages}
    for found in walk.report.rejected:
        if found.message not in beside:
            yield _about(walk.labels.get(found.field or "", ""), found.message)
    for ignored in walk.report.ignored:
        message = IGNORED.get(ignored.reason, "")
        if message and message not in beside:
            yield _about(walk.labels[ignored.field or ""], message)
    yield from (unmet.message for unmet in walk.unmet if unmet.message not in beside)
    yield from (f"{name}: the server call failed. {reason}".strip() for name, reason in walk.failures)


def _about(label: str, message: str) -> str:
    """Return a message that says what it is about: an author's own may leave that to the input it stands beside."""
    return message if label in message else f"{label}: {message}"


def _changes(walk: Walk) -> Iterator[str]:
    labels, report = walk.labels, walk.report
    yield from (f"{labels[found.field]} was corrected." for found in report.corrected)
    for found in report.invalidated:
        yield f"{labels[found.field]} was taken out again, because {labels[found.because]} changed."
    yield from (f"{labels[name]} is kept aside: with these answers it is not asked for." for name in report.parked)
    yield from (f"{labels[name]} counts again." for name in report.restored)
