"""Trying a draft out: every act does what it would do, and the walk shows what comes of it."""

from collections.abc import Mapping
from typing import Any

import pytest

from answering.questions import Question
from authoring.trial.acts import Acknowledge, Act, Begin, Clear, Confirm, Fails, Found, Skip, Submit
from authoring.trial.walking import Place, Walk, walk
from engine.asking import Why
from engine.progress import Status
from engine.tests.builders import BOOL, NUMBER, TEXT, TODAY, document, info, row, rule, step
from engine.workflow import Next

LOAN = document(
    step("what", "amount", "purpose", rules=[rule(row("amount", "!=", 13), "Not thirteen.", field="amount")]),
    step("car", "plate", when=row("purpose", "==", "car")),
    info("notice", description="Read this."),
    step("extras", "gift", required=False),
    properties={
        "amount": {
            "type": "number",
            "maximum": 100,
            "title": "Amount",
            "x-unit": "EUR",
            "description": "How much",
            "x-ask": ["How much?", "How much, at most 100?"],
            "x-messages": {"maximum": "We lend up to 100."},
        },
        "purpose": {
            "type": "string",
            "title": "Purpose",
            "oneOf": [{"const": "car", "title": "A car"}, {"const": "home"}],
        },
        "plate": {"type": "string", "title": "Plate"},
    },
    required=["amount", "purpose", "plate"],
)

FUNDS = {
    "type": "api_call",
    "target": "https://bank.example/funds?amount={{state.amount}}",
    "config": {"method": "GET", "headers": {"Authorization": "Bearer {{secret:bank}}"}},
    "result": {"balance": "/deep/down/0/balance"},
    "idempotent": True,
}


def _funds(**action: Any) -> dict[str, Any]:
    return document(
        step("what", "amount"),
        step("funds", "balance", action={**FUNDS, **action}),
        step("last", "note"),
        properties={"amount": NUMBER, "balance": {**NUMBER, "title": "Balance", "readOnly": True}},
    )


def _walk(source: Mapping[str, Any], *acts: Act, correcting: str = "") -> Walk:
    return walk(source, acts, today=TODAY, correcting=correcting)


def _places(now: Walk) -> dict[str, str]:
    return {found.id: str(found.place) for found in now.steps}


def _questions(now: Walk) -> dict[str, Question]:
    return {question.field.name: question for question in now.questions}


def _state(now: Walk) -> dict[str, str]:
    return {value.label: value.words for value in now.collected}


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
    now, refused = _walk(GREETING, asked), _walk(GREETING, asked, Submit(data={"age": "old"}))
    ended = _walk(GREETING, asked, Submit(data={"age": 40}))

    question = _questions(now)["age"]
    assert now.current is not None
    assert (now.current.name, now.current.description) == (f"The age of {READ}", f"Dear {READ}")
    assert (question.words, question.hint) == (f"How old are you, {READ}?", READ)
    assert [found.name for found in now.steps] == ["Who", f"The age of {READ}", f"Not {READ}", "End"]
    assert _questions(refused)["age"].messages == (f"No, {READ}.",)
    assert [told.text for told in ended.say] == [f"Thank you, {READ}."]
    assert _walk(GREETING).steps[1].name == "The age of …"


def test_a_step_whose_call_failed_is_named_with_what_was_answered() -> None:
    source = _funds(on_failure="skip")
    source["steps"][1]["name"] = "Funds for {{state.amount}}"
    source["state_schema"]["properties"]["balance"]["description"] = "Of {{state.amount}}"

    waits = _walk(source, Submit(data={"amount": 5}))
    failed = _walk(source, Submit(data={"amount": 5}), Fails(step="funds"))

    assert [question.hint for question in waits.questions] == ["Of 5"]
    assert failed.failures == (("Funds for 5", "You let it fail."),)


# ---- On the way ----


def test_at_the_beginning_the_first_step_is_asked() -> None:
    now = _walk(LOAN)

    assert (now.has_begun, now.next, now.status, now.acts, now.dropped) == (True, Next.COLLECT, Status.ACTIVE, (), 0)
    assert now.current is not None
    assert now.current.id == "what"
    assert _places(now) == {"what": "now", "car": "to come", "notice": "to come", "extras": "to come"}
    assert (now.can_skip, now.can_acknowledge) == (False, False)
    assert now.sending is None
    assert now.outcome == ""


def test_a_question_says_how_it_is_asked() -> None:
    amount, purpose = _walk(LOAN).questions

    assert (amount.field.label, amount.field.required, amount.words, amount.hint) == (
        "Amount",
        True,
        "How much?",
        "How much",
    )
    assert (amount.why, amount.again, amount.value, amount.messages) == (Why.MISSING, "", None, ())
    assert (purpose.words, purpose.hint) == (None, "")


def test_answers_are_collected_in_the_words_people_read() -> None:
    now = _walk(LOAN, Submit(data={"amount": 50, "purpose": "car"}))

    assert _state(now) == {"Amount": "50 EUR", "Purpose": "A car"}
    assert [(value.field, value.can_change, value.is_computed) for value in now.collected] == [
        ("amount", True, False),
        ("purpose", True, False),
    ]
    assert _places(now) == {"what": "done", "car": "now", "notice": "to come", "extras": "to come"}
    assert now.acts == (Submit(data={"amount": 50, "purpose": "car"}),)


def test_a_step_that_does_not_apply_says_on_what_it_hangs() -> None:
    now = _walk(LOAN, Submit(data={"amount": 50, "purpose": "home"}))

    assert _places(now) == {"what": "done", "car": "left out", "notice": "now", "extras": "to come"}
    assert [(left.name, left.condition) for left in now.left_out] == [("Car", "Purpose is “A car”")]


def test_that_a_step_to_come_is_left_out_is_known_as_soon_as_it_is() -> None:
    now = _walk(LOAN, Submit(data={"purpose": "home"}))

    assert _places(now) == {"what": "now", "car": "left out", "notice": "to come", "extras": "to come"}


def test_a_refused_answer_stays_in_its_input_with_the_message_of_the_engine() -> None:
    now = _walk(LOAN, Submit(data={"amount": 500, "purpose": "home"}))

    amount, purpose = _questions(now)["amount"], _questions(now)["purpose"]
    assert (amount.value, amount.messages) == (500, ("We lend up to 100.",))
    assert (amount.words, amount.why) == ("How much, at most 100?", Why.REFUSED)
    assert amount.again == "Asked again, because the answer was refused."
    assert (purpose.value, purpose.messages, purpose.why) == ("home", (), None)
    assert _state(now) == {"Purpose": "home"}
    assert [found.code for found in now.report.rejected] == ["maximum"]


def test_a_broken_rule_asks_again_with_what_was_answered() -> None:
    now = _walk(LOAN, Submit(data={"amount": 13, "purpose": "home"}))

    amount = _questions(now)["amount"]
    assert (amount.value, amount.messages, amount.why) == (13, ("Not thirteen.",), Why.UNMET)
    assert amount.again == "Asked again, because the answers do not fit together."
    assert [unmet.message for unmet in now.unmet] == ["Not thirteen."]


def test_a_later_answer_that_is_refused_puts_the_stored_one_in_question() -> None:
    good = Submit(data={"amount": 50, "purpose": "home"})

    now = _walk(LOAN, good, Submit(data={"amount": 500}))

    assert _questions(now)["amount"].why is Why.CONTESTED
    assert _questions(now)["amount"].again == "Asked again, because a later answer to it was refused."
    assert _questions(now)["amount"].value == 500
    assert _places(now)["what"] == "now"


def test_information_is_acknowledged_and_an_optional_step_skipped() -> None:
    good = Submit(data={"amount": 50, "purpose": "home"})

    told = _walk(LOAN, good)
    assert (told.can_acknowledge, told.can_skip, told.questions) == (True, False, ())
    assert [said.text for said in told.say] == ["Read this."]

    read = _walk(LOAN, good, Acknowledge(step="notice"))
    assert (read.can_acknowledge, read.can_skip) == (True, True)
    assert [question.field.name for question in read.questions] == ["gift"]

    done = _walk(LOAN, good, Acknowledge(step="notice"), Skip(step="extras"))
    assert _places(done) == {"what": "done", "car": "left out", "notice": "done", "extras": "skipped"}
    assert (done.next, done.status, done.outcome) == (Next.DONE, Status.COMPLETED, "completed")
    assert (done.can_skip, done.can_acknowledge, done.questions, done.sending) == (False, False, (), None)
    assert not any(value.can_change for value in done.collected)


def test_an_answer_whose_step_falls_away_is_kept_aside() -> None:
    now = _walk(LOAN, Submit(data={"amount": 50, "purpose": "car", "plate": "AB 1"}), Submit(data={"purpose": "home"}))

    assert [(value.field, value.label, value.words) for value in now.parked] == [("plate", "Plate", "AB 1")]
    assert now.report.parked == ("plate",)
    assert [found.field for found in now.report.corrected] == ["purpose"]
    assert now.labels["plate"] == "Plate"


def test_an_answer_is_changed_out_of_turn() -> None:
    now = _walk(LOAN, Submit(data={"amount": 50, "purpose": "home"}), correcting="amount")

    assert now.correcting == "amount"
    assert [(question.field.name, question.value, question.why) for question in now.questions] == [("amount", 50, None)]
    assert (now.can_skip, now.can_acknowledge) == (False, False)


def test_what_was_not_asked_yet_can_be_told_out_of_turn() -> None:
    now = _walk(LOAN, Submit(data={"amount": 50}))
    assert [field.name for field in now.others] == ["plate", "gift"]

    telling = _walk(LOAN, Submit(data={"amount": 50}), correcting="gift")
    assert [(question.field.name, question.value) for question in telling.questions] == [("gift", None)]
    assert [field.name for field in telling.others] == ["purpose", "plate"]


def test_what_nobody_is_asked_for_cannot_be_told() -> None:
    assert [field.name for field in _walk(_funds()).others] == ["note"]
    assert _walk(_funds(), correcting="balance").correcting == ""


@pytest.mark.parametrize("name", ["", "no such field"])
def test_what_is_not_there_cannot_be_answered(name: str) -> None:
    now = _walk(LOAN, Submit(data={"amount": 50, "purpose": "home"}), correcting=name)

    assert now.correcting == ""
    assert now.can_acknowledge


def test_an_answer_is_taken_back() -> None:
    now = _walk(LOAN, Submit(data={"amount": 50, "purpose": "home"}), Clear(field="amount"))

    assert _state(now) == {"Purpose": "home"}
    assert _places(now)["what"] == "now"


# ---- What is asked of whom ----


def test_what_only_the_starting_system_knows_is_asked_before_the_beginning() -> None:
    source = document(
        step("one", "name", "customer"),
        properties={"customer": {**NUMBER, "title": "Customer", "readOnly": True}, "vip": {**BOOL, "readOnly": True}},
        required=["name", "customer"],
    )

    now = _walk(source)
    assert (now.has_begun, now.current, now.acts) == (False, None, ())
    assert [(question.field.name, question.field.required) for question in now.questions] == [
        ("customer", True),
        ("vip", False),
    ]
    assert {found.place for found in now.steps} == {Place.AHEAD}
    assert (now.say, now.unmet) == ((), ())

    begun = _walk(source, Begin(data={"customer": 7}))
    assert (begun.has_begun, _state(begun)) == (True, {"Customer": "7"})
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

    now = _walk(source, wrong)
    assert (now.has_begun, now.acts) == (False, (wrong,))
    assert _questions(now)["customer"].value == "seven"
    assert _questions(now)["customer"].messages == ("Customer must be a number.",)
    assert _questions(now)["branch"].messages == ("Branch must be known from the start.",)

    assert _walk(source, wrong, Begin(data={"customer": 7, "branch": "North"})).has_begun


def test_a_computed_value_is_shown_and_cannot_be_changed() -> None:
    source = document(
        step("one", "a", "b"),
        properties={"a": NUMBER, "b": NUMBER, "total": {"type": "number", "x-computed": {"sum": ["a", "b"]}}},
        required=["a", "b"],
    )

    now = _walk(source, Submit(data={"a": 1, "b": 2}))

    assert [(value.label, value.words, value.is_computed, value.can_change) for value in now.collected][-1] == (
        *("Total", "3", True, False),
    )
    assert [question.field.name for question in _walk(source).questions] == ["a", "b"]


def test_choices_come_from_what_was_collected() -> None:
    source = document(
        step("people", "names"),
        step("speaker", "speaker"),
        properties={"names": {"type": "array", "items": TEXT}, "speaker": {**TEXT, "x-choices": {"ref": "names"}}},
    )

    now = _walk(source, Submit(data={"names": ["Ada", "Bo"]}))
    assert [option["title"] for option in _questions(now)["speaker"].field.schema["oneOf"]] == ["Ada", "Bo"]

    early = _walk(source, Submit(data={"speaker": "Ada"}), correcting="")
    assert early.report.ignored[0].reason == "nothing_to_choose_from"


def test_an_answer_that_does_not_count_says_why() -> None:
    source = document(
        step("one", "names", "speaker"),
        properties={"names": {"type": "array", "items": TEXT}, "speaker": {**TEXT, "x-choices": {"ref": "names"}}},
    )

    now = _walk(source, Submit(data={"speaker": "Ada", "names": None}))

    assert _questions(now)["speaker"].messages == ("There is nothing to choose from yet, so this does not count.",)
    assert _questions(now)["names"].messages == ()


def test_a_field_is_asked_once_its_own_condition_holds() -> None:
    source = document(
        step("one", "has_car", "plate"),
        properties={"has_car": BOOL, "plate": {**TEXT, "x-when": row("has_car", "==", value=True)}},
    )

    assert [*_questions(_walk(source))] == ["has_car"]
    assert [*_questions(_walk(source, Submit(data={"has_car": True})))] == ["has_car", "plate"]


def test_what_does_not_fit_with_an_earlier_step_is_asked_there_again() -> None:
    source = document(
        step("first", "start"),
        step("second", "end", rules=[rule(row("end", ">", ref="start"), "End after start.", field=["start", "end"])]),
        properties={"start": NUMBER, "end": NUMBER},
    )

    now = _walk(source, Submit(data={"start": 5}), Submit(data={"end": 1}))

    assert [*_questions(now)] == ["start", "end"]
    assert {question.messages for question in now.questions} == {("End after start.",)}


# ---- Server calls ----


def test_a_server_call_waits_for_the_author_to_say_what_it_found() -> None:
    now = _walk(_funds(), Submit(data={"amount": 5}))

    assert (now.next, _places(now)) == (Next.WAIT, {"what": "done", "funds": "waiting", "last": "to come"})
    assert [(question.field.label, question.field.required) for question in now.questions] == [("Balance", True)]
    assert (now.can_skip, now.can_acknowledge) == (False, False)
    assert now.sending is not None
    assert now.sending.url == "https://bank.example/funds?amount=5"
    assert now.sending.headers == {"Authorization": "Bearer {{secret:bank}}"}


def test_what_a_server_call_found_is_stored_whatever_the_answer_looks_like() -> None:
    now = _walk(_funds(), Submit(data={"amount": 5}), Found(step="funds", data={"balance": 80}))

    assert _state(now) == {"Amount": "5", "Balance": "80"}
    assert _places(now) == {"what": "done", "funds": "done", "last": "now"}
    assert [*_questions(now)] == ["note"]
    assert now.sending is None


def test_an_answer_of_the_server_that_is_not_enough_fails() -> None:
    now = _walk(_funds(), Submit(data={"amount": 5}), Found(step="funds", data={}))

    assert (now.next, now.status, now.outcome, now.sending) == (Next.DONE, Status.FAILED, "", None)
    assert _places(now)["funds"] == "failed"
    assert now.failures == (("Funds", "The answer has nothing for: Balance."),)


@pytest.mark.parametrize(
    ("on_failure", "place", "then", "asked"),
    [
        ("fail", "failed", Next.DONE, []),
        ("skip", "failed", Next.COLLECT, ["note"]),
        ("ask", "now", Next.COLLECT, ["balance"]),
    ],
)
def test_a_server_call_that_fails_goes_where_the_author_says(
    on_failure: str, place: str, then: Next, asked: list[str]
) -> None:
    source = _funds(on_failure=on_failure)
    source["state_schema"]["properties"]["balance"].pop("readOnly")

    now = _walk(source, Submit(data={"amount": 5}), Fails(step="funds"))

    assert (_places(now)["funds"], now.next, [*_questions(now)]) == (place, then, asked)
    assert now.failures == (("Funds", "You let it fail."),)


def test_a_corrected_input_asks_the_server_again() -> None:
    found: list[Act] = [Submit(data={"amount": 5}), Found(step="funds", data={"balance": 80})]

    now = _walk(_funds(), *found, Submit(data={"amount": 6}))

    assert (now.next, _places(now)["funds"]) == (Next.WAIT, "waiting")
    assert _state(now) == {"Amount": "6"}


def test_a_request_is_shown_before_it_is_confirmed() -> None:
    source = _funds(confirm=True)

    now = _walk(source, Submit(data={"amount": 5}))
    assert (now.next, _places(now)["funds"], now.questions) == (Next.CONFIRM, "now", ())
    assert now.sending is not None
    assert now.sending.url == "https://bank.example/funds?amount=5"
    assert now.collected[0].can_change

    assert _walk(source, Submit(data={"amount": 5}), Confirm()).next is Next.WAIT


# ---- Ends ----


def test_an_ending_in_the_middle_says_its_message_and_its_outcome() -> None:
    source = document(
        step("one", "age"),
        step("minor", when=row("age", "<", 18), end={"outcome": "too_young", "message": "You must be 18."}),
        step("two", "name"),
        properties={"age": NUMBER},
    )

    now = _walk(source, Submit(data={"age": 12}))

    assert (now.next, now.outcome, now.sending) == (Next.DONE, "too_young", None)
    assert _places(now) == {"one": "done", "minor": "the end", "two": "left out"}
    assert [said.text for said in now.say] == ["You must be 18."]
    assert [(left.name, left.condition) for left in now.left_out] == [("Two", "")]


def test_what_would_be_sent_at_the_end_is_shown_before_it_is_confirmed_and_after() -> None:
    source = document(
        step("one", "name"),
        confirmation="required",
        end_action_type="api_call",
        end_action_target="https://a.example/x",
    )

    now = _walk(source, Submit(data={"name": "Ada"}))
    assert (now.next, now.outcome) == (Next.CONFIRM, "")
    assert now.sending is not None
    assert '"name": "Ada"' in now.sending.content
    assert '"template": "sample"' in now.sending.content

    sent = _walk(source, Submit(data={"name": "Ada"}), Confirm())
    assert (sent.next, sent.status, sent.outcome) == (Next.FINISHING, Status.FINISHING, "completed")
    assert sent.sending == now.sending


def test_a_workflow_that_starts_next_is_named() -> None:
    source = document(step("one", "name"), end_action_type="workflow", end_action_target="account")

    now = _walk(source, Submit(data={"name": "Ada"}))

    assert (now.next, now.sending and now.sending.target) == (Next.DONE, "account")


def test_what_must_be_done_before_is_taken_for_done() -> None:
    source = document(step("one", "name"), prerequisites=["kyc", {"template": "terms"}])

    assert _walk(source).prerequisites == ("kyc", "terms")


def test_what_keeps_the_end_open_without_a_step_is_said() -> None:
    source = document(step("one", "a"), root={"maxProperties": 0}, properties={"a": NUMBER})

    now = _walk(source, Submit(data={"a": 1}))

    assert (now.next, now.current, now.questions) == (Next.COLLECT, None, ())
    assert [unmet.message for unmet in now.unmet] == ["What was collected must have at most 0 entries."]


def test_what_is_told_on_the_way_is_told_after_a_server_call_too() -> None:
    source = document(
        step("funds", "balance", action={**FUNDS, "target": "https://bank.example/"}),
        info("sent", description="It is on its way.", required=False),
        step("last", "note"),
        properties={"balance": NUMBER},
    )

    now = _walk(source, Found(step="funds", data={"balance": 1}))

    assert [said.text for said in now.say] == ["It is on its way."]
    assert _places(now)["sent"] == "done"


def test_what_is_only_told_is_to_come_until_it_is_told() -> None:
    source = document(step("one", "name"), info("bye", description="Good bye.", required=False), step("two", "note"))

    assert _places(_walk(source))["bye"] == "to come"


def test_what_was_told_already_stays_told_when_an_earlier_step_opens_again() -> None:
    good = Submit(data={"amount": 50, "purpose": "home"})

    now = _walk(LOAN, good, Acknowledge(step="notice"), Clear(field="amount"))

    assert _places(now) == {"what": "now", "car": "left out", "notice": "done", "extras": "to come"}


# ---- The draft is edited while it is tried ----

GOOD = Submit(data={"amount": 50, "purpose": "home"})


@pytest.mark.parametrize(
    "act",
    [
        Submit(data={"gone": 1}),
        Clear(field="gone"),
        Skip(step="gone"),
        Skip(step="what"),
        Acknowledge(step="gone"),
        Acknowledge(step="what"),
        Found(step="gone", data={}),
        Found(step="what", data={}),
        Fails(step="what"),
        Confirm(),
        Begin(data={}),
        Submit(data={f"f{number}": 1 for number in range(300)}),
    ],
)
def test_from_the_first_act_that_does_not_fit_any_more_on_all_are_dropped(act: Act) -> None:
    now = _walk(LOAN, Submit(data={"purpose": "home"}), act, GOOD)

    assert (now.acts, now.dropped) == ((Submit(data={"purpose": "home"}),), 2)
    assert _state(now) == {"Purpose": "home"}


def test_an_answer_that_an_edit_made_wrong_is_refused_and_not_dropped() -> None:
    edited = {**LOAN, "state_schema": {**LOAN["state_schema"], "properties": {**LOAN["state_schema"]["properties"]}}}
    edited["state_schema"]["properties"]["amount"] = {"type": "number", "maximum": 10}

    now = _walk(edited, GOOD)

    assert (now.acts, now.dropped) == ((GOOD,), 0)
    assert _questions(now)["amount"].messages == ("Amount must be at most 10.",)


def test_nothing_fits_before_the_beginning_that_an_edit_made_necessary() -> None:
    source = document(step("one", "name"), properties={"customer": {**NUMBER, "readOnly": True}}, required=["name"])

    now = _walk(source, Submit(data={"name": "Ada"}), Begin(data={}))

    assert (now.has_begun, now.acts, now.dropped) == (False, (), 2)


def test_nothing_fits_after_the_end() -> None:
    source = document(step("one", "name"))

    now = _walk(source, Submit(data={"name": "Ada"}), Submit(data={"name": "Bo"}))

    assert (now.next, now.dropped) == (Next.DONE, 1)


def test_a_server_call_is_answered_once() -> None:
    found = Found(step="funds", data={"balance": 80})

    assert _walk(_funds(), Submit(data={"amount": 5}), found, found).dropped == 1
