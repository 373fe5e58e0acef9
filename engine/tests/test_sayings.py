"""How a keyword is told: as a fact about the thing that has it, and as what became of it."""

from collections.abc import Callable

import pytest

from engine.difference import MISSING, MOST_INLINE, Part, Place, Saying, clause, flag, noun, phrase, text, told
from engine.tests.loans import OPAQUE
from engine.wording import Vocabulary

NO_WORDS = Vocabulary()
PLACE = Place(part=Part.ABOUT, subject="It", before=NO_WORDS, after=NO_WORDS)


def said(saying: Saying, before: object, after: object) -> list[str]:
    return [found.words for found in told(saying.told, PLACE, before, after, ({}, {}))]


@pytest.mark.parametrize(
    ("make", "fact", "added", "removed", "changed"),
    [
        (
            lambda: phrase("made of", text),
            "made of “a”",
            "It: now made of “a”",
            "It: no longer made of “a”",
            "It: made of “a” becomes “b”",
        ),
        (
            lambda: clause("asked only", "if", text),
            "asked only if “a”",
            "It: now asked only if “a”",
            "It: no longer asked only if “a”",
            "It: now asked only if “b”; before, if “a”",
        ),
        (
            lambda: noun("help", text),
            "help: “a”",
            "It: help added, “a”",
            "It: help removed, “a”",
            "It: help “a” becomes “b”",
        ),
        (lambda: flag("shown", when="a"), "shown", "It: now shown", "It: no longer shown", "It: no longer shown"),
    ],
)
def test_each_saying_has_words_for_what_is_and_for_what_came_went_or_changed(
    make: Callable[[], Saying], fact: str, added: str, removed: str, changed: str
) -> None:
    saying = make()

    assert saying.described("a", {}, NO_WORDS) == fact
    assert said(saying, MISSING, "a") == [added]
    assert said(saying, "a", MISSING) == [removed]
    assert said(saying, "a", "b") == [changed]


def test_what_cannot_be_read_is_no_fact_and_counts_as_not_there() -> None:
    assert noun("help", text).described(5, {}, NO_WORDS) is None
    assert said(noun("help", text), "a", 5) == ["It: help removed, “a”"]
    assert said(noun("help", text), 5, 6) == [f"It {OPAQUE}"]


def test_a_fact_is_read_with_what_it_stands_in_and_in_the_words_of_its_document() -> None:
    saying = phrase("as", lambda value, within, words: f"{words.label(value)} in {within['x-unit']}")

    fact = saying.described("pay", {"x-unit": "EUR"}, Vocabulary(fields={"pay": {"title": "Income"}}))

    assert fact == "as Income in EUR"


def test_a_flag_is_so_if_it_is_true_and_not_if_it_is_one() -> None:
    assert said(flag("shown"), MISSING, True) == ["It: now shown"]
    assert said(flag("shown"), MISSING, 1) == [f"It {OPAQUE}"]


def test_only_a_text_is_left_out_for_its_length() -> None:
    long = "x" * MOST_INLINE

    assert said(noun("help", text), MISSING, long) == ["It: help added"]
    assert said(noun("help", text), long, "a") == ["It: help changed"]
    assert said(phrase("made of", text), MISSING, long) == [f"It: now made of “{long}”"]
