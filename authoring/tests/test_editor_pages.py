"""Who may open the editor and do what there, and what its page costs."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from authoring.tests.editor_pages import CHANGE, Editor, address, author, kept, on_record, publisher, text_of, viewer
from authoring.tests.page_forms import form_on, identities_on
from conftest import NOW, document, step
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry
from rest.tests.staff import browser, violations

pytestmark = pytest.mark.django_db

PAGES = ("change", "live", "insert")
HOSTILE = "\"><script>alert('x')</script>&amp;"

PAGE_QUERIES, LIVE_QUERIES, SAVE_QUERIES = 12, 5, 10

type MakeTemplate = Callable[..., WorkflowTemplate]


def large(fields: int, steps: int) -> dict[str, object]:
    """Return a document with as many fields and steps, with conditions and rules."""
    properties = {f"f{number}": {"type": "integer", "title": f"Field {number}"} for number in range(fields)}
    return document(
        properties=properties,
        steps=[
            step(
                f"s{number}",
                fields=[f"f{number}"],
                rules=[{"check": {"field": f"f{number}", "op": ">", "value": 1}, "message": "More."}],
                **({"when": {"field": f"f{number - 1}", "op": "==", "value": 2}} if number else {}),
            )
            for number in range(steps)
        ],
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_asked_to_log_in(make_template: MakeTemplate, page: str) -> None:
    answer = Client().post(address(page, make_template()))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("page", PAGES)
def test_a_staff_member_without_any_right_is_refused(make_template: MakeTemplate, page: str) -> None:
    template, person = make_template(), browser()

    assert person.get(address("change", template)).status_code == 403
    assert person.post(address(page, template), {"action": "save"}).status_code == 403


@pytest.mark.parametrize("action", ["save", "publish", "apply", "discard", "overwrite", "", "anything"])
def test_a_viewer_sees_everything_and_changes_nothing(make_template: MakeTemplate, action: str) -> None:
    template, person = make_template(description="What it is for"), viewer()
    before, inputs = kept(template), Editor(author(), template).inputs

    answer = person.get(address("change", template))
    page = text_of(answer)
    assert "You may look at this, and not change it" in page
    assert "What it is for" in page
    assert "Save draft" not in page
    assert [name for name in form_on(answer.content).inputs if name.startswith(("field", "step", "document"))] == []

    posted = {**inputs, "document-only-description": "Mine", "action": action}
    assert person.post(address("change", template), posted).status_code == 403
    assert person.post(address("insert", template), {**inputs, "slug": "address"}).status_code == 403
    assert person.post(address("live", template), {**posted, "autosave": "on"}).status_code == 200
    assert kept(template) == before
    assert on_record() == []


@pytest.mark.parametrize("panel", ["checks", "try", "diagram"])
def test_a_viewer_tries_and_sees_what_is_stored_though_the_browser_posts_no_rows(
    make_template: MakeTemplate, panel: str
) -> None:
    answer = Editor(viewer(), make_template(name="sign up")).ask(panel=panel)

    assert answer.status_code == 200
    assert answer.json()["name"] == "sign up"
    assert [field["name"] for field in answer.json()["facts"]["fields"]] == ["email"]
    shown = {"checks": "checks", "try": "trial", "diagram": "diagram"}[panel]
    assert ("Nothing is wrong." if panel == "checks" else "Email") in answer.json()[shown]


def test_an_author_who_may_not_publish_sees_why_and_cannot(make_template: MakeTemplate) -> None:
    template = make_template()
    editor = Editor(author(), template)
    before = kept(template)

    assert "Publishing needs a right that you do not have. Ask a publisher" in editor.page.decode()
    assert not editor.has("open-publish")
    assert editor.press("publish", note="Mine").status_code == 403
    assert kept(template) == before


def test_a_publisher_is_offered_to_publish(make_template: MakeTemplate) -> None:
    editor = Editor(publisher(), make_template())

    assert editor.has("open-publish")
    assert "Publishing needs a right" not in editor.page.decode()


def test_who_may_change_and_not_view_is_let_in_as_everywhere_in_the_admin(make_template: MakeTemplate) -> None:
    assert browser(CHANGE).get(address("change", make_template())).status_code == 200


@pytest.mark.parametrize("page", ["live", "insert"])
def test_what_the_script_asks_is_posted_and_of_a_template_that_is_there(make_template: MakeTemplate, page: str) -> None:
    assert author().get(address(page, make_template())).status_code == 405
    assert author().post(reverse(f"admin:registry_workflowtemplate_{page}", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("identity", ["00000000-0000-4000-8000-000000000000", "nonsense", "1"])
def test_a_template_that_is_gone_leads_back_to_the_list(db: None, identity: str) -> None:
    answer = author().get(f"/admin/registry/workflowtemplate/{identity}/change/", follow=True)

    assert "There is no such workflow template any more." in text_of(answer)


def test_posts_need_the_token_of_the_page(make_template: MakeTemplate) -> None:
    template, person = make_template(), author()
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = person.cookies

    assert careful.post(address("change", template), {"action": "save"}).status_code == 403
    assert careful.post(address("live", template)).status_code == 403


def test_the_page_says_what_is_published_and_what_is_not(make_template: MakeTemplate) -> None:
    template = make_template(name="sign up", is_active=False)
    page = author().get(address("change", template)).content.decode()
    assert "Version 1 is published" in page
    assert "Not offered" in page

    WorkflowRegistry.save_draft(template.pk, {**template.document(), "name": "x"}, actor="user:ada", at=NOW)
    page = author().get(address("change", template)).content.decode()
    assert "Draft saved 1 March 2026, 12:00 by ada" in page

    begun = WorkflowRegistry.begin({"name": "new"}, actor="user:ada", at=NOW)
    assert "Never published" in text_of(author().get(address("change", begun)))


def test_the_page_holds_under_a_strict_policy_whatever_texts_there_are(make_template: MakeTemplate) -> None:
    template = make_template(
        name=HOSTILE,
        description=HOSTILE,
        properties={HOSTILE: {"type": "string", "title": HOSTILE, "description": f"{HOSTILE}\n</textarea>"}},
        steps=[step("one", fields=[HOSTILE], description=f"</textarea>{HOSTILE}")],
    )

    page = publisher().get(address("change", template)).content

    assert violations(page.decode()) == []
    assert b"<script>alert" not in page
    inputs = form_on(page).inputs
    assert inputs["document-only-name"] == [HOSTILE]
    assert inputs["field-f1-help"] == [f"{HOSTILE}\r\n</textarea>"]


def test_every_label_and_description_on_the_page_belongs_to_something(make_template: MakeTemplate) -> None:
    page = author().get(address("change", make_template(**large(3, 3)))).content
    known = identities_on(page)

    for attributes in known.values():
        for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
            for wanted in attributes.get(name, "").split():
                assert wanted in known, f"{name} of {attributes['id']} leads nowhere"


@pytest.mark.parametrize("tab", ["about", "information", "steps", "finish", "versions", "advanced"])
def test_a_tab_is_opened_by_its_address(make_template: MakeTemplate, tab: str) -> None:
    page = author().get(address("change", make_template()), {"tab": tab}).content

    known = identities_on(page)
    assert known[f"tab-{tab}"]["aria-selected"] == "true"
    assert "hidden" not in known[f"panel-{tab}"]
    assert form_on(page).inputs["tab"] == [tab]


def test_what_is_worked_out_has_no_inputs_for_what_is_asked(make_template: MakeTemplate) -> None:
    properties = {"a": {"type": "integer"}, "b": {"type": "integer", "x-computed": {"sum": ["a"]}}}
    page = (
        viewer()
        .get(address("change", make_template(properties=properties, steps=[step("only", fields=["a"])])))
        .content.decode()
    )

    rows = re.findall(r'id="row_field-.*?</details>', page.partition("<template")[0], flags=re.DOTALL)

    for legend in ("When it is asked", "What is said when an answer does not count", "Depends on other answers"):
        asked, computed = (re.search(f'<fieldset class="part"([^>]*)><legend>{legend}', row) for row in rows)
        assert asked
        assert computed
        assert (asked[1].endswith(" hidden"), computed[1].endswith(" hidden")) == (False, True)


def test_a_tab_that_there_is_not_is_the_first_one(make_template: MakeTemplate) -> None:
    page = author().get(address("change", make_template()), {"tab": HOSTILE}).content

    assert form_on(page).inputs["tab"] == ["about"]


def queries(act: Callable[[], object], count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    act()  # the first time, tables of permissions and content types are read once and for all
    with django_assert_num_queries(count):
        act()


@pytest.mark.parametrize(("fields", "steps"), [(1, 1), (30, 15)])
def test_the_page_asks_the_database_as_often_for_many_rows_as_for_one(
    make_template: MakeTemplate, django_assert_num_queries: DjangoAssertNumQueries, fields: int, steps: int
) -> None:
    template, person = make_template(**large(fields, steps)), author()

    queries(lambda: person.get(address("change", template)), PAGE_QUERIES, django_assert_num_queries)


@pytest.mark.parametrize(("fields", "steps"), [(1, 1), (30, 15)])
@pytest.mark.parametrize("panel", ["checks", "try", "diagram"])
def test_asking_while_typing_costs_as_much_for_many_rows_as_for_one(
    make_template: MakeTemplate, django_assert_num_queries: DjangoAssertNumQueries, fields: int, steps: int, panel: str
) -> None:
    editor = Editor(author(), make_template(**large(fields, steps)))

    queries(lambda: editor.ask(panel=panel), LIVE_QUERIES, django_assert_num_queries)


@pytest.mark.parametrize(("fields", "steps"), [(1, 1), (30, 15)])
def test_saving_costs_as_much_for_many_rows_as_for_one(
    make_template: MakeTemplate, django_assert_num_queries: DjangoAssertNumQueries, fields: int, steps: int
) -> None:
    editor = Editor(author(), make_template(**large(fields, steps)))
    editor.type("document-only-description", "Changed").press("save")
    editor.read(editor.browser.get(address("change", editor.template)))

    editor.type("document-only-description", "Changed again")
    with django_assert_num_queries(SAVE_QUERIES):
        assert editor.press("save").status_code == 302


def test_a_box_to_tick_stands_before_its_label(make_template: MakeTemplate) -> None:
    template = make_template()

    page = author().get(address("change", template)).content.decode()

    assert re.search(r'name="document-only-is_active"[^>]*><label', page)
