"""Values of sensitive fields: masked in answers unless the key may see them, digests in events."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from events.models import Event
from instances.models import Workflow
from instances.tests.calls import act, start, stored, submit
from permissions.policy import Scope

type Builder[T] = Callable[..., T]

SECRET = "4929 1234 5678 9012"
OTHER = "4929 0000 0000 0000"


@pytest.fixture
def workflow(make_workflow: Builder[Workflow]) -> Workflow:
    properties = {
        "card": {"type": "string", "pattern": "^[0-9 ]+$", "x-sensitive": "mask"},
        "diagnosis": {"type": "string", "x-sensitive": "never_llm"},
        "city": {"type": "string"},
        "last": {"type": "string"},
    }
    return make_workflow(properties=properties)


@pytest.fixture
def seer(make_client: Builder[APIClient]) -> APIClient:
    return make_client(scopes=[Scope.WORKFLOWS_READ, Scope.WORKFLOWS_RUN, Scope.WORKFLOWS_SENSITIVE])


def test_sensitive_values_are_stored_sealed_and_answered_masked(client: APIClient, workflow: Workflow) -> None:
    given = submit(client, workflow, {"card": SECRET, "diagnosis": "gout", "city": "Bern"})
    corrected = submit(client, workflow, {"card": OTHER, "city": "Basel"})
    shown = client.get(f"/api/workflows/{workflow.pk}")
    listed = client.get("/api/workflows")

    assert stored(workflow).progress.values == {"card": OTHER, "diagnosis": "gout", "city": "Basel"}
    assert shown.json()["state_data"] == {"card": "***", "diagnosis": "***", "city": "Basel"}
    assert corrected.json()["corrected"] == [
        {"field": "card", "from": "***", "to": "***"},
        {"field": "city", "from": "Bern", "to": "Basel"},
    ]
    assert all(not _leaks(response.content.decode()) for response in (given, corrected, shown, listed))


def test_a_key_with_the_scope_sees_them(seer: APIClient, workflow: Workflow) -> None:
    submit(seer, workflow, {"card": SECRET})

    corrected = submit(seer, workflow, {"card": OTHER}).json()

    assert corrected["corrected"] == [{"field": "card", "from": SECRET, "to": OTHER}]
    assert corrected["workflow"]["state_data"] == {"card": OTHER}
    assert seer.get(f"/api/workflows/{workflow.pk}").json()["state_data"] == {"card": OTHER}


def test_a_prefilled_sensitive_value_is_masked_in_the_answer_to_the_start(
    client: APIClient, workflow: Workflow
) -> None:
    kind = {"template_id": workflow.template_id, "user_type_id": workflow.user_type_id}

    response = start(client, **kind, conversation_id="c2", state_data={"card": SECRET})

    assert response.json()["state_data"] == {"card": "***"}


def test_events_hold_digests_by_which_equal_values_are_told_and_nothing_more(
    seer: APIClient, workflow: Workflow
) -> None:
    for card in (SECRET, OTHER, SECRET):
        submit(seer, workflow, {"card": card, "diagnosis": SECRET})
    submit(seer, workflow, {"card": "not a card"})

    sets = [event.data["set"] for event in Event.objects.of(workflow.pk) if "set" in event.data]
    first, second, third = (given["card"]["digest"] for given in sets)
    assert first == third != second
    assert first != sets[0]["diagnosis"]["digest"], "the same value in another field cannot be told"
    assert len(first) == 64
    told = seer.get(f"/api/workflows/{workflow.pk}/events").content.decode()
    assert not _leaks(told + json.dumps(list(Event.objects.values_list("data", flat=True))))


@pytest.mark.parametrize("act_name", ["submit", "resume"])
def test_a_mask_that_comes_back_is_no_value(client: APIClient, workflow: Workflow, act_name: str) -> None:
    submit(client, workflow, {"card": SECRET, "city": "Bern"})
    if act_name == "resume":
        act(client, workflow, "pause")

    answer = act(client, workflow, act_name, data={"card": "***", "diagnosis": "***", "city": "Basel"}).json()

    assert answer["ignored"] == [{"field": "card", "reason": "masked"}, {"field": "diagnosis", "reason": "masked"}]
    assert stored(workflow).progress.values == {"card": SECRET, "city": "Basel"}


def test_a_mask_is_no_value_at_the_start_either(client: APIClient, workflow: Workflow) -> None:
    kind = {"template_id": workflow.template_id, "user_type_id": workflow.user_type_id}

    answer = start(client, **kind, conversation_id="c2", state_data={"diagnosis": "***", "city": "Bern"}).json()

    assert answer["submission"]["ignored"] == [{"field": "diagnosis", "reason": "masked"}]
    assert answer["state_data"] == {"city": "Bern"}


def test_to_who_sees_values_three_stars_are_a_value(seer: APIClient, workflow: Workflow) -> None:
    submit(seer, workflow, {"diagnosis": "***"})

    assert stored(workflow).progress.values == {"diagnosis": "***"}


def test_what_is_stored_cannot_be_found_out_by_guessing(client: APIClient, seer: APIClient, workflow: Workflow) -> None:
    submit(client, workflow, {"diagnosis": "gout"})

    def told(caller: APIClient, guess: str) -> Any:
        return submit(caller, workflow, {"diagnosis": guess, "card": "not a card"}, atomic=True).json()["ignored"]

    assert told(client, "gout") == told(client, "flu") == []
    assert told(seer, "gout") == [{"field": "diagnosis", "reason": "unchanged"}]


def test_a_refusal_never_repeats_the_value(client: APIClient, workflow: Workflow) -> None:
    response = submit(client, workflow, {"card": f"card {SECRET}"})

    assert response.status_code == 400
    assert not _leaks(response.content.decode())


def test_a_digest_depends_on_the_secret_key(workflow: Workflow, seer: APIClient, settings: Any) -> None:
    submit(seer, workflow, {"card": SECRET})
    settings.SECRET_KEY = "another-" + "1" * 50
    submit(seer, workflow, {"card": OTHER})
    submit(seer, workflow, {"card": SECRET})

    digests = [event.data["set"]["card"]["digest"] for event in Event.objects.of(workflow.pk) if "set" in event.data]
    assert len(set(digests)) == 3


def _leaks(text: str) -> bool:
    return any(value in text for value in (SECRET, OTHER, "gout"))
