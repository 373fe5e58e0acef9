"""Placeholders in words that people read are refused until they are filled in."""

from engine.tests.builders import TEXT, document, found, row, rule, step
from engine.validation import validate


def test_words_are_not_filled_in_yet() -> None:
    source = document(
        step("one", "a", name="For {{state.a}}", description="{{x}}", rules=[rule(row("a", "answered"), "{{y}}")]),
        properties={"a": {**TEXT, "x-messages": {"type": "{{z}}", "*": "Fine."}, "x-ask": ["Fine?", "{{state.a}}?"]}},
    )

    assert found(source) == [
        ("not_supported_yet", "/steps/0/name"),
        ("not_supported_yet", "/steps/0/description"),
        ("not_supported_yet", "/steps/0/rules/0/message"),
        ("not_supported_yet", "/state_schema/properties/a/x-messages/type"),
        ("not_supported_yet", "/state_schema/properties/a/x-ask/1"),
    ]
    assert validate(source)[0].message == (
        "Placeholders in words are reserved and not filled in by this version yet. Take it out."
    )
