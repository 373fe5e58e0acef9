"""What models are told that they can call, in each dialect."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conversations.tests.pure.openai_subset import complaints
from conversations.tests.pure.told import parameters
from conversations.toolschema.dialects import Dialect
from conversations.toolschema.losses import Loss
from conversations.toolschema.toolnames import ToolName
from conversations.toolschema.tools import DESCRIPTIONS, parameters_of, tools_for
from engine.definition import Definition
from engine.tests.budget import budget
from engine.tests.builders import LIST, definition_of, document, info, row, step
from engine.tests.generated import documents

type Json = dict[str, Any]

PLAIN = Dialect.OPENAI
STRICT = Dialect.OPENAI_STRICT
ACTION = {"type": "api_call", "target": "https://bank.example/", "result": {"score": "/score"}}


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


def test_all_that_can_be_handed_over_is_told_with_what_it_is_for() -> None:
    definition = definition_of(info("hello"), step("car", "wishes", required=False), properties={"wishes": LIST})

    assert tools_for(definition, PLAIN).tools[0] == {
        "type": "function",
        "function": {
            "name": "submit_data",
            "description": DESCRIPTIONS[ToolName.SUBMIT],
            "parameters": {
                "type": "object",
                "properties": {
                    "data": {
                        "type": "object",
                        "description": "What the person said, by field. "
                        "Only what they said: nothing that is guessed or left open.",
                        "properties": {"wishes": {"type": "array"}},
                        "additionalProperties": False,
                    },
                    "clear": {
                        "type": "array",
                        "items": {"type": "string", "enum": ["wishes"]},
                        "description": "Fields whose answer the person takes back without giving another.",
                    },
                    "append": {
                        "type": "object",
                        "description": "New entries for lists; those that are there already stay.",
                        "properties": {"wishes": {"type": "array"}},
                        "additionalProperties": False,
                    },
                    "remove": {
                        "type": "object",
                        "description": "Entries to take out of lists, by the ids that the context gives them.",
                        "properties": {"wishes": {"type": "array", "items": {"type": "integer"}}},
                        "additionalProperties": False,
                    },
                    "skip": {
                        "type": "array",
                        "items": {"type": "string", "enum": ["car"]},
                        "description": "Optional steps that the person leaves out: car = Car.",
                    },
                    "acknowledge": {
                        "type": "array",
                        "items": {"type": "string", "enum": ["hello"]},
                        "description": "Steps that the person has read, or has nothing to say to: hello = Hello.",
                    },
                    "evidence": {
                        "type": "object",
                        "description": "For each field, the words of the person's last message that say so, "
                        "letter by letter.",
                        "properties": {"wishes": {"type": "string"}},
                        "additionalProperties": False,
                    },
                },
                "additionalProperties": False,
            },
            "strict": False,
        },
    }


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


def test_over_mcp_a_tool_names_its_conversation_first_and_what_it_may_do() -> None:
    told = {tool["name"]: tool for tool in tools_for(None, Dialect.MCP).tools}

    assert told["cancel_workflow"] == {
        "name": "cancel_workflow",
        "title": "Cancel the workflow",
        "description": "End the active workflow before its end, when the person clearly wants that.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "conversation_id": {"type": "string", "description": "The conversation, as it was named before."},
                "reason": {"type": "string", "description": "Why, in the person's words."},
            },
            "required": ["conversation_id"],
            "additionalProperties": False,
        },
        "annotations": {
            "readOnlyHint": False,
            "destructiveHint": True,
            "idempotentHint": False,
            "openWorldHint": False,
        },
    }
    assert told["confirm_workflow"]["inputSchema"]["required"] == ["conversation_id", "token"]


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


def test_what_a_strict_tool_cannot_say_is_listed_and_the_tool_asks_for_null() -> None:
    told = tools_for(definition_of(properties={"only": {"type": "string", "minLength": 2}}), STRICT)

    assert told.losses == (
        Loss(
            tool="submit_data",
            path="/properties/data/properties/only",
            keyword="minLength",
            became="told in the description",
        ),
    )
    assert told.tools[1]["function"]["description"] == (
        "End the active workflow before its end, when the person clearly wants that. "
        "Give null for whatever there is nothing to say of."
    )


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
