"""Laws of action steps that hold whatever people say and whatever comes back, in whatever order."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.action_runs import digest_of, is_locked
from engine.actions import ActionFailed, ActionResult, ActionStatus, ActionSucceeded
from engine.conclusion import Decision
from engine.errors import Conflict
from engine.facts import ActionCompleted, ActionFailure, ActionRequested, Fact, Submitted
from engine.progress import Progress, Status, locate
from engine.submission import Submission
from engine.tests.actions import call
from engine.tests.budget import budget
from engine.tests.builders import NUMBER, TEXT, TODAY, begin, definition_of, info, row, step
from engine.workflow import receive, retry, submit

LAW = budget(quick=12, thorough=200)

TRANSFER = {
    "type": "tool_call",
    "target": "transfer",
    "config": {"arguments": {"of": "{{state.sum}} {{state.kind}}"}},
    "on_failure": "skip",
}
DEFINITION = definition_of(
    step("one", "kind", "low", "high"),
    step("two", "extra", when=row("kind", "==", "car")),
    step("funds", "balance", action=call(target="https://a.example/{{state.total}}", on_failure="ask")),
    step("three", "more", required=False),
    info(
        "transfer",
        action={
            "type": "tool_call",
            "target": "t",
            "config": {"arguments": {"n": "{{state.sum}} {{state.kind}}"}},
            "on_failure": "skip",
        },
        when=row("low", "<", 3),
    ),
    step("four", "last"),
    properties={
        "kind": {"enum": ["car", "home"]},
        "low": {"type": "integer", "x-depends-on": ["cause"], "x-on-change": "reset"},
        "high": NUMBER,
        "extra": {**NUMBER, "x-when": row("high", ">", 1)},
        "balance": NUMBER,
        "more": NUMBER,
        "cause": TEXT,
        "last": TEXT,
        "total": {**NUMBER, "x-computed": {"sum": ["low", "high", "extra"]}},
        "sum": {**NUMBER, "x-computed": {"sum": ["total", "balance", "more"]}},
    },
    required=["kind", "low", "high", "balance", "last"],
)

VALUES = st.one_of(st.sampled_from(["car", "home", "a", "b", None]), st.integers(0, 4))
NAMES = st.sampled_from(["kind", "low", "high", "extra", "balance", "more", "cause"])
ANSWERS: st.SearchStrategy[ActionResult] = st.one_of(
    st.integers(0, 3).map(lambda number: ActionSucceeded(answer={"available": number})),
    st.just(ActionSucceeded(answer={})),
    st.booleans().map(lambda unknown: ActionFailed(code="x", reason="y", may_have_been_done=unknown)),
)
type Said = Submission | tuple[str, int, ActionResult] | None


@st.composite
def submissions(draw: st.DrawFn) -> Submission:
    data = draw(st.dictionaries(NAMES, VALUES, max_size=3))
    clear = [name for name in draw(st.lists(NAMES, max_size=1)) if name not in data]
    skip = draw(st.lists(st.just("three"), max_size=1))
    return Submission(data=data, clear=tuple(clear), skip=tuple(skip), atomic=draw(st.booleans()))


SAID: st.SearchStrategy[Said] = st.one_of(
    submissions(),
    submissions(),
    st.tuples(st.sampled_from(["funds", "transfer"]), st.integers(0, 2), ANSWERS),
    st.none(),
)
START = {"kind": "car", "low": 1, "high": 2, "extra": 1}


def told(said: list[Said]) -> list[Decision]:
    """Return what each thing that happens leads to; None asks again for what failed."""
    decisions = [begin(DEFINITION, START)]
    for one in said:
        before = decisions[-1].progress
        try:
            match one:
                case Submission():
                    decisions.append(submit(DEFINITION, before, one, today=TODAY))
                case (step_id, back, result):
                    run = before.last_run - back
                    decisions.append(receive(DEFINITION, before, step_id, run, result, today=TODAY))
                case _:
                    decisions.append(retry(DEFINITION, before, None, today=TODAY))
        except Conflict:
            continue
    return decisions


@LAW
@given(st.lists(SAID, min_size=1, max_size=12))
def test_what_an_applying_action_was_asked_for_is_what_is_stored(said: list[Said]) -> None:
    for decision in told(said):
        position = decision.position
        for step_id in position.actions:
            assert decision.progress.actions[step_id].digest == digest_of(position.inputs[step_id])


@LAW
@given(st.lists(SAID, min_size=1, max_size=12))
def test_what_cannot_be_sent_twice_is_sent_once(said: list[Said]) -> None:
    decisions = told(said)
    for before, after in pairwise(decisions):
        state = before.progress.actions.get("transfer")
        action = DEFINITION.steps_by_id["transfer"].action
        if state is not None and action is not None and is_locked(action, state):
            assert after.progress.actions["transfer"].run == state.run
            assert not any(isinstance(fact, ActionRequested) and fact.step == "transfer" for fact in after.facts)


@LAW
@given(st.lists(SAID, min_size=1, max_size=12))
def test_a_run_is_asked_for_once_but_for_retries(said: list[Said]) -> None:
    facts = [fact for decision in told(said) for fact in decision.facts if isinstance(fact, ActionRequested)]

    runs = [fact.run for fact in facts if not fact.again]

    assert runs == list(range(1, len(runs) + 1))


@LAW
@given(st.lists(SAID, min_size=1, max_size=12))
def test_the_facts_fold_back_into_what_is_known_of_each_request(said: list[Said]) -> None:
    decisions = told(said)

    known = folded([fact for decision in decisions for fact in decision.facts])

    stored = decisions[-1].progress.actions
    assert known == {step_id: (state.status, state.run, state.code, state.reason) for step_id, state in stored.items()}


@LAW
@given(st.lists(SAID, min_size=1, max_size=12))
def test_it_waits_only_for_what_is_under_way(said: list[Said]) -> None:
    for decision in told(said):
        step = decision.position.current_step
        if decision.progress.status is Status.ACTIVE and step is not None and step.action is not None:
            assert is_answerable(decision.progress, step.id)


def is_answerable(progress: Progress, step_id: str) -> bool:
    """Tell whether something will come, or somebody can be asked."""
    position = locate(DEFINITION, progress)
    under_way = position.actions[step_id].status is ActionStatus.REQUESTED
    return under_way or position.asks(DEFINITION.steps_by_id[step_id]) or bool(position.unmet)


def folded(facts: list[Fact]) -> dict[str, tuple[Any, ...]]:
    """Return what facts alone tell of each request."""
    known: dict[str, tuple[Any, ...]] = {}
    for fact in facts:
        match fact:
            case Submitted():
                known = {step_id: state for step_id, state in known.items() if step_id not in fact.outdated_actions}
            case ActionRequested():
                known[fact.step] = (ActionStatus.REQUESTED, fact.run, "", "")
            case ActionCompleted():
                known[fact.step] = (ActionStatus.SUCCEEDED, fact.run, "", "")
            case ActionFailure():
                known[fact.step] = (ActionStatus(fact.status), fact.run, fact.code, fact.reason)
            case _:
                pass
    return known
