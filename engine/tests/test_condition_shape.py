"""The shape of a condition, wherever it stands."""

from typing import Any

import pytest

from engine.tests.builders import document, found, only_finding, row, rule, step
from engine.validation import validate

LISTS = {"type": "array"}


def asked(condition: Any) -> dict[str, Any]:
    """Return a document with this condition before its last step."""
    properties = {"a": {}, "b": {}, "list": LISTS}
    return document(step("one", "a", "b", "list"), step("two", when=condition), properties=properties)


def complaint(condition: Any) -> tuple[str, str, str]:
    finding = only_finding(asked(condition))
    return finding.rule, finding.path.removeprefix("/steps/1/when"), finding.message


@pytest.mark.parametrize(
    "condition",
    [
        row("a", "==", "x"),
        row("a", "!=", 5),
        row("a", "<", 5),
        row("a", "<=", 5),
        row("a", ">", "x"),
        row("a", ">=", 5.5),
        row("a", "in", ["x", 5]),
        row("a", "not_in", []),
        row("list", "contains", "x"),
        row("list", "contains_any", ["x"]),
        row("list", "contains_all", ["x"]),
        row("a", "answered"),
        row("a", "empty"),
        row("a", "attempts>=", 1),
        row("a", "==", ref="b"),
        row("a", "in", ref="list"),
        row("list", "contains", ref="$today"),
        row("a", ">", ref="$today"),
        row("a", ">", ref="b", offset="P1D"),
        row("a", ">", ref="$today", offset="-P18Y"),
        row("a", "==", False),
        {"all": [row("a", "empty")]},
        {"any": [row("a", "empty"), {"not": {"all": [row("b", "empty")]}}]},
    ],
)
def test_a_good_condition_has_no_findings(condition: dict[str, Any]) -> None:
    assert validate(asked(condition)) == ()


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ({"op": "==", "value": 1}, "/field"),
        ({"field": "a", "value": 1}, "/op"),
        (row("a", "=="), "/value"),
        (row("a", "in"), "/value"),
        (row("a", "attempts>="), "/value"),
        (row("a", "==", 1, offset="P1D"), "/ref"),
    ],
)
def test_a_row_lacks_a_key(condition: dict[str, Any], path: str) -> None:
    assert complaint(condition)[:2] == ("missing_key", path)


ALONE = "This key does not belong to this operator, or stands beside one that excludes it."


@pytest.mark.parametrize(
    ("condition", "path", "message"),
    [
        (5, "", "This must be of type object."),
        ([], "", "This must be of type object."),
        (row(5, "empty"), "/field", "This must be of type string."),  # type: ignore[arg-type]
        (row(" ", "empty"), "/field", "This must not be empty."),
        (row("a", "answered", 1), "/value", ALONE),
        (row("a", "empty", ref="b"), "/ref", ALONE),
        (row("a", "==", 1, ref="b"), "/value", ALONE),
        (row("a", "attempts>=", ref="b"), "/ref", ALONE),
        (row("a", "attempts>=", 0), "/value", "This must be at least 1."),
        (row("a", "attempts>=", 1.5), "/value", "This must be of type integer."),
        (row("a", "in", "x"), "/value", "This must be of type array."),
        (row("a", "not_in", "x"), "/value", "This must be of type array."),
        (row("list", "contains_any", "x"), "/value", "This must be of type array."),
        (row("list", "contains_all", "x"), "/value", "This must be of type array."),
        (
            {"field": "a", "op": "==", "value": None},
            "/value",
            "A comparison needs a value; ask for a missing one with the operator 'empty'.",
        ),
        (row("a", "==", ref=5), "/ref", "This must be of type string."),
        (row("a", "==", ref="b", offset=5), "/offset", "This must be of type string."),
        ({"all": []}, "/all", "This must have at least one entry."),
        ({"any": {}}, "/any", "This must be of type array."),
        ({"not": []}, "/not", "This must be of type object."),
        ({"all": [row("a", "empty"), {"any": [5]}]}, "/all/1/any/0", "This must be of type object."),
    ],
)
def test_a_condition_of_the_wrong_shape_is_told_in_words(condition: Any, path: str, message: str) -> None:
    assert complaint(condition) == ("shape", path, message)


def test_an_unknown_operator_is_answered_with_all_there_are() -> None:
    operators = "==, !=, <, <=, >, >=, in, not_in, contains, contains_any, contains_all, answered, empty, attempts>="

    assert complaint(row("a", "=", 1)) == ("shape", "/op", f"This must be one of: {operators}.")


@pytest.mark.parametrize("key", ["field", "op", "value", "ref", "offset", "all", "any", "not"])
def test_a_misspelt_key_brings_the_right_one_to_mind(key: str) -> None:
    finding = only_finding(asked(row("a", "empty", **{f"{key}_": 1})))

    assert (finding.rule, finding.suggestion) == ("unknown_key", key)


@pytest.mark.parametrize("op", ["in", "not_in", "contains_any", "contains_all"])
def test_today_is_no_list(op: str) -> None:
    assert complaint(row("list", op, ref="$today"))[:2] == ("shape", "/ref")


@pytest.mark.parametrize(
    ("condition", "unknown"),
    [
        ({"all": [row("a", "empty")], "any": [row("a", "empty")]}, "/any"),
        ({"any": [row("a", "empty")], "not": row("a", "empty")}, "/not"),
        ({"not": row("a", "empty"), "field": "a"}, "/field"),
    ],
)
def test_a_group_has_one_key(condition: dict[str, Any], unknown: str) -> None:
    assert complaint(condition)[:2] == ("unknown_key", unknown)


def test_conditions_of_rules_and_properties_have_the_same_shape() -> None:
    bad = row("a", "=", 1)
    source = document(step("one", "a", "b", rules=[rule(bad)]), properties={"b": {"x-when": bad}})

    assert sorted(found(source)) == [
        ("shape", "/state_schema/properties/b/x-when/op"),
        ("shape", "/steps/0/rules/0/check/op"),
    ]
