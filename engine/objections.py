"""Refusals of what may well be right: they count no attempt and put nothing stored into question.

They are for whoever handed a value over, and not for the person, who said nothing wrong. None repeats what was given.
"""

from engine.definition import Field
from engine.report import Rejected


def already_sent(field: Field) -> Rejected:
    """Refuse a change of what something was sent for."""
    words = f"{field.label} cannot be changed any more: what depends on it was sent already, and only once."
    return Rejected(field=field.name, code="action_already_sent", message=words)
