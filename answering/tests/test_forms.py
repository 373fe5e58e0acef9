"""Forms made from a state schema: every kind of answer is asked for, labelled, and read as what it is."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from answering.forms import AnswerForm, answer_form, answers_of
from answering.questions import Question, can_be_none
from engine.definition import Definition, Field
from engine.tests.builders import document

PROPERTIES: dict[str, Any] = {
    "name": {"type": "string", "title": "Full name", "description": "As on the card"},
    "story": {"type": "string", "maxLength": 4000},
    "amount": {"type": "number", "x-unit": "EUR"},
    "people": {"type": "integer"},
    "smoker": {"type": "boolean"},
    "born": {"type": "string", "format": "date"},
    "at": {"type": "string", "format": "date-time"},
    "purpose": {"type": "string", "oneOf": [{"const": "car", "title": "A car"}, {"const": "home", "title": "A home"}]},
    "extras": {"type": "array", "items": {"enum": ["bread", "milk"]}},
    "email": {"type": "string", "format": "email"},
    "site": {"type": "string", "format": "uri"},
    "medicines": {"type": "array", "items": {"type": "string"}},
    "languages": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "children": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "x-order": 1},
                "age": {"type": "integer", "x-order": 2},
                "school": {"type": "boolean", "x-order": 3},
                "kind": {"enum": ["day", "night"], "x-order": 4},
            },
            "required": ["name"],
        },
    },
    "address": {"type": "object"},
}


def _question(definition: Definition, field: Field, value: Any) -> Question:
    may_be_none = can_be_none(definition, field.name)
    return Question(field=field, value=value, hint=field.schema.get("description", ""), can_be_none=may_be_none)


def _questions(required: list[str] | None = None, **values: Any) -> list[Question]:
    definition = Definition.from_document(document(properties=PROPERTIES, required=required))
    return [_question(definition, field, values.get(name)) for name, field in definition.fields.items()]


def _answers(posted: str, **values: Any) -> dict[str, Any]:
    form = answer_form(_questions(**values), QueryDict(posted), time_zone="Europe/Paris")
    assert form.is_valid(), form.errors
    return answers_of(form)


def _html(form: AnswerForm) -> str:
    return re.sub(r"\s+", " ", render_to_string("answering/_answers.html", {"form": form}))


def _field(html: str, name: str) -> str:
    found = re.search(rf'<(?:input|select|textarea)[^>]* name="answer-{name}"[^>]*>', html)
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("posted", "answers"),
    [
        ("answer-name=Ada", {"name": "Ada"}),
        ("answer-story=two%0D%0Alines", {"story": "two\nlines"}),
        ("answer-amount=12.5", {"amount": 12.5}),
        ("answer-amount=a+lot", {"amount": "a lot"}),
        ("answer-people=3", {"people": 3}),
        ("answer-smoker=false", {"smoker": False}),
        ("answer-smoker=", {}),
        ("answer-born=2026-03-01", {"born": "2026-03-01"}),
        ("answer-at=2026-03-01T14:30", {"at": "2026-03-01T14:30:00+01:00"}),
        ("answer-purpose=%22car%22", {"purpose": "car"}),
        ("answer-purpose=boat", {"purpose": "boat"}),
        ("answer-extras=%22milk%22&answer-extras=%22bread%22", {"extras": ["milk", "bread"]}),
        ("answer-email=ada", {"email": "ada"}),
        ("answer-site=https://a.example", {"site": "https://a.example"}),
        ("answer-medicines=one%0D%0A%0D%0Atwo", {"medicines": ["one", "two"]}),
        ("answer-address=%7B%22city%22%3A+%22Lyon%22%7D", {"address": {"city": "Lyon"}}),
        ("answer-address=Lyon", {"address": "Lyon"}),
        ("name=Ada&amount=1", {}),
        ("", {}),
    ],
)
def test_what_is_posted_becomes_the_answers(posted: str, answers: dict[str, Any]) -> None:
    assert _answers(posted) == answers


def test_a_table_becomes_a_list_without_its_empty_rows() -> None:
    first = "answer-children-0-0=Mia&answer-children-0-1=7&answer-children-0-2=true&answer-children-0-3=%22day%22"
    last = "answer-children-2-0=Ben&answer-children-2-1=four&answer-children-2-2=&answer-children-2-3="

    answers = _answers(f"{first}&answer-children-1-0=&{last}")

    assert answers == {
        "children": [{"name": "Mia", "age": 7, "school": True, "kind": "day"}, {"name": "Ben", "age": "four"}]
    }


def test_a_table_is_read_as_far_as_it_may_go_and_no_further() -> None:
    posted = "&".join(f"answer-children-{number}-0=x" for number in range(1100))

    assert len(_answers(posted)["children"]) == 1000


def test_a_long_table_loses_nothing() -> None:
    children = [{"name": f"Child {number}"} for number in range(1100)]
    html = _html(answer_form(_questions(children=children)))
    cells = re.findall(r'name="answer-(children-\d+-0)"', html)
    posted = "&".join(f"answer-children-{number}-0=Child+{number}" for number in range(1103))

    assert len(cells) == 1103
    assert len(_answers(posted, children=children)["children"]) == 1103


@pytest.mark.parametrize("posted", ["answer-amount=" + "9" * 60, "answer-name=a%00b", "answer-medicines=a%0Ab%00"])
def test_only_what_cannot_even_be_sent_is_refused_by_the_form(posted: str) -> None:
    form = answer_form(_questions(), QueryDict(posted))

    assert not form.is_valid()
    assert "This cannot be sent" in _html(form)


def test_every_input_has_a_label_and_says_what_describes_it() -> None:
    html = _html(answer_form(_questions(required=["name"])))

    ids = set(re.findall(r' id="([^"]+)"', html))
    described = {one for found in re.findall(r'aria-describedby="([^"]+)"', html) for one in found.split()}
    named = set(re.findall(r'<label for="([^"]+)"', html)) | set(re.findall(r'id="([^"]+)" aria-label=', html))
    inputs = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', html)
    assert described <= ids
    assert set(inputs) <= named
    assert len(inputs) == len(set(inputs))
    assert all(name.startswith("answer-") for name in re.findall(r' name="([^"]+)"', html))
    assert all(found.startswith("answer-") for found in ids)


def test_a_label_tells_the_unit_and_what_may_be_left_open() -> None:
    html = _html(answer_form(_questions(required=["name"])))

    assert '<label for="answer-name">Full name </label>' in html
    assert 'Amount <span class="answer-unit">(EUR)</span> <span class="answer-quiet">(optional)</span>' in html
    assert "<p>As on the card</p>" in html
    assert "One a line." in html
    assert "No form can ask for this; write it as JSON." in html


def test_no_answer_can_be_chosen_where_one_may_be_left_out() -> None:
    optional, required = (
        _html(answer_form(_questions(smoker=False, required=names))) for names in ([], ["smoker", "purpose"])
    )

    radios = r'<input type="radio" name="answer-smoker" value="([^"]*)"'
    assert re.findall(radios, optional) == ["true", "false", ""]
    assert re.findall(radios, required) == ["true", "false"]
    assert '<option value="" selected>No answer</option>' in optional
    assert '<option value="" selected>Please choose</option>' in required


NONE = {"extras": "None of these", "medicines": "None", "children": "None"}


@pytest.mark.parametrize("name", NONE)
def test_none_is_an_answer_of_its_own_where_a_list_may_be_empty(name: str) -> None:
    assert _answers("") == {}
    assert _answers(f"answer-{name}-none=none") == {name: []}


def test_a_list_that_may_not_be_empty_offers_no_none() -> None:
    html = _html(answer_form(_questions()))

    boxes = re.findall(r'<input type="checkbox" name="answer-(\w+)-none" [^>]*aria-label="([^"]+)"', html)
    assert boxes == [
        ("extras", "None of these (Extras)"),
        ("medicines", "None (Medicines)"),
        ("children", "None (Children)"),
    ]
    assert _answers("answer-languages-none=none") == {}


@pytest.mark.parametrize("name", NONE)
def test_none_that_was_answered_is_ticked_and_what_was_not_answered_is_not(name: str) -> None:
    shown, unanswered = _html(answer_form(_questions(**{name: []}))), _html(answer_form(_questions()))

    assert re.findall(r'name="answer-(\w+)-none"[^>]* checked>', shown) == [name]
    assert " checked" not in unanswered


@pytest.mark.parametrize(
    "posted",
    ["extras=%22milk%22&answer-extras", "medicines=aspirin&answer-medicines", "children-0-0=Mia&answer-children"],
)
def test_none_beside_an_answer_is_asked_again_with_both_as_they_were(posted: str) -> None:
    form = answer_form(_questions(), QueryDict(f"answer-{posted}-none=none"))

    assert not form.is_valid()
    html = _html(form)
    assert "is ticked, and yet there is an answer. Take one of them away." in html
    assert re.search(r'-none"[^>]* checked>', html)
    assert re.search(r'value="&quot;milk&quot;"[^>]* checked|>\s*aspirin</textarea>|value="Mia"', html)


def test_of_a_secret_list_nothing_is_sent_back() -> None:
    (medicines,) = [found for found in _questions() if found.field.name == "medicines"]
    secret = replace(medicines, is_secret=True)

    html = _html(answer_form([secret], QueryDict("answer-medicines=aspirin&answer-medicines-none=none")))

    assert "aspirin" not in html
    assert " checked" not in html


def test_answers_that_are_there_stand_in_their_inputs() -> None:
    html = _html(
        answer_form(
            _questions(
                name="<Ada>",
                amount="a lot",
                at="2026-03-01T13:30:00Z",
                purpose="home",
                extras=["milk"],
                children=[{"name": "Mia", "school": False}, {"name": "Ben"}],
            ),
            time_zone="Europe/Paris",
        )
    )

    assert 'value="&lt;Ada&gt;"' in _field(html, "name")
    assert 'value="a lot"' in _field(html, "amount")
    assert 'value="2026-03-01T14:30"' in _field(html, "at")
    assert '<option value="&quot;home&quot;" selected>' in html
    assert re.findall(r'value="([^"]+)"[^>]*checked', html)[0] == "&quot;milk&quot;"
    assert 'value="Mia"' in _field(html, "children-0-0")
    assert 'value="Ben"' in _field(html, "children-1-0")
    assert re.findall(r'name="answer-children-(\d+)-0"', html) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("name", "value", "posted"),
    [
        ("at", "2026-03-01T13:30:00Z", "answer-at=2026-03-01T14:30"),
        ("name", " Ada\nLovelace ", "answer-name=+Ada%0D%0ALovelace+"),
        ("amount", 1e-7, "answer-amount=1e-07"),
        ("extras", ["milk", "bread"], "answer-extras=%22bread%22&answer-extras=%22milk%22"),
        ("medicines", ["one\ntwo", " three "], "answer-medicines=one%0D%0Atwo%0D%0A+three+"),
        ("children", [{"name": "M\nia", "id": 7}], "answer-children-0-0=Mia&answer-children-0-1=&answer-children-1-0="),
    ],
)
def test_what_was_not_touched_comes_back_as_it_is_stored(name: str, value: Any, posted: str) -> None:
    assert _answers(posted, **{name: value}) == {name: value}


@pytest.mark.parametrize(
    ("name", "value", "posted", "answer"),
    [
        ("at", "2026-03-01T13:30:00Z", "answer-at=2026-03-01T14:31", "2026-03-01T14:31:00+01:00"),
        ("name", "Ada\nLovelace", "answer-name=Ada%0D%0AL.", "Ada\nL."),
        ("extras", ["milk"], "answer-extras=%22bread%22", ["bread"]),
        ("medicines", ["one\ntwo"], "answer-medicines=one", ["one"]),
        ("children", [{"name": "Mia"}], "answer-children-0-0=Mia&answer-children-0-1=7", [{"name": "Mia", "age": 7}]),
        (
            "children",
            [{"name": "Mia", "id": 7}, {"name": "Ben", "id": 8}, {"name": "Eve", "id": 9}],
            "answer-children-0-0=&answer-children-1-0=Bob&answer-children-2-0=Eve&answer-children-3-0=Kim",
            [{"name": "Bob"}, {"name": "Eve", "id": 9}, {"name": "Kim"}],
        ),
    ],
)
def test_what_was_touched_is_read_anew(name: str, value: Any, posted: str, answer: Any) -> None:
    assert _answers(posted, **{name: value}) == {name: answer}


@pytest.mark.parametrize("end", ["\n", "\r"])
def test_a_text_of_several_lines_keeps_them(end: str) -> None:
    html = _html(answer_form(_questions(name=f"Ada{end}Lovelace")))

    assert re.search(r'<textarea name="answer-name"[^>]*> Ada Lovelace</textarea>', html)


def test_numbers_are_asked_for_so_that_what_is_none_can_be_typed_too() -> None:
    html = _html(answer_form(_questions()))

    assert 'type="text" name="answer-amount"' in _field(html, "amount")
    assert 'inputmode="decimal"' in _field(html, "amount")
    assert 'inputmode="numeric"' in _field(html, "people")
    assert 'type="date"' in _field(html, "born")
    assert 'type="datetime-local"' in _field(html, "at")
    assert 'type="email"' in _field(html, "email")
    assert 'type="url"' in _field(html, "site")


def test_what_the_engine_says_stands_beside_its_input() -> None:
    (question,) = [found for found in _questions(amount=500) if found.field.name == "amount"]
    wrong = Question(field=question.field, value=500, words="How much?", messages=("Too <much>.",))

    html = _html(answer_form([wrong]))

    assert 'aria-invalid="true"' in _field(html, "amount")
    assert 'aria-describedby="answer-amount-help answer-amount-error"' in _field(html, "amount")
    assert '<div class="answer-error" id="answer-amount-error"><p>Too &lt;much&gt;.</p></div>' in html
    assert "<p>How much?</p>" in html


def test_a_name_of_any_letters_makes_an_id_without_blanks() -> None:
    definition = Definition.from_document(document(properties={'my "field" <1>': {"type": "string"}}))

    html = _html(answer_form([Question(field=field) for field in definition.fields.values()]))

    assert 'name="answer-my &quot;field&quot; &lt;1&gt;"' in html
    assert re.findall(r'<input[^>]* id="([^"]*)"', html) == ["answer-my.20..22.field.22..20..3c.1.3e."]
