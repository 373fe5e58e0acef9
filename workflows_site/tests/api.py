"""Every route of the API as tests walk them, with a world of one of each thing to walk through."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from conftest import NOW, document, reusable_step, step
from deliveries.endpoint_services import create_endpoint, send_test
from deliveries.endpoints import WebhookEndpoint
from deliveries.models import Delivery, Secret
from deliveries.vault import store_secret
from instances.models import Workflow
from instances.tests.calls import Answer
from permissions.models import UserTypeWorkflowTemplate
from registry import step_templates
from registry.models import StepTemplate, WorkflowTemplate
from registry.registry import WorkflowRegistry

PROBLEM = {"type", "title", "status", "code", "detail"}

GROWN_UP = {"field": "born", "op": "<", "ref": "$today", "offset": "-P18Y"}
LARGE_OR_NAMELESS = {
    "any": [{"field": "amount", "op": ">", "value": 5}, {"not": {"field": "purpose", "op": "answered"}}]
}
DOCUMENT = document(
    name="loan",
    description="A loan",
    category="financial",
    guidelines="Be kind.",
    properties={
        "amount": {"type": "number", "minimum": 1000, "title": "Amount", "x-unit": "EUR", "x-messages": {"*": "No."}},
        "purpose": {"type": "string", "oneOf": [{"const": "home", "title": "A home"}, {"const": "car"}]},
        "plate": {"type": "string", "pattern": "^[A-Z]+$", "x-when": {"field": "purpose", "op": "==", "value": "car"}},
        "born": {"type": "string", "format": "date", "x-sensitive": "mask", "x-ask": ["When?"], "x-order": 1},
        "extra": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    },
    required=["amount", "purpose"],
    steps=[
        step("what", fields=["amount", "purpose", "plate"]),
        step("you", fields=["born"], when=LARGE_OR_NAMELESS),
        step("rest", fields=["extra"], required=False, rules=[{"check": GROWN_UP, "message": "Too young."}]),
    ],
    end_action_type="workflow",
    end_action_target="thanks",
    end_action_config={"state": {"sum": "amount"}},
    time_zone="Europe/Paris",
    metadata={"owner": "loans"},
    is_active=True,
)


HOOK = "https://receiver.example/hook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one path; `filters` are the query parameters of a list, paging aside."""

    method: str
    path: str
    filters: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One of each thing: a template with a draft and two versions, a reusable step, a grant, a workflow, a delivery."""

    template: WorkflowTemplate
    grant: UserTypeWorkflowTemplate
    secret: Secret
    workflow: Workflow
    endpoint: WebhookEndpoint
    delivery: Delivery
    step_template: StepTemplate

    def path_of(self, route: Route) -> str:
        """Return the path of a route with the ids of these things."""
        keys = {
            "workflow-templates": self.template.pk,
            "user-types": self.grant.user_type_id,
            "permissions": self.grant.pk,
            "workflows": self.workflow.pk,
            "secrets": self.secret.pk,
            "webhook-endpoints": self.endpoint.pk,
            "deliveries": self.delivery.pk,
            "step-templates": self.step_template.pk,
        }
        collection = route.path.split("/")[2]
        return re.sub("<(uuid|str):pk>", str(keys.get(collection)), route.path).replace("<int:number>", "1")

    def body_of(self, route: Route) -> dict[str, Any]:
        """Return a body that this route takes."""
        order = {"template": "loan", "conversation_id": "c2", "user_id": "u1", "user_type": "customer"}
        bodies: dict[str, dict[str, Any]] = {
            "/api/workflow-templates": {**DOCUMENT, "name": "another loan"},
            "/api/workflow-templates/validate": DOCUMENT,
            "/api/workflow-templates/<uuid:pk>": DOCUMENT,
            "/api/workflow-templates/<uuid:pk>/draft": {"document": DOCUMENT, "expected_revision": 1},
            "/api/workflow-templates/<uuid:pk>/publish": {"note": "Better.", "overwrite": True},
            "/api/step-templates": reusable_step(slug="home"),
            "/api/step-templates/<uuid:pk>": reusable_step(category="people"),
            "/api/user-types": {"name": "visitor", "description": "Looks around"},
            "/api/user-types/<uuid:pk>": {"name": "customer", "description": "Buys"},
            "/api/permissions": {
                "user_type_id": str(self.grant.user_type_id),
                "workflow_template_id": str(self.template.pk),
            },
            "/api/workflows": {
                **order,
                "state_data": {"amount": 5000},
                "metadata": {"a": [1]},
                "activate": True,
                "on_unmet": "start",
            },
            "/api/workflows/<uuid:pk>": {
                "state_data": {"amount": 5000, "purpose": None, "extra": ["x"], "born": "***"},
                "metadata": {"a": [1], "b": {"c": None}},
                "expected_revision": 1,
                "status": "active",
            },
            "/api/workflows/<uuid:pk>/submit": {
                "data": {"amount": 5000, "purpose": "car", "extra": ["x"]},
                "clear": ["born"],
                "skip": ["rest"],
                "acknowledge": ["rest"],
                "atomic": False,
                "source": "llm",
                "expected_revision": 1,
            },
            "/api/secrets/<str:pk>": {"value": "s3cret", "hosts": ["bank.example", "*.bank.example:8443"]},
            "/api/workflows/<uuid:pk>/cancel": {"reason": "Enough."},
            "/api/deliveries/replay": {"since": "2026-03-01T12:00:00Z", "kind": "webhook"},
            "/api/webhook-endpoints": {"url": HOOK, "description": "CRM", "event_types": ["workflow.completed"]},
            "/api/webhook-endpoints/<uuid:pk>": {"url": HOOK, "event_types": [], "is_active": True},
            "/api/webhook-endpoints/<uuid:pk>/rotate-secret": {"revoke_old": True},
            "/api/webhook-endpoints/<uuid:pk>/replay": {
                "since": "2026-03-01T12:00:00Z",
                "until": "2026-03-02T12:00:00+01:00",
                "only_failed": False,
            },
        }
        return bodies.get(route.path, {})


def build_world(make_user_type: Callable[..., Any], make_workflow: Callable[..., Workflow]) -> World:
    """Make one of each thing."""
    template = WorkflowRegistry.create(DOCUMENT, actor="author", at=NOW)
    WorkflowRegistry.change(template.pk, {"guidelines": "Be kinder."}, actor="author", at=NOW)
    WorkflowRegistry.save_draft(template.pk, DOCUMENT, actor="author", at=NOW)
    kind = make_user_type(template, name="customer")
    workflow = make_workflow(template=template, user_type=kind, conversation_id="c1")
    secret, _ = store_secret("bank", value="s3cret", hosts=["bank.example"], by="operator", at=NOW)
    endpoint = create_endpoint(url=HOOK, at=NOW).endpoint
    grant = UserTypeWorkflowTemplate.objects.get()
    return World(
        template=template,
        grant=grant,
        secret=secret,
        workflow=workflow,
        endpoint=endpoint,
        delivery=send_test(endpoint.pk, actor="operator", at=NOW),
        step_template=step_templates.create(reusable_step(), actor="author", at=NOW),
    )


def routes(*methods: str) -> list[Route]:
    """Return every route of the API, or those of some methods."""
    found = [route for path, pattern in patterns(get_resolver()) for route in _routes_of(path, pattern)]
    return [route for route in found if not methods or route.method in methods]


def lists() -> list[Route]:
    """Return the routes that answer a list."""
    return [route for route in routes("get") if route.filters is not None]


def patterns(resolver: URLResolver, above: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Return every pattern below a resolver, with its whole path."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, above + str(pattern.pattern))
        else:
            yield above + str(pattern.pattern), pattern


def every_path(world: World) -> Iterator[str]:
    """Return the path of every route of the site, with the ids of what there is."""
    ids = {"template_id": world.template.pk, "workflow_id": world.workflow.pk}
    for path, pattern in patterns(get_resolver()):
        found = path.replace("<path:object_id>", _first_of(pattern.name or "")).replace("(?P<url>.*)$", "nowhere")
        found = re.sub(r"\^\(\?P<app_label>(\w+).*", r"\1/", found)
        found = re.sub(r"<uuid:(\w+_id)>", lambda place: str(ids[place[1]]), found)
        yield re.sub("<[^>]*>", "1", found)


def _first_of(route: str) -> str:
    """Return the id of the first thing that this page of the admin is about."""
    for model in apps.get_models():
        if route.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
            first: Any = model._default_manager.first()
            return str(first.pk) if first else "1"
    return "1"


def assert_sound(response: Answer) -> None:
    """Assert that this is no failure of ours, and that an error is a problem with all its members."""
    assert response.status_code < 500, response.content[:500]
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/problem+json"
        body = response.json()
        assert body.keys() >= PROBLEM
        assert body["status"] == response.status_code


def _routes_of(path: str, pattern: URLPattern) -> Iterator[Route]:
    view: Any = getattr(pattern.callback, "cls", None)
    if not path.startswith("/api/") or view is None:
        return
    for method, action in getattr(pattern.callback, "actions", {"get": ""}).items():
        if method == "head":  # added to a view with its first request
            continue
        filterset = {**vars(view), **getattr(pattern.callback, "initkwargs", {})}.get("filterset_class")
        is_list = action in ("list", "versions", "events", "workflow_templates", "deliveries", "used_by")
        filters = tuple(filterset.base_filters if filterset else ()) if is_list else None
        yield Route(method=method, path=path, filters=filters)
