"""Whatever way a receiver sends a secret back, it is not kept."""

import base64
import json
from collections.abc import Callable
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
        quote(SECRET, encoding="latin-1"),
        quote(SECRET, safe="", encoding="latin-1"),
        quote_plus(SECRET),
        "k3y/+ &quot;é&quot;&amp;=&lt;x&gt;",
    ],
)
def test_a_secret_is_hidden_in_every_way_of_writing_it(form: str) -> None:
    assert redact(f'{{"echo": "{form}"}}', [SECRET]) == '{"echo": "***"}'


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("secret", [SECRET, ">>>???>>>???", "s3cr3W"])
def test_a_secret_is_hidden_in_base64_but_for_a_last_letter_that_others_may_have_a_part_in(
    secret: str, encode: Callable[[bytes], bytes], encoding: str
) -> None:
    shown = encode(secret.encode(encoding)).decode()
    shared = "" if len(secret.encode(encoding)) % 3 == 0 else shown.rstrip("=")[-1:]

    assert redact(shown, [secret]).rstrip("=") == "***" + shared


def test_what_is_so_short_that_its_base64_may_be_anything_stays() -> None:
    long_enough, too_short = (base64.b64encode(secret).decode() for secret in (b"s3cr7", b"s3cr"))

    assert redact(long_enough, ["s3cr7"]).startswith("***")
    assert redact(too_short, ["s3cr"]) == too_short


def test_a_secret_is_hidden_in_bytes_of_either_encoding() -> None:
    for encoding in ("utf-8", "latin-1"):
        assert redact(b"<" + SECRET.encode(encoding) + b">", [SECRET]) == b"<***>"


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "user:"])
@pytest.mark.parametrize("after", ["", "x", "xy"])
@pytest.mark.parametrize("secret", ["s3cret-and-long", "s3cret-and-longe", "s3cret-and-longer"])
def test_a_secret_is_hidden_inside_the_credentials_of_basic_authentication(
    secret: str, before: str, after: str
) -> None:
    shown = base64.b64encode(f"{before}{secret}{after}".encode()).decode()
    first, last = 8 * len(before), 8 * len(before + secret)

    found = redact(f"Basic {shown}", [secret])

    # A letter is six bits: those stay that have a bit of something else.
    letters = list(enumerate(shown))
    head = "".join(letter for number, letter in letters if 6 * number < first)
    tail = "".join(letter for number, letter in letters if 6 * (number + 1) > last)
    assert found == f"Basic {head}***{tail}"


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
