"""The members of a context, each from values."""

from dataclasses import replace
from typing import Any

import pytest

from conversations.briefing.facts import Page, Resumable
from conversations.briefing.members import type_of
from conversations.tests.pure.briefs import around, told
from engine.definition import Definition
from engine.progress import Progress, Status
from engine.report import Rejected
from engine.saying import Say
from engine.tests.builders import LIST, NUMBER, TEXT, definition_of, info, progress, row, rule, step

LOAN = definition_of(
    step("loan", "amount", "purpose", description="What it is for."),
    step("car", "plate", when=row("purpose", "==", "car")),
    step("you", "email", "diagnosis", "nickname"),
    properties={
        "amount": {
            "type": "number",
            "title": "Amount",
            "description": "Before tax",
            "x-unit": "EUR",
            "x-ask": ["How much?", "In numbers, please?"],
        },
        "purpose": {"type": "string", "oneOf": [{"const": "car", "title": "A car"}, {"const": "home"}]},
        "email": {"type": "string", "format": "email"},
        "diagnosis": {"type": "string", "x-sensitive": "never_llm"},
        "total": {"type": "number", "x-computed": {"sum": ["amount"]}},
        "since": {"type": "string", "readOnly": True},
    },
    required=["amount", "purpose", "plate", "email", "diagnosis"],
)

MEMBERS = [
    "workflow",
    "progress",
    "current_step",
    "ask_next",
    "missing",
    "optional",
    "filled",
    "rejected",
    "unmet",
    "not_applicable",
    "say",
    "allowed_actions",
    "skippable",
    "acknowledgeable",
    "confirmation",
    "resumable",
    "switchable",
    "page",
    "omitted",
    "prompt",
]


def test_the_members_come_in_their_order() -> None:
    assert list(told(LOAN, progress())) == MEMBERS


def test_the_workflow_says_where_it_is() -> None:
    facts = around(expires_at="2026-03-15T12:00:00Z", waiting_for=("kyc",))

    assert told(LOAN, progress(status=Status.CREATED), facts)["workflow"] == {
        "id": "w1",
        "template": "loan",
        "version": 3,
        "status": "created",
        "revision": 7,
        "next": "wait",
        "waiting_for": ["kyc"],
        "outcome": None,
        "failure_code": None,
        "expires_at": "2026-03-15T12:00:00Z",
    }


def test_progress_counts_what_is_required_of_the_branch_that_was_taken() -> None:
    home = told(LOAN, progress({"amount": 5, "purpose": "home", "nickname": "Ada"}))
    car = told(LOAN, progress({"amount": 5, "purpose": "car"}))

    assert home["progress"] == {"required_total": 4, "required_filled": 2, "step": {"index": 2, "of": 2}}
    assert car["progress"] == {"required_total": 5, "required_filled": 2, "step": {"index": 2, "of": 3}}


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED, Status.FAILED])
def test_what_has_ended_is_at_no_step(status: Status) -> None:
    context = told(LOAN, progress({"amount": 5}, status=status))

    assert context["current_step"] is None
    assert context["progress"]["step"] is None


def test_the_words_of_the_current_step_are_filled_in() -> None:
    definition = definition_of(
        step("one", "a"), step("two", "b", name="After {{state.a}}", description="{{state.a}}, {{state.b}}")
    )

    told_now = told(definition, progress({"a": "x\ny"}))["current_step"]

    assert told_now == {"id": "two", "name": "After x y", "description": "x y, …"}


def test_the_current_step_is_told_with_its_words() -> None:
    assert told(LOAN, progress())["current_step"] == {"id": "loan", "name": "Loan", "description": "What it is for."}


def test_answers_stand_in_the_words_of_the_author_where_the_author_put_them() -> None:
    definition = definition_of(
        step("who", "name"),
        step("what", "wish", name="For {{state.name}}", description="Nobody but {{state.name}}."),
        properties={"wish": {"type": "string", "x-ask": ["What do you wish, {{state.name}}?"]}},
    )

    context = told(definition, progress({"name": "Ada"}))

    assert context["current_step"] == {"id": "what", "name": "For Ada", "description": "Nobody but Ada."}
    assert context["ask_next"][0]["ask"] == "What do you wish, Ada?"


def test_what_to_ask_is_told_with_wording_choices_unit_and_attempt() -> None:
    asked = told(LOAN, progress(attempts={"amount": 1}))["ask_next"]

    assert asked[0] == {
        "field": "amount",
        "label": "Amount",
        "step": "loan",
        "type": "number",
        "ask": "In numbers, please?",
        "hint": "Before tax",
        "choices": [],
        "unit": "EUR",
        "attempt": 2,
        "reason": "refused",
    }
    assert asked[1]["choices"] == [{"value": "car", "title": "A car"}, {"value": "home", "title": "home"}]


def test_what_no_model_may_read_is_marked_where_it_is_asked() -> None:
    asked = told(LOAN, progress({"amount": 5, "purpose": "home", "email": "a@b.example"}))["ask_next"]

    assert [(entry["field"], entry["sensitive"]) for entry in asked] == [("diagnosis", "never_llm")]


def test_what_is_open_is_told_with_its_step() -> None:
    context = told(LOAN, progress({"amount": 5, "purpose": "home"}))

    assert context["missing"] == [
        {"field": "email", "label": "Email", "step": "you"},
        {"field": "diagnosis", "label": "Diagnosis", "step": "you"},
    ]
    assert context["optional"] == [{"field": "nickname", "label": "Nickname", "step": "you"}]
    assert context["not_applicable"] == ["plate"]


def test_what_the_server_finds_out_is_no_question() -> None:
    action = {"type": "api_call", "target": "https://bank.example/", "result": {"score": "/score"}}
    definition = definition_of(step("check", "score", action=action), step("you", "name"), required=["name"])

    assert told(definition, progress())["optional"] == []


def test_answers_are_told_as_stored_and_in_words_and_hidden_ones_only_as_provided() -> None:
    values = {"amount": 5, "purpose": "home", "diagnosis": "gout", "since": "2020"}
    given = progress(values, sources={"amount": "llm", "diagnosis": "user"})

    filled = told(LOAN, given, around(hidden=frozenset({"diagnosis"})))["filled"]

    assert list(filled) == ["since", "amount", "total", "purpose", "diagnosis"]
    assert filled["amount"] == {"label": "Amount", "value": 5, "words": "5 EUR", "source": "llm", "step": "loan"}
    assert filled["since"]["step"] is None
    assert filled["diagnosis"] == {
        "label": "Diagnosis",
        "provided": True,
        "source": "user",
        "step": "you",
        "sensitive": "never_llm",
    }


def test_the_entries_of_a_list_are_told_with_the_ids_by_which_they_are_taken_out() -> None:
    definition = definition_of(step("who", "people"), properties={"people": LIST})
    given = progress({"people": ["Ada", "Bo"]}, item_ids={"people": (3, 5)})

    context = told(definition, given)

    assert context["filled"]["people"]["ids"] == [3, 5]
    assert '"ids":[3,5]' in context["prompt"]["dynamic"]


def test_choices_out_of_a_hidden_list_are_not_told() -> None:
    slots = {"type": "array", "items": {"type": "string"}, "x-sensitive": "mask"}
    picked = {"type": "string", "x-choices": {"ref": "slots"}}
    definition = definition_of(step("a", "slots"), step("b", "slot"), properties={"slots": slots, "slot": picked})
    given = progress({"slots": ["monday", "tuesday"]})

    hidden = told(definition, given, around(hidden=frozenset({"slots", "slot"})))
    shown = told(definition, given)

    assert hidden["ask_next"][0]["choices"] == []
    assert len(shown["ask_next"][0]["choices"]) == 2
    assert "monday" not in str(hidden)


def test_what_this_act_refused_is_told_with_the_reason_and_what_was_refused_before_with_the_attempts() -> None:
    refused = (
        Rejected(field="amount", code="maximum", message="Too much.", path="/0", attempts=2),
        Rejected(step="loan", code="step_required", message="Loan cannot be skipped."),
        Rejected(field="gone", code="type", message="Gone."),
    )
    stored = progress({"purpose": "home"}, attempts={"amount": 2, "email": 1, "purpose": 3, "plate": 1})

    rejected = told(LOAN, stored, around(rejected=refused))["rejected"]

    assert rejected == [
        {"field": "amount", "label": "Amount", "path": "/0", "attempts": 2, "code": "maximum", "message": "Too much."},
        {"step": "loan", "code": "step_required", "message": "Loan cannot be skipped."},
        {"field": "gone", "code": "type", "message": "Gone."},
        {"field": "email", "label": "Email", "attempts": 1},
    ]


def test_an_answer_that_was_called_into_question_is_refused_until_it_is_settled() -> None:
    stored = progress({"amount": 5}, contested=frozenset({"amount"}), attempts={"amount": 1})

    assert told(LOAN, stored)["rejected"] == [{"field": "amount", "label": "Amount", "attempts": 1}]
    assert told(LOAN, replace(stored, attempts={}))["rejected"][0]["attempts"] == 0


def test_rules_and_information_are_told_in_the_words_of_the_author() -> None:
    check = rule(row("end", ">", ref="start"), "End must be after start.", field="end")
    definition = definition_of(info("hello", description="Hi."), step("dates", "start", "end", rules=[check]))
    given = progress({"start": "2026-02-01", "end": "2026-01-01"}, acknowledged=frozenset({"hello"}))

    context = told(definition, given, around(say=(Say(step="hello", name="Hello", text="Hi."),)))

    assert context["unmet"] == [{"step": "dates", "fields": ["end"], "message": "End must be after start."}]
    assert context["say"] == [{"step": "hello", "name": "Hello", "text": "Hi."}]


def test_what_surrounds_a_workflow_is_told_as_it_was_handed_over() -> None:
    facts = around(
        confirmation={"token": "t", "summary": [], "action": None},
        resumable=(Resumable(id="w2", template="kyc", paused_at="2026-03-01T12:00:00Z"),),
        switchable=("order",),
        page=Page(url="https://x.example/w/1", expires_at="2026-03-02T12:00:00Z"),
    )

    context = told(LOAN, progress(), facts)

    assert context["confirmation"] == {"token": "t", "summary": [], "action": None}
    assert context["resumable"] == [{"id": "w2", "template": "kyc", "paused_at": "2026-03-01T12:00:00Z"}]
    assert context["switchable"] == ["order"]
    assert context["page"] == {"url": "https://x.example/w/1", "expires_at": "2026-03-02T12:00:00Z"}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        (NUMBER, "number"),
        (TEXT, "string"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": ["string", "null"]}, "string"),
        ({"type": ["integer", "boolean"]}, "integer or boolean"),
        (LIST, "array"),
        ({"enum": [1, 2]}, "any"),
    ],
)
def test_the_kind_of_a_value_is_one_word(schema: dict[str, Any], kind: str) -> None:
    definition = definition_of(step("only", "x"), properties={"x": schema})

    assert type_of(definition.fields["x"]) == kind


def _doing(definition: Definition, before: Progress, **facts: Any) -> list[str]:
    return list(told(definition, before, around(**facts))["allowed_actions"])


def test_what_is_allowed_is_what_would_not_be_refused() -> None:
    definition = definition_of(info("read"), step("two", "more", required=False))

    assert _doing(definition, progress()) == ["submit", "pause", "cancel", "skip", "acknowledge"]
    assert _doing(LOAN, progress(status=Status.PAUSED), switchable=("x",)) == ["resume", "cancel", "start", "switch"]
    assert _doing(LOAN, progress(status=Status.PAUSED), switchable=("x",), has_room=False) == ["cancel", "switch"]
    assert _doing(LOAN, progress(status=Status.CREATED)) == ["activate", "cancel"]
    assert _doing(LOAN, progress(status=Status.CREATED), has_unmet=True) == ["cancel"]
    assert _doing(LOAN, progress(status=Status.FINISHING)) == []
    assert _doing(LOAN, progress(status=Status.FAILED)) == ["retry", "cancel"]
    assert _doing(LOAN, progress(status=Status.FAILED), failure_code="outcome_unknown") == ["cancel"]


def test_going_to_another_workflow_is_allowed_where_there_is_one() -> None:
    paused = (Resumable(id="w2", template="kyc", paused_at="2026-03-01T12:00:00Z"),)

    assert _doing(LOAN, progress(), resumable=paused)[-1] == "switch"
    assert _doing(LOAN, progress(), switchable=("kyc",))[-1] == "switch"
    assert "switch" not in _doing(LOAN, progress())


def test_confirming_is_allowed_only_when_it_is_next() -> None:
    careful = definition_of(step("only", "name"), confirmation="required")

    assert "confirm" not in _doing(careful, progress())
    assert "confirm" in _doing(careful, progress({"name": "Ada"}))
    assert "confirm" not in _doing(replace(careful, must_confirm=False), progress())


def test_who_may_only_look_is_offered_nothing() -> None:
    context = told(definition_of(info("read")), progress(), around(may_act=False, switchable=("x",)))

    assert (context["allowed_actions"], context["skippable"], context["acknowledgeable"]) == ([], [], [])
