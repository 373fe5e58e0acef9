"""The page as a person uses it: from the first question to the end, with mistakes and corrections on the way."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from authoring.tests.page_forms import post
from conftest import step
from conversations.links import opened
from conversations.tests.loans import ACCOUNT, ACTING, acknowledged, given, stored, to_the_summary
from conversations.tests.visiting import Visitor
from engine.submission import Submission
from events.models import Event
from instances import services
from instances.models import Workflow
from instances.slots import OnActive
from permissions.models import UserType
from registry.models import WorkflowTemplate

type Make = Callable[..., Workflow]


# ---- The whole way ----


def test_a_person_goes_all_the_way_without_any_model(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    assert "Small loan Step 1 of 4" in visitor.text
    assert "The loan What it is for Amount (EUR) How much do you need? At least 1,000" in visitor.text

    visitor.press("answer", amount=5000, purpose='"car"')
    assert "Step 2 of 5" in visitor.text
    visitor.press("answer", plate="AB-123")
    assert "Our terms You pay it back in 10 years. I have read this" in visitor.text
    visitor.press("acknowledge")
    visitor.press("answer", account=ACCOUNT, born="1990-02-03")
    visitor.press("answer", note="Thank you", **{"children-0-0": "Mia", "children-0-1": "7"})
    assert "Is everything right?" in visitor.text
    assert "Amount 5000 EUR Change Amount" in visitor.text
    assert "Purpose A car" in visitor.text
    visitor.press("confirm")

    assert "Thank you We have everything we need. You can close this page, or go back to the chat." in visitor.text
    workflow = stored(loan)
    assert workflow.status == "completed"
    assert workflow.progress.values == {
        "amount": 5000,
        "purpose": "car",
        "plate": "AB-123",
        "account": ACCOUNT,
        "born": "1990-02-03",
        "note": "Thank you",
        "children": [{"name": "Mia", "age": 7}],
    }
    assert set(workflow.progress.sources.values()) == {"user"}
    actors = Event.objects.of(loan.pk).exclude(type__in=["workflow.created", "workflow.activated"])
    assert set(actors.values_list("actor", flat=True)) == {"page"}


def test_what_was_given_in_the_chat_is_not_asked_again(loan: Workflow) -> None:
    given(loan, amount=5000, purpose="home")

    visitor = Visitor.of(loan)

    assert "Our terms" in visitor.text
    assert "Your answers so far Amount 5000 EUR" in visitor.text


def test_an_answer_that_is_refused_stays_with_the_authors_words_beside_it(loan: Workflow) -> None:
    visitor = Visitor.of(loan)

    visitor.press("answer", amount=500, purpose='"home"')

    assert visitor.page.status_code == 200
    assert "We lend 1,000 or more." in visitor.text
    assert visitor.inputs()["answer-amount"] == ["500"]
    assert visitor.inputs()["answer-purpose"] == ['"home"']
    assert "Please look again" not in visitor.text
    assert stored(loan).progress.values == {"purpose": "home"}


def test_numbers_are_read_as_people_write_them(loan: Workflow) -> None:
    Visitor.of(loan).press("answer", amount="5,000", purpose='"home"')

    assert stored(loan).progress.values["amount"] == 5000


def test_nothing_answered_is_said_and_asked_again(loan: Workflow) -> None:
    visitor = Visitor.of(loan)

    visitor.press("answer")

    assert "Nothing was answered yet." in visitor.text
    assert "The loan" in visitor.text
    assert stored(loan).revision == loan.revision


def test_an_optional_answer_that_is_refused_does_not_get_lost(make_workflow: Make) -> None:
    workflow = make_workflow(
        properties={"name": {"type": "string"}, "age": {"type": "integer"}, "end": {"type": "string"}},
        required=["name", "end"],
        steps=[step("who", fields=["name", "age"]), step("last", fields=["end"])],
    )
    visitor = Visitor.of(workflow)

    visitor.press("answer", name="Ada", age="old")
    assert "Age (optional) Age must be a whole number. Save" in visitor.text
    assert visitor.inputs()["answer-age"] == ["old"]
    visitor.press("answer", age="36")

    assert stored(workflow).progress.values == {"name": "Ada", "age": 36}
    assert "Last" in visitor.text


def test_what_is_written_down_nowhere_is_refused_by_the_form(loan: Workflow) -> None:
    visitor = Visitor.of(loan)

    visitor.press("answer", amount="9" * 80, purpose='"home"')

    assert "This cannot be sent" in visitor.text
    assert visitor.inputs()["answer-purpose"] == ['"home"']
    assert stored(loan).progress.values == {}


def test_what_was_not_touched_is_not_corrected_by_sending_the_form(make_workflow: Make) -> None:
    moment = {"type": "string", "format": "date-time"}
    workflow = make_workflow(
        properties={"at": moment, "note": {"type": "string", "x-depends-on": ["at"]}, "end": {"type": "string"}},
        required=["at", "note", "end"],
        steps=[step("one", fields=["at", "note", "end"])],
        confirmation="required",
        time_zone="Europe/Paris",
    )
    given(workflow, at="2026-03-01T13:30:00Z", note="two\nlines")
    visitor = Visitor.of(workflow)

    visitor.press("answer", end="x")

    assert stored(workflow).progress.values == {"at": "2026-03-01T13:30:00Z", "note": "two\nlines", "end": "x"}
    assert stored(workflow).progress.contested == frozenset()
    assert not Event.objects.of(workflow.pk).filter(type__contains="corrected").exists()


# ---- What is not shown ----


def test_what_no_model_may_see_is_given_here_and_shown_to_nobody(loan: Workflow) -> None:
    given(loan, amount=5000, purpose="home")
    acknowledged(loan, "terms")
    visitor = Visitor.of(loan)
    assert "Account number What you write here is not shown again." in visitor.text

    visitor.press("answer", account=ACCOUNT)
    assert stored(loan).progress.values["account"] == ACCOUNT
    assert ACCOUNT not in visitor.html
    assert "Given, and not shown here. Leave this empty to keep it." in visitor.text

    visitor.press("answer", born="1990-02-03")
    visitor.press("skip")
    assert "Account number Given, not shown Change" in visitor.text
    assert "Date of birth Given, not shown Change" in visitor.text
    visitor.press("confirm")
    assert stored(loan).status == "completed"
    assert ACCOUNT not in visitor.html
    assert "1990-02-03" not in visitor.html


def test_a_secret_that_is_refused_is_not_sent_back(loan: Workflow) -> None:
    given(loan, amount=5000, purpose="home")
    acknowledged(loan, "terms")
    visitor = Visitor.of(loan)

    visitor.press("answer", account="very secret", born="1990-02-03")

    assert "Account number is not written as expected." in visitor.text
    assert "very secret" not in visitor.html
    assert "1990-02-03" not in visitor.html


def test_a_secret_is_replaced_and_left_alone(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    to_the_summary(visitor)

    visitor.change("account")
    visitor.press("answer")
    assert stored(loan).progress.values["account"] == ACCOUNT
    visitor.change("account")
    visitor.press("answer", account="***")
    assert stored(loan).progress.values["account"] == ACCOUNT
    visitor.change("account")
    visitor.press("answer", account="DE9876")

    assert stored(loan).progress.values["account"] == "DE9876"


# ---- Changing one's mind ----


def test_every_answer_can_be_changed_before_it_is_confirmed(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    to_the_summary(visitor)

    visitor.change("purpose")
    assert "Purpose" in visitor.text
    assert visitor.inputs()["answer-purpose"] == ['"home"']
    visitor.press("answer", purpose='"car"')

    assert "The car Number plate" in visitor.text
    visitor.press("answer", plate="AB-123")
    assert "Purpose A car" in visitor.text
    visitor.press("confirm")
    assert stored(loan).progress.values["purpose"] == "car"


def test_what_falls_away_is_told(loan: Workflow) -> None:
    given(loan, amount=5000, purpose="car", plate="AB-123")
    visitor = Visitor.of(loan)

    visitor.change("purpose")
    visitor.press("answer", purpose='"home"')

    assert "Number plate is kept aside: with these answers it is not asked for." in visitor.text
    assert "Our terms" in visitor.text


def test_what_was_left_out_can_be_added_and_taken_back(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    to_the_summary(visitor)
    assert "Note Not answered Add Note" in visitor.text

    visitor.change("note")
    visitor.press("answer", note="Hello")
    assert "Note Hello Change Note" in visitor.text
    visitor.change("note")
    assert "Take this answer back" in visitor.text
    visitor.press("remove:note")

    assert "note" not in stored(loan).progress.values
    assert "Note Not answered" in visitor.text


def test_an_input_that_is_emptied_takes_the_answer_back(loan: Workflow) -> None:
    given(loan, amount=5000, purpose="home", note="Hello")
    visitor = Visitor.of(loan)

    visitor.change("note")
    visitor.press("answer", note="")

    assert "note" not in stored(loan).progress.values


def test_what_nobody_may_change_has_no_link(loan: Workflow) -> None:
    given(loan, amount=5000, purpose="home")
    visitor = Visitor.of(loan)
    assert "In all 5000" in visitor.text
    before = visitor.text

    assert "change=double" not in visitor.html
    for name in ("double", "score", "plate", "nothing", "%00", ""):
        assert Visitor.of(loan).open(f"?change={name}").status_code == (400 if name == "%00" else 200)
    visitor.open("?change=double&change=score&change=plate")
    assert visitor.text == before


# ---- Where there is nothing to fill in ----


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
