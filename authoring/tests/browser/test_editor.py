"""A nurse builds the intake in the editor, from nothing; a chat backend runs it."""

import copy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from rest_framework.test import APIClient

from authoring.sheet.naming import name_from
from authoring.tests.browser.building import Builder
from authoring.transfer.documents import read
from browsing.hands import Hand, Keyboard, Mouse
from engine.differences import differences
from permissions.models import UserType
from permissions.services import grant, issue_api_key, save_user_type
from registry.documents import complete
from registry.models import TemplateVersion, WorkflowTemplate

EXAMPLES = Path(__file__).parents[3] / "examples" / "templates"


def hand_of(name: str, page: Page) -> Hand:
    return Keyboard(page) if name == "keyboard" else Mouse()


@pytest.mark.parametrize("name", ["mouse", "keyboard"])
def test_a_nurse_builds_the_intake_from_nothing_and_a_client_runs_it(author_page: Page, name: str) -> None:
    document = read((EXAMPLES / "medical_intake.yaml").read_bytes(), "yaml")[0].document
    page, hand = author_page, hand_of(name, author_page)
    page.goto("/admin/registry/workflowtemplate/add/")
    hand.fill(page.get_by_label("Name"), "medical_intake")
    hand.press(page.get_by_role("button", name="Begin"))
    page.wait_for_selector("[data-ready]")

    Builder(page, hand, document).build()
    hand.press(page.get_by_role("button", name="Publish…"))
    box = page.locator("#publish-box")  # labels are sought slowly among all the others
    hand.fill(box.get_by_label("What changed, in a sentence"), "First version")
    hand.press(page.get_by_role("button", name="Publish this"))

    expect(page.get_by_text("Version 1 is published. New conversations use it.")).to_be_visible()
    published = TemplateVersion.objects.get()
    assert (published.note, published.published_by) == ("First version", "user:nora")
    wanted = complete(_as_the_form_says_it(document))
    assert [one.words for one in differences(wanted, published.template.document())] == []
    _run(published.template)


def _as_the_form_says_it(document: dict[str, Any]) -> dict[str, Any]:
    """Return the example with ids made from names, and without the little that only a developer can write."""
    wanted = {**copy.deepcopy(document), "metadata": {}}
    properties = wanted["state_schema"]["properties"]
    del properties["representative_relation"]["examples"]
    properties["allergy_kinds"]["items"]["type"] = "string"
    properties["medications"]["items"] = {"type": "string", "minLength": 1}
    for step in wanted["steps"]:
        step["id"] = name_from(step["name"])
    return wanted


def _run(template: WorkflowTemplate) -> None:
    kind = save_user_type(UserType(), name="patient")
    grant(user_type_id=kind.pk, workflow_template_id=template.pk)
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {issue_api_key('chat', user_types=['patient'])}")
    started = client.post(
        "/api/workflows", {"template": template.name, "conversation_id": "c", "user_id": "u", "user_type": "patient"}
    )
    assert started.status_code == 201, started.json()
    given = {"completed_for": "myself", "full_name": "Ada", "date_of_birth": "1815-12-10", "sex_at_birth": "female"}
    told = client.post(
        f"/api/workflows/{started.json()['id']}/submit", {"data": given, "acknowledge": ["if_it_is_an_emergency"]}
    )
    assert told.status_code == 200, told.json()
    assert "the_patient" in told.json()["completed_steps"]
