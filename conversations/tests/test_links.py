"""Links to the page of a workflow: who gets one, and what becomes of one that is not as it was made."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.signing import Signer
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from conftest import NOW
from conversations.links import LinkExpired, LinkForged, Opened, opened, page_link
from instances.models import Workflow
from permissions.models import ApiKey

DAY = timedelta(hours=24)


def token_of(workflow: Workflow) -> str:
    return page_link(workflow, base_url="", at=NOW).url.split("/")[2]


def test_a_link_leads_back_to_its_workflow_until_it_expires(make_workflow: Callable[..., Workflow]) -> None:
    workflow = make_workflow()

    link = page_link(workflow, base_url="https://chat.example/", at=NOW)

    assert (urlsplit(link.url).netloc, link.expires_at) == ("chat.example", NOW + DAY)
    token = token_of(workflow)
    assert link.url == f"https://chat.example/w/{token}/"
    assert opened(token, at=NOW + DAY - timedelta(seconds=1)) == Opened(workflow_id=workflow.pk, expires_at=NOW + DAY)
    with pytest.raises(LinkExpired):
        opened(token, at=NOW + DAY)


def test_how_long_a_link_is_good_for_is_a_setting(settings: Settings, make_workflow: Callable[..., Workflow]) -> None:
    settings.PAGE_LINK_HOURS = 1

    assert page_link(make_workflow(), base_url="", at=NOW).expires_at == NOW + timedelta(hours=1)


def test_of_a_link_nothing_can_be_changed(make_workflow: Callable[..., Workflow]) -> None:
    mine, theirs = token_of(make_workflow()), token_of(make_workflow())
    another_salt = Signer(salt="workflows.confirmation", sep=".").sign(mine.split(".")[0])
    spliced = f"{mine.split('.')[0]}.{theirs.split('.')[1]}"
    later = f"{mine[:32]}ffffffff{mine[40:]}"

    for token in ("", ".", "1", "\ud800", "é.é", mine[:-1], f"{mine}x", mine.upper(), another_salt, spliced, later):
        with pytest.raises(LinkForged):
            opened(token, at=NOW)


def test_a_client_gets_a_link_to_hand_on(client: APIClient, make_workflow: Callable[..., Workflow]) -> None:
    workflow = make_workflow()

    response = client.post(f"/api/workflows/{workflow.pk}/link", {})

    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    url = urlsplit(response.json()["url"])
    assert (url.scheme, url.netloc, url.path[:3]) == ("http", "testserver", "/w/")
    assert opened(url.path.split("/")[2], at=timezone.now()).workflow_id == workflow.pk
    assert response.json()["expires_at"].endswith("Z")


def test_where_people_reach_the_site_is_a_setting(
    client: APIClient, settings: Settings, make_workflow: Callable[..., Workflow]
) -> None:
    settings.PUBLIC_URL = "https://chat.example"

    answer = client.post(f"/api/workflows/{make_workflow().pk}/link").json()

    assert answer["url"].startswith("https://chat.example/w/")


def test_a_stranger_gets_no_link_and_learns_nothing(
    stranger: APIClient,
    nobody: APIClient,
    make_client: Callable[..., APIClient],
    make_workflow: Callable[..., Workflow],
) -> None:
    path = f"/api/workflows/{make_workflow().pk}/link"
    reader = make_client(scopes=["workflows:read"])

    answers = [caller.post(path, {"x": 1}) for caller in (stranger, nobody, reader)]

    assert [answer.status_code for answer in answers] == [404, 401, 403]
    assert "/w/" not in "".join(answer.content.decode() for answer in answers)


def test_nothing_can_be_asked_of_a_link(client: APIClient, make_workflow: Callable[..., Workflow]) -> None:
    path = f"/api/workflows/{make_workflow().pk}/link"

    assert client.post(path, {"hours": 9999}).json()["errors"][0]["path"] == "/hours"
    assert client.get(path).status_code == 405


def test_a_link_outlives_the_key_that_made_it(client: APIClient, make_workflow: Callable[..., Workflow]) -> None:
    workflow = make_workflow()
    url = client.post(f"/api/workflows/{workflow.pk}/link").json()["url"]

    ApiKey.objects.all().delete()

    assert opened(url.split("/")[-2], at=timezone.now()).workflow_id == workflow.pk
