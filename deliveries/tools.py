"""stub, replaced by merge"""

from typing import Any


def find_tool(name: str) -> Any: ...


class ToolCall:
    def __init__(self, **kw: Any) -> None: ...


def call_tool(*args: Any, **kw: Any) -> Any: ...
