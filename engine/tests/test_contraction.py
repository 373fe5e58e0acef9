"""Making a reusable step out of a step of a document."""

from typing import Any

import pytest

from engine.contraction import Contraction, contract
from engine.reusable import check
from engine.reuse import expanded
from engine.tests.builders import NUMBER, TEXT, document, row, rule, step
from engine.tests.reusables import version

BORN = {**TEXT, "format": "date"}


def made(*steps: dict[str, Any], step_id: str = "home", **parts: Any) -> Contraction:
    return contract(document(*steps, **parts), step_id, slug="address", name="Postal address")


def refused(*steps: dict[str, Any], **parts: Any) -> list[tuple[str, str]]:
    contraction = made(*steps, **parts)
    assert contraction.source == {}
    return [(finding.rule, finding.path) for finding in contraction.findings]


def test_a_step_is_made_reusable_with_its_fields() -> None:
    contraction = made(
        step("first", "a"),
        step("home", "street", "city", description="Where?", required=False),
        properties={"a": TEXT, "street": TEXT, "city": NUMBER},
        required=["a", "city"],
    )

    assert contraction == Contraction(
        source={
            "slug": "address",
            "name": "Postal address",
            "description": "",
            "state_schema": {"type": "object", "properties": {"street": TEXT, "city": NUMBER}, "required": ["city"]},
            "step": {"name": "Home", "description": "Where?", "fields": ["street", "city"], "required": False},
        }
    )
    assert check(contraction.source) == ()


def test_what_was_filled_in_and_taken_out_again_is_the_same() -> None:
    before = version()
    source = expanded(document({"id": "home", "uses": "address@1", "prefix": "home_"}), {before.uses: before}).document

    contraction = contract(source, "home", slug="address", name="Postal address")

    assert {key: contraction.source[key] for key in ("state_schema", "step")} == before.content


def test_what_is_computed_from_its_fields_alone_comes_along() -> None:
    properties = {
        "x_born": BORN,
        "x_age": {"type": "integer", "x-computed": {"years_since": "x_born"}},
        "x_double": {"type": "integer", "x-computed": {"sum": ["x_age"]}},
        "other": NUMBER,
        "x_mixed": {"type": "number", "x-computed": {"sum": ["x_age", "other"]}},
    }

    contraction = made(
        step("home", "x_born", prefix="x_", uses="a@1"), step("two", "other"), properties=properties, required=[]
    )

    assert contraction.source["state_schema"]["properties"] == {
        "born": BORN,
        "age": {"type": "integer", "x-computed": {"years_since": "born"}},
        "double": {"type": "integer", "x-computed": {"sum": ["age"]}},
    }


@pytest.mark.parametrize("names", [("x_a", "b"), ("x_", "x_b")])
def test_a_prefix_that_not_every_name_has_stays(names: tuple[str, str]) -> None:
    contraction = made(step("home", *names, prefix="x_", uses="a@1"))

    assert contraction.source["step"]["fields"] == list(names)


def test_its_condition_on_other_steps_belongs_to_the_template() -> None:
    contraction = made(step("first", "a"), step("home", "b", when=row("a", "answered")))

    assert contraction.leaves_when
    assert "when" not in contraction.source["step"]


def test_its_condition_on_its_own_fields_is_not_left_out_but_told() -> None:
    assert refused(step("home", "a", when=row("a", "answered"))) == [("later_field", "/step/when")]


def test_what_looks_at_other_steps_is_refused_with_its_place() -> None:
    found = refused(
        step("first", "a"),
        step("home", "b", rules=[rule(row("b", "!=", ref="a"))]),
        properties={"a": TEXT, "b": {**TEXT, "x-depends-on": ["a"]}},
    )

    assert found == [
        ("refers_outside", "/steps/1/rules"),
        ("refers_outside", "/state_schema/properties/b/x-depends-on"),
    ]


def test_words_with_an_answer_of_another_step_are_refused_with_their_place() -> None:
    asked = {**TEXT, "x-ask": ["Where, {{state.a}}?"], "description": "{{state.b}}", "x-messages": {"*": "{{state.a}}"}}
    rules = [rule(row("b", "answered"), "No, {{state.a}}.")]

    found = refused(
        step("first", "a"),
        step("home", "b", name="For {{state.a}}", description="{{state.b}}, {{state.a}}", rules=rules),
        properties={"a": TEXT, "b": asked},
    )

    assert found == [
        ("refers_outside", "/steps/1/name"),
        ("refers_outside", "/steps/1/description"),
        ("refers_outside", "/steps/1/rules"),
        ("refers_outside", "/state_schema/properties/b/x-ask"),
        ("refers_outside", "/state_schema/properties/b/x-messages"),
    ]


def test_a_prefix_is_left_out_of_words_too() -> None:
    contraction = made(
        step("home", "x_a", "x_b", prefix="x_", uses="a@1", name="For {{state.x_a}}"),
        properties={"x_a": TEXT, "x_b": {**TEXT, "x-ask": ["And {{ state.x_a }}?"]}},
    )

    assert contraction.source["step"]["name"] == "For {{state.a}}"
    assert contraction.source["state_schema"]["properties"]["b"]["x-ask"] == ["And {{ state.a }}?"]


def test_a_refusal_says_what_it_looks_at() -> None:
    properties = {"a": TEXT, "b": {**TEXT, "x-when": row("a", "answered")}}

    findings = made(step("first", "a"), step("home", "b", name="For {{state.a}}"), properties=properties).findings

    assert [(finding.step, finding.field) for finding in findings] == [("home", None), ("home", "b")]
    assert {finding.message for finding in findings} == {
        "This looks at 'a', which is no field of this step. A reusable step stands for itself: take it out."
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("action", {"type": "api_call", "target": "https://a.example"}),
        ("end", {"outcome": "x"}),
        ("for_each", "a"),
    ],
)
def test_only_a_step_that_asks_is_made_reusable(key: str, value: Any) -> None:
    (finding,) = made(step("home", "a", **{key: value})).findings

    assert (finding.rule, finding.path, finding.step) == ("not_reusable", f"/steps/0/{key}", "home")
    assert finding.message == "Only a step that asks can be reused, not one that acts or ends."


def test_a_field_that_is_not_there_is_outside() -> None:
    source = {**document(step("home", "a")), "steps": [step("home", "a", "b")]}

    (finding,) = contract(source, "home", slug="address", name="A").findings

    assert (finding.rule, finding.path) == ("refers_outside", "/steps/0/fields")


def test_what_is_wrong_with_the_reusable_step_itself_is_told() -> None:
    contraction = contract(document(step("home", "a")), "home", slug="Not a slug", name="A")

    assert contraction.source == {}
    assert [finding.path for finding in contraction.findings] == ["/slug"]


def test_a_step_without_fields_is_not_made_reusable() -> None:
    assert refused(step("home")) == [("nothing_to_reuse", "/step/fields")]


@pytest.mark.parametrize(
    "source",
    [
        None,
        {},
        {"steps": []},
        {"steps": ["home", {"id": "work"}]},
        {"steps": [{"id": "home"}], "state_schema": 5},
    ],
)
def test_a_step_that_is_not_there_is_told(source: Any) -> None:
    (finding,) = contract(source, "home", slug="address", name="A").findings

    assert (finding.rule, finding.path, finding.message) == ("unknown_step", "/steps", "There is no step 'home' here.")


@pytest.mark.parametrize("parts", [{"fields": 5}, {"fields": ["a"], "name": 5}, {"fields": ["a"], "rules": 5}])
def test_what_is_not_well_formed_is_told_and_nothing_made(parts: dict[str, Any]) -> None:
    source = {"steps": [{"id": "home", "name": "Home", **parts}], "state_schema": {"properties": {"a": 5, "b": None}}}

    contraction = contract(source, "home", slug="address", name="A")

    assert contraction.source == {}
    assert contraction.findings
