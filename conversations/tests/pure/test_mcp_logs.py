"""A record of a call loses what it was made with, and keeps the rest."""

import logging

from conversations.mcp.logs import WithoutArguments


def test_a_record_loses_what_is_private() -> None:
    record = logging.makeLogRecord({"tool": "submit_data", "arguments": {"phone": "1"}, "request": object()})

    assert WithoutArguments().filter(record)
    assert record.__dict__["tool"] == "submit_data"
    assert record.__dict__.keys().isdisjoint({"arguments", "request"})


def test_a_record_that_has_nothing_private_passes() -> None:
    assert WithoutArguments().filter(logging.makeLogRecord({}))
