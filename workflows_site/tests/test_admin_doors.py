"""Every page of the admin, read from the URLconf itself: closed to strangers, and to staff who hold no right."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from rest.tests.staff import browser
from workflows_site.tests.api import World, every_path

pytestmark = pytest.mark.django_db

# What somebody of the staff may see without any right: the greeting, their own password, and the way out.
OPEN_TO_STAFF = {
    "/admin/",
    "/admin/jsi18n/",
    "/admin/login/",
    "/admin/logout/",
    "/admin/password_change/",
    "/admin/password_change/done/",
}


def pages_of_the_admin(world: World) -> list[str]:
    pages = [path for path in every_path(world) if path.startswith("/admin/")]
    assert len(pages) >= 80
    return pages


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_asked_to_log_in_wherever_they_knock(world: World, method: str) -> None:
    for path in pages_of_the_admin(world):
        response = getattr(Client(), method)(path)

        if path not in ("/admin/login/", "/admin/logout/"):
            assert (response.status_code, response.headers.get("Location", "").partition("?")[0]) == (
                302,
                "/admin/login/",
            ), path


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_without_rights_see_and_do_nothing(world: World, method: str) -> None:
    nobody_in_particular = browser()

    for path in pages_of_the_admin(world):
        if path in OPEN_TO_STAFF:
            continue
        response = getattr(nobody_in_particular, method)(path)

        is_led_on = response.status_code == 302 and response["Location"] in ("/admin/", f"{path}change/")
        assert is_led_on or response.status_code in (403, 404, 405), f"{path}: {response.status_code}"
    assert not LogEntry.objects.exists()
