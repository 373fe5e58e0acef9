"""Nothing happens in a person's name that they did not confirm as it is stored now."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing
from rest_framework.test import APIClient

from instances import confirmation
from instances.models import Workflow
from instances.tests.calls import act, answered, stored, submit, timeline

type Builder[T] = Callable[..., T]

PROPERTIES: dict[str, Any] = {
    "amount": {"type": "number", "title": "Amount", "x-unit": "EUR"},
    "iban": {"type": "string", "x-sensitive": "mask"},
}


@pytest.fixture
def workflow(make_workflow: Builder[Workflow]) -> Workflow:
    return make_workflow(properties=PROPERTIES, confirmation="required", state_data={"iban": "FR76"})


def test_the_summary_and_its_token_come_with_the_last_answer(client: APIClient, workflow: Workflow) -> None:
    answer = submit(client, workflow, {"amount": 5000}).json()

    assert (answer["next"], answer["workflow"]["status"]) == ("confirm", "active")
    assert answer["confirmation"]["summary"] == [
        {"field": "amount", "label": "Amount", "value": 5000, "words": "5000 EUR"},
        {"field": "iban", "label": "Iban", "value": "***", "words": "***"},
    ]
    shown = client.get(f"/api/workflows/{workflow.pk}").json()
    assert (shown["next"], shown["confirmation"]["summary"]) == ("confirm", answer["confirmation"]["summary"])


def test_confirming_with_the_token_ends_the_workflow(client: APIClient, workflow: Workflow) -> None:
    token = submit(client, workflow, {"amount": 5000}).json()["confirmation"]["token"]

    response = act(client, workflow, "confirm", token=token)

    assert (response.status_code, response.json()["next"]) == (200, "done")
    assert stored(workflow).status == "completed"
    assert timeline(workflow.pk)[-2:] == ["workflow.confirmed", "workflow.completed"]


def test_a_token_is_used_once(client: APIClient, workflow: Workflow) -> None:
    token = submit(client, workflow, {"amount": 5000}).json()["confirmation"]["token"]
    act(client, workflow, "confirm", token=token)

    assert answered(act(client, workflow, "confirm", token=token)) == (409, "workflow_ended")


def test_any_change_kills_the_token_and_a_fresh_one_comes_with_the_refusal(
    client: APIClient, workflow: Workflow
) -> None:
    old = submit(client, workflow, {"amount": 5000}).json()["confirmation"]["token"]
    submit(client, workflow, {"amount": 6000})

    refused = act(client, workflow, "confirm", token=old)

    assert answered(refused) == (409, "confirmation_outdated")
    fresh = refused.json()["confirmation"]
    assert fresh["summary"][0]["value"] == 6000
    assert act(client, workflow, "confirm", token=fresh["token"]).status_code == 200


def test_a_refused_correction_takes_the_offer_back(client: APIClient, workflow: Workflow) -> None:
    token = submit(client, workflow, {"amount": 5000}).json()["confirmation"]["token"]

    contested = submit(client, workflow, {"amount": "lots"}).json()

    assert (contested["next"], contested["workflow"]["contested"]) == ("collect", ["amount"])
    assert answered(act(client, workflow, "confirm", token=token)) == (409, "nothing_to_confirm")


@pytest.mark.parametrize("token", [None, "", "made up"])
def test_no_other_token_confirms(client: APIClient, workflow: Workflow, token: str | None) -> None:
    submit(client, workflow, {"amount": 5000})

    assert answered(act(client, workflow, "confirm", token=token)) == (409, "confirmation_outdated")
    assert stored(workflow).status == "active"


def test_a_token_that_was_signed_for_something_else_does_not_confirm(client: APIClient, workflow: Workflow) -> None:
    submit(client, workflow, {"amount": 5000})

    response = act(client, workflow, "confirm", token=signing.dumps([str(workflow.pk), 99]))

    assert answered(response) == (409, "confirmation_outdated")


def test_a_token_of_another_workflow_does_not_confirm(
    client: APIClient, workflow: Workflow, make_workflow: Builder[Workflow]
) -> None:
    other = make_workflow(properties=PROPERTIES, confirmation="required", state_data={"iban": "FR76"})
    token = submit(client, other, {"amount": 5000}).json()["confirmation"]["token"]
    submit(client, workflow, {"amount": 5000})

    assert answered(act(client, workflow, "confirm", token=token)) == (409, "confirmation_outdated")


def test_a_token_expires(client: APIClient, workflow: Workflow, monkeypatch: pytest.MonkeyPatch) -> None:
    token = submit(client, workflow, {"amount": 5000}).json()["confirmation"]["token"]
    monkeypatch.setattr(confirmation, "VALID_FOR", -confirmation.VALID_FOR)

    assert answered(act(client, workflow, "confirm", token=token)) == (409, "confirmation_outdated")


def test_who_may_see_sensitive_values_sees_them_in_the_summary(
    make_client: Builder[APIClient], workflow: Workflow
) -> None:
    trusted = make_client(scopes=["workflows:run", "workflows:sensitive"])

    answer = submit(trusted, workflow, {"amount": 5000}).json()

    assert answer["confirmation"]["summary"][1]["value"] == "FR76"


def test_a_stranger_confirms_nothing(client: APIClient, stranger: APIClient, workflow: Workflow) -> None:
    token = submit(client, workflow, {"amount": 5000}).json()["confirmation"]["token"]

    assert answered(act(stranger, workflow, "confirm", token=token)) == (404, "not_found")
