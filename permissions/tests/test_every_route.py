"""Every route of the API with every kind of caller: denied by default, and open to exactly who holds the right."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission, User
from django.db.models import Model
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from conftest import reusable_step
from deliveries.endpoint_services import create_endpoint
from deliveries.endpoints import WebhookEndpoint
from deliveries.models import Channel, Delivery, Kind, Secret
from deliveries.vault import store_secret
from events.models import Event
from instances.models import Workflow
from permissions.models import ApiKey, UserType, UserTypeWorkflowTemplate
from permissions.policy import POLICY, Scope
from permissions.services import issue_api_key
from permissions.tests.doors import PUBLIC, Door, every_door, public_routes
from registry import step_templates
from registry.models import StepTemplate, WorkflowTemplate

type Objects = dict[type[Model], UUID | str]
type Verdict = tuple[int, str]

EVERY_SCOPE = frozenset(map(str, Scope))
DOORS = every_door()
CSRF_SECRET = "c" * 32
NOT_LET_IN = (401, "not_authenticated")
BAD_KEY = (401, "authentication_failed")
MISSING_SCOPE = (403, "missing_scope")
NOT_FOUND = (404, "not_found")
NO_TOKEN = (403, "permission_denied")


@pytest.fixture
def objects(make_workflow: Callable[..., Workflow]) -> Objects:
    """One object of every kind, none of which is the stranger's."""
    workflow = make_workflow()
    grant = UserTypeWorkflowTemplate.objects.get()
    secret, _ = store_secret("bank", value="s3cret", hosts=["bank.example"], by="test", at=timezone.now())
    return {
        Workflow: workflow.pk,
        WorkflowTemplate: workflow.template_id,
        UserType: workflow.user_type_id,
        UserTypeWorkflowTemplate: grant.pk,
        Secret: secret.pk,
        Delivery: _delivery_of(workflow).pk,
        WebhookEndpoint: create_endpoint(url="https://receiver.example/", at=timezone.now()).endpoint.pk,
        StepTemplate: step_templates.create(reusable_step(), actor="test", at=timezone.now()).pk,
    }


def _delivery_of(workflow: Workflow) -> Delivery:
    """Return a delivery that waits for its next attempt."""
    now = timezone.now()
    return Delivery.objects.create(
        kind=Kind.END_ACTION.value,
        event=Event.objects.of(workflow.pk)[0],
        target="end",
        channel=Channel.objects.create(name="api_call https://bank.example/"),
        workflow=workflow,
        max_attempts=1,
        give_up_at=now,
        next_attempt_at=now,
        created_at=now,
    )


def _with_key(key: str, scheme: str = "Bearer") -> APIClient:
    return APIClient(HTTP_AUTHORIZATION=f"{scheme} {key}")


def _bad_keys() -> Iterator[tuple[str, APIClient]]:
    """Return clients whose keys were once good, or look as if they were."""
    now = timezone.now()
    good, other, revoked = issue_api_key("good"), issue_api_key("other"), issue_api_key("revoked")
    ApiKey.objects.get(name="revoked").revoke(now)
    _, prefix, secret = good.split("_")
    yield "nonsense", _with_key("nonsense")
    yield "expired key", _with_key(issue_api_key("expired", expires_at=now - timedelta(seconds=1)))
    yield "revoked key", _with_key(revoked)
    yield "tampered secret", _with_key(good[:-1] + ("0" if good[-1] != "0" else "1"))
    yield "prefix alone", _with_key(f"wf_{prefix}")
    yield "prefix with another key's secret", _with_key(f"wf_{prefix}_{other.split('_')[2]}")
    yield "digest in place of the secret", _with_key(f"wf_{prefix}_{ApiKey.objects.get(name='good').digest}")
    yield "unknown prefix", _with_key(f"wf_{'0' * 12}_{secret}")


def _person(name: str, *permissions: str, is_staff: bool = True) -> User:
    person = User.objects.create_user(name, is_staff=is_staff)
    for permission in permissions:
        app, _, codename = permission.partition(".")
        person.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return person


def _session(person: User, *, shows_token: bool = True) -> APIClient:
    """Return the browser of somebody who is logged in, with Django's CSRF check switched on."""
    headers = {"HTTP_X_CSRFTOKEN": CSRF_SECRET} if shows_token else {}
    browser = APIClient(enforce_csrf_checks=True, **headers)
    browser.force_login(person)
    if shows_token:
        browser.cookies["csrftoken"] = CSRF_SECRET
    return browser


def _refused(door: Door) -> Iterator[tuple[str, APIClient, Verdict]]:
    """Return everybody who is not let in here, with the status and the code of the answer."""
    access = door.access
    good = issue_api_key("all scopes", scopes=sorted(EVERY_SCOPE))
    yield "nobody", APIClient(), NOT_LET_IN
    yield "key under another scheme", _with_key(good, scheme="Token"), NOT_LET_IN
    for who, client in _bad_keys():
        yield who, client, BAD_KEY
    lacking = issue_api_key("all but one", scopes=sorted(EVERY_SCOPE - {access.scope}))
    yield "key with every scope but the needed one", _with_key(lacking), MISSING_SCOPE
    permitted, customer = _person("may", access.permission), _person("customer", access.permission, is_staff=False)
    yield "staff session without the permission", _session(_person("may not")), MISSING_SCOPE
    yield "ordinary session with the permission", _session(customer), NOT_LET_IN
    if door.writes:
        yield "staff session without the CSRF token", _session(permitted, shows_token=False), NO_TOKEN


def _admitted(door: Door) -> Iterator[tuple[str, APIClient]]:
    """Return everybody who is let in here."""
    yield "key with just the needed scope", _with_key(issue_api_key("just this", scopes=[door.access.scope]))
    yield "staff session with the permission", _session(User.objects.get(username="may"))


def _call(client: APIClient, door: Door, objects: Objects) -> tuple[int, str]:
    response = client.generic(door.method, door.address(objects), "{}", content_type="application/json")
    if response.status_code < 400:
        return response.status_code, ""
    assert response["Content-Type"] == "application/problem+json", door
    assert ("WWW-Authenticate" in response) == (response.status_code == 401), door
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_a_door_opens_to_exactly_those_who_hold_its_right(
    door: Door, objects: Objects, make_user_type: Callable[..., UserType]
) -> None:
    wrong = []
    for who, client, expected in _refused(door):
        if (got := _call(client, door, objects)) != expected:
            wrong.append(f"{who}: {got}, not {expected}")
    scopes = [door.access.scope] if door.is_open_to_limited_keys else ()
    kind = make_user_type().name
    stranger = _call(_with_key(issue_api_key("stranger", scopes=scopes, user_types=[kind])), door, objects)
    if not door.is_open_to_limited_keys:
        wrong += [] if stranger == MISSING_SCOPE else [f"a stranger's limited key: {stranger}, not {MISSING_SCOPE}"]
    elif door.is_of_one_object:
        wrong += [] if stranger == NOT_FOUND else [f"a stranger's limited key: {stranger}, not {NOT_FOUND}"]
    elif stranger[0] in (401, 403):
        wrong.append(f"a limited key with the scope: {stranger}")
    for who, client in _admitted(door):
        if (got := _call(client, door, objects))[0] in (401, 403):
            wrong.append(f"{who}: {got}")

    assert wrong == [], f"{door} treats these callers otherwise than the policy says."


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_options_is_no_open_door(door: Door, objects: Objects) -> None:
    address, everything = door.address(objects), issue_api_key("all scopes", scopes=sorted(EVERY_SCOPE))

    assert APIClient().options(address).status_code == 401
    assert _with_key(everything).options(address).status_code == 403


@pytest.mark.parametrize("door", [door for door in DOORS if door.method == "GET"], ids=str)
def test_head_opens_to_those_to_whom_get_opens(door: Door, objects: Objects) -> None:
    address, scope = door.address(objects), door.access.scope
    lacking, enough = issue_api_key("lacking", scopes=sorted(EVERY_SCOPE - {scope})), issue_api_key("e", scopes=[scope])

    assert APIClient().head(address).status_code == 401
    assert _with_key(lacking).head(address).status_code == 403
    assert _with_key(enough).head(address).status_code == _with_key(enough).get(address).status_code


def test_no_answer_is_for_anybody_on_the_way_to_keep(objects: Objects) -> None:
    known = _with_key(issue_api_key("all scopes", scopes=sorted(EVERY_SCOPE)))

    for door in DOORS:
        for client in (APIClient(), known):
            response = client.generic(door.method, door.address(objects), "{}", content_type="application/json")
            assert response["Cache-Control"] == "no-store", door


def test_there_are_doors_to_walk_and_each_has_a_place_in_the_policy() -> None:
    named = {(door.policy, door.method) for door in DOORS if door.access}

    unused = {(route, method) for route, methods in POLICY.items() for method in methods} - named
    assert unused == set(), f"POLICY speaks of routes that are not there: {sorted(unused)}"


def test_the_public_routes_are_open_to_everybody(db: None, nobody: APIClient) -> None:
    assert public_routes() == sorted(PUBLIC)
    assert nobody.get("/api/schema").status_code == 200
    assert nobody.get("/api/docs").status_code == 200
    assert nobody.get("/api/no-such-thing").status_code == 404
    assert nobody.post("/api/no-such-thing", {}).status_code == 404


def test_a_broken_key_does_not_close_the_public_routes(db: None) -> None:
    assert _with_key("nonsense").get("/api/schema").status_code == 200


class _NamesNoPolicy(APIView):
    """A view whose author forgot the policy."""

    def get(self, request: Request) -> Response:
        """Give everything away."""
        return Response({"secret": "told"})


class _NamesAnUnknownPolicy(_NamesNoPolicy):
    """A view whose author forgot the line in POLICY."""

    policy = "not-in-the-table"


class _IsOpen(_NamesNoPolicy):
    """A view that says itself that it is public."""

    permission_classes = (AllowAny,)


@pytest.mark.parametrize("view", [_NamesNoPolicy, _NamesAnUnknownPolicy])
def test_a_view_without_a_place_in_the_policy_is_closed_to_everybody(db: None, view: type[APIView]) -> None:
    key = issue_api_key("all scopes", scopes=sorted(EVERY_SCOPE))
    request, answer = APIRequestFactory(), view.as_view()

    assert answer(request.get("/")).status_code == 401
    assert answer(request.get("/", HTTP_AUTHORIZATION=f"Bearer {key}")).status_code == 403
    assert answer(request.head("/", HTTP_AUTHORIZATION=f"Bearer {key}")).status_code == 403


def test_the_views_of_the_last_test_are_closed_by_the_policy_and_by_nothing_else(db: None) -> None:
    assert _IsOpen.as_view()(APIRequestFactory().get("/")).data == {"secret": "told"}


def test_a_method_that_a_route_does_not_have_is_405_to_those_who_are_known(
    client: APIClient, nobody: APIClient
) -> None:
    known = client.patch("/api/permissions", {})

    assert (known.status_code, known.json()["code"]) == (405, "method_not_allowed")
    assert nobody.patch("/api/permissions", {}).status_code == 401
