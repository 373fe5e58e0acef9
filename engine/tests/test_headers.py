import pytest

from engine.headers import MOST_CHARACTERS, refused_header


@pytest.mark.parametrize(
    ("name", "value"), [("X-Key", "a b\tc é"), ("Authorization", ""), ("x_y", "1"), ("X", "x" * MOST_CHARACTERS)]
)
def test_an_ordinary_header_may_be_sent(name: str, value: str) -> None:
    assert refused_header(name, value) is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("", "x", "no name of a header"),
        ("X Y", "x", "no name of a header"),
        ("X:", "x", "no name of a header"),
        ("Host", "x", "belongs to the connection"),
        ("transfer_encoding", "x", "belongs to the connection"),
        ("Proxy-Authorization", "x", "belongs to the connection"),
        ("X", "x" * (MOST_CHARACTERS + 1), "longer than 8192"),
        ("X", "a\nb", "holds a line break"),
        ("X", "Ω", "beyond Latin-1"),
        ("X", " x", "begins or ends with a space"),
        ("X", "x ", "begins or ends with a space"),
    ],
)
def test_other_headers_are_refused_with_the_reason(name: str, value: str, words: str) -> None:
    assert words in (refused_header(name, value) or "")
