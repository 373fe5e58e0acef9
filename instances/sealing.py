"""What of a workflow stands in plain columns, and what is sealed: values of sensitive fields, and what may tell them.

Sealed are the values of sensitive fields, those that were taken out too; the digests of what actions were asked with,
which whoever tries all possible values could read; and the whole of what the end action came back with, for a receiver
may echo what it was sent.
"""

from collections.abc import Mapping, Set
from typing import Any

from rest.encryption import seal, unseal

SEALING = ("state_data", "previous_values", "actions", "end_action_result", "sealed_data")
"""The columns that hold it together, and are written together."""


def columns_of(sensitive: Set[str], whole: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that hold these four, given as they are: what is sensitive in them is sealed.

    `sensitive` names the sensitive fields of the definition. Where there are none, nothing is encrypted.
    """
    if not sensitive:
        return {**whole, "sealed_data": ""}
    actions, result = whole["actions"], whole["end_action_result"]
    hidden = {
        "values": {name: value for name, value in whole["state_data"].items() if name in sensitive},
        "previous": {name: value for name, value in whole["previous_values"].items() if name in sensitive},
        "digests": {step: state["digest"] for step, state in actions.items()},
        "result": result,
    }
    kept = {name: part for name, part in hidden.items() if part is not None and part != {}}
    return {
        "state_data": {name: value for name, value in whole["state_data"].items() if name not in sensitive},
        "previous_values": {name: value for name, value in whole["previous_values"].items() if name not in sensitive},
        "actions": {step: {**state, "digest": ""} for step, state in actions.items()},
        "end_action_result": None,
        "sealed_data": seal(kept) if kept else "",
    }


def whole_of(columns: Mapping[str, Any], opened: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the columns hold together with what was sealed: the inverse of :func:`columns_of`.

    What was stored before its field was sensitive stands in plain columns until it is written again.
    """
    digests = opened.get("digests", {})
    return {
        "state_data": {**columns["state_data"], **opened.get("values", {})},
        "previous_values": {**columns["previous_values"], **opened.get("previous", {})},
        "actions": {
            step: {**state, "digest": digests.get(step, state["digest"])} for step, state in columns["actions"].items()
        },
        "end_action_result": opened.get("result", columns["end_action_result"]),
    }


def opened(sealed_data: str) -> Mapping[str, Any]:
    """Return what is sealed.

    :raises rest.encryption.KeyLost: it was sealed under a key that is gone
    """
    found: Mapping[str, Any] = unseal(sealed_data)
    return found


def is_plain(sensitive: Set[str], columns: Mapping[str, Any]) -> bool:
    """Tell whether something stands in plain columns that is to be sealed."""
    names = {*columns["state_data"], *columns["previous_values"]}
    digests = any(state["digest"] for state in columns["actions"].values())
    return bool(sensitive) and (not names.isdisjoint(sensitive) or digests or columns["end_action_result"] is not None)
