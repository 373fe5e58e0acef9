"""What is wrong with a computed field, told with its place."""

from typing import Any

import pytest

from engine.tests.builders import NUMBER, TEXT, document, found, only_finding, row, rule, step
from engine.validation import validate

DATE: dict[str, Any] = {"type": "string", "format": "date"}
SITES: dict[str, Any] = {"type": "array", "items": {"type": "object", "properties": {"staff": NUMBER, "city": TEXT}}}
AT = "/state_schema/properties/x"


def computed(formula: Any, **more: Any) -> dict[str, Any]:
    properties = {"a": NUMBER, "b": NUMBER, "t": TEXT, "born": DATE, "sites": SITES, "free": {}}
    return document(
        step("one", *properties), properties={**properties, "x": {"x-computed": formula, **more}}, required=[]
    )


@pytest.mark.parametrize(
    "formula",
    [
        {"sum": ["a", "free"]},
        {"sum": {"list": "sites", "of": "staff"}},
        {"difference": ["a", "b"]},
        {"count": "sites"},
        {"years_since": "born"},
    ],
)
def test_every_form_is_taken(formula: Any) -> None:
    assert found(computed(formula)) == []
    assert found(computed(formula, type="number")) == []


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ({"sum": ["a", "t"]}, "'t' is not a number, so nothing can be computed from it like this."),
        ({"difference": ["t", "a"]}, "'t' is not a number, so nothing can be computed from it like this."),
        ({"count": "a"}, "'a' is not a list, so nothing can be computed from it like this."),
        ({"years_since": "t"}, "'t' is not a date, so nothing can be computed from it like this."),
        (
            {"sum": {"list": "sites", "of": "city"}},
            "'sites' is not a list whose entries have a number 'city', so nothing can be computed from it like this.",
        ),
        (
            {"sum": {"list": "a", "of": "city"}},
            "'a' is not a list whose entries have a number 'city', so nothing can be computed from it like this.",
        ),
    ],
)
def test_an_input_is_of_the_right_kind(formula: Any, message: str) -> None:
    finding = only_finding(computed(formula))

    assert (finding.rule, finding.path, finding.field) == ("computed_kind", f"{AT}/x-computed", "x")
    assert finding.message == message


def test_an_input_exists() -> None:
    near = only_finding(computed({"count": "sitse"}))
    far = only_finding(computed({"count": "zzz"}))

    assert (near.rule, near.path, near.suggestion) == ("unknown_field", f"{AT}/x-computed", "sites")
    assert near.message == "The state schema has no property 'sitse'. Did you mean 'sites'?"
    assert (far.message, far.suggestion) == ("The state schema has no property 'zzz'.", None)


@pytest.mark.parametrize(
    ("formula", "path"),
    [
        ({}, f"{AT}/x-computed"),
        ({"sum": ["a"], "count": "sites"}, f"{AT}/x-computed"),
        ({"sum": []}, f"{AT}/x-computed/sum"),
        ({"sum": {"list": "sites"}}, f"{AT}/x-computed/sum/of"),
        ({"sum": {"list": "sites", "of": "staff", "if": 1}}, f"{AT}/x-computed/sum/if"),
        ({"difference": ["a"]}, f"{AT}/x-computed/difference"),
        ({"summ": ["a"]}, f"{AT}/x-computed/summ"),
    ],
)
def test_its_shape_is_told(formula: Any, path: str) -> None:
    assert [place for _, place in found(computed(formula))] == [path]


def test_a_key_that_is_misspelt_is_guessed() -> None:
    assert only_finding(computed({"summ": ["a"]})).suggestion == "sum"
    assert only_finding(computed({"sum": {"list": "sites", "of": "staff", "lits": 1}})).suggestion == "list"
    assert only_finding(computed({"difference": ["a"]})).message == "This must have at least 2 entries."
    assert only_finding(computed({})).message == "This must have at least one entry."


def test_it_is_a_number() -> None:
    finding = only_finding(computed({"count": "sites"}, type="string"))

    assert (finding.rule, finding.path) == ("computed_kind", f"{AT}/type")
    assert finding.message == "'x' is computed, and what is computed is a number."


@pytest.mark.parametrize("key", ["default", "readOnly", "x-ask", "x-ask-first", "x-when"])
def test_nobody_is_asked_for_it(key: str) -> None:
    said = {"default": 5, "readOnly": True, "x-ask": ["?"], "x-ask-first": True, "x-when": row("a", "answered")}

    finding = only_finding(computed({"count": "sites"}, **{key: said[key]}))

    assert (finding.rule, finding.path) == ("computed_asked", f"{AT}/{key}")
    assert finding.message == f"'x' is computed, so nobody is asked for it. Take {key!r} out."
    assert found(computed({"count": "sites"}, readOnly=False)) == []


def test_no_step_asks_for_it() -> None:
    source = document(step("one", "a", "x"), properties={"a": NUMBER, "x": {"x-computed": {"sum": ["a"]}}})

    finding = only_finding(source)

    assert (finding.rule, finding.path, finding.step) == ("computed_asked", "/steps/0/fields/1", "one")
    assert finding.message == "'x' is computed, so no step asks for it. Take it out of the step."


def test_nothing_depends_on_it_but_on_its_inputs() -> None:
    properties = {"a": NUMBER, "c": NUMBER, "x": {"x-computed": {"sum": ["a", "c"]}}, "b": {"x-depends-on": ["x"]}}

    finding = only_finding(document(step("one", "a", "b", "c"), properties=properties, required=[]))

    assert (finding.rule, finding.path) == ("depends_on_computed", "/state_schema/properties/b/x-depends-on/0")
    assert finding.field == "b"
    assert finding.message == "'x' is computed and changes only with its inputs. Name those instead: 'a', 'c'."


def test_circles_are_told() -> None:
    properties = {"x": {"x-computed": {"sum": ["y"]}}, "y": {"x-computed": {"sum": ["x"]}}, "a": TEXT}

    finding = only_finding(document(step("one", "a"), properties=properties, required=[]))

    circle = {"x": "x -> y -> x", "y": "y -> x -> y"}[str(finding.field)]
    assert (finding.rule, finding.path) == (
        "computed_cycle",
        f"/state_schema/properties/{finding.field}/x-computed",
    )
    assert finding.message == f"These are computed from each other in a circle: {circle}."


def test_it_is_known_right_after_its_last_input_and_not_before() -> None:
    properties = {
        "a": NUMBER, "b": NUMBER, "c": TEXT, "x": {"x-computed": {"sum": ["a", "b"]}},
        "y": {"x-computed": {"sum": ["x"]}}, "d": {"x-when": row("y", ">", 1)},
    }  # fmt: skip
    late = row("y", ">", 1)

    fine = document(step("one", "a"), step("two", "b", "d", rules=[rule(late)]), step("three", "c", when=late),
                    properties=properties, required=[])  # fmt: skip
    early = document(step("one", "a"), step("two", "b", "d", when=late), step("three", "c"),
                     properties=properties, required=[])  # fmt: skip

    assert found(fine) == []
    assert found(early) == [("later_field", "/steps/1/when")]


def test_a_mistake_in_one_hides_nothing_of_the_others() -> None:
    properties = {
        "a": NUMBER, "x": {"x-computed": {"sum": ["zzz"]}}, "y": {"x-computed": {"sum": ["x"]}},
        "z": {"x-computed": {"sum": ["a"]}},
    }  # fmt: skip

    source = document(step("one", "a"), step("two", "b", when=row("z", ">", 1)), properties=properties, required=[])

    assert found(source) == [("unknown_field", "/state_schema/properties/x/x-computed")]


@pytest.mark.parametrize("items", [True, {}, {"properties": {"staff": True}}, {"type": "object"}])
def test_a_list_whose_entries_are_not_spelt_out_has_no_numbers_to_sum(items: Any) -> None:
    sites = {"type": "array", "items": items}
    properties = {"sites": sites, "x": {"x-computed": {"sum": {"list": "sites", "of": "staff"}}}}

    assert found(document(step("one", "sites"), properties=properties, required=[])) == [
        ("computed_kind", AT + "/x-computed")
    ]


def test_years_are_counted_from_a_moment_too() -> None:
    properties = {"since": {"type": "string", "format": "date-time"}, "x": {"x-computed": {"years_since": "since"}}}

    assert found(document(step("one", "since"), properties=properties, required=[])) == []


@pytest.mark.parametrize(
    ("formula", "more", "asked"),
    [
        ({"sum": ["zzz"]}, {}, False),
        ({"sum": ["t"]}, {}, False),
        ({"sum": ["a"]}, {"default": 1}, False),
        ({"sum": ["a"]}, {"type": "string"}, False),
        ({"sum": ["a"]}, {}, True),
    ],
)
def test_every_mistake_names_its_field(formula: Any, more: dict[str, Any], asked: bool) -> None:
    source = computed(formula, **more)
    source["steps"][0]["fields"] += ["x"] if asked else []

    assert only_finding(source).field == "x"


def test_a_misspelt_part_of_a_sum_is_told_with_the_nearest() -> None:
    findings = validate(computed({"sum": {"list": "sites", "off": "staff"}}))

    assert [finding.suggestion for finding in findings if finding.rule == "unknown_key"] == ["of"]
