"""Fixtures of the tests about workflows of which one must be completed before another."""

from collections.abc import Callable
from typing import Any

import pytest

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
