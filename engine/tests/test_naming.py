"""Where parts of a document name fields, and the same parts with other names."""

from typing import Any

import pytest

from engine.naming import (
    named_in_property,
    named_in_step,
    renamed_condition,
    renamed_end_action,
    renamed_property,
    renamed_step,
)
from engine.tests.builders import row, rule, step


def upper(name: str) -> str:
    return name.upper()


@pytest.mark.parametrize(
    ("condition", "renamed"),
    [
        (row("a", "==", "a"), row("A", "==", "a")),
        (row("a", "<", ref="b"), row("A", "<", ref="B")),
        (row("a", "<", ref="$today", offset="-P1Y"), row("A", "<", ref="$today", offset="-P1Y")),
        ({"all": [row("a", "answered"), row("b", "empty")]}, {"all": [row("A", "answered"), row("B", "empty")]}),
        ({"any": [{"not": row("a", "answered")}]}, {"any": [{"not": row("A", "answered")}]}),
        (row("a", "in", ["a"]), row("A", "in", ["a"])),
    ],
)
def test_a_condition_looks_at_fields_by_their_new_names(condition: Any, renamed: Any) -> None:
    assert renamed_condition(condition, upper) == renamed


@pytest.mark.parametrize("wrong", [None, 5, "a", [], {}, {"all": 5}, {"any": "a"}, {"field": 5, "op": "=="}])
def test_what_is_no_condition_stays_as_it_is(wrong: Any) -> None:
    assert renamed_condition(wrong, upper) == wrong


def test_a_property_names_other_fields_by_their_new_names() -> None:
    part = {
        "type": "string",
        "title": "A",
        "pattern": "^a$",
        "enum": ["a", "{{state.a}}"],
        "x-when": row("a", "answered"),
        "x-depends-on": ["a", "b"],
        "x-choices": {"ref": "b", "value": "a", "label": "a"},
        "x-ask": ["And {{state.a}} or {{ state.s }}?", "a?"],
        "description": "Like {{state.b}}",
        "x-messages": {"*": "Not {{state.b}}, {{workflow.a}}, {{secret:a}}.", "enum": "Not {{state.a}}."},
        "items": {
            "const": "{{state.a}}",
            "x-messages": {"const": "Not {{state.a}}."},
            "description": "Like {{state.b}}",
        },
        "anyOf": [{"enum": ["{{state.a}}"], "description": "Like {{state.b}}"}, {"type": "null"}],
        "x-order": 1,
    }

    assert renamed_property(part, upper) == {
        "type": "string",
        "title": "A",
        "pattern": "^a$",
        "enum": ["a", "{{state.a}}"],
        "x-when": row("A", "answered"),
        "x-depends-on": ["A", "B"],
        "x-choices": {"ref": "B", "value": "a", "label": "a"},
        "x-ask": ["And {{state.A}} or {{ state.S }}?", "a?"],
        "description": "Like {{state.B}}",
        "x-messages": {"*": "Not {{state.B}}, {{workflow.a}}, {{secret:a}}.", "enum": "Not {{state.A}}."},
        "items": {
            "const": "{{state.a}}",
            "x-messages": {"const": "Not {{state.A}}."},
            "description": "Like {{state.B}}",
        },
        "anyOf": [{"enum": ["{{state.a}}"], "description": "Like {{state.B}}"}, {"type": "null"}],
        "x-order": 1,
    }


@pytest.mark.parametrize(
    ("formula", "renamed"),
    [
        ({"sum": ["a", "b"]}, {"sum": ["A", "B"]}),
        ({"sum": {"list": "a", "of": "b"}}, {"sum": {"list": "A", "of": "b"}}),
        ({"difference": ["a", "b"]}, {"difference": ["A", "B"]}),
        ({"count": "a"}, {"count": "A"}),
        ({"years_since": "a"}, {"years_since": "A"}),
        ({"count": 5}, {"count": 5}),
        ("a", "a"),
    ],
)
def test_a_formula_looks_at_fields_by_their_new_names(formula: Any, renamed: Any) -> None:
    assert renamed_property({"x-computed": formula}, upper) == {"x-computed": renamed}


@pytest.mark.parametrize("wrong", [None, 5, {"x-choices": 5}, {"x-choices": {"ref": 5}}, {"x-depends-on": [5, None]}])
def test_what_is_no_property_stays_as_it_is(wrong: Any) -> None:
    assert renamed_property(wrong, upper) == wrong


def test_a_step_names_fields_by_their_new_names() -> None:
    source = step(
        "a",
        "a",
        "b",
        name="a {{state.a}}",
        when=row("c", "answered"),
        rules=[rule(row("a", "!=", ref="b"), "Not {{state.a}}.", field="a"), rule(row("b", "answered"), field=["b"])],
        action={
            "type": "api_call",
            "target": "https://a.example/{{state.c}}",
            "config": {"body": {"default": "{{state.d}}", "list": ["{{state.d}}", 5]}},
            "result": {"a": "/a"},
        },
        end={"outcome": "a", "message": "Bye, {{state.e}}."},
        required=True,
    )

    assert renamed_step(source, upper) == step(
        "a",
        "A",
        "B",
        name="a {{state.A}}",
        when=row("C", "answered"),
        rules=[rule(row("A", "!=", ref="B"), "Not {{state.A}}.", field="A"), rule(row("B", "answered"), field=["B"])],
        action={
            "type": "api_call",
            "target": "https://a.example/{{state.C}}",
            "config": {"body": {"default": "{{state.D}}", "list": ["{{state.D}}", 5]}},
            "result": {"A": "/a"},
        },
        end={"outcome": "a", "message": "Bye, {{state.E}}."},
        required=True,
    )
    assert named_in_step(source) == ("a", "b", "c", "d", "e")


def test_an_action_that_fills_no_field_sends_by_new_names() -> None:
    renamed = renamed_step({"action": {"type": "api_call", "target": "https://a.example/{{state.a}}"}}, upper)

    assert renamed == {"action": {"type": "api_call", "target": "https://a.example/{{state.A}}"}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"rules": 5},
        {"rules": [5, {"check": None, "field": 5, "other": "a"}]},
        {"action": None},
        {"fields": {"a": 1}},
    ],
)
def test_parts_of_a_step_that_are_not_well_formed_stay_as_they_are(wrong: dict[str, Any]) -> None:
    assert renamed_step(wrong, upper) == wrong


def test_the_fields_that_a_property_names_are_told_once() -> None:
    part = {"x-when": row("b", "==", ref="a"), "x-depends-on": ["a", "c"]}

    assert named_in_property(part) == ("b", "a", "c")


@pytest.mark.parametrize(
    ("ending", "renamed"),
    [
        (
            {"end_action_config": {"state": {"theirs": "a", "odd": 5}, "x": "a"}},
            {"end_action_config": {"state": {"theirs": "A", "odd": 5}, "x": "a"}},
        ),
        ({"end_action_config": {"body": "a"}}, {"end_action_config": {"body": "a"}}),
        ({"end_action_config": 5}, {"end_action_config": 5}),
        (5, 5),
    ],
)
def test_what_is_handed_over_at_an_end_has_its_new_name(ending: Any, renamed: Any) -> None:
    assert renamed_end_action(ending, upper) == renamed


def test_an_ending_in_a_step_hands_over_by_new_names() -> None:
    ending = {"outcome": "no", "message": "{{state.a}}", "end_action_config": {"state": {"a": "a"}}}

    renamed = {"outcome": "no", "message": "{{state.A}}", "end_action_config": {"state": {"a": "A"}}}
    assert renamed_step({"id": "x", "end": ending}, upper)["end"] == renamed
