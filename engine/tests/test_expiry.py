"""What becomes of a workflow that nobody comes back to, and when."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.definition import Definition
from engine.errors import Conflict
from engine.facts import Cancelled, Expired
from engine.progress import Status
from engine.report import Outcome, Report
from engine.tests.builders import TODAY, definition_of, document, only_finding, progress, step
from engine.validation import validate
from engine.workflow import Next, cancel, expire, expires_at, next_of

TOMORROW = date(2026, 3, 15)
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def that_expires(idle_time: Any = "P7D", **changes: Any) -> Definition:
    return definition_of(step("one", "a"), expires_after=idle_time, **changes)


@pytest.mark.parametrize("status", [Status.CREATED, Status.ACTIVE, Status.PAUSED])
def test_a_workflow_that_expires_is_cancelled_and_keeps_what_was_collected(status: Status) -> None:
    definition = that_expires()

    decision = expire(definition, progress({"a": "x"}, status=status), today=TOMORROW)

    assert decision.progress == progress({"a": "x"}, status=Status.CANCELLED, today=TOMORROW)
    assert decision.position.live == {"a": "x"}
    assert decision.report == Report(outcome=Outcome.APPLIED)
    assert (decision.outcome, decision.hands_over_to) == ("", None)
    assert next_of(definition, decision.progress, decision.position) is Next.DONE


def test_that_it_expired_is_told_once_and_apart_from_being_cancelled() -> None:
    expired = expire(that_expires(), progress(), today=TODAY)
    cancelled = cancel(that_expires(), progress(), reason="expired", today=TODAY)

    assert expired.facts == (Expired(),)
    assert (Expired.type, Expired().reason) == ("workflow.expired", "expired")
    assert cancelled.facts == (Cancelled(reason="expired"),)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.FINISHING, "workflow_finishing"),
        (Status.COMPLETED, "workflow_ended"),
        (Status.FAILED, "workflow_ended"),
        (Status.CANCELLED, "workflow_ended"),
    ],
)
def test_what_is_finishing_or_has_ended_never_expires(status: Status, code: str) -> None:
    with pytest.raises(Conflict) as caught:
        expire(that_expires(), progress(status=status), today=TODAY)

    assert caught.value.code == code
    assert caught.value.details == {"act": "expire", "workflow_status": str(status)}
    assert expires_at(that_expires(), status, last_interaction=NOON) is None


@pytest.mark.parametrize("status", [Status.CREATED, Status.ACTIVE, Status.PAUSED])
def test_it_expires_its_idle_time_after_the_last_interaction(status: Status) -> None:
    assert expires_at(that_expires(), status, last_interaction=NOON) == datetime(2026, 3, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize("never", ["", None])
def test_a_template_that_does_not_say_when_never_lets_a_workflow_expire(never: str | None) -> None:
    unsaid, said = definition_of(step("one", "a")), that_expires(never)

    assert (unsaid.expires_after, said.expires_after) == ("", "")
    assert expires_at(unsaid, Status.ACTIVE, last_interaction=NOON) is None
    assert expires_at(said, Status.ACTIVE, last_interaction=NOON) is None


def test_a_definition_says_what_its_document_says() -> None:
    assert that_expires("PT30M").expires_after == "PT30M"


@pytest.mark.parametrize("idle_time", ["", None, "PT1M", "PT30M", "P7D", "P10Y"])
def test_one_minute_to_ten_years_or_never_may_be_said(idle_time: str | None) -> None:
    assert validate(document(step("one", "a"), expires_after=idle_time)) == ()


@pytest.mark.parametrize("idle_time", ["PT59S", "P10YT1S", "-P7D", "7 days", " ", "P" + "1" * 5000 + "D"])
def test_anything_else_is_found_with_an_example(idle_time: str) -> None:
    finding = only_finding(document(step("one", "a"), expires_after=idle_time))

    assert (finding.rule, finding.path, finding.is_error) == ("bad_duration", "/expires_after", True)
    assert finding.message == (
        "This must be a duration from one minute to ten years, like 'P7D' or 'PT30M' (ISO 8601), or empty: never."
    )


@pytest.mark.parametrize("idle_time", [7, True, ["P7D"], {"days": 7}])
def test_what_is_no_text_is_of_the_wrong_shape_and_nothing_more(idle_time: Any) -> None:
    finding = only_finding(document(step("one", "a"), expires_after=idle_time))

    assert (finding.rule, finding.path) == ("shape", "/expires_after")
    assert finding.message == "This must be of type null or string."
