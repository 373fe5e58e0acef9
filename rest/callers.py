"""Who calls: what every surface knows of a caller, whether it came with an API key or a staff session."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from rest_framework.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who was authenticated. `user_type_ids` limits what is seen and touched; None means no limit.

    `is_model` says that a model reads what is answered and wrote what is sent, whoever holds the key.
    """

    actor: str
    scopes: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    user_type_ids: frozenset[UUID] | None = None
    is_model: bool = False

    @property
    def is_limited(self) -> bool:
        """Whether the caller sees only what belongs to its user types."""
        return self.user_type_ids is not None

    def may_act_for(self, user_type_id: UUID) -> bool:
        """Tell whether this user type is the caller's to see and touch."""
        return self.user_type_ids is None or user_type_id in self.user_type_ids


def caller_of(request: Request) -> Caller:
    """Return who makes an authenticated request."""
    return cast(Caller, request.auth)
