"""Whether a condition compares like with like, at its place in a document."""

from typing import Any

import pytest

from engine.findings import Finding, Severity
from engine.tests.builders import BOOL, NUMBER, TEXT, document, found, only_finding, row, step
from engine.validation import validate

PROPERTIES: dict[str, dict[str, Any]] = {
    "text": TEXT,
    "number": NUMBER,
    "integer": {"type": "integer"},
    "bool": BOOL,
    "maybe": {"type": ["string", "null"]},
    "either": {"type": ["string", "number"]},
    "object": {"type": "object"},
    "list": {"type": "array"},
    "texts": {"type": "array", "items": TEXT},
    "any": {},
    "choice": {"type": "string", "enum": ["car", "home"]},
    "titled": {"oneOf": [{"const": 1, "title": "One"}, {"const": 2, "title": "Two"}]},
    "choices": {"type": "array", "items": {"enum": ["red", "green"]}},
    "tuple": {"type": "array", "items": True},
}
WHEN = "/steps/1/when"


def asked(condition: Any) -> dict[str, Any]:
    return document(step("one", *PROPERTIES), step("two", when=condition), properties=PROPERTIES)


@pytest.mark.parametrize(
    "condition",
    [
        row("text", "==", "x"),
        row("number", "==", 5),
        row("number", ">", 5.5),
        row("integer", "<", 5.5),
        row("integer", "==", 5),
        row("bool", "==", True),
        row("bool", "!=", False),
        row("maybe", "==", "x"),
        row("either", "==", "x"),
        row("either", "==", 5),
        row("object", "==", {"a": 1}),
        row("list", "==", ["x"]),
        row("any", "==", "x"),
        row("any", "contains", "x"),
        row("any", "<", 5),
        row("list", "contains", 5),
        row("texts", "contains", "x"),
        row("texts", "contains_any", ["x", "y"]),
        row("texts", "==", ["x"]),
        row("tuple", "contains", 5),
        row("text", "in", ["x", "y"]),
        row("choice", "==", "car"),
        row("choice", "in", ["car", "home"]),
        row("choice", "<", "cat"),
        row("titled", "==", 1),
        row("titled", "==", 1.0),
        row("choices", "contains", "red"),
        row("choices", "contains_all", ["red", "green"]),
        row("choices", "==", ["red"]),
        row("number", "==", ref="integer"),
        row("text", "==", ref="maybe"),
        row("number", "==", ref="either"),
        row("text", "==", ref="any"),
        row("any", "==", ref="text"),
        row("text", "<", ref="$today"),
        row("either", "<", ref="$today", offset="P1D"),
        row("text", "in", ref="texts"),
        row("texts", "contains", ref="text"),
        row("texts", "contains", ref="$today"),
        row("texts", "contains_any", ref="choices"),
        row("bool", "answered"),
        row("number", "empty"),
        row("bool", "attempts>=", 3),
    ],
)
def test_like_compares_with_like(condition: dict[str, Any]) -> None:
    assert validate(asked(condition)) == ()


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (row("text", "==", 5), "'text' is of type string and never compares with 5."),
        (row("text", "!=", True), "'text' is of type string and never compares with True."),
        (row("number", "==", "5"), "'number' is of type number and never compares with '5'."),
        (row("number", "<", "5"), "'number' is of type number and never compares with '5'."),
        (row("integer", "==", True), "'integer' is of type number and never compares with True."),
        (row("bool", "==", 1), "'bool' is of type boolean and never compares with 1."),
        (row("maybe", "==", 5), "'maybe' is of type string and never compares with 5."),
        (row("either", "==", []), "'either' is of type number or string and never compares with []."),
        (row("object", "==", "x"), "'object' is of type object and never compares with 'x'."),
        (row("list", "==", {}), "'list' is of type array and never compares with {}."),
        (row("text", "in", ["x", 5]), "'text' is of type string and never compares with 5."),
        (row("texts", "contains", 5), "'texts' is of type string and never compares with 5."),
        (row("texts", "contains_any", ["x", 5]), "'texts' is of type string and never compares with 5."),
        (row("text", "contains", "x"), "contains needs a list, and 'text' is none."),
        (row("bool", "contains_any", ["x"]), "contains_any needs a list, and 'bool' is none."),
        (row("text", "contains_all", ref="texts"), "contains_all needs a list, and 'text' is none."),
        (row("bool", "<", True), "< orders numbers and texts, nothing else."),
        (row("any", ">=", []), ">= orders numbers and texts, nothing else."),
        (row("any", "<=", {}), "<= orders numbers and texts, nothing else."),
        (row("text", "==", ref="number"), "'text' (string) never compares with number (number)."),
        (row("bool", "!=", ref="either"), "'bool' (boolean) never compares with either (number, string)."),
        (row("either", ">", ref="bool"), "'either' (number, string) never compares with bool (boolean)."),
        (row("number", ">", ref="$today"), "'number' (number) never compares with $today (string)."),
    ],
)
def test_what_never_compares_is_told(condition: dict[str, Any], message: str) -> None:
    finding = only_finding(asked(condition))

    assert (finding.rule, finding.path, finding.message) == ("incomparable", WHEN, message)
    assert (finding.step, finding.field, finding.severity) == ("two", None, Severity.ERROR)


@pytest.mark.parametrize(
    ("condition", "message", "suggestion"),
    [
        (row("choice", "==", "carr"), "'choice' offers car, home, never 'carr'.", "car"),
        (row("choice", "!=", "boat"), "'choice' offers car, home, never 'boat'.", None),
        (row("choice", "==", 5), "'choice' offers car, home, never 5.", None),
        (row("choice", "in", ["car", "hom"]), "'choice' offers car, home, never 'hom'.", "home"),
        (row("titled", "==", 3), "'titled' offers 1, 2, never 3.", None),
        (row("titled", "==", True), "'titled' offers 1, 2, never True.", None),
        (row("choices", "contains", "gren"), "'choices' offers red, green, never 'gren'.", "green"),
        (row("choices", "contains_any", ["blue"]), "'choices' offers red, green, never 'blue'.", None),
    ],
)
def test_a_choice_that_is_not_offered_is_told(condition: dict[str, Any], message: str, suggestion: str | None) -> None:
    finding = only_finding(asked(condition))

    assert (finding.rule, finding.path) == ("unknown_choice", WHEN)
    assert (finding.message, finding.suggestion) == (message, suggestion)


@pytest.mark.parametrize(("count", "listed"), [(20, 20), (21, 20)])
def test_of_many_choices_twenty_are_listed(count: int, listed: int) -> None:
    numbers = list(range(count))
    source = document(step("one", "a"), step("two", when=row("a", "==", -1)), properties={"a": {"enum": numbers}})

    more = ", ..." if count > listed else ""
    assert only_finding(source).message == f"'a' offers {', '.join(map(str, numbers[:listed]))}{more}, never -1."


def test_every_wrong_value_of_a_list_is_told() -> None:
    assert found(asked(row("choice", "in", ["boat", "car", "bike"]))) == [("unknown_choice", WHEN)] * 2


def test_a_field_that_is_not_asked_yet_is_never_known() -> None:
    source = document(step("one", "a", when=row("b", "==", "x")), step("two", "b"))

    finding = only_finding(source)

    assert (finding.rule, finding.path, finding.step) == ("later_field", "/steps/0/when", "one")
    assert finding.message == "'b' is not asked before this point, so it is never known here."


def test_an_unknown_field_is_told_with_the_nearest() -> None:
    finding = only_finding(asked(row("nmber", "==", 5)))

    assert (finding.rule, finding.path, finding.suggestion) == ("unknown_field", WHEN, "number")
    assert finding.message == "The state schema has no property 'nmber'. Did you mean 'number'?"


def test_an_unknown_field_far_from_any_is_told_without() -> None:
    finding = only_finding(asked(row("zzz", "==", 5)))

    assert (finding.message, finding.suggestion) == ("The state schema has no property 'zzz'.", None)


def test_the_field_that_is_referred_to_must_be_known_too() -> None:
    assert found(asked(row("text", "==", ref="ghost"))) == [("unknown_field", WHEN)]


@pytest.mark.parametrize("offset", ["18Y", "P1.5Y", "PT1H", "", "soon"])
def test_an_offset_is_a_calendar_duration(offset: str) -> None:
    finding = only_finding(asked(row("text", ">", ref="$today", offset=offset)))

    assert (finding.rule, finding.path) == ("bad_offset", WHEN)
    assert finding.message == (
        f"{offset!r} is no offset. Write years, months, weeks or days like '-P18Y' or 'P4M' (ISO 8601)."
    )


def test_a_long_offset_is_cut_in_the_message() -> None:
    finding = only_finding(asked(row("text", ">", ref="$today", offset="x" * 51)))

    assert finding.message.startswith(f"{'x' * 50!r} is no offset.")


def test_several_things_wrong_are_told_with_their_places() -> None:
    condition = {
        "all": [
            row("text", "==", 5),
            {"any": [row("ghost", "empty"), {"not": row("text", ">", ref="text", offset="x")}]},
        ]
    }

    assert found(asked(condition)) == [
        ("incomparable", f"{WHEN}/all/0"),
        ("unknown_field", f"{WHEN}/all/1/any/0"),
        ("bad_offset", f"{WHEN}/all/1/any/1/not"),
    ]


def rows_of(count: int) -> dict[str, Any]:
    return {"any": [row("text", "answered")] * count}


def nested(depth: int, innermost: dict[str, Any]) -> dict[str, Any]:
    groups: list[dict[str, Any]] = [innermost]
    for level in range(depth - 1):
        inner = groups[-1]
        groups.append({"not": inner} if level % 3 == 0 else {("all", "any")[level % 2]: [inner]})
    return groups[-1]


def only(findings: tuple[Finding, ...]) -> tuple[str, str, str]:
    (finding,) = findings
    return finding.rule, finding.path, finding.message


LIMITS = "A condition has at most 100 rows, nested at most 16 deep."


def test_a_condition_has_at_most_a_hundred_rows() -> None:
    assert validate(asked(rows_of(100))) == ()
    assert only(validate(asked(rows_of(101)))) == ("condition_too_large", WHEN, LIMITS)


def test_a_condition_that_is_too_large_names_its_step_and_field() -> None:
    too_many = {"any": [row("a", "answered")] * 101}
    source = document(step("one", "a", "b"), properties={"b": {**TEXT, "x-when": too_many}})

    finding = only_finding(source)

    assert (finding.step, finding.field) == ("one", "b")


def test_a_condition_is_at_most_sixteen_deep() -> None:
    leaf = row("text", "answered")

    assert validate(asked(nested(16, leaf))) == ()
    assert only(validate(asked(nested(17, leaf)))) == ("condition_too_large", WHEN, LIMITS)


def test_the_deepest_part_counts() -> None:
    leaf = row("text", "answered")

    assert only(validate(asked({"all": [leaf, nested(16, leaf), leaf]}))) == ("condition_too_large", WHEN, LIMITS)


def test_an_offset_moves_dates_and_nothing_else() -> None:
    when = row("b", "==", ref="a", offset="P1D")
    source = document(
        step("one", "a", "b"), step("two", "c", when=when), properties={"a": NUMBER, "b": NUMBER, "c": TEXT}
    )

    assert [finding.message for finding in validate(source)] == ["An offset moves a date, and 'a' is none."]
