"""What a test reads out of the tools that a model is told of."""

from typing import Any

from conversations.toolschema.tools import ToolSet

type Json = dict[str, Any]


def parameters(told: ToolSet, name: str = "submit_data") -> Json:
    """Return the arguments of a tool of OpenAI's."""
    (found,) = [one["function"]["parameters"] for one in told.tools if one["function"]["name"] == name]
    return dict(found)
