"""What was answered in a trial stays answered where fields and steps get new names."""

import pytest

from authoring.trial.acts import Acknowledge, Act, Begin, Clear, Confirm, Fails, Found, Skip, Submit
from authoring.trial.following import Following, Names

BEFORE = Names(fields={"f1": "name", "f2": "born"}, steps={"s1": "you", "s2": "more"})
AFTER = Names(fields={"f1": "full_name", "f3": "pet"}, steps={"s1": "about_you", "s2": "more"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Begin(data={"name": "Ada"}), Begin(data={"full_name": "Ada"})),
        (Submit(data={"name": "Ada", "other": 1}), Submit(data={"full_name": "Ada", "other": 1})),
        (Clear(field="name"), Clear(field="full_name")),
        (Clear(field="born"), Clear(field="born")),
        (Skip(step="you"), Skip(step="about_you")),
        (Skip(step="gone"), Skip(step="gone")),
        (Acknowledge(step="you"), Acknowledge(step="about_you")),
        (Fails(step="you"), Fails(step="about_you")),
        (Found(step="you", data={"name": "Ada"}), Found(step="about_you", data={"full_name": "Ada"})),
        (Confirm(), Confirm()),
    ],
)
def test_an_act_is_done_with_what_is_called_otherwise_now(before: Act, after: Act) -> None:
    assert Following.of(BEFORE, AFTER).act(before) == after


def test_two_fields_may_change_names_with_each_other() -> None:
    following = Following.of(Names(fields={"f1": "a", "f2": "b"}), Names(fields={"f1": "b", "f2": "a"}))

    assert following.act(Submit(data={"a": 1, "b": 2})) == Submit(data={"b": 1, "a": 2})


@pytest.mark.parametrize("data", [{"a": 1, "b": 2}, {"b": 2, "a": 1}])
def test_a_field_that_takes_the_name_of_one_that_is_gone_keeps_its_answer(data: dict[str, int]) -> None:
    following = Following.of(Names(fields={"f1": "a", "f2": "b"}), Names(fields={"f1": "b"}))

    assert following.act(Submit(data=data)) == Submit(data={"b": 1})


def test_names_are_carried_along_as_text() -> None:
    assert Names.read(BEFORE.write()) == BEFORE


def test_no_names_are_no_text() -> None:
    assert Names().write() == ""


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"fields": 1, "steps": []}', '{"fields": {"f1": 1}}', "9" * 200_001]
)
def test_what_is_no_names_says_nothing(text: str) -> None:
    assert Names.read(text) == Names()
