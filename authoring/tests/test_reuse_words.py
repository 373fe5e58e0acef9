"""Reusable steps in plain words."""

from typing import Any

import pytest

from authoring.reuse.words import FieldInWords, fields_in_words, rules_in_words, touched_in_words
from conftest import reusable_step
from engine.reusable import ReusableStep
from engine.upgrades import Touched

PROPERTIES: dict[str, Any] = {
    "way": {
        "type": "string",
        "title": "How to pay",
        "x-order": 1,
        "oneOf": [{"const": "cash", "title": "In cash"}, {"const": "card"}],
        "x-ask": ["How would you like to pay?", "Again?"],
    },
    "iban": {
        "type": "string",
        "x-order": 2,
        "x-sensitive": "mask",
        "x-ask-first": True,
        "x-when": {"field": "way", "op": "==", "value": "card"},
    },
    "born": {"type": "string", "format": "date", "x-order": 3},
    "age": {"type": "integer", "x-order": 4, "x-computed": {"years_since": "born"}},
}
RULES = [{"check": {"field": "born", "op": "<", "ref": "$today"}, "message": "Not yet."}]


def reusable() -> ReusableStep:
    source = reusable_step(
        properties=PROPERTIES,
        state_schema={"type": "object", "properties": PROPERTIES, "required": ["way"]},
        step={"name": "Payment", "fields": ["way", "iban", "born"], "rules": RULES},
    )
    content = {key: source[key] for key in ("state_schema", "step")}
    return ReusableStep(slug="payment", number=1, content=content)


def test_each_field_is_told_with_its_question_and_what_is_good_to_know() -> None:
    way, iban, born, age = fields_in_words(reusable())

    assert way == FieldInWords(
        label="How to pay",
        kind="one of a list",
        question="How would you like to pay?",
        notes=("required", "choices: In cash, card"),
    )
    assert (iban.label, iban.question) == ("Iban", "")
    assert iban.notes == (
        "may be left open",
        "asked only if How to pay is “card”",
        "counts only in answer to the question",
        "shown to nobody without the right to see it",
    )
    assert (born.kind, age.notes) == ("date", ("worked out: years since Born",))


def test_each_rule_is_told_with_what_is_said_when_it_does_not_hold() -> None:
    assert rules_in_words(reusable()) == ["Born is before today. Else: “Not yet.”"]


@pytest.mark.parametrize(
    ("touched", "words"),
    [
        (Touched(key="name"), "the name of the step"),
        (Touched(key="colour"), "the part “colour” of the step"),
        (Touched(key="*", field="way"), "the field “How to pay”"),
        (Touched(key="x-ask", field="way"), "“How to pay”: the questions"),
        (Touched(key="maxLength", field="gone"), "“Gone”: the part “maxLength”"),
    ],
)
def test_the_part_in_which_an_author_had_a_hand_has_words(touched: Touched, words: str) -> None:
    assert touched_in_words(touched, {"state_schema": {"properties": PROPERTIES}}) == words
