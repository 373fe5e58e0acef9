"""Who sees which sensitive value."""

import pytest

from conftest import document, step
from engine.definition import Definition
from instances.masking import MASK, all_shown
from permissions.policy import Scope
from rest.callers import Caller

PROPERTIES = {
    "city": {"type": "string"},
    "card": {"type": "string", "x-sensitive": "mask"},
    "diagnosis": {"type": "string", "x-sensitive": "never_llm"},
}
VALUES = {"city": "Bern", "card": "4929", "diagnosis": "gout"}
RIGHTS = frozenset({Scope.WORKFLOWS_SENSITIVE.value})


@pytest.mark.parametrize(
    ("caller", "hidden"),
    [
        (Caller(actor="key:a"), {"card", "diagnosis"}),
        (Caller(actor="key:a", scopes=RIGHTS), set()),
        (Caller(actor="key:a", scopes=RIGHTS, is_model=True), {"diagnosis"}),
        (Caller(actor="key:a", is_model=True), {"card", "diagnosis"}),
    ],
)
def test_what_a_model_must_never_see_is_hidden_from_it_whatever_the_key_may_see(
    caller: Caller, hidden: set[str]
) -> None:
    definition = Definition.from_document(document(properties=PROPERTIES, steps=[step("all", fields=[*PROPERTIES])]))

    assert all_shown(definition, VALUES, caller) == {
        name: MASK if name in hidden else value for name, value in VALUES.items()
    }
