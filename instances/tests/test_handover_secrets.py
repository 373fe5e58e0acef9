"""What is sensitive in one workflow does not become plain in the one that follows."""

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from events.models import Event
from instances.models import Workflow
from instances.tests.calls import stored, submit
from permissions.models import UserType
from registry.models import WorkflowTemplate

type Builder[T] = Callable[..., T]

SECRET: dict[str, Any] = {"type": "string", "x-sensitive": "mask"}
PLAIN: dict[str, Any] = {"type": "string"}


def test_a_sensitive_value_is_carried_only_into_a_sensitive_field(
    client: APIClient,
    make_template: Builder[WorkflowTemplate],
    make_user_type: Builder[UserType],
    make_workflow: Builder[Workflow],
) -> None:
    target = make_template(properties={"iban": PLAIN, "pin": SECRET, "name": PLAIN, "more": PLAIN})
    source = make_template(
        properties={"iban": SECRET, "pin": SECRET, "name": PLAIN},
        end_action_type="workflow",
        end_action_target=target.name,
    )
    workflow = make_workflow(template=source, user_type=make_user_type(target, source))

    done = submit(client, workflow, {"iban": "FR76", "pin": "1234", "name": "Ada"}).json()

    successor = Workflow.objects.get(pk=done["workflow"]["successor_id"])
    assert stored(successor).progress.values == {"pin": "1234", "name": "Ada"}
    assert "FR76" not in str(list(Event.objects.of(successor.pk).values_list("data", flat=True)))


def test_a_workflow_that_was_cancelled_before_it_was_active_was_never_activated(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(activate=False)

    answer = client.post(f"/api/workflows/{workflow.pk}/cancel", {}).json()

    assert (answer["workflow"]["status"], answer["workflow"]["activated_at"]) == ("cancelled", None)
