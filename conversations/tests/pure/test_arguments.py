"""What a model gave as arguments: read strictly, without nulls that say nothing, and refused in words."""

from typing import Any

import pytest

from conversations.toolschema.arguments import (
    ArgumentsInvalid,
    ArgumentsUnreadable,
    UnknownTool,
    read,
    tool_named,
)
from conversations.toolschema.restoring import restore
from conversations.toolschema.toolnames import ToolName

GROUP = {
    "type": "object",
    "properties": {"a": {"type": "string"}, "b": {"type": ["string", "null"]}, "c": {}, "d": False},
    "required": ["a"],
}


@pytest.mark.parametrize(
    ("given", "schema", "meant"),
    [
        ({"a": None, "b": None, "c": None, "d": None}, GROUP, {"a": None, "b": None, "c": None, "d": None}),
        ({"b": None, "x": None}, {"properties": {"b": {"type": "string"}}}, {"x": None}),
        ([{"b": None}], {"items": {"properties": {"b": {"type": "string"}}}}, [{}]),
        ({"x": {"b": None}}, {"properties": {"x": {"properties": {"b": {"type": "string"}}}}}, {"x": {}}),
        ({"x": None, "y": "a"}, {"additionalProperties": {"type": "string"}}, {"y": "a"}),
        ({"b": None}, {"anyOf": [{"properties": {"b": {"type": "string"}}}]}, {"b": None}),
        ([None], {"items": {"type": "string"}}, [None]),
        ([{"b": None}], {}, [{"b": None}]),
        ("a", GROUP, "a"),
    ],
)
def test_a_null_that_only_says_not_given_is_nothing(given: Any, schema: Any, meant: Any) -> None:
    assert restore(given, schema) == meant


@pytest.mark.parametrize("nothing", [None, "", "  \n", "{}", {}])
def test_no_arguments_are_none(nothing: Any) -> None:
    assert read(ToolName.CANCEL, nothing) == {}


def test_what_is_null_is_not_given() -> None:
    said = '{"data": {"a": null}, "clear": null, "evidence": {"a": null, "b": "x"}}'

    assert read(ToolName.SUBMIT, said) == {"data": {"a": None}, "evidence": {"b": "x"}}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("{", "The arguments are not readable: This is not JSON"),
        ('{"a": 1, "a": 2}', "occurs twice"),
        ('{"a": NaN}', "NaN is not JSON"),
        ({"data": {"a": "\x00"}}, "NUL"),
        ({"data": {"a": float("inf")}}, "not finite"),
        ("[" * 40 + "]" * 40, "nested deeper"),
    ],
)
def test_what_is_not_readable_says_what_to_do(given: Any, words: str) -> None:
    with pytest.raises(ArgumentsUnreadable, match="Call the tool again with one") as refused:
        read(ToolName.SUBMIT, given)

    assert words in refused.value.message


@pytest.mark.parametrize("given", [[], "7", "null"])
def test_what_is_no_object_is_refused_as_such(given: Any) -> None:
    with pytest.raises(ArgumentsUnreadable) as refused:
        read(ToolName.SUBMIT, given)

    assert refused.value.message == "The arguments must be one JSON object. Call the tool again with one."


@pytest.mark.parametrize(
    ("tool", "given", "words"),
    [
        (ToolName.SUBMIT, {"date": {}}, "There is no argument 'date'. Did you mean 'data'?"),
        (ToolName.CONFIRM, {"token": "t", "why": "secret"}, "There is no argument 'why'. It takes: token."),
        (ToolName.SWITCH, {"workflow": 3}, "workflow must be text."),
        (ToolName.SUBMIT, {"append": {"people": "secret"}}, "append (people) must be a list."),
        (ToolName.SUBMIT, {"evidence": {"a": 7}}, "evidence (a) must be text."),
        (ToolName.START, {}, "The argument 'workflow' is missing."),
        (
            ToolName.START,
            {"workflow": 3, "x": 1},
            "workflow must be text. There is no argument 'x'. It takes: workflow, data.",
        ),
    ],
)
def test_what_a_tool_does_not_take_is_named_and_no_value_repeated(tool: ToolName, given: Any, words: str) -> None:
    with pytest.raises(ArgumentsInvalid) as refused:
        read(tool, given)

    assert refused.value.message == f"{words} Call {tool} again without that mistake."


def test_a_tool_is_known_by_its_name_alone() -> None:
    assert tool_named("cancel_workflow") is ToolName.CANCEL
    with pytest.raises(UnknownTool, match="Did you mean 'cancel_workflow'"):
        tool_named("cancel_workflows")
    with pytest.raises(UnknownTool, match="There are: start_workflow, submit_data"):
        tool_named("x")
