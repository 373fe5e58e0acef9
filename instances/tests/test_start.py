"""Starting a workflow over HTTP: what is named, what is given at once, and who gets the slot."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import NOW, document, step
from instances.models import Workflow
from instances.tests.calls import act, answered, start, stored, timeline
from permissions.models import UserType
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

type Builder[T] = Callable[..., T]

ORDERED: dict[str, Any] = {
    "order_number": {"type": "string", "readOnly": True},
    "email": {"type": "string", "format": "email"},
    "age": {"type": "integer", "minimum": 18},
}


def test_a_start_stores_a_workflow_pinned_to_the_current_version(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    template = make_template(name="loan")
    kind = make_user_type(template, name="customer")
    WorkflowRegistry.change(template.pk, {"guidelines": "Be kind."}, actor="author", at=NOW)

    response = start(client, template="loan", user_type="customer", metadata={"channel": "web"})

    body, workflow = response.json(), Workflow.objects.get()
    assert response.status_code == 201
    assert (body["id"], body["template"], body["template_id"]) == (str(workflow.pk), "loan", str(template.pk))
    assert (body["version"], body["user_type_id"]) == (2, str(kind.pk))
    assert (body["status"], body["current_step"], body["missing"]) == ("active", "only", ["email"])
    assert (body["metadata"], workflow.metadata) == ({"channel": "web"}, {"channel": "web"})
    assert (body["revision"], body["submission"]["outcome"]) == (1, "noop")
    assert timeline(workflow.pk) == ["workflow.created", "workflow.activated"]


def test_what_is_refused_of_a_prefill_is_reported_and_the_rest_is_stored(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    template = make_template(properties=ORDERED)
    make_user_type(template, name="customer")
    given = {"order_number": "A-1", "email": "nobody", "age": 17, "colour": "red"}

    response = start(client, template_id=template.pk, user_type="customer", state_data=given)

    report = response.json()["submission"]
    assert response.status_code == 201
    assert (report["outcome"], report["accepted"]) == ("partial", [{"field": "order_number"}])
    assert [(found["field"], found["code"]) for found in report["rejected"]] == [
        ("email", "format"),
        ("age", "minimum"),
    ]
    assert report["ignored"] == [{"field": "colour", "reason": "unknown_field"}]
    assert Workflow.objects.get().state_data == {"order_number": "A-1"}


def test_a_complete_prefill_completes_the_workflow_at_once(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    template = make_template()
    make_user_type(template, name="customer")

    response = start(client, template_id=template.pk, user_type="customer", state_data={"email": "a@b.example"})

    body = response.json()
    assert (response.status_code, body["status"], body["next"]) == (201, "completed", "done")
    assert timeline(body["id"])[-2:] == ["workflow.activated", "workflow.completed"]


@pytest.mark.parametrize("given", [{}, {"order_number": 5}])
def test_a_required_read_only_value_must_come_with_the_start(
    client: APIClient,
    make_template: Builder[WorkflowTemplate],
    make_user_type: Builder[UserType],
    given: dict[str, Any],
) -> None:
    template = make_template(properties=ORDERED)
    make_user_type(template, name="customer")

    response = start(client, template_id=template.pk, user_type="customer", state_data=given)

    assert answered(response) == (400, "read_only_missing")
    assert response.json()["fields"] == ["order_number"]
    assert [found["code"] for found in response.json()["rejected"]] == ["type"] * len(given)
    assert not Workflow.objects.exists()


def test_a_workflow_can_be_made_first_and_activated_later(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    template = make_template()
    make_user_type(template, name="customer")

    made = start(client, template_id=template.pk, user_type="customer", activate=False).json()
    workflow = Workflow.objects.get(pk=made["id"])
    activated = act(client, workflow, "activate")

    assert (made["status"], made["next"], made["waiting_for"]) == ("created", "wait", ["activation"])
    assert made["activated_at"] is None
    assert (activated.status_code, activated.json()["outcome"]) == (200, "applied")
    assert (activated.json()["workflow"]["status"], activated.json()["next"]) == ("active", "collect")
    assert stored(workflow).revision == 2
    assert timeline(workflow.pk) == ["workflow.created", "workflow.activated"]


def test_a_created_workflow_with_all_values_completes_when_it_is_activated(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(state_data={"email": "a@b.example"}, activate=False)

    response = act(client, workflow, "activate")

    assert (response.json()["next"], stored(workflow).status) == ("done", "completed")


def test_a_created_workflow_leaves_the_slot_to_others(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    template = make_template()
    make_user_type(template, name="customer")
    order = {"template_id": template.pk, "user_type": "customer"}

    waiting = start(client, **order, activate=False)
    active = start(client, **order)
    late = act(client, Workflow.objects.get(pk=waiting.json()["id"]), "activate")

    assert (active.status_code, answered(late)) == (201, (409, "active_workflow_exists"))
    assert late.json()["workflow_id"] == active.json()["id"]


def test_who_may_not_see_the_active_workflow_is_not_told_which_it_is(
    make_client: Builder[APIClient], make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    template = make_template()
    ours, theirs = make_user_type(template), make_user_type(template)
    start(make_client(user_types=[theirs]), template_id=template.pk)

    response = start(make_client(user_types=[ours]), template_id=template.pk)

    assert answered(response) == (409, "active_workflow_exists")
    assert "workflow_id" not in response.json()
    assert str(Workflow.objects.get().pk) not in response.content.decode()


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"template": "loan", "user_type": "nobody"}, (404, "not_found")),
        ({"template": "nothing", "user_type": "customer"}, (404, "not_found")),
        ({"template": "loan"}, (400, "user_type_required")),
        ({"user_type": "customer"}, (400, "invalid")),
        (
            {"template": "loan", "template_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "user_type": "customer"},
            (400, "invalid"),
        ),
        (
            {"template": "loan", "user_type": "customer", "user_type_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"},
            (400, "invalid"),
        ),
        ({"template": "loan", "user_type": "customer", "conversation_id": ""}, (400, "invalid")),
        ({"template": "loan", "user_type": "customer", "conversation_id": "c" * 256}, (400, "invalid")),
        ({"template": "loan", "user_type": "customer", "state_data": []}, (400, "invalid")),
        ({"template": "loan", "user_type": "customer", "colour": "red"}, (400, "invalid")),
        ({"template": "loan", "user_type": "visitor"}, (403, "not_granted")),
        ({"template": "retired", "user_type": "customer"}, (409, "template_inactive")),
    ],
)
def test_a_start_that_cannot_be_says_why_and_stores_nothing(
    client: APIClient,
    make_template: Builder[WorkflowTemplate],
    make_user_type: Builder[UserType],
    order: dict[str, Any],
    expected: tuple[int, str],
) -> None:
    make_user_type(make_template(name="loan"), make_template(name="retired", is_active=False), name="customer")
    make_user_type(name="visitor")

    response = start(client, **order)

    assert answered(response) == expected
    assert response["Content-Type"] == "application/problem+json"
    assert not Workflow.objects.exists()


def test_a_limited_key_acts_for_its_only_user_type_and_knows_no_ungranted_template(
    make_client: Builder[APIClient], make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    granted, other = make_template(), make_template()
    kind = make_user_type(granted)
    client = make_client(user_types=[kind])

    assert start(client, template_id=granted.pk).json()["user_type_id"] == str(kind.pk)
    assert answered(start(client, template_id=other.pk, conversation_id="c2")) == (404, "not_found")


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Kiritimati", 2), ("UTC", 1), ("Pacific/Honolulu", 1)])
def test_today_is_the_date_in_the_time_zone_of_the_template(
    make_workflow: Builder[Workflow], zone: str, day: int
) -> None:
    workflow = make_workflow(time_zone=zone)

    assert stored(workflow).today == NOW.date().replace(day=day)


def test_a_running_workflow_goes_on_when_its_template_is_switched_off_or_changed(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow()
    changed = document(properties={"phone": {"type": "string"}}, steps=[step(fields=["phone"])], is_active=False)
    WorkflowRegistry.replace(workflow.template_id, changed, actor="author", at=NOW)

    response = act(client, workflow, "submit", data={"email": "a@b.example"})

    assert (response.status_code, response.json()["workflow"]["status"]) == (200, "completed")
    assert response.json()["workflow"]["version"] == 1
