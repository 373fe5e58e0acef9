"""`bootstrap` and `issue_api_key`: how the first person, and the first program, get in."""

import re
import shlex
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import authenticate, get_user_model
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from authoring.tests.commands import Ran, run
from permissions.models import ApiKey, UserType, UserTypeWorkflowTemplate
from permissions.policy import LIMITED_SCOPES, Scope
from permissions.services import save_user_type
from registry.models import StepTemplate, WorkflowTemplate
from registry.registry import WorkflowRegistry

EXAMPLES = len(list((settings.BASE_DIR / "examples" / "templates").glob("*.yaml")))
USER_TYPES = {"patient", "customer", "employee", "resident", "organiser"}

pytestmark = pytest.mark.django_db


def _login(ran: Ran) -> tuple[str, str] | None:
    found = re.search(r"^Admin login +(\S+) / (\S+) +\(shown this once\)$", ran.output, re.MULTILINE)
    return (found[1], found[2]) if found else None


def _key(ran: Ran) -> str | None:
    found = re.search(r"^API key +(wf_\S+) +\(shown this once\)$", ran.output, re.MULTILINE)
    return found[1] if found else None


def _status(key: str, path: str = "/api/workflow-templates") -> int:
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {key}").get(path).status_code


def test_bootstrap_makes_an_empty_database_usable() -> None:
    ran = run("bootstrap")

    login, key = _login(ran), _key(ran)
    assert (ran.error, ran.complaints) == ("", "")
    assert login is not None
    assert key is not None
    person = authenticate(username=login[0], password=login[1])
    assert person is not None
    assert (person.is_staff, person.is_superuser) == (True, True)
    assert _status(key) == 200
    assert WorkflowTemplate.objects.count() == EXAMPLES
    assert "address" in StepTemplate.objects.values_list("slug", flat=True)
    assert set(UserType.objects.values_list("name", flat=True)) == USER_TYPES
    assert set(WorkflowTemplate.objects.filter(grants__user_type__name="patient").values_list("name", flat=True)) == {
        "medical_intake",
        "appointment",
        "customer_feedback",
    }


def test_the_request_that_bootstrap_suggests_works() -> None:
    ran = run("bootstrap", "--url", "https://flows.example/")

    (line,) = (line for line in ran.output.splitlines() if line.strip().startswith("curl"))
    curl, option, header, url = shlex.split(line)
    assert (curl, option) == ("curl", "-H")
    assert url.startswith("https://flows.example/api/")
    name, _, value = header.partition(": ")
    parts = urlsplit(url)
    response = Client(headers={name: value}).get(f"{parts.path}?{parts.query}")
    assert response.status_code == 200
    assert len(response.json()["results"]) == 1


def test_bootstrap_names_the_pages_where_the_service_is() -> None:
    ran = run("bootstrap", "--url", "https://flows.example/")

    assert "https://flows.example/api/docs\n" in ran.output
    assert "https://flows.example/admin/\n" in ran.output


def test_bootstrap_again_keeps_what_people_changed() -> None:
    first = run("bootstrap")
    login, key = _login(first), _key(first)
    assert login is not None
    assert key is not None
    loan = WorkflowTemplate.objects.get(name="personal_loan")
    WorkflowRegistry.change(loan.pk, {"guidelines": "Ours."}, actor="author", at=timezone.now())
    UserTypeWorkflowTemplate.objects.filter(user_type__name="customer", workflow_template=loan).delete()
    save_user_type(UserType.objects.get(name="patient"), description="Ours.")
    StepTemplate.objects.get(slug="address").delete()

    again = run("bootstrap")

    assert (again.error, _login(again), _key(again)) == ("", None, None)
    assert "(shown this once)" not in again.output
    assert authenticate(username=login[0], password=login[1]) is not None
    assert (_status(key), ApiKey.objects.count()) == (200, 1)
    loan.refresh_from_db()
    assert (loan.guidelines, loan.current_version) == ("Ours.", 2)
    assert not UserTypeWorkflowTemplate.objects.filter(user_type__name="customer", workflow_template=loan).exists()
    assert UserType.objects.get(name="patient").description == "Ours."
    assert not StepTemplate.objects.filter(slug="address").exists()
    assert (WorkflowTemplate.objects.count(), UserType.objects.count()) == (EXAMPLES, len(USER_TYPES))


def test_bootstrap_again_suggests_a_request_with_the_key_of_the_shell() -> None:
    run("bootstrap")

    again = run("bootstrap")

    # In double quotes, or the shell would send the name of the variable.
    assert 'curl -H "Authorization: Bearer $API_KEY" ' in again.output
    assert "issue_api_key NAME" in again.output


def test_bootstrap_makes_no_login_where_there_is_one() -> None:
    get_user_model().objects.create_superuser("root", password="something of our own")

    ran = run("bootstrap")

    assert _login(ran) is None
    assert list(get_user_model().objects.values_list("username", flat=True)) == ["root"]


def test_bootstrap_leaves_somebody_alone_who_is_called_like_its_login() -> None:
    get_user_model().objects.create_user("admin", password="something of our own")

    ran = run("bootstrap")

    assert (ran.error, _login(ran)) == ("", None)
    assert not get_user_model().objects.get().is_superuser


def test_an_issued_key_is_all_there_is_on_standard_output() -> None:
    ran = run("issue_api_key", "chat")

    assert re.fullmatch(r"wf_[0-9a-f]{12}_[0-9a-f]{64}\n", ran.output)
    assert (ran.complaints, ran.error) == ("", "")
    assert _status(ran.output.strip()) == 200


def test_a_key_without_scopes_may_do_everything_but_see_sensitive_values() -> None:
    run("issue_api_key", "chat")

    key = ApiKey.objects.get()
    assert (key.name, key.is_limited, key.expires_at) == ("chat", False, None)
    assert set(key.scopes) == set(Scope) - {Scope.WORKFLOWS_SENSITIVE}


def test_a_key_with_scopes_may_do_that_and_no_more() -> None:
    key = run("issue_api_key", "reader", "--scope", "templates:read", "--scope", "workflows:read").output.strip()

    assert [_status(key, f"/api/{path}") for path in ("workflow-templates", "workflows", "user-types")] == [
        200,
        200,
        403,
    ]


def test_a_key_can_be_limited_to_user_types(make_user_type: Callable[..., UserType]) -> None:
    make_user_type(name="patient")
    make_user_type(name="customer")

    run("issue_api_key", "front desk", "--user-type", "patient", "--user-type", "customer")

    key = ApiKey.objects.get()
    assert key.is_limited
    assert {kind.name for kind in key.user_types.all()} == {"patient", "customer"}
    assert set(key.scopes) == LIMITED_SCOPES - {Scope.WORKFLOWS_SENSITIVE}


def test_a_key_can_end_by_itself() -> None:
    before = timezone.now()

    run("issue_api_key", "trial", "--days", "30")

    ends = ApiKey.objects.get().expires_at
    assert ends is not None
    assert before + timedelta(days=30) <= ends <= timezone.now() + timedelta(days=30)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scope", "everything"], "This key cannot hold everything. It can hold: analytics:read, operations,"),
        (["--scope", ""], "This key cannot hold"),
        (["--scope", "templates:write", "--user-type", "patient"], "This key cannot hold templates:write."),
        (["--user-type", "stranger"], "There is no user type 'stranger'."),
        (["--user-type", ""], "There is no user type ''."),
        (["--days", "0"], "--days must be between 1 and 36500."),
        (["--days", "-1"], "--days must be between 1 and 36500."),
        (["--days", "36501"], "--days must be between 1 and 36500."),
        (["--days", "soon"], "invalid int value: 'soon'"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_a_sentence(
    make_user_type: Callable[..., UserType], arguments: list[str], words: str
) -> None:
    make_user_type(name="patient")

    ran = run("issue_api_key", "chat", *arguments)

    assert words in ran.error
    assert ran.output == ""
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 256])
def test_a_key_needs_a_name_that_can_be_stored(name: str) -> None:
    ran = run("issue_api_key", name)

    assert ran.error == "Give the key a name of 1 to 255 characters."
    assert not ApiKey.objects.exists()
