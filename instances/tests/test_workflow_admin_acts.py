"""Workflows are cancelled and retried in the admin."""

import html
from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from rest_framework.test import APIClient

from conftest import step
from engine.actions import ActionFailed
from instances import results
from instances.models import Workflow
from instances.tests.admin_pages import ACT, ACTING, LIST, SEE, confirm, held, lines, page, told
from instances.tests.calls import stored, submit, timeline
from rest.tests.staff import browser, browser_of, staff, violations

type Builder[T] = Callable[..., T]


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
    with held(looking_up) as found:
        failure = ActionFailed(code="http_503", reason="The bank is closed.")
        results.receive(found, step="funds", run=1, result=failure, acting=ACTING)

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
    with held(looking_up) as found:
        results.receive(found, step="funds", run=1, result=ActionFailed(code="x", reason="Closed."), acting=ACTING)
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


def test_an_act_from_elsewhere_is_refused(loan: Workflow) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(staff(SEE, ACT))

    assert careful.post(f"{LIST}{loan.pk}/cancel/", {"revision": loan.revision, "reason": "x"}).status_code == 403
    assert stored(loan).status == "active"
