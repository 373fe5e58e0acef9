"""The content security policy: on every answer, and no page holds what it refuses."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from workflows_site import views
from workflows_site.tests.api import World, every_path

pytestmark = pytest.mark.django_db

POLICY = "Content-Security-Policy"
DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}


@pytest.fixture
def superuser(db: None) -> User:
    return User.objects.create_superuser("superuser")


@pytest.mark.parametrize("is_somebody", [True, False])
def test_every_route_answers_with_the_policy(world: World, superuser: User, is_somebody: bool) -> None:
    pages = 0
    for path in every_path(world):
        visitor = Client(raise_request_exception=False)
        if is_somebody:
            visitor.force_login(superuser)

        response = visitor.get(path)

        own = {"img-src": "'self' data:"} if path == "/api/docs" else {}
        assert policy_of(response) == DIRECTIVES | own, path
        if response["Content-Type"].startswith("text/html") and response.content:
            pages += 1
            assert refused_in(response) == [], path
    assert pages >= (40 if is_somebody else 3)


def test_a_nonce_is_used_once() -> None:
    visitor = Client()

    assert visitor.get("/admin/login/")[POLICY] != visitor.get("/admin/login/")[POLICY]


def test_what_reaches_no_view_has_the_policy_too(settings: Settings) -> None:
    visitor = Client(enforce_csrf_checks=True)
    forged = visitor.post("/admin/login/")
    strange = visitor.get("/", headers={"host": "elsewhere.example"})
    broken = visitor.get("/?a=%00")
    static = visitor.get("/static/plain.css")
    static.close()
    settings.SECURE_SSL_REDIRECT = True
    moved = Client().get("/")

    assert [each.status_code for each in (forged, strange, broken, static, moved)] == [403, 400, 400, 200, 301]
    assert all(policy_of(each) == DIRECTIVES for each in (forged, strange, broken, static, moved))
    assert refused_in(forged) == []


def test_a_failure_of_ours_has_the_policy_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "render", None)

    response = Client(raise_request_exception=False).get("/")

    assert (response.status_code, policy_of(response)) == (500, DIRECTIVES)


def test_only_what_django_shows_to_developers_goes_without(settings: Settings) -> None:
    settings.DEBUG = True
    visitor = Client()

    assert POLICY not in visitor.get("/nowhere")
    for path in ("/", "/admin/login/", "/api/nowhere"):
        assert policy_of(visitor.get(path)) == DIRECTIVES
    settings.DEBUG = False
    assert policy_of(visitor.get("/nowhere")) == DIRECTIVES


def test_what_the_policy_refuses_is_noticed() -> None:
    page = """<p style="color:red"><a href="javascript:go()">Go</a><b onclick="go()">Go</b></p><img src="data:,">
        <script>go()</script><style>p {}</style><script src="https://elsewhere.example/x.js"></script>
        <script nonce="1">go()</script><script type="application/json">{}</script><script src="/x.js"></script>"""

    assert len(refused_in(HttpResponse(page, headers={POLICY: "script-src 'nonce-1'"}))) == 7


def policy_of(response: Any) -> dict[str, str]:
    """Return the directives of an answer, less the nonce, which may stand only where it belongs."""
    directives = dict(each.split(" ", 1) for each in response[POLICY].split("; "))
    for name in ("script-src", "style-src"):
        directives[name] = re.sub(r" 'nonce-[\w-]{22}'$", "", directives[name])
    return directives


def refused_in(response: Any) -> list[str]:
    """Return what of a page a browser would refuse to run, to fetch or to apply."""
    reading = _Reading(response[POLICY])
    reading.feed(response.content.decode())
    return reading.refused


class _Reading(HTMLParser):
    def __init__(self, policy: str) -> None:
        super().__init__()
        self.policy = policy
        self.refused: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        has_nonce = bool(given.get("nonce")) and f"'nonce-{given['nonce']}'" in self.policy
        is_inline = tag == "style" or (tag == "script" and "src" not in given)
        is_data = given.get("type") in ("application/json", "text/template")
        elsewhere = re.compile(r"\s*(javascript:|https?:|//|data:)", re.IGNORECASE)
        sources = [given.get("src", ""), given.get("href", "") if tag == "link" else ""]
        if (
            any(name == "style" or name.startswith("on") for name in given)
            or (is_inline and not has_nonce and not is_data)
            or any(elsewhere.match(source) for source in sources)
            or re.match(r"\s*javascript:", given.get("href", ""), re.IGNORECASE)
        ):
            self.refused.append(self.get_starttag_text() or tag)
