"""The shape of a document: one finding for each thing that is wrong, with its place and words for the author."""

from typing import Any

import pytest

from engine.findings import Severity
from engine.tests.builders import document, found, info, only_finding, row, rule, step
from engine.validation import validate

KEYS: dict[str, Any] = {
    "name": "loan",
    "description": "A loan",
    "category": "financial",
    "guidelines": "Be kind.",
    "end_action_target": "https://bank.example/loans",
    "end_action_config": {},
    "confirmation": "none",
    "prerequisites": ["kyc", {"template": "credit", "check": {"field": "score", "op": ">", "value": 5}}],
    "expires_after": None,
    "time_zone": "Europe/Paris",
    "tests": [],
    "metadata": {"any": ["thing"]},
    "is_active": False,
}


def plain(**changes: Any) -> dict[str, Any]:
    return document(step("one", "a"), **changes)


def with_step(**changes: Any) -> dict[str, Any]:
    return document(step("one", "a", **changes))


def without(key: str) -> dict[str, Any]:
    return {name: part for name, part in plain().items() if name != key}


def test_a_good_document_has_no_findings() -> None:
    assert validate(plain()) == ()


def test_every_key_of_the_contract_is_known() -> None:
    assert validate(plain(**KEYS)) == ()


def test_every_key_of_a_step_is_known() -> None:
    keys = {
        "description": "",
        "required": False,
        "when": row("a", "answered"),
        "rules": [rule(row("b", "!=", "x"), field=["b"])],
        "action": None,
        "uses": "address@3",
        "prefix": "home_",
        "for_each": None,
    }

    assert validate(document(step("one", "a"), step("two", "b", **keys))) == ()


def test_every_keyword_of_a_property_is_known() -> None:
    keywords = {
        "title": "B",
        "readOnly": False,
        "x-ask": ["B?", "And B?"],
        "x-messages": {"*": "No."},
        "x-order": -1.5,
        "x-own-address": False,
        "x-sensitive": "mask",
        "x-unit": "EUR",
        "x-when": row("a", "answered"),
        "x-depends-on": [],
        "default": 5,
        "examples": [1],
        "deprecated": True,
    }

    assert validate(document(step("one", "a", "b"), properties={"a": {}, "b": keywords})) == ()


@pytest.mark.parametrize("source", [None, True, 5, "text", [], [{}]])
def test_a_document_is_an_object(source: Any) -> None:
    assert found(source) == [("shape", "")]
    assert only_finding(source).message == "This must be of type object."


@pytest.mark.parametrize("key", ["name", "state_schema", "steps", "end_action_type"])
def test_a_required_key_that_is_missing_is_named(key: str) -> None:
    finding = next(finding for finding in validate(without(key)) if finding.rule == "missing_key")

    assert finding.path == f"/{key}"
    assert finding.message == f"The key {key!r} is missing."
    assert finding.severity is Severity.ERROR


def test_everything_missing_is_told_at_once() -> None:
    assert sorted(found({})) == [
        ("missing_key", "/end_action_type"),
        ("missing_key", "/name"),
        ("missing_key", "/state_schema"),
        ("missing_key", "/steps"),
    ]


@pytest.mark.parametrize(
    ("source", "path", "suggestion"),
    [
        (plain(desciption="x"), "/desciption", "description"),
        (plain(step=[]), "/step", "steps"),
        (plain(zzz=1), "/zzz", None),
        (with_step(feilds=[]), "/steps/0/feilds", "fields"),
        (with_step(rules=[rule(row("a", "empty"), mesage="x")]), "/steps/0/rules/0/mesage", "message"),
        (with_step(rules=[rule(row("a", "==", "x", feild="b"))]), "/steps/0/rules/0/check/feild", "field"),
        (with_step(rules=[rule(row("a", "==", "x", ofset="b"))]), "/steps/0/rules/0/check/ofset", "offset"),
        (with_step(rules=[rule({"any": [{"all": [], "refs": 1}]})]), "/steps/0/rules/0/check/any/0/refs", "ref"),
        (with_step(rules=[rule({"all": [row("a", "empty")], "anyy": 1})]), "/steps/0/rules/0/check/anyy", "any"),
        (with_step(rules=[rule({"not": row("a", "empty"), "nott": 1})]), "/steps/0/rules/0/check/nott", "not"),
        (plain(**{"a/b~c": 1}), "/a~1b~0c", None),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest(source: Any, path: str, suggestion: str | None) -> None:
    finding = next(finding for finding in validate(source) if finding.rule == "unknown_key")

    key = path.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    hint = f" Did you mean {suggestion!r}?" if suggestion else ""
    assert finding.path == path
    assert finding.suggestion == suggestion
    assert finding.message == f"There is no key {key!r} here.{hint}"


@pytest.mark.parametrize(
    ("source", "path", "message"),
    [
        (plain(name=5), "/name", "This must be of type string."),
        (plain(name=" "), "/name", "This must not be empty."),
        (plain(name="n" * 256), "/name", "This must have at most 255 characters."),
        (plain(description=None), "/description", "This must be of type string."),
        (plain(category="c" * 101), "/category", "This must have at most 100 characters."),
        (plain(guidelines=[]), "/guidelines", "This must be of type string."),
        (plain(metadata=[]), "/metadata", "This must be of type object."),
        (plain(is_active="yes"), "/is_active", "This must be of type boolean."),
        (plain(time_zone=""), "/time_zone", "This must not be empty."),
        (plain(time_zone=5), "/time_zone", "This must be of type string."),
        (
            plain(end_action_type="email"),
            "/end_action_type",
            "This must be one of: api_call, workflow, tool_call, none.",
        ),
        (plain(end_action_target="t" * 2001), "/end_action_target", "This must have at most 2000 characters."),
        (plain(end_action_target=5), "/end_action_target", "This must be of type string."),
        (plain(end_action_config=[]), "/end_action_config", "This must be of type object."),
        (plain(steps={}), "/steps", "This must be of type array."),
        (with_step(name=""), "/steps/0/name", "This must not be empty."),
        (with_step(name="n" * 256), "/steps/0/name", "This must have at most 255 characters."),
        (with_step(description=5), "/steps/0/description", "This must be of type string."),
        (with_step(required=1), "/steps/0/required", "This must be of type boolean."),
        (with_step(rules={}), "/steps/0/rules", "This must be of type array."),
        (with_step(rules=[5]), "/steps/0/rules/0", "This must be of type object."),
        (with_step(rules=[rule(row("a", "empty"), "")]), "/steps/0/rules/0/message", "This must not be empty."),
        (
            with_step(rules=[rule(row("a", "empty"), field=5)]),
            "/steps/0/rules/0/field",
            "This must be of type array or string.",
        ),
        (
            with_step(rules=[rule(row("a", "empty"), field=[])]),
            "/steps/0/rules/0/field",
            "This must have at least one entry.",
        ),
        (
            with_step(rules=[rule(row("a", "empty"), field=["a", "a"])]),
            "/steps/0/rules/0/field",
            "The same entry is here twice.",
        ),
    ],
)
def test_a_value_of_the_wrong_shape_is_told_in_words(source: Any, path: str, message: str) -> None:
    finding = only_finding(source)

    assert (finding.rule, finding.path, finding.message) == ("shape", path, message)


def test_a_step_needs_id_and_name() -> None:
    source = plain() | {"steps": [{}]}

    assert sorted(found(source)) == [("missing_key", "/steps/0/id"), ("missing_key", "/steps/0/name")]


def test_a_template_has_at_least_one_step() -> None:
    finding = only_finding(plain(steps=[]))

    assert (finding.path, finding.message) == ("/steps", "This must have at least one entry.")


def test_a_template_has_at_most_five_hundred_steps() -> None:
    assert validate(document(*[info(f"s{number}") for number in range(500)])) == ()
    steps = [
        info(f"s{number}", when=row("ghost", "empty") if number == 400 else row("a", "empty")) for number in range(501)
    ]
    finding = only_finding(document(*steps, properties={"a": {}}))

    assert (finding.path, finding.message) == ("/steps", "This must have at most 500 entries.")


def test_a_template_has_at_most_a_thousand_fields() -> None:
    names = [f"f{number}" for number in range(1001)]

    assert validate(document(step("one", *names[:1000]))) == ()
    finding = only_finding(document(step("one", *names), properties={"f5": {"x-when": row("ghost", "empty")}}))
    assert (finding.path, finding.message) == ("/state_schema/properties", "This must have at most 1000 entries.")


@pytest.mark.parametrize(("place", "looked_at"), [(500, True), (501, False)])
def test_steps_beyond_the_limit_are_not_looked_at(place: int, looked_at: bool) -> None:
    steps = [info(f"s{number}", **({"required": 5} if number == place else {})) for number in range(503)]

    assert (("shape", f"/steps/{place}/required") in found(document(*steps))) is looked_at


@pytest.mark.parametrize(("place", "looked_at"), [(1000, True), (1001, False)])
def test_fields_beyond_the_limit_are_not_looked_at(place: int, looked_at: bool) -> None:
    properties: dict[str, Any] = {f"f{number}": {"title": 5} if number == place else {} for number in range(1003)}

    findings = found(document(info("hello"), properties=properties, required=[]))

    assert (("shape", f"/state_schema/properties/f{place}/title") in findings) is looked_at
    assert ("shape", "/state_schema/properties") in findings


@pytest.mark.parametrize(
    ("part", "path", "message"),
    [
        ({"title": 5}, "/title", "This must be of type string."),
        ({"readOnly": "yes"}, "/readOnly", "This must be of type boolean."),
        ({"x-ask": []}, "/x-ask", "This must have at least one entry."),
        ({"x-ask": "What?"}, "/x-ask", "This must be of type array."),
        ({"x-ask": [" "]}, "/x-ask/0", "This must not be empty."),
        ({"x-messages": {"type": 5}}, "/x-messages/type", "This must be of type string."),
        ({"x-messages": []}, "/x-messages", "This must be of type object."),
        ({"x-order": "1"}, "/x-order", "This must be of type number."),
        ({"x-sensitive": True}, "/x-sensitive", "This must be one of: mask, never_llm."),
        ({"x-unit": 5}, "/x-unit", "This must be of type string."),
    ],
)
def test_our_keywords_have_their_shapes(part: dict[str, Any], path: str, message: str) -> None:
    first = next(iter(validate(plain(properties={"a": part}))))

    assert (first.rule, first.path, first.message) == ("shape", f"/state_schema/properties/a{path}", message)


@pytest.mark.parametrize("part", [True, False, 5, [], None])
def test_a_property_is_an_object(part: Any) -> None:
    findings = validate(plain(properties={"a": part}))

    assert ("shape", "/state_schema/properties/a") in [(finding.rule, finding.path) for finding in findings]


@pytest.mark.parametrize(
    ("source", "rule_id", "path"),
    [
        (plain(state_schema=[]), "shape", "/state_schema"),
        (plain(state_schema={"properties": {"a": {}}}), "missing_key", "/state_schema/type"),
        (plain(state_schema={"type": "array", "properties": {"a": {}}}), "shape", "/state_schema/type"),
        (plain(state_schema={"type": "object", "properties": {"a": {}}, "required": "a"}), "shape",
         "/state_schema/required"),
        (plain(state_schema={"type": "object", "properties": []}), "shape", "/state_schema/properties"),
        (plain(state_schema={"type": "object"}), "missing_key", "/state_schema/properties"),
    ],
)  # fmt: skip
def test_the_state_schema_is_that_of_an_object(source: Any, rule_id: str, path: str) -> None:
    assert (rule_id, path) in found(source)


def test_the_type_of_the_state_schema_is_told_in_words() -> None:
    source = plain(state_schema={"type": "array", "properties": {"a": {}}})

    assert only_finding(source).message == "This must be 'object'."


def test_one_wrong_part_hides_nothing_else() -> None:
    source = document(
        step("one", "a", required="yes"),
        step("two", "ghost", when=row("nobody", "==", 1)),
        properties={"a": {"x-order": "first"}},
        required=["a", "other"],
        name="",
        colour="red",
        end_action_type="api_call",
        time_zone="Mars",
    )

    assert sorted(found(source)) == [
        ("shape", "/name"),
        ("shape", "/state_schema/properties/a/x-order"),
        ("shape", "/steps/0/required"),
        ("target_missing", "/end_action_target"),
        ("unknown_field", "/state_schema/required/1"),
        ("unknown_field", "/steps/1/when"),
        ("unknown_key", "/colour"),
        ("unknown_time_zone", "/time_zone"),
    ]
