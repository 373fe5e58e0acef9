"""What is offered is what would not be refused: compared with the acts themselves, and case by case."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from engine import workflow
from engine.actions import ActionState, ActionStatus
from engine.acts import Act
from engine.definition import Definition
from engine.errors import Conflict
from engine.possible import acknowledgeable, not_applicable, possible_acts, skippable
from engine.progress import Progress, Status, locate
from engine.submission import Submission
from engine.tests.builders import BOOL, TEXT, TODAY, definition_of, give, info, progress, row, rule, step

CALL = {"type": "api_call", "target": "https://bank.example/check", "result": {"score": "/score"}}

type Run = Callable[[Definition, Progress], object]

RUNS: Mapping[Act, Run] = {
    Act.SUBMIT: lambda d, p: workflow.submit(d, p, Submission(), today=TODAY),
    Act.ACTIVATE: lambda d, p: workflow.activate(d, p, today=TODAY),
    Act.PAUSE: lambda d, p: workflow.pause(d, p, reason="", today=TODAY),
    Act.RESUME: lambda d, p: workflow.resume(d, p, Submission(), today=TODAY),
    Act.CONFIRM: lambda d, p: workflow.confirm(d, p, today=TODAY),
    Act.CANCEL: lambda d, p: workflow.cancel(d, p, reason="", today=TODAY),
    Act.RETRY: lambda d, p: workflow.retry(d, p, None, today=TODAY),
}


def _with_action(**changes: Any) -> Definition:
    return definition_of(
        step("check", "score", action={**CALL, **changes}),
        step("rest", "name"),
        properties={"score": {"type": "number"}},
    )


def _asked(came_to: ActionStatus, /, **changes: Any) -> Progress:
    state = ActionState(status=came_to, run=1, digest="", today=TODAY)
    return progress(actions={"check": state}, last_run=1, **changes)


PLAIN = definition_of(step("one", "name"), step("two", "more", required=False))
CAREFUL = definition_of(step("one", "name"), confirmation="required")
ONCE, OFTEN = _with_action(on_failure="ask"), _with_action(on_failure="ask", idempotent=True)

STANDS = [
    *((PLAIN, progress(status=status)) for status in Status),
    (CAREFUL, progress()),
    (CAREFUL, progress({"name": "Ada"})),
    *((found, _asked(came_to)) for found in (ONCE, OFTEN) for came_to in ActionStatus),
    *((found, _asked(came_to, status=Status.FAILED)) for found in (ONCE, OFTEN) for came_to in ActionStatus),
    *(
        (found, _asked(came_to, status=Status.FAILED, failed_step="check"))
        for found in (ONCE, OFTEN)
        for came_to in ActionStatus
    ),
]


def possible(
    definition: Definition, before: Progress, *, failure_code: str = "", has_unmet: bool = False, has_room: bool = True
) -> frozenset[Act]:
    """Return what is possible where nothing but the workflow itself stands in the way, unless told otherwise."""
    position = locate(definition, before)
    return possible_acts(
        definition, before, position, failure_code=failure_code, has_unmet=has_unmet, has_room=has_room
    )


@pytest.mark.parametrize(("definition", "before"), STANDS)
def test_an_act_is_possible_exactly_if_it_is_not_refused(definition: Definition, before: Progress) -> None:
    assert possible(definition, before) == {act for act, run in RUNS.items() if _is_done(run, definition, before)}


def _is_done(run: Run, definition: Definition, before: Progress) -> bool:
    try:
        run(definition, before)
    except Conflict:
        return False
    return True


def test_what_may_have_been_done_is_not_retried() -> None:
    failed = progress(status=Status.FAILED)

    assert possible(PLAIN, failed, failure_code="outcome_unknown") == {Act.CANCEL}


@pytest.mark.parametrize(
    ("status", "left"),
    [
        (Status.CREATED, {Act.CANCEL}),
        (Status.PAUSED, {Act.CANCEL}),
        (Status.FAILED, {Act.CANCEL}),
    ],
)
def test_what_needs_the_slot_is_not_possible_while_another_has_it(status: Status, left: set[Act]) -> None:
    before = progress(status=status)

    assert possible(PLAIN, before, has_room=False) == left


def test_an_active_workflow_has_its_slot() -> None:
    assert possible(PLAIN, progress()) == {Act.SUBMIT, Act.PAUSE, Act.CANCEL}


def test_what_waits_for_prerequisites_cannot_be_activated() -> None:
    before = progress(status=Status.CREATED)

    assert possible(PLAIN, before, has_unmet=True) == {Act.CANCEL}


def test_open_optional_steps_can_be_skipped() -> None:
    definition = definition_of(
        step("one", "name"),
        step("two", "more", required=False),
        step("three", "most", required=False),
        step("four", "never", required=False, when=row("name", "==", "x")),
    )

    before = progress({"name": "Ada", "most": "y"})

    assert skippable(before, locate(definition, before)) == ("two",)
    assert give(definition, before, skip=("two",)).report.rejected == ()


def test_a_skipped_step_is_not_skipped_again() -> None:
    before = progress({"name": "Ada"}, skipped=frozenset({"two"}))

    assert skippable(before, locate(PLAIN, before)) == ()


def test_a_step_that_a_rule_keeps_open_is_neither_skipped_nor_acknowledged_twice() -> None:
    definition = definition_of(
        step("one", "name", "more", required=False, rules=[rule(row("more", "!=", "x"), message="Not x.")]),
        required=[],
    )
    before = progress({"name": "Ada", "more": "x"})
    done = give(definition, before, skip=("one",), acknowledge=("one",))

    assert (skippable(before, locate(definition, before)), done.position.complete) == (("one",), frozenset())
    assert skippable(done.progress, done.position) == ()
    assert acknowledgeable(definition, done.progress, done.position) == ()


def test_open_information_is_acknowledged_and_so_is_what_has_only_optional_answers() -> None:
    definition = definition_of(
        info("read"),
        step("one", "name"),
        step("two", "more"),
        info("told", required=False),
        required=["name"],
    )
    before = progress()

    found = acknowledgeable(definition, before, locate(definition, before))

    assert found == ("read", "two")
    after = give(definition, before, acknowledge=found)
    assert after.report.rejected == ()
    assert acknowledgeable(definition, after.progress, after.position) == ()


def test_an_ending_is_not_acknowledged() -> None:
    definition = definition_of(step("one", "name"), info("end", end={"outcome": "over"}))
    before = progress({"name": "Ada"}, status=Status.ACTIVE)

    assert acknowledgeable(definition, before, locate(definition, before)) == ()


def test_what_the_server_finds_out_is_not_acknowledged() -> None:
    definition = _with_action()
    before = progress()

    assert acknowledgeable(definition, before, locate(definition, before)) == ()


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.ACTIVE}))
def test_only_an_active_workflow_is_skipped_through(status: Status) -> None:
    definition = definition_of(info("read"), step("two", "more", required=False))
    before = replace(progress(), status=status)

    assert skippable(before, locate(definition, before)) == ()
    assert acknowledgeable(definition, before, locate(definition, before)) == ()


def test_what_does_not_apply_is_told_in_the_order_of_the_template() -> None:
    definition = definition_of(
        step("one", "is_married"),
        step("two", "partner", "since", when=row("is_married", "==", True)),
        step("three", "name"),
        properties={"is_married": BOOL, "a": TEXT, "b": {**TEXT, "x-when": row("a", "answered")}},
        required=[],
    )
    before = progress({"is_married": False})

    assert not_applicable(definition, locate(definition, before)) == ("b", "partner", "since")
