"""Where each value came from."""

from typing import Any

from engine.definition import Definition
from engine.tests.builders import TEXT, TODAY, definition_of, give, progress, row, step
from engine.workflow import write
from engine.writing import Writing

LIST: dict[str, Any] = {"type": "array", "items": TEXT}


def loan() -> Definition:
    return definition_of(
        step("what", "purpose", "people"),
        step("car", "plate", when=row("purpose", "==", "car")),
        step("end", "colour"),
        properties={"people": LIST, "colour": {**TEXT, "x-depends-on": ["purpose"], "x-on-change": "reset"}},
    )


def test_a_value_has_the_source_of_the_submission_that_gave_it_last() -> None:
    first = give(loan(), progress(), {"purpose": "car", "plate": "A 1"}, source="llm")
    second = give(loan(), first.progress, {"plate": "A 2"}, source="user")

    assert first.progress.sources == {"purpose": "llm", "plate": "llm"}
    assert second.progress.sources == {"purpose": "llm", "plate": "user"}


def test_what_is_said_again_keeps_its_source_unless_it_was_in_question() -> None:
    before = progress({"purpose": "car", "plate": "A"}, contested=frozenset({"plate"}))

    after = give(loan(), before, {"purpose": "car", "plate": "A"}, source="user").progress

    assert after.sources == {"purpose": "client", "plate": "user"}
    assert give(loan(), after, {"purpose": "car"}, source="llm").progress == after


def test_a_changed_list_is_from_whoever_changed_it_last() -> None:
    first = give(loan(), progress(), append={"people": ["Ada", "Bo"]}, source="llm")
    second = give(loan(), first.progress, remove={"people": [1, 7]}, source="user")
    third = give(loan(), second.progress, remove={"people": [1]}, append={"people": [""]}, source="operator")

    assert [found.progress.sources for found in (first, second, third)] == [
        {"people": "llm"},
        {"people": "user"},
        {"people": "operator"},
    ]
    gone = give(loan(), second.progress, remove={"people": [1]}, source="operator")
    assert gone.progress == second.progress


def test_what_is_cleared_or_taken_out_loses_its_source_and_what_is_set_aside_keeps_it() -> None:
    before = progress({"purpose": "car", "plate": "A", "colour": "red", "people": []})

    after = give(loan(), before, {"purpose": "home"}, clear=("people",), source="user").progress

    assert after.sources == {"purpose": "user", "plate": "client"}


def test_refused_values_and_atomic_ones_that_were_given_up_leave_sources_alone() -> None:
    before = progress({"purpose": "car"})

    decision = give(loan(), before, {"purpose": "home", "plate": 5}, source="llm", atomic=True)

    assert decision.progress.sources == before.sources


def test_a_value_from_before_sources_were_kept_has_none_until_it_is_given_again() -> None:
    before = progress({"purpose": "car", "plate": "A"}, sources={})

    assert give(loan(), before, {"purpose": "home"}, source="llm").progress.sources == {"purpose": "llm"}


def test_what_is_written_is_from_the_client() -> None:
    before = progress({"purpose": "car"}, sources={"purpose": "llm"})

    writing = Writing(values={"purpose": "car", "plate": "A"}, replaces=True)
    after = write(loan(), before, writing, metadata={}, today=TODAY).progress

    assert after.sources == {"purpose": "llm", "plate": "client"}
