"""What a document asks to happen, and which other templates it names."""

from typing import Any

from engine.definition import EndAction, EndActionType
from engine.references import PlacedAction, actions, handovers, is_named, prerequisite_names
from engine.tests.builders import document, info, row, step


def named() -> dict[str, Any]:
    other = {"outcome": "x", "end_action_type": "workflow", "end_action_target": "other"}
    call = {"outcome": "y", "end_action_type": "api_call", "end_action_target": "https://a.example/"}
    return document(
        step("one", "a"),
        info("two", when=row("a", "==", "x"), end=other),
        info("three", end=call),
        info("four", end={"outcome": "z"}),
        end_action_type="workflow",
        end_action_target="next",
        prerequisites=["kyc", {"template": "income", "check": row("amount", ">", 5)}],
    )


def test_actions_come_with_their_places_those_of_steps_too() -> None:
    act = {"type": "tool_call", "target": "look_up", "config": {"arguments": {}}, "result": {"a": "/a"}}
    source = document(
        step("one", "a", action=act),
        info("no", action=None),
        info("two", end={"outcome": "z", "end_action_type": "none"}),
    )

    assert list(actions(source)) == [
        PlacedAction(
            action=EndAction(type=EndActionType.TOOL_CALL, target="look_up", config={"arguments": {}}),
            path_target="/steps/0/action/target",
            path_config="/steps/0/action/config",
        )
    ]
    assert [(found.path_target, found.path_config, found.action.type.value) for found in actions(named())] == [
        ("/end_action_target", "/end_action_config", "workflow"),
        ("/steps/1/end/end_action_target", "/steps/1/end/end_action_config", "workflow"),
        ("/steps/2/end/end_action_target", "/steps/2/end/end_action_config", "api_call"),
    ]


def test_handovers_come_with_their_places() -> None:
    assert list(handovers(named())) == [("/end_action_target", "next"), ("/steps/1/end/end_action_target", "other")]
    assert list(handovers(document(step("one", "a")))) == []


def test_prerequisites_are_named_plainly_or_with_a_check() -> None:
    assert prerequisite_names(named()) == ["kyc", "income"]


def test_a_template_is_named_in_any_of_these_ways() -> None:
    names = ["next", "other", "kyc", "income", "sample", "https://a.example/"]

    assert [is_named(name, named()) for name in names] == [True, True, True, True, False, False]
