"""A secret is planted, sent, echoed by its receiver in every way, and is then in nothing that anybody can read."""

import base64
import json
import logging
from collections.abc import Callable
from io import StringIO
from urllib.parse import quote

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from deliveries.models import Delivery, Secret
from deliveries.tests.receivers import Received, Receiver, Reply
from deliveries.tests.working import work_patiently
from deliveries.vault import store_secret
from instances.models import Workflow
from instances.tests.calls import stored

type Builder[T] = Callable[..., T]

PLANTED = 'Tr0ub4dor&3/"+ü'


def echoing(received: Received, number: int) -> Reply:
    """Send everything back, as receivers do in their error pages and debug answers."""
    sent = {
        "headers": dict(received.headers),
        "body": received.body.decode(),
        "plain": PLANTED,
        "basic": base64.b64encode(f"user:{PLANTED}".encode()).decode(),
        "query": f"?token={quote(PLANTED)}",
    }
    body = json.dumps(sent, ensure_ascii=number % 2 == 0).encode()
    return Reply(status=503 if number == 1 else 200, headers={"X-Echo": "1"}, body=body)


@pytest.fixture
def workflow(listen: Builder[Receiver], make_workflow: Builder[Workflow], caplog: pytest.LogCaptureFixture) -> Workflow:
    """Return a workflow that was completed by sending a secret in a header and in the body."""
    caplog.set_level(logging.DEBUG)
    server = listen(echoing)
    store_secret("bank", value=PLANTED, hosts=[server.authority], by="test", at=timezone.now())
    workflow = make_workflow(
        name="loan",
        end_action_type="api_call",
        end_action_target=f"{server.url}/loans",
        end_action_config={
            "headers": {"Authorization": "Bearer {{secret:bank}}"},
            "body": {"key": "{{secret:bank}}", "note": "{{state.note}}"},
        },
        properties={"note": {"type": "string"}},
        state_data={"note": "My key is {{secret:bank}}."},
    )
    work_patiently()
    assert stored(workflow).status == "completed"
    assert server.requests[-1].headers["authorization"] == f"Bearer {PLANTED}"
    assert server.requests[-1].json() == {"key": PLANTED, "note": "My key is {{secret:bank}}."}
    return workflow


def forms() -> set[str]:
    """Return the secret as it might be written down."""
    return {
        PLANTED,
        json.dumps(PLANTED)[1:-1],
        json.dumps(PLANTED, ensure_ascii=False)[1:-1],
        quote(PLANTED),
        quote(PLANTED, safe=""),
        base64.b64encode(PLANTED.encode()).decode(),
    }


def assert_clean(text: str, where: str) -> None:
    found = [form for form in forms() if form in text]
    assert found == [], where


def test_it_is_in_no_row_but_encrypted_in_its_own(workflow: Workflow) -> None:
    for model in apps.get_models():
        for row in model._default_manager.values():
            assert_clean(json.dumps(row, default=str, ensure_ascii=False), model.__name__)
            assert_clean(json.dumps(row, default=str), model.__name__)
    assert Secret.objects.get().ciphertext != PLANTED
    assert "***" in Delivery.objects.get().tries.last().excerpt  # type: ignore[union-attr]


def test_it_is_in_no_answer(workflow: Workflow, make_client: Builder[APIClient]) -> None:
    everything = make_client()
    delivery = Delivery.objects.get()
    for path in (
        f"workflows/{workflow.pk}",
        f"workflows/{workflow.pk}/events",
        "workflows",
        "workflow-templates",
        f"workflow-templates/{workflow.template_id}",
        f"workflow-templates/{workflow.template_id}/versions/1",
        "deliveries",
        f"deliveries/{delivery.pk}",
        "secrets",
        "secrets/bank",
        "tools",
    ):
        response = everything.get(f"/api/{path}")
        assert response.status_code == 200, path
        assert_clean(response.content.decode(), path)


def test_it_is_on_no_page_of_the_admin(workflow: Workflow) -> None:
    browser, delivery = Client(), Delivery.objects.get()
    browser.force_login(User.objects.create_superuser("root"))
    for path in (
        "",
        "deliveries/delivery/",
        f"deliveries/delivery/{delivery.pk}/change/",
        "deliveries/secret/",
        "deliveries/secret/bank/change/",
        f"instances/workflow/{workflow.pk}/change/",
    ):
        response = browser.get(f"/admin/{path}")
        assert response.status_code == 200, path
        assert_clean(response.content.decode(), path)


def test_it_is_in_no_log_line_and_no_export(workflow: Workflow, caplog: pytest.LogCaptureFixture) -> None:
    exported = StringIO()
    call_command("export_templates", stdout=exported)

    assert "secret:bank" in exported.getvalue()
    assert_clean(exported.getvalue(), "export")
    assert_clean(caplog.text, "log")
