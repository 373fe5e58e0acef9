"""Refusals of what may well be right: they count no attempt and put nothing stored into question.

They are for whoever handed a value over, and not for the person, who said nothing wrong. None repeats what was given.
"""

from engine.definition import Field
from engine.report import Rejected


def already_sent(field: Field) -> Rejected:
    """Refuse a change of what something was sent for."""
    words = f"{field.label} cannot be changed any more: what depends on it was sent already, and only once."
    return Rejected(field=field.name, code="action_already_sent", message=words)


def no_evidence(field: Field) -> Rejected:
    """Refuse a value whose quote is nothing that the person wrote."""
    words = f"{field.label}: the quote in evidence is not in the message. Quote the person's words verbatim, or ask."
    return Rejected(field=field.name, code="no_evidence", message=words)


def sensitive(field: Field) -> Rejected:
    """Refuse a model's hand on a value that no model may see."""
    words = (
        f"{field.label} is not a model's to give or to change. The person gives it on the page of the workflow, or the "
        "client gives it itself, with source client."
    )
    return Rejected(field=field.name, code="sensitive", message=words)
