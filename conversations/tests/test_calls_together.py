"""Two calls at the same moment: what is meant once is done once."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from instances.models import IdempotencyKey, Workflow
from instances.tests.racing import at_once
from permissions.models import UserType
from registry.models import WorkflowTemplate

type Builder[T] = Callable[..., T]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> Callable[..., Any]:
    """Return what posts a call of a person who may start cover and hours."""
    kind = make_user_type(make_template(name="cover"), make_template(name="hours"))

    def post(name: str, workflow: str, **headers: str) -> Any:
        body = {"name": name, "arguments": {"workflow": workflow}, "user_type": kind.name, "user_id": "u1"}
        return client.post("/api/conversations/c1/tool-calls", body, headers=headers).json()

    return post


def codes(answers: list[Any]) -> Counter[str]:
    return Counter(answer["error"]["code"] if answer["error"] else "done" for answer in answers)


def test_two_switches_to_the_same_start_it_once(post: Callable[..., Any]) -> None:
    post("start_workflow", "cover")

    answers = at_once([lambda: post("switch_workflow", "hours")] * 3)

    assert codes(answers) == {"done": 1, "workflow_already_active": 2}
    assert Counter(Workflow.objects.values_list("template__name", "status")) == {
        ("cover", "paused"): 1,
        ("hours", "active"): 1,
    }


def test_the_same_call_twice_at_once_is_one_call(post: Callable[..., Any]) -> None:
    headers = {"Idempotency-Key": "call_1"}

    first, second = at_once([lambda: post("start_workflow", "cover", **headers)] * 2)

    assert first == second
    assert (Workflow.objects.count(), IdempotencyKey.objects.count()) == (1, 1)
