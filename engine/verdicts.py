"""What the answer to an `api_call` means: whether it succeeded, is worth another try, and what of it is kept. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from engine.json_pointer import all_pointed_to

SUCCESS: tuple[int | str, ...] = ("2xx",)
RETRY_ON: tuple[int | str, ...] = (429, "5xx")


class Verdict(StrEnum):
    """What becomes of a call after an answer."""

    SUCCESS = "success"
    RETRY = "retry"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRules:
    """How patient an `api_call` is, and which statuses it takes for what; defaults where the author says nothing."""

    success: tuple[int | str, ...] = SUCCESS
    retry_on: tuple[int | str, ...] = RETRY_ON
    max_attempts: int = 10
    max_hours: float = 24
    timeout: float = 20
    """Seconds until an answer must be there as a whole."""

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Return the rules that the valid config of an action states."""
        return cls(
            success=tuple(config.get("success", SUCCESS)),
            retry_on=tuple(config.get("retry_on", RETRY_ON)),
            **{name: config[name] for name in ("max_attempts", "max_hours", "timeout") if name in config},
        )


def classify(status: int, config: Mapping[str, Any]) -> Verdict:
    """Return what a status means to this action. What counts as success is not tried again."""
    rules = CallRules.from_config(config)
    if _is_among(status, rules.success):
        return Verdict.SUCCESS
    return Verdict.RETRY if _is_among(status, rules.retry_on) else Verdict.FAILURE


def _is_among(status: int, patterns: Iterable[int | str]) -> bool:
    return any(pattern in (status, f"{status // 100}xx") for pattern in patterns)


def captured(config: Mapping[str, Any], answer: Any) -> Any:
    """Return what the action keeps of an answer: what its `result` points to as far as it is there, else all of it."""
    if "result" not in config:
        return answer
    return all_pointed_to(answer, config["result"])
