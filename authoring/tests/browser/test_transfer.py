"""The diagram, the import and the export in a browser: without a complaint, accessible, by keyboard."""

import json
from collections.abc import Callable
from pathlib import Path

from django.contrib.auth.models import User
from playwright.sync_api import expect

from browsing.browsers import Look, assert_accessible, assert_fits
from browsing.fixtures import PageOf, every_look
from conftest import document, step
from registry.models import WorkflowTemplate

LIST = "/admin/registry/workflowtemplate/"


@every_look
def test_an_author_looks_at_the_diagram_and_steps_through_it_by_keyboard(
    page_of: PageOf, author: User, make_template: Callable[..., WorkflowTemplate], look: Look
) -> None:
    steps = [
        step("contact", name="How to reach you", fields=["email"]),
        step("more", name="More", when={"field": "email", "op": "answered"}, required=False),
    ]
    template = make_template(name="intake", steps=steps)
    page = page_of(author, look=look)

    page.goto(f"{LIST}{template.pk}/diagram/")

    first = page.get_by_role("link", name="1. How to reach you: asks for Email.")
    first.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="2. More: may be skipped")).to_be_focused()
    page.get_by_text("The same in words", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="only if Email is answered")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


@every_look
def test_an_author_imports_what_was_shown_before(
    page_of: PageOf, author: User, make_template: Callable[..., WorkflowTemplate], tmp_path: Path, look: Look
) -> None:
    make_template(name="intake", guidelines="Be calm. " * 40)
    wrong = document(name="wrong", steps=[step("a", name="The loan", fields=["emial"])])
    lines = [document(name="intake", guidelines="Be kind. " * 40), wrong]
    (tmp_path / "two.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("a: [", encoding="utf-8")
    page = page_of(author, look=look)
    page.goto(LIST)
    page.get_by_role("link", name="Import").click()
    expect(page.get_by_role("button", name="Show what would happen")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)

    page.get_by_label("Files").set_input_files([tmp_path / "two.jsonl", tmp_path / "broken.yaml"])
    page.get_by_role("button", name="Show what would happen").click()

    expect(page.get_by_text("It changes the template")).to_be_visible()
    expect(page.get_by_text("Step 1 “The loan”, what it asks for")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Import what is chosen").click()
    expect(page.get_by_text("“wrong” kept as a draft")).to_be_visible()


@every_look
def test_an_author_takes_a_template_along(
    page_of: PageOf, author: User, make_template: Callable[..., WorkflowTemplate], look: Look
) -> None:
    make_template(name="intake")
    page = page_of(author, look=look)
    page.goto(LIST)

    page.get_by_role("link", name="Export").click()
    expect(page.get_by_role("button", name="Export")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()

    assert download.value.suggested_filename == "intake-v1.yaml"
