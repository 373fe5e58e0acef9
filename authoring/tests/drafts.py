"""Documents as authors leave them behind: of any size, with everything that a diagram shows, right or wrong."""

from typing import Any

from hypothesis import strategies as st

WORDS = st.one_of(
    st.sampled_from(["The loan", "W" * 80, "请填写您的完整姓名和出生日期", "a, b and c", "👩‍⚕️ nurse", "i" * 300]),
    st.text(max_size=60),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["purpose", "amount", "no such field"])
ROWS = st.one_of(
    st.fixed_dictionaries({"field": FIELDS, "op": st.sampled_from(["==", "!="]), "value": st.sampled_from("abc")}),
    st.fixed_dictionaries(
        {"field": FIELDS, "op": st.sampled_from(["in", "not_in"]), "value": st.lists(st.sampled_from("abc"))}
    ),
)
CONDITIONS = ROWS | st.fixed_dictionaries({"all": st.lists(ROWS, max_size=4)}) | JSON
END_ACTIONS = {
    "end_action_type": st.sampled_from(["api_call", "workflow", "tool_call", "none"]) | JSON,
    "end_action_target": st.sampled_from(["https://bank.example/loans", "http://[", "", "kyc"]) | JSON,
}
ENDS = st.fixed_dictionaries({}, optional={"outcome": WORDS, **END_ACTIONS}) | JSON
ACTIONS = st.fixed_dictionaries(
    {}, optional={"type": st.sampled_from(["api_call", "tool_call"]), "target": END_ACTIONS["end_action_target"]}
)
STEPS = st.fixed_dictionaries(
    {},
    optional={
        "id": WORDS | JSON,
        "name": WORDS | JSON,
        "description": WORDS | JSON,
        "fields": st.lists(FIELDS, max_size=5) | JSON,
        "required": st.booleans() | JSON,
        "when": CONDITIONS,
        "end": ENDS,
        "action": ACTIONS | JSON,
    },
)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "purpose": {"oneOf": [{"const": "a", "title": "A home"}, {"const": "b", "title": "A car, or two"}]},
        "amount": {"title": "Amount", "x-when": {"field": "purpose", "op": "==", "value": "a"}},
    },
}
DRAFTS = st.fixed_dictionaries(
    {},
    optional={
        "name": WORDS | JSON,
        "state_schema": st.just(SCHEMA) | JSON,
        "steps": st.lists(STEPS | JSON, max_size=40) | JSON,
        "prerequisites": st.lists(WORDS | st.fixed_dictionaries({"template": WORDS}), max_size=5) | JSON,
        "confirmation": st.sampled_from(["none", "required"]) | JSON,
        **END_ACTIONS,
    },
)
