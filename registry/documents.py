"""Template documents as the registry takes them: what may be left out, and what stands where nothing is yet."""

from collections.abc import Mapping
from typing import Any

from engine import validation
from engine.definition import EndActionType
from engine.document_schema import CONTENT, SETTINGS
from engine.findings import Finding
from registry.errors import InvalidDocument
from registry.models import WorkflowTemplate

# What an optional key means when it is left out, or null.
DEFAULTS: Mapping[str, Any] = {
    "description": "",
    "category": "",
    "guidelines": "",
    "end_action_target": "",
    "end_action_config": {},
    "confirmation": "none",
    "prerequisites": [],
    "expires_after": "",
    "time_zone": "UTC",
    "tests": [],
    "metadata": {},
    "is_active": True,
}


# What stands where the published content of a template will be.
EMPTY_CONTENT: Mapping[str, Any] = {"state_schema": {}, "steps": [], "end_action_type": str(EndActionType.NONE)}

# All of it, spelt out: what the first version of a template is compared with in words.
NO_CONTENT: Mapping[str, Any] = {**{key: part for key, part in DEFAULTS.items() if key in CONTENT}, **EMPTY_CONTENT}

# Keys of our own answers: ignored where what was read may be sent back.
ANSWER_KEYS = frozenset({"id", "current_version", "has_draft", "created_at", "updated_at", "findings"})


def complete(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document in which every optional key is there."""
    given = {key: part for key, part in document.items() if not (part is None and key in DEFAULTS)}
    return {**DEFAULTS, **given}


def working_document(template: WorkflowTemplate) -> dict[str, Any]:
    """Return what an author works on: the draft if there is one, else what is published.

    Clients may keep as a draft what they were answered: the keys that only answers have say nothing of the document.
    """
    if template.draft is None:
        return template.document()
    return {key: part for key, part in template.draft.items() if key not in ANSWER_KEYS}


def settings_of(draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings in a draft, which must be such that a template can be known by them.

    :raises InvalidDocument: some of them cannot be
    """
    given = {key: draft[key] for key in SETTINGS if key in draft}
    shape = [found for found in validation.validate(given) if found.path[1:].partition("/")[0] in (*given, "name")]
    if found := [finding for finding in shape if finding.is_error]:
        raise InvalidDocument(found)
    if "name" not in given:
        raise InvalidDocument([Finding(rule="required", path="/name", message="Give the template a name.")])
    return given
