"""What stays true when many clients act at the same moment, over HTTP and with real transactions."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import chain
from time import sleep
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import document, step
from engine.conclusion import Decision
from engine.progress import Status
from events.models import Event
from instances import settling
from instances.acting import Acting
from instances.models import Workflow
from instances.tests.racing import at_once
from permissions.models import UserType, UserTypeWorkflowTemplate
from registry.models import TemplateVersion, WorkflowTemplate

pytestmark = pytest.mark.django_db(transaction=True)

type Builder[T] = Callable[..., T]
type Answer = tuple[int, str]
"""Status and `code` of a response; the code is empty if all went well."""

TEXT = {"type": "string"}


def post(client: APIClient, path: str, body: dict[str, Any] | None = None) -> Answer:
    response = client.post(path, body or {})
    return response.status_code, response.json().get("code", "")


def start(client: APIClient, template: WorkflowTemplate, kind: UserType, conversation: str) -> Answer:
    order = {"template_id": template.pk, "conversation_id": conversation, "user_id": "u", "user_type_id": kind.pk}
    return post(client, "/api/workflows", order)


def submit(client: APIClient, workflow: Workflow, data: dict[str, Any], **more: Any) -> Answer:
    return post(client, f"/api/workflows/{workflow.pk}/submit", {"data": data, **more})


def active_in(conversation: str) -> int:
    return Workflow.objects.active_in(conversation).count()


def sequence_of(workflow: Workflow) -> list[int]:
    return list(Event.objects.of(workflow.pk).values_list("sequence", flat=True))


def test_of_fifty_starts_in_one_conversation_one_gets_the_slot(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    template = make_template()
    kind = make_user_type(template)

    answers = at_once([partial(start, client, template, kind, "c1")] * 50)

    assert Counter(answers) == {(201, ""): 1, (409, "active_workflow_exists"): 49}
    assert active_in("c1") == Workflow.objects.count() == 1


def test_of_many_created_workflows_of_a_conversation_one_is_activated(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow]
) -> None:
    template = make_template()
    created = [make_workflow(template=template, conversation_id="c1", activate=False) for _ in range(12)]

    answers = at_once([partial(post, client, f"/api/workflows/{workflow.pk}/activate") for workflow in created])

    assert Counter(answers) == {(200, ""): 1, (409, "active_workflow_exists"): 11}
    assert active_in("c1") == 1
    assert Workflow.objects.filter(status=Status.CREATED).count() == 11


def test_submissions_at_the_same_moment_lose_nothing(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    names = [[f"f{thread}_{turn}" for turn in range(25)] for thread in range(6)]
    workflow = make_workflow(properties=dict.fromkeys([*chain(*names), "last"], TEXT))

    def write(mine: list[str]) -> set[Answer]:
        return {submit(client, workflow, {name: f"value of {name}"}) for name in mine}

    answers = at_once([partial(write, mine) for mine in names])

    stored = Workflow.objects.get(pk=workflow.pk)
    assert answers == [{(200, "")}] * 6
    assert stored.state_data == {name: f"value of {name}" for name in chain(*names)}
    assert stored.revision == workflow.revision + 150
    assert sequence_of(stored) == list(range(1, len(sequence_of(stored)) + 1))
    assert Event.objects.of(stored.pk).filter(type="workflow.submitted").count() == 150


def test_refusals_at_the_same_moment_are_all_counted(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow()

    answers = at_once([partial(submit, client, workflow, {"email": "nobody"})] * 8)

    stored = Workflow.objects.get(pk=workflow.pk)
    assert answers == [(400, "rejected")] * 8
    assert stored.attempts == {"email": 8}
    assert stored.revision == workflow.revision
    assert Event.objects.of(stored.pk).filter(type="workflow.submitted").count() == 8


def test_of_equal_submissions_that_expect_one_revision_one_gets_through(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(properties={"winner": TEXT, "last": TEXT})

    answers = at_once(
        [partial(submit, client, workflow, {"winner": f"w{n}"}, expected_revision=workflow.revision) for n in range(8)]
    )

    stored = Workflow.objects.get(pk=workflow.pk)
    assert Counter(answers) == {(200, ""): 1, (409, "revision_conflict"): 7}
    assert stored.state_data == {"winner": f"w{answers.index((200, ''))}"}
    assert stored.revision == workflow.revision + 1


def test_of_writes_at_the_same_moment_that_match_one_revision_one_gets_through(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    for method in ("patch", "put"):
        workflow = make_workflow(properties={"winner": TEXT, "last": TEXT})

        def write(mine: int, method: str = method, workflow: Workflow = workflow) -> Answer:
            body = {"state_data": {"winner": f"w{mine}"}, "metadata": {"winner": mine}}
            headers = {"If-Match": f'"{workflow.revision}"'}
            response = getattr(client, method)(f"/api/workflows/{workflow.pk}", body, headers=headers)
            return response.status_code, response.json().get("code", "")

        answers = at_once([partial(write, n) for n in range(8)])

        stored, first = Workflow.objects.get(pk=workflow.pk), answers.index((200, ""))
        assert Counter(answers) == {(200, ""): 1, (412, "precondition_failed"): 7}
        assert (stored.state_data, stored.metadata) == ({"winner": f"w{first}"}, {"winner": first})
        assert stored.revision == workflow.revision + 1


def test_patches_at_the_same_moment_merge_into_one_another(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow(properties={"all": {"type": "object"}, "last": TEXT})

    def write(mine: int) -> set[int]:
        path = f"/api/workflows/{workflow.pk}"
        bodies = ({"state_data": {"all": {f"{mine} {n}": n}}, "metadata": {f"{mine} {n}": n}} for n in range(10))
        return {client.patch(path, body).status_code for body in bodies}

    answers = at_once([partial(write, n) for n in range(6)])

    stored, everything = Workflow.objects.get(pk=workflow.pk), {f"{m} {n}": n for m in range(6) for n in range(10)}
    assert answers == [{200}] * 6
    assert (stored.state_data, stored.metadata) == ({"all": everything}, everything)
    assert stored.revision == workflow.revision + 60
    assert sequence_of(stored) == list(range(1, len(sequence_of(stored)) + 1))


def test_completing_and_cancelling_at_the_same_moment_leaves_one_end(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow]
) -> None:
    template = make_template()
    for _ in range(6):
        workflow = make_workflow(template=template)

        done, cancelled = at_once(
            [
                partial(submit, client, workflow, {"email": "a@b.example"}),
                partial(post, client, f"/api/workflows/{workflow.pk}/cancel"),
            ]
        )

        status = Workflow.objects.get(pk=workflow.pk).status
        ended = Event.objects.of(workflow.pk).filter(type__in=["workflow.completed", "workflow.cancelled"])
        assert sorted([done[0], cancelled[0]]) == [200, 409]
        assert status == (Status.COMPLETED if done[0] == 200 else Status.CANCELLED)
        assert [event.type for event in ended] == [f"workflow.{status}"]


def test_versions_published_while_workflows_start_are_numbered_without_gap_and_pinned(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    template = make_template()
    kind = make_user_type(template)

    def publish(author: str) -> set[int]:
        path = f"/api/workflow-templates/{template.pk}"
        return {client.patch(path, {"guidelines": f"{author} {turn}"}).status_code for turn in range(8)}

    def begin(user: str) -> set[int]:
        return {start(client, template, kind, f"{user} {turn}")[0] for turn in range(10)}

    answers = at_once([*(partial(publish, f"a{n}") for n in range(2)), *(partial(begin, f"u{n}") for n in range(3))])

    assert answers == [{200}, {200}, {201}, {201}, {201}]
    numbers = list(TemplateVersion.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 18))
    assert WorkflowTemplate.objects.get().current_version == 17
    started = [list(_versions_of(f"u{n} ")) for n in range(3)]
    assert [len(pinned) for pinned in started] == [10, 10, 10]
    assert all(pinned == sorted(pinned) for pinned in started), "later starts never get an older version"


def _versions_of(user: str) -> list[int]:
    mine = Workflow.objects.filter(conversation_id__startswith=user).order_by("created_at")
    return list(mine.values_list("version__number", flat=True))


def test_of_templates_of_one_name_one_is_created(client: APIClient) -> None:
    answers = at_once([partial(post, client, "/api/workflow-templates", document(name="loan"))] * 8)

    assert Counter(answers) == {(201, ""): 1, (400, "already_exists"): 7}
    assert list(TemplateVersion.objects.values_list("template__name", "number")) == [("loan", 1)]


def test_a_grant_repeated_at_the_same_moment_is_made_once(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    body = {"user_type_id": make_user_type().pk, "workflow_template_id": make_template().pk}

    answers = at_once([partial(post, client, "/api/permissions", body)] * 8)

    assert Counter(answers) == {(201, ""): 1, (400, "already_granted"): 7}
    assert UserTypeWorkflowTemplate.objects.count() == 1


def test_a_conversation_is_never_free_between_a_workflow_and_the_one_it_hands_over_to(
    client: APIClient,
    make_template: Builder[WorkflowTemplate],
    make_user_type: Builder[UserType],
    make_workflow: Builder[Workflow],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    admitted = settling._admitted

    def admitted_late(plan: settling.Plan, acting: Acting) -> tuple[Workflow, Decision]:
        """Leave others time to get in between, if there is a between."""
        if plan.predecessor is not None:
            sleep(0.1)
        return admitted(plan, acting)

    monkeypatch.setattr(settling, "_admitted", admitted_late)
    thanks = make_template(name="thanks", properties={"happy": {"type": "boolean"}}, steps=[step(fields=["happy"])])
    loan = make_template(end_action_type="workflow", end_action_target="thanks")
    kind = make_user_type(thanks, loan)
    for turn in range(2):
        conversation = f"c{turn}"
        workflow = make_workflow(template=loan, user_type=kind, conversation_id=conversation)

        def complete(workflow: Workflow = workflow) -> set[Answer]:
            return {submit(client, workflow, {"email": "a@b.example"})}

        def intrude(conversation: str = conversation) -> set[Answer]:
            """Try before, while and after the workflow hands over."""
            return {start(client, loan, kind, conversation) for _ in range(10)}

        jobs: list[Callable[[], set[Answer]]] = [complete, *[intrude] * 4]
        done, *others = at_once(jobs)

        assert (done, others) == ({(200, "")}, [{(409, "active_workflow_exists")}] * 4)
        assert Workflow.objects.active_in(conversation).get().predecessor_id == workflow.pk
        assert Workflow.objects.filter(conversation_id=conversation).count() == 2
