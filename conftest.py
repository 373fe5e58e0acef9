"""Builders for all tests: each makes a valid thing, and a test names only what it is about."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from rest_framework.test import APIClient

from instances.acting import Acting
from instances.models import Workflow
from instances.services import StartOrder, start
from permissions.models import UserType, UserTypeWorkflowTemplate
from permissions.policy import Scope
from permissions.services import grant, issue_api_key, save_user_type
from registry import definitions, publish_checks, step_templates
from registry.models import StepTemplate, WorkflowTemplate
from registry.registry import WorkflowRegistry
from rest.callers import Caller

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OPERATOR = Caller(actor="test", scopes=frozenset(map(str, Scope)))

_numbers = count(1)


def step(step_id: str = "only", **parts: Any) -> dict[str, Any]:
    """Return a step of a document."""
    return {"id": step_id, "name": step_id.capitalize(), **parts}


def document(
    *,
    properties: Mapping[str, Any] | None = None,
    required: Sequence[str] | None = None,
    steps: Sequence[Mapping[str, Any]] | None = None,
    **parts: Any,
) -> dict[str, Any]:
    """Return a valid template document; without more, one step asks for an e-mail address."""
    asked = {"email": {"type": "string", "format": "email"}} if properties is None else dict(properties)
    return {
        "name": f"template {next(_numbers)}",
        "state_schema": {
            "type": "object",
            "properties": asked,
            "required": list(asked) if required is None else list(required),
        },
        "steps": [step(fields=list(asked))] if steps is None else list(steps),
        "end_action_type": "none",
        **parts,
    }


def reusable_step(*, properties: Mapping[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    """Return a valid reusable step; without more, it asks for the street and the city of an address."""
    text = {"type": "string", "minLength": 1}
    asked = {"street": text, "city": text} if properties is None else dict(properties)
    return {
        "slug": "address",
        "name": "Postal address",
        "state_schema": {"type": "object", "properties": asked, "required": list(asked)},
        "step": {"name": "Address", "fields": list(asked)},
        **parts,
    }


@pytest.fixture(autouse=True)
def _no_remembered_definitions() -> Iterator[None]:
    """Forget definitions: a rolled-back test leaves its primary keys to the next one."""
    definitions.forget_all()
    yield
    definitions.forget_all()


@pytest.fixture
def make_template(db: None) -> Callable[..., WorkflowTemplate]:
    """Return a builder of published templates; it takes what :func:`document` takes."""

    def make(**parts: Any) -> WorkflowTemplate:
        return WorkflowRegistry.create(document(**parts), actor="author", at=NOW, publisher=publish_checks.OPERATOR)

    return make


@pytest.fixture
def make_step_template(db: None) -> Callable[..., StepTemplate]:
    """Return a builder of published reusable steps; it takes what :func:`reusable_step` takes."""

    def make(**parts: Any) -> StepTemplate:
        return step_templates.create(reusable_step(**parts), actor="author", at=NOW)

    return make


@pytest.fixture
def make_user_type(db: None) -> Callable[..., UserType]:
    """Return a builder of user types, granted the templates it is given."""

    def make(*templates: WorkflowTemplate, name: str | None = None) -> UserType:
        kind = save_user_type(UserType(), name=name or f"user type {next(_numbers)}")
        for template in templates:
            grant(user_type_id=kind.pk, workflow_template_id=template.pk)
        return kind

    return make


@pytest.fixture
def make_workflow(
    make_template: Callable[..., WorkflowTemplate], make_user_type: Callable[..., UserType]
) -> Callable[..., Workflow]:
    """Return a builder of started workflows; what it does not know it hands to :func:`document`."""

    def make(
        *,
        template: WorkflowTemplate | None = None,
        user_type: UserType | None = None,
        conversation_id: str | None = None,
        state_data: Mapping[str, Any] | None = None,
        activate: bool = True,
        **parts: Any,
    ) -> Workflow:
        made = template or make_template(**parts)
        kind = user_type or make_user_type(made)
        if not UserTypeWorkflowTemplate.objects.allowing(user_type=kind, template=made).exists():
            grant(user_type_id=kind.pk, workflow_template_id=made.pk)
        order = StartOrder(
            template_id=made.pk,
            user_type_id=kind.pk,
            conversation_id=conversation_id or f"conversation {next(_numbers)}",
            user_id="user 1",
            state_data=state_data or {},
            activate=activate,
        )
        return start(order, Acting(caller=OPERATOR, at=NOW)).workflow

    return make


@pytest.fixture
def make_client(db: None) -> Callable[..., APIClient]:
    """Return a builder of HTTP clients with an API key of their own."""

    def make(*, scopes: Sequence[str] = (), user_types: Sequence[UserType] = ()) -> APIClient:
        names = [kind.name for kind in user_types]
        key = issue_api_key(f"client {next(_numbers)}", scopes=scopes, user_types=names)
        return APIClient(HTTP_AUTHORIZATION=f"Bearer {key}")

    return make


@pytest.fixture
def client(make_client: Callable[..., APIClient]) -> APIClient:
    """Return a chat backend whose key may do everything but see sensitive values."""
    return make_client()


@pytest.fixture
def stranger(make_client: Callable[..., APIClient], make_user_type: Callable[..., UserType]) -> APIClient:
    """Return a chat backend whose key is limited to a user type that has nothing to do with the test."""
    return make_client(user_types=[make_user_type()])


@pytest.fixture
def nobody() -> APIClient:
    """Return somebody without any key."""
    return APIClient()
