"""What is logged of a call: that it was made, and never what with."""

import logging
from typing import Any

import pytest

from conversations.tests.mcp.posting import Mcp

PHONE = "+33 6 12 34 56 78"


class _Keeping(logging.Handler):
    """Keeps every record, as handlers do that send them elsewhere with all they hold."""

    def __init__(self) -> None:
        super().__init__(level=logging.NOTSET)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.records.append(record)


@pytest.mark.parametrize("legacy", [False, True])
def test_what_a_tool_is_called_with_is_in_no_log(mcp: Mcp, legacy: bool) -> None:
    keeping, root = _Keeping(), logging.getLogger()
    mcp.legacy = legacy
    root.addHandler(keeping)
    level = root.level
    root.setLevel(logging.DEBUG)
    try:
        for arguments in _calls():
            mcp.post("tools/call", name=arguments.pop("tool"), arguments=arguments)
    finally:
        root.setLevel(level)
        root.removeHandler(keeping)

    calls = [record for record in keeping.records if record.name == "django_mcpz.calls"]
    assert len(calls) == len(_calls())
    assert calls[0].getMessage().startswith("Tool 'list_workflows': ")
    key = mcp.client.defaults["HTTP_AUTHORIZATION"]
    for record in keeping.records:
        if not record.name.startswith("django.db"):
            text = repr(vars(record))
            assert PHONE not in text, record.name
            assert "arguments" not in vars(record)
            assert key not in text


def _calls() -> list[dict[str, Any]]:
    return [{"tool": "list_workflows", "search": PHONE}, {"tool": "list_workflows", "cursor": [PHONE]}]
