"""What stands on a form: the questions of the current step, what is asked again, and what is wrong with each."""

from dataclasses import replace
from typing import Any

from answering.kinds import options_of
from answering.questions import asked_now, can_answer, can_be_none, messages_about, question_of
from engine.actions import ActionState, ActionStatus
from engine.asking import Why, to_ask
from engine.definition import Definition
from engine.progress import Progress, Status, Unmet, locate
from engine.report import EMPTY_REPORT, Ignored, Rejected, Report
from engine.tests.builders import NUMBER, TEXT, TODAY, document, info, step

SOURCE = document(
    step("who", "name", "id"),
    step("more", "note", "age", required=False),
    info("notice"),
    properties={
        "name": {**TEXT, "x-ask": ["Who are you?"], "description": "As on the card"},
        "id": {**TEXT, "readOnly": True},
        "note": TEXT,
        "age": {**NUMBER, "x-when": {"field": "name", "op": "==", "value": "Ben"}},
        "total": {**NUMBER, "x-computed": {"sum": ["age"]}},
    },
    required=["name", "id"],
)
DEFINITION = Definition.from_document(SOURCE)


def _at(status: Status = Status.ACTIVE, **more: Any) -> Progress:
    return Progress(status=status, today=TODAY, **more)


def _asked(progress: Progress) -> dict[str, Why | None]:
    return dict(asked_now(DEFINITION, progress, locate(DEFINITION, progress)))


def test_the_live_fields_of_the_current_step_are_asked() -> None:
    assert _asked(_at(values={"id": "1"})) == {"name": Why.MISSING}
    assert _asked(_at(values={"id": "1", "name": "Ada"})) == {"note": Why.OPTIONAL}
    assert _asked(_at(values={"id": "1", "name": "Ben"})) == {"note": Why.OPTIONAL, "age": Why.OPTIONAL}


def test_what_has_an_answer_stands_beside_what_has_none() -> None:
    asked = _asked(_at(values={"id": "1", "name": "Ben", "note": "Hello"}))

    assert [*asked.items()] == [("note", None), ("age", Why.OPTIONAL)]


def test_what_was_called_into_question_comes_first_whichever_step_it_is_of() -> None:
    values = {"id": "1", "name": "Ada", "note": "Hello"}

    assert _asked(_at(values=values, contested=frozenset({"note"}))) == {"note": Why.CONTESTED}
    assert list(_asked(_at(values={"id": "1"}, contested=frozenset({"name"})))) == ["name"]
    assert list(_asked(_at(values={"id": "1", "note": "Hello"}, contested=frozenset({"note"})))) == ["note", "name"]


def test_where_there_is_only_something_to_read_nothing_is_asked() -> None:
    progress = _at(values={"id": "1", "name": "Ada"}, skipped=frozenset({"more"}))

    assert _asked(progress) == {}
    assert _asked(replace(progress, acknowledged=frozenset({"notice"}))) == {}


def test_a_question_says_how_it_is_asked_and_what_is_wrong() -> None:
    progress = _at(values={"id": "1"})
    report = Report(rejected=(Rejected(code="minLength", message="Too short.", field="name"),))

    question = question_of(
        DEFINITION, progress, locate(DEFINITION, progress), "name", value="A", report=report, why=Why.REFUSED
    )

    assert (question.value, question.words, question.hint) == ("A", "Who are you?", "As on the card")
    assert question.field == DEFINITION.fields["name"]
    assert question.messages == ("Too short.",)
    assert question.again == "Asked again, because the answer was refused."


def test_a_question_has_the_choices_that_there_are_now_and_no_help_that_nobody_wrote() -> None:
    properties = {"slots": {"type": "array", "items": TEXT}, "slot": {**TEXT, "x-choices": {"ref": "slots"}}}
    definition = Definition.from_document(document(step("when", "slots", "slot"), properties=properties))
    progress = _at(values={"slots": ["nine", "ten"]})

    question = question_of(definition, progress, locate(definition, progress), "slot", value=None, report=EMPTY_REPORT)

    assert options_of(question.field.schema) == [('"nine"', "nine"), ('"ten"', "ten")]
    assert question.hint == ""


def test_only_what_is_about_a_field_is_told_beside_it() -> None:
    report = Report(
        rejected=(
            Rejected(code="type", message="No.", field="name"),
            Rejected(code="type", message="No.", field="name"),
        ),
        ignored=(
            Ignored(reason="placeholder", field="name"),
            Ignored(reason="unchanged", field="name"),
            Ignored(reason="not_asked_yet", field="note"),
        ),
    )
    unmet = (Unmet(step="who", fields=("name",), message="Not that."), Unmet(step=None, fields=(), message="Hm."))

    told = messages_about("name", report, unmet)

    assert told == ("No.", "This reads like a blank that nobody filled in, so it does not count.", "Not that.")
    assert messages_about("id", EMPTY_REPORT, ()) == ()


def test_what_is_computed_or_given_by_others_is_not_the_persons_to_answer() -> None:
    progress = _at(values={"id": "1"})
    position = locate(DEFINITION, progress)

    answerable = [name for name in (*DEFINITION.fields, "nothing") if can_answer(DEFINITION, progress, position, name)]

    assert sorted(answerable) == ["age", "name", "note"]
    assert not can_answer(DEFINITION, _at(Status.PAUSED), position, "name")


def test_nothing_is_asked_that_is_not_the_persons_to_answer() -> None:
    look_up = {"type": "tool_call", "target": "look_up", "result": {"found": "/found"}, "idempotent": True}
    source = document(
        step("look", "found", action=look_up),
        step("who", "name", "id", "total"),
        properties={
            "found": TEXT,
            "name": TEXT,
            "id": {**TEXT, "readOnly": True},
            "total": {**NUMBER, "x-computed": {"sum": ["name"]}},
        },
        required=["found", "name"],
    )
    definition = Definition.from_document(source)
    found = ActionState(status=ActionStatus.SUCCEEDED, digest="", run=1, today=TODAY)
    names = frozenset({"found", "name", "id", "total"})

    for status in (Status.ACTIVE, Status.PAUSED):
        progress = _at(status, values={"found": "x"}, actions={"look": found}, contested=names)
        position = locate(definition, progress)
        asked = {*asked_now(definition, progress, position)}
        asked |= {one.field for one in to_ask(definition, progress, position)}

        assert asked == {name for name in names if can_answer(definition, progress, position, name)}
        assert asked == ({"name"} if status is Status.ACTIVE else set())


def test_what_an_action_could_not_find_out_is_asked() -> None:
    look_up = {"type": "tool_call", "target": "look_up", "result": {"found": "/found"}, "on_failure": "ask"}
    definition = Definition.from_document(document(step("look", "found", action=look_up)))
    failed = ActionState(status=ActionStatus.FAILED, digest="", run=1, today=TODAY)
    progress = _at(actions={"look": failed})

    assert dict(asked_now(definition, progress, locate(definition, progress))) == {"found": Why.MISSING}


def test_none_is_an_answer_where_the_whole_schema_of_a_list_takes_an_empty_one() -> None:
    texts = {"type": "array", "items": TEXT}
    lists = {
        "free": texts,
        "some": {**texts, "minItems": 1},
        "one": {**texts, "contains": {"const": "x"}},
        "shared": {**texts, "allOf": [{"$ref": "#/$defs/filled"}]},
        "maybe": {**texts, "type": ["array", "null"]},
        "text": TEXT,
        "any": {},
    }
    source = document(step("who", *lists), properties=lists)
    source["state_schema"]["$defs"] = {"filled": {"minItems": 1}}
    definition = Definition.from_document(source)

    assert {name for name in lists if can_be_none(definition, name)} == {"free", "maybe"}


def test_a_question_says_whether_none_is_an_answer() -> None:
    source = document(step("who", "list", "name"), properties={"list": {"type": "array", "items": TEXT}, "name": TEXT})
    definition = Definition.from_document(source)
    progress = _at()
    position = locate(definition, progress)

    found = {
        name: question_of(definition, progress, position, name, value=None, report=EMPTY_REPORT).can_be_none
        for name in ("list", "name")
    }

    assert found == {"list": True, "name": False}
