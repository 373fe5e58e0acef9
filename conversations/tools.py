"""The tools of stored versions, made once for each version and dialect."""

from conversations.toolschema.dialects import Dialect
from conversations.toolschema.tools import ToolSet, tools_for
from engine.definition import Definition
from registry.definitions import remembered


def tools_of(version_id: int, definition: Definition, dialect: Dialect) -> ToolSet:
    """Return the tools of a version."""
    return remembered(version_id, ("tools", dialect), lambda: tools_for(definition, dialect))
