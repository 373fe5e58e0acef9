"""Drafts: kept beside what is published, never live, published when they are good."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import document, step
from events.models import Event
from registry.models import TemplateVersion, WorkflowTemplate

type MakeTemplate = Callable[..., WorkflowTemplate]


def _path(template: WorkflowTemplate, below: str = "draft") -> str:
    return f"/api/workflow-templates/{template.pk}/{below}".rstrip("/")


def _save(client: APIClient, template: WorkflowTemplate, draft: Any, **more: Any) -> Any:
    return client.put(_path(template), {"document": draft, **more})


def _verdict(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize(
    "draft", [{}, {"name": None}, {"steps": "unfinished", "x": [1, {"y": None}]}, document(steps=[])]
)
def test_any_json_object_can_be_a_draft_and_is_never_live(
    client: APIClient, make_template: MakeTemplate, draft: dict[str, Any]
) -> None:
    template = make_template()

    saved = _save(client, template, draft)

    assert saved.status_code == 200
    assert saved.json().items() >= {"document": draft, "revision": 1, "base_version": 1, "current_version": 1}.items()
    assert saved.json()["author"].startswith("key:")
    assert client.get(_path(template)).json() == saved.json()
    shown = client.get(_path(template, "")).json()
    assert shown["has_draft"] is True
    assert shown.items() >= template.document().items()
    assert TemplateVersion.objects.count() == Event.objects.count() == 1


@pytest.mark.parametrize("draft", [None, [], "text", 5, True])
def test_a_draft_that_is_no_object_is_refused(client: APIClient, make_template: MakeTemplate, draft: Any) -> None:
    template = make_template()

    assert _save(client, template, draft).status_code == 400
    assert client.get(_path(template)).status_code == 404


def test_a_draft_is_saved_under_its_own_key_and_no_other(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template()

    bare, missing = client.put(_path(template), document()), client.put(_path(template), {})

    assert bare.status_code == missing.status_code == 400
    assert [error["path"] for error in missing.json()["errors"]] == ["/document"]


def test_what_was_read_of_a_draft_can_be_sent_back(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template()
    read = _save(client, template, {"name": "x"}).json()

    again = client.put(_path(template), read)

    assert (again.status_code, again.json()["document"], again.json()["revision"]) == (200, {"name": "x"}, 2)


def test_every_write_of_a_draft_is_a_revision_and_a_stale_one_is_refused(
    client: APIClient, make_template: MakeTemplate
) -> None:
    template = make_template()

    assert _save(client, template, {"a": 1}, expected_revision=0).json()["revision"] == 1
    assert _save(client, template, {"a": 2}, expected_revision=1).json()["revision"] == 2
    stale = _save(client, template, {"a": 3}, expected_revision=1)

    assert _verdict(stale) == (409, "revision_conflict")
    assert stale.json().items() >= {"expected_revision": 1, "revision": 2}.items()
    assert client.get(_path(template)).json()["document"] == {"a": 2}
    assert _save(client, template, {"a": 4}).json()["revision"] == 3


def test_revisions_go_on_after_a_draft_was_discarded(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template()
    _save(client, template, {"a": 1})

    discarded = client.delete(_path(template))

    assert discarded.status_code == 204
    assert _verdict(client.get(_path(template))) == (404, "not_found")
    assert _verdict(client.delete(_path(template))) == (404, "not_found")
    assert client.get(_path(template, "")).json()["has_draft"] is False
    assert _verdict(_save(client, template, {"a": 2}, expected_revision=1)) == (409, "revision_conflict")


def test_a_draft_is_published_with_a_note_and_gone(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template()
    _save(client, template, {**template.document(), "guidelines": "Be kind.", "category": "money"})

    published = client.post(_path(template, "publish"), {"note": "kinder"})

    assert published.status_code == 200
    made = published.json()
    assert (made["current_version"], made["guidelines"], made["category"]) == (2, "Be kind.", "money")
    assert made["has_draft"] is False
    assert TemplateVersion.objects.get(number=2).note == "kinder"
    assert Event.objects.of(template.pk).get(sequence=2).data["note"] == "kinder"
    assert _verdict(client.post(_path(template, "publish"))) == (404, "not_found")


def test_a_draft_begun_on_an_older_version_is_published_only_to_overwrite(
    client: APIClient, make_template: MakeTemplate
) -> None:
    template = make_template()
    _save(client, template, {**template.document(), "guidelines": "from the draft"})
    client.patch(_path(template, ""), {"guidelines": "from elsewhere"})
    _save(client, template, {**template.document(), "guidelines": "from the draft, edited"})

    outdated = client.post(_path(template, "publish"))

    assert _verdict(outdated) == (409, "draft_outdated")
    assert outdated.json().items() >= {"draft_base_version": 1, "current_version": 2}.items()
    assert client.get(_path(template, "")).json()["guidelines"] == "from elsewhere"
    overwritten = client.post(_path(template, "publish"), {"overwrite": True}).json()
    assert (overwritten["current_version"], overwritten["guidelines"]) == (3, "from the draft, edited")


def test_changed_settings_do_not_make_a_draft_outdated(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template()
    _save(client, template, {**template.document(), "guidelines": "Be kind."})
    client.patch(_path(template, ""), {"description": "words"})

    assert client.post(_path(template, "publish")).status_code == 200


def test_an_invalid_draft_is_not_published_and_kept(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template()
    draft = document(steps=[step("a", fields=["emial"])])
    _save(client, template, draft)

    refused = client.post(_path(template, "publish"))

    assert _verdict(refused) == (400, "invalid_template")
    assert [error["path"] for error in refused.json()["errors"] if error["severity"] == "error"] == [
        "/steps/0/fields/0"
    ]
    assert client.get(_path(template)).json()["document"] == draft
    assert client.get(_path(template)).json()["revision"] == 1
    assert TemplateVersion.objects.count() == 1


def test_a_draft_cannot_take_a_name_that_is_taken(client: APIClient, make_template: MakeTemplate) -> None:
    make_template(name="loan")
    template = make_template(name="tax")
    _save(client, template, document(name="loan"))

    assert _verdict(client.post(_path(template, "publish"))) == (400, "already_exists")
    assert client.get(_path(template)).json()["document"]["name"] == "loan"
    assert WorkflowTemplate.objects.get(pk=template.pk).name == "tax"


@pytest.mark.parametrize("body", [{"note": None}, {"note": "x" * 10_001}, {"overwrite": "perhaps"}, {"notes": "x"}])
def test_a_malformed_order_to_publish_is_refused(
    client: APIClient, make_template: MakeTemplate, body: dict[str, Any]
) -> None:
    template = make_template()
    _save(client, template, template.document())

    assert client.post(_path(template, "publish"), body).status_code == 400
    assert client.get(_path(template)).status_code == 200


@pytest.mark.parametrize("method", ["put", "patch"])
def test_put_and_patch_of_the_template_never_touch_its_draft(
    client: APIClient, make_template: MakeTemplate, method: str
) -> None:
    template = make_template()
    _save(client, template, {"name": "draft"})
    before = client.get(_path(template)).json()

    changed = {**template.document(), "guidelines": "Be kind.", "has_draft": False}
    assert getattr(client, method)(_path(template, ""), changed).json()["has_draft"] is True

    assert client.get(_path(template)).json() == {**before, "current_version": 2}


def test_restoring_a_version_leaves_the_draft(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template()
    client.patch(_path(template, ""), {"guidelines": "second"})
    _save(client, template, {"a": 1})

    client.post(_path(template, "versions/1/restore"))

    assert client.get(_path(template)).json()["document"] == {"a": 1}


def test_a_stranger_gets_at_no_draft(stranger: APIClient, make_template: MakeTemplate) -> None:
    template = make_template()

    answers = [
        stranger.get(_path(template)),
        _save(stranger, template, {}),
        stranger.delete(_path(template)),
        stranger.post(_path(template, "publish")),
    ]

    assert {_verdict(answer) for answer in answers} == {(403, "missing_scope")}
    assert WorkflowTemplate.objects.get(pk=template.pk).draft is None
