"""Actions that tests render, and what people say who hope that it is taken for more than a value."""

from typing import Any

import pytest
from hypothesis import strategies as st

from engine.definition import EndAction, EndActionType
from engine.rendering import (
    Facts,
    Unrenderable,
    render_request,
)
from engine.requests import Request
from engine.tests.budget import budget

LAW = budget(quick=20, thorough=300)
WORKFLOW = {
    "id": "w1",
    "template": "loan",
    "version": 3,
    "conversation_id": "c1",
    "user_id": "u1",
    "metadata": {"channel": "web"},
}
SECRET = 'p"w\\\\'

# What people say who hope that it is taken for more than a value.
PIECES = st.sampled_from(
    [
        "{",
        "{{",
        "}}",
        "}",
        "secret:",
        "{{secret:bank}}",
        "bank",
        "state.",
        "/",
        "..",
        ".",
        "%2e",
        "?",
        "#",
        "@",
        "&",
        '"',
    ]
)
SAID = st.lists(PIECES | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=3), max_size=6).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | SAID,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(SAID, part, max_size=3),
    max_leaves=8,
)


def call(target: str = "https://bank.example/loans", **config: Any) -> EndAction:
    return EndAction(type=EndActionType.API_CALL, target=target, config=config)


def rendered(action: EndAction, **state: Any) -> Request:
    return render_request(action, Facts(state=state, workflow=WORKFLOW))


def refusal(action: EndAction, **state: Any) -> tuple[str, str]:
    with pytest.raises(Unrenderable) as caught:
        rendered(action, **state)
    assert caught.value.details == {"reason": caught.value.reason}
    return caught.value.reason, caught.value.message
