"""Which other templates a document names."""

from typing import Any

from engine.references import handovers, is_named, prerequisite_names
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


def test_handovers_come_with_their_places() -> None:
    assert list(handovers(named())) == [("/end_action_target", "next"), ("/steps/1/end/end_action_target", "other")]
    assert list(handovers(document(step("one", "a")))) == []


def test_prerequisites_are_named_plainly_or_with_a_check() -> None:
    assert prerequisite_names(named()) == ["kyc", "income"]


def test_a_template_is_named_in_any_of_these_ways() -> None:
    names = ["next", "other", "kyc", "income", "sample", "https://a.example/"]

    assert [is_named(name, named()) for name in names] == [True, True, True, True, False, False]
