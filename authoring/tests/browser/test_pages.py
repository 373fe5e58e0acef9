"""The pages that everybody meets, in every look: without a complaint of the browser, and accessible."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Error, expect

from authoring.tests.browser.conftest import PASSWORD
from browsing.browsers import Complaints, Look, assert_accessible, assert_fits
from browsing.fixtures import PageOf, every_look
from events.models import Event
from instances.models import Workflow
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry


@every_look
def test_a_visitor_finds_the_way(page_of: PageOf, look: Look) -> None:
    page = page_of(look=look)

    page.goto("/")

    expect(page.get_by_role("link", name="Admin")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


@every_look
def test_who_may_not_see_a_page_finds_the_way_back(page_of: PageOf, complaints: Complaints, look: Look) -> None:
    page = page_of(User.objects.create_user("mia", is_staff=True), look=look)
    complaints.expected.append("403")

    page.goto("/admin/registry/workflowtemplate/")

    expect(page.get_by_role("link", name="Back to the front page")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


@every_look
def test_an_author_logs_in_by_keyboard(page_of: PageOf, author: User, look: Look) -> None:
    page = page_of(look=look)
    page.goto("/admin/")
    assert_accessible(page)
    assert_fits(page)

    page.keyboard.type(author.username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


@every_look
def test_the_front_page_tells_what_is_going_on(
    page_of: PageOf, operator: User, make_workflow: Callable[..., Workflow], look: Look
) -> None:
    make_workflow(name="intake")
    Event.objects.update(at=timezone.now())
    WorkflowRegistry.begin({"name": "a" * 100}, actor="user:nora", at=timezone.now())
    page = page_of(operator, look=look)

    page.goto("/admin/")

    week = page.get_by_role("region", name="This week")
    expect(week.get_by_role("row", name="intake")).to_have_text(re.compile(r"intake\s*1\s*0"))
    expect(page.get_by_role("region", name="Drafts").get_by_text("never published")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


@every_look
def test_an_author_sees_the_templates(
    page_of: PageOf, author: User, make_template: Callable[..., WorkflowTemplate], look: Look
) -> None:
    make_template(name="intake", category="health")
    page = page_of(author, look=look)

    page.goto("/admin/registry/workflowtemplate/")

    expect(page.get_by_role("link", name="intake")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


@every_look
def test_a_developer_reads_the_documentation_of_the_api(page_of: PageOf, look: Look) -> None:
    page = page_of(look=look)

    page.goto("/api/docs")
    expect(page.get_by_role("heading", name="Workflows 0.1.0")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="get /api/workflow-templates", exact=True).click()

    # What now opens is drawn by Swagger UI, whose examples and inputs miss names and contrast that no style can mend.
    expect(page.get_by_role("heading", name="Parameters")).to_be_visible()


def test_whatever_a_browser_complains_of_fails_a_test(page_of: PageOf, complaints: Complaints) -> None:
    page = page_of()
    page.goto("/")

    page.evaluate("""async () => {
        document.body.insertAdjacentHTML("beforeend", '<b style="color: red">Red</b>');
        console.error("I failed");
        setTimeout(() => { throw new Error("so did I"); });
        await fetch("/nowhere");
    }""")
    with pytest.raises(Error):
        page.goto("https://elsewhere.example/")

    provoked = ["violates", "I failed", "so did I", "404", "elsewhere.example"]
    for part in provoked:
        assert any(part in complaint for complaint in complaints.unexpected()), (part, complaints.all)
    complaints.expected += provoked
