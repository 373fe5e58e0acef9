"""stub, replaced by merge"""

from typing import Any


def reveal(names: Any, *, host: str) -> dict[str, str]:
    return {}


def redact(text: str, secrets: Any) -> str:
    return text
