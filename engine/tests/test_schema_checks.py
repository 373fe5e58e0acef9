"""What is found in a state schema on its own."""

from typing import Any

import pytest

from engine.findings import Finding, Severity
from engine.schema import DIALECT
from engine.schema_checks import check
from engine.tests.builders import TEXT, document, found, schema, step
from engine.validation import validate

A = "/state_schema/properties/a"


def checked(root: dict[str, Any] | None = None, **properties: Any) -> list[Finding]:
    return list(check(schema(required=[], root=root, **properties)))


def places(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.path) for finding in findings]


@pytest.mark.parametrize("dialect", ["", "#"])
def test_the_dialect_may_be_said(dialect: str) -> None:
    assert checked({"$schema": f"https://json-schema.org/draft/2020-12/schema{dialect}"}, a=TEXT) == []


@pytest.mark.parametrize("dialect", ["http://json-schema.org/draft-07/schema#", f"{DIALECT}##", "", 5, None])
def test_another_dialect_is_refused(dialect: Any) -> None:
    (finding,) = checked({"$schema": dialect}, a=TEXT)

    assert (finding.rule, finding.path) == ("other_dialect", "/state_schema/$schema")
    assert finding.message == (
        "The state schema is read as https://json-schema.org/draft/2020-12/schema. Write it so, and leave $schema out."
    )


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ({"type": "txt"}, f"{A}/type"),
        ({"minimum": "1"}, f"{A}/minimum"),
        ({"enum": 5}, f"{A}/enum"),
        ({"minLength": -1}, f"{A}/minLength"),
        ({"properties": {"b": 5}}, f"{A}/properties/b"),
        ({"items": [TEXT]}, f"{A}/items"),
        ({"required": ["x", "x"]}, f"{A}/required"),
        ({"$ref": 5}, f"{A}/$ref"),
        ({"pattern": 5}, f"{A}/pattern"),
        ({"anyOf": []}, f"{A}/anyOf"),
    ],
)
def test_what_is_no_schema_is_told_once_with_its_place(part: dict[str, Any], path: str) -> None:
    (finding,) = checked(a=part)

    assert (finding.rule, finding.path, finding.severity) == ("schema_invalid", path, Severity.ERROR)


def test_the_judges_words_are_passed_on() -> None:
    (finding,) = checked(a={"minLength": -1})

    assert finding.message == "This is no valid JSON Schema: -1 is less than the minimum of 0."


@pytest.mark.parametrize(("length", "rest"), [(300, ""), (301, " ..."), (2000, " ...")])
def test_long_words_are_cut_at_three_hundred_characters(length: int, rest: str) -> None:
    words = '"{}" is not of type "array"'
    words = words.format("x" * (length + 2 - len(words)))

    (finding,) = checked(a={"required": words[1 : words.index('" is')]})

    assert len(words) == length
    assert finding.message == f"This is no valid JSON Schema: {words[:300]}{rest}."


def test_everything_wrong_is_told_at_once() -> None:
    findings = checked({"minProperties": -1, "$ref": "other"}, a={"type": "txt", "minimum": "1"}, b={"pattern": "("})

    assert sorted(places(findings)) == [
        ("remote_ref", "/state_schema/$ref"),
        ("schema_invalid", "/state_schema/minProperties"),
        ("schema_invalid", f"{A}/minimum"),
        ("schema_invalid", f"{A}/type"),
        ("unsafe_pattern", "/state_schema/properties/b/pattern"),
    ]


@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef"])
@pytest.mark.parametrize("reference", ["https://example.org/s", "other.json#/a", "file:///s", "", "urn:x"])
def test_a_reference_out_of_the_document_is_refused(keyword: str, reference: str) -> None:
    (finding,) = checked(a={"items": {keyword: reference}})

    assert (finding.rule, finding.path) == ("remote_ref", f"{A}/items/{keyword}")
    assert finding.message == f"References stay inside the document and begin with '#', unlike {reference!r}."


def test_a_long_reference_is_cut_in_the_message() -> None:
    (finding,) = checked(a={"$ref": "x" * 201})

    assert finding.message.endswith(f" unlike {'x' * 200!r}.")


def test_a_reference_inside_the_document_is_followed() -> None:
    assert checked({"$defs": {"d": TEXT}}, a={"$ref": "#/$defs/d"}, b={"$dynamicRef": "#/$defs/d"}) == []


@pytest.mark.parametrize("pattern", ["(?=a)", "(?!a)", "(?<=a)b", r"(a)\1", "(", "[", "(a{900}){900}"])
def test_a_pattern_that_cannot_run_in_linear_time_is_refused(pattern: str) -> None:
    (finding,) = checked(a={"type": "string", "pattern": pattern})

    assert (finding.rule, finding.path) == ("unsafe_pattern", f"{A}/pattern")
    assert finding.message == (
        "This pattern cannot run in linear time: no look-around, back-references or huge repeats."
    )


@pytest.mark.parametrize("pattern", ["^(a+)+$", r"^\d{5}$", "^[A-Z]{2} ?[0-9]+$", r"^\p{L}+$", ""])
def test_any_other_pattern_is_fine(pattern: str) -> None:
    assert checked(a={"type": "string", "pattern": pattern}) == []


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ({"items": {"pattern": "("}}, "/items/pattern"),
        ({"allOf": [True, {"pattern": "("}]}, "/allOf/1/pattern"),
        ({"properties": {"pattern": {"pattern": "("}}}, "/properties/pattern/pattern"),
        ({"properties": {"const": {"pattern": "("}}}, "/properties/const/pattern"),
        ({"patternProperties": {"(": TEXT}}, "/patternProperties/("),
        ({"patternProperties": {"a/b": {"pattern": "("}}}, "/patternProperties/a~1b/pattern"),
        ({"$defs": {"d": {"pattern": "("}}}, "/$defs/d/pattern"),
        ({"definitions": {"d": {"pattern": "("}}}, "/definitions/d/pattern"),
        ({"dependentSchemas": {"d": {"pattern": "("}}}, "/dependentSchemas/d/pattern"),
        ({"not": {"if": {"pattern": "("}}}, "/not/if/pattern"),
    ],
)
def test_patterns_are_found_wherever_they_are(part: dict[str, Any], path: str) -> None:
    assert places(checked(a=part)) == [("unsafe_pattern", A + path)]


@pytest.mark.parametrize(
    "part",
    [
        {"const": {"pattern": "(", "$ref": "x"}},
        {"enum": [{"pattern": "(", "$ref": "x"}]},
        {"default": {"pattern": "(", "$ref": "x"}},
        {"examples": [{"pattern": "("}]},
        {"x-messages": {"pattern": "(", "$ref": "No."}},
        {"x-when": {"pattern": "("}},
        {"x-ask": ["("]},
        {"properties": {"pattern": TEXT, "$ref": TEXT}},
        {"title": "("},
    ],
)
def test_data_is_not_taken_for_a_schema(part: dict[str, Any]) -> None:
    assert checked(a=part) == []


def test_a_schema_has_at_most_a_thousand_patterns() -> None:
    assert checked(a={"allOf": [{"pattern": "a"}] * 1000}) == []
    (finding,) = checked(a={"allOf": [{"pattern": "("}] * 1001})

    assert (finding.rule, finding.path) == ("too_many_patterns", "/state_schema")
    assert finding.message == "A state schema has at most 1000 patterns."


def test_an_unknown_keyword_of_ours_is_a_warning_with_the_nearest() -> None:
    near, far = checked(a={"x-messges": {}}, b={"x-zzzzzzzzzzz": 1})

    assert (near.rule, near.path) == ("unknown_keyword", f"{A}/x-messges")
    assert (near.severity, near.field, near.suggestion) == (Severity.WARNING, "a", "x-messages")
    assert near.message == "'x-messges' means nothing here. Did you mean 'x-messages'?"
    assert (far.suggestion, far.message) == (None, "'x-zzzzzzzzzzz' means nothing here.")


def test_keywords_of_others_are_left_alone() -> None:
    assert checked(a={"deprecated": True, "colour": "red"}) == []


def test_an_unknown_keyword_does_not_hide_that_the_schema_cannot_be_used() -> None:
    assert places(checked(a={"x-zzzzzzzzzzz": 1, "$ref": "#/$defs/ghost"})) == [
        ("unknown_keyword", f"{A}/x-zzzzzzzzzzz"),
        ("schema_invalid", "/state_schema"),
    ]


def test_a_reference_to_nowhere_is_found_by_compiling() -> None:
    (finding,) = checked(a={"$ref": "#/$defs/ghost"})

    assert (finding.rule, finding.path) == ("schema_invalid", "/state_schema")
    assert finding.message.startswith("The state schema cannot be used: ")
    assert "/$defs/ghost" in finding.message
    assert "\n" not in finding.message


@pytest.mark.parametrize("source", [{"properties": 5}, {"properties": {"a": 5}}, {"properties": []}, {}])
def test_what_has_no_properties_is_looked_at_all_the_same(source: dict[str, Any]) -> None:
    assert all(isinstance(finding, Finding) for finding in check(source))


def test_at_most_two_hundred_findings_block() -> None:
    broken = {f"f{number}": {"minLength": -1} for number in range(300)}

    findings = checked(**broken)

    assert len(findings) == 200


def test_findings_of_the_schema_are_findings_of_the_document() -> None:
    source = document(step("one", "a"), properties={"a": {**TEXT, "minLength": -1}}, name="")

    assert sorted(found(source)) == [("schema_invalid", f"{A}/minLength"), ("shape", "/name")]


def test_two_hundred_findings_of_the_schema_are_enough() -> None:
    broken = {f"f{number}": {"type": 5} for number in range(200)}
    source = document(step("one", "f0", when={"field": "f0", "op": "==", "value": 1}), properties=broken, name="")

    findings = validate(source)

    assert len(findings) == 200
    assert findings[0].path == "/name"
    assert {finding.rule for finding in findings[1:]} == {"schema_invalid"}


def test_with_two_hundred_findings_of_the_schema_its_parts_are_not_trusted() -> None:
    broken: dict[str, Any] = {f"f{number}": {"enum": 5} for number in range(250)}
    source = document(step("one", "f0"), properties=broken | {"f0": {"x-zzzzzzzzzzz": 1}}, required=[])

    assert {finding.rule for finding in validate(source)} == {"schema_invalid"}
