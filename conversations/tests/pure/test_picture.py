"""What the page shows in each moment of a workflow, in words for people."""

from typing import Any

import pytest

from conversations.page.picture import WORDS, Line, Moment, Picture, Standing, news, picture, question, stored_words
from engine.actions import ActionState, ActionStatus
from engine.definition import Definition
from engine.progress import Progress, Status, locate
from engine.report import Invalidated, Rejected, Report
from engine.saying import Say
from engine.tests.builders import NUMBER, TEXT, TODAY, document, info, row, rule, step

ASK = {"type": "tool_call", "target": "look_up", "result": {"found": "/found"}, "idempotent": True}
PROPERTIES: dict[str, Any] = {
    "name": {**TEXT, "title": "Name"},
    "age": {**NUMBER, "title": "Age", "x-unit": "years"},
    "secret": {**TEXT, "title": "Secret", "x-sensitive": "never_llm"},
    "found": {**TEXT, "title": "Found", "readOnly": True},
    "note": {**TEXT, "title": "Note"},
    "slots": {"type": "array", "items": TEXT, "title": "Slots"},
    "slot": {**TEXT, "title": "Slot", "x-choices": {"ref": "slots"}},
}


def ending(step_id: str, message: str = "") -> dict[str, Any]:
    return info(step_id, end={"outcome": "out", **({"message": message} if message else {})})


def standing(
    *steps: dict[str, Any],
    status: Status = Status.ACTIVE,
    hidden: tuple[str, ...] = (),
    confirm: bool = False,
    **more: Any,
) -> Standing:
    asked = {name for made in steps for name in made.get("fields", ())}
    source = document(
        *steps,
        properties={name: schema for name, schema in PROPERTIES.items() if name in asked},
        required=sorted(asked - {"note"}),
        confirmation="required" if confirm else "none",
    )
    definition = Definition.from_document(source)
    progress = Progress(status=status, today=TODAY, **more)
    return Standing(
        definition=definition, progress=progress, position=locate(definition, progress), hidden=frozenset(hidden)
    )


def lines(seen: Picture) -> dict[str, str]:
    return {line.label: line.words for line in seen.lines}


@pytest.mark.parametrize(
    ("status", "moment"),
    [
        (Status.CREATED, Moment.NOT_STARTED),
        (Status.PAUSED, Moment.PAUSED),
        (Status.FINISHING, Moment.FINISHING),
        (Status.COMPLETED, Moment.COMPLETED),
        (Status.FAILED, Moment.FAILED),
        (Status.CANCELLED, Moment.CANCELLED),
    ],
)
def test_what_is_not_active_is_told_in_words_and_asks_nothing(status: Status, moment: Moment) -> None:
    seen = picture(standing(step("who", "name"), status=status, values={"name": "Ada"}), changing=["name"])

    assert (seen.moment, (seen.heading, seen.text)) == (moment, WORDS[moment])
    assert (seen.questions, seen.place, seen.step, seen.told) == ((), None, "", ())
    assert (seen.can_skip, seen.can_acknowledge, seen.can_remove) == (False, False, "")
    assert lines(seen) == ({"Name": "Ada"} if status in (Status.COMPLETED, Status.FAILED) else {})
    assert not any(line.can_change for line in seen.lines)


def test_the_current_step_is_asked_under_its_name() -> None:
    at = standing(
        step("who", "name"), info("tip", required=False), step("rest", "age", "note", description="Almost done.")
    )

    first = picture(at)
    second = picture(
        standing(
            step("who", "name"),
            info("tip", required=False),
            step("rest", "age", "note", description="Almost done."),
            values={"name": "Ada"},
            said=frozenset({"tip"}),
        )
    )

    assert (first.moment, first.heading, first.text, first.step, first.place) == (
        Moment.ANSWER,
        "Who",
        "",
        "who",
        (1, 2),
    )
    assert [found.field.name for found in first.questions] == ["name"]
    assert (second.heading, second.text, second.place) == ("Rest", "Almost done.", (2, 2))
    assert lines(second) == {"Name": "Ada"}
    assert (second.can_skip, second.can_acknowledge) == (False, False)


def test_what_is_only_to_be_read_is_acknowledged() -> None:
    seen = picture(standing(info("terms", description="Ten years."), step("who", "name")))

    assert (seen.moment, seen.text, seen.place, seen.questions) == (Moment.READ, "Ten years.", (1, 2), ())
    assert (seen.can_acknowledge, seen.can_skip) == (True, False)
    assert seen.told == ()  # it is shown anyway


def test_an_optional_step_is_skipped_or_has_nothing_added() -> None:
    seen = picture(standing(step("more", "note", required=False)))

    assert (seen.moment, seen.can_skip, seen.can_acknowledge) == (Moment.ANSWER, True, True)


def test_a_step_whose_answers_do_not_fit_together_is_not_done_by_having_nothing_to_add() -> None:
    not_x = rule(row("name", "!=", "x"), message="Not x.")

    seen = picture(standing(step("who", "name", "note", rules=[not_x]), values={"name": "x"}))

    assert (seen.moment, seen.can_acknowledge, seen.can_skip) == (Moment.ANSWER, False, False)


def test_information_is_told_before_the_step_that_it_leads_to() -> None:
    steps = (
        info("tip", description="Bring a coat.", required=False),
        info("mute", required=False),
        step("who", "name"),
    )

    assert [found.text for found in picture(standing(*steps)).told] == ["Bring a coat."]
    assert [found.text for found in picture(standing(*steps, said=frozenset({"tip", "mute"}))).told] == [
        "Bring a coat."
    ]
    say = (Say(step="tip", name="Tip", text="Bring a coat."), Say(step="who", name="Who", text="You"))
    assert picture(standing(*steps, said=frozenset({"tip", "mute"})), say=say).told == say[:1]
    assert picture(standing(*steps, status=Status.COMPLETED), say=say[:1]).told == say[:1]


def test_what_was_said_before_is_told_apart_from_what_leads_to_the_step() -> None:
    steps = (
        info("hello", description="Hello {{state.name}}.", required=False),
        step("who", "name"),
        info("terms", description="Ten years."),
        info("tip", description="Bring a coat.", required=False),
        info("later", description="See you.", required=False, when=row("name", "==", "Bo")),
        step("years", "age"),
    )
    said = frozenset({"hello", "terms", "tip", "later"})

    def told(**more: Any) -> tuple[list[str], list[str]]:
        seen = picture(standing(*steps, said=said, acknowledged=frozenset({"terms"}), **more))
        return [found.text for found in seen.told], [found.text for found in seen.told_before]

    assert told(values={"name": "Ada"}) == (["Bring a coat."], ["Hello Ada.", "Ten years."])
    assert told(values={"name": "Ada", "age": 3}, status=Status.COMPLETED) == (
        [],
        ["Hello Ada.", "Ten years.", "Bring a coat."],
    )
    assert told(values={"name": "Ada"}, status=Status.CANCELLED) == ([], [])
    out_of_turn = picture(standing(*steps, said=said, values={"name": "Ada"}), changing=["name"])
    assert (out_of_turn.told, out_of_turn.told_before) == ((), ())


def test_an_ending_in_the_middle_speaks_for_itself() -> None:
    steps = (step("who", "name"), ending("minor", message="You must be 18."), step("rest", "age"))
    at = standing(*steps, status=Status.COMPLETED, values={"name": "Ada"})

    seen = picture(at, say=(Say(step="minor", name="Minor", text="You must be 18."),))

    assert (seen.heading, seen.text, seen.told, seen.place) == ("Minor", "You must be 18.", (), None)
    assert picture(standing(*steps, status=Status.FINISHING, values={"name": "Ada"})).told == ()


def test_an_ending_without_words_has_ours() -> None:
    seen = picture(standing(step("who", "name"), ending("out"), status=Status.COMPLETED, values={"name": "Ada"}))

    assert (seen.heading, seen.text) == ("Out", "We have everything we need.")


def test_before_it_is_confirmed_everything_can_be_changed_and_added() -> None:
    at = standing(
        step("who", "name", "secret"),
        step("more", "note", required=False),
        confirm=True,
        hidden=("secret",),
        values={"name": "Ada", "secret": "s3cret"},
        skipped=frozenset({"more"}),
    )

    seen = picture(at)

    assert (seen.moment, seen.step, seen.place, seen.can_skip) == (Moment.CONFIRM, "", None, False)
    assert seen.lines == (
        Line(field="name", label="Name", words="Ada", can_change=True),
        Line(field="secret", label="Secret", words="Given, not shown", can_change=True),
        Line(field="note", label="Note", words="Not answered", is_given=False, can_change=True),
    )


def test_before_a_request_is_made_that_must_be_confirmed_only_what_it_is_made_of_is_shown() -> None:
    action = {**ASK, "confirm": True, "target": "look_up", "config": {"arguments": {"who": "{{state.name}}"}}}
    at = standing(
        step("who", "name", "age"),
        step("funds", "found", name="Your funds", action=action),
        values={"name": "Ada", "age": 36},
    )

    seen = picture(at)

    assert (seen.moment, seen.heading, seen.step) == (Moment.CONFIRM, "Your funds", "funds")
    assert lines(seen) == {"Name": "Ada"}


def test_what_the_server_finds_out_is_waited_for() -> None:
    state = ActionState(status=ActionStatus.REQUESTED, digest="x", run=1, today=TODAY)
    at = standing(
        step("who", "name"), step("funds", "found", action=ASK), values={"name": "Ada"}, actions={"funds": state}
    )

    seen = picture(at)

    assert (seen.moment, seen.heading, seen.place, seen.questions) == (Moment.WAIT, "Funds", None, ())
    assert seen.text == WORDS[Moment.WAIT][1]


# ---- Changing ----


def test_one_answer_is_changed_under_its_name() -> None:
    at = standing(step("who", "name"), step("more", "note", required=False), values={"name": "Ada", "note": "x"})

    name, note = picture(at, changing=["name"]), picture(at, changing=["note", "note"])

    assert (name.moment, name.heading, name.can_remove, name.lines) == (Moment.CHANGE, "Name", "", ())
    assert [found.value for found in name.questions] == ["Ada"]
    assert (note.heading, note.can_remove) == ("Note", "note")
    assert picture(at, changing=["name", "note"]).heading == "Change your answer"
    assert picture(at, changing=["name", "note"]).can_remove == ""


def test_what_is_not_there_yet_cannot_be_taken_back() -> None:
    at = standing(step("who", "name"), step("more", "note", required=False), values={"name": "Ada"})

    assert picture(at, changing=["note"]).can_remove == ""


def test_what_cannot_be_changed_is_not() -> None:
    steps = (step("who", "name"), step("old", "age", when=row("name", "==", "Ben")), step("funds", "found", action=ASK))

    assert picture(standing(*steps), changing=["age", "found", "nothing"]).moment is Moment.ANSWER


# ---- Secrets ----


def test_what_is_hidden_stands_in_no_input() -> None:
    steps = (step("who", "secret", "name"),)
    given = standing(*steps, hidden=("secret",), values={"secret": "s3cret"})
    report = Report(rejected=(Rejected(code="type", message="No.", field="secret"),))

    secret = picture(given, typed={"secret": "typed"}, report=report).questions[0]
    fresh = picture(standing(*steps, hidden=("secret",))).questions[0]

    assert (secret.value, secret.is_secret, secret.messages) == (None, True, ("No.",))
    assert secret.note == "Given, and not shown here. Leave this empty to keep it."
    assert fresh.note == "What you write here is not shown again."
    assert "s3cret" not in repr(picture(given).lines)


def test_choices_of_what_is_hidden_are_hidden_too() -> None:
    values = {"slots": ["8:10"]}
    steps = (step("one", "slots"), step("two", "slot"))

    shown = picture(standing(*steps, values=values)).questions[0]
    hidden = picture(standing(*steps, values=values, hidden=("slot",))).questions[0]

    assert "8:10" in str(shown.field.schema)
    assert "8:10" not in str(hidden.field.schema)
    assert hidden.note == "What you write here is not shown again. The choices are not shown here."


# ---- What went wrong, and what else happened ----


def test_what_was_refused_stands_in_its_input_to_be_mended() -> None:
    at = standing(step("who", "name", "age"), values={"name": "Ada"})
    report = Report(rejected=(Rejected(code="type", message="Age must be a number.", field="age"),))

    seen = picture(at, typed={"name": "Bea", "age": "old"}, report=report)

    assert {found.field.name: found.value for found in seen.questions} == {"name": "Ada", "age": "old"}
    assert seen.problems == ()
    assert picture(at, report=report).questions[1].value is None


def test_what_stands_beside_no_input_is_told_above_with_its_name() -> None:
    at = standing(step("who", "name"), step("more", "age"))
    rejected = (
        Rejected(code="x", message="Too old.", field="age"),
        Rejected(code="x", message="Age is wrong.", field="age"),
        Rejected(code="x", message="Nothing of that name.", field="nothing"),
        Rejected(code="step_required", message="Who cannot be skipped.", step="who"),
        Rejected(code="x", message="Not so.", field="name"),
    )

    seen = picture(at, report=Report(rejected=rejected))

    assert seen.problems == ("Age: Too old.", "Age is wrong.", "Nothing of that name.", "Who cannot be skipped.")
    assert seen.questions[0].messages == ("Not so.",)


def test_answers_that_do_not_fit_together_are_told_where_they_are_not_asked() -> None:
    broken = rule(row("age", ">", 17), "You must be 18.", field="age")
    at = standing(step("who", "name", "age", rules=[broken]), values={"name": "Ada", "age": 7})

    assert picture(at).problems == ()
    assert picture(at, changing=["name"]).problems == ("You must be 18.",)
    ended = standing(step("who", "name", "age", rules=[broken]), values={"name": "Ada", "age": 7}, status=Status.PAUSED)
    assert picture(ended).problems == ()


def test_what_an_answer_changed_beside_itself_is_told() -> None:
    at = standing(step("who", "name", "age", "note"))
    report = Report(invalidated=(Invalidated(field="age", because="name"),), parked=("note",), restored=("name",))

    assert news(at, report) == (
        "Age was taken out again, because Name changed.",
        "Note is kept aside: with these answers it is not asked for.",
        "Name counts again.",
    )


def test_what_is_stored_is_told_in_words() -> None:
    at = standing(step("who", "name", "age", "secret"), hidden=("secret",), values={"age": 7, "secret": "x"})

    assert [stored_words(at, name) for name in ("age", "secret", "name")] == [
        "7 years",
        "Given, not shown",
        "Not answered",
    ]
    assert question(at, "age", note="Hm.").note == "Hm."
    assert question(at, "secret", note="Hm.").note == "Hm. Given, and not shown here. Leave this empty to keep it."
