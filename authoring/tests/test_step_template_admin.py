"""Reusable steps in the admin: what they ask, how they changed, and where they are used."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from authoring.reuse import step_template_admin
from conftest import NOW, document, reusable_step
from registry import step_templates
from registry.models import StepTemplate, WorkflowTemplate
from registry.registry import WorkflowRegistry
from rest.tests.staff import browser as staff
from rest.tests.staff import violations

type MakeStep = Callable[..., StepTemplate]

LIST = "/admin/registry/steptemplate/"
VIEW = "registry.view_steptemplate"
BY: dict[str, Any] = {"actor": "user:ada", "at": NOW}


def address(made: StepTemplate) -> str:
    return f"{LIST}{made.pk}/change/"


def page(made: StepTemplate, *permissions: str) -> str:
    answer = staff(VIEW, *permissions).get(address(made))
    assert answer.status_code == 200
    return answer.content.decode()


def using(name: str = "loan") -> WorkflowTemplate:
    return WorkflowRegistry.create(
        document(name=name, properties={}, steps=[{"id": "home", "uses": "address@1"}]), **BY
    )


def renamed(made: StepTemplate, name: str) -> StepTemplate:
    return step_templates.change(made.pk, {"step": {**reusable_step()["step"], "name": name}}, note=f"{name}!", **BY)


def test_they_are_listed_and_found(make_step_template: MakeStep) -> None:
    make_step_template(category="people")
    make_step_template(slug="consent", name="Consent")

    answer = staff(VIEW).get(LIST, {"q": "postal"})

    assert "Postal address" in answer.content.decode()
    assert ">Consent<" not in answer.content.decode()


def test_one_is_told_in_plain_words(make_step_template: MakeStep) -> None:
    text = page(make_step_template(description="Where somebody lives", category="people"))

    assert "Where somebody lives" in text
    assert "In a template the step is called “Address”" in text
    assert '<th scope="row">Street</th><td>Text</td>' in text
    assert "Where it is used" not in text


def test_versions_are_told_with_what_each_changed(make_step_template: MakeStep) -> None:
    text = page(renamed(make_step_template(), "Where?"))

    assert text.index("<h3>Version 2</h3>") < text.index("<h3>Version 1</h3>")
    assert "by ada. Where?!" in text
    assert "Step “Address” is now called “Where?”" in text


def test_only_the_latest_versions_are_told(make_step_template: MakeStep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_template_admin, "MAX_VERSIONS", 2)
    made = make_step_template()
    for name in ("A", "B", "C"):
        renamed(made, name)
    made.refresh_from_db()

    text = page(made)

    assert [f"<h3>Version {number}</h3>" in text for number in (4, 3, 2, 1)] == [True, True, False, False]
    assert "These are the latest 2." in text


def test_it_is_told_where_one_is_used_and_who_is_behind(make_step_template: MakeStep) -> None:
    made = make_step_template()
    template = using()
    before = page(made, "registry.view_workflowtemplate")
    renamed(made, "Where?")
    after = page(made, "registry.view_workflowtemplate")

    assert ">loan</a>" in before
    assert "<td>Yes</td>" in before
    assert f"/admin/registry/workflowtemplate/{template.pk}/newer/?step=home" in after


def test_of_many_uses_the_first_are_shown(make_step_template: MakeStep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_template_admin, "MAX_USES", 1)
    made = make_step_template()
    using("first")
    using("second")

    text = page(made, "registry.view_workflowtemplate")

    assert ">first</a>" in text
    assert ">second</a>" not in text
    assert "These are the first 1." in text


def test_one_that_nobody_uses_says_so(make_step_template: MakeStep) -> None:
    assert "No template uses it yet." in page(make_step_template(), "registry.view_workflowtemplate")


def test_whatever_an_author_writes_is_only_text(make_step_template: MakeStep) -> None:
    hostile = "<script>alert(1)</script>"
    text = {"type": "string", "title": hostile, "x-ask": [hostile]}

    shown = page(make_step_template(name=hostile, description=hostile, properties={"a": text}))

    assert hostile not in shown
    assert violations(shown) == []
    assert "&lt;script&gt;" in shown


def test_who_may_not_see_them_sees_none(make_step_template: MakeStep) -> None:
    made = make_step_template()

    assert staff("registry.view_workflowtemplate").get(address(made)).status_code == 403
    assert staff().get(LIST).status_code == 403
    assert Client().get(address(made)).headers["Location"].startswith("/admin/login/")


def test_what_is_not_there_is_404(db: None) -> None:
    browser = staff(VIEW)

    assert browser.get(f"{LIST}{uuid4()}/change/").status_code == 404
    assert browser.get(f"{LIST}nonsense/change/").status_code == 404
