"""Staff members as tests of the admin need them, and what a page must not have under a strict policy."""

from html.parser import HTMLParser
from itertools import count

from django.contrib.auth.models import Permission, User
from django.test import Client

_numbers = count(1)


def staff(*permissions: str) -> User:
    """Return a staff member who holds these permissions, like `instances.view_workflow`."""
    person = User.objects.create_user(f"person {next(_numbers)}", is_staff=True)
    for name in permissions:
        app, _, codename = name.partition(".")
        person.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return person


def browser_of(person: User) -> Client:
    """Return the browser in which somebody is logged in."""
    browser = Client()
    browser.force_login(person)
    return browser


def browser(*permissions: str) -> Client:
    """Return the browser of a new staff member who holds these permissions."""
    return browser_of(staff(*permissions))


class _Violations(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            self.found.append(f"<{tag}> with its text in the page")
        self.found += [f'<{tag} {name}="{value}">' for name, value in attrs if name == "style" or name.startswith("on")]
        self.found += [f"<{tag}> goes to {value}" for _, value in attrs if (value or "").startswith("javascript:")]


def violations(page: str) -> list[str]:
    """Return what a strict Content-Security-Policy would block: code and styles that stand in the page itself."""
    parser = _Violations()
    parser.feed(page)
    return parser.found
