"""Whether the arguments of a call are what the tool takes at all; what the values are worth is for the engine. Pure."""

from collections.abc import Mapping
from typing import Any

from conversations.toolschema.mistakes import Judge
from conversations.toolschema.parameters import BY_TOOL
from conversations.toolschema.restoring import restore
from conversations.toolschema.toolnames import ToolName
from engine import strict_json
from engine.errors import Invalid, did_you_mean

_JUDGES = {name: Judge(schema) for name, schema in BY_TOOL.items()}


class ArgumentsUnreadable(Invalid):
    """What a model gave as the arguments of a tool is no JSON object."""

    code = "arguments_unreadable"


class UnknownTool(Invalid):
    """There is no tool of this name."""

    code = "unknown_tool"


class ArgumentsInvalid(Invalid):
    """A tool was called with arguments that it does not take."""

    code = "arguments_invalid"


def tool_named(name: str) -> ToolName:
    """Return the tool of this name.

    :raises UnknownTool: there is none
    """
    if name in ToolName:
        return ToolName(name)
    near = did_you_mean(name, map(str, ToolName))
    hint = f"Did you mean {near!r}?" if near else f"There are: {', '.join(ToolName)}."
    raise UnknownTool(f"There is no tool of this name. {hint}")


def read(name: ToolName, arguments: Any) -> Mapping[str, Any]:
    """Return the arguments of a call, which some providers hand on as the text that the model wrote.

    :raises ArgumentsUnreadable: they are no JSON, or no object
    :raises ArgumentsInvalid: the tool does not take them; with everything that is wrong, and none of the values
    """
    given: dict[str, Any] = restore(_object_of(arguments), BY_TOOL[name])
    if wrong := _JUDGES[name].mistakes(given):
        words = " ".join(mistake["message"] for mistake in wrong)
        raise ArgumentsInvalid(f"{words} Call {name} again without that mistake.")
    return given


def _object_of(arguments: Any) -> dict[str, Any]:
    if arguments is None or (isinstance(arguments, str) and not arguments.strip()):
        return {}  # what some models write where there is nothing to say
    try:
        given = strict_json.loads(arguments) if isinstance(arguments, str) else arguments
        strict_json.check(given)
    except strict_json.UnreadableJson as error:
        words = f"The arguments are not readable: {error.message} Call the tool again with one JSON object."
        raise ArgumentsUnreadable(words) from None
    if not isinstance(given, dict):
        raise ArgumentsUnreadable("The arguments must be one JSON object. Call the tool again with one.")
    return given
