"""What a replacement (PUT) leaves of what is parked and of what the start gave, and the day it moves."""

from datetime import date

from engine.conclusion import Decision
from engine.definition import Definition
from engine.progress import Progress, Status
from engine.tests.builders import TEXT, definition_of, progress, row, step
from engine.workflow import write
from engine.writing import Writing

TOMORROW = date(2026, 3, 15)


def put(definition: Definition, before: Progress, **values: str) -> Decision:
    return write(definition, before, Writing(values=values, replaces=True), metadata={}, today=TOMORROW)


def test_text_is_given_as_it_is_and_nothing_is_said_of_what_the_start_gave() -> None:
    definition = definition_of(
        step("one", "kind", "note", "source", "more"), properties={"source": {**TEXT, "readOnly": True}}
    )
    before = progress({"kind": "home", "note": "a", "source": "web"})

    decision = put(definition, before, kind="home", note=" ")

    assert decision.progress.values == {"kind": "home", "note": " ", "source": "web"}
    assert [found.field for found in decision.report.ignored] == ["kind"]
    assert decision.progress.today == TOMORROW


def test_what_only_the_start_can_give_is_not_reset_by_what_it_depends_on_if_it_is_given_again_beside_that() -> None:
    once = {**TEXT, "readOnly": True, "x-depends-on": ["kind"], "x-on-change": "reset"}
    definition = definition_of(step("one", "kind", "source", "more"), properties={"source": once})
    before = progress({"kind": "home", "source": "web"})

    assert put(definition, before, kind="work", source="web").progress.values == {"kind": "work", "source": "web"}
    assert put(definition, before, kind="work", source="app").progress.values == {"kind": "work"}


def test_what_comes_back_is_cleared_and_what_would_only_come_back_with_that_stays_parked() -> None:
    definition = definition_of(
        step("one", "kind"),
        step("car", "plate", when=row("kind", "==", "car")),
        step("paint", "colour", when=row("plate", "==", "AB")),
    )
    before = progress({"kind": "home", "plate": "AB", "colour": "red"})

    once = put(definition, before, kind="car")
    twice = put(definition, once.progress, kind="car")

    assert once.progress.values == {"kind": "car", "colour": "red"}
    assert (once.progress.today, twice.progress) == (TOMORROW, once.progress)


def test_what_ends_by_being_written_ends_on_that_day() -> None:
    definition = definition_of(step("one", "a"))

    for replaces in (True, False):
        writing = Writing(values={"a": "x"}, replaces=replaces)
        ended = write(definition, progress(), writing, metadata={}, today=TOMORROW).progress
        assert (ended.status, ended.today) == (Status.COMPLETED, TOMORROW)
