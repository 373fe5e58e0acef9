"""Quotes: whether they are what the person wrote, and what becomes of a value whose quote is not."""

import re
import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.definition import Definition
from engine.errors import Invalid
from engine.evidence import (
    MAX_MESSAGE,
    MAX_QUOTE,
    MAX_QUOTES,
    EvidenceTooLong,
    EvidenceWithoutMessage,
    normalised,
    unfounded,
)
from engine.progress import Progress
from engine.report import Ignored, Outcome, Rejected
from engine.tests.budget import budget
from engine.tests.builders import TEXT, definition_of, give, progress, step

NOT_QUOTED = "Name: the quote in evidence is not in the message. Quote the person's words verbatim, or ask."
WRONG = {"evidence": {"name": "Eve"}, "message": "I am Ada."}


def occurs(quote: str, message: str) -> bool:
    return unfounded({"a": quote}, message, given=["a"]) == frozenset()


@pytest.mark.parametrize(
    ("quote", "message"),
    [
        ("five grand", "I need five grand."),
        ("FIVE Grand", "i need five grand"),
        ("I need\n five", "I  need\u00a0five"),
        ("it's", "It\u2019s"),
        ("d\u00b4accord", "d`accord"),
        ('"well"', "\u201eWell\u201c \u00abwell\u00bb"),
        ("6'2\"", "6\u20322\u2033"),
        ("2020-2024", "2020\u20132024"),
        ("-5", "\u22125"),
        ("strasse", "STRA\u1e9eE"),
        ("1\u20442", "\u00bd"),
        ("\ufb01ve", "five"),
        ("\uff15\uff10\uff10", "500"),
        ("caf\u00e9", "cafe\u0301"),
        ("sit\u00adting", "sit\u200bting"),
        ("\u1fb3", "\u0391\u0399"),
    ],
)
def test_an_honest_copy_occurs(quote: str, message: str) -> None:
    assert occurs(quote, message)


@pytest.mark.parametrize(
    ("quote", "message"),
    [
        ("", "anything"),
        (" \u200b\n", "anything"),
        ("five grand", ""),
        ("five grand", "five  thousand"),
        ("grand five", "five grand"),
        ("five grand.", "five grand"),
        ("cafe", "caf\u00e9"),
        ("5000", "five thousand"),
        ("fivegrand", "five grand"),
        ("five grand", "fivegrand"),
        ('"well"', "'well'"),
    ],
)
def test_what_was_not_said_does_not_occur(quote: str, message: str) -> None:
    assert not occurs(quote, message)


@budget(quick=200, thorough=5000)
@given(message=st.text(max_size=60), data=st.data())
def test_any_words_of_a_message_occur_in_it_in_whatever_case_and_spacing(message: str, data: st.DataObject) -> None:
    words = re.split(r"\s+", message)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    quote = data.draw(st.sampled_from([" ", "\n\t", "\u2003"])).join(words[first : last + 1])
    assume(normalised(quote))

    assert occurs(quote, message)
    assert occurs(f" {quote.casefold()} ", message)


def test_whatever_becomes_a_mark_is_counted_as_one() -> None:
    """Else a row of them could be as long as a message, and take minutes to be put in order."""

    def begins_with_a_mark(char: str) -> bool:
        return unicodedata.combining(unicodedata.normalize("NFKD", char)[0]) != 0

    marks = [char for char in map(chr, range(sys.maxunicode + 1)) if begins_with_a_mark(char)]

    assert [char for char in marks if not unicodedata.category(char).startswith("M")] == ["\uff9e", "\uff9f"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("  a \n\t b ", "a b"),
        ("a\u00adb\u200bc", "abc"),
        ("\u0301" * 40, "\u0301" * 30),
        ("a" + "\u0316" * 40 + "b" + "\u0316" * 40, "a" + "\u0316" * 30 + "b" + "\u0316" * 30),
    ],
)
def test_a_text_is_read_without_what_may_differ_in_a_copy(text: str, read: str) -> None:
    assert normalised(text) == read


@pytest.mark.parametrize("mark", ["\u0301\u0316", "\u0f73", "\uff9e\u0301"])
def test_of_a_row_of_marks_the_first_ones_count(mark: str) -> None:
    row, other = "a" + mark * 20_000, "a\u0300" + mark * 20_000

    assert len(normalised(row)) < 100
    assert occurs(row, f"I said {row}, did I not?")
    assert not occurs(other, row)
    assert occurs("a" + "\u0316" * 30 + "\u0301 b", "a" + "\u0316" * 30 + " b")
    assert not occurs("a" + "\u0316" * 30, "a" + "\u0316" * 29)


def test_only_the_quotes_of_what_is_given_are_looked_for() -> None:
    quotes = {"a": "one", "b": "two", "c": "three"}

    assert unfounded(quotes, "one", given=["a", "b", "x"]) == {"b"}
    assert unfounded(quotes, None, given=["a"]) == {"a"}
    assert unfounded(quotes, None, given=["x"]) == frozenset()


def person(**properties: Any) -> Definition:
    asked = {"name": {**TEXT, "minLength": 2}, "pets": {"type": "array", "items": TEXT}, **properties}
    return definition_of(step("you", *asked), properties=asked)


def test_with_its_quote_a_value_counts() -> None:
    decision = give(person(), progress(), {"name": "Ada"}, evidence={"name": "ada"}, message="I am Ada.")

    assert decision.report.outcome is Outcome.APPLIED
    assert decision.progress.values == {"name": "Ada"}


def test_a_value_whose_quote_was_not_said_is_refused_and_nothing_else_is() -> None:
    decision = give(person(), progress(), {"name": "Eve", "pets": ["cat"]}, **WRONG)

    assert decision.report.outcome is Outcome.PARTIAL
    assert decision.report.rejected == (Rejected(field="name", code="no_evidence", message=NOT_QUOTED),)
    assert decision.progress.values == {"pets": ["cat"]}


@pytest.mark.parametrize("value", ["Eve", "E", "Ada"])
def test_such_a_refusal_counts_no_attempt_and_neither_questions_nor_settles_anything(value: str) -> None:
    for contested in (frozenset[str](), frozenset({"name"})):
        before = progress({"name": "Ada"}, contested=contested, attempts={"name": 1})

        decision = give(person(), before, {"name": value}, **WRONG)

        assert decision.progress == before


def test_what_says_nothing_and_what_is_stored_needs_no_evidence() -> None:
    before = progress({"pets": ["cat"]})

    quotes = {"name": "", "pets": "a cat"}
    decision = give(person(), before, {"name": None, "pets": ["cat"]}, evidence=quotes, message="no")

    assert decision.report.rejected == ()
    assert [found.reason for found in decision.report.ignored] == ["null", "unchanged"]


@pytest.mark.parametrize("kind", ["mask", "never_llm"])
@pytest.mark.parametrize("guess", ["gout", "flu", None])
def test_what_is_stored_of_a_sensitive_field_cannot_be_found_out_with_a_wrong_quote(
    kind: str, guess: str | None
) -> None:
    definition = person(illness={**TEXT, "x-sensitive": kind})

    given = {"evidence": {"illness": "never said"}, "message": "hello"}
    decision = give(definition, progress({"illness": "gout"}), {"illness": guess}, **given)

    assert [found.code for found in decision.report.rejected] == ["no_evidence"]
    assert decision.report.ignored == ()


def test_what_comes_along_with_a_wrong_quote_was_not_said_just_now() -> None:
    """It does not outlive a change of what it depends on, as what was said beside that would."""
    asked = {"plate": {**TEXT, "x-depends-on": ["car"], "x-on-change": "reset"}}
    definition = definition_of(step("one", "car", "plate"), properties=asked)
    before, data = progress({"car": "a", "plate": "x"}), {"car": "b", "plate": "x"}

    said = give(definition, before, data, evidence={"plate": "x"}, message="car b, still x")
    not_said = give(definition, before, data, evidence={"plate": "x"}, message="car b")

    assert said.progress.values == {"car": "b", "plate": "x"}
    assert not_said.progress.values == {"car": "b"}


def test_one_quote_stands_for_all_the_entries_that_are_appended() -> None:
    new: dict[str, Any] = {"append": {"pets": ["cat", "dog"]}, "message": "A cat and a dog."}

    said = give(person(), progress(), evidence={"pets": "a cat and a dog"}, **new)
    not_said = give(person(), progress(), evidence={"pets": "two cats"}, **new)

    assert said.progress.values == {"pets": ["cat", "dog"]}
    assert not_said.progress == progress()
    assert [found.code for found in not_said.report.rejected] == ["no_evidence"]


def test_nothing_is_stored_of_an_atomic_submission_with_a_wrong_quote() -> None:
    decision = give(person(), progress(), {"name": "Eve", "pets": ["cat"]}, atomic=True, **WRONG)

    assert decision.report.outcome is Outcome.REJECTED
    assert decision.progress == progress()


def test_evidence_for_what_is_not_given_is_told_and_changes_nothing() -> None:
    before = progress({"pets": ["cat"]}, item_ids={"pets": (1,)}, last_item_id=1)
    quotes = {"pets": "no", "nmae": "Ada"}

    decision = give(person(), before, {"name": "Ada"}, remove={"pets": [1]}, evidence=quotes, message="Ada")

    assert decision.report.outcome is Outcome.APPLIED
    assert decision.report.ignored == (
        Ignored(field="pets", reason="evidence_without_value"),
        Ignored(field="nmae", reason="evidence_without_value"),
    )
    assert decision.progress.values == {"name": "Ada", "pets": []}


def test_a_field_that_does_not_exist_is_unknown_whatever_its_quote() -> None:
    decision = give(person(), progress(), {"nobody": 1}, evidence={"nobody": "x"}, message="y")

    assert [found.reason for found in decision.report.ignored] == ["unknown_field"]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"evidence": {"name": "x"}}, EvidenceWithoutMessage),
        ({"evidence": {"name": "x" * (MAX_QUOTE + 1)}, "message": "x"}, EvidenceTooLong),
        ({"evidence": {str(number): "x" for number in range(MAX_QUOTES + 1)}, "message": "x"}, EvidenceTooLong),
        ({"message": "x" * (MAX_MESSAGE + 1)}, EvidenceTooLong),
    ],
)
def test_evidence_that_cannot_be_judged_is_an_error(given: dict[str, Any], error: type[Invalid]) -> None:
    with pytest.raises(error):
        give(person(), progress(), {"name": "Ada"}, **given)


def test_what_is_wrong_with_evidence_says_what_to_send() -> None:
    assert EvidenceWithoutMessage().message == (
        "Send what the person wrote as message: each quote in evidence is looked for in it."
    )
    assert EvidenceTooLong().message == (
        "A message has at most 50000 characters, a quote at most 5000, and there are at most 200 quotes."
    )


@pytest.mark.parametrize("message", ["", None])
def test_nothing_occurs_in_no_message(message: str | None) -> None:
    assert unfounded({"name": "x"}, message, given=["name"]) == {"name"}


def test_as_many_quotes_as_are_looked_for_may_come() -> None:
    evidence = {f"field {number}": "x" for number in range(MAX_QUOTES)}

    assert give(person(), progress(), {"name": "Ada"}, evidence=evidence, message="x").progress.values == {
        "name": "Ada"
    }


@pytest.mark.parametrize("evidence", [{}, {"name": "x" * MAX_QUOTE}])
def test_a_message_may_come_without_quotes_and_both_may_be_long(evidence: dict[str, str]) -> None:
    decision = give(person(), progress(), {"name": "Ada"}, evidence=evidence, message="x" * MAX_MESSAGE)

    assert decision.progress.values == {"name": "Ada"}


def test_neither_the_quote_nor_the_message_is_in_what_is_stored_or_told() -> None:
    secret = "my cat is called Kubrick"

    taken = give(person(), Progress(status=progress().status, today=progress().today), {"name": "Ada"})
    given = {"evidence": {"name": secret, "pets": secret}, "message": "my dog"}
    decision = give(person(), taken.progress, {"name": "Eve"}, **given)
    accepted = give(person(), taken.progress, {"name": "Eve"}, evidence={"name": "cat is"}, message=secret)

    assert "Kubrick" not in repr((decision, accepted))
    assert "cat is" not in repr((decision, accepted))
