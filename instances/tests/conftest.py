"""Fixtures of the tests about workflows of which one must be completed before another, and about their pages."""

from collections.abc import Callable
from typing import Any

import pytest

from conftest import step
from instances import results
from instances.models import Workflow
from instances.tests.admin_pages import ACTING, held
from instances.tests.calls import stored
from permissions.models import UserType, UserTypeWorkflowTemplate
from registry.models import WorkflowTemplate

type Builder[T] = Callable[..., T]


@pytest.fixture
def customer(make_user_type: Builder[UserType]) -> UserType:
    return make_user_type(name="customer")


@pytest.fixture
def offer(make_template: Builder[WorkflowTemplate], customer: UserType) -> Builder[WorkflowTemplate]:
    """Return a builder of templates that a customer may use."""

    def make(name: str, *prerequisites: Any, **parts: Any) -> WorkflowTemplate:
        made = make_template(name=name, prerequisites=list(prerequisites), **parts)
        UserTypeWorkflowTemplate.objects.create(user_type=customer, workflow_template=made)
        return made

    return make


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


@pytest.fixture
def failed(make_workflow: Builder[Workflow]) -> Workflow:
    """A workflow whose end action was given up."""
    workflow = make_workflow(
        end_action_type="api_call", end_action_target="https://bank.example/loans", state_data={"email": "a@b.example"}
    )
    with held(workflow) as found:
        results.give_up(found, code="http_404", reason="The receiver answered 404.", acting=ACTING)
    return stored(workflow)
