"""Nothing that is posted to the panel in which a draft is tried out breaks it."""

import json

import pytest
from django.http import QueryDict

from authoring.tests.trying import LOAN, Author, shown_by
from authoring.trial.following import Names
from authoring.trial.panel import panel, today_of
from conftest import NOW
from engine.tests.builders import document, step
from engine.workflow import Next


@pytest.fixture
def author() -> Author:
    return Author(LOAN)


STARTS_AGAIN = "What you tried so far cannot be read any more, so the try starts again."

HOSTILE = [
    "[",
    "null",
    "{}",
    "[1]",
    '[{"act":"submit"}]',
    '[{"act":"submit","data":{"amount":1e999}}]',
    "[" * 5000,
    "[" + ",".join(['{"act":"confirm"}'] * 201) + "]",
    '[{"act":"submit","data":{"name":"' + "a" * 200_000 + '"}}]',
    '[{"act":"submit","data":{"name":[' + ",".join(["1e9"] * 40_000) + "]}}]",
]


@pytest.mark.parametrize("acts", HOSTILE, ids=range(len(HOSTILE)))
def test_a_list_of_acts_that_is_none_starts_again(acts: str) -> None:
    posted = QueryDict(mutable=True)
    posted["trial-acts"] = acts

    shown = shown_by(LOAN, posted)

    assert (shown.acts, shown.note) == ("[]", STARTS_AGAIN)


def test_a_long_try_starts_again_when_a_new_name_makes_it_too_long() -> None:
    name = "n" * 90
    draft = document(properties={name: {"type": "string"}}, steps=[step("who", fields=[name])])
    answers = [f'{{"act":"submit","data":{{"a":"{number:0>960}"}}}}' for number in range(199)]
    posted = {"trial-acts": f"[{','.join(answers)}]", "trial-names": '{"fields":{"f0":"a"}}'}

    shown = panel(draft, posted, today=NOW.date(), names=Names(fields={"f0": name}))["trial"]

    assert (shown.acts, shown.note) == ("[]", STARTS_AGAIN)


@pytest.mark.parametrize(
    "button",
    [
        "skip",
        "acknowledge",
        "confirm",
        "found",
        "fails",
        "correct:gone",
        "correct:",
        "correct",
        "unheard of",
        "leave",
        ":",
        "next",
    ],
)
def test_a_button_that_is_not_there_does_nothing(button: str, author: Author) -> None:
    author.press(button)

    assert author.acts == []
    assert author.walk.next is Next.COLLECT


def test_a_button_of_another_moment_does_nothing_at_the_end(author: Author) -> None:
    source = document(step("one", "name"))
    author = Author(source)
    author.press("next", name="Ada")

    for button in ("next", "found", "confirm", "skip", "correct:name"):
        author.press(button, name="Bo")

    assert author.acts == ["submit"]
    assert author.walk.correcting == ""


def test_a_try_that_becomes_too_long_stays_where_it_was(author: Author) -> None:
    author.press("next", name="a" * 190_000, amount="50")
    author.press("correct:name")

    author.press("next", name="b" * 190_000)

    assert author.acts == ["submit"]
    assert author.panel.note == "This try has become too long. Go back, or start again."


def test_as_many_acts_as_can_be_carried_are_replayed(author: Author) -> None:
    acts = [{"act": "submit", "data": {"name": str(number)}} for number in range(200)]
    posted = QueryDict(mutable=True)
    posted.update({"trial-acts": json.dumps(acts), "trial-button": "next", "try-amount": "5"})

    shown = shown_by(LOAN, posted)

    assert len(json.loads(shown.acts)) == 200
    assert shown.note == "This try has become too long. Go back, or start again."


@pytest.mark.parametrize(
    ("zone", "today"),
    [("UTC", "2026-03-01"), ("Pacific/Kiritimati", "2026-03-02"), ("No/Where", "2026-03-01"), (None, "2026-03-01")],
)
def test_today_is_the_date_where_the_template_is_used(zone: str | None, today: str) -> None:
    assert today_of({"time_zone": zone}, at=NOW).isoformat() == today
