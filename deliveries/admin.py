"""Where Django looks for admin pages."""

from deliveries import endpoint_admin

__all__ = ["endpoint_admin"]
