"""What a hostile client or author may cost."""

from typing import Any

import pytest

from engine.draft import MAX_SUGGESTIONS
from engine.merging import merge
from engine.submission import Submission, TooManyValues
from engine.tests.builders import (
    NUMBER,
    TEXT,
    TODAY,
    definition_of,
    document,
    found,
    only_finding,
    progress,
    row,
    rule,
    step,
)


def test_a_long_list_of_wrong_entries_is_complained_of_ten_times() -> None:
    definition = definition_of(step("one", "a"), properties={"a": {"type": "array", "items": NUMBER}})

    merged = merge(definition, progress(), Submission(data={"a": ["x"] * 1000}), today=TODAY)

    assert len(merged.report.rejected) == 10
    assert getattr(merged.facts[0], "rejected") == ({"at": "a", "code": "type"},)  # noqa: B009


def test_the_whole_is_complained_of_ten_times_too() -> None:
    names = [f"f{number}" for number in range(30)]
    definition = definition_of(step("one", "a"), root={"dependentRequired": {"a": names}})

    position = merge(definition, progress(), Submission(data={"a": "A"}), today=TODAY).position

    assert len(position.unmet) == 10


def test_only_the_first_unknown_names_get_a_suggestion() -> None:
    definition = definition_of(step("one", "amount"))
    data = {f"amount{number}": 1 for number in range(20)}

    merged = merge(definition, progress(), Submission(data=data, skip=("on",)), today=TODAY)

    suggestions = [ignored.suggestion for ignored in merged.report.ignored]
    assert suggestions == ["amount"] * MAX_SUGGESTIONS + [None] * (20 - MAX_SUGGESTIONS)
    assert merged.report.rejected[0].message == "There is no step 'on'."


def test_only_the_first_unknown_steps_get_a_suggestion() -> None:
    definition = definition_of(step("first_step", "a"))
    steps = tuple(f"first_step{number}" for number in range(8))

    merged = merge(definition, progress(), Submission(skip=steps), today=TODAY)

    assert ["Did you mean" in found.message for found in merged.report.rejected] == [True] * 5 + [False] * 3


def test_a_submission_has_no_more_values_than_a_template_has_fields() -> None:
    data = dict.fromkeys(map(str, range(1001)), 1)

    with pytest.raises(TooManyValues) as caught:
        merge(definition_of(step("one", "a")), progress(), Submission(data=data), today=TODAY)

    assert caught.value.code == "too_many_values"
    assert caught.value.message == "One submission gives at most 1000 values, not 1001."
    assert caught.value.details == {"count": 1001}


@pytest.mark.parametrize("part", ["skip", "acknowledge"])
def test_a_submission_names_no_more_steps_than_over_rest(part: str) -> None:
    named: dict[str, Any] = {part: ("one",) * 1001}

    with pytest.raises(TooManyValues) as caught:
        merge(definition_of(step("one", "a")), progress(), Submission(**named), today=TODAY)

    assert caught.value.message == "One submission names at most 1000 steps, not 1001."


def test_a_thousand_values_are_not_too_many() -> None:
    data = dict.fromkeys(map(str, range(1000)), 1)

    merged = merge(definition_of(step("one", "a")), progress(), Submission(data=data), today=TODAY)

    assert len(merged.report.ignored) == 1000


def doubling(levels: int) -> dict[str, Any]:
    """Return a document whose references double at each level."""
    definitions: dict[str, Any] = {
        f"d{level}": {"allOf": [{"$ref": f"#/$defs/d{level + 1}"}] * 2} for level in range(levels)
    }
    definitions[f"d{levels}"] = {"type": "string"}
    return document(step("one", "a"), properties={"a": {"$ref": "#/$defs/d0"}}, root={"$defs": definitions})


def test_references_that_unfold_to_millions_are_refused() -> None:
    assert found(doubling(40)) == [("schema_too_large", "/state_schema")]
    assert found(doubling(5)) == []


def test_references_by_escaped_names_are_followed_too() -> None:
    source = doubling(40)
    definitions = source["state_schema"]["$defs"]
    definitions["a/b~c"] = definitions.pop("d0")
    source["state_schema"]["properties"]["a"] = {"$ref": "#/$defs/a~1b~0c"}

    assert found(source) == [("schema_too_large", "/state_schema")]


def referring(fields: int, size: int) -> dict[str, Any]:
    """Return a document of which every field refers to one definition of this size, by an escaped name."""
    names = [f"f{number}" for number in range(fields)]
    return document(
        step("one", *names),
        properties={name: {"$ref": "#/$defs/a~1b~0c"} for name in names},
        root={"$defs": {"a/b~c": {"allOf": [{"type": "string"}] * size}}},
    )


def test_what_is_referred_to_counts_each_time_and_nothing_else_does() -> None:
    assert found(referring(100, 1000)) == [("schema_too_large", "/state_schema")]
    assert found(referring(300, 10)) == []


def test_fifty_thousand_parts_are_the_most_that_are_unfolded() -> None:
    def sized(rest: int) -> dict[str, Any]:
        fields = {f"f{number}": {"$ref": "#/$defs/d"} for number in range(48)}  # each 1 and the 999 of the definition
        properties = {**fields, "rest": {"allOf": [{}] * rest}}
        return document(step("one", *properties), properties=properties, root={"$defs": {"d": {"allOf": [{}] * 998}}})

    words = "With its references unfolded the state schema has more than 50,000 parts. Use fewer."

    assert found(sized(997)) == []
    assert only_finding(sized(998)).message == words


def test_an_offset_on_an_unknown_name_is_an_unknown_name() -> None:
    source = document(step("one", "a"), step("two", "b", when=row("a", ">", ref="zzz", offset="P1D")))

    assert found(source) == [("unknown_field", "/steps/1/when")]


def test_references_in_a_circle_are_counted_once() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#/$defs/tree"}, "right": {"$ref": "#/$defs/tree"}}}
    source = document(
        step("one", "a", "b"),
        properties={"a": {"$ref": "#/$defs/tree"}, "b": TEXT},
        root={"$defs": {"tree": tree, "a/b": {"$ref": "#/$defs/tree"}, "c": {"$ref": "#/$defs/a~1b"}}},
    )

    assert found(source) == []


def test_a_reference_through_what_is_no_object_leads_nowhere() -> None:
    source = document(step("one", "a"), properties={"a": {"$ref": "#/required/0/x"}})

    assert found(source) == [("schema_invalid", "/state_schema")]


def test_an_offset_moves_dates_only() -> None:
    source = document(
        step("one", "a", "b"),
        step("two", "c", when=row("a", ">", ref="b", offset="P1D")),
        step("three", rules=[rule(row("c", ">", ref="d", offset="P1D"))]),
        properties={"a": NUMBER, "b": NUMBER, "c": TEXT, "d": {}},
        required=["a", "b", "c"],
    )

    assert found(source) == [("incomparable", "/steps/1/when")]
