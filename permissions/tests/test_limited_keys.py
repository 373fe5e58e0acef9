"""What a key that is limited to user types sees and touches, and how keys are issued, used and revoked."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from conftest import NOW
from instances.models import Workflow
from permissions.errors import UnknownScope, UnknownUserType, UserTypeNotFound, UserTypeRequired
from permissions.keys import read_key
from permissions.models import LAST_USE_PRECISION, ApiKey, UserType
from permissions.policy import LIMITED_SCOPES, Scope, usual_scopes
from permissions.services import issue_api_key, user_type_for
from registry.models import WorkflowTemplate
from rest.callers import Caller

type MakeClient = Callable[..., APIClient]
type MakeTemplate = Callable[..., WorkflowTemplate]
type MakeUserType = Callable[..., UserType]
type MakeWorkflow = Callable[..., Workflow]


def _order(**parts: Any) -> dict[str, Any]:
    return {"conversation_id": "c1", "user_id": "u1", **parts}


def _start(client: APIClient, **parts: Any) -> tuple[int, str]:
    response = client.post("/api/workflows", _order(**parts))
    return response.status_code, response.json().get("code", "")


def _names(client: APIClient, path: str = "/api/workflow-templates") -> list[str]:
    return [found["name"] for found in client.get(path).json()["results"]]


def test_a_key_is_shown_once_and_kept_as_a_digest(db: None) -> None:
    text = issue_api_key("chat", expires_at=NOW)

    key, read = ApiKey.objects.get(), read_key(text)
    assert read is not None
    assert (key.name, key.prefix, key.digest, key.expires_at) == ("chat", read.prefix, read.digest, NOW)
    assert read.secret not in str(key.__dict__)
    assert str(key) == f"chat ({read.prefix})"


@pytest.mark.parametrize("is_limited", [True, False])
def test_a_key_that_asks_for_nothing_holds_what_keys_usually_hold(
    make_user_type: MakeUserType, is_limited: bool
) -> None:
    kinds = [make_user_type().name] if is_limited else []

    issue_api_key("chat", user_types=kinds)

    key = ApiKey.objects.get()
    assert key.scopes == sorted(usual_scopes(is_limited=is_limited))
    assert (key.is_limited, [kind.name for kind in key.user_types.all()]) == (is_limited, kinds)


def test_a_key_holds_just_the_scopes_it_asked_for(make_user_type: MakeUserType) -> None:
    issue_api_key("chat", scopes=["workflows:run", "workflows:read", "workflows:run"])
    issue_api_key("limited", scopes=sorted(LIMITED_SCOPES), user_types=[make_user_type().name])

    assert ApiKey.objects.get(name="chat").scopes == ["workflows:read", "workflows:run"]
    assert ApiKey.objects.get(name="limited").scopes == sorted(LIMITED_SCOPES)


@pytest.mark.parametrize("scope", ["admin", *sorted(set(Scope) - LIMITED_SCOPES)])
def test_a_limited_key_cannot_hold_what_reaches_beyond_its_user_types(make_user_type: MakeUserType, scope: str) -> None:
    kind = make_user_type()

    with pytest.raises(UnknownScope, match=str(scope)):
        issue_api_key("chat", scopes=["workflows:run", scope], user_types=[kind.name])

    assert not ApiKey.objects.exists()


def test_no_key_can_hold_an_unknown_scope_or_be_limited_to_an_unknown_user_type(make_user_type: MakeUserType) -> None:
    with pytest.raises(UnknownScope, match="templates:raed"):
        issue_api_key("chat", scopes=["templates:raed"])
    with pytest.raises(UnknownUserType, match="'nobdy'"):
        issue_api_key("chat", user_types=[make_user_type().name, "nobdy"])

    assert not ApiKey.objects.exists()


def test_scopes_that_a_later_release_dropped_open_nothing(db: None) -> None:
    key = ApiKey(prefix="p", scopes=["workflows:read", "gone:for-good"])

    assert key.as_caller() == Caller(actor="key:p", scopes=frozenset({"workflows:read"}))


def test_the_command_prints_the_key_and_nothing_else(make_user_type: MakeUserType) -> None:
    kind, out = make_user_type(), StringIO()

    call_command(
        "issue_api_key", "chat", "--user-type", kind.name, "--scope", "workflows:run", "--days", "3", stdout=out
    )

    key = ApiKey.objects.get()
    assert read_key(out.getvalue().strip()) is not None
    assert (key.scopes, key.is_limited) == (["workflows:run"], True)
    assert key.expires_at is not None
    assert timedelta(days=2) < key.expires_at - key.created_at < timedelta(days=4)


@pytest.mark.parametrize(
    "arguments", [["--scope", "admin"], ["--user-type", "nobody"], ["--days", "0"], ["--days", "36501"]]
)
def test_the_command_says_what_is_wrong_and_issues_nothing(db: None, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("issue_api_key", "chat", *arguments, stdout=StringIO())

    assert not ApiKey.objects.exists()


def test_a_key_is_usable_until_the_moment_it_expires_or_is_revoked(db: None) -> None:
    issue_api_key("chat", expires_at=NOW)
    key = ApiKey.objects.get()

    assert key in ApiKey.objects.usable(NOW - timedelta(microseconds=1))
    assert key not in ApiKey.objects.usable(NOW)
    key.revoke(NOW)
    assert key not in ApiKey.objects.usable(NOW - timedelta(days=1))
    key.revoke(NOW + timedelta(days=1))
    assert ApiKey.objects.get().revoked_at == NOW


def test_the_last_use_is_noted_roughly(db: None) -> None:
    issue_api_key("chat")
    later = NOW + LAST_USE_PRECISION

    for at, expected in ((NOW, NOW), (later - timedelta(seconds=1), NOW), (later, later)):
        ApiKey.objects.get().note_use(at)
        assert ApiKey.objects.get().last_used_at == expected


def test_using_a_key_is_noted(client: APIClient) -> None:
    assert ApiKey.objects.get().last_used_at is None

    client.get("/api/workflow-templates")

    assert ApiKey.objects.get().last_used_at is not None


def test_a_limited_key_sees_only_what_its_user_types_were_granted(
    make_client: MakeClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    both, mine, other = make_template(name="both"), make_template(name="mine"), make_template(name="other")
    kind, second = make_user_type(both, mine), make_user_type(both)
    make_user_type(both, other)
    backend = make_client(user_types=[kind, second])

    assert _names(backend) == ["both", "mine"]
    assert backend.get("/api/workflow-templates").json()["count"] == 2
    assert backend.get(f"/api/workflow-templates/{mine.pk}").status_code == 200
    for path in (f"{other.pk}", f"{other.pk}/versions", f"{other.pk}/versions/1", f"{other.pk}/versions/1/diff"):
        assert backend.get(f"/api/workflow-templates/{path}").status_code == 404


def test_a_limited_key_sees_only_the_workflows_of_its_user_types(
    make_client: MakeClient, make_template: MakeTemplate, make_workflow: MakeWorkflow
) -> None:
    template = make_template()
    mine, others = make_workflow(template=template), make_workflow(template=template)
    backend = make_client(user_types=[mine.user_type])

    assert [found["id"] for found in backend.get("/api/workflows").json()["results"]] == [str(mine.pk)]
    assert backend.get(f"/api/workflows/{mine.pk}").status_code == 200
    assert backend.get(f"/api/workflows/{others.pk}").status_code == 404
    assert backend.post(f"/api/workflows/{others.pk}/cancel").status_code == 404
    assert backend.delete(f"/api/workflows/{others.pk}").status_code == 404
    assert Workflow.objects.get(pk=others.pk).status == "active"


def test_an_ungranted_template_is_not_there_for_a_limited_key_and_not_granted_for_others(
    client: APIClient, make_client: MakeClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    template, kind = make_template(), make_user_type(make_template())
    backend = make_client(user_types=[kind])

    for named in ({"template_id": str(template.pk)}, {"template": template.name}):
        assert _start(backend, **named) == (404, "not_found")
        assert _start(client, **named, user_type=kind.name) == (403, "not_granted")
    assert not Workflow.objects.exists()


def test_a_limited_key_acts_for_its_only_user_type_unless_it_names_one(
    make_client: MakeClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    template = make_template()
    kind = make_user_type(template)

    assert _start(make_client(user_types=[kind]), template=template.name) == (201, "")
    assert Workflow.objects.get().user_type == kind


def test_a_caller_of_no_single_user_type_must_name_one(
    client: APIClient, make_client: MakeClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    template = make_template()
    kinds = [make_user_type(template), make_user_type(template)]
    backend = make_client(user_types=kinds)

    assert _start(client, template=template.name) == (400, "user_type_required")
    assert _start(backend, template=template.name) == (400, "user_type_required")
    assert _start(backend, template=template.name, user_type_id=str(kinds[1].pk)) == (201, "")
    assert Workflow.objects.get().user_type == kinds[1]


def test_a_grant_to_one_user_type_of_a_key_is_none_to_the_other(
    make_client: MakeClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    template = make_template()
    granted, other = make_user_type(template), make_user_type()
    backend = make_client(user_types=[granted, other])

    assert _start(backend, template=template.name, user_type=other.name) == (403, "not_granted")


def test_a_user_type_that_is_not_the_callers_is_not_there(
    stranger: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    template = make_template()
    kind = make_user_type(template)

    for named in ({"user_type": kind.name}, {"user_type_id": str(kind.pk)}, {"user_type": "no such one"}):
        assert _start(stranger, template=template.name, **named) == (404, "not_found")


def test_the_user_type_a_caller_acts_for_is_the_one_it_names_or_its_only_one(make_user_type: MakeUserType) -> None:
    kind, other = make_user_type(), make_user_type()
    limited, anybody = Caller(actor="a", user_type_ids=frozenset({kind.pk})), Caller(actor="b")
    nobody = Caller(actor="c", user_type_ids=frozenset())

    assert user_type_for(limited, user_type_id=None, name=None) == kind
    assert user_type_for(anybody, user_type_id=other.pk, name=None) == other
    assert user_type_for(anybody, user_type_id=None, name=other.name) == other
    for caller, user_type_id in ((limited, other.pk), (anybody, uuid4()), (nobody, kind.pk)):
        with pytest.raises(UserTypeNotFound):
            user_type_for(caller, user_type_id=user_type_id, name=None)
    for caller in (anybody, nobody):
        with pytest.raises(UserTypeRequired):
            user_type_for(caller, user_type_id=None, name=None)
