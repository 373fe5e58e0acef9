"""The main job over HTTP, from a template to the end of a workflow and the one that follows it."""

from typing import Any

from rest_framework.test import APIClient

from conftest import document, step

LOAN = document(
    name="loan",
    category="financial",
    properties={
        "amount": {"type": "number", "minimum": 1000, "title": "Amount", "x-messages": {"minimum": "From 1,000 up."}},
        "purpose": {"enum": ["home", "car"]},
        "car_plate": {"type": "string"},
        "born": {"type": "string", "format": "date"},
    },
    steps=[
        step("what", fields=["amount", "purpose"]),
        step("car", fields=["car_plate"], when={"field": "purpose", "op": "==", "value": "car"}),
        step("you", fields=["born"]),
    ],
    end_action_type="workflow",
    end_action_target="thanks",
)
THANKS = document(
    name="thanks",
    properties={"born": {"type": "string"}, "happy": {"type": "boolean"}},
    steps=[step("mood", fields=["born", "happy"])],
)


def test_a_rest_session_from_an_empty_service_to_the_end(client: APIClient) -> None:
    loan = _created(client, "/api/workflow-templates", LOAN)
    assert loan["findings"][0]["rule"] == "unknown_target"
    thanks = _created(client, "/api/workflow-templates", THANKS)
    customer = _created(client, "/api/user-types", {"name": "customer"})
    order = {"template": "loan", "conversation_id": "c1", "user_id": "u1", "user_type": "customer"}

    ungranted = client.post("/api/workflows", order)
    for template in (loan, thanks):
        _created(client, "/api/permissions", {"user_type_id": customer["id"], "workflow_template_id": template["id"]})
    started = _created(client, "/api/workflows", order)
    second = client.post("/api/workflows", order)

    assert (ungranted.status_code, ungranted.json()["code"]) == (403, "not_granted")
    assert (started["status"], started["current_step"], started["next"]) == ("active", "what", "collect")
    assert (second.status_code, second.json()["code"]) == (409, "active_workflow_exists")
    assert second.json()["workflow_id"] == started["id"]

    path = f"/api/workflows/{started['id']}"
    refused = client.post(f"{path}/submit", {"data": {"amount": 5}})
    assert (refused.status_code, refused.json()["outcome"]) == (400, "rejected")
    assert refused.json()["rejected"] == [
        {"field": "amount", "code": "minimum", "message": "From 1,000 up.", "attempts": 1}
    ]
    partial = _acted(client, path, data={"amount": 5000, "purpose": "boat"})
    assert (partial["outcome"], partial["accepted"]) == ("partial", [{"field": "amount"}])
    branched = _acted(client, path, data={"purpose": "car", "car_plate": "AB-123"})
    assert branched["completed_steps"] == ["what", "car"]
    flipped = _acted(client, path, data={"purpose": "home"})
    assert (flipped["parked"], flipped["workflow"]["state_data"]) == (
        ["car_plate"],
        {"amount": 5000, "purpose": "home"},
    )
    back = _acted(client, path, data={"purpose": "car"})
    assert (back["restored"], back["workflow"]["state_data"]["car_plate"]) == (["car_plate"], "AB-123")
    done = _acted(client, path, data={"born": "1990-05-17"})
    assert (done["next"], done["workflow"]["status"], done["workflow"]["outcome"]) == ("done", "completed", "completed")

    follows = client.get(f"/api/workflows/{done['workflow']['successor_id']}").json()
    assert (follows["template"], follows["status"], follows["conversation_id"]) == ("thanks", "active", "c1")
    assert (follows["state_data"], follows["missing"]) == ({"born": "1990-05-17"}, ["happy"])
    assert follows["predecessor_id"] == started["id"]
    finished = _acted(client, f"/api/workflows/{follows['id']}", data={"happy": True})
    assert finished["workflow"]["status"] == "completed"

    timeline = client.get(f"{path}/events").json()["results"]
    assert [event["sequence"] for event in timeline] == list(range(1, len(timeline) + 1))
    assert [event["type"] for event in timeline][:2] == ["workflow.created", "workflow.activated"]
    assert timeline[-1]["type"] == "workflow.completed"


def test_a_bad_template_is_answered_with_every_finding_and_its_path(client: APIClient) -> None:
    bad = document(steps=[step("a", fields=["emial"]), step("a", colour="red")], end_action_type="api_call")

    response = client.post("/api/workflow-templates", bad)

    assert (response.status_code, response.json()["code"]) == (400, "invalid_template")
    assert response["Content-Type"] == "application/problem+json"
    found = {(error["code"], error["path"]) for error in response.json()["errors"] if error["severity"] == "error"}
    assert found == {
        ("unknown_key", "/steps/1/colour"),
        ("unknown_field", "/steps/0/fields/0"),
        ("target_missing", "/end_action_target"),
    }


def _created(client: APIClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = client.post(path, body)
    assert response.status_code == 201, response.content
    made: dict[str, Any] = response.json()
    return made


def _acted(client: APIClient, path: str, **body: Any) -> dict[str, Any]:
    response = client.post(f"{path}/submit", body)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer
