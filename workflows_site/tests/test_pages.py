"""The pages that belong to no app: home, documentation, health and readiness."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

pytestmark = pytest.mark.django_db

LINK = re.compile(r'(?:src|href)\s*=\s*"([^"]*)"|url\(([^)]*)\)|@import\s+"([^"]*)"|from\s+"([^"]*)"')


def links_of(page: str) -> Iterator[str]:
    for found in LINK.finditer(page):
        yield next(text for text in found.groups() if text is not None)


@pytest.fixture
def visitor() -> Client:
    return Client()


def test_the_home_page_tells_a_person_where_to_go(visitor: Client) -> None:
    response = visitor.get("/")

    page = response.content.decode()
    assert response.status_code == 200
    for link in ("/admin/", "/api/docs", "/api/schema", "/healthz", "/readyz"):
        assert f'href="{link}"' in page
        assert visitor.get(link).status_code in (200, 302)


@pytest.mark.parametrize("path", ["/", "/api/docs"])
def test_a_page_fetches_nothing_from_another_host(visitor: Client, path: str) -> None:
    page = visitor.get(path).content.decode()

    links = list(links_of(page))
    assert links
    assert all(link.startswith("/") and not link.startswith("//") for link in links), links
    for link in links:
        if link.startswith("/static/"):
            assert finders.find(link.removeprefix("/static/")), link
        else:
            assert visitor.get(link, follow=True).status_code == 200, link


def test_the_script_of_the_documentation_fetches_nothing_from_another_host(visitor: Client) -> None:
    page = visitor.get("/api/docs").content.decode()
    script = next(link for link in links_of(page) if "script" in link)

    text = visitor.get(script).content.decode()

    assert "/api/schema" in text
    assert not re.search(r"https?://|[\"']//", text)


def test_who_may_not_see_a_page_is_told_so_in_words(visitor: Client) -> None:
    visitor.force_login(User.objects.create_user("mia", is_staff=True))

    response = visitor.get("/admin/registry/workflowtemplate/")

    page = response.content.decode()
    assert response.status_code == 403
    assert "You may not do this" in page
    assert "Whoever looks after the accounts can give it to you." in page
    assert 'href="/admin/"' in page


def test_a_form_that_is_too_old_is_refused_in_words() -> None:
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "mia", "password": "?"})

    assert response.status_code == 403
    assert "Nothing was changed." in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz"])
def test_pages_are_only_read(visitor: Client, path: str) -> None:
    assert visitor.head(path).status_code == 200
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert visitor.generic(method, path).status_code == 405


def test_healthy_means_that_the_process_answers(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _take_the_database_away(monkeypatch)

    response = visitor.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_means_that_the_database_answers_and_all_migrations_are_applied(visitor: Client) -> None:
    response = visitor.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_a_migration_that_is_not_applied_is_not_ready(visitor: Client) -> None:
    ((app, name),) = MigrationLoader(connection).graph.leaf_nodes("instances")
    MigrationRecorder(connection).record_unapplied(app, name)

    response = visitor.get("/readyz")

    assert (response.status_code, response.json()["code"]) == (503, "not_ready")
    assert response["Content-Type"] == "application/problem+json"
    assert "migrate" in response.json()["detail"]


def test_a_database_that_is_away_is_not_ready(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _take_the_database_away(monkeypatch)

    response = visitor.get("/readyz")

    assert (response.status_code, response.json()["code"]) == (503, "not_ready")
    assert "secret host" not in response.content.decode()


def _take_the_database_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("could not connect to secret host")

    monkeypatch.setattr(connection, "cursor", fail)


def test_there_is_no_change_of_a_model_without_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
