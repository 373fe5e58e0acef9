from dataclasses import replace
from typing import Any

import pytest

from authoring.sheet.rows import Row
from authoring.sheet.whole import sheet_of
from authoring.tests.sheet.editing import Json, chosen, complaints, save_step, typed, with_rows, with_steps
from authoring.tests.sheet.pages import saved

FIELDS: Json = {"a": {"type": "string"}, "b": {"type": "string"}}
RULE: Json = {"check": {"field": "a", "op": "answered"}, "message": "No\r\nway", "field": "a"}
ASK: Json = {"id": "s", "name": "S ", "fields": ["a", "gone"], "rules": [RULE]}
END: Json = {"id": "e", "name": "E", "end": {"outcome": "out", "end_action_type": "none"}}


def opened(step: Any) -> Row:
    return sheet_of(with_steps(step, **FIELDS)).steps[0]


def edited(step: Any, row: Row) -> tuple[Any, dict[str, str]]:
    """Return a step once this row stands for it, and what is wrong."""
    found = save_step(with_steps(step, **FIELDS), row)
    return found.document["steps"][0], {
        place.removeprefix("step-s1-"): words for place, words in complaints(found).items()
    }


@pytest.mark.parametrize(
    "step",
    [
        None,
        "text",
        {"name": "x", "fields": "a"},
        {"name": "x", "fields": [1]},
        {"name": "x", "rules": {}},
        {"name": "x", "rules": ["odd"]},
        {"name": "x", "rules": [{"message": 1}]},
        {"name": "x", "rules": [{"field": [1]}]},
        {"name": "x", "rules": [{"field": 1}]},
        {"name": "x", "end": None},
        {"name": "x", "end": {}, "action": {"type": "tool_call"}},
        {"name": 7},
        {"name": "x", "id": 7},
        {"name": "x", "description": 7},
        {"name": "x", "required": "yes"},
    ],
)
def test_a_step_of_a_wrong_shape_is_locked_and_kept(step: Any) -> None:
    row = opened(step)

    assert row.text("kind") == "locked"
    assert row.text("name") == ("x" if isinstance(step, dict) and step["name"] == "x" else "")
    assert edited(step, row) == (step, {})
    assert step is None or edited(step, typed(row, kind="ask", name="y"))[0] == step


def test_a_step_is_shown_as_inputs() -> None:
    rules = [RULE, {**RULE, "field": "gone"}, {"check": RULE["check"]}]
    asks = opened(
        {**ASK, "rules": rules, "name": "S\n", "description": "one\r\ntwo", "required": False, "uses": "address@3"}
    )
    ends = opened({**END, "end": {"outcome": "out\n", "message": "one\r\ntwo", "end_action_type": "workflow"}})

    assert asks.texts == {
        "name": "S",
        "description": "one\ntwo",
        "optional": "on",
        "kind": "ask",
        "outcome": "",
        "message": "",
        "uses": "address@3",
    }
    assert asks.several == {"fields": ("f1", "?gone")}
    assert [(rule.text("message"), rule.chosen("again")) for rule in asks.rows("rules")] == [
        ("No\nway", ("f1",)),
        ("No\nway", ("?gone",)),
        ("", ()),
    ]
    assert [ends.text(name) for name in ("kind", "optional", "outcome", "message")] == ["end", "", "out", "one\ntwo"]
    assert ends.only("end_action").text("type") == "workflow"
    assert opened({"id": "s", "name": "S", "action": {"type": "tool_call"}}).text("kind") == "action"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"name": " T "}, {**ASK, "name": "T"}),
        ({"description": " D "}, {**ASK, "description": "D"}),
        ({"description": " "}, ASK),
        ({"optional": "on"}, {**ASK, "required": False}),
    ],
)
def test_a_step_is_changed_one_input_at_a_time(texts: dict[str, str], expected: Json) -> None:
    assert edited(ASK, typed(opened(ASK), **texts)) == (expected, {})


def test_what_a_step_says_stays_as_it_is_while_another_input_is_edited() -> None:
    odd = {**ASK, "description": " D\r\n"}

    assert edited(odd, typed(opened(odd), name="T"))[0] == {**odd, "name": "T"}


def test_a_step_that_waits_to_be_filled_in_from_a_reusable_one_needs_no_name_yet() -> None:
    waits = {"id": "s", "uses": "address@3"}
    nameless = {"Give this step a name."}

    assert edited(waits, opened(waits)) == (waits, {})
    assert set(edited({**waits, "fields": ["a"]}, opened({**waits, "fields": ["a"]}))[1].values()) == nameless
    assert set(edited({**waits, "name": "N"}, typed(opened({**waits, "name": "N"}), name=""))[1].values()) == nameless


def test_a_new_step_of_an_unknown_kind_asks() -> None:
    sheet = sheet_of(with_steps())

    found = saved(replace(sheet, steps=(Row(key="n1", texts={"name": "S", "kind": "poem"}),)))

    assert found.document["steps"] == [{"id": "s", "name": "S"}]
    assert complaints(found) == {"step-n1-kind": "Choose what this step does."}


def test_what_was_optional_can_be_required() -> None:
    optional = {**ASK, "required": False}

    assert edited(optional, typed(opened(optional), optional=""))[0] == ASK
    assert edited({**ASK, "required": True}, typed(opened({**ASK, "required": True}), name="T"))[0] == {
        **ASK,
        "required": True,
        "name": "T",
    }


def test_fields_are_chosen_by_their_rows() -> None:
    assert edited(ASK, chosen(opened(ASK), fields=("f2", "?gone", "f9")))[0] == {**ASK, "fields": ["b", "gone"]}
    assert "fields" not in edited(ASK, chosen(opened(ASK), fields=()))[0]


def test_a_step_that_says_nothing_is_kept_until_it_is_edited() -> None:
    assert edited({}, opened({})) == ({}, {"name": "Give this step a name."})
    assert edited({}, typed(opened({}), name="New step"))[0] == {"id": "new_step", "name": "New step"}
    assert edited(ASK, typed(opened(ASK), name=" "))[0] == ASK


def test_new_steps_and_copies_get_ids_of_their_own() -> None:
    document = with_steps({"id": "s", "name": "S"})
    sheet = sheet_of(document)
    copy = replace(sheet.steps[0], key="n1", base={"name": "S"})
    new = Row(key="n2", texts={"name": "S", "kind": "ask"})
    nameless = Row(key="n3", texts={"kind": "ask"})

    found = saved(replace(sheet, steps=(*sheet.steps, copy, new, nameless)))

    assert [step["id"] for step in found.document["steps"]] == ["s", "s_2", "s_3", "step"]
    assert found.places["/steps/2"] == "step-n2"
    assert complaints(found) == {"step-n3-name": "Give this step a name."}


def test_a_document_without_steps_gets_them() -> None:
    sheet = sheet_of({"name": "x", "steps": "odd"})

    assert saved(sheet).document == {"name": "x", "steps": "odd"}
    found = saved(replace(sheet, steps=(Row(key="n1", texts={"name": "A", "kind": "ask"}),)))
    assert found.document["steps"] == [{"name": "A", "id": "a"}]


def test_another_kind_of_step_lets_go_of_what_only_the_old_one_had() -> None:
    action = {"id": "s", "name": "S", "action": {"type": "tool_call", "target": "x"}}

    assert edited(action, typed(opened(action), kind="ask"))[0] == {"id": "s", "name": "S"}
    assert edited(ASK, typed(opened(ASK), kind="end", outcome="out"))[0] == {
        "id": "s",
        "name": "S ",
        "end": {"outcome": "out"},
    }
    assert edited(END, typed(opened(END), kind="ask"))[0] == {"id": "e", "name": "E"}
    assert edited(action, typed(opened(action), kind="end", outcome="out"))[0] == {
        "id": "s",
        "name": "S",
        "end": {"outcome": "out"},
    }
    for step in (ASK, END, action):
        assert edited(step, typed(opened(step), kind="poem")) == (step, {"kind": "Choose what this step does."})


def test_an_ending_keeps_the_fields_that_it_had() -> None:
    odd = {**END, "fields": ["a"], "rules": [RULE]}

    assert edited(odd, typed(opened(odd), message="Bye"))[0] == {**odd, "end": {**END["end"], "message": "Bye"}}


def test_an_ending_needs_an_outcome() -> None:
    assert edited(END, typed(opened(END), outcome="")) == (END, {"outcome": "Name the outcome, like “not eligible”."})
    assert edited(END, typed(opened(END), outcome="in"))[0]["end"]["outcome"] == "in"
    empty = {"id": "e", "name": "E", "end": {}}
    assert edited(empty, opened(empty))[0] == empty
    assert edited(ASK, typed(opened(ASK), kind="end"))[0]["end"] == {"outcome": ""}


def test_of_an_ending_only_what_is_edited_is_changed() -> None:
    odd = {**END, "end": {"outcome": "out ", "message": " Bye\r\n"}}

    assert edited(odd, typed(opened(odd), outcome="in"))[0]["end"] == {"outcome": "in", "message": " Bye\r\n"}
    assert edited(odd, typed(opened(odd), message=" See you "))[0]["end"] == {"outcome": "out ", "message": "See you"}
    assert edited(odd, typed(opened(odd), message=""))[0]["end"] == {"outcome": "out "}
    assert edited(odd, typed(opened(odd), name="F"))[0]["end"] == odd["end"]


def test_an_ending_may_start_another_workflow() -> None:
    workflow = typed(opened(END).only("end_action"), type="workflow", template="next")
    handed = Row(key="n1", texts={"theirs": "b", "ours": "f1"})

    found, wrong = edited(END, with_rows(opened(END), "end_action", with_rows(workflow, "state", handed)))

    assert wrong == {}
    assert found["end"] == {
        "outcome": "out",
        "end_action_type": "workflow",
        "end_action_target": "next",
        "end_action_config": {"state": {"b": "a"}},
    }
    assert edited(found, typed(opened(found), name="F"))[0]["end"] == found["end"]


def test_an_ending_keeps_what_comes_back_from_what_it_does() -> None:
    call = typed(opened(END).only("end_action"), type="api_call", url="https://x/")
    kept = Row(key="n1", texts={"name": "ticket", "pointer": "/id"})

    assert edited(END, with_rows(opened(END), "end_action", with_rows(call, "result", kept)))[0]["end"] == {
        "outcome": "out",
        "end_action_type": "api_call",
        "end_action_target": "https://x/",
        "end_action_config": {"result": {"ticket": "/id"}},
    }


def test_what_is_wrong_with_what_an_ending_does_is_told_in_its_place() -> None:
    call = typed(opened(END).only("end_action"), type="api_call")

    assert edited(END, with_rows(opened(END), "end_action", call))[1] == {"end_action-only-url": "Give the address."}


def test_an_ending_may_do_something() -> None:
    row = opened(END)
    tool = typed(row.only("end_action"), type="tool_call", tool="bell")

    found = edited(END, with_rows(row, "end_action", tool))[0]
    assert found["end"] == {"outcome": "out", "end_action_type": "tool_call", "end_action_target": "bell"}
    assert edited(found, with_rows(opened(found), "end_action", typed(opened(found).only("end_action"), type="none")))[
        0
    ]["end"] == {"outcome": "out"}


def test_rules_are_changed_one_by_one() -> None:
    row = opened(ASK)
    (rule,) = row.parts["rules"]

    def ruled(*rules: Row) -> tuple[Any, dict[str, str]]:
        found, wrong = edited(ASK, with_rows(row, "rules", *rules))
        return found.get("rules"), wrong

    assert ruled(rule) == ([RULE], {})
    assert ruled() == (None, {})
    assert ruled(typed(rule, message="Yes")) == ([{**RULE, "message": "Yes"}], {})
    assert ruled(typed(rule, message="")) == (
        [RULE],
        {"rules-r1-message": "Say what the person is told if this does not hold."},
    )
    assert ruled(chosen(rule, again=("f1", "f2"))) == ([{**RULE, "field": ["a", "b"]}], {})
    assert ruled(chosen(rule, again=())) == ([{"check": RULE["check"], "message": RULE["message"]}], {})
    assert ruled(with_rows(rule, "check", typed(rule.only("check"), mode=""))) == (
        [RULE],
        {"rules-r1-check-only-mode": "Say what must hold."},
    )
    assert ruled(chosen(rule, again=("f2",))) == ([{**RULE, "field": "b"}], {})
    gap = with_rows(rule.only("check"), "rows", *rule.only("check").rows("rows"), Row(key="n1"))
    assert ruled(with_rows(rule, "check", gap)) == (
        [RULE],
        {"rules-r1-check-only-rows-n1-field": "Choose what is looked at."},
    )
    new, wrong = ruled(rule, Row(key="n1"))
    assert new == [RULE, {"message": ""}]
    assert wrong == {
        "rules-n1-message": "Say what the person is told if this does not hold.",
        "rules-n1-check-only-mode": "Say what must hold.",
    }


def test_a_rule_may_ask_for_several_fields_again() -> None:
    step = {**ASK, "rules": [{**RULE, "field": ["b", "a"]}]}
    (rule,) = opened(step).rows("rules")

    assert rule.chosen("again") == ("f2", "f1")
    assert edited(step, with_rows(opened(step), "rules", typed(rule, message="Yes")))[0]["rules"] == [
        {**RULE, "message": "Yes", "field": ["b", "a"]}
    ]


def test_two_rules_that_look_the_same_can_change_places() -> None:
    locked = [{"check": {"not": {"not": {"field": name, "op": "empty"}}}, "message": "No"} for name in "ab"]
    step = {"id": "s", "name": "S", "rules": locked}
    row = opened(step)

    assert edited(step, with_rows(row, "rules", *row.parts["rules"][::-1]))[0]["rules"] == locked[::-1]


def test_rules_of_a_wrong_shape_stay_where_nothing_is_edited() -> None:
    step = {"id": "s", "name": "S", "rules": [{}], "when": {}}

    assert edited(step, opened(step))[0] == step
    assert edited({**step, "rules": []}, opened({**step, "rules": []}))[0] == {**step, "rules": []}


def test_what_is_wrong_with_when_a_step_applies_is_told_in_its_place() -> None:
    when = Row(texts={"mode": "all"})

    assert edited(ASK, with_rows(opened(ASK), "when", when)) == (
        ASK,
        {"when-only-mode": "Add a condition, or choose that there is none."},
    )


def test_a_condition_that_is_taken_away_is_gone() -> None:
    step = {**ASK, "when": {"field": "a", "op": "empty"}}

    assert edited(step, with_rows(opened(step), "when", Row(texts={"mode": ""})))[0] == ASK
    assert edited({**ASK, "when": None}, opened({**ASK, "when": None}))[0] == {**ASK, "when": None}
