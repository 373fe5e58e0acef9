"""A template in plain words."""

from typing import Any

import pytest
from hypothesis import given

from authoring.diagram.outline import MAX_SHOWN, Choice, Kind, outline
from authoring.tests.drafts import DRAFTS, JSON, SCHEMA

type Json = dict[str, Any]


def sentence_of(step: Json, **document: Any) -> str:
    return outline({"state_schema": SCHEMA, "steps": [step], **document}).sentences[-2]


def test_a_step_says_what_it_asks_for() -> None:
    asked = {"id": "what", "name": "The loan", "fields": ["purpose", "born"]}

    assert sentence_of(asked) == "1. The loan: asks for Purpose and Born."


def test_a_field_that_is_asked_only_sometimes_says_when() -> None:
    part = outline({"state_schema": SCHEMA, "steps": [{"name": "The loan", "fields": ["born", "amount"]}]}).steps[0]

    assert part.sentence == "1. The loan: asks for Born and Amount (only if Purpose is “A home”)."
    assert part.shows == "asks for Born\u00a0· Amount (sometimes)"


def test_names_that_read_like_lists_are_quoted() -> None:
    schema = {"properties": {"a": {"title": "Place, and date"}, "b": {"title": "Name"}}}

    asked = {"name": "Birth", "fields": ["a", "b"]}

    assert sentence_of(asked, state_schema=schema) == "1. Birth: asks for “Place, and date” and “Name”."


def test_a_step_says_when_it_applies_and_that_it_may_be_skipped() -> None:
    car = {
        "name": "The car",
        "fields": ["plate"],
        "required": False,
        "when": {"field": "purpose", "op": "==", "value": "b"},
    }

    assert sentence_of(car) == "1. The car: may be skipped; only if Purpose is “A car, or two”; asks for Plate."


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"description": "Please wait."}, "tells the person “Please wait”"),
        ({}, "tells the person its name"),
        ({"end": {}}, "ends here"),
        ({"end": {"outcome": "not_eligible"}}, "ends here as “Not eligible”"),
        (
            {"end": {"outcome": "no", "end_action_type": "workflow", "end_action_target": "kyc"}, "fields": ["born"]},
            "asks for Born; ends here as “No” and goes on with “kyc”",
        ),
        (
            {"fields": ["score"], "action": {"type": "api_call", "target": "https://score.example/x"}},
            "the server finds out Score from score.example",
        ),
        (
            {"fields": ["score"], "action": {"type": "tool_call", "target": "rate"}},
            "the server finds out Score with the tool “rate”",
        ),
        ({"fields": ["score"], "action": {"type": "tool_call"}}, "the server finds out Score with a tool"),
        ({"action": {"type": "tool_call", "target": "send_email"}}, "the server uses the tool “send_email”"),
        ({"action": {"type": "tool_call"}}, "the server uses a tool"),
        ({"action": {}}, "the server sends a request to an address that is still missing"),
        ({"action": {"type": "api_call", "target": "https://x.example/y"}}, "the server sends a request to x.example"),
    ],
)
def test_each_kind_of_step_has_words_of_its_own(step: Json, words: str) -> None:
    assert sentence_of({"name": "It", **step}) == f"1. It: {words}."


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (("api_call", "https://bank.example/loans?a=1"), "sends the answers to bank.example"),
        (("api_call", "http://["), "sends the answers to http://["),
        (("api_call", ""), "sends the answers to an address that is still missing"),
        (("workflow", "kyc"), "goes on with “kyc”"),
        (("workflow", None), "goes on with another template"),
        (("tool_call", "send_email"), "uses the tool “send_email”"),
        (("tool_call", 7), "uses a tool"),
        (("none", ""), "the answers are kept, and nothing else happens"),
        (([], ""), "the answers are kept, and nothing else happens"),
    ],
)
def test_the_end_is_told(end: tuple[Any, Any], words: str) -> None:
    kind, target = end

    assert outline({"end_action_type": kind, "end_action_target": target}).sentences == (f"Finally: {words}.",)


def test_what_comes_first_and_the_confirmation_are_told_in_their_places() -> None:
    found = outline({"prerequisites": ["kyc", {"template": "age"}, {}, 3], "confirmation": "required"})

    assert found.sentences == (
        "First: the person must have completed “kyc” and “age”.",
        "Then: the person looks at all answers and confirms them.",
        "Finally: the answers are kept, and nothing else happens.",
    )


def test_of_very_many_steps_and_fields_only_the_number_is_told() -> None:
    fields = [f"f{number}" for number in range(MAX_SHOWN + 5)]

    found = outline({"steps": [{"name": "Big", "fields": fields}] * (MAX_SHOWN + 3)})

    assert found.steps[0].sentence.endswith("F99 and 5 more.")
    assert found.sentences[-2] == "And 3 more steps."


def test_what_has_no_name_is_called_so() -> None:
    found = outline({"steps": [None]})

    assert (found.name, found.steps[0].name, found.steps[0].id) == (
        "Template without a name",
        "Step without a name",
        None,
    )


def test_steps_have_their_kind() -> None:
    steps = [{"end": {}, "action": {}}, {"action": {}, "fields": ["a"]}, {"fields": ["a"]}, {"fields": []}]

    kinds = [part.kind for part in outline({"steps": steps}).steps]

    assert kinds == [Kind.ENDING, Kind.ACTION, Kind.ASKING, Kind.INFORMATION]


def test_an_id_keeps_what_it_says() -> None:
    assert outline({"steps": [{"id": "a b/<é>"}]}).steps[0].id == "a b/<é>"


def choice(op: str, value: Any, field: str = "purpose") -> Choice:
    found = outline({"steps": [{"when": {"field": field, "op": op, "value": value}}]}).steps[0].choice
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("one", "other", "excluded"),
    [
        (choice("==", "a"), choice("==", "b"), True),
        (choice("==", "a"), choice("==", "a"), False),
        (choice("==", 1), choice("==", True), True),
        (choice("in", ["a", "b"]), choice("in", ["b", "c"]), False),
        (choice("in", ["a", "b"]), choice("==", "c"), True),
        (choice("==", "a"), choice("!=", "a"), True),
        (choice("not_in", ["a", "b"]), choice("==", "a"), True),
        (choice("not_in", ["a", "b"]), choice("==", "c"), False),
        (choice("!=", "a"), choice("!=", "b"), False),
        (choice("==", "a"), choice("==", "b", field="amount"), False),
    ],
)
def test_choices_exclude_each_other_if_no_answer_fits_both(one: Choice, other: Choice, excluded: bool) -> None:
    assert one.excludes(other) is excluded
    assert other.excludes(one) is excluded


@pytest.mark.parametrize("when", [{"field": "a", "op": "<", "value": 1}, {"field": "a", "op": "in", "value": 1}, [], 0])
def test_other_conditions_are_no_choice(when: Any) -> None:
    assert outline({"steps": [{"when": when}]}).steps[0].choice is None


AMOUNT: Json = {"field": "amount", "op": ">", "value": 1}
PURPOSE: Json = {"field": "purpose", "op": "==", "value": "a"}


@pytest.mark.parametrize(
    ("when", "needed"),
    [
        (AMOUNT, {"amount"}),
        ({"all": [AMOUNT, PURPOSE]}, {"amount", "purpose"}),
        ({"all": []}, set()),
        ({"any": [AMOUNT, PURPOSE]}, set()),
        ({"any": [AMOUNT, {"all": [PURPOSE, AMOUNT]}]}, {"amount"}),
        ({"any": []}, set()),
        ({"field": "amount", "op": "empty"}, set()),
        ({"not": AMOUNT}, set()),
        (None, set()),
    ],
)
def test_a_condition_needs_the_answers_without_which_it_is_never_true(when: Any, needed: set[str]) -> None:
    assert outline({"steps": [{"when": when}]}).steps[0].needed == needed


@given(DRAFTS | JSON)
def test_any_draft_can_be_told(draft: Any) -> None:
    assert outline(draft).sentences[-1].startswith("Finally: ")


def test_an_answer_in_words_is_read_by_its_label() -> None:
    told = {"name": "For {{state.born}}", "description": "You were born on {{state.born}}."}

    assert sentence_of(told) == "1. For [Born]: tells the person “You were born on [Born]”."
