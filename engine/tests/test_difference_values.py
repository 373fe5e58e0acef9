"""What differs, in values for programs: what happened, at which place, and what it was and is now."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from engine.differences import differences
from engine.tests.builders import TEXT, row, rule, step
from engine.tests.loans import CHOICES, Json, fields_of, loan

type Told = list[tuple[str, str, str | None, str | None]]

RULES = loan()["steps"][0]["rules"]
PROPERTIES = "/state_schema/properties"
END_ACTION = {
    "end_action_type": "api_call",
    "end_action_target": "https://a.example",
    "end_action_config": {"headers": {"A": "secret"}, "body": "secret"},
}


def of_field(name: str, **keywords: Any) -> Callable[[Json], Any]:
    return lambda after: fields_of(after)[name].update(keywords)


def of_step(index: int, **keys: Any) -> Callable[[Json], Any]:
    return lambda after: after["steps"][index].update(keys)


def extras_change_steps(after: Json) -> None:
    after["steps"][0]["fields"].remove("extras")
    after["steps"][1]["fields"].append("extras")


def values(before: Json, after: Json) -> Told:
    return [(str(found.kind), found.path, found.before, found.after) for found in differences(before, after)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda after: after.update(name="lend"), [("changed", "/name", "“loan”", "“lend”")]),
        (
            lambda after: after["metadata"].update(owner="bert", tag=1),
            [("changed", "/metadata/owner", "“anna”", "“bert”"), ("changed", "/metadata/tag", None, "1")],
        ),
        (lambda after: after.update(guidelines=""), [("removed", "/guidelines", "“Be kind.”", None)]),
        (lambda after: after.update(description="Lend."), [("added", "/description", None, "“Lend.”")]),
        (lambda after: after.update(is_active=False), [("changed", "/is_active", "switched on", "switched off")]),
        (lambda after: after.update(prerequisites=["kyc"]), [("added", "/prerequisites/0", None, "“kyc”")]),
        (of_field("days", title="Days"), [("changed", f"{PROPERTIES}/days/title", "“Number of days”", "“Days”")]),
        (
            lambda after: after["state_schema"]["required"].append("note"),
            [("changed", "/state_schema/required", None, None)],
        ),
        (lambda after: after["state_schema"].update(type="array"), [("changed", "/state_schema/type", None, None)]),
        (
            lambda after: after["state_schema"]["required"].append("people"),
            [("changed", "/state_schema/required", None, None)],
        ),
        (
            lambda after: fields_of(after).update(until={**TEXT, "x-order": 7}),
            [("added", f"{PROPERTIES}/until", None, "text, optional")],
        ),
        (lambda after: fields_of(after).pop("born"), [("removed", f"{PROPERTIES}/born", "date, optional", None)]),
        (of_field("days", **{"x-order": 2.5}), [("changed", f"{PROPERTIES}/days/x-order", None, None)]),
        (
            of_field("device", oneOf=[{"const": "pc"}, *CHOICES[:2]]),
            [("moved", f"{PROPERTIES}/device/oneOf", None, None)],
        ),
        (of_field("note", **{"x-order": 0}), [("moved", f"{PROPERTIES}/note", None, None)]),
        (
            of_field("device", oneOf=[{"const": "tablet", "title": "Slate"}, {"const": "pc"}, {"const": "watch"}]),
            [
                ("removed", f"{PROPERTIES}/device/oneOf", "“Phone”", None),
                ("changed", f"{PROPERTIES}/device/oneOf", "“Tablet”", "“Slate”"),
                ("added", f"{PROPERTIES}/device/oneOf", None, "“watch”"),
            ],
        ),
        (
            of_field("device", type="integer", oneOf=None),
            [
                ("changed", f"{PROPERTIES}/device", "one of a list", "whole number"),
                ("removed", f"{PROPERTIES}/device/oneOf", "“Phone”", None),
                ("removed", f"{PROPERTIES}/device/oneOf", "“Tablet”", None),
                ("removed", f"{PROPERTIES}/device/oneOf", "“pc”", None),
            ],
        ),
        (
            of_field("note", minLength=2, maxLength=5),
            [
                ("changed", f"{PROPERTIES}/note/minLength", None, "2 characters"),
                ("changed", f"{PROPERTIES}/note/maxLength", None, "5 characters"),
            ],
        ),
        (
            of_field("people", items={"type": "object", "properties": {"name": TEXT}, "required": []}),
            [
                ("removed", f"{PROPERTIES}/people/items/properties/age", "number, required", None),
                ("added", f"{PROPERTIES}/people/items/properties/name", None, "text, optional"),
            ],
        ),
        (
            of_field("days", **{"x-messages": {"maximum": "No."}}),
            [("changed", f"{PROPERTIES}/days/x-messages/maximum", None, "“No.”")],
        ),
        (
            lambda after: after["steps"].insert(1, step("return", "note")),
            [("added", "/steps/1", None, "asks for Note")],
        ),
        (
            lambda after: after["steps"].pop(1),
            [("removed", "/steps/1", "asks for People and Date of birth", None)],
        ),
        (lambda after: after["steps"].pop(2), [("removed", "/steps/2", "asks for nothing", None)]),
        (lambda after: after["steps"].append(after["steps"].pop(0)), [("moved", "/steps/3", None, None)]),
        (of_step(1, name="You"), [("changed", "/steps/1/name", "“Who”", "“You”")]),
        (of_step(1, fields=["born", "people"]), [("moved", "/steps/1/fields", None, None)]),
        (of_step(1, fields=["people"]), [("changed", "/steps/1/fields", "“Date of birth”", None)]),
        (of_step(1, fields=["people", "born", "note"]), [("changed", "/steps/1/fields", None, "“Note”")]),
        (extras_change_steps, [("moved", "/steps/1/fields", None, None)]),
        (
            of_step(0, rules=[RULES[1], rule(row("days", "==", 1), "One."), RULES[0]]),
            [
                ("added", "/steps/0/rules/1", None, "Number of days is 1 (“One.”)"),
                ("moved", "/steps/0/rules/0", None, None),
            ],
        ),
        (
            of_step(0, rules=[{**RULES[0], "message": "Long."}, {**RULES[1], "message": "Short."}]),
            [
                ("changed", "/steps/0/rules/0/message", "“Too long.”", "“Long.”"),
                ("changed", "/steps/0/rules/1/message", "“Too short.”", "“Short.”"),
            ],
        ),
        (of_step(2, end=None), [("changed", "/steps/2/end", "outcome “told”", None)]),
        (of_step(3, end={"outcome": "gone"}), [("changed", "/steps/3/end", None, "outcome “gone”")]),
        (
            of_step(3, action={"type": "tool_call", "target": "t"}),
            [("changed", "/steps/3/action", None, "the tool “t” is used")],
        ),
        (
            lambda after: after.update(END_ACTION),
            [
                ("changed", "/end_action_target", "nothing more is done", "a request to “https://a.example”"),
                ("added", "/end_action_config/headers/A", None, None),
                ("added", "/end_action_config/body", None, None),
            ],
        ),
    ],
)
def test_what_differs_is_told_in_values_too(change: Callable[[Json], Any], told: Told) -> None:
    after = loan()
    change(after)

    assert values(loan(), after) == told


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (of_step(1, required=True), "/steps/1/required"),
        (of_step(3, end=None), "/steps/3/end"),
        (of_step(3, rules=[]), "/steps/3/rules"),
        (of_step(3, rules=5), "/steps/3/rules"),
        (of_step(3, action=None), "/steps/3/action"),
        (of_field("note", items=5), f"{PROPERTIES}/note/items"),
        (of_field("note", title=5), f"{PROPERTIES}/note/title"),
        (lambda after: after.update(prerequisites=5), "/prerequisites"),
        (lambda after: after.update(expires_after=""), "/expires_after"),
        (lambda after: after.update(end_action_config=5), "/end_action_config"),
        (lambda after: after.update(end_action_target="nowhere"), "/end_action_target"),
    ],
)
def test_what_no_words_tell_was_added_or_removed_all_the_same(change: Callable[[Json], Any], path: str) -> None:
    more = copy.deepcopy(loan())
    change(more)

    assert values(loan(), more) == [("added", path, None, None)]
    assert values(more, loan()) == [("removed", path, None, None)]


def test_what_differs_between_prerequisites_is_told_at_their_places() -> None:
    before = loan(prerequisites=["kyc", "score", "age"])

    assert values(before, loan(prerequisites=["kyc", "age"])) == [("removed", "/prerequisites/1", "“score”", None)]
    assert values(before, loan(prerequisites=["age", "kyc", "score"])) == [("moved", "/prerequisites/0", None, None)]


def test_what_differs_in_the_answer_that_an_action_reads_is_told_by_its_field() -> None:
    before, after = loan(), loan()
    before["steps"][3]["action"] = {"type": "tool_call", "target": "t", "result": {"note": "/a", "days": "/b"}}
    after["steps"][3]["action"] = {"type": "tool_call", "target": "t", "result": {"note": "/c", "born": "/d"}}

    told = [(str(found.kind), found.path, found.words) for found in differences(before, after)]

    words = "Step “Last”: part of the answer that fills"
    assert told == [
        ("changed", "/steps/3/action/result/note", f"{words} “Note” changed"),
        ("removed", "/steps/3/action/result/days", f"{words} “Number of days” removed"),
        ("added", "/steps/3/action/result/born", f"{words} “Date of birth” added"),
    ]


def test_what_is_taken_back_is_told_the_other_way_round() -> None:
    more = loan(**END_ACTION)
    fields_of(more)["until"] = {**TEXT, "x-order": 7}
    more["steps"][3]["action"] = {"type": "tool_call", "target": "t"}
    more["steps"][0]["rules"] = [*RULES, rule(row("days", "==", 1), "One.")]

    forth, back = values(loan(), more), values(more, loan())

    opposite = {"added": "removed", "changed": "changed"}
    assert sorted((opposite[kind], path, after, before) for kind, path, before, after in forth) == sorted(back)
