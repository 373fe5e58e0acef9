"""JSON Merge Patch (RFC 7396): what a part of a value, sent alone, makes of the whole that is stored."""

import json
from collections.abc import Mapping
from typing import Any

from engine.errors import Invalid
from engine.strict_json import MAX_BYTES


class MergedTooLarge(Invalid):
    """What a patch is merged into would grow beyond what can be sent in one piece."""

    code = "merged_too_large"


def merge_patch(target: Any, patch: Any) -> Any:
    """Return the target with a patch merged in: objects merge, null removes a member, all else replaces.

    >>> merge_patch({"a": {"b": 1, "c": 2}, "d": [1, 2]}, {"a": {"b": None}, "d": [3]})
    {'a': {'c': 2}, 'd': [3]}

    :raises MergedTooLarge: many small patches must not pile up to what no request could bring, and no PUT send back
    """
    merged = _merge(target, patch)
    if isinstance(target, Mapping) and isinstance(patch, Mapping) and _size(merged) > MAX_BYTES:
        raise MergedTooLarge(f"What this is merged into would be larger than {MAX_BYTES} bytes. Take something out.")
    return merged


def _merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, part in patch.items():
        if part is None:
            merged.pop(name, None)
        else:
            merged[name] = _merge(merged.get(name), part)
    return merged


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
