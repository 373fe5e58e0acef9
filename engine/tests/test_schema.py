import socket
from typing import Any, NoReturn

import jsonschema_rs
import pytest

from engine.schema import StateSchema, Violation, compile_schema, violations
from engine.tests.builders import NUMBER, TEXT, schema


def judge(part: dict[str, Any], value: Any) -> list[tuple[str, tuple[str | int, ...], dict[str, Any]]]:
    judged = StateSchema(schema(field=part)).judge({"field": value})
    return [(found.keyword, found.path, dict(found.details)) for found in judged.get("field", ())]


def test_good_values_have_no_violations() -> None:
    state_schema = StateSchema(schema(name=TEXT, age=NUMBER))

    assert state_schema.judge({"name": "Ada", "age": 36}) == {}
    assert state_schema.admits("name", "Ada") is True


def test_each_value_is_judged_alone() -> None:
    state_schema = StateSchema(schema(name=TEXT, age={"type": "integer", "minimum": 0}, mail=TEXT))

    judged = state_schema.judge({"name": 5, "age": -1, "mail": "m"})

    assert judged == {
        "name": (Violation(keyword="type", path=("name",), details={"types": ["string"]}),),
        "age": (Violation(keyword="minimum", path=("age",), details={"limit": 0}),),
    }


def test_everything_wrong_with_a_value_is_told() -> None:
    assert judge({"type": "string", "minLength": 3, "pattern": "^a"}, "b") == [
        ("minLength", ("field",), {"limit": 3}),
        ("pattern", ("field",), {"pattern": "^a"}),
    ]


def test_a_violation_inside_a_value_has_the_path_to_the_spot() -> None:
    address = {"type": "object", "properties": {"lines": {"type": "array", "items": TEXT}}}

    assert judge(address, {"lines": ["a", 5]}) == [("type", ("field", "lines", 1), {"types": ["string"]})]


def test_what_joins_several_fields_does_not_judge_one_value() -> None:
    joined = {
        "additionalProperties": False,
        "minProperties": 2,
        "anyOf": [{"required": ["b"]}],
        "if": {"required": ["a"]},
        "then": {"required": ["b"]},
        "dependentRequired": {"a": ["b"]},
    }

    assert StateSchema(schema(a=TEXT, b=TEXT, root=joined)).judge({"a": "x"}) == {}


def test_definitions_of_the_root_serve_a_single_value() -> None:
    root = {"$defs": {"small": {"maximum": 3}}, "definitions": {"big": {"minimum": 2}}, "$id": "https://example.org/s"}
    state_schema = StateSchema(schema(a={"$ref": "#/$defs/small"}, b={"$ref": "#/definitions/big"}, root=root))

    assert state_schema.admits("a", 3)
    assert not state_schema.admits("a", 4)
    assert not state_schema.admits("b", 1)


def test_formats_are_judged() -> None:
    assert judge({"type": "string", "format": "date"}, "2026-02-30") == [("format", ("field",), {"format": "date"})]
    assert judge({"type": "string", "format": "date"}, "2024-02-29") == []


def test_the_values_are_judged_together_without_what_is_required() -> None:
    root = {"dependentRequired": {"a": ["b"]}, "minProperties": 2}
    state_schema = StateSchema(schema(a=TEXT, b=TEXT, c=TEXT, root=root))

    assert sorted(state_schema.judge_whole({"a": "x"}), key=lambda found: found.keyword) == [
        Violation(keyword="minProperties", path=(), details={"limit": 2}),
        Violation(keyword="required", path=(), details={"property": "b"}),
    ]
    assert state_schema.judge_whole({"a": "x", "b": "y"}) == ()


@pytest.mark.parametrize(
    ("violation", "fields"),
    [
        (Violation(keyword="type", path=("a", 0), details={}), ("a",)),
        (Violation(keyword="required", path=("a",), details={"property": "inner"}), ("a",)),
        (Violation(keyword="required", path=(), details={"property": "b"}), ("b",)),
        (Violation(keyword="additionalProperties", path=(), details={"unexpected": ["b", "c"]}), ("b", "c")),
        (Violation(keyword="anyOf", path=(), details={}), ()),
    ],
)
def test_a_violation_names_the_fields_it_is_about(violation: Violation, fields: tuple[str, ...]) -> None:
    assert violation.fields == fields


def test_the_judges_own_context_is_no_detail() -> None:
    validator = compile_schema({"anyOf": [{"type": "string"}, {"type": "number"}]})

    (violation,) = violations(validator, [])

    assert violation == Violation(keyword="anyOf", path=(), details={})


@pytest.mark.parametrize(
    "part",
    [
        {"$ref": "https://example.org/other.json"},
        {"$ref": "file:///etc/hostname"},
        {"properties": {"a": {"$ref": "other.json"}}},
        {"type": "txt"},
        {"minimum": "1"},
        {"pattern": "(?=a)a"},
        {"pattern": r"(a)\1"},
        {"pattern": "("},
    ],
)
def test_a_schema_that_is_wrong_or_looks_outside_does_not_compile(part: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not|cannot|Retrieval"):
        compile_schema(part)


def test_a_remote_reference_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> NoReturn:
        asked.append(arguments)
        raise AssertionError(arguments)

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        monkeypatch.setattr(socket, "socket", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)

        with pytest.raises(jsonschema_rs.ValidationError, match="Retrieval is disabled"):
            compile_schema({"$ref": f"http://127.0.0.1:{port}/schema.json"})

        with pytest.raises(BlockingIOError):
            server._accept()  # type: ignore[attr-defined]  # the plain `accept` would make a new `socket.socket`
    assert asked == []


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|aa)+$", "^(.*a){20}$"])
def test_a_hostile_pattern_runs_in_linear_time(pattern: str) -> None:
    state_schema = StateSchema(schema(field={"type": "string", "pattern": pattern}))

    assert not state_schema.admits("field", "a" * 5_000 + "!\n" if pattern != "^(.*a){20}$" else "b" * 5_000)
