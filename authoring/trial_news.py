"""What an act of a trial led to, in sentences, as far as no input shows it."""

from collections.abc import Iterator
from dataclasses import dataclass

from authoring.trying import Walk


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
    yield from (found.message for found in walk.report.rejected if found.message not in beside)
    yield from (unmet.message for unmet in walk.unmet if unmet.message not in beside)
    yield from (f"{name}: the server call failed. {reason}".strip() for name, reason in walk.failures)


def _changes(walk: Walk) -> Iterator[str]:
    labels, report = walk.labels, walk.report
    yield from (f"{labels[found.field]} was corrected." for found in report.corrected)
    for found in report.invalidated:
        yield f"{labels[found.field]} was taken out again, because {labels[found.because]} changed."
    yield from (f"{labels[name]} is kept aside: with these answers it is not asked for." for name in report.parked)
    yield from (f"{labels[name]} counts again." for name in report.restored)
