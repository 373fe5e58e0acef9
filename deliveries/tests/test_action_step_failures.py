"""Steps that the server answers itself, when it goes wrong: of no use, refused, retried, in doubt, never settled."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from conftest import NOW, OPERATOR, step
from deliveries.attempts import carry_out
from deliveries.claiming import LEASE, Begun, begin, claim
from deliveries.dispatch import dispatch
from deliveries.models import Delivery
from deliveries.results import Result
from deliveries.sending import send
from deliveries.settling import settle
from deliveries.tests.looking_up import funds, keys, look_up, parts, paths
from deliveries.tests.receivers import Received, Receiver, Reply, json_reply
from deliveries.tests.working import only_delivery, work, work_patiently
from engine.submission import Submission
from instances import services
from instances.acting import Acting
from instances.models import Workflow
from instances.tests.calls import act, answered, seen, stored, submit, timeline

type Builder[T] = Callable[..., T]

FOUND = json_reply({"available": 250})


def replay(client: APIClient, delivery: Delivery) -> Any:
    return client.post(f"/api/deliveries/{delivery.pk}/replay", {})


# ---- What comes back is of no use ----

LEADS_TO = {"fail": ("failed", None), "skip": ("active", "transfer"), "ask": ("active", "funds")}


@pytest.fixture
def make(listen: Builder[Receiver], make_workflow: Builder[Workflow]) -> Builder[Workflow]:
    """Return a builder of workflows that are answered in this way, whatever they ask for."""

    def make(reply: Reply, **changes: Any) -> Workflow:
        server = listen(lambda _received, _number: reply)
        return make_workflow(**parts(look_up(server, **changes)))

    return make


@pytest.mark.parametrize("on_failure", LEADS_TO)
@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (json_reply({"available": -1}), "result_invalid"),
        (json_reply({"available": "250"}), "result_invalid"),
        (json_reply({"other": 250}), "result_missing"),
        (Reply(body=b"<html>250</html>"), "result_missing"),
        (Reply(), "result_missing"),
    ],
)
def test_an_answer_of_no_use_leads_where_the_author_says(
    client: APIClient, make: Builder[Workflow], reply: Reply, code: str, on_failure: str
) -> None:
    workflow = make(reply, on_failure=on_failure)

    attempts = work_patiently()

    answer = seen(client, {"id": workflow.pk})
    assert (answer["status"], answer["current_step"]) == LEADS_TO[on_failure]
    assert (answer["actions"]["funds"]["status"], answer["actions"]["funds"]["code"]) == ("unusable", code)
    assert answer["state_data"] == {"account": "A1"}
    assert (only_delivery(workflow.pk).status, attempts) == ("delivered", 1)


def test_what_is_asked_instead_is_answered_by_the_person(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, _number: Reply(status=404))
    workflow = make_workflow(**parts(look_up(server, on_failure="ask")))
    work()

    answer = submit(client, workflow, {"balance": 70}).json()

    assert answer["accepted"] == [{"field": "balance"}]
    assert answer["workflow"]["current_step"] == "transfer"
    assert work() == 0


# ---- Refused, and retried ----


@pytest.fixture
def unwell(listen: Builder[Receiver]) -> Receiver:
    """Return a receiver that refuses its first request and takes the others."""
    return listen(lambda _received, number: Reply(status=404) if number == 1 else FOUND)


def test_a_retry_sends_the_same_request_under_the_same_key(
    client: APIClient, unwell: Receiver, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(**parts(look_up(unwell, idempotent=False)))
    work()
    failed = funds(workflow)

    answer = act(client, workflow, "retry").json()
    work()

    assert failed == ("failed", "failed", "http_404")
    assert (answer["next"], answer["workflow"]["failure"]) == ("wait", None)
    assert stored(workflow).state_data == {"account": "A1", "balance": 250}
    assert keys(unwell) == [only_delivery(workflow.pk).pk] * 2
    assert paths(unwell) == ["/accounts/A1"] * 2


def test_a_retry_with_corrected_inputs_is_another_request(
    client: APIClient, unwell: Receiver, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(**parts(look_up(unwell, idempotent=False)))
    work()

    act(client, workflow, "retry", data={"account": "A2"})
    work()

    assert stored(workflow).state_data == {"account": "A2", "balance": 250}
    assert paths(unwell) == ["/accounts/A1", "/accounts/A2"]
    assert len(set(keys(unwell))) == 2


def test_a_retry_while_it_goes_on_without_fills_the_field_late(
    client: APIClient, unwell: Receiver, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(**parts(look_up(unwell, on_failure="skip")))
    work()
    skipped = seen(client, {"id": workflow.pk})["current_step"]

    act(client, workflow, "retry")
    work()

    assert skipped == "transfer"
    assert stored(workflow).state_data == {"account": "A1", "balance": 250}
    assert len(set(keys(unwell))) == 1


def test_what_is_tried_until_it_gets_through_has_one_key_and_counts_once(
    listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    def busy_at_first(_received: Received, number: int) -> Reply:
        return [Reply(status=503), Reply(is_lost=True), FOUND][number - 1]

    server = listen(busy_at_first)
    workflow = make_workflow(**parts(look_up(server, idempotent=False)))

    work_patiently()

    assert stored(workflow).state_data["balance"] == 250
    assert keys(server) == [only_delivery(workflow.pk).pk] * 3
    assert timeline(workflow.pk).count("workflow.action_completed") == 1


def test_what_is_sent_a_day_late_is_what_was_asked_for(
    listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, _number: FOUND)
    steps = [
        step("who", fields=["born"]),
        step("funds", fields=["balance"], action=look_up(server, target=server.url + "/quotes?age={{state.age}}")),
        step("rest", fields=["amount"]),
    ]
    properties = {
        "born": {"type": "string", "format": "date"},
        "age": {"type": "integer", "x-computed": {"years_since": "born"}},
        "balance": {"type": "number"},
        "amount": {"type": "number"},
    }
    turns_thirty = NOW + timedelta(days=1)
    born = turns_thirty.date().replace(year=NOW.year - 30).isoformat()
    workflow = make_workflow(properties=properties, steps=steps, state_data={"born": born})

    services.submit(workflow.pk, Submission(data={"amount": 4}), Acting(caller=OPERATOR, at=turns_thirty))
    work()

    assert paths(server) == ["/quotes?age=29"]
    assert stored(workflow).state_data["balance"] == 250


# ---- In doubt ----


@pytest.fixture
def doubtful(listen: Builder[Receiver]) -> Receiver:
    """Return a receiver of which the first three answers are lost."""
    return listen(lambda _received, number: Reply(is_lost=True) if number <= 3 else FOUND)


def test_what_may_have_been_done_is_sent_again_by_an_operator_alone(
    client: APIClient, doubtful: Receiver, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(**parts(look_up(doubtful, idempotent=False)))
    work_patiently()
    given_up = funds(workflow)

    retried = act(client, workflow, "retry")
    corrected = act(client, workflow, "retry", data={"account": "A2"})
    replayed = replay(client, only_delivery(workflow.pk))
    work_patiently()

    assert given_up == ("failed", "unknown", "protocol")
    assert answered(retried) == (409, "outcome_unknown")
    assert answered(corrected) == (409, "outcome_unknown")
    assert replayed.status_code == 200
    assert keys(doubtful) == [only_delivery(workflow.pk).pk] * 4
    assert stored(workflow).state_data == {"account": "A1", "balance": 250}
    assert funds(workflow) == ("failed", "succeeded", "")
    assert act(client, workflow, "retry").json()["workflow"]["current_step"] == "transfer"


def test_what_may_be_done_twice_is_retried_although_it_may_have_been_done(
    client: APIClient, doubtful: Receiver, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(**parts(look_up(doubtful)))
    work_patiently()

    answer = act(client, workflow, "retry").json()
    work_patiently()

    assert answer["next"] == "wait"
    assert funds(workflow) == ("active", "succeeded", "")
    assert len(set(keys(doubtful))) == 1


def test_an_operator_sends_nothing_again_that_was_given_up_for_other_inputs(
    client: APIClient, unwell: Receiver, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(**parts(look_up(unwell)))
    work()
    old = only_delivery(workflow.pk)
    act(client, workflow, "retry", data={"account": "A2"})
    work()

    assert answered(replay(client, old)) == (409, "nothing_to_replay")


def test_what_a_person_answered_meanwhile_stands_and_is_not_asked_for_by_an_operator(
    client: APIClient, unwell: Receiver, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(**parts(look_up(unwell, on_failure="ask")))
    work()
    submit(client, workflow, {"balance": 70})

    assert answered(replay(client, only_delivery(workflow.pk))) == (409, "nothing_to_replay")
    work()

    assert len(unwell.requests) == 1
    assert stored(workflow).state_data["balance"] == 70


# ---- Killed in between ----


def killed_after_sending() -> tuple[Begun, Result]:
    """Do what a worker does, up to where it is killed: the answer is there, and nobody ever settles it."""
    dispatch(timezone.now())
    held = claim(timezone.now())
    assert held is not None
    begun = begin(held, timezone.now())
    assert begun is not None
    return begun, send(begun.delivery)


AFTER_THE_LEASE = LEASE + timedelta(seconds=1)


@pytest.mark.parametrize("is_idempotent", [True, False])
def test_a_worker_that_is_killed_before_it_settles_is_followed_by_one_that_does(
    listen: Builder[Receiver], make_workflow: Builder[Workflow], is_idempotent: bool
) -> None:
    server = listen(lambda _received, _number: FOUND)
    workflow = make_workflow(**parts(look_up(server, idempotent=is_idempotent)))

    begun, result = killed_after_sending()
    early = work()
    late = work(at=timezone.now() + AFTER_THE_LEASE)

    assert (early, late) == (0, 1)
    assert keys(server) == [only_delivery(workflow.pk).pk] * 2
    assert stored(workflow).state_data == {"account": "A1", "balance": 250}
    assert [found.result for found in only_delivery(workflow.pk).tries.all()] == ["unknown", "delivered"]
    assert not settle(begun, result, at=timezone.now(), chance=0)
    assert timeline(workflow.pk).count("workflow.action_completed") == 1
    assert timeline(workflow.pk).count("workflow.action_outdated") == 0


def test_a_worker_that_was_asleep_past_its_lease_sends_nothing(
    listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, _number: FOUND)
    make_workflow(**parts(look_up(server)))
    dispatch(timezone.now())
    asleep = claim(timezone.now())
    assert asleep is not None

    work(at=timezone.now() + AFTER_THE_LEASE)

    assert not carry_out(asleep)
    assert len(server.requests) == 1


def test_a_correction_while_nobody_settles_leaves_the_old_request_behind(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, _number: FOUND)
    workflow = make_workflow(**parts(look_up(server)))

    killed_after_sending()
    submit(client, workflow, {"account": "A2"})
    work(at=timezone.now() + AFTER_THE_LEASE)

    assert paths(server) == ["/accounts/A1", "/accounts/A2"]
    assert stored(workflow).state_data == {"account": "A2", "balance": 250}


@pytest.fixture
def letter(make_workflow: Builder[Workflow]) -> Workflow:
    """Return a workflow that writes a letter in a step, which no mail server can be asked for twice."""
    words = {"to": "{{state.email}}", "subject": "Hello", "body": "Hello."}
    action = {
        "type": "tool_call",
        "target": "send_email",
        "config": {"arguments": words},
        "result": {"sent": "/sent"},
    }
    steps = [
        step("who", fields=["email"]),
        step("letter", fields=["sent"], action=action),
        step("rest", fields=["note"]),
    ]
    properties = {
        "email": {"type": "string", "format": "email", "x-own-address": True},
        "sent": {"type": "boolean"},
        "note": {"type": "string"},
    }
    return make_workflow(properties=properties, steps=steps, state_data={"email": "ada@example.org"})


def test_a_letter_of_which_nobody_knows_whether_it_went_out_is_not_written_twice(
    client: APIClient, letter: Workflow
) -> None:
    killed_after_sending()

    work(at=timezone.now() + AFTER_THE_LEASE)

    assert len(mail.outbox) == 1
    assert only_delivery(letter.pk).status == "outcome_unknown"
    assert (stored(letter).status, stored(letter).actions["letter"]["status"]) == ("failed", "unknown")
    assert answered(act(client, letter, "retry")) == (409, "outcome_unknown")


def test_an_operator_who_found_out_that_it_did_not_go_out_sends_it_again(client: APIClient, letter: Workflow) -> None:
    killed_after_sending()
    mail.outbox.clear()
    work(at=timezone.now() + AFTER_THE_LEASE)

    replayed = replay(client, only_delivery(letter.pk))
    work()

    assert replayed.status_code == 200
    assert len(mail.outbox) == 1
    assert stored(letter).state_data == {"email": "ada@example.org", "sent": True}
    assert act(client, letter, "retry").json()["workflow"]["current_step"] == "rest"
