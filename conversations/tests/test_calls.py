"""What a model calls is carried out as on every other surface, and answered in words that it can go on with."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from conftest import NOW, OPERATOR, step
from conversations.calls import ToolCall, carry_out
from conversations.contexts import Wanted, conversation_context
from conversations.errors import PersonUnknown
from conversations.parties import Conversation, party_of
from engine.progress import Status
from instances.acting import Acting
from instances.errors import AppendUnprotected
from instances.models import Workflow
from permissions.errors import UserTypeRequired
from permissions.models import UserType
from permissions.services import grant
from registry.models import WorkflowTemplate

type Builder[T] = Callable[..., T]

ACTING = Acting(caller=OPERATOR, at=NOW)
TEXT = {"type": "string"}


def call(where: str | Conversation, name: str, arguments: Any = None, **more: Any) -> dict[str, Any]:
    """Carry out a call in a conversation."""
    conversation = where if isinstance(where, Conversation) else Conversation(id=where)
    said = ToolCall(name=name, arguments={} if arguments is None else arguments, **more)
    return carry_out(conversation, said, ACTING, wanted=Wanted())


def error_of(answer: dict[str, Any]) -> tuple[str, str]:
    """Return code and message of a call that led to nothing."""
    assert answer["result"] is None
    return answer["error"]["code"], answer["error"]["message"]


@pytest.fixture
def cover(make_workflow: Builder[Workflow]) -> Workflow:
    """An active workflow that asks for an amount, a name and a list of people."""
    asked = {"amount": {"type": "number"}, "name": TEXT, "people": {"type": "array", "items": TEXT}}
    return make_workflow(properties=asked, required=["amount", "name"], conversation_id="c1")


@pytest.fixture
def person(cover: Workflow) -> Conversation:
    """The conversation of that workflow, with whom it is."""
    return Conversation(id="c1", user_id=cover.user_id, user_type_id=cover.user_type_id)


@pytest.fixture
def hours(make_template: Builder[WorkflowTemplate], cover: Workflow) -> WorkflowTemplate:
    """Another template that the person may use."""
    template = make_template(name="hours", properties={"branch": TEXT})
    grant(user_type_id=cover.user_type_id, workflow_template_id=template.pk)
    return template


def test_what_a_person_said_is_handed_over_and_read_exactly(cover: Workflow) -> None:
    answer = call("c1", "submit_data", {"data": {"amount": "5,000", "name": None}, "evidence": None})

    assert answer["error"] is None
    assert answer["result"]["accepted"] == [{"field": "amount", "coerced_from": "5,000"}]
    assert answer["result"]["next"] == "collect"
    assert answer["context"]["filled"]["amount"]["source"] == "llm"
    assert [asked["field"] for asked in answer["context"]["ask_next"]] == ["name"]
    assert Workflow.objects.get().state_data == {"amount": 5000}


def test_the_text_of_arguments_is_as_good_as_an_object(cover: Workflow) -> None:
    answer = call("c1", "submit_data", '{"data": {"name": "Ada"}}')

    assert answer["result"]["accepted"] == [{"field": "name"}]


def test_a_refused_value_is_an_answer_and_no_error(cover: Workflow) -> None:
    answer = call("c1", "submit_data", {"data": {"amount": "a lot of pears", "name": "Ada"}})

    refused = answer["result"]["rejected"][0]
    assert (answer["error"], answer["result"]["outcome"]) == (None, "partial")
    assert (refused["field"], refused["code"]) == ("amount", "type")
    assert "pears" not in str(answer)


@pytest.mark.parametrize(
    ("name", "arguments", "code", "words"),
    [
        ("submit", {}, "unknown_tool", "Did you mean 'submit_data'?"),
        ("rm -rf", {}, "unknown_tool", "There are: start_workflow,"),
        ("submit_data", '{"data": {"name": "Ad', "arguments_unreadable", "not readable: This is not JSON:"),
        ("submit_data", '{"data": {}, "data": {}}', "arguments_unreadable", "occurs twice"),
        ("submit_data", {"data": {"name": "\x00"}}, "arguments_unreadable", "NUL"),
        ("submit_data", "[]", "arguments_unreadable", "must be one JSON object"),
        ("submit_data", {"dta": {"name": "Ada"}}, "arguments_invalid", "no argument 'dta'. Did you mean 'data'?"),
        ("submit_data", {"data": "Ada"}, "arguments_invalid", "data must be a group of values."),
        ("submit_data", {"remove": {"people": ["Ada"]}}, "arguments_invalid", "remove (people/0) must be a whole"),
        ("confirm_workflow", {}, "arguments_invalid", "The argument 'token' is missing."),
        ("submit_data", {"data": {"name": "Ada"}, "clear": ["name"]}, "field_given_and_cleared", "not both: name"),
        ("switch_workflow", {"workflow": "no such thing"}, "not_found", "There is no such template."),
    ],
)
def test_a_mistake_of_the_model_is_answered_with_how_to_mend_it(
    name: str, arguments: Any, code: str, words: str, cover: Workflow
) -> None:
    answer = call("c1", name, arguments)

    told = error_of(answer)
    assert told[0] == code
    assert words in told[1]
    assert "Ada" not in told[1]
    assert answer["context"]["workflow"]["id"] == str(cover.pk)


def test_without_an_active_workflow_the_answer_says_how_to_come_to_one(cover: Workflow, person: Conversation) -> None:
    call("c1", "cancel_workflow", {"reason": "x" * 2000})

    answer = call("c1", "submit_data", {"data": {"name": "Ada"}})

    assert error_of(answer)[0] == "no_active_workflow"
    assert "start_workflow" in error_of(answer)[1]
    assert answer["context"]["workflow"] is None
    assert [offer["workflow"] for offer in answer["context"]["startable"]] == [cover.template.name]
    assert [tool["function"]["name"] for tool in answer["context"]["tools"]] == ["start_workflow", "switch_workflow"]


def test_a_start_does_not_push_an_active_workflow_aside(cover: Workflow, hours: WorkflowTemplate) -> None:
    answer = call("c1", "start_workflow", {"workflow": "hours"})

    assert error_of(answer)[0] == "active_workflow_exists"
    assert "switch_workflow" in error_of(answer)[1]
    assert Workflow.objects.count() == 1


def test_a_switch_pauses_what_is_active_and_comes_back_to_it(cover: Workflow, hours: WorkflowTemplate) -> None:
    there = call("c1", "switch_workflow", {"workflow": "hours"})
    again = call("c1", "switch_workflow", {"workflow": "hours"})
    back = call("c1", "switch_workflow", {"workflow": cover.template.name})
    once_more = call("c1", "switch_workflow", {"workflow": there["result"]["workflow"]["id"]})

    assert there["context"]["workflow"]["template"] == "hours"
    assert error_of(again)[0] == "workflow_already_active"
    assert back["context"]["workflow"]["id"] == str(cover.pk)
    assert once_more["result"]["workflow"]["id"] == there["result"]["workflow"]["id"]
    assert Workflow.objects.count() == 2


def test_nobody_puts_aside_what_somebody_else_does_in_the_same_conversation(
    cover: Workflow, hours: WorkflowTemplate, person: Conversation
) -> None:
    other = replace(person, user_id="somebody else")

    answers = [
        call(other, "submit_data", {"data": {"name": "Eve"}}),
        call(other, "cancel_workflow"),
        call(other, "switch_workflow", {"workflow": "hours"}),
    ]

    assert [error_of(answer)[0] for answer in answers] == [
        "no_active_workflow",
        "no_active_workflow",
        "active_workflow_exists",
    ]
    assert Workflow.objects.get().status == Status.ACTIVE


@pytest.mark.parametrize(
    ("data", "outcome"), [({}, "applied"), ({"name": {}}, "partial"), ({"name": "Ada"}, "applied")]
)
def test_a_start_is_something_done_whatever_became_of_what_came_with_it(
    make_template: Builder[WorkflowTemplate],
    make_user_type: Builder[UserType],
    data: dict[str, Any],
    outcome: str,
) -> None:
    template = make_template(name="cover", properties={"name": TEXT})
    where = Conversation(id="c1", user_id="u1", user_type=make_user_type(template).name)

    answer = call(where, "start_workflow", {"workflow": "cover", "data": data})

    assert answer["result"]["outcome"] == outcome


def test_what_is_known_at_the_start_is_a_models_word(
    make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    asked = {
        "name": TEXT,
        "pin": {**TEXT, "x-sensitive": "never_llm"},
        "segment": {**TEXT, "readOnly": True},
    }
    template = make_template(name="cover", properties=asked, required=["name", "pin"])
    kind = make_user_type(template)
    data = {"name": "Ada", "pin": "1234", "segment": "gold"}

    answer = call(
        Conversation(id="c1", user_id="u1", user_type=kind.name), "start_workflow", {"workflow": "cover", "data": data}
    )

    assert answer["result"]["accepted"] == [{"field": "name"}]
    assert [found["code"] for found in answer["result"]["rejected"]] == ["sensitive"]
    assert answer["result"]["ignored"] == [{"field": "segment", "reason": "read_only"}]
    assert Workflow.objects.get().state_data == {"name": "Ada"}


def test_what_comes_first_is_started_first_and_what_waits_takes_nothing(
    make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    first = make_template(name="first", properties={"name": TEXT})
    second = make_template(name="second", properties={"amount": TEXT}, prerequisites=["first"])
    where = Conversation(id="c1", user_id="u1", user_type=make_user_type(first, second).name)

    answer = call(where, "start_workflow", {"workflow": "second", "data": {"amount": "5"}})

    assert answer["result"]["started_prerequisite"]["workflow"] == "first"
    assert answer["result"]["ignored"] == [{"field": "amount", "reason": "not_started_yet"}]
    assert answer["result"]["workflow"]["status"] == "created"
    assert answer["context"]["workflow"]["template"] == "first"


def test_a_person_confirms_and_what_has_changed_since_is_shown_anew(make_workflow: Builder[Workflow]) -> None:
    make_workflow(properties={"name": TEXT}, confirmation="required", conversation_id="c1")
    before = call("c1", "submit_data", {"data": {"name": "Ada"}})["context"]["confirmation"]["token"]
    now = call("c1", "submit_data", {"data": {"name": "Bo"}})["context"]["confirmation"]["token"]

    late = call("c1", "confirm_workflow", {"token": before})
    done = call("c1", "confirm_workflow", {"token": now})

    assert error_of(late)[0] == "confirmation_outdated"
    assert late["context"]["confirmation"]["summary"][0]["value"] == "Bo"
    assert (done["result"]["next"], done["result"]["workflow"]["status"]) == ("done", "completed")


def test_what_is_to_be_said_at_the_start_and_after_is_said_once(
    make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    told = step("hello", required=False, description="We are a bank.")
    template = make_template(name="cover", properties={"name": TEXT}, steps=[told, step(fields=["name"])])
    where = Conversation(id="c1", user_id="u1", user_type=make_user_type(template).name)

    answer = call(where, "start_workflow", {"workflow": "cover", "data": {"name": "Ada"}})

    assert [said["text"] for said in answer["result"]["say"]] == ["We are a bank."]
    assert answer["result"]["workflow"]["status"] == "completed"


def test_a_quote_is_looked_for_in_what_the_person_said(cover: Workflow) -> None:
    given = {"data": {"name": "Ada"}, "evidence": {"name": "I am Ada"}}

    not_said = call("c1", "submit_data", given, message="Hello!")
    unknown = call("c1", "submit_data", given)
    said = call("c1", "submit_data", {**given, "data": {"name": "Ada L."}}, message="Hi, I am Ada!")

    assert not_said["result"]["rejected"][0]["code"] == "no_evidence"
    assert unknown["result"]["accepted"] == [{"field": "name"}]
    assert said["result"]["accepted"] == [{"field": "name"}]


def test_entries_of_lists_come_and_go_by_the_ids_that_the_context_gives(cover: Workflow) -> None:
    call("c1", "submit_data", {"append": {"people": ["Ada", "Bo"]}})
    context = call("c1", "submit_data", {})["context"]

    call("c1", "submit_data", {"remove": {"people": context["filled"]["people"]["ids"][:1]}})

    assert Workflow.objects.get().state_data == {"people": ["Bo"]}


def test_entries_are_not_added_by_a_call_that_could_come_twice(cover: Workflow) -> None:
    with pytest.raises(AppendUnprotected):
        call("c1", "submit_data", {"append": {"people": ["Ada"]}}, is_protected=False)

    assert Workflow.objects.get().state_data == {}


def test_somebody_wrote_in_between(cover: Workflow) -> None:
    acting = replace(ACTING, expected_revision=7)
    said = ToolCall(name="submit_data", arguments={"data": {"name": "Ada"}})

    answer = carry_out(Conversation(id="c1"), said, acting, wanted=Wanted())

    assert error_of(answer) == ("revision_conflict", "Something changed since. Look at the context, and decide anew.")


def test_whoever_calls_for_the_model_says_for_whom_a_workflow_is_started(
    make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    kind = make_user_type(make_template(name="cover"))

    with pytest.raises(UserTypeRequired):
        call("c1", "start_workflow", {"workflow": "cover"})
    with pytest.raises(PersonUnknown):
        call(Conversation(id="c1", user_type=kind.name), "start_workflow", {"workflow": "cover"})

    assert not Workflow.objects.exists()


def test_who_may_act_on_workflows_and_start_none_starts_none(cover: Workflow, hours: WorkflowTemplate) -> None:
    staff = replace(OPERATOR, scopes=frozenset(), permissions=frozenset({"instances.change_workflow"}))
    said = ToolCall(name="switch_workflow", arguments={"workflow": "hours"})

    answer = carry_out(Conversation(id="c1"), said, replace(ACTING, caller=staff), wanted=Wanted())

    assert error_of(answer)[0] == "missing_scope"
    assert Workflow.objects.get().status == Status.ACTIVE
    assert "switch" not in answer["context"]["allowed_actions"]


@pytest.mark.parametrize(
    ("permissions", "allowed"),
    [({"change_workflow"}, []), ({"change_workflow", "add_workflow"}, ["start"]), (set(), [])],
    ids=str,
)
def test_only_who_may_start_a_workflow_is_told_that_one_can_be_started(
    hours: WorkflowTemplate, make_user_type: Builder[UserType], permissions: set[str], allowed: list[str]
) -> None:
    named = frozenset(f"instances.{name}" for name in permissions)
    staff = replace(OPERATOR, scopes=frozenset(), permissions=named)
    party = party_of(Conversation(id="c2", user_type=make_user_type(hours).name), staff)

    assert conversation_context(party, staff, wanted=Wanted())["allowed_actions"] == allowed


def test_of_two_persons_who_talk_here_the_one_at_it_is_meant(cover: Workflow, make_workflow: Builder[Workflow]) -> None:
    make_workflow(template=cover.template, conversation_id="c1", activate=False)

    assert call("c1", "cancel_workflow", " ")["result"]["workflow"]["id"] == str(cover.pk)
    with pytest.raises(UserTypeRequired):  # whose turn it is now, nothing tells
        call("c1", "cancel_workflow")


def test_a_value_that_no_model_may_see_is_in_no_answer(
    make_workflow: Builder[Workflow],
) -> None:
    asked = {"pin": {**TEXT, "x-sensitive": "never_llm"}, "name": TEXT}
    make_workflow(properties=asked, state_data={"pin": "0815-4711"}, conversation_id="c1")

    answer = call("c1", "submit_data", {"data": {"name": "Ada"}})

    assert "workflows:sensitive" in OPERATOR.scopes
    assert "0815-4711" not in str(answer)
