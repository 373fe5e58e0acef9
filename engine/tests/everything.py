"""A template that has a bit of everything, and whatever people may say to it."""

from typing import Any

from hypothesis import strategies as st

from engine.acts import Act
from engine.definition import Definition
from engine.errors import Conflict
from engine.findings import errors
from engine.progress import Progress
from engine.submission import Submission
from engine.tests.builders import NUMBER, TEXT, TODAY, document, info, row, rule, step
from engine.validation import validate
from engine.workflow import Decision, activate, cancel, confirm, pause, resume, submit

DOCUMENT = document(
    info("hello", required=False),
    step("one", "kind", "low", "high", rules=[rule(row("low", "<=", ref="high"))]),
    step("two", "plate", "colour", when=row("kind", "==", "car")),
    step("three", "people", "speaker", required=False),
    info("stop", when=row("total", ">", 15), end={"outcome": "too_much"}),
    step("four", "ok"),
    properties={
        "kind": {"enum": ["car", "home"]},
        "low": {"type": "integer", "minimum": 0, "maximum": 9},
        "high": {"type": "integer", "minimum": 0, "maximum": 9},
        "total": {"type": "integer", "x-computed": {"sum": ["low", "high"]}},
        "plate": {**TEXT, "maxLength": 2, "x-depends-on": ["low"], "x-on-change": "reset"},
        "colour": {**TEXT, "x-depends-on": ["plate"], "x-on-change": "reset"},
        "people": {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 2, "maxItems": 4},
        "speaker": {"type": "string", "x-choices": {"ref": "people"}},
        "ok": {"type": "boolean", "x-ask-first": True},
        "free": NUMBER,
    },
    required=["kind", "low", "high", "plate", "colour", "people", "speaker", "ok"],
    confirmation="required",
    name="everything",
)
assert errors(validate(DOCUMENT)) == ()
DEFINITION = Definition.from_document(DOCUMENT)

LISTS = st.lists(st.sampled_from(["a", "b", "c", "d", "", 7]), max_size=3)
PEOPLE = st.lists(st.sampled_from(["a", "b", "c"]), max_size=4)
BAD: st.SearchStrategy[Any] = st.sampled_from(["", "ccc", "null", None, -1, 10, True, [5], "Ä"])

# What fits is said more often than what does not, or no conversation would get anywhere.
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "kind": st.sampled_from(["car", "car", "home"]),
    "low": st.integers(0, 9),
    "high": st.integers(0, 9),
    "total": st.integers(0, 9),
    "plate": st.sampled_from(["ab", "cd"]),
    "colour": st.sampled_from(["red", "blue"]),
    "people": PEOPLE,
    "speaker": st.sampled_from(["a", "b", "d"]),
    "ok": st.booleans(),
    "free": st.integers(0, 3),
    "unknown": st.just("x"),
}
NAMES = st.sampled_from([*GOOD, "kind", "low", "high", "people", "plate", "colour"])


def values_of(name: str) -> st.SearchStrategy[Any]:
    """Return what may be said for a field: four times in five something that fits."""
    return st.integers(0, 4).flatmap(lambda dice: GOOD[name] if dice else BAD)


@st.composite
def submissions(draw: st.DrawFn) -> Submission:
    """Return something that somebody may hand over: values for some fields, and changes of others."""
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    cleared = names.pop() if draw(st.integers(0, 3)) == 0 else None
    lists = "people" not in names and cleared != "people"
    return Submission(
        data={name: draw(values_of(name)) for name in names},
        clear=(cleared,) if cleared else (),
        append={"people": draw(LISTS)} if lists else {},
        remove={"people": draw(st.lists(st.integers(1, 6), max_size=2))} if lists else {},
        skip=tuple(draw(st.lists(st.sampled_from(["three", "three", "four"]), max_size=1))),
        acknowledge=tuple(draw(st.lists(st.sampled_from(["hello", "three", "four"]), max_size=1))),
        atomic=draw(st.integers(0, 4)) == 0,
        coerce=draw(st.booleans()),
    )


type Said = Submission | Act
"""Something that a client does: it hands a submission over, or does another act, in time or not."""

# Most of what happens is talk.
SAID: st.SearchStrategy[Said] = st.one_of(
    submissions(),
    submissions(),
    submissions(),
    submissions(),
    st.sampled_from([Act.PAUSE, Act.RESUME, Act.RESUME, Act.CONFIRM, Act.ACTIVATE, Act.CANCEL]),
)
CONVERSATIONS = st.lists(SAID, min_size=4, max_size=12)


def act_on(progress: Progress, said: Said) -> Decision | None:
    """Return what an act leads to, or None if the workflow refuses it as it stands."""
    try:
        match said:
            case Submission():
                return submit(DEFINITION, progress, said, today=TODAY)
            case Act.PAUSE:
                return pause(DEFINITION, progress, reason="", today=TODAY)
            case Act.RESUME:
                return resume(DEFINITION, progress, Submission(), today=TODAY)
            case Act.CONFIRM:
                return confirm(DEFINITION, progress, today=TODAY)
            case Act.ACTIVATE:
                return activate(DEFINITION, progress, today=TODAY)
            case _:
                return cancel(DEFINITION, progress, reason="", today=TODAY)
    except Conflict:
        return None
