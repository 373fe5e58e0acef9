"""Whatever way a receiver sends a secret back, it is not kept."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliveries.redaction import redact

LAW = settings(max_examples=200, derandomize=True, deadline=None, database=None)
SECRET = 'k3y/+ "é"&=<x>'
VALUES = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_categories=["Cc", "Cf", "Zs"]), min_size=8
)
AROUND = st.text("-:_ ,", max_size=5)


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1].replace("/", "\\/"),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower().replace("%c3%a9", "%C3%A9").replace("%C3%A9", "%c3%a9"),
        quote(SECRET),
        quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
        base64.b64encode(SECRET.encode("latin-1")).decode().rstrip("="),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
        "k3y/+ &quot;é&quot;&amp;=&lt;x&gt;",
    ],
)
def test_a_secret_is_hidden_in_every_way_of_writing_it(form: str) -> None:
    found = redact(f'{{"echo": "{form}"}}', [SECRET])

    assert "***" in found
    assert not any(part in found for part in (SECRET, form))
    assert found.startswith('{"echo": "')


def test_a_secret_is_hidden_in_bytes_of_either_encoding() -> None:
    for encoding in ("utf-8", "latin-1"):
        assert redact(b"<" + SECRET.encode(encoding) + b">", [SECRET]) == b"<***>"


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "user:"])
@pytest.mark.parametrize("after", ["", "x", "xy"])
def test_a_secret_is_hidden_inside_the_credentials_of_basic_authentication(before: str, after: str) -> None:
    shown = "Basic " + base64.b64encode(f"{before}s3cret-and-long{after}".encode()).decode()

    found = redact(shown, ["s3cret-and-long"])

    left = found.removeprefix("Basic ").replace("***", "").rstrip("=")
    assert "***" in found
    assert len(left) <= len(base64.b64encode(before.encode())) + len(base64.b64encode(after.encode()))


def test_longer_secrets_go_before_those_inside_them_and_other_text_stays() -> None:
    assert redact("abcdef abc xyz", ["abc", "abcdef"]) == "*** *** xyz"
    assert redact("nothing here", ["abc"]) == "nothing here"
    assert redact("text", []) == "text"
    assert redact(b"bytes", [""]) == b"bytes"
    assert redact("a.c abc", ["a.c"]) == "*** abc"


@LAW
@given(VALUES, AROUND, AROUND)
def test_no_value_survives_any_way_of_writing_it(value: str, before: str, after: str) -> None:
    ways = [
        before + value + after,
        json.dumps({"x": before + value + after}),
        quote(before + value + after, safe=""),
        base64.b64encode((before + value + after).encode()).decode(),
    ]
    for way in ways:
        for found in (redact(way, [value]), redact(way.encode(), [value]).decode()):
            assert "***" in found
            assert way not in found
