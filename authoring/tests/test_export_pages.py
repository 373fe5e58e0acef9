"""Export from the admin: files that can be imported again, of what may be seen."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client

from authoring.transfer.documents import read
from conftest import NOW, document
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry
from rest.tests.staff import browser as staff

type Builder[T] = Callable[..., T]

LIST = "/admin/registry/workflowtemplate/"


def address(template_id: UUID) -> str:
    return f"{LIST}{template_id}/export/"


def viewer() -> Client:
    return staff("registry.view_workflowtemplate")


def choose(browser: Client, *templates: WorkflowTemplate, **given: str) -> Any:
    chosen = [str(template.pk) for template in templates]
    return browser.post(LIST, {"action": "export_chosen", ACTION_CHECKBOX_NAME: chosen, **given})


def test_a_template_is_given_out_as_it_is_published(make_template: Builder[WorkflowTemplate]) -> None:
    made = document(name="intake")
    template = WorkflowRegistry.create(made, actor="author", at=NOW)

    answer = viewer().get(address(template.pk), {"which": "published", "format": "json"})

    assert answer.headers["Content-Disposition"] == 'attachment; filename="intake-v1.json"'
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert json.loads(answer.content) == made, "keys that say nothing are left out"


def test_a_draft_is_given_out_if_it_is_wanted(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template(name="intake")
    draft = {"name": "intake", "steps": [None], "id": "as the API answers", "is_active": True}
    WorkflowRegistry.save_draft(template.pk, draft, actor="author", at=NOW)

    answer = viewer().get(address(template.pk), {"which": "draft", "format": "yaml"})

    assert answer.headers["Content-Disposition"] == 'attachment; filename="intake-draft.yaml"'
    assert [found.document for found in read(answer.content, "yaml")] == [{"name": "intake", "steps": [None]}]


def test_where_there_is_no_draft_what_is_published_is_given_out(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template(name="intake")

    answer = viewer().get(address(template.pk), {"which": "draft", "format": "json"})

    assert answer.headers["Content-Disposition"] == 'attachment; filename="intake-v1.json"'


def test_what_was_never_published_has_only_a_draft(db: None) -> None:
    template = WorkflowRegistry.begin({"name": "begun"}, actor="author", at=NOW)

    published = viewer().get(address(template.pk), {"which": "published", "format": "json"})
    draft = viewer().get(address(template.pk), {"which": "draft", "format": "json"})

    assert published.status_code == 400
    assert "“begun” was never published. Choose its draft, or leave it out." in published.content.decode()
    assert json.loads(draft.content) == {"name": "begun"}


@pytest.mark.parametrize(("kind", "name"), [("json", "templates.jsonl"), ("yaml", "templates.yaml")])
def test_several_go_into_one_file_that_can_be_imported(
    make_template: Builder[WorkflowTemplate], kind: str, name: str
) -> None:
    templates = [make_template(name="b\n---\nc"), make_template(name="a\u2028é")]

    answer = choose(viewer(), *templates, which="published", format=kind)

    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    found = read(answer.content, name.rpartition(".")[2])
    assert [entry.document["name"] for entry in found] == ["a\u2028é", "b\n---\nc"]


def test_before_anything_is_given_out_the_page_asks_what_and_how(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template(name="<b>intake</b>")
    browser = viewer()

    asked = [browser.get(address(template.pk)), choose(browser, template)]

    for answer in asked:
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "&lt;b&gt;intake&lt;/b&gt;" in page
        assert 'name="format"' in page
    assert str(template.pk) in asked[1].content.decode(), "what was chosen is kept"


def test_a_choice_that_is_none_is_asked_again(make_template: Builder[WorkflowTemplate]) -> None:
    answer = viewer().get(address(make_template().pk), {"which": "\x85", "format": "exe"})

    assert answer.status_code == 400
    assert "exe is not one of the available choices" in answer.content.decode()


def test_a_name_cannot_break_out_of_the_header(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template(name='a"; filename=x\r\nSet-Cookie: b=1 é/../c')

    answer = viewer().get(address(template.pk), {"which": "published", "format": "json"})

    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''a_filename_x_Set-Cookie_b_1_%C3%A9_.._c-v1.json"
    )


def test_too_many_are_refused_with_the_way_out(
    make_template: Builder[WorkflowTemplate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("authoring.export_pages.MAX_EXPORTED", 1)

    answer = choose(viewer(), make_template(), make_template(), which="published", format="json")

    assert answer.status_code == 400
    assert "The command export_templates exports all of them." in answer.content.decode()


def test_who_may_not_see_templates_exports_none(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template()

    assert staff().get(address(template.pk), {"which": "published", "format": "json"}).status_code == 403
    assert choose(staff(), template, which="published", format="json").status_code == 403
    assert Client().get(address(template.pk)).headers["Location"].startswith("/admin/login/")
    assert viewer().get(address(uuid4())).status_code == 404


def test_the_list_leads_to_the_diagram_and_the_export_of_each(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template()

    page = viewer().get(LIST).content.decode()

    assert f'href="{LIST}{template.pk}/diagram/"' in page
    assert f'href="{LIST}{template.pk}/export/"' in page
