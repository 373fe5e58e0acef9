"""How callers show who they are: `Authorization: Bearer <API key>`, or the session of a staff member."""

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from permissions.keys import read_key
from permissions.models import ApiKey
from rest.callers import Caller

HOW_TO_SHOW_A_KEY = "Send an API key in the header `Authorization: Bearer <key>`. An operator can issue one."


class ApiKeyAuthentication(BaseAuthentication):
    """Let a client in by its API key (RFC 6750)."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the key and what it may do, or None if no key was shown."""
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        text = read_key(shown.strip())
        key = ApiKey.objects.usable(now).filter(prefix=text.prefix).first() if text else None
        if text is None or key is None or not text.matches(key.digest):
            raise AuthenticationFailed("This API key is unknown, expired or revoked. Ask an operator for a new one.")
        key.note_use(now)
        return key, key.as_caller()

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401."""
        return 'Bearer realm="workflows"'


class StaffSessionAuthentication(SessionAuthentication):
    """Let a staff member in who is logged in to the admin; writing needs the CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the person and what they may do, or None if nobody of the staff is logged in."""
        found = super().authenticate(request)
        if found is None:
            return None
        person: User = found[0]
        if not person.is_staff:
            return None
        return person, staff_caller(person)


def staff_caller(person: Any) -> Caller:
    """Return what a staff member may do, for the surfaces: the API in the browser, and the admin."""
    return Caller(actor=f"user:{person.get_username()}", permissions=frozenset(person.get_all_permissions()))
