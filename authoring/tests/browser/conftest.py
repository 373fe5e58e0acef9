"""People at a browser. A test fails at its end if the browser had anything to complain of."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from authoring.tests.browser.browsing import Complaints, Look, chromium, context_of, launched

PASSWORD = "a long enough password"
PageOf = Callable[..., Page]


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


@pytest.fixture
def author(transactional_db: None) -> User:
    """Return somebody who works on templates."""
    user = User.objects.create_user("nora", first_name="Nora", password=PASSWORD, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="registry"))
    return user


@pytest.fixture
def operator(transactional_db: None) -> User:
    """Return somebody who may do everything."""
    return User.objects.create_superuser("otto", first_name="Otto", password=PASSWORD)


@pytest.fixture
def author_page(page_of: PageOf, author: User) -> Page:
    """Return the page of an author who is logged in."""
    return page_of(author)
