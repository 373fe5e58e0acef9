"""Whatever is refused of a sensitive field, and wherever it is told, nothing of the value is repeated."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition import Definition
from engine.messages import explain, without_values
from engine.progress import Progress, Status
from engine.schema import StateSchema, Violation
from engine.submission import Submission
from engine.tests.budget import budget
from engine.tests.builders import TODAY, document, schema, step
from engine.workflow import start, submit

# No word of ours or of an author holds these.
MARKERS = ("Qzx7Kw", "748159263", "2031-11-28")

KEYWORDS: dict[str, st.SearchStrategy[Any]] = {
    "type": st.sampled_from(["string", "number", "integer", "boolean", "object", "array", ["string", "null"]]),
    "format": st.sampled_from(["date", "email", "uuid", "uri"]),
    "pattern": st.just("^[a-c]+$"),
    "minLength": st.integers(0, 30),
    "maxLength": st.integers(0, 5),
    "maximum": st.integers(0, 9),
    "multipleOf": st.just(7),
    "enum": st.just(["a", "b"]),
    "const": st.just("c"),
    "oneOf": st.just([{"const": "a", "title": "An A"}, {"const": "A"}]),
    "not": st.just({"type": ["string", "number"]}),
    "required": st.just(["street"]),
    "additionalProperties": st.sampled_from([False, {"type": "boolean"}]),
    "unevaluatedProperties": st.just(False),
    "propertyNames": st.just({"maxLength": 3}),
    "maxProperties": st.just(0),
    "properties": st.just({"street": {"type": "object", "additionalProperties": {"maxLength": 1}}}),
    "items": st.sampled_from(
        [
            {"type": "number"},
            {"enum": ["a"]},
            {"type": "object", "additionalProperties": False},
            {"type": "object", "patternProperties": {"^Q": {"type": "boolean"}}},
        ]
    ),
    "contains": st.just({"const": "a"}),
    "maxItems": st.just(1),
    "uniqueItems": st.just(True),
    "dependentRequired": st.just({"street": ["town"]}),
    "if": st.just({"type": "object"}),
    "then": st.just({"additionalProperties": False}),
    "x-choices": st.just({"ref": "offered"}),
}

SCALARS = st.sampled_from(
    [MARKERS[0], f" {MARKERS[0]}\n", int(MARKERS[1]), f"{MARKERS[1]}.125", "28/11/2031", f"1.{MARKERS[1][:3]}"]
)


def _wrapped(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from([MARKERS[0], MARKERS[2], "street"])
    return st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)


VALUES = st.recursive(SCALARS, _wrapped, max_leaves=4)


@st.composite
def parts(draw: st.DrawFn) -> dict[str, Any]:
    """Return a drawn property that is sensitive."""
    names = draw(st.lists(st.sampled_from(sorted(KEYWORDS)), min_size=1, max_size=4, unique=True))
    part = {name: draw(KEYWORDS[name]) for name in names}
    if "x-choices" in part:
        part = {"type": draw(st.sampled_from(["string", "array"])), "x-choices": part["x-choices"]}
    return {**part, "x-sensitive": draw(st.sampled_from(["mask", "never_llm"]))}


@budget(quick=150, thorough=3000)
@given(part=parts(), value=VALUES, other=VALUES, coerce=st.booleans())
def test_no_word_about_a_sensitive_value_repeats_it(part: dict[str, Any], value: Any, other: Any, coerce: bool) -> None:
    offered = {"type": "array", "x-sensitive": "mask"}
    made = document(step("all", "offered", "field"), properties={"offered": offered, "field": part}, required=["field"])
    definition = Definition.from_document(made)
    values = {"offered": [value, MARKERS[0]], "field": other}
    progress = Progress(status=Status.ACTIVE, today=TODAY, values=values)

    decisions = [
        submit(definition, progress, Submission(data={"field": value}, coerce=coerce), today=TODAY),
        submit(definition, progress, Submission(append={"field": [value]}, coerce=coerce), today=TODAY),
    ]

    told = [(found.code, found.message, found.path) for decision in decisions for found in decision.report.rejected]
    told += [(unmet.message, "", None) for decision in decisions for unmet in decision.position.unmet]
    assert _repeated(told) == []


def test_what_is_wrong_with_the_whole_repeats_nothing_either() -> None:
    part = {"type": "object", "x-sensitive": "mask"}
    root = {"allOf": [{"properties": {"field": {"unevaluatedProperties": False}}}]}
    definition = Definition.from_document(document(step("all", "field"), properties={"field": part}, root=root))

    decision = start(definition, Submission(data={"field": {MARKERS[0]: 1}}), today=TODAY)

    assert [unmet.message for unmet in decision.position.unmet] == ["Field has unknown keys."]


@pytest.mark.parametrize(
    ("part", "value", "message", "path"),
    [
        ({"properties": {"b": {}}, "additionalProperties": False}, {"Ada": 1}, "Answer has unknown keys.", ()),
        ({"additionalProperties": {"type": "number"}}, {"Ada": "x"}, "Answer must be a number.", ()),
        ({"items": {"type": "number"}}, [1, "a"], "Answer (1) must be a number.", (1,)),
        ({"items": {"properties": {"b": {"type": "null"}}}}, [{"b": 1}], "Answer (0/b) must be nothing.", (0, "b")),
        ({"prefixItems": [{"unevaluatedProperties": False}]}, [{"Ada": 1}], "Answer (0) has unknown keys.", (0,)),
        ({"additionalProperties": False}, {"Ada": 1}, "Answer is not allowed.", ()),
        ({"allOf": [{"properties": {"b": {"type": "null"}}}]}, {"b": 1}, "Answer must be nothing.", ()),
    ],
)
def test_of_a_private_value_only_what_the_author_spelt_out_is_named(
    part: dict[str, Any], value: Any, message: str, path: tuple[str | int, ...]
) -> None:
    found = [without_values(one, part) for one in _violations(part, value)]

    assert [(explain(one, part, "Answer"), one.path[1:]) for one in found] == [(message, path)]


def _violations(part: dict[str, Any], value: Any) -> tuple[Violation, ...]:
    return StateSchema(schema(field=part)).judge({"field": value})["field"]


def _repeated(told: Any) -> list[str]:
    text = json.dumps(told)
    return [marker for marker in MARKERS if marker in text]
