"""People who work in the admin, as tests log them in."""

from itertools import count

from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from registry.models import WorkflowTemplate

_numbers = count(1)


def staff(*permissions: str) -> Client:
    """Return the browser of somebody on the staff who holds these permissions on templates."""
    person = User.objects.create_user(f"person {next(_numbers)}", is_staff=True)
    kind = ContentType.objects.get_for_model(WorkflowTemplate)
    for name in permissions:
        # Some are made by the migrations of their own app, and some only by later ones: a test names what it needs.
        held, _ = Permission.objects.get_or_create(content_type=kind, codename=name, defaults={"name": name})
        person.user_permissions.add(held)
    browser = Client()
    browser.force_login(person)
    return browser
