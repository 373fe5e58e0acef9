"""What the stand-in finds in what people say, and with which words as evidence."""

from typing import Any

import pytest

from chat.stand_in.extraction import Found, extract
from chat.stand_in.fields import Field, Kind, called, fields_of

FIELDS = {
    "nights": Field(name="nights", label="How many nights", kind=Kind.NUMBER),
    "price": Field(name="price", label="Price", kind=Kind.NUMBER),
    "breakfast": Field(name="breakfast", label="Breakfast", kind=Kind.YES_NO),
    "arrival": Field(name="arrival", label="Arrival", kind=Kind.DATE),
    "departure": Field(name="departure", label="Departure", kind=Kind.DATE),
    "email": Field(name="email", label="E-mail address", kind=Kind.EMAIL),
    "view": Field(
        name="view",
        label="View",
        kind=Kind.CHOICE,
        choices=(("sea", "Towards the sea"), ("sea_side", "Sea from the side"), ("yard", "A yard")),
    ),
    "extras": Field(
        name="extras",
        label="Extras",
        kind=Kind.CHOICES,
        choices=(("cot", "A cot"), ("late", "Leaving late"), ("dog", "A dog comes along")),
    ),
    "plate": Field(name="plate", label="Number of the car", kind=Kind.CODE),
    "name": Field(name="name", label="Your name", kind=Kind.TEXT),
    "note": Field(name="note", label="Anything else", kind=Kind.TEXT),
    "rooms": Field(name="rooms", label="Rooms", kind=Kind.OTHER),
}


def found(said: str, *asked: str) -> dict[str, Any]:
    """Return the values in a message, by field; what is not asked can be named."""
    return {one.field: one.value for one in everything(said, *asked)}


def everything(said: str, *asked: str) -> list[Found]:
    others = [field for name, field in FIELDS.items() if name not in asked]
    return extract(said, asked=[FIELDS[name] for name in asked], others=others)


@pytest.mark.parametrize(
    ("said", "asked", "value"),
    [
        ("3 then", "nights", 3),
        ("It was -4 degrees", "nights", -4),
        ("1,250.50 at most", "price", "1,250.50"),
        ("Yes please", "breakfast", True),
        ("no, thank you", "breakfast", False),
        ("2026-05-03", "arrival", "2026-05-03"),
        ("on 3 May 2026.", "arrival", "2026-05-03"),
        ("May 3rd, 2026", "arrival", "2026-05-03"),
        ("03/04/2026", "arrival", "03/04/2026"),  # which it is, the service asks
        ("it is ada@example.org.", "email", "ada@example.org"),
        ("Towards the sea", "view", "sea"),
        ("sea from the side!", "view", "sea_side"),
        ("the yard, I think", "view", "yard"),
        ("a cot and the dog", "extras", ["cot", "dog"]),
        ("It is AB-1234, a red one", "plate", "AB-1234"),
        ("+43 1 555 0133", "plate", "+43 1 555 0133"),
        ("18:30", "plate", "18:30"),
        ("I'm Ada Lovelace", "name", "Ada Lovelace"),
        ("We come by train, and late.", "note", "We come by train, and late"),
    ],
)
def test_an_answer_is_found_in_its_form(said: str, asked: str, value: object) -> None:
    assert found(said, asked) == {asked: value}


def test_the_evidence_of_a_value_is_the_words_that_it_was_found_in() -> None:
    (date,) = everything("We arrive on May 3rd, 2026 at noon", "arrival")

    assert date == Found(field="arrival", value="2026-05-03", quote="May 3rd, 2026")


def test_several_answers_in_one_message_each_have_words_of_their_own() -> None:
    said = "Ada Lovelace, ada@example.org, 2 nights from 2026-05-03 to 2026-05-05"

    assert found(said, "name", "email", "nights", "departure") == {
        "email": "ada@example.org",
        "departure": "2026-05-03",
        "nights": 2,
        "name": "Ada Lovelace",
    }


def test_what_is_asked_first_takes_what_comes_first() -> None:
    assert found("from 2026-05-03 to 2026-05-05", "arrival", "departure") == {
        "arrival": "2026-05-03",
        "departure": "2026-05-05",
    }


def test_what_was_answered_before_is_corrected_by_its_name() -> None:
    assert found("No cot. Actually the price is 90, and nights: 4", "extras") == {
        "price": 90,
        "nights": 4,
        "extras": ["cot"],
    }


def test_a_text_is_corrected_by_its_name_and_a_verb() -> None:
    assert found("2. And my name is Ada King, sorry", "nights") == {"nights": 2, "name": "Ada King"}


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("well", "nights"),
        ("perhaps", "breakfast"),
        ("soon", "arrival"),
        ("the lake", "view"),
        ("ok", "name"),
        ("2", "rooms"),
    ],
)
def test_where_nothing_fits_nothing_is_made_up(said: str, asked: str) -> None:
    assert found(said, asked) == {}


@pytest.mark.parametrize("asked", ["email", "plate"])
def test_an_answer_in_another_form_is_handed_over_as_it_is(asked: str) -> None:
    assert found("none of your business", asked) == {asked: "none of your business"}


def test_the_kinds_of_fields_follow_from_the_schema_of_the_tool() -> None:
    schema = {
        "properties": {
            "a": {"type": "integer"},
            "b": {"type": ["boolean", "null"]},
            "c": {"type": "string", "format": "date"},
            "d": {"type": "string", "format": "email"},
            "e": {"type": "string", "pattern": "^[0-9]+$"},
            "f": {"type": "string"},
            "g": {"type": "string", "enum": ["x", "y", None]},
            "h": {"type": "array", "items": {"oneOf": [{"const": 1, "title": "One"}]}},
            "i": {"type": "array", "items": {"type": "object"}},
            "j": {"type": "object"},
        }
    }

    kinds = {name: (field.kind, field.choices) for name, field in fields_of(schema).items()}

    assert kinds == {
        "a": (Kind.NUMBER, ()),
        "b": (Kind.YES_NO, ()),
        "c": (Kind.DATE, ()),
        "d": (Kind.EMAIL, ()),
        "e": (Kind.CODE, ()),
        "f": (Kind.TEXT, ()),
        "g": (Kind.CHOICE, (("x", "x"), ("y", "y"))),
        "h": (Kind.CHOICES, ((1, "One"),)),
        "i": (Kind.OTHER, ()),
        "j": (Kind.OTHER, ()),
    }


def test_people_call_things_as_the_prompt_says() -> None:
    field = fields_of({"properties": {"g": {"type": "string", "enum": ["x", "y"]}}})["g"]

    told = called(field, {"label": "Which", "choices": [{"value": "x", "title": "The first"}]})

    assert (told.label, told.kind, told.choices) == ("Which", Kind.CHOICE, (("x", "The first"),))
    assert called(field, {}) == field
