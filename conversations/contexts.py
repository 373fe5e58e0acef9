"""What a model is told of a conversation."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from conversations.toolschema.dialects import Dialect
from instances.models import Workflow
from rest.callers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a context is wanted."""

    dialect: Dialect = Dialect.OPENAI
    locale: str = "en"
    max_chars: int | None = None


def conversation_context(
    conversation_id: str,
    caller: Caller,
    *,
    wanted: Wanted,
    user_id: str | None = None,
    user_type: str | None = None,
    user_type_id: UUID | None = None,
    base_url: str = "",
) -> dict[str, Any]:
    """Return what a model needs to know now of a conversation."""
    active = Workflow.objects.visible_to(caller).active_in(conversation_id).first()
    return {"workflow": {"id": active.pk, "status": active.status, "revision": active.revision} if active else None}
