"""What a model can call."""

from enum import StrEnum


class ToolName(StrEnum):
    """The tools, whichever dialect they are told in."""

    START = "start_workflow"
    SUBMIT = "submit_data"
    CONFIRM = "confirm_workflow"
    CANCEL = "cancel_workflow"
    SWITCH = "switch_workflow"
