"""Whatever is sent as a document: it is answered with findings, never with an exception, and in reasonable time."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition import Definition
from engine.errors import DomainError
from engine.findings import Finding, errors
from engine.progress import Status
from engine.strict_json import MAX_BYTES
from engine.tests.budget import IS_THOROUGH, budget
from engine.tests.builders import BOOL, NUMBER, TEXT, begin, document, give, info, row, rule, step
from engine.validation import validate

FEW = budget(quick=20, thorough=500)


def rich() -> dict[str, Any]:
    """Return a good document that uses every key there is."""
    properties = {
        "amount": {**NUMBER, "minimum": 1, "x-unit": "EUR", "x-messages": {"*": "No."}, "x-ask": ["How much?"]},
        "purpose": {**TEXT, "oneOf": [{"const": "car", "title": "A car"}, {"const": "home"}], "x-order": 2},
        "plate": {**TEXT, "pattern": "^[A-Z]+$", "x-when": row("purpose", "==", "car"), "x-sensitive": "mask"},
        "extras": {"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": True},
        "address": {"type": "object", "properties": {"zip": {"$ref": "#/$defs/zip"}}, "required": ["zip"]},
        "day": {**TEXT, "format": "date", "readOnly": True},
        "loose": {**BOOL, "x-when": row("early", "answered"), "x-order": 2},
        "early": {**TEXT, "x-order": 1},
    }
    conditions = {
        "all": [
            {"any": [row("amount", ">", 5), row("early", "answered"), row("amount", "attempts>=", 3)]},
            {"not": row("purpose", "<", ref="$today", offset="-P1Y")},
        ]
    }
    return document(
        step("one", "amount", "purpose", "plate"),
        step("two", "extras", "day", when=conditions, required=False, uses="extras@1", prefix=""),
        step("three", "address", rules=[rule(row("amount", "!=", ref="purpose"), field=["amount"])]),
        info("four", description="Done.", rules=[rule(row("purpose", "in", ["car"]))]),
        properties={**properties, "amount": {**properties["amount"], "type": ["number", "string"]}},
        required=["amount", "purpose", "address"],
        root={"$defs": {"zip": {**TEXT, "maxLength": 5}}, "dependentRequired": {"plate": ["amount"]}},
        end_action_type="workflow",
        end_action_target="next",
        end_action_config={"state": {"theirs": "amount"}},
        time_zone="Europe/Paris",
        category="c",
        metadata={"a": [1]},
        confirmation="none",
    )


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Return the path to every node of a JSON value, the value itself first."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


PLACES = list(places(rich()))
WRONG: list[Any] = [None, True, -1.5, "$today", [[]], [None], {"a": {}}, {"field": 5}]
ROUNDS = len(WRONG) if IS_THOROUGH else 1
"""How many of the wrong values each place gets: all of them, or one, another than the place beside it."""

texts = st.sampled_from(["", "x", "a", "amount", "day", "$ref", "#", "(", "car", "==", "P1Y", "object", "none", "ü/~"])
leaves = st.none() | st.booleans() | st.integers(-3, 1000) | st.floats(-2, 2) | texts
jsons = st.recursive(leaves, lambda part: st.lists(part, max_size=3) | st.dictionaries(texts, part, max_size=3))


def changed(source: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return the document with another value at a place, if the place is still there."""
    match source:
        case _ if not path:
            return value
        case dict() if path[0] in source:
            return {**source, path[0]: changed(source[path[0]], path[1:], value)}
        case list() if isinstance(path[0], int) and path[0] < len(source):
            return [*source[: path[0]], changed(source[path[0]], path[1:], value), *source[path[0] + 1 :]]
        case _:
            return source


def check_answer(source: Any) -> None:
    """Hold a document to the promise: findings, or a definition that can be started and given anything."""
    findings = validate(source)
    assert all(isinstance(finding, Finding) for finding in findings)
    assert len(findings) <= 200
    json.dumps([finding.as_dict() for finding in findings])
    if errors(findings):
        return
    definition = Definition.from_document(source)
    try:
        decision = begin(definition, {"day": "2026-01-01"})
    except DomainError:
        return
    if decision.progress.status is Status.ACTIVE:
        give(
            definition, decision.progress, {"amount": 7, "purpose": "car", "plate": "A", "extras": ["a"], "address": 5}
        )


def test_the_good_document_is_good() -> None:
    assert validate(rich()) == ()


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_wrong_value_at_any_place_is_no_accident(round_: int) -> None:
    for number, path in enumerate(PLACES):
        check_answer(changed(rich(), path, WRONG[(number + round_) % len(WRONG)]))


def test_any_part_may_be_missing() -> None:
    for path in PLACES[1:]:
        source = rich()
        node: Any = source
        for key in path[:-1]:
            node = node[key]
        del node[path[-1]]

        check_answer(source)


@FEW
@given(st.lists(st.tuples(st.sampled_from(PLACES), jsons), min_size=1, max_size=4))
def test_random_changes_are_answered_with_findings_or_make_a_workflow(
    changes: list[tuple[tuple[str | int, ...], Any]],
) -> None:
    source: Any = rich()
    for path, value in changes:
        source = changed(source, path, value)

    check_answer(source)


@FEW
@given(jsons)
def test_random_json_is_answered_with_findings(value: Any) -> None:
    check_answer(value)


def state(properties: dict[str, Any], **root: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **root}


FULL = 1000 if IS_THOROUGH else 40
"""So many thousandths of what fits into a mebibyte."""
ENUM = [f"v{number}" for number in range(30 * FULL)]
NAMES: dict[str, Any] = {f"f{number}": {} for number in range(FULL)}
LAST = row("a", "==", ENUM[-1])

HOSTILE: dict[str, dict[str, Any]] = {
    "unknown keys": {f"k{number}": 1 for number in range(70 * FULL)},
    "unknown keys that hide broken steps": {**{f"k{number}": 1 for number in range(500)}, "steps": [{}, 5, [[]]]},
    "properties": {"state_schema": state({f"k{number}": {} for number in range(70 * FULL)})},
    "broken properties": {"state_schema": state({f"k{number}": {"type": 5} for number in range(900)})},
    "one broken of many": {
        "state_schema": state({"a": state({f"k{n}": {} for n in range(70 * FULL)}), "b": {"type": 5}})
    },
    "patterns": {"state_schema": state({"a": {"allOf": [{"pattern": "(a{900}){900}"}] * 30 * FULL}})},
    "references": {"state_schema": state({"a": {"allOf": [{"$ref": "x"}] * 50 * FULL}})},
    "steps": {"steps": [{"id": f"s{number}", "name": "x"} for number in range(25 * FULL)]},
    "rows": {"steps": [step("a", "a"), info("b", when={"all": [row("a", "==", "x")] * 20 * FULL})]},
    "choices and rules": {
        "state_schema": state({"a": {"enum": ENUM}}),
        "steps": [step("a", "a", rules=[rule(LAST, "m")] * 6 * FULL)],
    },
    "choices and values": {
        "state_schema": state({"a": {"enum": ENUM}}),
        "steps": [step("a", "a"), info("b", when=row("a", "in", ENUM + ENUM[::-1]))],
    },
    "choices misspelt": {
        "state_schema": state({"a": {"enum": ENUM}}),
        "steps": [step("a", "a"), info("b", when=row("a", "in", [f"{value}x" for value in ENUM]))],
    },
    "names misspelt": {
        "state_schema": state(NAMES),
        "steps": [step(f"s{number}", f"g{number}") for number in range(500)],
    },
    "every field in every step": {
        "state_schema": state(NAMES),
        "steps": [step(f"s{number}", *list(NAMES)[:200]) for number in range(450)],
    },
    "values taken over": {
        "state_schema": state(NAMES),
        "end_action_type": "workflow",
        "end_action_target": "next",
        "end_action_config": {"state": {f"x{number}": "f1" for number in range(50 * FULL)}},
    },
    "placeholders for nothing": {
        "state_schema": state(NAMES),
        "end_action_type": "api_call",
        "end_action_target": "https://a.example/",
        "end_action_config": {"body": ["{{state.ghost}}" * 100] * 500, "headers": {"X": "{{ {{state.{{" * 5000}},
    },
    "conditions on conditions": {
        "state_schema": state({name: {"x-when": row("f0", "answered")} for name in NAMES}),
    },
    "a circle of references": {
        "state_schema": state({"a": {"$ref": "#/$defs/b"}}, **{"$defs": {"b": {"$ref": "#/$defs/b"}}}),
    },
    "long words": {"name": "n" * 1000 * FULL},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_mebibyte_of_malice_is_answered_in_reasonable_time(name: str) -> None:
    source = document(step("a", "a"), **HOSTILE[name])
    assert len(json.dumps(source, separators=(",", ":"))) < MAX_BYTES
    began = time.process_time()

    findings = validate(source)

    assert time.process_time() - began < 30  # well below 1 s; so far above it that no slow machine fails
    assert len(findings) <= 200
    assert sum(len(finding.message) for finding in findings) < 1_100_000
