"""Links are no part of the log."""

import logging

import pytest

from conversations.page.logs import WithoutLinks


def _line(message: str, *arguments: object) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, arguments, None)
    assert WithoutLinks().filter(record)
    return record.getMessage()


@pytest.mark.parametrize(
    ("message", "arguments", "line"),
    [
        ("%s: %s", ("Gone", "/w/abc.d-e_f/"), "Gone: /w/.../"),
        ('"GET /w/abc.def/?change=a HTTP/1.1" 200', (), '"GET /w/.../?change=a HTTP/1.1" 200'),
        ("/w/abc and /w/def", (), "/w/... and /w/..."),
        ("100% of /w/abc", (), "100% of /w/..."),
        ("%s: %s", ("Not Found", "/api/nowhere"), "Not Found: /api/nowhere"),
        ("%d of %d", (1, 2), "1 of 2"),
    ],
)
def test_the_secret_part_of_a_link_is_left_out(message: str, arguments: tuple[object, ...], line: str) -> None:
    assert _line(message, *arguments) == line
