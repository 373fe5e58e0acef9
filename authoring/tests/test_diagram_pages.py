"""The diagram of a template in the admin."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.template.loader import render_to_string
from django.test import Client

from authoring.diagram.drawing import layout
from conftest import NOW, step
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry
from rest.tests.staff import browser as staff
from rest.tests.staff import violations

type Builder[T] = Callable[..., T]

HOSTILE = "\"><script>alert('x')</script>&{{ 1 }}"


def address(template_id: UUID) -> str:
    return f"/admin/registry/workflowtemplate/{template_id}/diagram/"


def drawn(document: object) -> str:
    return render_to_string(
        "authoring/_diagram.html", {"diagram": layout(document), "diagram_id": "one", "editor_url": "/edit/"}
    )


def test_whoever_may_see_templates_sees_the_published_one(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template(steps=[step("contact", name="How to reach you", fields=["email"])])

    answer = staff("registry.view_workflowtemplate").get(address(template.pk))

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Version 1, as it is published." in page
    assert "1. How to reach you: asks for Email." in page
    assert "authoring/diagram.css" in page


def test_a_draft_is_shown_before_what_is_published(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template()
    WorkflowRegistry.save_draft(template.pk, {"steps": [{"name": "Begun anew"}]}, actor="user:ada", at=NOW)

    page = staff("registry.view_workflowtemplate").get(address(template.pk)).content.decode()

    assert "The draft of ada" in page
    assert "1. Begun anew" in page


@pytest.mark.parametrize(
    "draft", [{}, {"steps": 3}, {"steps": [None, {"id": [], "when": {"all": 7}}], "name": HOSTILE}]
)
def test_a_draft_that_is_wrong_is_shown_as_far_as_it_goes(
    make_template: Builder[WorkflowTemplate], draft: dict[str, object]
) -> None:
    template = make_template()
    WorkflowRegistry.save_draft(template.pk, draft, actor="user:ada", at=NOW)

    assert staff("registry.view_workflowtemplate").get(address(template.pk)).status_code == 200


def test_who_may_not_see_templates_sees_no_diagram(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template()

    assert staff().get(address(template.pk)).status_code == 403
    assert Client().get(address(template.pk)).headers["Location"].startswith("/admin/login/")


def test_there_is_no_diagram_of_what_is_not_there(db: None) -> None:
    assert staff("registry.view_workflowtemplate").get(address(uuid4())).status_code == 404


def test_a_step_is_a_link_to_its_place_in_the_editor_whatever_its_id_holds() -> None:
    picture = drawn({"steps": [{"id": 'a "b"/<c>', "name": "The loan"}]})

    assert 'href="/edit/#step-a%20%22b%22%2F%3Cc%3E"' in picture
    assert 'data-step="a &quot;b&quot;/&lt;c&gt;"' in picture
    assert 'aria-label="1. The loan: tells the person its name."' in picture


def test_whatever_an_author_writes_is_only_text() -> None:
    words = {
        "id": HOSTILE,
        "name": HOSTILE,
        "description": HOSTILE,
        "when": {"field": HOSTILE, "op": "==", "value": HOSTILE},
    }

    picture = drawn({"name": HOSTILE, "steps": [words, {**words, "end": {"outcome": HOSTILE}}]})

    assert "<script" not in picture
    assert not violations(picture)


def test_the_picture_has_a_name_and_the_same_in_words() -> None:
    picture = drawn({"name": "loan", "steps": []})

    assert 'aria-labelledby="one-title one-desc"' in picture
    assert '<title id="one-title">Diagram of loan</title>' in picture
    assert "<li>Finally: the answers are kept, and nothing else happens.</li>" in picture
