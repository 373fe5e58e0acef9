"""Import in the admin: who may, and what each of them may do with it."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from authoring.tests.importing import AUTHOR, LIST, URL, publisher, show, signature_in, store
from conftest import document
from registry.models import WorkflowTemplate
from rest.tests.staff import browser as staff

type Builder[T] = Callable[..., T]

pytestmark = pytest.mark.django_db


def test_a_form_that_was_shown_to_somebody_else_is_refused() -> None:
    page = show(publisher(), ("a.json", document()))

    assert publisher().post(URL, {"signed": signature_in(page), "choice-0-0": "publish"}).status_code == 400
    assert not WorkflowTemplate.objects.exists()


def test_an_author_keeps_drafts_and_cannot_publish() -> None:
    browser = staff(*AUTHOR)

    page = show(browser, ("a.json", document(name="intake")))

    assert "You may not publish templates" in page
    assert 'value="publish"' not in page
    assert store(browser, page, c0_0="publish").status_code == 403
    assert not WorkflowTemplate.objects.exists()
    assert store(browser, page, c0_0="draft").status_code == 200
    assert not WorkflowTemplate.objects.get().is_published


def test_drafts_need_the_right_to_add_or_to_change(make_template: Builder[WorkflowTemplate]) -> None:
    make_template(name="old")
    files = ("a.jsonl", [document(name="new"), document(name="old", guidelines="Other")])
    adds = staff("registry.view_workflowtemplate", "registry.add_workflowtemplate")
    changes = staff("registry.view_workflowtemplate", "registry.change_workflowtemplate")

    added, changed = show(adds, files), show(changes, files)

    assert store(adds, added, c0_1="draft").status_code == 403
    assert store(changes, changed, c0_0="draft").status_code == 403
    assert store(adds, added, c0_0="draft").status_code == 200
    assert store(changes, changed, c0_1="draft").status_code == 200
    assert WorkflowTemplate.objects.filter(draft__isnull=False).count() == 2


def test_publishing_asks_what_the_person_may_use_and_not_what_an_operator_may() -> None:
    uses_a_tool = document(name="mails", end_action_type="tool_call", end_action_target="no_such_tool")

    page = show(publisher(), ("a.json", uses_a_tool))

    assert 'value="publish"' not in page


@pytest.mark.parametrize(
    "permissions",
    [
        (),
        ("registry.view_workflowtemplate",),
        ("registry.add_workflowtemplate",),
        ("registry.publish_workflowtemplate",),
    ],
)
def test_who_may_not_import_sees_no_page(permissions: tuple[str, ...]) -> None:
    browser = staff(*permissions)

    assert browser.get(URL).status_code == 403
    assert browser.post(URL, {"text": "{}"}).status_code == 403


def test_a_stranger_is_asked_to_log_in_and_a_form_without_a_token_is_refused() -> None:
    assert Client().post(URL, {"text": "{}"}).headers["Location"].startswith("/admin/login/")
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = publisher().cookies
    assert careful.post(URL, {"text": "{}"}).status_code == 403


def test_the_page_asks_for_files_and_text() -> None:
    page = publisher().get(URL).content.decode()

    assert 'enctype="multipart/form-data"' in page
    assert 'type="file" name="uploads"' in page
    assert "multiple" in page
    assert not re.search(r"\s(style|onclick|onchange)=", page.partition("<main")[2].partition("</main>")[0])


def test_the_list_leads_to_the_page_for_those_who_may_import() -> None:
    assert f'href="{URL}"' in publisher().get(LIST).content.decode()
    assert f'href="{URL}"' not in staff("registry.view_workflowtemplate").get(LIST).content.decode()
