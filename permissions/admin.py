"""Where Django looks for admin pages."""

from permissions import grant_admin, key_admin, user_type_admin

__all__ = ["grant_admin", "key_admin", "user_type_admin"]
