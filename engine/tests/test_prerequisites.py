"""What must be completed first: as a document says it, and whether it was."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine.conditions import Known, Operator, Row
from engine.definition import Definition
from engine.document_schema import MAX_PREREQUISITES
from engine.prerequisites import Finished, Prerequisite, unmet
from engine.tests.builders import TODAY, definition_of, document, found, only_finding, row, step
from engine.validation import validate

SCORE = {"template": "credit", "check": row("score", ">=", 5)}


def plain(*prerequisites: Any, **changes: Any) -> dict[str, Any]:
    return document(step("one", "a"), prerequisites=list(prerequisites), **changes)


def ended(values: Mapping[str, Any] | None = None, *, outcome: str = "completed", **attempts: int) -> Finished:
    """Return a completed workflow with these live values."""
    return Finished(outcome=outcome, known=Known(values=values or {}, today=TODAY, attempts=attempts))


def still_unmet(*prerequisites: Any, **finished: list[Finished]) -> tuple[str, ...]:
    """Return what is unmet of these prerequisites by somebody who finished these workflows of each template."""
    definition = definition_of(step("one", "a"), prerequisites=list(prerequisites))
    return unmet(definition.prerequisites, lambda wanted: finished.get(wanted.template, []))


def test_a_definition_has_the_prerequisites_of_its_document() -> None:
    definition = definition_of(step("one", "a"), prerequisites=["kyc", {"template": "b"}, SCORE])

    assert definition.prerequisites == (
        Prerequisite(template="kyc"),
        Prerequisite(template="b"),
        Prerequisite(template="credit", check=Row(field="score", op=Operator.GREATER_OR_EQUAL, value=5)),
    )


@pytest.mark.parametrize("absent", [{}, {"prerequisites": []}, {"prerequisites": None}])
def test_a_document_without_prerequisites_has_none(absent: dict[str, Any]) -> None:
    assert Definition.from_document(document(step("one", "a"), **absent)).prerequisites == ()


@pytest.mark.parametrize(
    ("finished", "names"),
    [
        ([], ("kyc",)),
        ([ended()], ()),
        ([ended(outcome="not_eligible")], ("kyc",)),
        ([ended(outcome="")], ("kyc",)),
        ([ended(outcome="not_eligible"), ended()], ()),
    ],
)
def test_without_a_check_one_regular_end_is_enough(finished: list[Finished], names: tuple[str, ...]) -> None:
    assert still_unmet("kyc", kyc=finished) == names
    assert still_unmet({"template": "kyc"}, kyc=finished) == names


@pytest.mark.parametrize(
    ("finished", "names"),
    [
        ([], ("credit",)),
        ([ended({"score": 5})], ()),
        ([ended({"score": 4})], ("credit",)),
        ([ended({"other": 5})], ("credit",)),
        ([ended({"score": 5}, outcome="not_eligible")], ()),
        ([ended({"score": 4}), ended(), ended({"score": 6})], ()),
    ],
)
def test_with_a_check_any_end_of_which_it_is_true_is_enough(finished: list[Finished], names: tuple[str, ...]) -> None:
    assert still_unmet(SCORE, credit=finished) == names


def test_a_check_knows_the_day_and_the_refusals_of_the_workflow_it_looks_at() -> None:
    today = {"template": "a", "check": row("born", "<=", ref="$today", offset="-P18Y")}
    refused = {"template": "b", "check": row("number", "attempts>=", 2)}

    assert still_unmet(today, refused, a=[ended({"born": "2008-03-14"})], b=[ended(number=2)]) == ()
    assert still_unmet(today, refused, a=[ended({"born": "2008-03-15"})], b=[ended(number=1)]) == ("a", "b")


def test_what_is_unmet_is_told_in_the_order_of_the_document() -> None:
    assert still_unmet("c", "a", "b", a=[ended()]) == ("c", "b")


def test_a_template_does_not_name_itself() -> None:
    for own in ("sample", {"template": "sample"}):
        finding = only_finding(plain("kyc", own))

        assert (finding.rule, finding.path) == ("prerequisite_cycle", "/prerequisites/1")
        assert finding.message == "A template cannot be completed before itself."


def test_a_template_is_named_once() -> None:
    first, second = document(step("one", "a"), prerequisites=["a", "b", {"template": "b"}, "b"]), plain("a", "A")

    assert found(first) == [
        ("duplicate_prerequisite", "/prerequisites/2"),
        ("duplicate_prerequisite", "/prerequisites/3"),
    ]
    assert found(second) == []


def test_of_far_too_many_prerequisites_it_is_told_once_that_they_are_and_nothing_of_the_rest() -> None:
    names = [f"t{number}" for number in range(MAX_PREREQUISITES + 1)]

    assert found(plain(*names, *[5] * 100)) == [("shape", "/prerequisites")]


def test_the_author_reads_which_prerequisite_is_there_already() -> None:
    words = "'b' is prerequisite 2 already. Put both checks into one, with all."

    assert [finding.message for finding in validate(plain("a", "b", "c", "b", "b"))] == [words, words]


@pytest.mark.parametrize(
    ("prerequisites", "expected"),
    [
        ("kyc", [("shape", "/prerequisites")]),
        ({}, [("shape", "/prerequisites")]),
        ([5], [("shape", "/prerequisites/0")]),
        ([""], [("shape", "/prerequisites/0")]),
        (["  "], [("shape", "/prerequisites/0")]),
        (["a" * 255], []),
        (["a" * 256], [("shape", "/prerequisites/0")]),
        ([{"template": "a" * 256}], [("shape", "/prerequisites/0/template")]),
        ([{"template": ""}], [("shape", "/prerequisites/0/template")]),
        ([{"check": row("a", "answered")}], [("missing_key", "/prerequisites/0/template")]),
        ([{"template": "a", "check": None}], [("shape", "/prerequisites/0/check")]),
        ([{"template": "a", "chek": {}}], [("unknown_key", "/prerequisites/0/chek")]),
        ([{"template": "a", "check": row("a", "==")}], [("missing_key", "/prerequisites/0/check/value")]),
        (["a", 5, "a"], [("shape", "/prerequisites/1"), ("duplicate_prerequisite", "/prerequisites/2")]),
    ],
)
def test_a_prerequisite_is_a_name_or_a_name_with_a_check(prerequisites: Any, expected: list[tuple[str, str]]) -> None:
    assert found(document(step("one", "a"), prerequisites=prerequisites)) == expected


def test_a_misspelt_key_of_a_prerequisite_gets_a_suggestion() -> None:
    finding = only_finding(plain({"template": "a", "chek": {}}))

    assert (finding.message, finding.suggestion) == ("There is no key 'chek' here. Did you mean 'check'?", "check")


def test_there_are_twenty_prerequisites_at_most() -> None:
    names = [f"t{number}" for number in range(MAX_PREREQUISITES + 1)]

    assert found(plain(*names[:-1])) == []
    assert only_finding(plain(*names)).message == "This must have at most 20 entries."
    assert found(plain(*names * 1000)) == [("shape", "/prerequisites")]


@pytest.mark.parametrize(
    ("check", "rules"),
    [
        (row("anything", "==", 1), []),
        (row("anything", "<", ref="else"), []),
        (row("born", "<=", ref="$today", offset="-P18Y"), []),
        (row("born", "<=", ref="$today", offset="18 years"), ["bad_offset"]),
        (row("anything", "<", value=True), ["incomparable"]),
        ({"any": [row("a", "==", n) for n in range(1, 101)]}, []),
        ({"any": [row("a", "==", n) for n in range(1, 102)]}, ["condition_too_large"]),
    ],
)
def test_a_check_is_a_condition_on_fields_that_only_the_other_template_knows(
    check: dict[str, Any], rules: list[str]
) -> None:
    findings = found(plain("kyc", {"template": "other", "check": check}))

    assert findings == [(rule, "/prerequisites/1/check") for rule in rules]
