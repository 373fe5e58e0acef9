"""What differs between steps and their rules."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from engine.differences import differences
from engine.tests.builders import row, rule, step
from engine.tests.loans import CHECK, OPAQUE, Json, changed, loan, step_of, told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda steps: steps.insert(1, step("return")), ["Step “Return” added after “Loan”"]),
        (
            lambda steps: steps.insert(0, step("first", "born")),
            ["Step “First” added at the beginning", "Step “First” asks"],
        ),
        (lambda steps: steps.pop(2), ["Step “Hint” removed"]),
        (lambda steps: steps.append(steps.pop(0)), ["Step “Loan” moved after “Last”"]),
        (lambda steps: steps.insert(0, steps.pop(3)), ["Step “Last” moved to the beginning"]),
        (lambda steps: steps.append(5), ["Step “number 5” added after “Last”"]),
        (lambda steps: steps.append({"id": "loan", "name": "Again"}), ["Step “Again” added after “Last”"]),
        (lambda steps: steps.append({"id": "no_name"}), ["Step “No name” added after “Last”"]),
    ],
)
def test_what_is_said_of_steps(change: Callable[[list[Any]], Any], words: list[str]) -> None:
    assert changed(lambda after: change(after["steps"]))[0] == words[0]


@pytest.mark.parametrize(
    ("index", "keys", "words"),
    [
        (1, {"name": "You"}, ["Step “Who” is now called “You”"]),
        (1, {"name": ""}, [f"Step “Who” {OPAQUE}"]),
        (1, {"name": "For {{state.born}}"}, ["Step “Who” is now called “For [Date of birth]”"]),
        (1, {"description": "{{state.days}}, {{state.x}}"}, ["Step “Who”: description added, “[Number of days], [X]”"]),
        (1, {"description": "Why"}, ["Step “Who”: description added, “Why”"]),
        (1, {"required": False}, ["Step “Who”: now optional"]),
        (1, {"required": True}, [f"Step “Who” {OPAQUE}"]),
        (3, {"required": True}, ["Step “Last”: no longer optional"]),
        (
            1,
            {"when": row("device", "==", "phone")},
            ["Step “Who”: now applies only if Device is “Phone”; before, if Device is “Tablet”"],
        ),
        (1, {"when": None}, ["Step “Who”: no longer applies only if Device is “Tablet”"]),
        (2, {"when": CHECK}, ["Step “Hint”: now applies only if Number of days is at most 90"]),
        (1, {"uses": "address@3"}, ["Step “Who”: reusable step added, “address@3”"]),
        (1, {"for_each": "people"}, [f"Step “Who” {OPAQUE}"]),
        (1, {"fields": ["born", "people"]}, ["Step “Who”: “Date of birth” moved to the beginning"]),
        (0, {"fields": ["days", "extras", "device"]}, ["Step “Loan”: “Device” moved after “Extras”"]),
        (1, {"fields": ["people"]}, ["Step “Who” no longer asks for “Date of birth”"]),
        (1, {"fields": ["people", "born", "note"]}, ["Step “Who” now asks for “Note”"]),
        (1, {"fields": ["people", "born", "born"]}, [f"Step “Who” {OPAQUE}"]),
        (1, {"fields": ["people", "born", 5]}, [f"Step “Who” {OPAQUE}"]),
        (2, {"end": {"outcome": "gone", "message": "Bye."}}, ["Step “Hint”: outcome “told” becomes “gone”"]),
        (2, {"end": {"outcome": "told"}}, ["Step “Hint”: last message removed, “Bye.”"]),
        (2, {"end": None}, ["Step “Hint” no longer ends the workflow"]),
        (3, {"end": {"outcome": "told"}}, ["Step “Last” now ends the workflow"]),
        (3, {"end": None}, [f"Step “Last” {OPAQUE}"]),
        (
            2,
            {"end": {"outcome": "told", "message": "Bye.", "end_action_type": "workflow", "end_action_target": "x"}},
            ["Step “Hint”: then nothing more is done becomes the workflow “x” begins"],
        ),
        (
            3,
            {"rules": [rule(CHECK)]},
            ["Step “Last”: rule added, Number of days is at most 90 (“This does not fit together.”)"],
        ),
        (3, {"rules": [5]}, ["Step “Last”: rule added, a condition a developer wrote (without a message)"]),
        (3, {"rules": []}, [f"Step “Last” {OPAQUE}"]),
        (3, {"rules": 5}, [f"Step “Last” {OPAQUE}"]),
        (3, {"action": None}, [f"Step “Last” {OPAQUE}"]),
    ],
)
def test_what_is_said_of_a_step(index: int, keys: Json, words: list[str]) -> None:
    assert step_of(index, **keys) == words


DAYS = "Number of days"
RULES = loan()["steps"][0]["rules"]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (RULES[:1], [": rule removed, Number of days is more than 0 (“Too short.”)"]),
        (RULES[::-1], [": rule “Too short.” moved to the beginning"]),
        (
            [RULES[1], rule(row("days", "==", 1)), RULES[0]],
            [
                ": rule added, Number of days is 1 (“This does not fit together.”)",
                ": rule “Too short.” moved to the beginning",
            ],
        ),
        (
            [rule(row("days", "<=", 60), "Too long."), RULES[1]],
            [
                f", rule “Too long.”: now checks that {DAYS} is at most 60; before, that {DAYS} is at most 90",
            ],
        ),
        ([rule(CHECK, "At most 90."), RULES[1]], [", rule “At most 90.”: message “Too long.” becomes “At most 90.”"]),
        ([{**RULES[0], "field": "days"}, RULES[1]], [", rule “Too long.”: now asks again for Number of days"]),
        (
            [{**RULES[0], "field": ["days", "born"]}, RULES[1]],
            [", rule “Too long.”: now asks again for Number of days and Date of birth"],
        ),
        ([{**RULES[0], "field": 5}, RULES[1]], [f", rule “Too long.” {OPAQUE}"]),
        ([{**RULES[0], "note": 5}, RULES[1]], [f", rule “Too long.” {OPAQUE}"]),
    ],
)
def test_what_is_said_of_rules(rules: list[Json], words: list[str]) -> None:
    assert step_of(0, rules=rules) == [f"Step “Loan”{one}" for one in words]


def test_a_rule_that_moved_is_told_by_the_messages_as_they_are_read() -> None:
    before = loan()
    first, second, third = (rule(row("days", ">", number), f"{number}, {{{{state.born}}}}.") for number in range(3))
    before["steps"][0]["rules"] = [first, second, third]

    words = changed(lambda after: after["steps"][0].update(rules=[second, third, first]), before=before)

    assert words == ["Step “Loan”: rule “0, [Date of birth].” moved after “2, [Date of birth].”"]


def test_a_field_moves_from_one_step_to_another() -> None:
    def move(after: Json) -> None:
        after["steps"][0]["fields"].remove("extras")
        after["steps"][1]["fields"].append("extras")

    assert changed(move) == ["Field “Extras” moved from step “Loan” to step “Who”"]


def test_steps_between_which_a_field_moves_are_called_as_their_author_reads_them() -> None:
    def move(after: Json) -> None:
        after["steps"][1]["fields"].remove("born")
        after["steps"][3]["fields"].append("born")

    before = loan()
    before["steps"][1]["name"] = "For {{state.days}}"
    del before["steps"][3]["name"]

    after = copy.deepcopy(before)
    move(after)

    assert told(before, after) == ["Field “Date of birth” moved from step “For [Number of days]” to step “Last”"]
    assert told(after, before) == ["Field “Date of birth” moved from step “Last” to step “For [Number of days]”"]


def test_steps_of_the_same_id_are_known_by_their_places() -> None:
    before, after = loan(), loan()
    before["steps"].append({"name": "Fifth"})
    after["steps"] += [{"id": "loan", "name": "Fifth"}, {"id": "loan", "name": "Sixth"}, {"id": "loan"}]

    assert told(before, after) == [
        f"Step “Fifth” {OPAQUE}",
        "Step “Sixth” added after “Fifth”",
        "Step “number 7” added after “Sixth”",
    ]


def test_a_field_moves_into_a_new_step_or_out_of_one_that_goes() -> None:
    def move(after: Json) -> None:
        after["steps"][0]["fields"].remove("extras")
        after["steps"].append(step("new", "extras", "note"))

    after = loan()
    move(after)

    assert told(loan(), after) == [
        "Step “New” added after “Last”",
        "Field “Extras” moved from step “Loan” to step “New”",
    ]
    assert told(after, loan()) == [
        "Step “New” removed",
        "Field “Extras” moved from step “New” to step “Loan”",
    ]
    assert [found.after for found in differences(loan(), after)] == ["asks for Extras and Note", None]


def test_what_goes_with_a_step_and_comes_with_another_is_told_with_them() -> None:
    assert changed(lambda after: after["steps"][1].update(id="whom")) == [
        "Step “Who” removed",
        "Step “Who” added after “Loan”",
    ]
    assert changed(lambda after: after["steps"][2].update(id="hints"))[0] == "Step “Hint” removed"


def test_a_step_that_is_no_step_is_for_developers() -> None:
    before = loan()
    before["steps"].append([])

    assert changed(lambda after: after["steps"].__setitem__(4, 5), before=before) == [f"Step “number 5” {OPAQUE}"]
    assert changed(lambda after: after["steps"].__setitem__(4, {"name": "Fifth"}), before=before) == [
        f"Step “Fifth” {OPAQUE}"
    ]


def test_a_step_that_is_no_step_and_stays_as_it_is_is_not_told() -> None:
    before = loan()
    before["steps"].append(5)

    words = changed(lambda after: after["steps"][1].update(name="You"), before=before)

    assert words == ["Step “Who” is now called “You”"]


def test_a_step_that_goes_is_called_as_its_author_read_it() -> None:
    before = loan()
    before["steps"][2]["name"] = "After {{state.days}}"

    assert changed(lambda after: after["steps"].pop(2), before=before) == ["Step “After [Number of days]” removed"]


def test_another_answer_of_the_same_label_in_a_name_is_a_difference_all_the_same() -> None:
    before, after = loan(), loan()
    before["steps"][1]["name"], after["steps"][1]["name"] = "For {{state.a_b}}", "For {{ state.a_b }}"

    assert told(before, after) == [f"Step “For [A b]” {OPAQUE}"]


def test_a_step_with_an_answer_in_its_name_is_called_as_its_author_reads_it() -> None:
    before, after = loan(), loan()
    for document in (before, after):
        document["steps"][1]["name"] = "For {{state.born}}"
    after["steps"][1]["rules"] = [rule(CHECK, "Not {{state.days}}.")]

    assert told(before, after) == [
        "Step “For [Date of birth]”: rule added, Number of days is at most 90 (“Not [Number of days].”)"
    ]
