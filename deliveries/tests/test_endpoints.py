"""Operators manage webhook endpoints over REST, and nobody else does."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from deliveries.endpoint_services import WithSecret
from deliveries.endpoints import WebhookEndpoint
from deliveries.models import Delivery
from deliveries.tests.receivers import Receiver, Reply
from deliveries.tests.webhook_calls import GOOD, PATH, create, errors_of, ids_of, verified
from deliveries.tests.working import work, work_patiently
from events.models import Event
from instances.models import Workflow
from instances.tests.calls import answered
from permissions.models import UserType

type Builder[T] = Callable[..., T]

PERSON = {"email": "ada@example.org"}


def test_an_endpoint_is_stored_shown_listed_changed_and_deleted(operator: APIClient) -> None:
    created = create(operator, description="Billing", event_types=["workflow.completed", "workflow.completed"])

    assert created.status_code == 201
    assert created["Cache-Control"] == "no-store"
    shown = created.json()
    secret, place = shown.pop("secret"), f"{PATH}/{shown['id']}"
    assert secret.startswith("whsec_")
    assert shown == {
        "id": shown["id"],
        "url": GOOD,
        "description": "Billing",
        "event_types": ["workflow.completed"],
        "is_active": True,
        "disabled_reason": None,
        "disabled_at": None,
        "failing_since": None,
        "last_success_at": None,
        "created_at": shown["created_at"],
        "updated_at": shown["created_at"],
    }
    assert operator.get(place).json() == shown
    assert operator.get(PATH).json()["results"] == [shown]
    changed = operator.patch(place, {**shown, "event_types": [], "is_active": False})
    assert changed.status_code == 200
    assert changed.json()["event_types"] == []
    assert changed.json()["disabled_reason"] == "An operator disabled it."
    assert [len(operator.get(PATH, {"is_active": word}).json()["results"]) for word in ("true", "false")] == [0, 1]
    assert operator.delete(place).status_code == 204
    assert operator.get(place).status_code == 404


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://receiver.example/hook", "scheme"),
        ("https://127.0.0.1/", "loopback"),
        ("https://169.254.169.254/latest/meta-data", "metadata"),
        ("https://10.0.0.8/", "private"),
        ("https://localhost/", "host"),
        ("https://user:word@receiver.example/", "userinfo"),
        ("https://receiver.example:6379/", "port"),
        ("https://receiver.example/{{state.email}}", "character"),
        ("file:///etc/passwd", "scheme"),
    ],
)
def test_a_url_that_must_not_be_sent_to_is_refused_with_the_reason(operator: APIClient, url: str, code: str) -> None:
    assert ("/url", code) in errors_of(create(operator, url=url))

    made = create(operator).json()
    assert ("/url", code) in errors_of(operator.patch(f"{PATH}/{made['id']}", {"url": url}))
    assert WebhookEndpoint.objects.get().url == GOOD


def test_all_that_is_wrong_is_said_at_once(operator: APIClient) -> None:
    response = create(operator, url="http://10.0.0.8/", event_types=["workflow.complete"])

    assert errors_of(response) == [
        ("/url", "private"),
        ("/url", "scheme"),
        ("/url", "port"),
        ("/event_types", "unknown_event_type"),
    ]
    assert "Did you mean 'workflow.completed'?" in response.json()["detail"]
    assert errors_of(create(operator, is_activ=True, event_types="all")) == [
        ("/event_types", "not_a_list"),
        ("/is_activ", "unknown_key"),
    ]


def test_nobody_but_operators_gets_anywhere_near(
    stranger: APIClient, nobody: APIClient, make_client: Builder[APIClient], operator: APIClient
) -> None:
    made = create(operator).json()
    backend = make_client(scopes=["workflows:read", "workflows:run", "templates:write"])
    place, before = f"{PATH}/{made['id']}", WebhookEndpoint.objects.values().get()
    doors = [
        ("get", PATH),
        ("post", PATH),
        ("get", place),
        ("patch", place),
        ("delete", place),
        ("post", f"{place}/rotate-secret"),
        ("post", f"{place}/test"),
        ("get", f"{place}/deliveries"),
        ("post", f"{place}/replay"),
    ]
    for method, path in doors:
        for caller, expected in ((nobody, 401), (stranger, 403), (backend, 403)):
            assert getattr(caller, method)(path, {}).status_code == expected, (method, path)
    assert WebhookEndpoint.objects.values().get() == before
    assert not Delivery.objects.exists()


def test_a_key_limited_to_user_types_cannot_be_given_the_right(
    make_client: Builder[APIClient], make_user_type: Builder[UserType]
) -> None:
    with pytest.raises(Exception, match="cannot hold operations"):
        make_client(scopes=["operations"], user_types=[make_user_type()])


def test_what_is_not_there_is_404(operator: APIClient) -> None:
    place = f"{PATH}/00000000-0000-0000-0000-000000000000"

    for method, path in (("get", ""), ("patch", ""), ("delete", ""), ("get", "/deliveries")):
        assert getattr(operator, method)(place + path, {}).status_code == 404
    for act in ("rotate-secret", "test", "replay"):
        assert answered(operator.post(f"{place}/{act}", {})) == (404, "not_found")


def test_a_test_event_goes_the_same_way_and_to_this_endpoint_alone(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret]
) -> None:
    asked, other = listen(), listen()
    made = make_endpoint(asked, "workflow.failed")
    make_endpoint(other)

    response = operator.post(f"{PATH}/{made.endpoint.pk}/test", {})
    again = operator.post(f"{PATH}/{made.endpoint.pk}/test", {})
    work()

    assert (response.status_code, response.json()["status"]) == (202, "pending")
    first, second = asked.requests
    message = verified(first, made.secret)
    assert message["type"] == "webhook.test"
    assert message["data"] == {"sequence": 1, "endpoint_id": str(made.endpoint.pk)}
    assert sorted(ids_of([first, second])) == sorted([response.json()["id"], again.json()["id"]])
    assert other.requests == []


def test_a_disabled_endpoint_takes_no_test_and_no_replay(operator: APIClient) -> None:
    place = f"{PATH}/{create(operator, is_active=False).json()['id']}"

    assert answered(operator.post(f"{place}/test", {})) == (409, "endpoint_disabled")
    since = timezone.now().isoformat()
    assert answered(operator.post(f"{place}/replay", {"since": since})) == (409, "endpoint_disabled")
    assert not Event.objects.filter(type="webhook.test").exists()


def test_the_log_shows_every_attempt_and_nothing_of_what_was_sent(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, number: Reply(status=500 if number == 1 else 200, body=b"so so"))
    made = make_endpoint(server, "workflow.completed")
    workflow = make_workflow(state_data=PERSON)
    work_patiently()

    response = operator.get(f"{PATH}/{made.endpoint.pk}/deliveries")

    (line,) = response.json()["results"]
    assert (line["status"], line["method"], line["attempts"]) == ("delivered", "POST", 2)
    assert (line["endpoint_id"], line["workflow_id"]) == (str(made.endpoint.pk), str(workflow.pk))
    assert line["event"]["type"] == "workflow.completed"
    assert [(t["number"], t["result"], t["status_code"], t["excerpt"]) for t in line["tries"]] == [
        (1, "retry", 500, "so so"),
        (2, "delivered", 200, "so so"),
    ]
    assert PERSON["email"] not in response.content.decode()


def test_the_log_is_narrowed_and_costs_the_same_however_long_it_is(
    operator: APIClient,
    listen: Builder[Receiver],
    make_endpoint: Builder[WithSecret],
    make_workflow: Builder[Workflow],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = make_endpoint(listen())
    for _ in range(3):
        make_workflow(state_data=PERSON)
    work()
    place = f"{PATH}/{made.endpoint.pk}/deliveries"
    operator.get(place)

    with django_assert_num_queries(5):  # the key, the endpoint, the count, the page, the attempts
        everything = operator.get(place).json()

    assert everything["count"] == Delivery.objects.count()
    completed = operator.get(place, {"event_type": "workflow.completed", "status": "delivered"}).json()
    assert completed["count"] == 3
    assert operator.get(place, {"status": "failed"}).json()["count"] == 0
    assert operator.get(place, {"status": "sent"}).status_code == 400
    assert operator.get(place, {"kind": "webhook"}).status_code == 400
