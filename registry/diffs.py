"""The difference of two versions."""

from collections.abc import Mapping
from typing import Any

import jsonpatch


def patch_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the JSON Patch (RFC 6902) that turns one document into another."""
    operations: list[dict[str, Any]] = jsonpatch.make_patch(dict(before), dict(after)).patch
    return operations
