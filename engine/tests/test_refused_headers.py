"""Headers that a template or an endpoint may not give."""

import pytest

from engine.headers import refused_header


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "HOST",
        "Content-Length",
        "content_length",
        "Transfer-Encoding",
        "Transfer_Encoding",
        "Connection",
        "TE",
        "Upgrade",
        "HTTP2-Settings",
        "Expect",
        "Trailer",
        "Keep-Alive",
        "Proxy-Authorization",
        "Proxy-Connection",
        "Accept-Encoding",
    ],
)
def test_what_belongs_to_the_connection_is_refused(name: str) -> None:
    assert refused_header(name, "x") == (
        f"The header {name} belongs to the connection and is set by this service. Leave it out."
    )


@pytest.mark.parametrize("name", ["", "X Y", "X:", "X\r\nY", "é", "X\x00", "(x)", "x" * 300])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    assert "is no name of a header" in (refused_header(name, "x") or "")


@pytest.mark.parametrize(
    "value", ["a\r\nX: y", "a\nb", "a\rb", "a\x00b", "a\x0bb", "a\x7fb", "a\x85b", "a\u2028b", "日本", "\ud800"]
)
def test_a_value_that_would_end_its_line_or_cannot_be_carried_is_refused(value: str) -> None:
    assert refused_header("X", value) == (
        "The header X holds a line break, a control character or a letter beyond Latin-1."
    )


def test_a_name_that_is_none_is_repeated_in_part() -> None:
    assert refused_header("n n" * 50, "x") == (
        f"{('n n' * 50)[:40]!r} is no name of a header: it is made of letters, digits and hyphens."
    )


def test_a_value_that_is_too_long_or_padded_is_refused_without_being_repeated() -> None:
    assert refused_header("X", "s" * 8192) is None
    assert refused_header("X", "s" * 8193) == "The header X is longer than 8192 characters."
    assert refused_header("X", " s") == "The header X begins or ends with a space."
    assert refused_header("X", "s\t") == "The header X begins or ends with a space."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer {{secret:bank}}"),
        ("Content-Type", "application/json"),
        ("X-Name", "Zoë\tO'Hara"),
        ("Cookie", "a=b"),
        ("X-Empty", ""),
        ("Hostname", "x"),
    ],
)
def test_any_other_header_may_be_sent(name: str, value: str) -> None:
    assert refused_header(name, value) is None
