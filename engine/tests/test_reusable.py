"""What a reusable step says, and whether it may be published."""

import json
from typing import Any

import pytest

from engine.findings import errors
from engine.reusable import check, in_order
from engine.tests.builders import NUMBER, TEXT, row, rule
from engine.tests.reusables import CITY, source, version


def found(given: Any) -> list[tuple[str, str]]:
    return [(finding.rule, finding.path) for finding in check(given)]


def test_a_good_one_has_no_findings() -> None:
    assert check(source()) == ()


@pytest.mark.parametrize("given", [None, [], "address", 5])
def test_it_is_an_object(given: Any) -> None:
    (finding,) = check(given)

    assert (finding.rule, finding.path, finding.message) == ("shape", "", "This must be of type object.")


@pytest.mark.parametrize("key", ["slug", "name", "state_schema", "step"])
def test_what_is_missing_is_told_once(key: str) -> None:
    given = {name: part for name, part in source().items() if name != key}

    (finding,) = [finding for finding in check(given) if finding.path.startswith(f"/{key}")]

    assert (finding.rule, finding.message) == ("missing_key", f"The key {key!r} is missing.")


def test_the_description_and_the_category_may_be_missing() -> None:
    given = {name: part for name, part in source().items() if name != "description"}

    assert check({**given, "category": "people"}) == ()
    assert check(given) == ()


@pytest.mark.parametrize(
    ("changes", "rule_id", "path"),
    [
        ({"slug": "Postal address"}, "bad_slug", "/slug"),
        ({"slug": 5}, "bad_slug", "/slug"),
        ({"name": ""}, "shape", "/name"),
        ({"description": 5}, "shape", "/description"),
        ({"category": "c" * 101}, "shape", "/category"),
        ({"steps": []}, "unknown_key", "/steps"),
        ({"step": 5}, "shape", "/step"),
        ({"state_schema": 5}, "shape", "/state_schema"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(changes: dict[str, Any], rule_id: str, path: str) -> None:
    assert (rule_id, path) in found({**source(), **changes})


def test_a_bad_slug_is_told_with_what_a_good_one_is() -> None:
    (finding,) = check({**source(), "slug": "Postal address"})

    assert finding.message == (
        "This is the short name that templates use: at most 50 small letters and digits, with single hyphens or "
        "underscores between them, like 'postal-address'."
    )


def test_an_unknown_key_is_told_with_the_nearest() -> None:
    finding = errors(check({**source(), "catgory": "x"}))[0]

    assert finding.message == "There is no key 'catgory' here. Did you mean 'category'?"
    assert finding.suggestion == "category"


@pytest.mark.parametrize("key", ["id", "action", "end", "uses", "prefix", "for_each"])
def test_its_step_only_asks(key: str) -> None:
    given = source()
    given["step"] = {**given["step"], key: None}

    (finding,) = check(given)

    assert (finding.rule, finding.path) == ("unknown_key", f"/step/{key}")
    assert finding.message.startswith(f"There is no key {key!r} here. Known are: name, description, fields,")


def test_it_asks_for_something() -> None:
    given = source(fields=[], rules=[], required=[])
    finding = next(finding for finding in check(given) if finding.rule == "nothing_to_reuse")

    assert (finding.path, finding.message) == ("/step/fields", "A reusable step asks for at least one field.")


def test_findings_of_the_step_are_told_where_they_stand_in_it() -> None:
    given = source(rules=[rule(row("town", "answered"))])
    (finding,) = check(given)

    assert (finding.rule, finding.path, finding.step) == ("unknown_field", "/step/rules/0/check", None)


def test_findings_of_the_fields_are_told_where_they_stand() -> None:
    given = source(properties={"city": {**CITY, "x-depends-on": ["country"]}}, rules=[])

    assert found(given) == [("unknown_field", "/state_schema/properties/city/x-depends-on/0")]


def test_its_schema_is_a_plain_object() -> None:
    given = source()
    given["state_schema"] = {**given["state_schema"], "$defs": {}}

    assert found(given) == [("unknown_key", "/state_schema/$defs")]


def test_its_fields_do_not_refer_to_others() -> None:
    given = source(properties={"city": CITY, "other": {"$ref": "#/properties/city"}}, rules=[])

    (finding,) = check(given)

    assert (finding.rule, finding.path) == ("reference_in_reusable", "/state_schema/properties/other/$ref")
    assert finding.message == ("A reusable step stands for itself, so its fields do not refer to other parts by $ref.")


def test_it_has_at_most_a_hundred_fields() -> None:
    many = {f"f{number}": TEXT for number in range(101)}

    assert found(source(properties=dict(list(many.items())[:100]), rules=[])) == []
    (finding,) = check(source(properties=many, rules=[]))
    assert (finding.rule, finding.path) == ("too_many_fields", "/state_schema/properties")
    assert finding.message == "A reusable step has at most 100 fields."


def test_it_is_no_larger_than_what_may_be_copied_often() -> None:
    def with_words(count: int) -> dict[str, Any]:
        return source(properties={"city": {**CITY, "description": "x" * count}}, rules=[])

    bare = with_words(0)
    most = 64 * 1024 - len(json.dumps([bare["step"], bare["state_schema"]]))
    (finding,) = check(with_words(most + 1))

    assert check(with_words(most)) == ()
    assert (finding.rule, finding.path) == ("too_large", "/state_schema")
    assert finding.message == "A reusable step has at most 65,536 characters, for each use is a copy of it."


def test_at_most_two_hundred_findings_are_told() -> None:
    assert len(check({**source(), **{f"key {number}": 1 for number in range(300)}})) == 200


def test_under_a_prefix_every_name_has_it() -> None:
    copied = version().under("home_")

    assert list(copied.properties) == ["home_street", "home_city", "home_floor"]
    assert copied.properties["home_street"]["title"] == "Street"
    assert copied.properties["home_floor"]["x-when"] == row("home_city", "answered")
    assert copied.required == ("home_street", "home_city")
    assert copied.step["fields"] == ["home_street", "home_city", "home_floor"]
    assert copied.step["rules"] == [
        rule(row("home_city", "!=", ref="home_street"), "These are the same.", field=["home_city", "home_street"])
    ]


def test_a_version_need_not_say_that_anything_is_required() -> None:
    given = source()
    del given["state_schema"]["required"]

    assert version(1, given).under("").required == ()


def test_fields_that_say_no_order_stand_as_they_are_asked() -> None:
    assert list(version(properties={"b": TEXT, "a": TEXT, "c": TEXT}, rules=[]).fields()) == ["b", "a", "c"]


def test_a_version_is_called_by_its_name_and_its_number() -> None:
    assert version(4).uses == "address@4"
    assert version(4).names == {"street", "city", "floor"}


def test_properties_stand_in_their_order_and_else_as_they_are_asked() -> None:
    properties: dict[str, Any] = {"c": {"x-order": 2}, "a": {**NUMBER, "x-order": 0.5}, "x": {}, "wrong": None, "b": {}}

    assert list(in_order(properties, ["x", "b", "c"])) == ["x", "b", "wrong", "a", "c"]
    assert list(in_order(properties)) == ["b", "wrong", "x", "a", "c"]
