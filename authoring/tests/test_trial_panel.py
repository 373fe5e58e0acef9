"""The panel in which a draft is tried out: each button does what it says."""

import json
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from authoring.tests.trying import LOAN, Author, shown_by
from authoring.trial.panel import panel
from engine.findings import Finding
from engine.tests.builders import BOOL, NUMBER, TODAY, document, row, step
from engine.workflow import Next


@pytest.fixture
def author() -> Author:
    return Author(LOAN)


def test_a_draft_is_walked_from_its_first_question_to_what_would_be_sent(author: Author) -> None:
    author.press("next", amount="50", name="Ada")
    assert "Read this." in author.html
    author.press("acknowledge")
    author.press("skip")
    assert "Is everything right?" in author.html
    author.press("confirm")

    assert author.acts == ["submit", "acknowledge", "skip", "confirm"]
    assert author.walk.next is Next.FINISHING
    assert "POST https://bank.example/loans" in author.html
    assert "&quot;amount&quot;: 50" in author.html
    assert "Outcome: <strong>completed</strong>, as soon as the request below got through" in author.html


def test_a_refused_answer_is_shown_with_what_was_typed(author: Author) -> None:
    author.press("next", amount="a lot", name="Ada")

    assert author.state == {"name": "Ada"}
    assert "Amount must be a number." in author.html
    assert 'value="a lot"' in author.html
    assert "Asked again, because the answer was refused." in author.html


def test_without_an_answer_nothing_is_done(author: Author) -> None:
    author.press("next", amount="", name=" ")

    assert (author.acts, author.panel.note) == ([], "Nothing was answered yet.")


def test_an_empty_list_is_an_answer_that_the_author_can_give_and_see() -> None:
    lists = {"type": "array", "items": {"type": "string"}}
    author = Author(document(step("one", "medicines", "end"), properties={"medicines": lists, "end": {}}))

    author.press("next", **{"medicines-none": "none"})

    assert author.state == {"medicines": "None"}
    assert 'name="try-medicines-none" value="none" id="try-medicines-none"' in author.html


def test_what_cannot_even_be_sent_stays_where_it_was_typed(author: Author) -> None:
    author.press("next", amount="9" * 60, name="Ada")

    assert author.acts == []
    assert "This cannot be sent" in author.html
    assert "9" * 60 in author.html


def test_back_takes_the_last_act_away_and_starting_again_all(author: Author) -> None:
    author.press("next", amount="50", name="Ada")
    author.press("acknowledge")

    author.press("back")
    assert author.acts == ["submit"]
    author.press("restart")
    assert author.acts == []
    author.press("back")
    assert author.acts == []


def test_who_corrects_an_answer_goes_on_with_it_while_the_draft_is_changed(author: Author) -> None:
    author.press("next", amount="50", name="Ada")
    author.press("correct:amount")

    author.press("")

    assert author.walk.correcting == "amount"


def test_an_answer_is_changed_and_the_way_goes_on_where_it_was(author: Author) -> None:
    author.press("next", amount="50", name="Ada")

    author.press("correct:amount")
    assert "Out of turn" in author.html
    assert 'value="50"' in author.html
    author.press("next", amount="60")

    assert author.state == {"amount": "60", "name": "Ada"}
    assert author.walk.current is not None
    assert author.walk.current.id == "notice"
    assert "Amount was corrected." in author.html


def test_an_answer_that_was_to_be_changed_can_be_left_as_it_is(author: Author) -> None:
    author.press("next", amount="50", name="Ada")
    author.press("correct:amount")

    author.press("leave")

    assert (author.walk.correcting, author.state["amount"]) == ("", "50")


def test_what_was_not_asked_is_told_out_of_turn(author: Author) -> None:
    assert 'data-trial="correct:gift">Gift</button>' in author.html

    author.press("correct:gift")
    author.press("next", gift="a pen")

    assert author.state == {"gift": "a pen"}
    assert [question.field.name for question in author.walk.questions] == ["amount", "name"]


def test_an_answer_that_is_emptied_is_taken_back(author: Author) -> None:
    author.press("next", amount="50", name="Ada")
    author.press("correct:amount")

    author.press("next", amount="")

    assert author.state == {"name": "Ada"}
    assert author.acts == ["submit", "clear"]


def test_answers_of_a_step_are_emptied_and_given_at_once(author: Author) -> None:
    author.press("next", amount="50")

    author.press("next", amount="", name="Ada")

    assert author.state == {"name": "Ada"}


def test_what_the_server_would_find_is_said_by_the_author() -> None:
    call = {"type": "tool_call", "target": "look_up", "result": {"balance": "/b"}, "on_failure": "ask"}
    author = Author(document(step("look", "balance", action=call), step("two", "note"), properties={"balance": NUMBER}))
    assert "Say what it would come back with, or let it fail." in author.html

    author.press("found", balance="80")
    assert author.state == {"balance": "80"}

    author.press("back")
    author.press("found")
    assert "The answer has nothing for: Balance." in author.html

    author.press("back")
    author.press("fails")
    assert "Look: the server call failed. You let it fail." in author.html
    author.press("next", balance="5")
    assert author.state == {"balance": "5"}


def test_a_server_call_that_finds_nothing_out_comes_back_too() -> None:
    call = {"type": "tool_call", "target": "tell"}
    author = Author(document(step("tell", action=call), step("two", "note")))
    assert author.walk.questions == ()

    author.press("found")

    assert author.walk.current is not None
    assert author.walk.current.id == "two"


def test_an_answer_is_changed_while_the_server_is_asked() -> None:
    call = {"type": "tool_call", "target": "look_up", "result": {"balance": "/b"}, "idempotent": True}
    source = document(step("one", "name"), step("look", "balance", action=call), step("two", "note"))
    author = Author(source)
    author.press("next", name="Ada")

    author.press("correct:name")
    author.press("next", name="Bo")

    assert (author.state, author.walk.next) == ({"name": "Bo"}, Next.WAIT)
    assert author.acts == ["submit", "submit"]


def test_what_only_the_starting_system_knows_is_asked_first() -> None:
    author = Author(
        document(
            step("one", "name"), properties={"customer": {**NUMBER, "readOnly": True}}, required=["name", "customer"]
        )
    )
    assert "Before it begins" in author.html

    author.press("next")
    assert "Customer must be known from the start." in author.html
    author.press("next", customer="7")

    assert author.state == {"customer": "7"}


def test_steps_are_told_apart_by_words_and_left_out_with_their_reason() -> None:
    author = Author(
        document(
            step("one", "has_car"),
            step("two", "plate", when=row("has_car", "==", value=True)),
            step("three", "note"),
            properties={"has_car": BOOL},
        )
    )

    author.press("next", has_car="false")

    assert 'Two <span class="trial-place">left out</span>' in author.html
    assert "<strong>Two</strong> is asked only if Has car is" in author.html
    assert 'aria-current="step">Three <span class="trial-place">now</span>' in author.html


def test_buttons_are_for_a_script_beside_the_editor_and_submit_on_a_page_of_their_own(author: Author) -> None:
    beside = author.html
    alone = render_to_string("authoring/_trial.html", {"trial": author.panel, "on_page": True})

    assert '<button type="button" class="button" data-trial="next">' in beside
    assert "submit" not in beside
    assert '<button type="submit" class="button" name="trial-button" value="next">' in alone
    assert "data-trial" not in alone
    for html in (beside, alone):
        assert " style=" not in html
        assert "<script" not in html


def test_what_authors_and_people_write_is_text_and_nothing_else() -> None:
    bad = '<script>alert("x")</script>'
    author = Author(
        document(step("one", "a", name=bad, description=bad), step("two", "b"), properties={"a": {"title": bad}})
    )

    author.press("next", a=json.dumps(bad))

    assert author.state == {"a": bad}
    assert "<script" not in author.html


def test_a_draft_with_problems_is_not_tried(author: Author) -> None:
    wrong = document(step("one", "a", when=row("gone", "==", 1)), step("one"))

    shown = shown_by(wrong, QueryDict("trial-button=next"))

    assert shown.walk is None
    assert shown.problems >= 2
    said = render_to_string("authoring/_trial.html", {"trial": shown})
    assert f"Fix the {shown.problems} problems first: until then this cannot be tried." in said


@pytest.mark.parametrize("source", [{}, {"steps": 1}, [], None, "draft"])
def test_what_is_no_document_is_a_problem(source: Any) -> None:
    assert shown_by(source, QueryDict()).problems


def test_findings_that_are_known_are_not_looked_for_again() -> None:
    finding = Finding(rule="known", path="", message="Something.")

    assert panel(LOAN, QueryDict(), today=TODAY, findings=[finding])["trial"].problems == 1
    assert panel(LOAN, QueryDict(), today=TODAY, findings=[])["trial"].walk is not None


def test_what_does_not_fit_an_edited_draft_is_left_out_and_said() -> None:
    author = Author(LOAN)
    author.press("next", amount="50", name="Ada")
    author.press("acknowledge")
    author.press("skip")

    author.source = {**LOAN, "steps": [LOAN["steps"][0], LOAN["steps"][2]]}
    author.press("")

    assert author.acts == ["submit"]
    assert author.panel.note == "The draft has changed: 2 things that you did do not fit any more and were left out."
    assert author.state == {"amount": "50", "name": "Ada"}


def test_one_thing_that_does_not_fit_is_one_thing() -> None:
    shown = panel(LOAN, QueryDict('trial-acts=[{"act":"confirm"}]'), today=TODAY)["trial"]

    assert shown.note == "The draft has changed: one thing that you did does not fit any more and was left out."
