"""API keys in the admin: issued by a form, shown once, revoked."""

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from permissions.key_form import WORDS
from permissions.keys import new_prefix
from permissions.models import ApiKey, UserType
from permissions.policy import Scope
from permissions.services import issue_api_key
from rest.tests.staff import browser, browser_of, staff, violations

pytestmark = pytest.mark.django_db

LIST = "/admin/permissions/apikey/"
ADD = f"{LIST}add/"
KEY = re.compile(r"wf_[0-9a-f]{12}_[0-9a-f]{64}")
RUNNING = (
    "instances.view_workflow",
    "instances.add_workflow",
    "instances.change_workflow",
    "instances.delete_workflow",
)
ISSUER = ("permissions.view_apikey", "permissions.add_apikey", "permissions.change_apikey", *RUNNING)


def form(**parts: Any) -> dict[str, Any]:
    return {"key_prefix": new_prefix(), "name": "chat", "scopes": ["workflows:read", "workflows:run"], **parts}


def issue(client: Client, **parts: Any) -> str:
    (found,) = set(KEY.findall(client.post(ADD, form(**parts)).content.decode()))
    return str(found)


def test_a_key_is_shown_once_and_opens_what_was_ticked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    issuer = browser(*ISSUER)

    response = issuer.post(ADD, form())

    page = response.content.decode()
    (key,) = KEY.findall(page)
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (200, True)
    assert violations(page) == []
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {key}")
    assert client.get("/api/workflows").status_code == 200
    assert client.get("/api/workflow-templates").status_code == 403
    secret = key.split("_")[2]
    stored = ApiKey.objects.get()
    kept = [str(session.get_decoded()) for session in Session.objects.all()]
    kept += [f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all()]
    kept += [str(vars(stored)), caplog.text, str(response.headers), str(response.cookies)]
    kept += [
        issuer.get(f"{LIST}{path}").content.decode() for path in ("", f"{stored.pk}/change/", f"{stored.pk}/history/")
    ]
    assert [text for text in kept if secret in text] == []


def test_the_form_sent_again_shows_nothing_and_issues_nothing() -> None:
    issuer, sent = browser(*ISSUER), form()
    issuer.post(ADD, sent)

    again = issuer.post(ADD, sent, follow=True)

    assert again.redirect_chain == [(LIST, 302)]
    assert "was issued already, and is shown once" in again.content.decode()
    assert not KEY.search(again.content.decode())
    assert ApiKey.objects.count() == 1


def test_each_form_is_for_a_key_of_its_own() -> None:
    issuer = browser(*ISSUER)
    pages = [issuer.get(ADD).content.decode() for _ in range(2)]

    prefixes = {re.findall(r'name="key_prefix" value="([0-9a-f]{12})"', page)[0] for page in pages}
    assert len(prefixes) == 2
    assert not any(violations(page) for page in pages)


def test_who_issued_a_key_stands_in_its_history() -> None:
    person = staff(*ISSUER)
    issue(browser_of(person), name="chat of the clinic")

    entry = LogEntry.objects.get()
    assert (entry.user, entry.is_addition(), entry.change_message) == (
        person,
        True,
        "Issued with workflows:read, workflows:run.",
    )
    page = browser_of(person).get(f"{LIST}{ApiKey.objects.get().pk}/history/").content.decode()
    assert "Issued with workflows:read" in page
    assert violations(page) == []


def test_scopes_that_reach_further_than_the_person_are_not_offered_and_refused() -> None:
    issuer = browser(*ISSUER)

    page, refused = issuer.get(ADD).content.decode(), issuer.post(ADD, form(scopes=["operations", "workflows:read"]))

    assert WORDS[Scope.WORKFLOWS_RUN] in page
    assert WORDS[Scope.OPERATIONS] not in page
    assert WORDS[Scope.WORKFLOWS_SENSITIVE] not in page
    assert "You cannot give operations" in refused.content.decode()
    assert not ApiKey.objects.exists()


def test_a_scope_of_which_the_person_may_do_a_part_only_is_refused() -> None:
    issuer = browser("permissions.add_apikey", "instances.view_workflow", "instances.change_workflow")

    refused = issuer.post(ADD, form(scopes=["workflows:run"]))

    assert "You cannot give workflows:run" in refused.content.decode()
    assert not ApiKey.objects.exists()


def test_who_can_give_nothing_is_told_so() -> None:
    page = browser("permissions.add_apikey").get(ADD).content.decode()

    assert "There is nothing that you could let a key do." in page
    assert "There is nothing" not in browser(*ISSUER).get(ADD).content.decode()


def test_a_key_without_any_scope_is_refused_rather_than_given_all() -> None:
    refused = browser(*ISSUER).post(ADD, form(scopes=[]))

    assert "Tick at least one." in refused.content.decode()
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"name": " "}, "This field is required."),
        ({"name": "x" * 256}, "at most 255 characters"),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
        ({"scopes": ["no:such"]}, "You cannot give no:such"),
        ({"last_day": "2020-01-01"}, "Choose today or a later day"),
        ({"last_day": "9999-12-31"}, "Choose today or a later day"),
        ({"last_day": "soon"}, "Enter a valid date."),
        ({"user_types": ["nonsense"]}, "is not a valid"),
        ({"key_prefix": "x"}, "Enter a valid value."),
    ],
)
def test_what_is_wrong_is_said_and_no_key_is_issued(parts: dict[str, Any], words: str) -> None:
    refused = browser(*ISSUER).post(ADD, form(**parts))

    assert refused.status_code == 200
    assert words in refused.content.decode()
    assert not ApiKey.objects.exists()


def test_a_key_can_be_limited_to_user_types_and_to_a_last_day(make_user_type: Any) -> None:
    kind: UserType = make_user_type(name="patient")
    today = timezone.now().astimezone(UTC).date()

    issue(browser(*ISSUER), user_types=[str(kind.pk)], last_day=today.isoformat())

    key = ApiKey.objects.get()
    tomorrow = today + timedelta(days=1)
    assert (key.is_limited, [found.name for found in key.user_types.all()]) == (True, ["patient"])
    assert key.expires_at == datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC)


def test_a_limited_key_cannot_hold_what_reaches_beyond_its_user_types(make_user_type: Any) -> None:
    kind: UserType = make_user_type()
    issuer = browser(*ISSUER, "deliveries.use_tools")

    refused = issuer.post(ADD, form(scopes=["workflows:run", "tools:use"], user_types=[str(kind.pk)]))

    assert "A key for some user types cannot hold tools:use." in refused.content.decode()
    assert not ApiKey.objects.exists()


def test_a_key_gets_another_name_and_nothing_else() -> None:
    issuer = browser(*ISSUER)
    issue(issuer)
    before = ApiKey.objects.values().get()

    changed = issuer.post(
        f"{LIST}{before['id']}/change/",
        {"name": "website", "scopes": '["operations"]', "is_limited": "", "revoked_at": ""},
    )

    assert changed.status_code == 302
    assert ApiKey.objects.values().get() == {**before, "name": "website"}


def test_renaming_does_not_undo_that_somebody_else_revoked() -> None:
    issuer = browser(*ISSUER)
    issue(issuer)
    key = ApiKey.objects.get()
    issuer.get(f"{LIST}{key.pk}/change/")
    key.revoke(timezone.now())

    issuer.post(f"{LIST}{key.pk}/change/", {"name": "website"})

    key.refresh_from_db()
    assert (key.name, key.revoked_at is not None) == ("website", True)


def test_keys_are_revoked_together_once_it_is_confirmed() -> None:
    issuer, keys = browser(*ISSUER), [issue_api_key(name) for name in ("one", "two", "three")]
    ids = [str(key.pk) for key in ApiKey.objects.exclude(name="three").order_by("pk")]

    asked = issuer.post(LIST, {"action": "revoke", "_selected_action": ids}, follow=True)

    page = asked.content.decode()
    assert violations(page) == []
    assert [name in page for name in ("one (", "two (", "three (")] == [True, True, False]
    assert not ApiKey.objects.exclude(revoked_at=None).exists()
    issuer.post(asked.redirect_chain[-1][0])
    assert set(ApiKey.objects.exclude(revoked_at=None).values_list("name", flat=True)) == {"one", "two"}
    statuses = [APIClient(HTTP_AUTHORIZATION=f"Bearer {key}").get("/api/workflows").status_code for key in keys]
    assert statuses == [401, 401, 200]
    assert list(LogEntry.objects.values_list("change_message", flat=True)) == ["Revoked."] * 2


def test_the_page_of_a_key_leads_to_revoking_it_as_long_as_it_is_in_use() -> None:
    issuer = browser(*ISSUER)
    issue(issuer)
    key = ApiKey.objects.get()
    link = f'href="{LIST}revoke/?ids={key.pk}"'

    assert link in issuer.get(f"{LIST}{key.pk}/change/").content.decode()
    issuer.post(f"{LIST}revoke/?ids={key.pk}")
    assert link not in issuer.get(f"{LIST}{key.pk}/change/").content.decode()
    again = issuer.get(f"{LIST}revoke/?ids={key.pk}", follow=True)
    assert "None of these keys is in use." in again.content.decode()


@pytest.mark.parametrize("ids", ["", "nonsense", "-1", "9" * 40, "1;2", "²"])
def test_ids_that_are_none_are_no_failure(ids: str) -> None:
    response = browser(*ISSUER).get(f"{LIST}revoke/", {"ids": ids}, follow=True)

    assert response.status_code == 200
    assert "None of these keys is in use." in response.content.decode()


def test_a_key_is_never_deleted() -> None:
    issuer = browser(*ISSUER, "permissions.delete_apikey")
    issue(issuer)
    key = ApiKey.objects.get()

    assert issuer.post(f"{LIST}{key.pk}/delete/", {"post": "yes"}).status_code == 403
    issuer.post(LIST, {"action": "delete_selected", "_selected_action": [str(key.pk)], "post": "yes"})
    assert ApiKey.objects.exists()


def test_the_list_tells_state_and_last_use(django_assert_max_num_queries: Any, make_user_type: Any) -> None:
    kinds = [make_user_type(name=name) for name in ("patient", "nurse")]
    for number in range(5):
        issue_api_key(f"key {number}", user_types=[kind.name for kind in kinds])
    now = timezone.now()
    ApiKey.objects.filter(name="key 1").update(revoked_at=now, last_used_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    ApiKey.objects.filter(name="key 2").update(expires_at=now)
    issuer = browser(*ISSUER)

    with django_assert_max_num_queries(8):
        page = issuer.get(LIST).content.decode()

    assert "2 January 2026, 03:04" in page
    assert [page.count(f">{state}<") for state in ("revoked", "expired", "in use")] == [1, 1, 3]
    assert page.count("nurse, patient") == 5
    assert violations(page) == []


def test_who_may_only_look_issues_renames_and_revokes_nothing() -> None:
    issue_api_key("chat")
    key, looker = ApiKey.objects.get(), browser("permissions.view_apikey", *RUNNING)

    assert looker.get(f"{LIST}{key.pk}/change/").status_code == 200
    for path, sent in (
        ("add/", form()),
        (f"{key.pk}/change/", {"name": "website"}),
        (f"revoke/?ids={key.pk}", {}),
    ):
        assert looker.post(LIST + path, sent).status_code == 403
    assert looker.get(ADD).status_code == looker.get(f"{LIST}revoke/?ids={key.pk}").status_code == 403
    assert f"{LIST}revoke/" not in looker.get(f"{LIST}{key.pk}/change/").content.decode()
    looker.post(LIST, {"action": "revoke", "_selected_action": [str(key.pk)]})
    assert ApiKey.objects.values("name", "revoked_at").get() == {"name": "chat", "revoked_at": None}


@pytest.mark.parametrize("path", ["", "add/", "revoke/?ids=1"])
def test_others_are_not_let_in(path: str) -> None:
    assert browser(*RUNNING).get(LIST + path).status_code == 403
    assert Client().get(LIST + path).headers["Location"].startswith("/admin/login/")


def test_a_form_from_elsewhere_issues_nothing() -> None:
    issuer = Client(enforce_csrf_checks=True)
    issuer.force_login(staff(*ISSUER))

    assert issuer.post(ADD, form()).status_code == 403
    assert not ApiKey.objects.exists()


def test_every_scope_has_words() -> None:
    assert set(WORDS) == set(Scope)
