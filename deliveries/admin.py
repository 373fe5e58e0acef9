"""Where Django looks for admin pages."""

from deliveries import delivery_admin, endpoint_admin, secret_admin

__all__ = ["delivery_admin", "endpoint_admin", "secret_admin"]
