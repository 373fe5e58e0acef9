"""Lists on the page: entries, none of them, and no answer yet are three different things."""

from collections.abc import Callable

import pytest

from conftest import step
from conversations.tests.loans import ACTING, LISTS, given, stored
from conversations.tests.visiting import Visitor
from instances import services
from instances.models import Workflow


@pytest.fixture
def visit(make_workflow: Callable[..., Workflow]) -> Workflow:
    """Return a workflow that asks for lists, and has to have them all."""
    return make_workflow(
        properties={**LISTS, "end": {"type": "string", "title": "The end"}},
        required=[*LISTS, "end"],
        steps=[step("lists", name="Lists", fields=[*LISTS]), step("end", fields=["end"])],
        confirmation="required",
    )


def test_none_is_said_and_the_next_step_comes(visit: Workflow) -> None:
    visitor = Visitor.of(visit)

    visitor.press("answer", **{f"{name}-none": "none" for name in LISTS})

    assert stored(visit).progress.values == {"medicines": [], "children": [], "extras": []}
    assert "The end" in visitor.text
    assert "Medicines None Change Medicines" in visitor.text


def test_what_was_left_empty_is_still_to_be_answered(visit: Workflow) -> None:
    visitor = Visitor.of(visit)

    visitor.press("answer", **{"medicines-none": "none"})

    assert stored(visit).progress.values == {"medicines": []}
    inputs = visitor.inputs()
    assert inputs["answer-medicines-none"] == ["none"]
    assert not {"answer-children-none", "answer-extras-none"} & set(inputs)


def test_none_that_was_said_in_the_chat_is_not_lost_by_sending_the_form(make_workflow: Callable[..., Workflow]) -> None:
    workflow = make_workflow(
        properties={"name": {"type": "string"}, **LISTS},
        required=["name"],
        steps=[step("all", fields=["name", *LISTS])],
        confirmation="required",
    )
    given(workflow, medicines=[], children=[], extras=[])
    visitor = Visitor.of(workflow)

    visitor.press("answer", name="Ada")

    assert stored(workflow).progress.values == {"name": "Ada", "medicines": [], "children": [], "extras": []}


def test_none_and_an_answer_are_asked_again_and_nothing_is_lost(visit: Workflow) -> None:
    visitor = Visitor.of(visit)

    visitor.press("answer", medicines="aspirin", **{"medicines-none": "none", "children-0-0": "Mia"})

    assert "“None” is ticked, and yet there is an answer." in visitor.text
    assert stored(visit).progress.values == {}
    inputs = visitor.inputs()
    assert (inputs["answer-medicines"], inputs["answer-children-0-0"]) == (["aspirin"], ["Mia"])

    del inputs["answer-medicines-none"]
    visitor.send({**inputs, "do": ["answer"]})
    assert stored(visit).progress.values == {"medicines": ["aspirin"], "children": [{"name": "Mia"}]}


def test_one_changes_from_none_to_some_and_back(visit: Workflow) -> None:
    given(visit, medicines=[], children=[], extras=[])
    visitor = Visitor.of(visit)

    visitor.change("medicines")
    inputs = visitor.inputs()
    del inputs["answer-medicines-none"]
    visitor.send({**inputs, "answer-medicines": ["aspirin"], "do": ["answer"]})
    assert stored(visit).progress.values["medicines"] == ["aspirin"]

    visitor.change("medicines")
    visitor.press("answer", medicines="", **{"medicines-none": "none"})
    assert stored(visit).progress.values["medicines"] == []


def test_what_can_be_read_in_two_ways_and_comes_too_late_is_said_to_be_in_vain(visit: Workflow) -> None:
    visitor = Visitor.of(visit)
    services.pause(visit.pk, ACTING, reason="")

    visitor.press("answer", medicines="aspirin", **{"medicines-none": "none"})

    assert "What you wrote just now was not stored" in visitor.text


def test_a_list_longer_than_people_write_is_kept_whole(visit: Workflow) -> None:
    children = [{"name": f"Child {number}"} for number in range(120)]
    given(visit, children=children)
    visitor = Visitor.of(visit)

    visitor.press("answer", medicines="aspirin")

    assert stored(visit).progress.values == {"medicines": ["aspirin"], "children": children}
