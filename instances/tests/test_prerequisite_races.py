"""What waits is activated once and never forgotten, whatever else happens at the same moment."""

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread
from threading import Event as Flag
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from conftest import NOW, OPERATOR
from engine.submission import Submission
from events.models import Event
from instances.acting import Acting
from instances.models import Workflow
from instances.services import submit
from instances.tests.calls import begun, seen, timeline
from instances.tests.racing import at_once
from permissions.models import UserType
from registry.models import WorkflowTemplate

pytestmark = pytest.mark.django_db(transaction=True)

type Builder[T] = Callable[..., T]
type Body = dict[str, Any]
type Job = Callable[[], Any]

GIVEN = {"data": {"email": "a@b.example"}}


def post(client: APIClient, path: str, body: Body | None = None) -> int:
    return client.post(path, body or {}).status_code


def act(client: APIClient, workflow: Body, name: str, body: Body | None = None) -> int:
    return post(client, f"/api/workflows/{workflow['id']}/{name}", body)


def finishing(client: APIClient, workflow: Body) -> Callable[[], int]:
    """Return the job of giving a workflow all that is asked for."""
    return partial(act, client, workflow, "submit", GIVEN)


def both(one: Job, other: Job) -> list[Any]:
    """Do both at the same moment."""
    return at_once([one, other])


def complete(workflow: Body) -> None:
    """Give a workflow all that is asked for, within a transaction of the caller's."""
    submit(UUID(workflow["id"]), Submission(data=GIVEN["data"]), Acting(caller=OPERATOR, at=NOW))


def activations(workflow: Body) -> int:
    return Event.objects.filter(subject_id=workflow["id"], type="workflow.activated").count()


def test_two_prerequisites_completed_at_the_same_moment_activate_what_waits_once(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("credit")
    offer("loan", "kyc", "credit")
    for turn in range(20):
        person = {"user_id": f"user {turn}"}
        loan = begun(client, "loan", conversation_id=f"loan {turn}", **person)
        kyc = begun(client, "kyc", conversation_id=f"kyc {turn}", **person)
        credit = begun(client, "credit", conversation_id=f"credit {turn}", **person)

        answers = both(finishing(client, kyc), finishing(client, credit))

        assert answers == [200, 200]
        assert (seen(client, loan)["status"], activations(loan)) == ("active", 1)


def test_a_completion_that_is_not_committed_yet_is_waited_for(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("credit")
    offer("loan", "kyc", "credit")
    loan = begun(client, "loan")
    kyc, credit = (begun(client, name, conversation_id=name) for name in ("kyc", "credit"))
    completed = Flag()

    def commit_late() -> None:
        with transaction.atomic():
            complete(kyc)
            completed.set()
            sleep(0.3)

    def come_in_between() -> int:
        completed.wait(timeout=10)
        return finishing(client, credit)()

    assert both(commit_late, come_in_between) == [None, 200]

    assert (seen(client, loan)["status"], activations(loan)) == ("active", 1)


def test_a_start_at_the_moment_of_the_completion_is_not_left_waiting(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    for turn in range(10):
        person = {"user_id": f"user {turn}"}
        kyc = begun(client, "kyc", conversation_id=f"kyc {turn}", **person)
        start = partial(begun, client, "loan", conversation_id=f"loan {turn}", **person)

        _, loan = both(finishing(client, kyc), start)

        assert (seen(client, loan)["status"], activations(loan)) == ("active", 1)


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("activate", {"active"}),
        ("cancel", {"cancelled"}),
        ("pause", {"paused", "active"}),
        ("submit", {"active", "completed"}),
    ],
)
def test_a_completion_and_an_act_on_what_waits_leave_one_truth(
    client: APIClient, offer: Builder[WorkflowTemplate], name: str, ends: set[str]
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    for turn in range(6):
        person = {"user_id": f"user {turn}"}
        loan = begun(client, "loan", conversation_id=f"loan {turn}", **person)
        kyc = begun(client, "kyc", conversation_id=f"kyc {turn}", **person)

        done, acted = both(finishing(client, kyc), partial(act, client, loan, name, GIVEN if name == "submit" else {}))

        stored = Workflow.objects.get(pk=loan["id"])
        assert (done, acted in (200, 409)) == (200, True)
        assert (stored.status in ends, stored.is_waiting) == (True, False)
        assert activations(loan) <= 1
        sequence = list(Event.objects.of(stored.pk).values_list("sequence", flat=True))
        assert sequence == list(range(1, len(sequence) + 1))


def test_deleting_what_waits_at_the_moment_of_the_completion_harms_neither(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    for turn in range(6):
        person = {"user_id": f"user {turn}"}
        loan = begun(client, "loan", conversation_id=f"loan {turn}", **person)
        kyc = begun(client, "kyc", conversation_id=f"kyc {turn}", **person)

        def delete(loan: Body = loan) -> int:
            return client.delete(f"/api/workflows/{loan['id']}").status_code

        done, deleted = both(finishing(client, kyc), delete)

        assert (done, deleted in (204, 409)) == (200, True)
        assert Workflow.objects.filter(pk=loan["id"], status="active").exists() is (deleted == 409)


def test_a_slot_that_somebody_else_takes_at_the_same_moment_leaves_it_waiting(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    for turn in range(20):
        shared = f"shared {turn}"
        loan = begun(client, "loan", conversation_id=shared)
        kyc = begun(client, "kyc", conversation_id=f"kyc {turn}")
        order = {"template": "kyc", "user_type": "customer", "conversation_id": shared, "user_id": "u2"}

        done, other = both(finishing(client, kyc), partial(post, client, "/api/workflows", order))

        stored = Workflow.objects.get(pk=loan["id"])
        assert (done, stored.status, stored.is_waiting) == (
            (200, "active", False) if other == 409 else (200, "created", True)
        )
        assert Workflow.objects.active_in(shared).count() == 1
        Workflow.objects.all().delete()


def test_persons_who_wake_in_the_same_conversations_do_not_wait_for_each_other(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    for turn in range(5):
        shared = [f"{name} {turn}" for name in ("a", "b", "c", "d")]
        waiting = [
            begun(client, "loan", conversation_id=conversation, user_id=user)
            for user, order in (("u1", shared), ("u2", shared[::-1]))
            for conversation in order
        ]
        first, second = (begun(client, "kyc", conversation_id=f"{u} {turn}", user_id=u) for u in ("u1", "u2"))

        answers = both(finishing(client, first), finishing(client, second))

        assert answers == [200, 200]
        assert [Workflow.objects.active_in(conversation).count() for conversation in shared] == [1] * 4
        assert Workflow.objects.filter(is_waiting=True).count() == 4
        assert sum(map(activations, waiting)) == 4
        Workflow.objects.all().delete()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_of_two_who_want_the_slot_that_the_other_has_just_taken_both_completions_stand(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    for name in ("first", "second"):
        offer(name)
        offer(f"after {name}", name)
    barrier = Barrier(2)

    def prepare(user: str, conversations: tuple[str, str]) -> Job:
        mine = {"user_id": user}
        for name, conversation in zip(("first", "second"), conversations, strict=True):
            begun(client, f"after {name}", conversation_id=conversation, **mine)
        first, second = (begun(client, name, conversation_id=f"{user} {name}", **mine) for name in ("first", "second"))

        def wake_one_and_then_the_other() -> None:
            with transaction.atomic():
                complete(first)
                barrier.wait(timeout=10)
                complete(second)

        return wake_one_and_then_the_other

    both(prepare("u1", ("a", "b")), prepare("u2", ("b", "a")))

    assert Workflow.objects.filter(status="completed").count() == 4
    assert [Workflow.objects.active_in(name).get().user_id for name in ("a", "b")] == ["u1", "u2"]
    assert Workflow.objects.filter(is_waiting=True).count() == 2


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.parametrize("commits", [True, False])
def test_a_slot_that_is_being_taken_is_waited_for_shortly_and_the_completion_stands(
    client: APIClient, offer: Builder[WorkflowTemplate], make_user_type: Builder[UserType], *, commits: bool
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    loan, kyc = begun(client, "loan"), begun(client, "kyc", conversation_id="c2")
    other = begun(client, "kyc", user_id="u2", activate=False)
    taken, enough = Flag(), Flag()

    def take_the_slot() -> None:
        try:
            with transaction.atomic():
                Workflow.objects.filter(pk=other["id"]).update(status="active")
                taken.set()
                enough.wait(timeout=10)
                transaction.set_rollback(not commits)
        finally:
            connection.close()

    thread = Thread(target=take_the_slot)
    thread.start()
    taken.wait(timeout=10)

    began = monotonic()
    done = finishing(client, kyc)()
    lasted = monotonic() - began
    enough.set()
    thread.join()

    assert done == 200
    assert lasted < 1, "the database would look for a victim then"
    assert (seen(client, kyc)["status"], seen(client, loan)["waiting_for"]) == ("completed", ["activation"])
    assert timeline(loan["id"]) == ["workflow.created"]
    assert act(client, loan, "activate") == (409 if commits else 200)
