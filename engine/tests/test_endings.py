"""Endings in the middle: at once when their turn comes, with an outcome, words and an end action of their own."""

from datetime import date
from typing import Any

import pytest

from engine.definition import EndAction, EndActionType, Ending
from engine.facts import Completed, EndActionRequested
from engine.findings import Severity
from engine.progress import Status
from engine.saying import Say
from engine.tests.builders import (
    NUMBER,
    TEXT,
    TODAY,
    current,
    definition_of,
    document,
    found,
    give,
    info,
    only_finding,
    progress,
    row,
    rule,
    step,
)
from engine.workflow import Next, next_of

MINOR = info("minor", when=row("age", "<", 18), end={"outcome": "too_young", "message": "Sorry."})


def shop(end: dict[str, Any] | None = None, **changes: Any) -> Any:
    ending = {**MINOR, "end": {**MINOR["end"], **(end or {})}}
    return definition_of(
        step("you", "age", "name"), ending, step("what", "item"), properties={"age": NUMBER}, **changes
    )


def test_it_ends_when_its_turn_comes() -> None:
    definition = shop()

    waiting = give(definition, progress(), {"age": 12, "item": "wine"})
    ended = give(definition, waiting.progress, {"name": "Ada"})

    assert (current(waiting.position), waiting.progress.status) == ("you", Status.ACTIVE)
    assert (waiting.report.parked, waiting.position.missing) == (("item",), ("name",))
    assert (ended.progress.status, ended.outcome, ended.hands_over_to) == (Status.COMPLETED, "too_young", None)
    assert ended.facts[-1] == Completed(outcome="too_young")
    assert ended.say == (Say(step="minor", name="Minor", text="Sorry."),)


def test_a_correction_makes_it_go_away_and_brings_back_what_it_hid() -> None:
    definition = shop()
    waiting = give(definition, progress(), {"age": 12, "item": "wine"})

    corrected = give(definition, waiting.progress, {"age": 30})

    assert (corrected.report.restored, corrected.position.ending) == (("item",), None)
    assert give(definition, corrected.progress, {"name": "Ada"}).outcome == "completed"


def test_it_does_not_wait_for_a_confirmation_and_the_regular_end_does() -> None:
    definition = shop(confirmation="required")

    assert give(definition, progress(), {"age": 12, "name": "Ada"}).progress.status is Status.COMPLETED
    regular = give(definition, progress(), {"age": 30, "name": "Ada", "item": "wine"})
    assert next_of(definition, regular.progress, regular.position) is Next.CONFIRM


def test_it_has_an_end_action_of_its_own() -> None:
    call = shop({"end_action_type": "api_call", "end_action_target": "https://a.example/"}, end_action_type="none")
    follow = shop({"end_action_type": "workflow", "end_action_target": "next", "end_action_config": {"state": {}}})

    calling = give(call, progress(), {"age": 12, "name": "Ada"})
    following = give(follow, progress(), {"age": 12, "name": "Ada"})

    assert calling.progress.status is Status.FINISHING
    assert calling.facts[-1] == EndActionRequested(action="api_call", target="https://a.example/", step="minor")
    assert following.hands_over_to == EndAction(type=EndActionType.WORKFLOW, target="next", config={"state": {}})
    assert following.outcome == "too_young"


def test_without_a_message_the_description_is_said() -> None:
    definition = definition_of(info("bye", description="Good bye.", end={"outcome": "left"}))

    assert definition.steps[0].ending == Ending(outcome="left")
    assert give(definition, progress()).say == (Say(step="bye", name="Bye", text="Good bye."),)


@pytest.mark.parametrize(
    ("part", "path", "words"),
    [
        ({"fields": ["b"]}, "/steps/1/fields", "Move its fields to a step before it."),
        ({"rules": [rule(row("a", "answered"))]}, "/steps/1/rules", "Move its rules to a step before it."),
        ({"required": False}, "/steps/1/required", "cannot be skipped. Give it a condition ('when') instead."),
    ],
)
def test_it_asks_for_nothing(part: dict[str, Any], path: str, words: str) -> None:
    end = {"id": "end", "name": "End", "end": {"outcome": "x"}, **part}

    finding = only_finding(document(step("one", "a"), end, properties={"a": TEXT, "b": TEXT}, required=["a"]))

    assert (finding.rule, finding.path, finding.step) == ("end_asks", path, "end")
    assert finding.message.endswith(words)


def test_what_comes_after_an_unconditional_one_is_never_reached() -> None:
    finding = only_finding(document(info("end", end={"outcome": "x"}), step("two", "a")))

    assert (finding.rule, finding.path, finding.severity) == ("never_reached", "/steps/0", Severity.WARNING)
    assert (finding.step, finding.message) == (
        "end",
        "This step always ends the workflow, so no step after it is ever reached. Give it a condition ('when').",
    )
    conditional = info("end", when=row("a", "==", "x"), end={"outcome": "x"})
    assert found(document(step("one", "a"), conditional, step("two", "b"))) == []
    assert found(document(step("one", "a"), info("end", end={"outcome": "x"}))) == []


@pytest.mark.parametrize(
    ("end", "rule_id", "path"),
    [
        ({}, "missing_key", "/steps/0/end/outcome"),
        ({"outcome": "x", "mesage": "y"}, "unknown_key", "/steps/0/end/mesage"),
        ({"outcome": "x", "message": "For {{state.b}}"}, "unknown_field", "/steps/0/end/message"),
        ({"outcome": "x", "end_action_target": "n"}, "missing_key", "/steps/0/end/end_action_type"),
        ({"outcome": "x", "end_action_type": "workflow"}, "target_missing", "/steps/0/end/end_action_target"),
        (
            {"outcome": "x", "end_action_type": "workflow", "end_action_target": "n",
             "end_action_config": {"state": {"a": "zzz"}}},
            "unknown_field", "/steps/0/end/end_action_config/state/a",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_ending_is_told_at_its_place(end: dict[str, Any], rule_id: str, path: str) -> None:
    assert found(document(info("end", end=end), properties={"a": TEXT}, required=[])) == [(rule_id, path)]


def test_a_misspelt_key_of_an_ending_is_told_with_the_nearest_of_an_ending() -> None:
    finding = only_finding(document(step("one", "a"), info("end", end={"outcome": "x", "mesage": "Bye."})))

    assert (finding.suggestion, finding.message) == (
        "message",
        "There is no key 'mesage' here. Did you mean 'message'?",
    )


def test_an_ending_moves_the_day_by_which_the_workflow_is_judged() -> None:
    definition = definition_of(
        step("one", "a", required=False), info("end", when=row("a", "attempts>=", 1), end={"outcome": "x"}), step("b")
    )
    before = progress(skipped=frozenset({"one"}), today=date(2026, 3, 1))

    refused = give(definition, before, {"a": 5})

    assert (refused.progress.status, refused.progress.today) == (Status.COMPLETED, TODAY)
