"""Trying a draft out: every act does what it would do, and the walk shows what comes of it."""

import pytest

from authoring.tests.pure.walks import LOAN, funds, places, questions, state, walked
from authoring.trial.acts import Acknowledge, Begin, Clear, Fails, Skip, Submit
from authoring.trial.walking import Place
from engine.asking import Why
from engine.progress import Status
from engine.tests.builders import BOOL, NUMBER, TEXT, document, info, row, rule, step
from engine.workflow import Next

# ---- Words ----

GREETING = document(
    step("who", "name", "pin"),
    step("age", "age", name="The age of {{state.name}}", description="Dear {{state.name}}", required=False),
    step("left", name="Not {{state.name}}", when=row("name", "==", "Ben")),
    info("end", end={"outcome": "done", "message": "Thank you, {{state.name}}."}),
    properties={
        "pin": {**TEXT, "x-sensitive": "never_llm"},
        "age": {
            **NUMBER,
            "x-ask": ["How old are you, {{state.name}}?"],
            "description": "{{state.name}}",
            "x-messages": {"*": "No, {{state.name}}."},
        },
    },
)
HOSTILE = "Ann\n<b>{{state.pin}}</b>"
READ = "Ann <b>{{state.pin}}</b>"


def test_words_are_filled_in_as_the_person_will_read_them() -> None:
    asked = Submit(data={"name": HOSTILE, "pin": "4711"})
    now, refused = walked(GREETING, asked), walked(GREETING, asked, Submit(data={"age": "old"}))
    ended = walked(GREETING, asked, Submit(data={"age": 40}))

    question = questions(now)["age"]
    assert now.current is not None
    assert (now.current.name, now.current.description) == (f"The age of {READ}", f"Dear {READ}")
    assert (question.words, question.hint) == (f"How old are you, {READ}?", READ)
    assert [found.name for found in now.steps] == ["Who", f"The age of {READ}", f"Not {READ}", "End"]
    assert questions(refused)["age"].messages == (f"No, {READ}.",)
    assert [told.text for told in ended.say] == [f"Thank you, {READ}."]
    assert walked(GREETING).steps[1].name == "The age of …"


def test_a_step_whose_call_failed_is_named_with_what_was_answered() -> None:
    source = funds(on_failure="skip")
    source["steps"][1]["name"] = "Funds for {{state.amount}}"
    source["state_schema"]["properties"]["balance"]["description"] = "Of {{state.amount}}"

    waits = walked(source, Submit(data={"amount": 5}))
    failed = walked(source, Submit(data={"amount": 5}), Fails(step="funds"))

    assert [question.hint for question in waits.questions] == ["Of 5"]
    assert failed.failures == (("Funds for 5", "You let it fail."),)


# ---- On the way ----


def test_at_the_beginning_the_first_step_is_asked() -> None:
    now = walked(LOAN)

    assert (now.has_begun, now.next, now.status, now.acts, now.dropped) == (True, Next.COLLECT, Status.ACTIVE, (), 0)
    assert now.current is not None
    assert now.current.id == "what"
    assert places(now) == {"what": "now", "car": "to come", "notice": "to come", "extras": "to come"}
    assert (now.can_skip, now.can_acknowledge) == (False, False)
    assert now.sending is None
    assert now.outcome == ""


def test_a_question_says_how_it_is_asked() -> None:
    amount, purpose = walked(LOAN).questions

    assert (amount.field.label, amount.field.required, amount.words, amount.hint) == (
        "Amount",
        True,
        "How much?",
        "How much",
    )
    assert (amount.why, amount.again, amount.value, amount.messages) == (Why.MISSING, "", None, ())
    assert (purpose.words, purpose.hint) == (None, "")


def test_answers_are_collected_in_the_words_people_read() -> None:
    now = walked(LOAN, Submit(data={"amount": 50, "purpose": "car"}))

    assert state(now) == {"Amount": "50 EUR", "Purpose": "A car"}
    assert [(value.field, value.can_change, value.is_computed) for value in now.collected] == [
        ("amount", True, False),
        ("purpose", True, False),
    ]
    assert places(now) == {"what": "done", "car": "now", "notice": "to come", "extras": "to come"}
    assert now.acts == (Submit(data={"amount": 50, "purpose": "car"}),)


def test_a_step_that_does_not_apply_says_on_what_it_hangs() -> None:
    now = walked(LOAN, Submit(data={"amount": 50, "purpose": "home"}))

    assert places(now) == {"what": "done", "car": "left out", "notice": "now", "extras": "to come"}
    assert [(left.name, left.condition) for left in now.left_out] == [("Car", "Purpose is “A car”")]


def test_that_a_step_to_come_is_left_out_is_known_as_soon_as_it_is() -> None:
    now = walked(LOAN, Submit(data={"purpose": "home"}))

    assert places(now) == {"what": "now", "car": "left out", "notice": "to come", "extras": "to come"}


def test_a_refused_answer_stays_in_its_input_with_the_message_of_the_engine() -> None:
    now = walked(LOAN, Submit(data={"amount": 500, "purpose": "home"}))

    amount, purpose = questions(now)["amount"], questions(now)["purpose"]
    assert (amount.value, amount.messages) == (500, ("We lend up to 100.",))
    assert (amount.words, amount.why) == ("How much, at most 100?", Why.REFUSED)
    assert amount.again == "Asked again, because the answer was refused."
    assert (purpose.value, purpose.messages, purpose.why) == ("home", (), None)
    assert state(now) == {"Purpose": "home"}
    assert [found.code for found in now.report.rejected] == ["maximum"]


def test_a_broken_rule_asks_again_with_what_was_answered() -> None:
    now = walked(LOAN, Submit(data={"amount": 13, "purpose": "home"}))

    amount = questions(now)["amount"]
    assert (amount.value, amount.messages, amount.why) == (13, ("Not thirteen.",), Why.UNMET)
    assert amount.again == "Asked again, because the answers do not fit together."
    assert [unmet.message for unmet in now.unmet] == ["Not thirteen."]


def test_a_later_answer_that_is_refused_puts_the_stored_one_in_question() -> None:
    good = Submit(data={"amount": 50, "purpose": "home"})

    now = walked(LOAN, good, Submit(data={"amount": 500}))

    assert questions(now)["amount"].why is Why.CONTESTED
    assert questions(now)["amount"].again == "Asked again, because a later answer to it was refused."
    assert questions(now)["amount"].value == 500
    assert places(now)["what"] == "now"


def test_information_is_acknowledged_and_an_optional_step_skipped() -> None:
    good = Submit(data={"amount": 50, "purpose": "home"})

    told = walked(LOAN, good)
    assert (told.can_acknowledge, told.can_skip, told.questions) == (True, False, ())
    assert [said.text for said in told.say] == ["Read this."]

    read = walked(LOAN, good, Acknowledge(step="notice"))
    assert (read.can_acknowledge, read.can_skip) == (True, True)
    assert [question.field.name for question in read.questions] == ["gift"]

    done = walked(LOAN, good, Acknowledge(step="notice"), Skip(step="extras"))
    assert places(done) == {"what": "done", "car": "left out", "notice": "done", "extras": "skipped"}
    assert (done.next, done.status, done.outcome) == (Next.DONE, Status.COMPLETED, "completed")
    assert (done.can_skip, done.can_acknowledge, done.questions, done.sending) == (False, False, (), None)
    assert not any(value.can_change for value in done.collected)


def test_an_answer_whose_step_falls_away_is_kept_aside() -> None:
    now = walked(LOAN, Submit(data={"amount": 50, "purpose": "car", "plate": "AB 1"}), Submit(data={"purpose": "home"}))

    assert [(value.field, value.label, value.words) for value in now.parked] == [("plate", "Plate", "AB 1")]
    assert now.report.parked == ("plate",)
    assert [found.field for found in now.report.corrected] == ["purpose"]
    assert now.labels["plate"] == "Plate"


def test_an_answer_is_changed_out_of_turn() -> None:
    now = walked(LOAN, Submit(data={"amount": 50, "purpose": "home"}), correcting="amount")

    assert now.correcting == "amount"
    assert [(question.field.name, question.value, question.why) for question in now.questions] == [("amount", 50, None)]
    assert (now.can_skip, now.can_acknowledge) == (False, False)


def test_what_was_not_asked_yet_can_be_told_out_of_turn() -> None:
    now = walked(LOAN, Submit(data={"amount": 50}))
    assert [field.name for field in now.others] == ["plate", "gift"]

    telling = walked(LOAN, Submit(data={"amount": 50}), correcting="gift")
    assert [(question.field.name, question.value) for question in telling.questions] == [("gift", None)]
    assert [field.name for field in telling.others] == ["purpose", "plate"]


def test_what_nobody_is_asked_for_cannot_be_told() -> None:
    assert [field.name for field in walked(funds()).others] == ["note"]
    assert walked(funds(), correcting="balance").correcting == ""


@pytest.mark.parametrize("name", ["", "no such field"])
def test_what_is_not_there_cannot_be_answered(name: str) -> None:
    now = walked(LOAN, Submit(data={"amount": 50, "purpose": "home"}), correcting=name)

    assert now.correcting == ""
    assert now.can_acknowledge


def test_an_answer_is_taken_back() -> None:
    now = walked(LOAN, Submit(data={"amount": 50, "purpose": "home"}), Clear(field="amount"))

    assert state(now) == {"Purpose": "home"}
    assert places(now)["what"] == "now"


# ---- What is asked of whom ----


def test_what_only_the_starting_system_knows_is_asked_before_the_beginning() -> None:
    source = document(
        step("one", "name", "customer"),
        properties={"customer": {**NUMBER, "title": "Customer", "readOnly": True}, "vip": {**BOOL, "readOnly": True}},
        required=["name", "customer"],
    )

    now = walked(source)
    assert (now.has_begun, now.current, now.acts) == (False, None, ())
    assert [(question.field.name, question.field.required) for question in now.questions] == [
        ("customer", True),
        ("vip", False),
    ]
    assert {found.place for found in now.steps} == {Place.AHEAD}
    assert (now.say, now.unmet) == ((), ())

    begun = walked(source, Begin(data={"customer": 7}))
    assert (begun.has_begun, state(begun)) == (True, {"Customer": "7"})
    assert [question.field.name for question in begun.questions] == ["name"]
    assert not begun.collected[0].can_change


def test_a_beginning_without_what_must_be_known_is_refused_and_can_be_tried_again() -> None:
    source = document(
        step("one", "name"),
        properties={
            "customer": {**NUMBER, "title": "Customer", "readOnly": True},
            "branch": {**TEXT, "readOnly": True},
        },
        required=["name", "customer", "branch"],
    )
    wrong = Begin(data={"customer": "seven"})

    now = walked(source, wrong)
    assert (now.has_begun, now.acts) == (False, (wrong,))
    assert questions(now)["customer"].value == "seven"
    assert questions(now)["customer"].messages == ("Customer must be a number.",)
    assert questions(now)["branch"].messages == ("Branch must be known from the start.",)

    assert walked(source, wrong, Begin(data={"customer": 7, "branch": "North"})).has_begun


def test_a_computed_value_is_shown_and_cannot_be_changed() -> None:
    source = document(
        step("one", "a", "b"),
        properties={"a": NUMBER, "b": NUMBER, "total": {"type": "number", "x-computed": {"sum": ["a", "b"]}}},
        required=["a", "b"],
    )

    now = walked(source, Submit(data={"a": 1, "b": 2}))

    assert [(value.label, value.words, value.is_computed, value.can_change) for value in now.collected][-1] == (
        *("Total", "3", True, False),
    )
    assert [question.field.name for question in walked(source).questions] == ["a", "b"]


def test_choices_come_from_what_was_collected() -> None:
    source = document(
        step("people", "names"),
        step("speaker", "speaker"),
        properties={"names": {"type": "array", "items": TEXT}, "speaker": {**TEXT, "x-choices": {"ref": "names"}}},
    )

    now = walked(source, Submit(data={"names": ["Ada", "Bo"]}))
    assert [option["title"] for option in questions(now)["speaker"].field.schema["oneOf"]] == ["Ada", "Bo"]

    early = walked(source, Submit(data={"speaker": "Ada"}), correcting="")
    assert early.report.ignored[0].reason == "nothing_to_choose_from"


def test_an_answer_that_does_not_count_says_why() -> None:
    source = document(
        step("one", "names", "speaker"),
        properties={"names": {"type": "array", "items": TEXT}, "speaker": {**TEXT, "x-choices": {"ref": "names"}}},
    )

    now = walked(source, Submit(data={"speaker": "Ada", "names": None}))

    assert questions(now)["speaker"].messages == ("There is nothing to choose from yet, so this does not count.",)
    assert questions(now)["names"].messages == ()


def test_a_field_is_asked_once_its_own_condition_holds() -> None:
    source = document(
        step("one", "has_car", "plate"),
        properties={"has_car": BOOL, "plate": {**TEXT, "x-when": row("has_car", "==", value=True)}},
    )

    assert [*questions(walked(source))] == ["has_car"]
    assert [*questions(walked(source, Submit(data={"has_car": True})))] == ["has_car", "plate"]


def test_what_does_not_fit_with_an_earlier_step_is_asked_there_again() -> None:
    source = document(
        step("first", "start"),
        step("second", "end", rules=[rule(row("end", ">", ref="start"), "End after start.", field=["start", "end"])]),
        properties={"start": NUMBER, "end": NUMBER},
    )

    now = walked(source, Submit(data={"start": 5}), Submit(data={"end": 1}))

    assert [*questions(now)] == ["start", "end"]
    assert {question.messages for question in now.questions} == {("End after start.",)}
