"""What an act led to is told in sentences, as far as no input shows it."""

from collections.abc import Mapping
from typing import Any

from authoring.trial.acts import Act, Fails, Found, Submit
from authoring.trial.news import News, news_of
from authoring.trial.walking import walk
from engine.tests.builders import BOOL, NUMBER, TEXT, TODAY, document, row, rule, step

CAR = document(
    step("one", "has_car"),
    step("two", "plate", when=row("has_car", "==", value=True)),
    step("three", "colour"),
    properties={"has_car": BOOL, "plate": {**TEXT, "title": "Plate"}},
)


def _news(source: Mapping[str, Any], *acts: Act, correcting: str = "") -> list[News]:
    return list(news_of(walk(source, acts, today=TODAY, correcting=correcting)))


def test_where_nothing_happened_there_is_no_news() -> None:
    assert _news(CAR) == _news(CAR, Submit(data={"has_car": True})) == []


def test_what_was_corrected_and_what_it_puts_aside_and_brings_back_is_told() -> None:
    yes = Submit(data={"has_car": True, "plate": "AB 1"})
    no = Submit(data={"has_car": False})

    assert _news(CAR, yes, no) == [
        News(text="Has car was corrected."),
        News(text="Plate is kept aside: with these answers it is not asked for."),
    ]
    assert _news(CAR, yes, no, Submit(data={"has_car": True})) == [
        News(text="Has car was corrected."),
        News(text="Plate counts again."),
    ]


def test_what_no_longer_holds_is_told_with_its_cause() -> None:
    source = document(
        step("one", "country"),
        step("two", "city"),
        step("three", "street"),
        properties={"city": {**TEXT, "x-depends-on": ["country"], "x-on-change": "reset"}},
    )

    news = _news(source, Submit(data={"country": "FR", "city": "Lyon"}), Submit(data={"country": "DE"}))

    assert News(text="City was taken out again, because Country changed.") in news


def test_a_refusal_beside_its_input_is_not_told_twice() -> None:
    source = document(step("one", "age", "name"), properties={"age": NUMBER})

    assert _news(source, Submit(data={"age": "old"})) == []


def test_a_refusal_of_what_is_not_asked_now_is_told_first_and_once() -> None:
    source = document(
        step("one", "amount", "name"),
        step("pay", "receipt", action={"type": "tool_call", "target": "pay", "result": {"receipt": "/r"}}),
        step("two", "note"),
        properties={"amount": NUMBER},
    )
    paid: list[Act] = [Submit(data={"amount": 1, "name": "Ada"}), Found(step="pay", data={"receipt": "r1"})]

    news = _news(source, *paid, Submit(data={"amount": 2, "name": "Bo"}))

    assert [(one.is_problem, one.text) for one in news] == [
        (True, "Amount cannot be changed any more: what depends on it was sent already, and only once."),
        (True, "Name cannot be changed any more: what depends on it was sent already, and only once."),
    ]


def test_a_refusal_says_whose_it_is_where_the_authors_words_do_not() -> None:
    source = document(
        step("one", "name", "email"),
        step("two", "note"),
        properties={"email": {**TEXT, "title": "E-mail", "minLength": 5, "x-messages": {"*": "That is too short."}}},
        required=["name"],
    )

    news = _news(source, Submit(data={"name": "Ada", "email": "a"}))

    assert news == [News(text="E-mail: That is too short.", is_problem=True)]


def test_what_did_not_count_is_told_with_the_reason() -> None:
    source = document(
        step("one", "name"), step("two", "consent"), properties={"consent": {**BOOL, "x-ask-first": True}}
    )

    news = _news(source, Submit(data={"consent": True, "name": None}))

    words = "This counts only in answer to its own question, and was not asked yet."
    assert news == [News(text=f"Consent: {words}", is_problem=True)]


def test_a_broken_rule_is_told_where_no_question_shows_it() -> None:
    source = document(
        step("one", "a", rules=[rule(row("a", "!=", 13), "Not thirteen.", field="a")]),
        step("two", "b"),
        properties={"a": NUMBER, "b": TEXT},
    )
    acts = Submit(data={"a": 13, "b": "x"})

    assert _news(source, acts) == []
    assert _news(source, acts, correcting="b") == [News(text="Not thirteen.", is_problem=True)]


def test_a_server_call_that_failed_is_told() -> None:
    call = {"type": "tool_call", "target": "look_up", "result": {"found": "/f"}, "on_failure": "skip"}

    news = _news(document(step("look", "found", action=call), step("two", "note")), Fails(step="look"))

    assert news == [News(text="Look: the server call failed. You let it fail.", is_problem=True)]
