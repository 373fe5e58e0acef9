"""The page to try a template out: for whoever may see templates, with plain forms, and nothing is stored."""

import html
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from conftest import NOW, document, step
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

pytestmark = pytest.mark.django_db

DRAFT = document(
    properties={"age": {"type": "integer", "title": "Age", "minimum": 18}, "name": {"title": "Name", "type": "string"}},
    steps=[step("age", fields=["age"]), step("name", fields=["name"])],
)


def _browser(*permissions: str) -> Client:
    person, browser = User.objects.create_user("author", is_staff=True), Client()
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    browser.force_login(person)
    return browser


@pytest.fixture
def author() -> Client:
    """Return the browser of somebody who may see templates, and no more."""
    return _browser("view_workflowtemplate")


@pytest.fixture
def template(make_template: Callable[..., WorkflowTemplate]) -> WorkflowTemplate:
    return make_template(name="sign up")


def _path(template: WorkflowTemplate) -> str:
    return f"/admin/registry/workflowtemplate/{template.pk}/try/"


def _press(browser: Client, page: str, path: str, button: str, **answers: str) -> str:
    """Press a button of a page, and return the next page."""
    carried = re.search(r'name="trial-acts" value="([^"]*)"', page)
    assert carried is not None
    posted = {f"try-{name}": answer for name, answer in answers.items()}
    response = browser.post(path, {"trial-acts": html.unescape(carried[1]), "trial-button": button, **posted})
    assert response.status_code == 200
    return response.content.decode()


def test_an_author_tries_what_is_published(author: Client, template: WorkflowTemplate) -> None:
    page = author.get(_path(template)).content.decode()
    assert "This is version 1, as it is published" in page
    assert 'type="email"' in page

    page = _press(author, page, _path(template), "next", email="nobody")
    assert "Email must be an e-mail address." in page

    page = _press(author, page, _path(template), "next", email="ada@example.org")
    assert "Outcome: <strong>completed</strong>" in page


def test_an_author_tries_the_draft_if_there_is_one(author: Client, template: WorkflowTemplate) -> None:
    WorkflowRegistry.save_draft(template.pk, DRAFT, actor="author", at=NOW)

    page = author.get(_path(template)).content.decode()
    assert "This is the draft" in page

    page = _press(author, page, _path(template), "next", age="12")
    assert "Age must be at least 18." in page
    page = _press(author, page, _path(template), "next", age="30")
    assert 'name="try-name"' in page


@pytest.mark.parametrize("draft", [{}, {"steps": "none"}, {**DRAFT, "time_zone": "No/Where"}])
def test_a_draft_with_problems_is_mended_first(author: Client, template: WorkflowTemplate, draft: object) -> None:
    WorkflowTemplate.objects.filter(pk=template.pk).update(draft=draft)

    page = author.get(_path(template)).content.decode()

    assert "Fix the " in page
    editor = reverse("admin:registry_workflowtemplate_change", args=[template.pk])
    assert f'<a href="{editor}">The editor lists what is wrong</a>' in page


def test_trying_changes_nothing(author: Client, template: WorkflowTemplate) -> None:
    def rows() -> dict[str, list[object]]:
        kept = (model for model in apps.get_models() if model._meta.label != "sessions.Session")
        return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in kept}

    page = author.get(_path(template)).content.decode()
    before = rows()

    _press(author, page, _path(template), "next", email="ada@example.org")

    assert rows() == before


def test_the_page_works_without_scripts_and_under_a_strict_policy(author: Client, template: WorkflowTemplate) -> None:
    page = author.get(_path(template)).content.decode()
    (form,) = re.findall(r'<form method="post" novalidate class="trial-page".*?</form>', page, re.DOTALL)

    assert "csrfmiddlewaretoken" in form
    assert "authoring/trial.css" in page
    for inline in ("<script", " style=", "onclick", "<style"):
        assert inline not in form


def test_an_answer_without_the_token_of_the_page_is_refused(template: WorkflowTemplate) -> None:
    _browser("view_workflowtemplate")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(username="author"))

    assert browser.post(_path(template), {"trial-button": "next"}).status_code == 403


def test_who_may_not_see_templates_may_not_try_them(template: WorkflowTemplate) -> None:
    browser = _browser("view_templateversion", "view_workflow")

    assert browser.get(_path(template)).status_code == 403
    assert browser.post(_path(template), {"trial-button": "next"}).status_code == 403


def test_a_stranger_is_asked_to_log_in(template: WorkflowTemplate) -> None:
    for answer in (Client().get(_path(template)), Client().post(_path(template))):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/admin/login/")


def test_what_is_not_there_is_not_found(author: Client) -> None:
    assert author.get(f"/admin/registry/workflowtemplate/{uuid4()}/try/").status_code == 404


def test_other_methods_are_refused(author: Client, template: WorkflowTemplate) -> None:
    assert author.put(_path(template)).status_code == 405


@pytest.mark.parametrize(
    "posted",
    [
        {"trial-acts": "[" * 10_000},
        {"trial-acts": "\x00"},
        {"trial-acts": '[{"act":"submit","data":{"email":"\\ud800"}}]'},
        {"trial-button": "next", "try-email": "a\x00b"},
        {"trial-button": "next:" + "x" * 10_000},
        {"trial-button": "correct:\x00", "trial-correcting": "\x00"},
        {"trial-acts": '[{"act":"skip","step":"gone"}]', "trial-button": "back"},
    ],
)
def test_nothing_that_is_posted_breaks_the_page(
    author: Client, template: WorkflowTemplate, posted: dict[str, str]
) -> None:
    assert author.post(_path(template), posted).status_code == 200
