"""What a conversation refuses, and why."""

from engine.errors import Conflict, Invalid


class PersonUnknown(Invalid):
    """A workflow is to be started, and nobody said for whom."""

    code = "user_id_required"


class NothingActive(Conflict):
    """No workflow of the conversation takes anything now."""

    code = "no_active_workflow"


class ActiveAlready(Conflict):
    """The conversation is at this workflow already."""

    code = "workflow_already_active"
