"""Whatever people may say to a workflow of any template, and what the engine makes of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from engine.acts import Act
from engine.conclusion import Decision
from engine.definition import Definition
from engine.errors import Conflict
from engine.progress import Progress
from engine.submission import Submission
from engine.tests.builders import TODAY
from engine.tests.generated import DATES
from engine.workflow import activate, cancel, confirm, pause, resume, submit

ENTRIES = st.sampled_from(["a", "b", "c", "d", "", 7])
BAD: st.SearchStrategy[Any] = st.sampled_from(["", "ccc", "null", None, -1, 10, True, [5], "Ä"])

type Said = Submission | Act
"""Something that a client does: it hands a submission over, or does another act, in time or not."""


def values_of(part: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Return what may be said for a property: mostly what fits, or no conversation would get anywhere."""
    return st.integers(0, 5).flatmap(lambda dice: BAD if dice == 5 else fitting(part))


def fitting(part: Mapping[str, Any], choices: Sequence[tuple[Any, str]] = ()) -> st.SearchStrategy[Any]:
    """Return values that fit a property, taken alone; out of these choices, if there are any."""
    match part:
        case {"type": "string"} if choices:
            return st.sampled_from([value for value, _ in choices])
        case {"enum": options}:
            return st.sampled_from(options)
        case {"type": "integer" | "number"}:
            return st.integers(0, 9)
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "array", "minItems": least, "maxItems": most}:
            return st.lists(st.sampled_from(["a", "b", "c"]), min_size=least - 1, max_size=most)
        case {"format": "date"}:
            return st.sampled_from(DATES)
        case _:
            return st.sampled_from(["a", "b", "cd"])


@st.composite
def submissions(draw: st.DrawFn, document: Mapping[str, Any]) -> Submission:
    """Return something that somebody may hand over: values for some fields, and changes of others."""
    properties, steps = document["state_schema"]["properties"], [part["id"] for part in document["steps"]]
    names = draw(st.lists(st.sampled_from([*properties, "unknown"]), min_size=1, max_size=6, unique=True))
    cleared = names.pop() if draw(st.integers(0, 3)) == 3 else None
    lists = [name for name, part in properties.items() if part.get("type") == "array" and name not in (*names, cleared)]
    return Submission(
        data={name: draw(values_of(properties.get(name, {}))) for name in names},
        clear=(cleared,) if cleared else (),
        append={name: draw(st.lists(ENTRIES, max_size=3)) for name in lists},
        remove={name: draw(st.lists(st.integers(1, 6), max_size=2)) for name in lists},
        skip=tuple(draw(st.lists(st.sampled_from(steps), max_size=1))),
        acknowledge=tuple(draw(st.lists(st.sampled_from(steps), max_size=2, unique=True))),
        atomic=draw(st.integers(0, 4)) == 4,
        coerce=draw(st.booleans()),
    )


def conversations(document: Mapping[str, Any]) -> st.SearchStrategy[list[Said]]:
    """Return what clients may do one after the other; most of it is talk."""
    acts: st.SearchStrategy[Said] = st.sampled_from(
        [Act.PAUSE, Act.RESUME, Act.RESUME, Act.CONFIRM, Act.ACTIVATE, Act.CANCEL]
    )
    said = st.integers(0, 4).flatmap(lambda dice: acts if dice == 4 else submissions(document))
    return st.lists(said, min_size=2, max_size=8)


def act_on(definition: Definition, progress: Progress, said: Said, *, today: date = TODAY) -> Decision | None:
    """Return what an act leads to, or None if the workflow refuses it as it stands."""
    try:
        match said:
            case Submission():
                return submit(definition, progress, said, today=today)
            case Act.PAUSE:
                return pause(definition, progress, reason="", today=today)
            case Act.RESUME:
                return resume(definition, progress, Submission(), today=today)
            case Act.CONFIRM:
                return confirm(definition, progress, today=today)
            case Act.ACTIVATE:
                return activate(definition, progress, today=today)
            case _:
                return cancel(definition, progress, reason="", today=today)
    except Conflict:
        return None
