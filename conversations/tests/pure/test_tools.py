"""What models are told that they can call, in each dialect."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.tests.pure.openai_subset import complaints
from conversations.toolschema.dialects import Dialect
from conversations.toolschema.losses import Loss
from conversations.toolschema.toolnames import ToolName
from conversations.toolschema.tools import ToolSet, parameters_of, tools_for
from engine.definition import Definition
from engine.tests.budget import budget
from engine.tests.builders import definition_of, document, info, row, step
from engine.tests.generated import documents

type Json = dict[str, Any]

PLAIN = Dialect.OPENAI
STRICT = Dialect.OPENAI_STRICT
ACTION = {"type": "api_call", "target": "https://bank.example/", "result": {"score": "/score"}}


def parameters(told: ToolSet, name: str = "submit_data") -> Json:
    """Return the arguments of a tool of OpenAI's."""
    (found,) = [one["function"]["parameters"] for one in told.tools if one["function"]["name"] == name]
    return dict(found)


def field(schema: Json, **changes: Any) -> Json:
    """Return what a model is told of a field."""
    properties = {"x": schema, "name": {"type": "string"}}
    told = tools_for(definition_of(step("who", "name"), step("only", "x"), properties=properties, **changes), PLAIN)
    return dict(parameters(told)["properties"]["data"]["properties"]["x"])


def names(definition: Definition | None, dialect: Dialect = PLAIN) -> list[str]:
    """Return the names of the tools."""
    return [one["function"]["name"] for one in tools_for(definition, dialect).tools]


def test_fields_stand_in_the_order_in_which_they_are_asked() -> None:
    definition = definition_of(step("b", "z", "a"), step("c", "a", "m"), properties={"loose": {"type": "string"}})

    told = parameters(tools_for(definition, PLAIN))["properties"]

    assert list(told["data"]["properties"]) == ["loose", "z", "a", "m"]
    assert told["clear"]["items"]["enum"] == ["loose", "z", "a", "m"]
    assert list(told["evidence"]["properties"]) == ["loose", "z", "a", "m"]


def test_what_is_not_a_models_to_give_is_not_there() -> None:
    definition = definition_of(
        step("you", "name", "pin", "segment", "born"),
        step("found", "score", action=ACTION),
        step("asked", "limit", action={**ACTION, "result": {"limit": "/limit"}, "on_failure": "ask"}),
        properties={
            "pin": {"type": "string", "x-sensitive": "never_llm"},
            "segment": {"type": "string", "readOnly": True},
            "born": {"type": "string", "format": "date"},
            "age": {"type": "integer", "x-computed": {"years_since": "born"}},
        },
        required=["name"],
    )

    told = tools_for(definition, PLAIN)

    assert list(parameters(told)["properties"]["data"]["properties"]) == ["name", "born", "limit"]
    assert "pin" not in json.dumps(told.tools)


def test_a_description_says_what_a_person_would_need_to_know() -> None:
    said = field(
        {
            "type": "number",
            "title": "Amount",
            "description": "What you need, {{state.x}}",
            "x-unit": "EUR",
            "x-ask-first": True,
            "x-order": 3,
            "x-ask": ["How much?"],
        }
    )

    assert said == {
        "type": "number",
        "description": "Amount. What you need, … In EUR. Only in answer to this question, never inferred.",
    }


def test_titled_choices_are_listed_and_their_titles_told() -> None:
    options = [{"const": "home", "title": "A home"}, {"const": 2, "title": "Two, {{state.x}}"}]

    assert field({"oneOf": options}) == {
        "description": "Choices: home = A home; 2 = Two, …",
        "enum": ["home", 2],
    }
    assert field({"type": "array", "items": {"oneOf": options}})["items"]["enum"] == ["home", 2]


@pytest.mark.parametrize(
    "options",
    [
        [{"const": "a"}, {"const": "b", "minLength": 2}],
        [{"const": 1}, {"const": 1.0}],
        [{"const": "a"}, True],
        {"enum": ["a"], "oneOf": [{"const": "a"}]},
    ],
)
def test_choices_that_a_list_cannot_stand_for_stay_as_they_are(options: Any) -> None:
    schema = options if isinstance(options, dict) else {"oneOf": options}

    assert "oneOf" in field(schema)


def test_choices_out_of_a_collected_list_are_those_that_the_context_offers() -> None:
    properties = {
        "slots": {"type": "array", "items": {"type": "string"}},
        "slot": {"type": "string", "x-choices": {"ref": "slots"}},
    }
    definition = definition_of(step("a", "slots"), step("b", "slot"), properties=properties)

    told = parameters(tools_for(definition, PLAIN))["properties"]["data"]["properties"]["slot"]

    assert told["description"] == "One of the choices that the context offers."


def test_what_is_suggested_for_a_sensitive_field_is_not_told() -> None:
    schema = {"type": "string", "default": "secret", "examples": ["secret"]}

    assert field(schema) == {"type": "string", "default": "secret", "examples": ["secret"]}
    assert field({**schema, "x-sensitive": "mask"}) == {"type": "string"}
    assert field({"type": "array", "items": schema, "x-sensitive": "mask"})["items"] == {"type": "string"}


def test_references_are_spelt_out_and_end_in_anything_if_they_go_in_a_circle() -> None:
    defs = {
        "short": {"type": "string", "maxLength": 3, "default": "abc", "title": "Short"},
        "chain": {"type": "object", "properties": {"next": {"$ref": "#/$defs/chain"}}},
    }
    properties = {
        "a": {"$ref": "#/$defs/short"},
        "b": {"$ref": "#/$defs/short", "minLength": 2, "title": "B"},
        "c": {"$ref": "#/$defs/chain"},
        "d": {"$ref": "#/$defs/short", "title": "D"},
    }
    definition = definition_of(step("only", *properties), properties=properties, root={"$defs": defs})

    told = tools_for(definition, PLAIN)
    data = parameters(told)["properties"]["data"]["properties"]

    short = {"type": "string", "description": "Short.", "maxLength": 3}
    assert data["a"] == short
    assert data["b"] == {"description": "B.", "allOf": [short], "minLength": 2}
    assert data["c"] == {"type": "object", "properties": {"next": {}}}
    assert data["d"] == {**short, "description": "D."}
    assert told.losses == (
        Loss(
            tool="submit_data",
            path="/properties/data/properties/c/properties/next",
            keyword="$ref",
            became="left out: any value will do here, and is judged when it comes",
        ),
    )


def test_a_reference_that_is_no_pointer_ends_in_anything() -> None:
    properties = {"x": {"type": "object", "properties": {"y": {"$ref": "#"}}}}
    definition = definition_of(step("only", "x"), properties=properties)

    told = tools_for(definition, PLAIN)

    assert parameters(told)["properties"]["data"]["properties"]["x"]["properties"] == {"y": {}}
    assert [loss.keyword for loss in told.losses] == ["$ref"]


def test_a_name_that_a_provider_would_refuse_is_told_in_words() -> None:
    properties = {
        "größe": {"type": "integer", "title": "Height"},
        "house": {"type": "object", "properties": {"höhe": {"type": "integer"}}, "additionalProperties": False},
    }
    definition = definition_of(step("only", *properties), properties=properties)

    told = tools_for(definition, STRICT)
    data = parameters(told)["properties"]["data"]

    assert list(data["properties"]) == ["house"]
    assert data["additionalProperties"] is True
    assert data["description"].endswith("Also takes 'größe' (Height).")
    assert data["properties"]["house"]["description"] == "Also takes 'höhe' (Höhe)."
    assert told.tools[0]["function"]["strict"] is False
    assert {(loss.keyword, loss.path) for loss in told.losses} >= {
        ("properties", "/properties/data/properties/größe"),
        ("properties", "/properties/evidence/properties/größe"),
        ("strict", "/properties/data"),
    }


def test_columns_stand_in_their_order_and_every_part_of_a_schema_is_shown() -> None:
    columns = {"b": {"type": "string", "x-order": 1}, "a": {"type": "string", "x-order": 2}, "c": True}
    schema = {
        "type": "object",
        "properties": columns,
        "patternProperties": {"^x": {"title": "X", "type": "string"}},
        "allOf": [{"title": "silent"}],
        "dependentRequired": {"b": ["a"], "a": ["b"]},
    }

    said = field(schema)

    assert list(said["properties"]) == ["c", "b", "a"]
    assert said["patternProperties"] == {"^x": {"type": "string", "description": "X."}}
    assert said["allOf"] == [{"description": "silent."}]
    assert list(said["dependentRequired"]) == ["a", "b"]


def test_lists_are_added_to_and_taken_from_by_name() -> None:
    properties: Json = {
        "people": {"type": "array", "items": {"type": "string", "title": "A name"}, "maxItems": 3},
        "things": {"type": "array"},
    }
    definition = definition_of(step("only", *properties), properties=properties)

    told = parameters(tools_for(definition, PLAIN))["properties"]

    people = {"type": "array", "items": {"type": "string", "description": "A name."}}
    assert told["append"]["properties"] == {"people": people, "things": {"type": "array"}}
    assert told["remove"]["properties"]["people"] == {"type": "array", "items": {"type": "integer"}}


def test_steps_that_may_be_left_out_or_only_read_go_by_their_ids() -> None:
    source = document(
        info("hello"),
        info("by_the_way", required=False),
        step("you", "name"),
        step("car", "plate", required=False, name="The car of {{state.name}}"),
        step("extra", "note"),
        info("over", when=row("name", "==", "x"), end={"outcome": "over"}),
        step("found", "score", action=ACTION),
        required=["name", "plate"],
    )

    told = parameters(tools_for(Definition.from_document(source), PLAIN))["properties"]

    assert told["skip"]["items"]["enum"] == ["car"]
    assert told["skip"]["description"].endswith(": car = The car of …")
    assert told["acknowledge"]["items"]["enum"] == ["hello", "extra"]


def test_where_there_is_nothing_to_name_the_argument_is_left_out() -> None:
    told = parameters(tools_for(definition_of(info("hello"), properties={}), STRICT))

    assert list(told["properties"]) == ["acknowledge"]
    assert complaints(told) == []


def test_which_tools_there_are_follows_from_the_version_alone() -> None:
    confirmed = definition_of(step("found", "score", action={**ACTION, "confirm": True}))

    assert names(None) == ["start_workflow", "switch_workflow"]
    assert names(definition_of()) == ["submit_data", "cancel_workflow", "switch_workflow"]
    assert "confirm_workflow" in names(definition_of(confirmation="required"))
    assert "confirm_workflow" in names(confirmed)


def test_anthropic_is_told_the_same_in_its_own_frame() -> None:
    definition = definition_of(step("only", "name"))

    tool = tools_for(definition, Dialect.ANTHROPIC).tools[0]

    assert list(tool) == ["name", "description", "input_schema"]
    assert tool["input_schema"] == parameters(tools_for(definition, PLAIN))


def test_over_mcp_the_tools_are_the_same_whatever_is_active() -> None:
    told = tools_for(None, Dialect.MCP).tools

    assert tools_for(definition_of(), Dialect.MCP).tools == told
    assert [tool["name"] for tool in told] == [
        "start_workflow",
        "submit_data",
        "confirm_workflow",
        "cancel_workflow",
        "switch_workflow",
    ]
    assert all(tool["inputSchema"]["required"][0] == "conversation_id" for tool in told)
    assert [tool["name"] for tool in told if tool["annotations"]["destructiveHint"]] == [
        "confirm_workflow",
        "cancel_workflow",
    ]


def test_what_a_call_is_read_by_is_what_was_told() -> None:
    definition = definition_of(step("only", "name"))

    assert parameters_of(ToolName.SUBMIT, definition) == parameters(tools_for(definition, PLAIN))
    assert parameters_of(ToolName.SUBMIT, None)["properties"]["data"]["additionalProperties"] is True


def test_a_tool_that_cannot_be_strict_is_not_and_the_others_are() -> None:
    told = tools_for(definition_of(properties={"only": {}}, confirmation="required"), STRICT)

    assert [one["function"]["strict"] for one in told.tools] == [False, True, True, True]
    assert told.losses == (
        Loss(
            tool="submit_data",
            path="/properties/data/properties/only",
            keyword="strict",
            became="false: anything may stand here",
        ),
    )
    assert "null" in told.tools[1]["function"]["description"]


@given(documents(), st.randoms(use_true_random=False))
@budget(quick=25, thorough=500)
def test_tools_are_the_same_to_the_byte_whatever_order_a_database_keeps(source: Json, random: Any) -> None:
    other = _shuffled(source, random)

    for dialect in Dialect:
        told, again = (tools_for(Definition.from_document(one), dialect) for one in (source, other))
        assert json.dumps(told.tools) == json.dumps(again.tools)
        assert told.losses == again.losses


@given(documents())
@budget(quick=25, thorough=500)
def test_what_any_template_is_told_as_strict_is_what_openai_takes(source: Json) -> None:
    told = tools_for(Definition.from_document(source), STRICT)

    strict = [one["function"] for one in told.tools if one["function"]["strict"]]
    assert {one["name"]: complaints(one["parameters"]) for one in strict} == {one["name"]: [] for one in strict}


def _shuffled(value: Any, random: Any) -> Any:
    match value:
        case dict():
            keys = sorted(value)
            random.shuffle(keys)
            return {key: _shuffled(value[key], random) for key in keys}
        case list():
            return [_shuffled(part, random) for part in value]
        case _:
            return value
