"""What depends on what must exist, and must not depend on itself."""

from typing import Any

import pytest

from engine.tests.builders import LIST, TEXT, document, found, only_finding, step


def depending(**on: list[str]) -> dict[str, Any]:
    return document(
        step("one", *on), properties={name: {**TEXT, "x-depends-on": others} for name, others in on.items()}
    )


def test_a_field_may_depend_on_others() -> None:
    assert found(depending(a=[], b=["a"], c=["a", "b"])) == []


def test_what_a_field_depends_on_must_exist() -> None:
    finding = only_finding(depending(amount=[], b=["amount", "amuont"]))

    assert (finding.rule, finding.field) == ("unknown_field", "b")
    assert finding.path == "/state_schema/properties/b/x-depends-on/1"
    assert finding.message == "The state schema has no property 'amuont'. Did you mean 'amount'?"
    assert finding.suggestion == "amount"


def test_a_name_that_is_like_no_other_gets_no_suggestion() -> None:
    assert only_finding(depending(a=["zzz"])).message == "The state schema has no property 'zzz'."


def test_no_field_depends_on_itself() -> None:
    finding = only_finding(depending(a=["a"]))

    assert (finding.rule, finding.path) == ("dependency_cycle", "/state_schema/properties/a/x-depends-on")
    assert finding.field == "a"
    assert finding.message == "These depend on each other in a circle: a -> a."


def test_no_fields_depend_on_each_other_in_a_circle() -> None:
    finding = only_finding(depending(a=["b"], b=["c"], c=["a"], d=["a"]))

    assert finding.rule == "dependency_cycle"
    assert "a -> b" in f"{finding.message} -> b"
    assert finding.message.startswith(f"These depend on each other in a circle: {finding.field} -> ")
    assert finding.path == f"/state_schema/properties/{finding.field}/x-depends-on"


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_a_circle_of_choices_is_told_where_it_stands(names: tuple[str, str]) -> None:
    choices = {"a": {**LIST, "x-choices": {"ref": "b"}}, "b": {**LIST, "x-choices": {"ref": "a"}}}
    depending_too = {**choices, "b": {**LIST, "x-depends-on": ["a"]}}

    for properties in (choices, depending_too):
        ordered = {name: properties[name] for name in names}
        finding = only_finding(document(step("one", *names), properties=ordered))

        field = str(finding.field)
        (key,) = properties[field].keys() - {"type"}
        assert (finding.rule, finding.path) == ("dependency_cycle", f"/state_schema/properties/{field}/{key}")
        assert finding.message.startswith(f"These depend on each other in a circle: {field} -> ")
