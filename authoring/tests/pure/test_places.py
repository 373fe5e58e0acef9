"""Where something is in a template, in the words of whoever wrote it."""

from typing import Any

import pytest

from authoring.places import place_in_words

DOCUMENT: dict[str, Any] = {
    "state_schema": {"properties": {"amount": {"title": "How much"}, "a/b~c": {}}},
    "steps": [{"name": "The loan"}, {"name": " "}, None, {"name": "Of {{state.amount}}"}],
}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "The whole template"),
        ("/name", "Name"),
        ("/end_action_config/body/a", "What happens at the end, its details"),
        ("/prerequisites/0", "What must be completed before"),
        ("/no_such_key", "No such key"),
        ("/steps", "Steps"),
        ("/steps/x", "Steps"),
        ("/steps/0", "Step 1 “The loan”"),
        ("/steps/0/when/all/0", "Step 1 “The loan”, when it applies"),
        ("/steps/0/rules/2/check", "Step 1 “The loan”, rule 3"),
        ("/steps/0/rules", "Step 1 “The loan”, its rules"),
        ("/steps/0/colour", "Step 1 “The loan”, its colour"),
        ("/steps/1/fields/0", "Step 2, what it asks for"),
        ("/steps/2", "Step 3"),
        ("/steps/3", "Step 4 “Of [How much]”"),
        ("/steps/9/id", "Step 10, its id"),
        ("/steps/99999999999", "Steps"),
        ("/state_schema", "Information"),
        ("/state_schema/properties", "Information"),
        ("/state_schema/properties/amount", "Field “How much”"),
        ("/state_schema/properties/amount/x-when/field", "Field “How much”, when it is asked"),
        ("/state_schema/properties/amount/minimum", "Field “How much”, its minimum"),
        ("/state_schema/properties/a~1b~0c/pattern", "Field “A/b~c”, its pattern"),
        ("/state_schema/required/0", "Which fields must be answered"),
    ],
)
def test_a_place_is_called_as_people_call_it(path: str, words: str) -> None:
    assert place_in_words(path, DOCUMENT) == words


@pytest.mark.parametrize("document", [None, [], {"steps": {"0": 1}}, {"state_schema": {"properties": []}}])
def test_a_place_has_a_name_even_where_the_document_is_wrong(document: Any) -> None:
    assert place_in_words("/steps/0/name", document) == "Step 1, its name"
    assert place_in_words("/state_schema/properties/amount", document) == "Field “Amount”"
