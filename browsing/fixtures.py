"""People at a browser. A test fails at its end if the browser had anything to complain of.

The `conftest` of a package imports these fixtures, and marks with that what is tested in a browser.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from browsing.browsers import Complaints, Look, chromium, context_of, launched

PageOf = Callable[..., Page]

every_look = pytest.mark.parametrize(
    "look",
    [pytest.param(look, id=str(look), marks=() if look is Look.LIGHT else pytest.mark.other_look) for look in Look],
)
"""Runs a test once for each way to look at a page; its argument is `look`."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Return a browser for the tests of this package: it takes a second to start."""
    executable = chromium()
    if executable is None:
        pytest.skip("Install chromium, or set CHROMIUM to its path.")
    with launched(executable) as started:
        yield started


@pytest.fixture
def complaints(live_server: LiveServer) -> Iterator[Complaints]:
    """Return what the browser complains of; what is not expected fails the test at its end."""
    noted = Complaints(origin=live_server.url)
    yield noted
    found = noted.unexpected()
    assert not found, "The browser complained:\n" + "\n".join(found)


@pytest.fixture
def page_of(browser: Browser, live_server: LiveServer, complaints: Complaints) -> Iterator[PageOf]:
    """Return a builder of pages, each in a browser of its own, of a user who is logged in or of a visitor.

    Their paths are those of the site: `page.goto("/admin/")`.
    """
    with ExitStack() as opened:

        def open_page(user: User | None = None, *, look: Look = Look.LIGHT) -> Page:
            context = opened.enter_context(context_of(browser, look=look, base_url=live_server.url))
            complaints.watch(context)
            if user is not None:
                login = Client()
                login.force_login(user)
                session = login.cookies[settings.SESSION_COOKIE_NAME]
                context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
            return context.new_page()

        yield open_page
