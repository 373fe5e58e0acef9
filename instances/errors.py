"""What starting and finding workflows refuses, and why."""

from engine.errors import Conflict, Invalid, NotFound


class AppendUnprotected(Invalid):
    """`append` came without anything by which a second delivery of the same request could be told."""

    code = "append_unprotected"


class WorkflowNotFound(NotFound):
    """There is no such workflow, or not for this caller."""


class ActiveWorkflowExists(Conflict):
    """The conversation has an active workflow; there is one at a time."""

    code = "active_workflow_exists"


class ChainTooLong(Conflict):
    """Workflows handed over to each other too many times in a row."""

    code = "chain_too_long"
