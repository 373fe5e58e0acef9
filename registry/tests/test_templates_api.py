"""Templates over HTTP: create, show, replace, change, delete, validate."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from conftest import document, step
from events.models import Event
from instances.models import Workflow
from permissions.models import UserType
from permissions.services import grant
from registry.models import TemplateVersion, WorkflowTemplate

type MakeTemplate = Callable[..., WorkflowTemplate]
type MakeUserType = Callable[..., UserType]

LIST = "/api/workflow-templates"
DEFAULTS = {
    "description": "",
    "category": "",
    "guidelines": "",
    "end_action_target": "",
    "end_action_config": {},
    "confirmation": "none",
    "prerequisites": [],
    "expires_after": "",
    "time_zone": "UTC",
    "tests": [],
    "metadata": {},
    "is_active": True,
}
READ_ONLY = {
    "id": "00000000-0000-4000-8000-000000000000",
    "current_version": 99,
    "has_draft": True,
    "created_at": "1999-01-01T00:00:00Z",
    "updated_at": None,
    "findings": [{"rule": "x"}],
}


def _path(template: WorkflowTemplate) -> str:
    return f"{LIST}/{template.pk}"


def _complaints(response: Any) -> set[tuple[str, str]]:
    assert (response.status_code, response.json()["code"]) == (400, "invalid_template"), response.content
    return {(error["code"], error["path"]) for error in response.json()["errors"] if error["severity"] == "error"}


def test_a_template_is_stored_published_as_version_1_and_usable_at_once(
    client: APIClient, make_user_type: MakeUserType
) -> None:
    sent = document(name="loan", category="financial", guidelines="Be kind.", metadata={"owner": "anna"})

    response = client.post(LIST, sent)

    made = response.json()
    assert response.status_code == 201
    assert made.items() >= {**DEFAULTS, **sent, "current_version": 1, "has_draft": False, "findings": []}.items()
    assert client.get(f"{LIST}/{made['id']}").json() == {k: v for k, v in made.items() if k != "findings"}
    assert TemplateVersion.objects.get().content() == WorkflowTemplate.objects.get().content()
    kind = make_user_type(WorkflowTemplate.objects.get())
    order = {"template": "loan", "user_type": kind.name, "conversation_id": "c", "user_id": "u"}
    assert client.post("/api/workflows", order).status_code == 201


def test_null_for_an_optional_key_means_its_default(client: APIClient) -> None:
    made = client.post(LIST, {**document(), **dict.fromkeys(DEFAULTS)})

    assert made.status_code == 201
    assert made.json().items() >= DEFAULTS.items()
    path = f"{LIST}/{made.json()['id']}"
    client.patch(path, {"category": "money", "guidelines": "Be kind.", "is_active": False, "metadata": {"a": 1}})
    back = client.patch(path, dict.fromkeys(DEFAULTS))
    assert back.json().items() >= DEFAULTS.items()


@pytest.mark.parametrize("key", ["name", "state_schema", "steps", "end_action_type"])
def test_a_required_key_can_be_neither_missing_nor_null(client: APIClient, key: str) -> None:
    whole = document()

    missing = client.post(LIST, {name: part for name, part in whole.items() if name != key})
    null = client.post(LIST, {**whole, key: None})

    assert ("missing_key", f"/{key}") in _complaints(missing)
    assert f"/{key}" in {path for _, path in _complaints(null)}
    assert not WorkflowTemplate.objects.exists()


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ({"nmae": "typo"}, ("unknown_key", "/nmae")),
        ({"id": str(uuid4())}, ("unknown_key", "/id")),
        ({"name": "x" * 256}, ("shape", "/name")),
        ({"name": " "}, ("shape", "/name")),
        ({"category": "x" * 101}, ("shape", "/category")),
        ({"is_active": "true"}, ("shape", "/is_active")),
        ({"metadata": []}, ("shape", "/metadata")),
        ({"steps": []}, ("shape", "/steps")),
        ({"end_action_type": "explode"}, ("shape", "/end_action_type")),
        ({"end_action_type": "workflow"}, ("target_missing", "/end_action_target")),
        ({"time_zone": "Mars/Olympus"}, ("unknown_time_zone", "/time_zone")),
    ],
)
def test_a_wrong_template_is_refused_with_the_place_and_nothing_is_stored(
    client: APIClient, parts: dict[str, Any], complaint: tuple[str, str]
) -> None:
    assert _complaints(client.post(LIST, document(**parts))) == {complaint}
    assert not WorkflowTemplate.objects.exists()


def test_an_unknown_key_is_named_with_what_was_perhaps_meant(client: APIClient) -> None:
    (error,) = client.post(LIST, document(descriptoin="typo")).json()["errors"]

    assert "'descriptoin'" in error["message"]
    assert error["suggestion"] == "description"


@pytest.mark.parametrize("body", [[], ["a"], "text", 5, True])
def test_a_body_that_is_no_object_is_refused(client: APIClient, make_template: MakeTemplate, body: Any) -> None:
    template = make_template()

    for answer in (client.post(LIST, body), client.put(_path(template), body), client.patch(_path(template), body)):
        assert answer.status_code == 400
    assert WorkflowTemplate.objects.count() == TemplateVersion.objects.count() == 1


def test_a_name_is_taken_once(client: APIClient, make_template: MakeTemplate) -> None:
    make_template(name="loan")
    other = make_template(name="tax")

    answers = [
        client.post(LIST, document(name="loan")),
        client.put(_path(other), document(name="loan")),
        client.patch(_path(other), {"name": "loan"}),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, "already_exists")] * 3
    assert sorted(WorkflowTemplate.objects.values_list("name", flat=True)) == ["loan", "tax"]
    assert TemplateVersion.objects.count() == Event.objects.count() == 2


def test_validate_tells_everything_and_stores_nothing(client: APIClient) -> None:
    good = client.post(f"{LIST}/validate", document()).json()
    warned = client.post(f"{LIST}/validate", document(end_action_type="workflow", end_action_target="later")).json()
    bad = client.post(f"{LIST}/validate", document(colour="red", steps=[step(fields=["emial"])])).json()

    assert good == {"valid": True, "findings": []}
    assert (warned["valid"], [found["rule"] for found in warned["findings"]]) == (True, ["unknown_target"])
    assert bad["valid"] is False
    assert {found["path"] for found in bad["findings"]} >= {"/colour", "/steps/0/fields/0"}
    assert client.post(f"{LIST}/validate", []).json()["valid"] is False
    assert not WorkflowTemplate.objects.exists()


def test_validate_does_not_mind_a_name_that_is_taken(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template()

    assert client.post(f"{LIST}/validate", template.document()).json() == {"valid": True, "findings": []}


def test_what_was_read_can_be_put_back_and_changes_nothing(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template(metadata={"deep": [{"a": 1.5}]}, guidelines="Be kind.")
    read = client.get(_path(template)).json()

    for answer in (client.put(_path(template), read), client.patch(_path(template), read)):
        assert answer.status_code == 200, answer.content
        again = {key: part for key, part in answer.json().items() if key != "findings"}
        assert {**again, "updated_at": read["updated_at"]} == read
    assert TemplateVersion.objects.count() == 1


@pytest.mark.parametrize("method", ["put", "patch"])
def test_keys_that_only_our_answers_have_are_ignored(
    client: APIClient, make_template: MakeTemplate, method: str
) -> None:
    template = make_template()
    read = client.get(_path(template)).json()

    answer = getattr(client, method)(_path(template), {**template.document(), **READ_ONLY})

    assert answer.status_code == 200, answer.content
    for key in ("id", "current_version", "has_draft", "created_at"):
        assert answer.json()[key] == read[key]


def test_put_sets_what_it_leaves_out_to_the_default_and_patch_leaves_it(
    client: APIClient, make_template: MakeTemplate
) -> None:
    template = make_template(category="money", guidelines="Be kind.", is_active=False)
    bare = {key: part for key, part in template.document().items() if key not in DEFAULTS}

    patched = client.patch(_path(template), {"description": "new"}).json()
    put = client.put(_path(template), bare).json()

    assert (patched["category"], patched["guidelines"], patched["is_active"]) == ("money", "Be kind.", False)
    assert put.items() >= {**DEFAULTS, **bare, "current_version": 2}.items()
    assert client.patch(_path(template), {}).json()["current_version"] == 2


def test_a_refused_change_changes_nothing(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template()

    assert _complaints(client.put(_path(template), {**template.document(), "steps": []})) == {("shape", "/steps")}
    assert _complaints(client.patch(_path(template), {"steps": None})) == {("shape", "/steps")}
    assert _complaints(client.patch(_path(template), {"stesp": []})) == {("unknown_key", "/stesp")}

    assert WorkflowTemplate.objects.get().document() == template.document()
    assert TemplateVersion.objects.count() == 1


def test_a_template_without_workflows_is_deleted_with_its_versions_and_grants(
    client: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    template = make_template()
    kind = make_user_type(template)
    client.patch(_path(template), {"guidelines": "second version"})

    assert client.delete(_path(template)).status_code == 204

    assert client.get(_path(template)).status_code == 404
    assert not TemplateVersion.objects.exists()
    assert not kind.grants.exists()


def test_a_template_with_workflows_stays(client: APIClient, make_workflow: Callable[..., Workflow]) -> None:
    workflow = make_workflow()
    client.post(f"/api/workflows/{workflow.pk}/cancel")

    response = client.delete(_path(workflow.template))

    assert (response.status_code, response.json()["code"]) == (409, "template_in_use")
    assert TemplateVersion.objects.count() == 1


def _every_call(client: APIClient, path: str) -> list[Any]:
    """Return the answers to everything that can be asked of one template."""
    reads = ["", "/draft", "/versions", "/versions/1", "/versions/1/diff?against=1"]
    return [
        *(client.get(path + below) for below in reads),
        client.put(path, document()),
        client.patch(path, {"description": "mine"}),
        client.delete(path),
        client.put(f"{path}/draft", {"document": {}}),
        client.delete(f"{path}/draft"),
        client.post(f"{path}/publish"),
        client.post(f"{path}/versions/1/restore"),
    ]


def test_an_unknown_template_is_not_found_whatever_is_asked_of_it(client: APIClient) -> None:
    for path in (f"{LIST}/{uuid4()}", f"{LIST}/not-an-id"):
        assert {answer.status_code for answer in _every_call(client, path)} == {404}


def test_a_stranger_learns_and_changes_nothing_of_a_template(stranger: APIClient, make_template: MakeTemplate) -> None:
    template = make_template()

    answers = _every_call(stranger, _path(template))
    lists = stranger.get(LIST).json()
    creating = [stranger.post(LIST, document()), stranger.post(f"{LIST}/validate", document())]

    # Reading is hidden; writing is what no limited key may do at all, to whatever object.
    assert [answer.status_code for answer in answers] == [404, 403, 404, 404, 404] + [403] * 7
    assert (lists["count"], lists["results"]) == (0, [])
    assert [answer.status_code for answer in creating] == [403, 403]
    assert list(WorkflowTemplate.objects.values_list("name", flat=True)) == [template.name]


def test_a_limited_key_reads_what_it_was_granted(
    make_client: Callable[..., APIClient], make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    template, kind = make_template(), make_user_type()
    backend = make_client(user_types=[kind])
    assert backend.get(_path(template)).status_code == 404

    grant(user_type_id=kind.pk, workflow_template_id=template.pk)

    for below in ("", "/versions", "/versions/1", "/versions/1/diff?against=1"):
        assert backend.get(_path(template) + below).status_code == 200
