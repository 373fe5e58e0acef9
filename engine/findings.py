"""What validation and lint found in a document: values with a rule id, a severity and a JSON Pointer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MAX_FINDINGS = 200
"""Nobody reads more, and a hostile document must not keep a process busy."""


class Severity(StrEnum):
    """How much a finding matters: an error blocks publishing, the others inform."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found in a document; `path` is a JSON Pointer (RFC 6901) that an editor can jump to."""

    rule: str
    path: str
    message: str
    severity: Severity = Severity.ERROR
    step: str | None = None
    field: str | None = None
    suggestion: str | None = None
    witness: Mapping[str, Any] | None = None

    @property
    def is_error(self) -> bool:
        """Whether this finding keeps the document from being published."""
        return self.severity is Severity.ERROR

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as JSON, without what is not known of it."""
        named = {
            "rule": self.rule,
            "severity": str(self.severity),
            "path": self.path,
            "step": self.step,
            "field": self.field,
            "message": self.message,
            "suggestion": self.suggestion,
            "witness": self.witness,
        }
        return {key: value for key, value in named.items() if value is not None}


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that block."""
    return tuple(finding for finding in findings if finding.is_error)


def pointer(*parts: str | int) -> str:
    """Return a JSON Pointer (RFC 6901) made of these keys and indexes."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
