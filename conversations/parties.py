"""Who talks in a conversation: as whoever calls for the model says, or as is known from what is stored there."""

from dataclasses import dataclass
from uuid import UUID

from conversations.errors import PersonUnknown
from engine.progress import Status
from instances.models import Person, Workflow, WorkflowQuerySet
from permissions.services import user_type_for
from rest.callers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Where a call is made, and with whom, as far as whoever calls for the model says."""

    id: str
    user_id: str | None = None
    user_type: str | None = None
    user_type_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person in a conversation; nobody may have said which one, if nothing is stored of it yet."""

    conversation_id: str
    user_type_id: UUID
    user_id: str | None

    @property
    def known_user_id(self) -> str:
        """The id of the person.

        :raises PersonUnknown: nobody said so
        """
        if self.user_id is None:
            raise PersonUnknown("Say for whom a workflow is started: user_id.")
        return self.user_id

    @property
    def person(self) -> Person:
        """The person, or nobody in particular of their kind."""
        return Person(user_type_id=self.user_type_id, user_id=self.user_id or "")

    def workflows(self, caller: Caller) -> WorkflowQuerySet:
        """Return what this person has in the conversation."""
        theirs = Workflow.objects.visible_to(caller).filter(user_type=self.user_type_id)
        if self.user_id is not None:
            theirs = theirs.filter(user_id=self.user_id)
        return theirs.filter(conversation_id=self.conversation_id)


def party_of(conversation: Conversation, caller: Caller) -> Party:
    """Return who talks.

    :raises UserTypeRequired: nobody said of which kind the person is, and nothing stored tells
    :raises UserTypeNotFound: there is no such kind, or it is not the caller's
    """
    kind_id, name = conversation.user_type_id, conversation.user_type
    is_of_a_kind = name is not None or kind_id is not None
    is_named = conversation.user_id is not None and is_of_a_kind
    known = None if is_named else _known(conversation, caller)
    user_id = known.user_id if known else conversation.user_id
    if known is not None and not is_of_a_kind:
        return Party(conversation_id=conversation.id, user_type_id=known.user_type_id, user_id=user_id)
    kind = user_type_for(caller, user_type_id=kind_id, name=name)
    return Party(conversation_id=conversation.id, user_type_id=kind.pk, user_id=user_id)


def _known(conversation: Conversation, caller: Caller) -> Person | None:
    """Return who has the active workflow of a conversation, or else the only one who has any in it."""
    here = Workflow.objects.visible_to(caller).filter(conversation_id=conversation.id)
    if conversation.user_id is not None:
        here = here.filter(user_id=conversation.user_id)
    if conversation.user_type_id is not None:
        here = here.filter(user_type=conversation.user_type_id)
    if conversation.user_type is not None:
        here = here.filter(user_type__name=conversation.user_type)
    persons = here.order_by().values_list("user_type_id", "user_id")
    found = [*persons.filter(status=Status.ACTIVE)[:1]] or [*persons.distinct()[:2]]
    return Person(user_type_id=found[0][0], user_id=found[0][1]) if len(found) == 1 else None
