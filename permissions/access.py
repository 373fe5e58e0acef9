"""The default permission class: asks the policy, and denies what the policy does not name."""

from typing import TYPE_CHECKING

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from permissions.authentication import StaffSessionAuthentication
from permissions.policy import MissingScope, access_to, holds
from rest.callers import Caller, caller_of

if TYPE_CHECKING:  # rest_framework.views itself loads this module, by its name in the settings
    from rest_framework.views import APIView


class PolicyPermission(BasePermission):
    """Let in who holds the scope, or the Django permission, that the policy names for this route and method."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Decide.

        :raises MissingScope: the caller is known and lacks the scope
        """
        if not isinstance(request.auth, Caller):
            return False
        access = access_to(getattr(view, "policy", ""), str(request.method))
        if access is None:
            if request.method not in view.allowed_methods:
                raise MethodNotAllowed(str(request.method))
            return False
        caller = caller_of(request)
        if not holds(access, scopes=caller.scopes, permissions=caller.permissions):
            is_person = isinstance(request.successful_authenticator, StaffSessionAuthentication)
            needed = f"permission {access.permission}" if is_person else f"scope {access.scope}"
            raise MissingScope(f"This needs the {needed}.", scope=str(access.scope))
        return True
