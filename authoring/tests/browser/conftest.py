"""The people of the admin at a browser."""

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import Page

from browsing.fixtures import PageOf, browser, complaints, page_of

__all__ = ["browser", "complaints", "page_of"]

PASSWORD = "a long enough password"


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
