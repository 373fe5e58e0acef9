"""Text is wrapped without measuring it, and nothing runs over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authoring.diagram.text_width import NO_BREAK, clean, text_width, wrap


def test_text_is_wrapped_between_words() -> None:
    assert wrap("the quick brown fox", 10, room=70) == ("the quick", "brown fox")


def test_a_word_that_is_too_long_is_broken() -> None:
    assert wrap("a mmmmmm b", 10, room=40) == ("a", "mmm", "mmm", "b")


def test_what_is_too_much_ends_in_an_ellipsis() -> None:
    assert wrap("one two three four", 10, room=45, most=2) == ("one two", "three…")


def test_what_is_beyond_the_last_line_is_not_looked_at() -> None:
    assert wrap("word " * 300, 10, room=45, most=2) == ("word", "word…")


def test_a_last_line_that_is_full_makes_room_for_the_ellipsis() -> None:
    assert wrap("mmm mmm", 10, room=35, most=1) == ("mm…",)


def test_even_where_there_is_no_room_at_all_there_is_an_ellipsis() -> None:
    assert wrap("mm m", 10, room=1, most=1) == ("…",)


def test_a_space_that_does_not_break_keeps_words_together() -> None:
    assert wrap(f"one two{NO_BREAK}three", 10, room=60) == ("one", f"two{NO_BREAK}three")


def test_bold_letters_need_more_room() -> None:
    assert text_width("loan", 10, is_bold=True) > text_width("loan", 10)


def test_every_kind_of_letter_has_a_width_of_its_own() -> None:
    widths = [text_width(letter, 10) for letter in ("i", "t", "*", "e", "H", "W", "请", "👩")]

    assert widths == pytest.approx([3.4, 4.2, 5.2, 6.6, 8.6, 10.5, 10.5, 15.0])


def test_what_cannot_be_shown_is_taken_out() -> None:
    assert clean(" a\n\tb\x00\x1b[\u202ec\u2066d\ud800 ") == "a b[cd?"


def test_a_book_is_cut() -> None:
    assert len(clean("a" * 1_000_000)) == 2000


@given(st.text(max_size=200), st.floats(30, 300), st.booleans(), st.integers(1, 5))
def test_no_line_is_longer_than_its_room_and_there_are_no_more_than_the_most(
    text: str, room: float, is_bold: bool, most: int
) -> None:
    lines = wrap(text, 12, room=room, most=most, is_bold=is_bold)

    assert 1 <= len(lines) <= most
    assert all(text_width(line, 12, is_bold=is_bold) <= room for line in lines)


@given(st.text(max_size=200))
def test_nothing_is_lost_where_there_is_room(text: str) -> None:
    assert "".join(wrap(text, 12, room=50)).replace(" ", "") == clean(text).replace(" ", "")
