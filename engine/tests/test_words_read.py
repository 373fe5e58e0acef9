"""Wherever the engine hands words over they are filled in, with what is live where they are read."""

from typing import Any

import pytest

from engine.action_runs import AlreadyDone, OutcomeUnknown
from engine.asking import ask_next
from engine.definition import Definition
from engine.facts import Failed
from engine.filling import HIDDEN
from engine.progress import Unmet, locate
from engine.report import Rejected
from engine.saying import Say
from engine.tests.actions import answer, call, failure
from engine.tests.builders import NUMBER, TEXT, TODAY, begin, definition_of, give, info, progress, row, rule, step
from engine.workflow import retry

PIN = {**TEXT, "x-sensitive": "never_llm", "x-messages": {"minLength": "Longer, {{state.name}}."}, "minLength": 4}


def test_questions_and_hints_name_what_was_answered() -> None:
    asked = {
        **TEXT,
        "x-ask": ["Where, {{state.name}}?", "Sorry, {{state.name}}: where?"],
        "description": "{{state.at}}",
    }
    definition = definition_of(step("one", "name"), step("two", "at"), properties={"name": TEXT, "at": asked})

    before = progress({"name": "Ann"})
    first, again = before, progress({"name": "Ann"}, attempts={"at": 1})

    assert [(found.words, found.hint) for found in ask_next(definition, first, locate(definition, first))] == [
        ("Where, Ann?", "…")
    ]
    assert ask_next(definition, again, locate(definition, again))[0].words == "Sorry, Ann: where?"


def test_information_and_the_last_message_name_what_was_answered() -> None:
    definition = definition_of(
        step("one", "name"),
        info("hello", name="To {{state.name}}", description="Welcome,\n{{state.name}}.", required=False),
        info("end", name="Over", end={"outcome": "x", "message": "Bye, {{state.name}}."}),
    )

    decision = give(definition, begin(definition).progress, {"name": "Ann\nBye"})

    assert decision.say == (
        Say(step="hello", name="To Ann Bye", text="Welcome,\nAnn Bye."),
        Say(step="end", name="Over", text="Bye, Ann Bye."),
    )


def test_a_broken_rule_is_told_with_everything_that_is_live() -> None:
    check = rule(row("least", "<=", ref="most"), "{{state.least}} is more than {{state.most}}, {{state.name}}.")
    definition = definition_of(
        step("one", "least", "most", rules=[check]), step("two", "name"), properties={"least": NUMBER, "most": NUMBER}
    )

    position = locate(definition, progress({"least": 3, "most": 2, "name": "Ann"}))

    assert position.unmet == (Unmet(step="one", fields=("least", "most"), message="3 is more than 2, Ann."),)


def test_parked_answers_are_in_no_text() -> None:
    asked = step("two", "plate", when=row("purpose", "==", "car"))
    definition = definition_of(step("one", "purpose"), asked, info("bye", description="For {{state.plate}}"))

    said = {
        purpose: give(definition, begin(definition).progress, {"purpose": purpose, "plate": "AB 1"}).say
        for purpose in ("car", "home")
    }

    assert [told.text for told in said["car"]] == ["For AB 1"]
    assert [told.text for told in said["home"]] == ["For …"]


def test_a_refusal_names_what_is_stored_after_all_and_never_what_was_refused() -> None:
    amount = {
        **NUMBER,
        "maximum": 100,
        "x-messages": {"maximum": "Not with {{state.budget}}; it was {{state.amount}}."},
    }
    definition = definition_of(step("one", "budget", "amount"), properties={"budget": NUMBER, "amount": amount})

    both = give(definition, begin(definition).progress, {"amount": 900, "budget": 50})
    later = give(definition, progress({"amount": 5, "budget": 50}), {"amount": 900})

    assert both.report.rejected == (
        Rejected(field="amount", code="maximum", message="Not with 50; it was ….", attempts=1),
    )
    assert later.report.rejected[0].message == "Not with 50; it was 5."


def test_a_refusal_of_an_atomic_submission_names_nothing_of_it() -> None:
    amount = {**NUMBER, "maximum": 100, "x-messages": {"*": "Not with {{state.budget}}."}}
    definition = definition_of(step("one", "budget", "amount"), properties={"budget": NUMBER, "amount": amount})

    decision = give(definition, begin(definition).progress, {"amount": 900, "budget": 50}, atomic=True)

    assert decision.report.rejected[0].message == "Not with …."


def test_what_was_handed_over_is_never_read_as_a_placeholder() -> None:
    group = {"type": "object", "additionalProperties": False, "properties": {}}
    texts = {"type": "array", "items": TEXT}
    definition = definition_of(
        step("one", "name", "group", "list", "one_of"),
        properties={"group": group, "list": texts, "one_of": {**TEXT, "x-choices": {"ref": "list"}}},
    )
    mark = "{{state.name}}"

    decision = give(
        definition, begin(definition).progress, {"name": "Ann", "group": {mark: 1}, "list": [mark], "one_of": "x"}
    )

    assert [found.message for found in decision.report.rejected] == [
        f"Group has unknown keys: {mark}.",
        f"One of must be one of: {mark}.",
    ]


def test_a_label_is_a_name_and_stays_as_it_is() -> None:
    definition = definition_of(
        step("one", "name", "amount"), properties={"amount": {**NUMBER, "title": "{{state.name}}"}}
    )

    decision = give(definition, begin(definition).progress, {"name": "Ann", "amount": "much"})

    assert decision.report.rejected[0].message == "{{state.name}} must be a number."


def test_steps_are_named_with_what_was_answered() -> None:
    definition = definition_of(step("one", "name"), step("two", "age", name="The age of {{state.name}}"))

    skipped = give(definition, progress({"name": "Ann"}), skip=("two",))
    read = give(definition, progress({"name": "Ann"}), acknowledge=("two",))

    assert [found.message for found in skipped.report.rejected] == ["The age of Ann cannot be skipped."]
    assert [found.message for found in read.report.rejected] == [
        "The age of Ann is not acknowledged but answered: age."
    ]


def test_what_fails_at_the_end_is_told_with_what_is_live() -> None:
    listed = {"type": "array", "items": TEXT, "minItems": 2, "x-messages": {"minItems": "More, {{state.name}}."}}
    definition = definition_of(step("one", "name", "list"), properties={"name": TEXT, "list": listed})
    whole = definition_of(
        step("one", "name", "amount"),
        properties={"name": TEXT, "amount": {**NUMBER, "x-messages": {"maximum": "Less, {{state.name}}."}}},
        root={"allOf": [{"properties": {"amount": {"maximum": 5}}}]},
    )

    short = locate(definition, progress({"name": "Ann", "list": ["a"]}))
    judged = locate(whole, progress({"name": "Ann", "amount": 6}))

    assert short.unmet == (Unmet(step="one", fields=("list",), message="More, Ann."),)
    assert judged.unmet == (Unmet(step="one", fields=("amount",), message="Less, Ann."),)


def test_a_sensitive_value_is_masked_even_where_validation_was_passed_by() -> None:
    definition = definition_of(step("one", "name"), step("two", "pin"), properties={"pin": PIN})
    position = locate(definition, progress({"name": "Ann", "pin": "4711"}))

    decision = give(definition, progress({"name": "Ann"}), {"pin": "1"})

    assert position.fill("{{state.pin}} of {{state.name}}") == f"{HIDDEN} of Ann"
    assert decision.report.rejected[0].message == "Longer, Ann."


def test_what_is_stored_of_a_failure_holds_no_answer() -> None:
    definition = _checking_a_score()

    failed = failure(definition, give(definition, begin(definition).progress, {"account": "A1"}), step_id="check")

    assert failed.facts[-1] == Failed(
        code="action_failed", reason="Score of [Account]: The bank is closed.", step="check"
    )


def test_what_cannot_be_done_twice_is_named_with_what_was_answered() -> None:
    definition = _checking_a_score(idempotent=False)
    asked = give(definition, begin(definition).progress, {"account": "A1"})
    unknown, useless = (
        failure(definition, asked, step_id="check", may_have_been_done=True),
        answer(definition, asked, {}, step_id="check"),
    )

    with pytest.raises(OutcomeUnknown, match="Whether 'Score of A1' was done is not known"):
        retry(definition, unknown.progress, None, today=TODAY)
    with pytest.raises(AlreadyDone, match="'Score of A1' was done"):
        retry(definition, useless.progress, None, today=TODAY)


def _checking_a_score(**action: Any) -> Definition:
    return definition_of(
        step("one", "account"),
        step("check", "score", name="Score of {{state.account}}", action=call({"score": "/score"}, **action)),
    )
