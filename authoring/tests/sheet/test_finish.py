from typing import Any, ClassVar

import pytest

from authoring.sheet.rows import Row
from authoring.sheet.whole import sheet_of
from authoring.tests.sheet.editing import Json, complaints, save_rest, typed, with_rows

SMALL: Json = {"name": "small"}


def edited(document: Json, row: Row) -> tuple[Json, dict[str, str]]:
    found = save_rest(document, row)
    return found.document, {place.removeprefix("document-only-"): words for place, words in complaints(found).items()}


def inputs(document: Json, **texts: str) -> tuple[Json, dict[str, str]]:
    """Return a document once other texts stand beside its fields and steps, and what is wrong."""
    return edited(document, typed(sheet_of(document).rest, **texts))


@pytest.mark.parametrize(
    ("document", "texts", "expected"),
    [
        (SMALL, {"name": " other "}, {"name": "other"}),
        (SMALL, {"guidelines": " kept \n"}, {"name": "small", "guidelines": " kept \n"}),
        (SMALL, {"description": " D "}, {"name": "small", "description": "D"}),
        (SMALL, {"description": " "}, SMALL),
        ({**SMALL, "category": "c"}, {"category": ""}, {"name": "small", "category": ""}),
        (SMALL, {"is_active": ""}, {"name": "small", "is_active": False}),
        ({**SMALL, "is_active": False}, {"is_active": "on"}, {"name": "small", "is_active": True}),
        (SMALL, {"confirmation": "on"}, {"name": "small", "confirmation": "required"}),
        ({**SMALL, "confirmation": "required"}, {"confirmation": ""}, {"name": "small", "confirmation": "none"}),
        (SMALL, {"expires_by": "7"}, {"name": "small", "expires_after": "P7D"}),
        (SMALL, {"expires_by": "30", "expires_unit": "TM"}, {"name": "small", "expires_after": "PT30M"}),
        (SMALL, {"expires_unit": "Y"}, SMALL),
        ({**SMALL, "expires_after": "PT12H"}, {"expires_by": ""}, {"name": "small", "expires_after": ""}),
        ({**SMALL, "expires_after": "P1W"}, {"expires_by": "2"}, {"name": "small", "expires_after": "P2W"}),
        ({**SMALL, "expires_after": "P1DT2H"}, {}, {"name": "small", "expires_after": "P1DT2H"}),
        ({**SMALL, "expires_after": "P1DT2H"}, {"expires_unit": "D"}, {"name": "small", "expires_after": ""}),
    ],
)
def test_settings_are_changed_one_by_one(document: Json, texts: dict[str, str], expected: Json) -> None:
    assert inputs(document, **texts) == (expected, {})


@pytest.mark.parametrize(
    ("texts", "place", "words"),
    [
        ({"name": " "}, "name", "Give the workflow a name."),
        ({"expires_by": "0"}, "expires_by", "Give a whole number, like 7, or leave it empty: never."),
        ({"expires_by": "1٨"}, "expires_by", "Give a whole number, like 7, or leave it empty: never."),
        (
            {"expires_by": "1", "expires_unit": "X"},
            "expires_by",
            "Give a whole number, like 7, or leave it empty: never.",
        ),
    ],
)
def test_a_setting_that_cannot_be_taken_leaves_what_was(texts: dict[str, str], place: str, words: str) -> None:
    before = {**SMALL, "expires_after": "P1W"}

    assert inputs(before, **texts) == (before, {place: words})


def test_a_duration_that_one_unit_cannot_say_needs_a_unit_to_be_changed() -> None:
    document = {**SMALL, "expires_after": "P1DT2H"}

    assert inputs(document, expires_by="3") == (
        document,
        {"expires_unit": "Choose days, hours or another unit of time."},
    )
    assert inputs(document, expires_by="3", expires_unit="D")[0]["expires_after"] == "P3D"
    assert inputs({**SMALL, "expires_after": 7})[0] == {**SMALL, "expires_after": 7}


class TestPrerequisites:
    FIRST: ClassVar[list[Any]] = [{"template": "kyc ", "check": {"field": "a", "op": "answered"}}, "visit", 7]

    def edited(self, *rows: Row) -> tuple[Any, dict[str, str]]:
        document = {**SMALL, "prerequisites": self.FIRST}
        found, wrong = edited(document, with_rows(sheet_of(document).rest, "prerequisites", *rows))
        return found.get("prerequisites"), wrong

    def rows(self) -> tuple[Row, ...]:
        return sheet_of({**SMALL, "prerequisites": self.FIRST}).rest.parts["prerequisites"]

    def test_they_are_changed_one_by_one(self) -> None:
        first, second, odd = self.rows()

        assert self.edited(second, first, odd)[0] == ["visit", self.FIRST[0], 7]
        assert self.edited(typed(first, template="other"), second)[0] == [
            {**self.FIRST[0], "template": "other"},
            "visit",
        ]
        assert self.edited(second, Row(key="n1", texts={"template": " new "}))[0] == ["visit", "new"]
        assert self.edited() == ([], {})

    def test_each_has_a_name_and_stands_once(self) -> None:
        first, second, _ = self.rows()

        assert self.edited(typed(first, template=""), second) == (
            [self.FIRST[0], "visit"],
            {"prerequisites-q1-template": "Choose a workflow."},
        )
        assert self.edited(second, Row(key="n1"), Row(key="n2", texts={"template": "visit"})) == (
            ["visit"],
            {
                "prerequisites-n1-template": "Choose a workflow.",
                "prerequisites-n2-template": "This workflow is listed twice.",
            },
        )
