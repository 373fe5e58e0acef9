"""What the groups that come with the service may do, and what they may not."""

import re
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from rest_framework.test import APIClient

from conftest import document, step
from instances.models import Workflow
from permissions.policy import POLICY

type Builder[T] = Callable[..., T]

ROLES = ("Author", "Publisher", "Operator")
AUTHORS, TEMPLATES_READERS = {"Author", "Publisher"}, set(ROLES)
SENSITIVE = "+33 1 23 45 67 89"

migration: Any = import_module("authoring.migrations.0001_roles")

# Who may enter where over REST; whoever is not named may not. Routes that nobody of these may enter are not here.
EXPECTED: dict[tuple[str, str], set[str]] = {
    ("templates", "GET"): TEMPLATES_READERS,
    ("templates", "POST"): {"Publisher"},
    ("templates", "PUT"): {"Publisher"},
    ("templates", "PATCH"): {"Publisher"},
    ("templates", "DELETE"): {"Publisher"},
    ("template-validation", "POST"): TEMPLATES_READERS,
    ("template-draft", "GET"): TEMPLATES_READERS,
    ("template-draft", "PUT"): AUTHORS,
    ("template-draft", "DELETE"): AUTHORS,
    ("template-publishing", "POST"): {"Publisher"},
    ("template-versions", "GET"): TEMPLATES_READERS,
    ("template-tools", "GET"): TEMPLATES_READERS,
    ("step-templates", "GET"): TEMPLATES_READERS,
    ("step-templates", "POST"): {"Publisher"},
    ("step-templates", "PUT"): {"Publisher"},
    ("step-templates", "PATCH"): {"Publisher"},
    ("step-templates", "DELETE"): {"Publisher"},
    ("step-template-versions", "GET"): TEMPLATES_READERS,
    ("step-template-uses", "GET"): TEMPLATES_READERS,
    ("user-types", "GET"): set(ROLES),
    ("user-types", "POST"): {"Publisher"},
    ("user-types", "PUT"): {"Publisher"},
    ("user-types", "PATCH"): {"Publisher"},
    ("user-types", "DELETE"): {"Publisher"},
    ("user-type-templates", "GET"): TEMPLATES_READERS,
    ("grants", "GET"): set(ROLES),
    ("grants", "POST"): {"Publisher"},
    ("grants", "DELETE"): {"Publisher"},
    ("workflows", "GET"): {"Operator"},
    ("workflows", "POST"): {"Operator"},
    ("workflows", "PUT"): {"Operator"},
    ("workflows", "PATCH"): {"Operator"},
    ("workflows", "DELETE"): {"Operator"},
    ("workflow-acts", "POST"): {"Operator"},
    ("workflow-links", "POST"): {"Operator"},
    ("workflow-events", "GET"): {"Operator"},
    ("contexts", "GET"): {"Operator"},
    ("tool-calls", "POST"): {"Operator"},
    ("deliveries", "GET"): {"Operator"},
    ("delivery-acts", "POST"): {"Operator"},
    ("secrets", "GET"): {"Operator"},
    ("secrets", "PUT"): {"Operator"},
    ("secrets", "PATCH"): {"Operator"},
    ("secrets", "DELETE"): {"Operator"},
    ("webhook-endpoints", "GET"): {"Operator"},
    ("webhook-endpoints", "POST"): {"Operator"},
    ("webhook-endpoints", "PATCH"): {"Operator"},
    ("webhook-endpoints", "DELETE"): {"Operator"},
    ("webhook-endpoint-acts", "POST"): {"Operator"},
    ("webhook-endpoint-deliveries", "GET"): {"Operator"},
}


def _add_roles() -> None:
    """Do what the migration does; it changes no table, so the editor is not entered."""
    migration.add_roles(apps, connection.schema_editor())


@pytest.fixture
def employ(db: None) -> Callable[[str], User]:
    """Return a builder of staff members who have one role; tests that empty all tables may have taken the roles."""
    if Group.objects.filter(name__in=ROLES).count() < len(ROLES):
        _add_roles()

    def make(role: str) -> User:
        person = User.objects.create_user(role.lower(), is_staff=True)
        person.groups.add(Group.objects.get(name=role))
        return person

    return make


@pytest.fixture
def browser_of(employ: Callable[[str], User]) -> Callable[[str], APIClient]:
    """Return a builder of browsers in which somebody of a role is logged in."""

    def make(role: str) -> APIClient:
        browser = APIClient()
        browser.force_login(employ(role))
        return browser

    return make


def _codenames(role: str) -> set[str]:
    found = Permission.objects.filter(group__name=role).select_related("content_type")
    return {f"{permission.content_type.app_label}.{permission.codename}" for permission in found}


def _doors(permissions: Iterable[str]) -> set[tuple[str, str]]:
    """Return where somebody with these permissions may enter over REST."""
    lines = ((route, method, access) for route, methods in POLICY.items() for method, access in methods.items())
    return {(route, method) for route, method, access in lines if access.permission in set(permissions)}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_the_doors_it_is_for_and_no_other(employ: Callable[[str], User], role: str) -> None:
    person = employ(role)

    assert _doors(person.get_all_permissions()) == {door for door, roles in EXPECTED.items() if role in roles}


def test_an_author_keeps_drafts_and_is_told_what_publishing_needs(
    browser_of: Builder[APIClient], make_workflow: Builder[Workflow]
) -> None:
    template, author = make_workflow().template, browser_of("Author")
    page = f"/api/workflow-templates/{template.pk}"

    assert author.put(f"{page}/draft", {"document": document(name=template.name)}).status_code == 200
    for refused in (
        author.post(f"{page}/publish", {}),
        author.post(f"{page}/versions/1/restore", {}),
        author.put(page, document(name=template.name)),
        author.patch(page, {"is_active": False}),
        author.post("/api/workflow-templates", document()),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "missing_scope")
        assert "registry.publish_workflowtemplate" in refused.json()["detail"]
    template.refresh_from_db()
    assert (template.current_version, template.is_active) == (1, True)


def test_a_publisher_publishes_what_an_author_wrote(
    browser_of: Builder[APIClient], make_workflow: Builder[Workflow]
) -> None:
    template = make_workflow().template
    page = f"/api/workflow-templates/{template.pk}"
    browser_of("Author").put(f"{page}/draft", {"document": document(name=template.name, guidelines="Be kind.")})

    response = browser_of("Publisher").post(f"{page}/publish", {})

    assert response.status_code == 200, response.content
    assert response.json()["current_version"] == 2


def test_an_operator_looks_after_workflows_and_does_not_see_what_is_sensitive(
    browser_of: Builder[APIClient], make_workflow: Builder[Workflow]
) -> None:
    operator = browser_of("Operator")
    workflow = make_workflow(
        properties={"phone": {"type": "string", "x-sensitive": "mask"}, "why": {"type": "string"}},
        steps=[step(fields=["phone", "why"])],
        state_data={"phone": SENSITIVE},
    )

    shown = operator.get(f"/api/workflows/{workflow.pk}")
    cancelled = operator.post(f"/api/workflows/{workflow.pk}/cancel", {"reason": "a test"})

    assert shown.json()["state_data"] == {"phone": "***"}
    assert (cancelled.status_code, cancelled.json()["workflow"]["status"]) == (200, "cancelled")
    assert SENSITIVE not in shown.content.decode() + cancelled.content.decode()


ADMIN = {
    "registry/workflowtemplate/": TEMPLATES_READERS,
    "permissions/usertype/": set(ROLES),
    "permissions/usertype/add/": {"Publisher"},
    "permissions/usertypeworkflowtemplate/": set(ROLES),
    "permissions/apikey/": {"Operator"},
    "permissions/apikey/add/": {"Operator"},
    "instances/workflow/": {"Operator"},
    "instances/workflow/{workflow}/change/": {"Operator"},
    "instances/workflow/{workflow}/cancel/": {"Operator"},
    "deliveries/delivery/": {"Operator"},
    "deliveries/channel/": {"Operator"},
    "deliveries/secret/add/": {"Operator"},
    "deliveries/webhookendpoint/add/": {"Operator"},
    "events/event/": {"Operator"},
    "auth/user/": set(),
    "auth/group/": set(),
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_pages_of_the_admin_and_no_other(
    browser_of: Builder[APIClient], make_workflow: Builder[Workflow], role: str
) -> None:
    workflow, person = make_workflow(), browser_of(role)

    statuses = {page: person.get(f"/admin/{page.format(workflow=workflow.pk)}").status_code for page in ADMIN}

    assert statuses == {page: 200 if role in roles else 403 for page, roles in ADMIN.items()}


def test_an_operator_issues_the_key_of_a_chat_and_none_that_publishes(browser_of: Builder[APIClient]) -> None:
    page = browser_of("Operator").get("/admin/permissions/apikey/add/").content.decode()

    offered = set(re.findall(r'name="scopes" value="([^"]+)"', page))
    assert offered == {"templates:read", "permissions:read", "workflows:read", "workflows:run", "operations"}


def test_a_publisher_may_tick_the_grants_and_an_author_may_only_look(
    browser_of: Builder[APIClient], make_workflow: Builder[Workflow]
) -> None:
    make_workflow()
    pages = {role: browser_of(role).get("/admin/permissions/usertypeworkflowtemplate/") for role in ROLES}

    may_save = {role for role, page in pages.items() if 'value="Save"' in page.content.decode()}
    assert may_save == {"Publisher"}


def test_nobody_gets_by_a_role_what_is_given_one_by_one(employ: Callable[[str], User]) -> None:
    for role in ROLES:
        permissions = employ(role).get_all_permissions()

        assert not permissions & {"instances.view_sensitive", "deliveries.use_tools", "auth.change_user"}


def test_a_publisher_may_all_that_an_author_may(employ: Callable[[str], User]) -> None:
    assert employ("Author").get_all_permissions() < employ("Publisher").get_all_permissions()


def test_a_fresh_database_has_no_permissions_yet_and_they_are_made(employ: Callable[[str], User]) -> None:
    names = {role: _codenames(role) for role in ROLES}
    words = dict(Permission.objects.values_list("codename", "name"))
    Group.objects.all().delete()
    Permission.objects.all().delete()
    ContentType.objects.all().delete()
    ContentType.objects.clear_cache()

    _add_roles()

    ContentType.objects.clear_cache()
    assert {role: _codenames(role) for role in ROLES} == names
    made = dict(Permission.objects.values_list("codename", "name"))
    assert made.items() <= words.items()


def test_what_an_organisation_made_of_a_role_stays(employ: Callable[[str], User]) -> None:
    author = Group.objects.get(name="Author")
    author.permissions.set([Permission.objects.get(codename="view_event")])
    Group.objects.get(name="Operator").delete()

    _add_roles()

    assert _codenames("Author") == {"events.view_event"}
    assert "deliveries.change_delivery" in _codenames("Operator")


def test_every_right_of_a_role_exists_unless_its_model_is_yet_to_come(employ: Callable[[str], User]) -> None:
    known = {
        f"{app}.{codename}" for app, codename in Permission.objects.values_list("content_type__app_label", "codename")
    }
    models = {model._meta.label_lower for model in apps.get_models()}

    for role, rights in migration.ROLES.items():
        wanted = {f"{app}.{codename}" for app, codenames in rights.items() for codename in codenames}
        to_come = {name for name in wanted if _model_of(name) not in models}
        assert wanted - to_come == _codenames(role) <= known


def _model_of(permission: str) -> str:
    app, codename = permission.split(".")
    return f"{app}.{codename.split('_', 1)[1]}"
