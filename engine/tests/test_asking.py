"""What is asked next, what is said once, and what counts only in answer to a question."""

from datetime import date
from typing import Any

import pytest

from engine.actions import ActionState, ActionStatus
from engine.asking import Why, ask_next, to_ask
from engine.facts import Retried
from engine.progress import Position, Progress, Status, locate
from engine.report import Ignored, Outcome
from engine.saying import Say, leading_to, was_said
from engine.submission import Submission
from engine.tests.builders import (
    NUMBER,
    TEXT,
    TODAY,
    begin,
    current,
    definition_of,
    give,
    info,
    progress,
    row,
    rule,
    step,
)
from engine.workflow import retry

ASKED: dict[str, Any] = {**NUMBER, "title": "How many", "description": "Roughly", "x-ask": ["First?", "Second?"]}


def asked(definition: Any, before: Progress) -> list[tuple[str, Why]]:
    return [(ask.field, ask.why) for ask in ask_next(definition, before, locate(definition, before))]


def test_the_current_step_is_asked_three_at_a_time() -> None:
    definition = definition_of(step("one", "a", "b", "c", "d"), step("two", "e"))

    assert asked(definition, progress()) == [("a", Why.MISSING), ("b", Why.MISSING), ("c", Why.MISSING)]
    assert asked(definition, progress(dict.fromkeys("abcd", "x"))) == [("e", Why.MISSING)]
    assert asked(definition, progress(dict.fromkeys("abcde", "x"))) == []


def test_everything_there_is_to_ask_begins_with_what_is_asked_next() -> None:
    definition = definition_of(step("one", "a", "b", "c", "d", "e"))
    position = locate(definition, progress({"b": "x"}))

    everything = to_ask(definition, progress({"b": "x"}), position)

    assert [ask.field for ask in everything] == ["a", "c", "d", "e"]
    assert everything[:3] == ask_next(definition, progress({"b": "x"}), position)
    assert to_ask(definition, progress(status=Status.PAUSED), position) == ()


def test_what_is_in_question_comes_before_what_is_missing() -> None:
    definition = definition_of(
        step("one", "a", "b", rules=[rule(row("a", "<", ref="b"), field=["a", "b"])]), step("two", "c", "d"),
        properties={"a": NUMBER, "b": NUMBER, "d": NUMBER},
    )  # fmt: skip
    values = progress({"a": 2, "b": 1}, contested=frozenset({"b"}), attempts={"d": 1})

    assert asked(definition, values) == [("b", Why.CONTESTED), ("d", Why.REFUSED), ("a", Why.UNMET)]


def test_a_step_that_demands_nothing_asks_for_its_optional_fields() -> None:
    definition = definition_of(step("one", "a", "b"), required=[])
    mixed = definition_of(step("one", "a", "b"), required=["a"])

    assert asked(definition, progress({"a": "x"})) == [("b", Why.OPTIONAL)]
    assert asked(mixed, progress(attempts={"b": 1})) == [("b", Why.REFUSED), ("a", Why.MISSING)]


def test_only_an_active_workflow_asks() -> None:
    definition = definition_of(step("one", "a"))

    for status in Status:
        assert bool(asked(definition, progress(status=status))) is (status is Status.ACTIVE)


def test_the_words_follow_the_attempts_and_the_last_ones_stay() -> None:
    definition = definition_of(step("one", "a"), properties={"a": ASKED})

    found = [ask_next(definition, b, locate(definition, b))[0] for b in (progress(attempts={"a": n}) for n in range(4))]

    assert [(ask.attempt, ask.words) for ask in found] == [
        (1, "First?"),
        (2, "Second?"),
        (3, "Second?"),
        (4, "Second?"),
    ]
    assert (found[0].label, found[0].hint, found[0].step, found[0].choices) == ("How many", "Roughly", "one", ())


def test_choices_are_asked_with_their_titles() -> None:
    choices = [{"const": "r", "title": "Red"}]
    definition = definition_of(
        step("one", "one", "many", "any"),
        properties={"one": {"oneOf": choices}, "many": {"type": "array", "items": {"enum": ["x"]}},
                    "any": {"type": "array", "items": True}},
    )  # fmt: skip

    position: Position = locate(definition, progress())

    assert [ask.choices for ask in ask_next(definition, progress(), position)] == [(("r", "Red"),), (("x", "x"),), ()]
    assert [(ask.words, ask.attempt) for ask in ask_next(definition, progress(), position)] == [(None, 1)] * 3


def test_what_was_said_is_known_and_what_of_it_leads_to_the_current_step() -> None:
    look_up = {"type": "tool_call", "target": "look_up", "result": {"found": "/found"}, "idempotent": True}
    definition = definition_of(
        info("hello", description="Welcome.", required=False), step("one", "a"), info("read", description="Mind."),
        info("later", description="Later {{state.a}}.", required=False), step("look", "found", action=look_up),
        step("two", "b"),
        properties={"a": TEXT, "found": {**TEXT, "readOnly": True}, "b": TEXT},
    )  # fmt: skip

    found = ActionState(status=ActionStatus.SUCCEEDED, digest="", run=1, today=TODAY)

    def at(*read: str, **values: str) -> tuple[list[str], set[str]]:
        position = locate(definition, progress(values, acknowledged=frozenset(read), actions={"look": found}))
        return [told.text for told in was_said(position, {"hello", "read", *values})], {*leading_to(position)}

    assert at() == (["Welcome.", "Mind."], {"hello"})
    assert at(a="x") == (["Welcome.", "Mind."], set())
    assert at("read", a="x") == (["Welcome.", "Mind."], {"later"})
    assert at("read", a="x", found="y") == (["Welcome.", "Mind."], {"later"})
    assert at("read", a="x", later="")[0] == ["Welcome.", "Mind.", "Later x."]


def test_information_is_said_once_when_the_workflow_comes_to_it() -> None:
    definition = definition_of(
        info("hello", description="Welcome.", required=False), step("one", "a"), info("read", description="Mind."),
        info("later", description="Later.", required=False), step("two", "b"),
    )  # fmt: skip

    begun = begin(definition)
    reached = give(definition, begun.progress, {"a": "x"})
    again = give(definition, reached.progress, {"a": "y"})
    passed = give(definition, again.progress, acknowledge=("read",))

    assert begun.say == (Say(step="hello", name="Hello", text="Welcome."),)
    assert [told.step for told in reached.say] == ["read"]
    assert (again.say, [told.step for told in passed.say]) == ((), ["later"])
    assert passed.progress.said == {"hello", "read", "later"}


def test_information_is_not_said_again_after_a_branch_flips_and_flips_back() -> None:
    definition = definition_of(
        step("one", "a"), info("tip", when=row("a", "==", "x"), required=False), step("two", "b")
    )

    first = give(definition, progress(), {"a": "x"})
    away = give(definition, first.progress, {"a": "y"})
    back = give(definition, away.progress, {"a": "x"})

    assert [told.step for told in first.say] == ["tip"]
    assert (away.say, back.say) == ((), ())


def consent() -> Any:
    return definition_of(
        step("one", "a"), step("two", "ok", when=row("a", "==", "x")), step("three", "b"),
        properties={"ok": {"type": "boolean", "x-ask-first": True}},
    )  # fmt: skip


def test_what_is_asked_first_does_not_count_before_its_turn() -> None:
    early = give(consent(), progress(), {"a": "x", "ok": True})
    asked_for = give(consent(), early.progress, {"ok": True})

    assert early.report.ignored == (Ignored(field="ok", reason="not_asked_yet"),)
    assert (early.report.accepted, current(early.position)) == (("a",), "two")
    assert asked_for.report.accepted == ("ok",)
    assert give(consent(), progress({"a": "x"}), append={"ok": [1]}).report.rejected[0].code == "type"


def test_an_answer_can_be_taken_back_later() -> None:
    before = progress({"a": "x", "ok": True})

    assert current(locate(consent(), before)) == "three"
    assert give(consent(), before, {"ok": False}).report.accepted == ("ok",)


def test_a_parked_answer_is_no_answer_and_nor_is_none_at_the_end() -> None:
    parked = give(consent(), progress({"a": "y", "ok": True}), {"ok": False})
    over = definition_of(
        step("one", "a"), properties={"ok": {"x-ask-first": True}}, required=[], confirmation="required"
    )

    assert parked.report.ignored == (Ignored(field="ok", reason="not_asked_yet"),)
    assert give(over, progress({"a": "x"}), {"ok": 1}).report.ignored == (Ignored(field="ok", reason="not_asked_yet"),)


def test_what_was_refused_before_is_not_asked_again_before_its_turn() -> None:
    definition = definition_of(
        step("one", "a"), step("two", "ok"), properties={"ok": {"type": "boolean", "x-ask-first": True}}
    )
    refused = give(definition, progress({"a": "x"}), {"ok": "what?"})
    back = give(definition, refused.progress, clear=("a",))

    assert asked(definition, refused.progress) == [("ok", Why.REFUSED)]
    assert asked(definition, back.progress) == [("a", Why.MISSING)]


def test_what_keeps_the_end_open_is_asked_and_its_answer_counts() -> None:
    loose = definition_of(step("one", "a"), properties={"ok": {"type": "boolean", "x-ask-first": True}})
    ready = progress({"a": "x"})

    assert give(loose, progress(), {"ok": True}).report.ignored == (Ignored(field="ok", reason="not_asked_yet"),)
    assert asked(loose, ready) == [("ok", Why.UNMET)]
    assert give(loose, ready, {"ok": True}).progress.status is Status.COMPLETED


def test_a_rule_can_ask_for_what_is_asked_first() -> None:
    definition = definition_of(
        step("one", "ok"), step("two", "a", rules=[rule(row("a", "==", "x"), field=["ok"])]),
        properties={"ok": {"type": "boolean", "x-ask-first": True}}, required=["a"],
    )  # fmt: skip
    broken = progress({"a": "y"}, acknowledged=frozenset({"one"}))

    assert asked(definition, broken) == [("ok", Why.UNMET)]
    assert give(definition, broken, {"ok": True}).report.accepted == ("ok",)


def test_what_only_the_start_may_give_is_asked_of_nobody_and_keeps_nobody_waiting() -> None:
    given = {**TEXT, "readOnly": True}
    definition = definition_of(
        step("one", "a", "number", rules=[rule(row("number", "!=", "0"))]), step("two", "mark"), step("three", "b"),
        properties={"number": given, "mark": given}, required=["b"],
    )  # fmt: skip

    assert asked(definition, progress()) == [("a", Why.OPTIONAL)]
    assert asked(definition, progress({"a": "x"})) == [("b", Why.MISSING)]
    assert asked(definition, progress({"a": "x", "number": "0"})) == []
    assert current(locate(definition, progress({"a": "x", "number": "0"}))) == "one"


def test_what_failed_is_asked_to_end_again_as_it_is() -> None:
    definition = definition_of(step("one", "a"), end_action_type="workflow", end_action_target="next")

    decision = retry(definition, progress({"a": "x"}, status=Status.FAILED), None, today=TODAY)

    assert (decision.progress.status, decision.report.outcome) == (Status.COMPLETED, Outcome.APPLIED)
    assert decision.position.live == {"a": "x"}
    assert decision.facts[0] == Retried(is_changed=False)
    assert decision.hands_over_to is not None


def test_what_failed_at_an_ending_ends_there_again() -> None:
    end = {"outcome": "no", "end_action_type": "workflow", "end_action_target": "next"}
    definition = definition_of(step("one", "a"), info("end", when=row("a", "==", "x"), end=end), step("two", "b"))

    assert retry(definition, progress({"a": "x"}, status=Status.FAILED), None, today=TODAY).outcome == "no"


@pytest.mark.parametrize("submission", [None, Submission(), Submission(clear=("a",))])
def test_what_is_retried_is_judged_by_the_day_of_the_retry(submission: Submission | None) -> None:
    definition = definition_of(step("one", "a"))
    failed = progress({"a": "x"}, status=Status.FAILED, today=date(2026, 3, 1))

    assert retry(definition, failed, submission, today=TODAY).progress.today == TODAY


def test_with_other_values_what_failed_is_active_again_and_ends_anew() -> None:
    definition = definition_of(step("one", "a"), end_action_type="workflow", end_action_target="next")
    failed = progress({"a": "x"}, status=Status.FAILED)

    cleared = retry(definition, failed, Submission(clear=("a",)), today=TODAY)
    changed = retry(definition, failed, Submission(data={"a": "y"}), today=TODAY)
    same = retry(definition, failed, Submission(data={"a": "x"}), today=TODAY)

    assert (cleared.progress.status, cleared.facts[0]) == (Status.ACTIVE, Retried(is_changed=True))
    assert (changed.progress.status, same.progress.status) == (Status.COMPLETED, Status.COMPLETED)
    assert same.report.outcome is Outcome.APPLIED


def test_words_of_an_entry_are_the_nearest_ones() -> None:
    nested = {"type": "array", "items": {"type": "object", "properties": {"a": TEXT}}, "x-messages": {"type": "Outer."}}
    definition = definition_of(step("one", "l"), properties={"l": nested})

    (no,) = give(definition, progress(), {"l": [{"a": 5}]}).report.rejected

    assert (no.message, no.path) == ("Outer.", "/data/l/0/a")
