"""What is answered about secrets and tools."""

from typing import Any

from deliveries.models import Secret
from deliveries.tools import Tool


def secret_answer(secret: Secret) -> dict[str, Any]:
    """Return a secret as clients see it: never its value."""
    return {
        "name": secret.name,
        "hosts": secret.hosts,
        "created_at": secret.created_at,
        "updated_at": secret.updated_at,
        "updated_by": secret.updated_by,
        "last_used_at": secret.last_used_at,
    }


def tool_answer(tool: Tool) -> dict[str, Any]:
    """Return a tool as clients see it."""
    return {
        "name": tool.name,
        "description": tool.description,
        "arguments": tool.arguments,
        "idempotent": tool.is_idempotent,
        "permission": tool.permission,
    }
