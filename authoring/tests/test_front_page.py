"""The front page of the admin: what it tells, whom it tells it, and how many queries that takes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from authoring.front_page import BUSIEST, NEWEST_DRAFTS, NEWEST_VERSIONS, WEEK, FrontPage, front_page
from conftest import NOW, document, step
from events.models import Event
from instances.models import Workflow
from permissions.models import UserType
from permissions.services import issue_api_key
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

type Builder[T] = Callable[..., T]

pytestmark = pytest.mark.django_db

ANSWER = {"email": "nora@example.org"}
AUTHOR = ["registry.view_workflowtemplate", "registry.add_workflowtemplate", "registry.change_workflowtemplate"]
OPERATOR = ["instances.view_workflow", "deliveries.view_delivery"]
MANAGER = ["registry.view_workflowtemplate", "permissions.add_usertypeworkflowtemplate", "permissions.add_apikey"]


def somebody(*permissions: str) -> User:
    """Return a staff member called Nora who holds these permissions."""
    user = User.objects.create_user(f"nora{User.objects.count()}", first_name="Nora", is_staff=True)
    for name in permissions:
        app, codename = name.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def seen_by(*permissions: str) -> FrontPage:
    return front_page(somebody(*permissions), at=NOW)


def opened_by(*permissions: str) -> str:
    """Return the page as somebody with these permissions gets it, now."""
    visitor = Client()
    visitor.force_login(somebody(*permissions))
    response = visitor.get("/admin/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def begin(**parts: Any) -> WorkflowTemplate:
    """Begin a template that is nothing but a draft."""
    return WorkflowRegistry.begin(document(**parts), actor="user:mia", at=NOW)


def test_it_greets_by_name() -> None:
    assert "<h1>Hello, Nora</h1>" in opened_by()


def test_who_has_no_first_name_is_greeted_by_the_other() -> None:
    visitor = Client()
    visitor.force_login(User.objects.create_user("mia<b>", is_staff=True))

    assert "<h1>Hello, mia&lt;b&gt;</h1>" in visitor.get("/admin/").content.decode()


def test_nobody_sees_it_without_logging_in() -> None:
    response = Client().get("/admin/")

    assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/")


def test_an_empty_installation_invites_an_author_to_begin() -> None:
    page = opened_by(*AUTHOR)

    assert '<a href="/admin/registry/workflowtemplate/add/">Make your first template</a>' in page
    assert "Nothing is published yet." in page
    assert "Drafts" not in page


def test_who_may_not_begin_is_not_invited() -> None:
    assert seen_by("registry.view_workflowtemplate").next_step is None


def test_what_is_missing_comes_one_after_the_other(
    make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    def next_words() -> str:
        step = seen_by(*MANAGER).next_step
        return step.words if step else ""

    begin()
    assert next_words() == ""
    template = make_template()
    assert next_words() == "Say who may use your templates"
    assert seen_by(*AUTHOR).next_step is None
    make_user_type(template)
    assert next_words() == "Let your chat in, with a key"
    issue_api_key("chat")
    assert next_words() == ""


def test_the_next_step_leads_somewhere(
    make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    reader = Client()
    reader.force_login(User.objects.create_superuser("root"))
    template = make_template()
    granting = seen_by(*MANAGER).next_step
    make_user_type(template)
    issuing = seen_by(*MANAGER).next_step

    for following in (granting, issuing):
        assert following is not None
        assert reader.get(following.url).status_code == 200


def test_what_is_published_is_counted_and_the_newest_versions_are_named(
    make_template: Builder[WorkflowTemplate],
) -> None:
    first = make_template(name="intake")
    make_template(name="old", is_active=False)
    begin(name="idea")
    WorkflowRegistry.change(first.pk, {"guidelines": "Be kind."}, actor="user:nora", at=NOW)

    published = seen_by(*AUTHOR).published

    assert published is not None
    assert (published.count, published.inactive) == (2, 1)
    newest = [(version.template.name, version.number, version.published_by) for version in published.newest]
    assert newest == [("intake", 2, "user:nora"), ("old", 1, "author"), ("intake", 1, "author")]
    page = opened_by(*AUTHOR)
    assert "2 templates</a>, of which 1 is switched off." in page
    assert f'<a href="/admin/registry/workflowtemplate/{first.pk}/change/">intake</a>, version 2' in page
    assert "by nora" in page


def test_only_the_newest_versions_are_named(make_template: Builder[WorkflowTemplate]) -> None:
    for _ in range(NEWEST_VERSIONS + 1):
        make_template()

    published = seen_by(*AUTHOR).published

    assert published is not None
    assert (published.count, len(published.newest)) == (NEWEST_VERSIONS + 1, NEWEST_VERSIONS)


def test_a_draft_tells_how_many_problems_it_has(make_template: Builder[WorkflowTemplate]) -> None:
    sound = begin(name="sound")
    wrong = begin(name="wrong", steps=[step(fields=["email", "emial", "phone"])])
    published = make_template(name="live")
    WorkflowRegistry.save_draft(published.pk, document(name="live"), actor="user:mia", at=NOW + timedelta(minutes=1))

    drafts = seen_by(*AUTHOR).drafts

    assert drafts is not None
    assert drafts.newest[0].template == published
    assert {draft.template.pk: draft.problems for draft in drafts.newest} == {sound.pk: 0, wrong.pk: 2, published.pk: 0}
    page = opened_by(*AUTHOR)
    assert f'<a href="/admin/registry/workflowtemplate/{wrong.pk}/change/">wrong</a>' in page
    assert '<span class="problems">2 problems</span>' in page
    assert "looks complete" in page
    assert "never published, saved" in page
    assert "changes version 1, saved" in page
    assert "by mia" in page


def test_a_draft_that_others_overtook_says_so(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template(name="live")
    WorkflowRegistry.save_draft(template.pk, document(name="live"), actor="user:mia", at=NOW)
    WorkflowRegistry.change(template.pk, {"guidelines": "Be kind."}, actor="user:nora", at=NOW)

    assert "begun on version 1; version 2 is published" in opened_by(*AUTHOR)


@pytest.mark.parametrize("draft", [{}, {"steps": 7}, {"name": "x" * 300, "state_schema": {"type": "array"}}])
def test_a_draft_may_be_anything(make_template: Builder[WorkflowTemplate], draft: dict[str, Any]) -> None:
    template = make_template()
    WorkflowRegistry.save_draft(template.pk, draft, actor="user:mia", at=NOW)

    drafts = seen_by(*AUTHOR).drafts

    assert drafts is not None
    assert drafts.newest[0].problems > 0
    assert "problem" in opened_by(*AUTHOR)


def test_a_draft_that_was_read_from_the_api_may_hold_what_the_api_adds(
    make_template: Builder[WorkflowTemplate],
) -> None:
    template = make_template(name="live")
    draft = {**document(name="live"), "id": str(template.pk), "current_version": 1, "findings": []}
    WorkflowRegistry.save_draft(template.pk, draft, actor="key:0123", at=NOW)

    drafts = seen_by(*AUTHOR).drafts

    assert drafts is not None
    assert drafts.newest[0].problems == 0
    assert "by an API key" in opened_by(*AUTHOR)


def test_of_many_drafts_the_newest_are_looked_at() -> None:
    for number in range(NEWEST_DRAFTS + 2):
        WorkflowRegistry.begin(document(name=f"idea {number}"), actor="mia", at=NOW + timedelta(hours=number))

    drafts = seen_by(*AUTHOR).drafts

    assert drafts is not None
    assert [draft.template.name for draft in drafts.newest][:2] == ["idea 11", "idea 10"]
    assert (drafts.count, len(drafts.newest)) == (NEWEST_DRAFTS + 2, NEWEST_DRAFTS)
    assert "There are 12 drafts" in opened_by(*AUTHOR)


def test_the_week_counts_what_started_and_what_finished(
    make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow]
) -> None:
    busy, quiet = make_template(name="busy"), make_template(name="quiet")
    make_template(name="unused")
    make_workflow(template=quiet, state_data=ANSWER)
    for answers in (ANSWER, {}, {}):
        make_workflow(template=busy, state_data=answers)

    week = seen_by(*OPERATOR).week

    assert week is not None
    assert [(each.name, each.started, each.finished) for each in week] == [("busy", 3, 1), ("quiet", 1, 1)]


def test_what_is_older_than_a_week_is_not_counted(make_workflow: Builder[Workflow]) -> None:
    make_workflow(state_data=ANSWER)
    viewer = somebody(*OPERATOR)

    assert len(front_page(viewer, at=NOW + WEEK).week or ()) == 1
    assert front_page(viewer, at=NOW + WEEK + timedelta(seconds=1)).week == []
    assert "nobody started or finished" in opened_by(*OPERATOR)


def test_of_many_templates_the_busiest_are_named(make_workflow: Builder[Workflow]) -> None:
    for _ in range(BUSIEST + 1):
        make_workflow()

    assert len(seen_by(*OPERATOR).week or ()) == BUSIEST


def test_the_numbers_of_the_week_lead_to_the_workflows(make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow(name="intake <1>")
    Event.objects.update(at=timezone.now())
    link = f"/admin/instances/workflow/?template__id__exact={workflow.template_id}"

    page = opened_by(*OPERATOR)

    assert f'<a href="{link}">intake &lt;1&gt;</a>' in page
    reader = Client()
    reader.force_login(User.objects.get())
    assert str(workflow.pk) in reader.get(link).content.decode()


def test_each_part_is_for_those_who_may_see_it(make_workflow: Builder[Workflow]) -> None:
    make_workflow(name="intake")
    begin(name="idea")
    Event.objects.update(at=timezone.now())

    of_author, of_operator, of_nobody = opened_by(*AUTHOR), opened_by(*OPERATOR), opened_by()

    assert [part in of_author for part in ("Drafts", "Published", "This week")] == [True, True, False]
    assert [part in of_operator for part in ("Drafts", "Published", "This week")] == [False, False, True]
    assert not any(part in of_nobody for part in ("Drafts", "Published", "This week", "Next:", "intake", "idea"))
    assert "idea" not in of_operator


@pytest.mark.parametrize("amount", [1, 12])
def test_more_data_makes_no_more_queries(
    make_workflow: Builder[Workflow], django_assert_num_queries: DjangoAssertNumQueries, amount: int
) -> None:
    for _ in range(amount):
        make_workflow()
        begin()
    viewer = somebody(*AUTHOR, *OPERATOR, *MANAGER)

    # The person's permissions and those of groups; published templates, versions; drafts, the newest of them; names,
    # events; grants, keys.
    with django_assert_num_queries(10):
        page = front_page(viewer, at=NOW)

    assert page.published is not None
    assert page.published.count == amount
    assert page.week
