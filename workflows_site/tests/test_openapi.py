"""The description of the API: valid OpenAPI 3.1, and what is answered is what it says."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
import pytest
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from conftest import document, reusable_step, step
from instances.tests.calls import Answer
from permissions.models import UserType
from workflows_site.tests.api import DOCUMENT, routes

pytestmark = pytest.mark.django_db

type Operation = tuple[str, str]
"""Method and path, as the description has them."""


@pytest.fixture
def description(nobody: APIClient) -> dict[str, Any]:
    response = nobody.get("/api/schema", HTTP_ACCEPT="application/json")
    read: dict[str, Any] = response.json()
    return read


class Described:
    """A client that judges every answer by the description of the API, and notes what it has seen."""

    def __init__(self, client: APIClient, description: dict[str, Any]) -> None:
        self.client = client
        self.description = description
        self.seen: set[Operation] = set()

    def ask(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        response: Answer = getattr(self.client, method)(path, body)
        assert response.status_code == expect, response.content
        operation = self._operation(method, path)
        if expect < 400:
            self.seen.add(operation)
            self._judge(operation, response)
        return response.json() if response.content else None

    def _operation(self, method: str, path: str) -> Operation:
        for template, operations in self.description["paths"].items():
            pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path.partition("?")[0]) and method in operations:
                return method, template
        raise AssertionError(f"{method} {path} is not described")

    def _judge(self, operation: Operation, response: Answer) -> None:
        method, path = operation
        answers = self.description["paths"][path][method]["responses"]
        assert str(response.status_code) in answers, f"{operation} does not tell of {response.status_code}"
        content = answers[str(response.status_code)].get("content")
        if content is None:
            assert response.content == b""
            return
        schema = {**content["application/json"]["schema"], "components": self.description["components"]}
        judge = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, offline=True)
        wrong = [f"{error.instance_path}: {error.message}" for error in judge.iter_errors(response.json())]
        assert not wrong, (operation, wrong)


def test_the_description_is_valid_openapi(description: dict[str, Any]) -> None:
    validate_schema(description)  # type: ignore[no-untyped-call]  # drf-spectacular has no types here

    assert description["openapi"] == "3.1.0"
    names = [operation["operationId"] for operation in _operations(description).values()]
    assert len(names) == len(set(names))


_WITHOUT_BODY = ("/activate", "/link", "/restore", "/test", "/deliveries/{id}/replay")


def test_every_route_is_described_and_says_what_it_takes(description: dict[str, Any]) -> None:
    described = {(method, path.rstrip("/")) for method, path in _operations(description)}
    walked = {(route.method, re.sub(r"<uuid:pk>", "{id}", route.path)) for route in routes()}
    walked = {(method, re.sub(r"<\w+:(\w+)>", r"{\1}", path.replace("<str:pk>", "{name}"))) for method, path in walked}

    assert walked - described == {("get", "/api/schema"), ("get", "/api/docs")}
    for (method, path), operation in _operations(description).items():
        assert operation["security"], "every operation says how to be let in"
        if method in ("post", "put", "patch") and not path.endswith(_WITHOUT_BODY):
            assert "application/json" in operation["requestBody"]["content"], path


def _operations(description: dict[str, Any]) -> dict[Operation, dict[str, Any]]:
    return {
        (method, path): operation
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
    }


@pytest.fixture
def api(client: APIClient, description: dict[str, Any]) -> Described:
    return Described(client, description)


def test_every_answer_of_a_session_is_as_described(
    api: Described, description: dict[str, Any], make_user_type: Callable[..., UserType]
) -> None:
    for part in (_templates, _step_templates, _permissions, _workflows, _endings, _secrets_and_tools, _webhooks):
        for method, path, body, expect in part(api):
            api.ask(method, path, body, expect=expect)

    assert set(_operations(description)) == api.seen


type Call = tuple[str, str, Any, int]


def _templates(api: Described) -> Iterator[Call]:
    made = api.ask("post", "/api/workflow-templates", DOCUMENT, expect=201)
    path = f"/api/workflow-templates/{made['id']}"
    yield "get", path, None, 200
    yield "put", path, {**made, "guidelines": "Be kinder."}, 200
    yield "patch", path, {"metadata": {"a": [1, None]}, "description": ""}, 200
    yield "get", "/api/workflow-templates?search=loan&is_active=true", None, 200
    yield "post", "/api/workflow-templates/validate", DOCUMENT, 200
    yield "post", "/api/workflow-templates/validate", document(steps=[step("a", fields=["x"], colour=1)]), 200
    yield "put", f"{path}/draft", {"document": {**DOCUMENT, "guidelines": "New."}}, 200
    yield "get", f"{path}/draft", None, 200
    yield "delete", f"{path}/draft", None, 204
    yield "put", f"{path}/draft", {"document": {**DOCUMENT, "guidelines": "Newest."}}, 200
    yield "post", f"{path}/publish", {"note": "Better."}, 200
    yield "get", f"{path}/tools?dialect=openai-strict", None, 200
    yield "get", f"{path}/versions", None, 200
    yield "get", f"{path}/versions/1", None, 200
    yield "get", f"{path}/versions/3/diff?against=1", None, 200
    yield "post", f"{path}/versions/1/restore", {}, 200
    spare = api.ask("post", "/api/workflow-templates", document(), expect=201)
    yield "delete", f"/api/workflow-templates/{spare['id']}", None, 204


def _step_templates(api: Described) -> Iterator[Call]:
    made = api.ask("post", "/api/step-templates", reusable_step(category="people"), expect=201)
    path = f"/api/step-templates/{made['id']}"
    yield "get", path, None, 200
    yield "put", path, {**made, "name": "Home address"}, 200
    yield "patch", path, {"step": {**made["step"], "description": "Where you live"}}, 200
    yield "post", "/api/step-templates", reusable_step(slug="Not a slug"), 400
    yield "get", "/api/step-templates?search=home&category=people", None, 200
    yield "get", f"{path}/versions", None, 200
    yield "get", f"{path}/versions/2", None, 200
    using = document(properties={}, steps=[{"id": "home", "uses": "address@1"}])
    user = api.ask("post", "/api/workflow-templates", using, expect=201)
    yield "get", f"{path}/used-by", None, 200
    yield "delete", path, None, 409
    yield "delete", f"/api/workflow-templates/{user['id']}", None, 204
    yield "delete", path, None, 204


def _permissions(api: Described) -> Iterator[Call]:
    loan = api.ask("get", "/api/workflow-templates?name=loan")["results"][0]["id"]
    kind = api.ask("post", "/api/user-types", {"name": "customer"}, expect=201)["id"]
    spare = api.ask("post", "/api/user-types", {"name": "spare", "description": "x"}, expect=201)["id"]
    yield "get", f"/api/user-types/{kind}", None, 200
    yield "put", f"/api/user-types/{kind}", {"name": "customer", "description": "Buys"}, 200
    yield "patch", f"/api/user-types/{kind}", {"description": ""}, 200
    yield "get", "/api/user-types?limit=1", None, 200
    for one in (kind, spare):
        body = {"user_type_id": one, "workflow_template_id": loan}
        made = api.ask("post", "/api/permissions", body, expect=201)
        yield "get", f"/api/permissions/{made['id']}", None, 200
        yield "delete", f"/api/permissions?user_type_id={one}&workflow_template_id={loan}", None, 204
        made = api.ask("post", "/api/permissions", body, expect=201)
    yield "delete", f"/api/permissions/{made['id']}", None, 204
    yield "get", "/api/permissions", None, 200
    yield "get", f"/api/user-types/{kind}/workflow-templates", None, 200
    yield "delete", f"/api/user-types/{spare}", None, 204


def _workflows(api: Described) -> Iterator[Call]:
    order = {"template": "loan", "conversation_id": "c1", "user_id": "u1", "user_type": "customer"}
    prefill = {"amount": 5, "purpose": "car", "colour": "red", "born": "1990-01-01"}
    made = api.ask("post", "/api/workflows", {**order, "state_data": prefill, "activate": False}, expect=201)
    path = f"/api/workflows/{made['id']}"
    yield "get", path, None, 200
    yield "post", f"{path}/activate", {}, 200
    yield "post", f"{path}/submit", {"data": {"amount": 5000, "plate": "ABC"}}, 200
    yield "post", f"{path}/submit", {"data": {"purpose": "home", "born": "1991-01-01", "amount": 5, "x": 1}}, 200
    yield "get", f"{path}/context?dialect=anthropic&locale=de-CH&max_chars=2000", None, 200
    yield "get", "/api/conversations/c1/context", None, 200
    yield "get", "/api/conversations/elsewhere/context?user_type=customer&user_id=u1", None, 200
    yield "post", f"{path}/submit?include=context", {"data": {"purpose": "home"}}, 200
    yield "post", f"{path}/submit", {"data": {"amount": 5}, "skip": ["what"], "acknowledge": ["nothing"]}, 400
    yield "patch", path, {"state_data": {"born": None, "plate": "AB"}, "metadata": {"a": {"b": [1]}}}, 200
    yield "put", path, {**api.ask("get", path), "metadata": {"c": None}, "expected_revision": 5}, 200
    yield "post", f"{path}/pause", {"reason": "Lunch.", "expected_revision": 6}, 200
    yield "post", f"{path}/resume", {"data": {"amount": " 6,000 "}, "coerce": True, "on_active": "reject"}, 200
    call = {"name": "submit_data", "arguments": {"data": {"amount": "6,500"}}, "message": "6,500", "dialect": "mcp"}
    yield "post", "/api/conversations/c1/tool-calls", call, 200
    yield "post", "/api/conversations/c1/tool-calls", {"name": "fly", "arguments": "{}"}, 200
    yield "get", "/api/workflows?status=active", None, 200
    yield "get", f"{path}/events", None, 200
    yield "post", f"{path}/link", {}, 201
    yield "post", f"{path}/cancel", {"reason": "Enough."}, 200
    yield "delete", path, None, 204


def _endings(api: Described) -> Iterator[Call]:
    order = {"template": "loan", "conversation_id": "c2", "user_id": "u1", "user_type": "customer"}
    complete = {"amount": 5000, "purpose": "home", "born": "1990-01-01", "extra": ["x"]}
    made = api.ask("post", "/api/workflows", {**order, "state_data": complete}, expect=201)
    assert (made["status"], made["failure"]["code"]) == ("failed", "not_found")
    yield "get", f"/api/workflows/{made['id']}", None, 200
    again = api.ask("post", f"/api/workflows/{made['id']}/retry", {})
    append = {"append": {"extra": ["y"]}, "expected_revision": again["workflow"]["revision"]}
    yield "post", f"/api/workflows/{made['id']}/retry", append, 200
    yield "get", f"/api/workflows/{made['id']}/events", None, 200
    yield "get", "/api/workflows?skip=0&limit=1000", None, 200
    api.ask("post", "/api/workflow-templates", {**document(name="careful"), "confirmation": "required"}, expect=201)
    careful = api.ask("get", "/api/workflow-templates?name=careful")["results"][0]["id"]
    kind = api.ask("get", "/api/user-types?name=customer")["results"][0]["id"]
    api.ask("post", "/api/permissions", {"user_type_id": kind, "workflow_template_id": careful}, expect=201)
    made = api.ask("post", "/api/workflows", {**order, "template": "careful", "conversation_id": "c3"}, expect=201)
    path = f"/api/workflows/{made['id']}"
    ready = api.ask("post", f"{path}/submit", {"data": {"email": "a@b.example"}})
    yield "get", path, None, 200
    yield "get", f"{path}/context", None, 200
    sequel = api.ask("post", "/api/workflow-templates", document(name="sequel", prerequisites=["careful"]), expect=201)
    grant = {"user_type_id": kind, "workflow_template_id": sequel["id"]}
    api.ask("post", "/api/permissions", grant, expect=201)
    follow = {**order, "template": "sequel", "conversation_id": "c4", "on_unmet": "start"}
    waiting = api.ask("post", "/api/workflows", follow, expect=201)
    assert waiting["started_prerequisite"]["template"] == "careful"
    yield "post", f"/api/workflows/{waiting['id']}/activate", {}, 409
    yield "post", f"{path}/confirm", {"token": ready["confirmation"]["token"]}, 200


def _webhooks(api: Described) -> Iterator[Call]:
    hook = {"url": "https://receiver.example/hook", "event_types": ["workflow.completed"]}
    made = api.ask("post", "/api/webhook-endpoints", hook, expect=201)
    path = f"/api/webhook-endpoints/{made['id']}"
    yield "get", "/api/webhook-endpoints?is_active=true", None, 200
    yield "get", path, None, 200
    yield "patch", path, {"description": "CRM"}, 200
    yield "post", f"{path}/rotate-secret", {"revoke_old": True}, 200
    yield "post", f"{path}/test", {}, 202
    yield "get", f"{path}/deliveries?status=pending", None, 200
    yield "post", f"{path}/replay", {"since": "2026-03-01T12:00:00Z"}, 202
    yield "patch", path, {"is_active": False}, 200
    yield "post", f"{path}/test", {}, 409
    yield "delete", path, None, 204
    delivered = api.ask("get", "/api/deliveries?kind=webhook")["results"][0]["id"]
    yield "get", f"/api/deliveries/{delivered}", None, 200
    yield "post", f"/api/deliveries/{delivered}/replay", {}, 200
    yield "post", "/api/deliveries/replay", {"since": "2026-03-01T12:00:00Z"}, 200


def _secrets_and_tools(api: Described) -> Iterator[Call]:
    path, body = "/api/secrets/bank", {"value": "s3cret", "hosts": ["bank.example"]}
    yield "put", path, body, 201
    yield "put", path, {**body, **api.ask("get", path)}, 200
    yield "patch", path, {"hosts": ["*.bank.example:8443"]}, 200
    yield "get", "/api/secrets?limit=1", None, 200
    yield "delete", path, None, 204
    yield "get", "/api/tools", None, 200


def test_whatever_acts_can_be_sent_again_under_one_key(description: dict[str, Any]) -> None:
    posts = {path: kinds["post"] for path, kinds in description["paths"].items() if "post" in kinds}
    keyed = {path for path, post in posts.items() if "Idempotency-Key" in str(post.get("parameters"))}

    acts = {path for path in posts if path.startswith(("/api/workflows", "/api/conversations"))}
    assert keyed == {path for path in acts if not path.endswith("/link")}  # to make a link changes nothing
    assert len(keyed) == 9
