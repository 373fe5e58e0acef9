"""Two sweeps, and people who come back in that very moment: each workflow ends once, whoever commits first wins."""

from collections import ChainMap, Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from uuid import UUID, uuid4

import pytest
from rest_framework.test import APIClient

from conftest import NOW, OPERATOR
from engine.errors import Conflict
from engine.progress import Status
from engine.submission import Submission
from events.models import Event
from instances import services
from instances.acting import Acting
from instances.models import Workflow
from instances.sweep import Swept, expire_idle
from instances.tests.calls import act, submit
from instances.tests.racing import at_once
from registry.models import WorkflowTemplate

pytestmark = pytest.mark.django_db(transaction=True)

type Builder[T] = Callable[..., T]

MANY = 1000
WEEK = timedelta(days=7)
DUE = NOW + WEEK
ENDED = ["workflow.completed", "workflow.cancelled", "workflow.expired", "workflow.failed"]
SUBMISSIONS = {
    "applied": Submission(data={"a": "A"}),
    "rejected": Submission(data={"a": 5}),
    "noop": Submission(),
    "completed": Submission(data={"a": "A", "b": "B"}),
}
"""What people do, by what becomes of it if they come first."""


@pytest.fixture
def due(make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow]) -> Callable[[int], list[Workflow]]:
    """Return a builder of many workflows that are due in a week, one of them started and the others its copies."""
    template = make_template(properties={"a": {"type": "string"}, "b": {"type": "string"}}, expires_after="P7D")

    def make(number: int) -> list[Workflow]:
        started = make_workflow(template=template)
        columns = {field.attname: getattr(started, field.attname) for field in Workflow._meta.concrete_fields}
        started.delete()
        return Workflow.objects.bulk_create(
            Workflow(**{**columns, "id": uuid4(), "conversation_id": f"copy {n}"}) for n in range(number)
        )

    return make


def ends() -> Counter[UUID]:
    """Return how often each workflow ended, as its events tell."""
    return Counter(Event.objects.filter(type__in=ENDED).values_list("subject_id", flat=True))


def visit(workflows: Sequence[Workflow]) -> dict[UUID, str]:
    """Submit to each workflow in the moment it is due, and return what became of each submission."""
    became = {}
    for workflow, (kind, submission) in zip(workflows, cycle(SUBMISSIONS.items()), strict=False):
        try:
            services.submit(workflow.pk, submission, Acting(caller=OPERATOR, at=DUE))
            became[workflow.pk] = kind
        except Conflict as refused:
            became[workflow.pk] = refused.code
    return became


def test_two_sweeps_and_a_thousand_submissions_end_each_workflow_once(due: Callable[[int], list[Workflow]]) -> None:
    in_turn = sorted(due(MANY), key=lambda workflow: workflow.pk)  # as the sweeps take them
    with_the_sweeps, against_them = in_turn[::2], in_turn[1::2][::-1]
    jobs: list[Callable[[], Swept | dict[UUID, str]]] = [
        *[partial(expire_idle, DUE)] * 2,
        *(partial(visit, some) for some in (with_the_sweeps, against_them)),
    ]

    results = at_once(jobs)

    swept = [result for result in results if isinstance(result, Swept)]
    became = dict(ChainMap(*(result for result in results if isinstance(result, dict))))
    stored = {workflow.pk: workflow for workflow in Workflow.objects.all()}
    expired = {pk for pk, workflow in stored.items() if workflow.reason == "expired"}
    assert (len(became), [result.failed for result in swept]) == (MANY, [0, 0])
    assert 0 < len(expired) == sum(result.expired for result in swept) < MANY
    assert {pk for pk, kind in became.items() if kind == "workflow_ended"} == expired
    assert ends() == {pk: 1 for pk, kind in became.items() if kind in ("workflow_ended", "completed")}
    assert {(kind, stored[pk].status, stored[pk].expires_at) for pk, kind in became.items()} <= {
        ("workflow_ended", Status.CANCELLED, None),
        ("completed", Status.COMPLETED, None),
        ("applied", Status.ACTIVE, DUE + WEEK),
        ("rejected", Status.ACTIVE, DUE + WEEK),
        ("noop", Status.ACTIVE, DUE + WEEK),
    }


def test_a_confirmation_and_two_sweeps_leave_one_end(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    for _ in range(8):
        workflow = make_workflow(confirmation="required", expires_after="P7D")
        token = submit(client, workflow, {"email": "a@b.example"}).json()["confirmation"]["token"]
        due = Workflow.objects.get(pk=workflow.pk).expires_at
        assert due is not None

        def confirm(workflow: Workflow = workflow, token: str = token) -> int:
            return act(client, workflow, "confirm", token=token).status_code

        def expire(at: datetime = due) -> int:
            return expire_idle(at).expired

        jobs: list[Callable[[], int]] = [confirm, expire, expire]
        confirmed, first, second = at_once(jobs)

        status = Workflow.objects.get(pk=workflow.pk).status
        ended = list(Event.objects.of(workflow.pk).filter(type__in=ENDED).values_list("type", flat=True))
        assert (confirmed, first + second) in {(200, 0), (409, 1)}
        assert (status, ended) == (
            (Status.COMPLETED, ["workflow.completed"]) if confirmed == 200 else (Status.CANCELLED, ["workflow.expired"])
        )
