"""The page where there is nothing to fill in: what it tells, and where it leads."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from authoring.tests.page_forms import post
from conftest import step
from conversations.links import opened
from conversations.tests.loans import ACTING, given, stored
from conversations.tests.visiting import Visitor
from engine.submission import Submission
from instances import services
from instances.models import Workflow
from instances.slots import OnActive
from permissions.models import UserType
from registry.models import WorkflowTemplate

type Make = Callable[..., Workflow]


def test_information_on_the_way_stands_over_the_step_that_it_leads_to(make_workflow: Make) -> None:
    workflow = make_workflow(
        properties={"a": {"type": "string"}, "b": {"type": "string"}},
        steps=[
            step("one", fields=["a"]),
            step("tip", name="By the way", description="We close <early> today.", required=False),
            step("two", fields=["b"]),
        ],
        confirmation="required",
    )
    visitor = Visitor.of(workflow)
    assert "By the way" not in visitor.text

    visitor.press("answer", a="x")
    assert "By the way We close <early> today. Two" in visitor.text
    visitor.open()
    assert "By the way We close <early> today. Two" in visitor.text
    assert visitor.text.count("We close") == 1
    visitor.press("answer", b="y")

    assert "Is everything right?" in visitor.text
    assert visitor.text.endswith("What you were told so far By the way We close <early> today.")


def test_what_was_said_to_whoever_started_it_is_told_to_who_opens_the_link(
    client: APIClient, make_template: Callable[..., WorkflowTemplate], make_user_type: Callable[..., UserType]
) -> None:
    hello = step("hello", name="Before you begin", description="Welcome.", required=False)
    names = {name: {"type": "string", "title": name.upper()} for name in ("a", "b")}
    template = make_template(
        properties=names, required=["a", "b"], steps=[hello, step("one", name="Please tell us", fields=["a", "b"])]
    )
    person = {"user_type": make_user_type(template).name, "conversation_id": "c", "user_id": "u"}
    started = client.post("/api/workflows", {"template_id": str(template.pk), **person}).json()
    assert [told["text"] for told in started["say"]] == ["Welcome."]

    visitor = Visitor.of(Workflow.objects.get(pk=started["id"]))
    assert "Before you begin Welcome. Please tell us A" in visitor.text
    answered = post(visitor.browser, visitor.path, {**visitor.inputs(), "do": ["answer"], "answer-a": ["x"]})
    assert answered.status_code == 303  # so that to load the page anew sends nothing twice
    visitor.open()
    assert "Before you begin Welcome. Please tell us A" in visitor.text
    visitor.press("answer", b="y")

    assert "Thank you" in visitor.text
    assert visitor.text.endswith("What you were told so far Before you begin Welcome.")


def test_an_ending_in_the_middle_has_the_authors_words(make_workflow: Make) -> None:
    ending = {"outcome": "not_eligible", "message": "You must be 18."}
    workflow = make_workflow(
        properties={"age": {"type": "integer"}, "more": {"type": "string"}},
        steps=[
            step("you", fields=["age"]),
            step("minor", name="Too young", when={"field": "age", "op": "<", "value": 18}, end=ending),
            step("rest", fields=["more"]),
        ],
    )

    visitor = Visitor.of(workflow)
    visitor.press("answer", age=12)

    assert "Too young You must be 18. You can close this page" in visitor.text
    assert "What you told us Age 12" in visitor.text
    assert "Change" not in visitor.text


def test_what_was_cancelled_shows_no_answers_any_more(loan: Workflow) -> None:
    given(loan, amount=5000)
    services.cancel(loan.pk, ACTING, reason="internal reason")

    visitor = Visitor.of(loan)

    assert "This was cancelled" in visitor.text
    assert "5000" not in visitor.text
    assert "internal" not in visitor.text


def test_what_is_paused_goes_on_if_the_chat_is_free(loan: Workflow) -> None:
    services.pause(loan.pk, ACTING, reason="")
    visitor = Visitor.of(loan)
    assert "This is paused" in visitor.text

    visitor.press("resume")

    assert "The loan" in visitor.text
    assert stored(loan).status == "active"


def test_what_is_paused_waits_for_what_the_chat_is_at(make_workflow: Make, loan: Workflow) -> None:
    services.pause(loan.pk, ACTING, reason="")
    other = make_workflow(conversation_id=loan.conversation_id)
    visitor = Visitor.of(loan)

    visitor.press("resume")

    assert "Finish that first, and come back then." in visitor.text
    assert str(other.pk) not in visitor.html
    assert (stored(loan).status, stored(other).status) == ("paused", "active")


def test_what_was_paused_meanwhile_takes_no_answer_and_says_so(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    services.pause(loan.pk, ACTING, reason="")

    visitor.press("answer", amount=5000)

    assert "This is paused" in visitor.text
    services.resume(loan.pk, Submission(), ACTING, on_active=OnActive.REJECT)
    assert stored(loan).progress.values == {}


def test_what_has_not_begun_says_so(make_workflow: Make) -> None:
    visitor = Visitor.of(make_workflow(activate=False))

    assert "This has not begun yet" in visitor.text
    assert "Check again" in visitor.text


def test_what_follows_is_reached_for_as_long_as_the_link_is_good(
    make_workflow: Make, make_template: Callable[..., WorkflowTemplate], make_user_type: Callable[..., UserType]
) -> None:
    following = make_template(name="about_you", properties={"name": {"type": "string"}})
    first = make_template(name="first", end_action_type="workflow", end_action_target="about_you")
    workflow = make_workflow(template=first, user_type=make_user_type(first, following))
    visitor = Visitor.of(workflow)

    visitor.press("answer", email="ada@example.org")

    assert "Go on with: About you" in visitor.text
    (url,) = re.findall(r'href="(/w/[^"]+/)"', visitor.html)
    links = [opened(path.split("/")[2], at=timezone.now()) for path in (visitor.path, url)]
    assert links[0].expires_at == links[1].expires_at
    assert Workflow.objects.get(pk=links[1].workflow_id).predecessor_id == workflow.pk
    assert "Name" in Visitor(url).open().content.decode()


REFERENCE = {"type": "tool_call", "target": "make_reference", "result": {"ref": "/reference"}, "idempotent": True}


@pytest.mark.django_db(transaction=True)
def test_what_the_server_finds_out_is_mostly_there_with_the_next_page(make_workflow: Make) -> None:
    workflow = make_workflow(
        properties={"name": {"type": "string"}, "ref": {"type": "string", "readOnly": True}, "end": {"type": "string"}},
        steps=[
            step("who", fields=["name"]),
            step("number", name="Your number", fields=["ref"], action=REFERENCE),
            step("last", name="The last question", fields=["end"]),
        ],
    )
    visitor = Visitor.of(workflow)

    visitor.press("answer", name="Ada")

    assert "The last question" in visitor.text
    assert "Ref" in visitor.text


def test_what_takes_longer_is_waited_for(make_workflow: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conversations.page.pressing.CARRIED_OUT_SECONDS", 0)
    workflow = make_workflow(end_action_type="tool_call", end_action_target="make_reference")
    visitor = Visitor.of(workflow)

    visitor.press("answer", email="ada@example.org")

    assert "Almost done" in visitor.text
    assert "Check again" in visitor.text
    assert stored(workflow).status == "finishing"


def test_what_fails_is_told_without_what_is_inside(make_workflow: Make) -> None:
    workflow = make_workflow(end_action_type="workflow", end_action_target="secret_template")
    visitor = Visitor.of(workflow)

    visitor.press("answer", email="ada@example.org")

    assert stored(workflow).status == "failed"
    assert "This did not work" in visitor.text
    assert "What you told us Email ada@example.org" in visitor.text
    assert "secret_template" not in visitor.html
