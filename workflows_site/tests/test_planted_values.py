"""Values are planted in sensitive fields in every way there is, and are then on no surface that anybody looks at.

A new surface takes its place in `SURFACES`: a function that yields, of what it shows, the text and where it stands.
"""

import io
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.db.models import Model, QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from conversations.page.logs import WithoutLinks
from conversations.tests.visiting import Visitor
from conversations.toolschema.dialects import Dialect
from deliveries import tools
from deliveries.endpoint_services import WithSecret
from deliveries.models import Delivery
from deliveries.tests.receivers import Receiver
from engine.validation import validate
from events.models import Event
from instances.models import Workflow
from permissions.models import UserType
from permissions.policy import Scope
from registry.models import WorkflowTemplate
from workflows_site.tests.api import routes
from workflows_site.tests.planting import (
    ADDRESS,
    TEXT,
    Answered,
    Planted,
    Teller,
    documents,
    echoing,
    everything_ended,
    planted_in,
    received_in_full,
    register_tools,
    secrets_in,
    tell,
)
from workflows_site.tests.talking import look, name_what_is_sensitive, naming_what_is_sensitive, talk, talk_document

type Builder[T] = Callable[..., T]
type Shown = Iterator[tuple[str, str]]

pytestmark = pytest.mark.django_db(transaction=True)


def answers(planted: Planted) -> Shown:
    """Yield what was answered to every request of the story, refused, replayed and waited for ones too."""
    for answered in planted.answers:
        yield answered.request, answered.text


def rest(planted: Planted) -> Shown:
    """Yield every answer to a GET, of every thing that there is."""
    for route in routes("get"):
        for path in _paths(route.path):
            response = planted.client.get(path)
            yield path, f"{dict(response.headers)} {response.content.decode()}"


def pages(planted: Planted) -> Shown:
    """Yield what people were shown who have a link, which never has a value that was stored."""
    for shown in planted.pages:
        yield shown.request, shown.text
    for workflow in Workflow.objects.select_related("template"):
        yield f"page of {workflow.template.name}, {workflow.status}", Visitor.of(workflow).html


def database(planted: Planted) -> Shown:
    """Yield every row of every table as it is stored."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  names of our own tables
            for row in cursor.fetchall():
                for column, value in zip(cursor.description, row, strict=True):
                    text = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    yield f"{table}.{column[0]}", text


def logs(planted: Planted) -> Shown:
    """Yield what any logger said, at whatever level, and every statement with its parameters."""
    for line in planted.logged:
        yield "log", line


def webhooks(planted: Planted) -> Shown:
    """Yield what receivers of webhooks were told."""
    for received in planted.hooks.requests:
        yield f"webhook {received.json()['type']}", f"{received.head!r} {received.body.decode()}"


def admin_pages(planted: Planted) -> Shown:
    """Yield every page of the admin for somebody who may do everything but see sensitive values."""
    person = User.objects.create_user("colleague", is_staff=True)
    person.user_permissions.set(Permission.objects.exclude(codename="view_sensitive"))
    browser = Client()
    browser.force_login(person)
    for path in ("/admin/", *_admin_paths()):
        yield path, browser.get(path).content.decode()


def exports(planted: Planted) -> Shown:
    """Yield what is exported."""
    exported = io.StringIO()
    call_command("export_templates", stdout=exported)
    yield "export_templates", exported.getvalue()


def openapi(planted: Planted) -> Shown:
    """Yield the description of the API."""
    yield "/api/schema", planted.client.get("/api/schema").content.decode()


def of_models(planted: Planted) -> Iterator[Answered]:
    """Yield what models were told, and would be now, whose key may see what is masked from others."""
    teller = Teller(client=planted.seer)
    for workflow in Workflow.objects.all():
        look(teller, str(workflow.pk), workflow.conversation_id, dialects=[Dialect.OPENAI])
    yield from (*planted.told, *teller.told)


SURFACES: Mapping[str, Callable[[Planted], Shown]] = {
    "answers": answers,
    "pages": pages,
    "rest": rest,
    "database": database,
    "logs": logs,
    "webhooks": webhooks,
    "admin": admin_pages,
    "exports": exports,
    "openapi": openapi,
}

_LINES = logging.Formatter()
_LINK = re.compile(r"/w/\w{40}")
_SEEN_AT_LEAST = {"answers": 150, "pages": 20, "rest": 50, "database": 500, "logs": 1000, "webhooks": 5, "admin": 50}


@pytest.fixture
def receiver(
    listen: Builder[Receiver],
    make_template: Builder[WorkflowTemplate],
    make_user_type: Builder[UserType],
    monkeypatch: pytest.MonkeyPatch,
) -> Receiver:
    """Return the receiver of the end actions of the templates of the story, which customers may use."""
    monkeypatch.setattr(tools, "_tools", dict(tools._tools))
    register_tools()
    receiver = listen(echoing)
    stories = (*documents(receiver.url), talk_document())
    make_user_type(*(make_template(**parts) for parts in stories), name="customer")
    name_what_is_sensitive()
    return receiver


@pytest.fixture
def planted(
    receiver: Receiver,
    listen: Builder[Receiver],
    make_endpoint: Builder[WithSecret],
    make_client: Builder[APIClient],
    caplog: pytest.LogCaptureFixture,
) -> Planted:
    """Tell the story twice: once by who sees sensitive values, and once by who does not."""
    caplog.set_level(logging.DEBUG)
    hooks = listen()
    make_endpoint(hooks)
    seer = Teller(client=make_client(scopes=list(map(str, Scope))))
    teller = Teller(client=make_client())
    with CaptureQueriesContext(connection) as queries, caplog.filtering(WithoutLinks()):  # as the console has it
        tell(seer, "seen")
        tell(teller, "unseen")
        for one, conversation in ((seer, "seen"), (teller, "unseen")):
            talk(one, conversation)
    assert any(planted_in(answered.text) for answered in seer.answers)
    # Some handlers send on all that a record holds.
    logged = [f"{_LINES.format(record)} {vars(record)!r}" for record in caplog.records]
    logged += [query["sql"] for query in queries]
    return Planted(
        client=teller.client,
        seer=seer.client,
        answers=teller.answers,
        told=seer.told,
        pages=[*seer.pages, *teller.pages],
        receiver=receiver,
        hooks=hooks,
        logged=logged,
    )


def test_no_planted_value_is_shown_anywhere(planted: Planted) -> None:
    assert everything_ended() == {
        ("intake", "completed"),
        ("handing over", "completed"),
        ("following", "active"),
        ("letter", "completed"),
        ("quoting", "failed"),
        ("talk", "completed"),
        ("talk", "cancelled"),
        ("intake", "paused"),
    }
    assert received_in_full(planted)
    assert [letter.to for letter in mail.outbox] == [[ADDRESS]] * 2

    found: dict[str, list[str]] = {}
    for name, surface in SURFACES.items():
        shown = list(surface(planted))
        assert len(shown) >= _SEEN_AT_LEAST.get(name, 1), name
        found[name] = [f"{where}: {forms}" for where, text in shown if (forms := planted_in(text))]

    assert found == {name: [] for name in SURFACES}
    with_links = [
        where
        for surface in (logs, database, webhooks, exports)
        for where, text in surface(planted)
        if _LINK.search(text)
    ]
    assert with_links == []
    told = list(of_models(planted))
    assert any(planted_in(answered.text) for answered in told)
    assert [answered.request for answered in told if secrets_in(answered.text)] == []


def test_what_is_planted_is_found_wherever_it_is_plain(make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow(properties={"note": {"type": "string"}}, state_data={"note": TEXT})

    assert workflow.status == "completed"
    found = {where for where, text in database(None) if planted_in(text)}  # type: ignore[arg-type]
    assert found == {"instances_workflow.state_data", "events_event.data"}


def _paths(route: str) -> Iterator[str]:
    """Yield a route with the id of every thing that it may be about."""
    if "<" not in route:
        yield f"{route}?limit=1000"
        return
    collection = route.split("/")[2]
    named = {
        "workflow-templates": "registry.WorkflowTemplate",
        "workflows": "instances.Workflow",
        "deliveries": "deliveries.Delivery",
        "webhook-endpoints": "deliveries.WebhookEndpoint",
        "user-types": "permissions.UserType",
    }.get(collection)
    for pk in apps.get_model(named)._default_manager.values_list("pk", flat=True) if named else ():
        yield re.sub(r"<int:\w+>", "1", re.sub(r"<(uuid|str):pk>", str(pk), route))


def _admin_paths() -> Iterator[str]:
    """Yield the list of each kind of thing, and of every one the page and the history."""
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        for pk in _found(model).values_list("pk", flat=True):
            yield reverse(f"{name}_change", args=[pk])
            yield reverse(f"{name}_history", args=[pk])


def _found(model: type[Model]) -> QuerySet[Any]:
    """Return the things that are looked at: all, but for those of which there are many alike."""
    everything: QuerySet[Any] = model._default_manager.all()
    if model is Event:
        return everything.filter(type__in=["workflow.submitted", "workflow.failed"])[:10]
    return everything.exclude(kind="webhook") if model is Delivery else everything


def test_no_author_can_name_what_is_sensitive_in_a_text() -> None:
    found = validate(naming_what_is_sensitive(talk_document()))

    assert validate(talk_document()) == ()
    assert {finding.rule for finding in found} == {"sensitive_in_words"}
