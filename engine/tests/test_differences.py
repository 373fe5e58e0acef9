"""What differs between two documents, told as their author would tell it."""

from typing import Any

import pytest

from engine.difference import MOST_INLINE, Kind, Part, moved
from engine.differences import differences
from engine.tests.builders import TEXT, row, step
from engine.tests.loans import OPAQUE, Json, changed, fields_of, loan, told


def test_equal_documents_have_no_difference() -> None:
    assert differences(loan(), loan()) == ()
    assert differences(None, None) == ()


def test_a_difference_says_what_where_and_how() -> None:
    before, after = loan(), loan()
    fields_of(after)["days"]["maximum"] = 60

    (found,) = differences(before, after)

    assert found.as_dict() == {
        "kind": "changed",
        "part": "information",
        "subject": "Field “Number of days”",
        "words": "Field “Number of days”: at most 90 becomes 60",
        "before": "90",
        "after": "60",
        "path": "/state_schema/properties/days/maximum",
    }


def test_a_sentence_that_leaves_something_out_says_so() -> None:
    def tells_all(**changes: Any) -> bool:
        (found,) = differences(loan(), loan(**changes))
        return found.tells_all

    assert tells_all(guidelines="Be quick.")
    assert tells_all(confirmation="required")
    assert not tells_all(guidelines="Be quick. " * 20)
    assert not tells_all(guidelines="")


@pytest.mark.parametrize(
    ("length", "guidelines", "owner"),
    [
        (MOST_INLINE, " “A” becomes “{}”", " “B” becomes “{}”"),
        (MOST_INLINE + 1, " changed", " changed"),
    ],
)
def test_texts_are_told_within_a_sentence_up_to_a_length_of_both_with_their_quotes(
    length: int, guidelines: str, owner: str
) -> None:
    text = "x" * (length - len("“A”“”"))

    words = told(
        loan(guidelines="A", metadata={"owner": "B"}),
        loan(guidelines=text, metadata={"owner": text}),
    )

    assert sorted(words) == [f"Guidelines{guidelines.format(text)}", f"Metadata: “owner”{owner.format(text)}"]


def test_differences_come_in_the_order_of_the_editor() -> None:
    after = loan(confirmation="required", guidelines="Be quick.")
    after["steps"][1]["name"] = "You"
    after["end_action_type"] = "workflow"
    fields_of(after)["note"]["title"] = "Anything else"

    parts = [found.part for found in differences(loan(), after)]

    assert parts == [Part.ABOUT, Part.INFORMATION, Part.STEPS, Part.FINISH, Part.FINISH]


@pytest.mark.parametrize("other", [None, 5, [], "loan"])
def test_what_is_no_document_differs_as_a_whole(other: Any) -> None:
    assert [found.words for found in differences(other, loan())] == [f"The document {OPAQUE}"]
    assert [(found.words, found.part) for found in differences(loan(), other)] == [
        (f"The document {OPAQUE}", Part.ABOUT)
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "rent"}, ["Name “loan” becomes “rent”"]),
        ({"guidelines": "Be quick."}, ["Guidelines “Be kind.” becomes “Be quick.”"]),
        ({"guidelines": "Be quick. " * 20}, ["Guidelines changed"]),
        ({"guidelines": ""}, ["Guidelines removed"]),
        ({"guidelines": 5}, ["Guidelines removed"]),
        ({"description": "Words"}, ["Description added"]),
        ({"description": ""}, [f"Description {OPAQUE}"]),
        ({"category": "things"}, ["Category added"]),
        ({"time_zone": "Europe/Paris"}, ["Time zone added"]),
        ({"is_active": False}, ["The template is now switched off"]),
        ({"is_active": True}, [f"The template {OPAQUE}"]),
        ({"metadata": {"owner": "bert"}}, ["Metadata: “owner” “anna” becomes “bert”"]),
        ({"metadata": {"owner": "anna", "n": 5}}, ["Metadata: “n” added, 5"]),
        ({"metadata": {}}, ["Metadata: “owner” removed, “anna”"]),
        ({"metadata": {"owner": "a" * 200}}, ["Metadata: “owner” changed"]),
        ({"metadata": 5}, [f"Metadata {OPAQUE}"]),
        ({"tests": [1]}, [f"Tests {OPAQUE}"]),
        ({"colour": "red"}, [f"Key “colour” {OPAQUE}"]),
        ({"confirmation": "required"}, ["Confirmation is now asked for before the end"]),
        ({"confirmation": "none"}, [f"Confirmation {OPAQUE}"]),
        ({"expires_after": "P7D"}, ["Expiry: now after 7 days"]),
        ({"expires_after": ""}, [f"Expiry {OPAQUE}"]),
        ({"prerequisites": ["kyc"]}, ["Prerequisites: “kyc” added"]),
        ({"prerequisites": []}, [f"Prerequisites {OPAQUE}"]),
        ({"prerequisites": ["kyc", 5]}, ["Prerequisites: “kyc” added", "Prerequisites: number 2 added"]),
        ({"prerequisites": "kyc"}, [f"Prerequisites {OPAQUE}"]),
        ({"state_schema": 5}, [f"The information {OPAQUE}"]),
        ({"steps": {}}, [f"The steps {OPAQUE}"]),
    ],
)
def test_what_is_said_of_the_whole(changes: Json, words: list[str]) -> None:
    assert changed(lambda after: after.update(changes)) == words


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"is_active": False}, {"is_active": True}, ["The template is now switched on"]),
        (
            {"confirmation": "required"},
            {"confirmation": "none"},
            ["Confirmation is no longer asked for before the end"],
        ),
        ({"expires_after": "P7D"}, {"expires_after": "P14D"}, ["Expiry: after 7 days becomes 14 days"]),
        ({"expires_after": "P7D"}, {"expires_after": None}, ["Expiry: no longer after 7 days"]),
        ({"prerequisites": ["a", "b"]}, {"prerequisites": ["b"]}, ["Prerequisites: “a” removed"]),
        ({"prerequisites": ["a", "b"]}, {"prerequisites": ["b", "a"]}, ["Prerequisites: “b” moved to the beginning"]),
        (
            {"prerequisites": ["a", "b", "c"]},
            {"prerequisites": ["b", "c", "a"]},
            ["Prerequisites: “a” moved after “c”"],
        ),
        ({"prerequisites": ["a", "a"]}, {"prerequisites": ["a", 5]}, [f"Prerequisites {OPAQUE}"]),
        (
            {"prerequisites": ["a"]},
            {"prerequisites": [{"template": "a", "check": row("score", ">=", 500)}]},
            ["Prerequisites: now “a” counts only if Score is at least 500"],
        ),
        (
            {"prerequisites": [{"template": "a", "check": row("score", ">=", 400)}]},
            {"prerequisites": [{"template": "a", "check": row("score", ">=", 500)}]},
            ["Prerequisites: now “a” counts only if Score is at least 500; before, if Score is at least 400"],
        ),
        (
            {"prerequisites": ["b", "a"]},
            {"prerequisites": [{"template": "a", "check": row("score", ">=", 500)}]},
            ["Prerequisites: “b” removed", "Prerequisites: now “a” counts only if Score is at least 500"],
        ),
        ({"metadata": 5}, {"metadata": {"owner": "anna"}}, [f"Metadata {OPAQUE}"]),
    ],
)
def test_what_is_said_of_the_whole_may_have_been_said_before(before: Json, after: Json, words: list[str]) -> None:
    assert told(loan(**before), loan(**after)) == words


def test_a_document_without_anything_is_told_by_what_comes() -> None:
    words = told({}, {"state_schema": {"type": "object", "properties": {"a": TEXT}}, "steps": [step("one", "a")]})

    assert words == ["Field “A” added (text, optional)", "Step “One” added at the beginning"]
    assert told({}, {"state_schema": {}}) == [f"The information {OPAQUE}"]
    assert told({}, {"state_schema": {"properties": {}}}) == [f"The information {OPAQUE}"]
    assert told({}, {"steps": []}) == [f"The steps {OPAQUE}"]


@pytest.mark.parametrize(
    ("before", "after", "moves"),
    [
        ("", "", []),
        ("abc", "abc", []),
        ("abc", "xaybzc", []),
        ("abcdef", "ace", []),
        ("abc", "cab", [("c", None)]),
        ("abc", "bca", [("a", "c")]),
        ("abcd", "badc", 2),
        ("abcde", "edcba", 4),
        ("abcde", "acbxde", 1),
    ],
)
def test_the_fewest_moves_lead_from_one_order_to_another(before: str, after: str, moves: Any) -> None:
    found = moved(before, after)

    assert len(found) == moves if isinstance(moves, int) else found == moves


def test_kinds_and_parts_have_the_names_of_the_api() -> None:
    assert [str(kind) for kind in Kind] == ["added", "removed", "changed", "moved"]
    assert [str(part) for part in Part] == ["about", "information", "steps", "finish"]
