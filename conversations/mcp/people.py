"""Which conversation a call is about, and with whom: as it says, or as it was before."""

from typing import Any

from conversations.acts import Conversation
from instances.models import Workflow
from rest.callers import Caller


def conversation_in(given: dict[str, Any], caller: Caller) -> Conversation:
    """Return the conversation that a call names, with whom it is with.

    One that was with several people says of whom only what kind they are: that of the one who is at it, or was last.
    """
    named, user_id, user_type = given["conversation_id"], given.get("user_id"), given.get("user_type")
    if user_id is not None:
        return Conversation(id=named, user_id=user_id, user_type=user_type)
    here = Workflow.objects.visible_to(caller).filter(conversation_id=named)
    people = list(here.order_by().values_list("user_id", "user_type_id").distinct()[:2])
    if user_type is not None or not people:
        return Conversation(id=named, user_type=user_type)
    if len(people) == 1:
        (found_id, kind), *_ = people
        return Conversation(id=named, user_id=found_id, user_type_id=kind)
    latest = here.active_in(named).first() or here.order_by("-updated_at", "id").first()
    return Conversation(id=named, user_type_id=latest.user_type_id if latest else None)
