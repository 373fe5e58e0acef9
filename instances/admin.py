"""Where Django looks for admin pages."""

from instances import workflow_admin

__all__ = ["workflow_admin"]
