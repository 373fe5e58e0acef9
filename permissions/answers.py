"""What is answered about user types and grants."""

from typing import Any

from permissions.models import UserType, UserTypeWorkflowTemplate


def user_type_answer(user_type: UserType) -> dict[str, Any]:
    """Return a user type as clients see it."""
    return {
        "id": user_type.pk,
        "name": user_type.name,
        "description": user_type.description,
        "created_at": user_type.created_at,
    }


def grant_answer(grant: UserTypeWorkflowTemplate) -> dict[str, Any]:
    """Return a grant as clients see it."""
    return {
        "id": grant.pk,
        "user_type_id": grant.user_type_id,
        "user_type": grant.user_type.name,
        "workflow_template_id": grant.workflow_template_id,
        "workflow_template": grant.workflow_template.name,
        "created_at": grant.created_at,
    }
