"""Who sees which sensitive value."""

import pytest

from conftest import document, step
from engine.definition import Definition
from instances.masking import MASK, all_shown, without_hidden
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


@pytest.mark.parametrize(
    ("value", "echoed", "shown"),
    [
        (["4929 1234", "4929 5678"], {"note": "charged 4929 5678"}, {"note": "charged ***"}),
        ({"owner": "Ada L.", "code": {"pin": "98765"}}, ["Ada L.", {"owner": "98765"}], ["***", {"owner": "***"}]),
        ({"owner": "Bob B.", "Lovelace": 1}, "Lovelace, Bob B.", "***, ***"),
        (50000.0, {"sum": 50000, "text": "EUR 50000"}, {"sum": "***", "text": "EUR ***"}),
        (50000, {"sum": 50000.0}, {"sum": "***"}),
        ([True, 3, "no", None], ["no", 3, True, None], ["no", 3, True, None]),
        (["4929", "4929 1234"], "4929 1234", "***"),
    ],
)
def test_what_a_receiver_echoes_of_a_hidden_value_is_masked_whatever_part_it_is(
    value: object, echoed: object, shown: object
) -> None:
    card = {"properties": {"owner": {"type": "string"}}, "items": {"type": "string"}, "x-sensitive": "mask"}
    definition = Definition.from_document(document(properties={"card": card}, steps=[step("all", fields=["card"])]))

    assert without_hidden(definition, {"card": value}, echoed, Caller(actor="key:a")) == shown
    assert without_hidden(definition, {"card": value}, echoed, Caller(actor="key:a", scopes=RIGHTS)) == echoed
