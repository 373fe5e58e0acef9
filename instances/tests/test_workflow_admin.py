"""Workflows in the admin: found, read in words, cancelled and retried."""

import html
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from conftest import NOW, OPERATOR, step
from engine.actions import ActionFailed
from events.models import Event, NewEvent
from instances import results
from instances.acting import Acting
from instances.event_words import actor_of, words_of
from instances.models import Workflow
from instances.tests.calls import act, stored, submit, timeline
from registry.definitions import definition_of
from registry.models import WorkflowTemplate
from rest.admin import CappedPaginator
from rest.tests.staff import browser, browser_of, staff, violations

type Builder[T] = Callable[..., T]

LIST = "/admin/instances/workflow/"
SEE, ACT = "instances.view_workflow", "instances.change_workflow"
SENSITIVE = "instances.view_sensitive"
CARD = "4929 1234 5678 9012"
NOBODY = "00000000-0000-4000-8000-000000000000"
ACTING = Acting(caller=OPERATOR, at=NOW)


@pytest.fixture
def loan(make_workflow: Builder[Workflow]) -> Workflow:
    """A workflow that asks for a purpose, a plate if it is a car, and a card."""
    return make_workflow(
        name="loan",
        properties={
            "purpose": {
                "type": "string",
                "title": "Purpose",
                "oneOf": [{"const": "car", "title": "A car"}, {"const": "home", "title": "A home"}],
            },
            "plate": {"type": "string", "title": "Number plate"},
            "card": {"type": "string", "title": "Card number", "x-sensitive": "mask"},
            "amount": {"type": "number", "title": "Amount", "x-unit": "EUR", "maximum": 1000},
        },
        steps=[
            step("what", name="The loan", fields=["purpose", "amount"]),
            step("car", name="The car", fields=["plate"], when={"field": "purpose", "op": "==", "value": "car"}),
            step("pay", name="Paying", fields=["card"]),
        ],
    )


@contextmanager
def _held(workflow: Workflow) -> Iterator[Workflow]:
    """Lock a workflow for what came from outside."""
    with transaction.atomic():
        held = results.hold(workflow.pk, ACTING)
        assert held is not None
        yield held


@pytest.fixture
def failed(make_workflow: Builder[Workflow]) -> Workflow:
    """A workflow whose end action was given up."""
    workflow = make_workflow(
        end_action_type="api_call", end_action_target="https://bank.example/loans", state_data={"email": "a@b.example"}
    )
    with _held(workflow) as held:
        results.give_up(held, code="http_404", reason="The receiver answered 404.", acting=ACTING)
    return stored(workflow)


def page(client: Client, workflow: Workflow, query: str = "") -> str:
    response = client.get(f"{LIST}{workflow.pk}/change/{query}")
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def lines(text: str, section: str) -> dict[str, str]:
    """Return the names and words of one part of the page."""
    (part,) = re.findall(rf'<section[^>]*aria-labelledby="{section}">(.*?)</section>', text, re.DOTALL)
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", part, re.DOTALL))


def told(text: str) -> list[tuple[str, str]]:
    """Return what the timeline says, and who did it."""
    (part,) = re.findall(r'<table class="staff-timeline">(.*?)</table>', text, re.DOTALL)
    return re.findall(r"</th><td>(.*?)</td><td>(.*?)</td>", part, re.DOTALL)


def confirm(client: Client, workflow: Workflow, name: str, **sent: Any) -> Any:
    """Open the page on which an act is confirmed, and confirm it."""
    address = f"{LIST}{workflow.pk}/{name}/"
    form = client.get(address).content.decode()
    assert violations(form) == []
    (revision,) = re.findall(r'name="revision" value="(\d+)"', form)
    return client.post(address, {"revision": revision, **sent}, follow=True)


def test_the_page_says_where_a_workflow_stands_in_words(client: APIClient, loan: Workflow) -> None:
    submit(client, loan, {"purpose": "car", "amount": 500, "card": CARD})

    shown = page(browser(SEE), loan)

    standing = lines(shown, "standing")
    assert standing["Status"] == "active"
    assert standing["Current step"] == "The car"
    assert standing["Missing"] == "Number plate"
    assert standing["Waits for"] == "answers of the person"
    assert standing["Template"] == "loan, version 1"
    assert lines(shown, "values") == {"Purpose": "A car", "Amount": "500 EUR", "Card number": "***"}
    assert violations(shown) == []


def test_sensitive_values_are_shown_to_those_alone_who_may_see_them(
    client: APIClient, loan: Workflow, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    submit(client, loan, {"purpose": "home", "card": CARD})

    hidden, open_ = page(browser(SEE, ACT), loan), page(browser(SEE, SENSITIVE), loan)

    assert CARD not in hidden
    assert lines(open_, "values")["Card number"] == CARD
    assert CARD not in caplog.text


def test_what_is_set_aside_taken_out_and_refused_is_told_apart(client: APIClient, make_workflow: Any) -> None:
    properties = {
        "kind": {"type": "string", "title": "Kind"},
        "pin": {"type": "string", "title": "PIN", "x-sensitive": "mask", "x-when": _is("kind", "card")},
        "slot": {"type": "string", "title": "Slot", "x-depends-on": ["kind"], "x-on-change": "reset"},
        "age": {"type": "integer", "title": "Age"},
    }
    workflow = make_workflow(properties=properties, required=["kind", "slot", "age"], steps=_steps(properties))
    submit(client, workflow, {"kind": "card", "pin": "1234 5678", "slot": "noon"})
    submit(client, workflow, {"kind": "cash", "age": "old"})
    submit(client, workflow, {"age": "very old"})

    shown = page(browser(SEE), workflow)

    assert lines(shown, "values") == {"Kind": "cash"}
    assert lines(shown, "parked") == {"PIN": "***"}
    assert lines(shown, "previous") == {"Slot": "noon"}
    assert lines(shown, "refused") == {"Age": "2"}
    assert "1234 5678" not in shown
    assert lines(page(browser(SEE, SENSITIVE), workflow), "parked") == {"PIN": "1234 5678"}


def test_the_result_of_the_end_is_shown_without_what_is_hidden(make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow(
        properties={"card": {"type": "string", "x-sensitive": "mask"}},
        end_action_type="api_call",
        end_action_target="https://bank.example/loans",
        state_data={"card": CARD},
    )
    answer = {"id": 7, "lines": [{"paid": True}], "echo": f"of {CARD}"}
    with _held(workflow) as held:
        results.finish(held, result=answer, acting=ACTING)

    hidden, open_ = page(browser(SEE), workflow), page(browser(SEE, SENSITIVE), workflow)

    assert lines(hidden, "result") == {"id": "7", "lines": "paid: Yes", "echo": "of ***"}
    assert CARD not in hidden
    assert lines(open_, "result")["echo"] == f"of {CARD}"


def test_the_timeline_tells_what_happened_newest_first_and_quotes_no_answer(client: APIClient, loan: Workflow) -> None:
    submit(client, loan, {"purpose": "car", "card": CARD})
    submit(client, loan, {"purpose": "home", "amount": 5000})
    act(client, loan, "pause", reason="lunch")

    said = told(page(browser(SEE), loan))

    words = [line for line, _ in said]
    assert words[0] == "Paused. lunch"
    assert "Corrected: Purpose. Refused: Amount." in words
    assert "Answered: Purpose, Card number." in words
    assert words[-2:] == ["Began.", "Started."]
    assert said[0][1].startswith("API key ")
    assert said[-1][1] == "test"
    assert CARD not in " ".join(words)


def test_a_long_timeline_comes_in_pages(loan: Workflow) -> None:
    loan.log([NewEvent(type="workflow.resumed", data={})] * 120, at=NOW, actor="user:ada")

    first, last = page(browser(SEE), loan), page(browser(SEE), loan, "?page=3")

    assert [len(told(text)) for text in (first, last)] == [50, 22]
    assert told(first)[0] == ("Resumed.", "ada")
    assert told(last)[-1][0] == "Started."
    assert "Page 3 of 3" in last


@pytest.mark.parametrize("wanted", ["?page=x", "?page=99", "?page=-1"])
def test_pages_that_are_not_there_are_no_failure(loan: Workflow, wanted: str) -> None:
    assert told(page(browser(SEE), loan, wanted))


EVENTS: dict[str, tuple[dict[str, Any], str]] = {
    "workflow.created": (
        {"refused": [{"field": "amount", "code": "type"}], "waiting_for": ["kyc"]},
        "Started. Refused: Amount. First to be completed: kyc.",
    ),
    "workflow.step_completed": ({"step": "pay"}, "Step done: Paying."),
    "workflow.action_failed": (
        {"step": "pay", "reason": "No money."},
        "No usable answer came for the step: Paying. No money.",
    ),
    "workflow.failed": ({"code": "x", "reason": "It {broke}."}, "Failed. It {broke}."),
    "workflow.cancelled": ({"reason": ""}, "Cancelled."),
    "workflow.completed": ({"outcome": "approved"}, "Completed: approved."),
    "workflow.submitted": ({"source": "client"}, "Nothing changed."),
    "workflow.something_new": ({"step": "gone"}, "workflow.something_new"),
}


@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_has_words(loan: Workflow, kind: str) -> None:
    data, words = EVENTS[kind]

    assert words_of(definition_of(loan.version_id), Event(type=kind, data=data)) == words


def test_a_submission_is_told_with_all_that_it_did(loan: Workflow) -> None:
    data = {
        "set": {"purpose": "car"},
        "cleared": ["plate"],
        "appended": {"gone": {"1": 2}},
        "invalidated": {"amount": "purpose"},
        "skipped": ["pay"],
        "rejected": [{"at": "card", "code": "type"}, {"at": "what", "code": "required"}],
    }

    words = words_of(definition_of(loan.version_id), Event(type="workflow.submitted", data=data))

    assert words == (
        "Answered: Purpose. Cleared: Number plate. Added to: gone. Taken out, for another answer changed: Amount. "
        "Skipped: Paying. Refused: Card number, The loan."
    )


@pytest.mark.parametrize(
    ("actor", "words"), [("key:ab12", "API key ab12"), ("user:ada:b", "ada:b"), ("worker", "worker"), ("x:y", "x:y")]
)
def test_who_did_it_is_named_as_people_know_them(actor: str, words: str) -> None:
    assert actor_of(Event(actor=actor)) == words


# ---- Acts ----


def test_a_workflow_is_cancelled_with_a_reason_once_it_is_confirmed(loan: Workflow) -> None:
    person = staff(SEE, ACT)

    done = confirm(browser_of(person), loan, "cancel", reason="Asked for twice.")

    assert (stored(loan).status, stored(loan).reason) == ("cancelled", "Asked for twice.")
    assert done.redirect_chain == [(f"{LIST}{loan.pk}/change/", 302)]
    shown = html.unescape(done.content.decode())
    assert told(shown)[0] == ("Cancelled. Asked for twice.", person.username)
    assert lines(shown, "standing")["Reason"] == "Asked for twice."
    assert "/cancel/" not in shown
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.change_message) == (person, str(loan.pk), "Cancelled.")
    history = browser_of(person).get(f"{LIST}{loan.pk}/history/").content.decode()
    assert "Cancelled." in history
    assert violations(history) == []


def test_to_cancel_needs_a_reason_and_what_was_typed_is_kept(loan: Workflow) -> None:
    client = browser(SEE, ACT)

    assert "This field is required." in confirm(client, loan, "cancel", reason=" ").content.decode()
    long = confirm(client, loan, "cancel", reason="because " * 200).content.decode()
    assert "at most 1000 characters" in long
    assert "because because" in long
    assert stored(loan).status == "active"


def test_what_failed_is_asked_for_again(failed: Workflow) -> None:
    operator = browser(SEE, ACT)
    shown = page(operator, failed)
    assert lines(shown, "standing")["Why it failed"] == "The receiver answered 404. (http_404)"
    assert f"{LIST}{failed.pk}/retry/" in shown

    done = confirm(operator, failed, "retry")

    assert stored(failed).status == "finishing"
    assert "Asked again for what failed." in done.content.decode()
    assert timeline(failed.pk)[-2:] == ["workflow.retried", "workflow.end_action_requested"]
    assert LogEntry.objects.get().change_message == "Asked again for what failed."


def test_an_act_on_what_somebody_changed_meanwhile_is_refused_and_says_so(client: APIClient, loan: Workflow) -> None:
    seen = loan.revision
    submit(client, loan, {"purpose": "car"})

    sent = {"revision": seen, "reason": "Asked for twice."}
    told_so = browser(SEE, ACT).post(f"{LIST}{loan.pk}/cancel/", sent, follow=True).content.decode()

    assert "Somebody changed this workflow since you looked at it." in told_so
    assert stored(loan).status == "active"
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30])
def test_a_revision_that_is_none_is_refused(loan: Workflow, revision: str) -> None:
    response = browser(SEE, ACT).post(f"{LIST}{loan.pk}/cancel/", {"revision": revision, "reason": "x"}, follow=True)

    assert response.status_code == 200
    assert stored(loan).status == "active"


@pytest.fixture
def looking_up(make_workflow: Builder[Workflow]) -> Workflow:
    """A workflow that waits for the balance of an account."""
    action = {"type": "api_call", "target": "https://bank.example/accounts", "result": {"balance": "/available"}}
    funds = step("funds", name="Your funds", fields=["balance"], action={**action, "idempotent": True})
    return make_workflow(properties={"balance": {"type": "number", "title": "Balance"}}, steps=[funds])


def test_a_step_that_is_found_out_is_waited_for_and_asked_for_again(looking_up: Workflow) -> None:
    operator = browser(SEE, ACT)
    before = lines(page(operator, looking_up), "standing")
    assert before["Waits for"] == "an answer to the step Your funds"
    assert before["Found out by itself: Your funds"] == "requested"
    with _held(looking_up) as held:
        failure = ActionFailed(code="http_503", reason="The bank is closed.")
        results.receive(held, step="funds", run=1, result=failure, acting=ACTING)

    after = page(operator, looking_up)
    confirm(operator, looking_up, "retry")

    assert lines(after, "standing")["Found out by itself: Your funds"] == "failed The bank is closed."
    assert told(after)[1][0] == "No usable answer came for the step: Your funds. The bank is closed."
    assert stored(looking_up).status == "active"
    again = lines(page(operator, looking_up), "standing")
    assert (again["Status"], again["Waits for"]) == (before["Status"], before["Waits for"])


def test_a_retry_that_finds_the_slot_of_the_conversation_taken_says_so(
    looking_up: Workflow, make_workflow: Builder[Workflow]
) -> None:
    with _held(looking_up) as held:
        results.receive(held, step="funds", run=1, result=ActionFailed(code="x", reason="Closed."), acting=ACTING)
    make_workflow(conversation_id=looking_up.conversation_id)

    answer = confirm(browser(SEE, ACT), looking_up, "retry").content.decode()

    assert "This conversation has an active workflow" in answer
    assert stored(looking_up).status == "failed"


def test_what_cannot_be_done_is_not_offered_and_says_why(loan: Workflow) -> None:
    operator = browser(SEE, ACT)
    assert "/retry/" not in page(operator, loan)

    retried = operator.get(f"{LIST}{loan.pk}/retry/", follow=True).content.decode()
    confirm(operator, loan, "cancel", reason="Done.")
    again = operator.get(f"{LIST}{loan.pk}/cancel/", follow=True).content.decode()
    forced = operator.post(f"{LIST}{loan.pk}/cancel/", {"revision": stored(loan).revision, "reason": "x"}, follow=True)

    assert "Nothing has failed here that could be asked for again." in retried
    assert "This workflow cannot be cancelled" in again
    assert "The workflow is cancelled. Start a new one." in forced.content.decode()


# ---- The list ----


def test_the_list_is_searched_by_whole_ids_and_narrowed(make_workflow: Builder[Workflow], make_template: Any) -> None:
    kept, other = make_template(name="kept"), make_template(name="other")
    wanted = make_workflow(template=kept, conversation_id="chat 1")
    make_workflow(template=other, conversation_id="chat 11")
    client = browser(SEE)

    def found(**query: str) -> int:
        response = client.get(LIST, query)
        assert response.status_code == 200
        return len(response.context["cl"].result_list)

    assert found() == found(q="user 1") == 2
    assert found(q=" chat 1 ") == found(q=str(wanted.pk)) == found(template=str(kept.pk)) == 1
    assert found(q="chat") == found(status__exact="paused") == found(template=NOBODY) == found(q="a\x1fb") == 0
    assert found(template="nonsense") == 2


def test_the_price_of_the_list_does_not_grow(
    make_workflow: Builder[Workflow],
    make_template: Builder[WorkflowTemplate],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = browser(SEE)
    for _ in range(12):
        make_workflow()
    client.get(LIST)

    with django_assert_num_queries(7):  # session, person, their permissions; names of templates, count, rows
        shown = client.get(LIST).content.decode()

    assert shown.count('class="field-template') == 12
    assert violations(shown) == []


def test_a_list_is_counted_only_so_far(make_workflow: Builder[Workflow], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CappedPaginator, "MOST", 3)
    for _ in range(5):
        make_workflow()

    response = browser(SEE).get(LIST)

    assert response.context["cl"].result_count == 3


def test_the_price_of_a_page_does_not_grow(
    client: APIClient, loan: Workflow, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    operator = browser(SEE, ACT, "deliveries.view_delivery")
    for amount in range(10):
        submit(client, loan, {"amount": amount, "purpose": "car"})
    page(operator, loan)

    with django_assert_num_queries(7):  # session, person, their permissions; workflow, count and page of the timeline
        shown = page(operator, loan)

    assert f"/admin/deliveries/delivery/?workflow__id__exact={loan.pk}" in shown
    assert operator.get(f"/admin/deliveries/delivery/?workflow__id__exact={loan.pk}").status_code == 200


# ---- Who may ----


def test_who_may_only_look_does_nothing(loan: Workflow, failed: Workflow) -> None:
    looker = browser(SEE)

    for workflow in (loan, failed):
        assert "/cancel/" not in page(looker, workflow)
        assert "/retry/" not in page(looker, workflow)
        for name in ("cancel", "retry"):
            assert looker.get(f"{LIST}{workflow.pk}/{name}/").status_code == 403
            sent = {"revision": workflow.revision, "reason": "x"}
            assert looker.post(f"{LIST}{workflow.pk}/{name}/", sent).status_code == 403
    assert looker.post(f"{LIST}{loan.pk}/delete/", {"post": "yes"}).status_code == 403
    assert looker.get(f"{LIST}add/").status_code == 403
    assert (stored(loan).status, stored(failed).status) == ("active", "failed")


@pytest.mark.parametrize("path", ["", "{}/change/", "{}/cancel/", "{}/retry/", "{}/history/"])
def test_strangers_are_not_let_in(loan: Workflow, path: str) -> None:
    address = LIST + path.format(loan.pk)

    assert browser("deliveries.view_delivery").get(address).status_code == 403
    assert Client().get(address).headers["Location"].startswith("/admin/login/")


def test_an_act_from_elsewhere_is_refused(loan: Workflow) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(staff(SEE, ACT))

    assert careful.post(f"{LIST}{loan.pk}/cancel/", {"revision": loan.revision, "reason": "x"}).status_code == 403
    assert stored(loan).status == "active"


@pytest.mark.parametrize("path", ["nonsense/change/", f"{NOBODY}/change/", f"{NOBODY}/cancel/"])
def test_a_workflow_that_is_not_there_is_no_failure(loan: Workflow, path: str) -> None:
    response = browser(SEE, ACT).get(LIST + path, follow=True)

    assert response.status_code == 200
    assert "There is no such workflow." in response.content.decode()


def test_what_people_said_is_text_and_not_markup(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow(properties={"a": {"type": "string", "title": "<i>A</i>"}, "b": {"type": "string"}})
    submit(client, workflow, {"a": "<script>alert(1)</script>"})

    shown = browser(SEE).get(f"{LIST}{workflow.pk}/change/").content.decode()

    assert "<script>alert" not in shown
    assert "<i>A</i>" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def _is(field: str, value: str) -> dict[str, str]:
    return {"field": field, "op": "==", "value": value}


def _steps(properties: dict[str, Any]) -> list[dict[str, Any]]:
    return [step(name, fields=[name]) for name in properties]
