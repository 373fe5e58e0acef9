"""Operators manage webhook endpoints in the admin, by the same rules as over REST."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from deliveries.endpoint_services import create_endpoint
from deliveries.endpoints import WebhookEndpoint
from deliveries.models import Delivery
from deliveries.tests.receivers import Receiver
from deliveries.tests.webhook_calls import verified
from deliveries.tests.working import work

type Builder[T] = Callable[..., T]

PAGE = "/admin/deliveries/webhookendpoint/"
GOOD = "https://receiver.example/hook"


@pytest.fixture
def operator(db: None) -> Client:
    """Return the browser of somebody who may do everything."""
    browser = Client()
    browser.force_login(User.objects.create_superuser("operator"))
    return browser


@pytest.fixture
def endpoint(db: None) -> WebhookEndpoint:
    return create_endpoint(url=GOOD, at=timezone.now()).endpoint


def _choose(browser: Client, action: str, endpoint: WebhookEndpoint) -> str:
    chosen = {"action": action, "_selected_action": [str(endpoint.pk)]}
    return browser.post(PAGE, chosen, follow=True).content.decode()


def _stored(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return WebhookEndpoint.objects.get(pk=endpoint.pk)


def test_a_new_endpoint_shows_its_secret_once_and_signs_with_it(operator: Client, listen: Builder[Receiver]) -> None:
    server = listen()

    page = operator.post(
        PAGE + "add/", {"url": f"{server.url}/hook", "event_types": ["workflow.failed"], "is_active": "on"}, follow=True
    ).content.decode()

    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/]{43}=", page)
    made = WebhookEndpoint.objects.get()
    assert (made.event_types, made.is_active) == (["workflow.failed"], True)
    assert secret not in operator.get(f"{PAGE}{made.pk}/change/").content.decode()
    assert "A test event is on its way" in _choose(operator, "send_test", made)
    work()
    assert verified(server.requests[0], secret)["type"] == "webhook.test"
    page = operator.get(f"{PAGE}{made.pk}/change/").content.decode()
    assert "What was sent here, or is to be" in page


def test_what_is_wrong_stands_beside_its_field(operator: Client) -> None:
    page = operator.post(PAGE + "add/", {"url": "http://10.0.0.1/", "is_active": "on"})

    errors = page.context["adminform"].form.errors
    assert set(errors) == {"url"}
    assert "Plain http goes only to hosts and ports that an operator adds to EGRESS_ALLOW" in str(errors["url"])
    assert not WebhookEndpoint.objects.exists()


def test_changes_are_stored_and_nothing_else_is(operator: Client, endpoint: WebhookEndpoint) -> None:
    change = {"url": GOOD, "description": "Billing", "event_types": ["workflow.completed"]}

    response = operator.post(f"{PAGE}{endpoint.pk}/change/", change)

    assert response.status_code == 302
    changed = _stored(endpoint)
    assert (changed.description, changed.event_types, changed.is_active) == ("Billing", ["workflow.completed"], False)
    assert changed.disabled_reason == "An operator disabled it."
    assert changed.secrets == endpoint.secrets


def test_endpoints_are_disabled_and_enabled_from_the_list(operator: Client, endpoint: WebhookEndpoint) -> None:
    _choose(operator, "disable", endpoint)
    assert not _stored(endpoint).is_active
    assert "This endpoint is disabled" in _choose(operator, "send_test", endpoint)
    assert not Delivery.objects.exists()

    _choose(operator, "enable", endpoint)
    assert _stored(endpoint).is_active


def test_rotating_shows_the_new_secret_until_there_are_too_many(operator: Client, endpoint: WebhookEndpoint) -> None:
    for _ in range(4):
        assert "whsec_" in _choose(operator, "rotate", endpoint)

    page = _choose(operator, "rotate", endpoint)

    assert "whsec_" not in page
    assert "5 secrets of this endpoint are valid already" in page


def test_whatever_is_done_to_an_endpoint_stands_in_its_history(operator: Client, endpoint: WebhookEndpoint) -> None:
    for action in ("disable", "enable", "rotate", "send_test"):
        _choose(operator, action, endpoint)

    page = operator.get(f"{PAGE}{endpoint.pk}/history/").content.decode()

    said = ("Disabled.", "Enabled.", "Made a new secret.", "Sent a test event.")
    assert [words for words in said if words not in page] == []
    assert "whsec_" not in page


def test_who_may_only_look_is_shown_no_way_to_change_anything(endpoint: WebhookEndpoint) -> None:
    looker, browser = User.objects.create_user("looker", is_staff=True), Client()
    looker.user_permissions.add(Permission.objects.get(codename="view_webhookendpoint"))
    browser.force_login(looker)

    for action in ("rotate", "enable", "disable", "send_test"):
        assert "whsec_" not in _choose(browser, action, endpoint)

    assert browser.get(PAGE).status_code == 200
    assert browser.post(f"{PAGE}{endpoint.pk}/change/", {"url": GOOD}).status_code == 403
    assert _stored(endpoint).secrets == endpoint.secrets
    assert not Delivery.objects.exists()


def test_the_list_shows_how_each_is_doing(operator: Client, endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.note_failure(timezone.now())

    page = operator.get(PAGE)

    assert page.status_code == 200
    assert "Failing since" in page.content.decode()
