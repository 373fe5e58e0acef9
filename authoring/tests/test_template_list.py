"""The list of templates in the admin: what it says of each, and how one begins and goes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from authoring.tests.editor_pages import ADD, CHANGE, PUBLISH, VIEW, on_record, text_of
from conftest import NOW, document
from instances.models import Workflow
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry
from rest.tests.staff import browser, violations

pytestmark = pytest.mark.django_db

LIST = "/admin/registry/workflowtemplate/"
BEGIN = f"{LIST}add/"
DELETE = "registry.delete_workflowtemplate"

type MakeTemplate = Callable[..., WorkflowTemplate]


def author() -> Client:
    return browser(VIEW, CHANGE, ADD)


def test_it_says_what_is_published_and_what_is_not(make_template: MakeTemplate) -> None:
    changed = make_template(name="changed")
    WorkflowRegistry.save_draft(changed.pk, {"name": "changed"}, actor="user:ada", at=NOW)
    make_template(name="retired", is_active=False)
    WorkflowRegistry.begin({"name": "begun"}, actor="user:ada", at=NOW)

    page = text_of(author().get(LIST))

    assert "Version 1 Unpublished changes" in page
    assert "Version 1, not offered" in page
    assert "Never published Unpublished changes" in page


@pytest.mark.parametrize("count", [1, 20])
def test_it_costs_as_much_for_many_as_for_one(
    make_template: MakeTemplate, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        make_template()
    person = author()
    person.get(LIST)

    with django_assert_num_queries(8):
        person.get(LIST)


def test_it_is_searched_and_filtered(make_template: MakeTemplate) -> None:
    make_template(name="loan", category="money")
    make_template(name="intake", category="health")

    assert "loan" not in text_of(author().get(LIST, {"q": "intake"}))
    assert "intake" not in text_of(author().get(LIST, {"category": "money"}))


def test_a_name_that_is_code_stays_text(make_template: MakeTemplate) -> None:
    make_template(name="<script>alert(1)</script>")

    page = author().get(LIST).content.decode()

    assert "<script>alert" not in page
    assert violations(page) == []


def test_who_may_not_begin_one_is_refused(db: None) -> None:
    assert browser(VIEW, CHANGE, PUBLISH).get(BEGIN).status_code == 403
    assert browser(VIEW, CHANGE, PUBLISH).post(BEGIN, {"name": "x"}).status_code == 403
    assert Client().post(BEGIN, {"name": "x"})["Location"].startswith("/admin/login/")
    assert not WorkflowTemplate.objects.exists()


def test_one_begins_with_a_name_and_nothing_else(db: None) -> None:
    answer = author().post(BEGIN, {"name": " Patient intake "})

    template = WorkflowTemplate.objects.get()
    assert answer["Location"] == reverse("admin:registry_workflowtemplate_change", args=[template.pk])
    assert (template.name, template.current_version) == ("Patient intake", 0)
    assert template.draft == {
        "name": "Patient intake",
        "state_schema": {"type": "object", "properties": {}, "required": []},
        "steps": [],
        "end_action_type": "none",
    }
    assert on_record() == ["Began a draft."]


@pytest.mark.parametrize("is_drafted", [True, False])
def test_one_begins_as_a_copy_of_what_its_author_sees(make_template: MakeTemplate, is_drafted: bool) -> None:
    source = make_template(name="loan", guidelines="Be brief.")
    if is_drafted:
        WorkflowRegistry.save_draft(
            source.pk, {**source.document(), "guidelines": "Be kind."}, actor="user:ada", at=NOW
        )
        source.refresh_from_db()

    author().post(BEGIN, {"name": "car loan", "copy_of": str(source.pk)})

    copy = WorkflowTemplate.objects.get(name="car loan")
    assert copy.draft == {**(source.draft or source.document()), "name": "car loan"}
    assert copy.current_version == 0


@pytest.mark.parametrize(
    ("posted", "says"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "   "}, "This field is required."),
        ({"name": "taken"}, "There is a template"),
        ({"name": "n" * 256}, "at most 255 characters"),
        ({"name": "a\0b"}, ""),
        ({"name": "new", "copy_of": "nonsense"}, "Select a valid choice."),
        ({"name": "new", "copy_of": "00000000-0000-4000-8000-000000000000"}, "Select a valid choice."),
    ],
)
def test_what_keeps_one_from_beginning_is_told_beside_its_input(
    make_template: MakeTemplate, posted: dict[str, str], says: str
) -> None:
    make_template(name="taken")

    answer = author().post(BEGIN, posted)

    assert answer.status_code in (200, 400)
    assert says in text_of(answer)
    assert WorkflowTemplate.objects.count() == 1
    assert on_record() == []


def test_a_copy_of_a_draft_that_cannot_be_a_template_is_told(make_template: MakeTemplate) -> None:
    source = make_template(name="odd")
    WorkflowTemplate.objects.filter(pk=source.pk).update(draft={"name": "odd", "category": 5})

    answer = author().post(BEGIN, {"name": "new", "copy_of": str(source.pk)})

    assert answer.status_code == 200
    assert WorkflowTemplate.objects.count() == 1


@pytest.mark.parametrize("is_listed", [True, False])
def test_one_is_deleted_and_one_in_use_stays(
    make_template: MakeTemplate, make_workflow: Callable[..., Workflow], is_listed: bool
) -> None:
    used, unused = make_template(name="used"), make_template(name="unused")
    make_workflow(template=used)
    person = browser(VIEW, CHANGE, DELETE)

    for template in (used, unused):
        listed: dict[str, Any] = {"action": "delete_selected", "_selected_action": [str(template.pk)]}
        address, posted = (LIST, listed) if is_listed else (f"{LIST}{template.pk}/delete/", {})
        person.post(address, {**posted, "post": "yes"})

    assert list(WorkflowTemplate.objects.values_list("name", flat=True)) == ["used"]
    assert LogEntry.objects.get().is_deletion()


def test_nobody_is_offered_to_delete_without_the_right(make_template: MakeTemplate) -> None:
    template = make_template(**document())

    answer = author().post(f"{LIST}{template.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 403
    assert WorkflowTemplate.objects.exists()
