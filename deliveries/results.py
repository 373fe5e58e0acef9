"""What became of one attempt, whatever was sent: the values between sending and settling."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """Where a delivery is."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    OUTCOME_UNKNOWN = "outcome_unknown"
    """It may have been done or not, and must not be done twice: somebody has to look."""


EXCERPT = 2000
"""So many characters of an answer are kept with the attempt, for people who look for what went wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is kept of an attempt for people to read; secrets are taken out before it gets here."""

    status_code: int | None = None
    excerpt: str = ""


NOTHING_SEEN = Seen()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """It got through; `answer` is the JSON that came back."""

    answer: Any = None
    seen: Seen = NOTHING_SEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class NotYet:
    """It did not get through this time; another attempt may."""

    code: str
    reason: str
    wish: timedelta | None = None
    """How long the receiver asked us to wait."""
    may_have_been_done: bool = True
    """Whether the receiver may have done what it was asked, although we do not know."""
    blames_receiver: bool = True
    """Whether the receiver is what failed: too many of these in a row, and it is left alone for a while."""
    seen: Seen = NOTHING_SEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It will never get through as it is."""

    code: str
    reason: str
    is_gone: bool = False
    """Whether the receiver said that it wants nothing of this kind ever again (410)."""
    seen: Seen = NOTHING_SEEN


type Result = Delivered | NotYet | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a result means for a delivery: settled with a status, or to be tried again at a moment."""

    status: Status
    code: str = ""
    reason: str = ""
    again_at: datetime | None = None
    in_doubt: bool = False
    """Whether the receiver may have done what it was asked, in this attempt or an earlier one."""
