"""An author tries a template out in a browser, by keyboard and on a phone too: each moment of it is accessible."""

from collections.abc import Callable

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from browsing.browsers import Look, assert_accessible, assert_fits
from browsing.fixtures import PageOf, every_look
from conftest import step
from registry.models import WorkflowTemplate

INTAKE = {
    "properties": {
        "reason": {"oneOf": [{"const": "pain", "title": "Pain"}, {"const": "other", "title": "Something else"}]},
        "level": {"type": "integer", "minimum": 1, "maximum": 10, "title": "How strong", "description": "From 1 to 10"},
        "smoker": {"type": "boolean", "title": "Whether you smoke"},
        "plans": {"type": "array", "items": {"enum": ["sport", "travel"]}},
        "medicines": {
            "type": "array",
            "items": {"type": "object", "properties": {"name": {"type": "string"}, "dose": {"type": "number"}}},
        },
        "free": {"type": "array", "items": {"type": "string"}, "title": "Free times", "readOnly": True},
    },
    "required": ["reason", "level", "free"],
    "steps": [
        step("reason", fields=["reason"]),
        step(
            "pain",
            fields=["level", "smoker", "plans", "medicines"],
            when={"field": "reason", "op": "==", "value": "pain"},
        ),
        step("other", when={"field": "reason", "op": "==", "value": "other"}, description="Please ring us."),
        step(
            "calendar",
            fields=["free"],
            action={
                "type": "tool_call",
                "target": "make_reference",
                "result": {"free": "/reference"},
                "idempotent": True,
            },
        ),
    ],
    "end_action_type": "tool_call",
    "end_action_target": "make_reference",
    "confirmation": "required",
}


def _good(page: Page) -> None:
    assert_accessible(page)
    assert_fits(page)


@every_look
def test_an_author_tries_a_template_out(
    page_of: PageOf, author: User, make_template: Callable[..., WorkflowTemplate], look: Look
) -> None:
    page = page_of(author, look=look)
    page.goto(f"/admin/registry/workflowtemplate/{make_template(**INTAKE).pk}/try/")
    _good(page)

    page.get_by_label("Reason").select_option("Pain")
    page.get_by_role("button", name="Next").click()
    page.get_by_label("How strong").fill("12")
    page.get_by_label("No", exact=True).check()
    page.get_by_label("Medicines, row 1: Name").fill("Ramipril")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("How strong")).to_have_accessible_description(
        "From 1 to 10 Asked again, because the answer was refused. How strong must be at most 10."
    )
    _good(page)

    page.get_by_label("How strong").fill("9")
    page.get_by_label("How strong").press("Enter")
    page.get_by_role("textbox", name="Free times").fill("8:10")
    _good(page)
    page.get_by_role("button", name="It comes back").click()
    _good(page)

    page.get_by_role("button", name="Change How strong").click()
    page.get_by_label("How strong").fill("3")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("textbox", name="Free times").fill("9:20")  # other answers, so the server is asked again
    page.get_by_role("button", name="It comes back").click()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="The end")).to_be_visible()
    expect(page.get_by_role("list", name="Steps")).to_contain_text("Other left out")
    expect(page.get_by_text("Reason is “Something else”")).to_be_visible()
    _good(page)
