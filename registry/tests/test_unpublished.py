"""A template that is nothing but a draft: its author works on it, and nobody else knows of it."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import NOW, document
from permissions.models import UserType
from permissions.services import grant
from registry.documents import complete
from registry.errors import InvalidDocument, NameTaken, NeverPublished
from registry.models import TemplateVersion, WorkflowTemplate
from registry.publish_checks import OPERATOR, target_exists
from registry.registry import WorkflowRegistry

pytestmark = pytest.mark.django_db

PATH = "/api/workflow-templates"


def _begin(**parts: Any) -> WorkflowTemplate:
    return WorkflowRegistry.begin({"name": "intake", **parts}, actor="author", at=NOW)


def test_a_template_is_begun_as_a_draft_and_is_published_as_version_1() -> None:
    begun = _begin(description="For patients", steps="unfinished")
    draft = document(name="intake")
    WorkflowRegistry.save_draft(begun.pk, draft, actor="author", at=NOW)

    published = WorkflowRegistry.publish_draft(begun.pk, actor="author", at=NOW, publisher=OPERATOR)

    assert (begun.description, begun.current_version, begun.draft_base_version) == ("For patients", 0, 0)
    assert (published.current_version, published.draft, published.steps) == (1, None, draft["steps"])
    assert TemplateVersion.objects.get().number == 1


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"name": None}, "/name"),
        ({"name": " "}, "/name"),
        ({"name": "x" * 256}, "/name"),
        ({"category": "x" * 101}, "/category"),
        ({"is_active": "yes"}, "/is_active"),
    ],
)
def test_a_draft_by_which_no_template_can_be_known_is_refused(parts: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        _begin(**parts)

    assert [finding.path for finding in refused.value.findings] == [path]
    assert not WorkflowTemplate.objects.exists()


def test_a_draft_without_any_name_is_refused() -> None:
    with pytest.raises(InvalidDocument):
        WorkflowRegistry.begin({"description": "Nameless"}, actor="author", at=NOW)


def test_a_name_is_taken_by_a_draft_too() -> None:
    begun, other = _begin(), _begin(name="other")

    with pytest.raises(NameTaken):
        _begin()
    with pytest.raises(NameTaken):
        WorkflowRegistry.save_draft(other.pk, {"name": "intake"}, actor="author", at=NOW)

    assert {template.name for template in WorkflowTemplate.objects.all()} == {begun.name, other.name}


def test_an_unpublished_template_is_known_by_what_its_draft_says() -> None:
    begun = _begin(category="healthcare")

    WorkflowRegistry.save_draft(begun.pk, {"name": "intake 2", "category": "other"}, actor="author", at=NOW)

    begun.refresh_from_db()
    assert (begun.name, begun.category, begun.draft_revision, begun.draft_base_version) == ("intake 2", "other", 2, 0)


def test_the_only_draft_is_not_thrown_away_but_its_template_can_be() -> None:
    begun = _begin()

    with pytest.raises(NeverPublished):
        WorkflowRegistry.discard_draft(begun.pk, actor="author", at=NOW)
    WorkflowRegistry.delete(begun.pk)

    assert not WorkflowTemplate.objects.exists()


def test_clients_are_not_told_of_it_and_can_not_start_it(
    client: APIClient, make_user_type: Callable[..., UserType]
) -> None:
    begun, kind = _begin(), make_user_type()
    grant(user_type_id=kind.pk, workflow_template_id=begun.pk)

    start = {"template_id": str(begun.pk), "conversation_id": "c", "user_id": "u", "user_type": kind.name}

    assert client.get(PATH).json()["count"] == 0
    assert client.get(f"{PATH}/{begun.pk}").status_code == 404
    assert client.get(f"/api/user-types/{kind.pk}/workflow-templates").json()["count"] == 0
    assert client.post("/api/workflows", start).status_code == 404
    assert client.get(f"{PATH}/{begun.pk}/draft").json()["document"] == {"name": "intake"}
    assert client.get(f"{PATH}/{begun.pk}/versions").json()["count"] == 0


def test_a_template_that_is_only_a_draft_is_no_target_yet() -> None:
    _begin()
    handing_over = document(end_action_type="workflow", end_action_target="intake")

    assert [found.rule for found in target_exists(complete(handing_over), OPERATOR)] == ["unknown_target"]
