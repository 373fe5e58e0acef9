from dataclasses import replace
from typing import Any

import pytest

from authoring.sheet.conditions import read_condition, show_condition
from authoring.sheet.references import Known, Place, References
from authoring.sheet.rows import Row
from authoring.tests.sheet.editing import typed, with_rows

FIELDS = References.to(
    [
        Known(key="f1", name="a", schema=(text := {"type": "string"}), now=text),
        Known(key="f2", name="n", schema=(number := {"type": "number"}), now=number),
        Known(key="f3", name="c", schema=(choice := {"enum": ["x", "y", ""]}), now=choice),
        Known(key="f4", name="l", schema=(several := {"type": "array", "items": {"enum": ["x", "y"]}}), now=several),
        Known(key="f5", name="m", schema=(sizes := {"type": "array", "items": {"enum": [1, 2]}}), now=sizes),
    ]
)
A = {"field": "a", "op": "answered"}
N = {"field": "n", "op": ">", "value": 5}


def shown(source: Any) -> Row:
    return show_condition(source, FIELDS)


def read(row: Row) -> tuple[Any, dict[str, str]]:
    place = Place("at", FIELDS)
    found = read_condition(row, place)
    return found, {mistake.place.removeprefix("at-"): mistake.message for mistake in place.mistakes}


def comparison(**texts: str) -> Row:
    return Row(key="n1", texts=texts)


def stated(**texts: str) -> Any:
    """Return what one new comparison states."""
    return read(Row(texts={"mode": "all"}, parts={"rows": (comparison(**texts),)}))


@pytest.mark.parametrize(
    ("source", "mode", "rows", "groups"),
    [
        (A, "all", 1, 0),
        ({"all": [A, N]}, "all", 2, 0),
        ({"any": [A]}, "any", 1, 0),
        ({"not": A}, "not_all", 1, 0),
        ({"not": {"any": [A, N]}}, "not_any", 2, 0),
        ({"any": [A, {"all": [A, N]}, {"not": {"any": [N]}}]}, "any", 1, 2),
        ({"all": [{"not": A}]}, "all", 0, 1),
        ({"all": [{"any": [A]}, A]}, "all", 0, 2),
    ],
)
def test_conditions_one_group_deep_are_sentences(source: Any, mode: str, rows: int, groups: int) -> None:
    row = shown(source)

    assert row.text("mode") == mode
    assert (len(row.parts["rows"]), len(row.parts["groups"])) == (rows, groups)
    assert read(row) == (source, {})


@pytest.mark.parametrize(
    "source",
    [
        "text",
        {},
        {"all": []},
        {"all": "a"},
        {"all": [A], "any": [A]},
        {"not": {"not": A}},
        {"all": [{"any": [{"all": [A]}]}]},
        {"all": [A, 7]},
        {"field": "a"},
        {"field": 7, "op": "answered"},
        {"field": "a", "op": ["answered"]},
        {"field": "a", "op": "like", "value": "x"},
        {"field": "a", "op": "answered", "value": 1},
        {"field": "a", "op": "==", "value": "x", "odd": 1},
        {"field": "a", "op": "==", "value": "x", "ref": "n"},
        {"field": "a", "op": "==", "value": "x", "offset": "P1D"},
        {"field": "a", "op": "==", "ref": ""},
        {"field": "a", "op": "==", "ref": 7},
        {"field": "a", "op": "==", "ref": "n", "offset": "P1Y2M"},
        {"field": "a", "op": "==", "ref": "n", "offset": 7},
        {"field": "a", "op": "=="},
        {"field": "a", "op": "==", "value": 5},
        {"field": "a", "op": "==", "value": "a\nb"},
        {"field": "n", "op": "==", "value": "5"},
        {"field": "n", "op": "==", "value": "many"},
        {"field": "c", "op": "==", "value": "gone"},
        {"field": "c", "op": "in", "value": ["x", ""]},
        {"field": "a", "op": "in", "value": []},
        {"field": "a", "op": "in", "value": "x"},
        {"field": "a", "op": "attempts>=", "value": 2.5},
    ],
)
def test_what_sentences_cannot_say_is_locked_and_kept(source: Any) -> None:
    assert shown(source).text("mode") == "locked"
    assert read(shown(source)) == (source, {})


def test_no_condition_is_none() -> None:
    assert shown(None).text("mode") == ""
    assert read(shown(None)) == (None, {})


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        (A, {"field": "f1", "op": "answered"}),
        (N, {"field": "f2", "op": ">", "side": "value", "value": "5"}),
        (
            {"field": "c", "op": "in", "value": ["x", "y"]},
            {"field": "f3", "op": "in", "side": "value", "value": "x\ny"},
        ),
        ({"field": "c", "op": "==", "value": ""}, {"field": "f3", "op": "==", "side": "value", "value": ""}),
        (
            {"field": "a", "op": "attempts>=", "value": 2},
            {"field": "f1", "op": "attempts>=", "side": "value", "value": "2"},
        ),
        (
            {"field": "m", "op": "contains_all", "value": [2, 1]},
            {"field": "f5", "op": "contains_all", "side": "value", "value": "2\n1"},
        ),
        ({"field": "a", "op": "<", "ref": "n"}, {"field": "f1", "op": "<", "side": "answer", "ref": "f2"}),
        ({"field": "gone", "op": "<", "ref": "too"}, {"field": "?gone", "op": "<", "side": "answer", "ref": "?too"}),
        ({"field": "a", "op": "<", "ref": "$today"}, {"field": "f1", "op": "<", "side": "today"}),
        (
            {"field": "a", "op": "<", "ref": "$today", "offset": "-P18Y"},
            {"field": "f1", "op": "<", "side": "today", "offset_sign": "-", "offset_by": "18", "offset_unit": "Y"},
        ),
        (
            {"field": "a", "op": "<", "ref": "n", "offset": "P4M"},
            {
                "field": "f1",
                "op": "<",
                "side": "answer",
                "ref": "f2",
                "offset_sign": "",
                "offset_by": "4",
                "offset_unit": "M",
            },
        ),
    ],
)
def test_a_comparison_is_shown_as_a_sentence(source: Any, texts: dict[str, str]) -> None:
    assert shown(source).parts["rows"] == (Row(key="c1", base=source, texts=texts),)


def test_comparisons_come_before_the_groups_and_each_has_a_key_of_its_own() -> None:
    row = shown({"any": [A, N, {"all": [N]}, {"not": {"any": [A, A]}}]})

    assert [(part.key, part.base) for part in row.parts["rows"]] == [("c1", A), ("c2", N)]
    assert [(group.key, group.text("mode")) for group in row.parts["groups"]] == [("g1", "all"), ("g2", "not_any")]
    assert [part.base for part in row.parts["groups"][1].parts["rows"]] == [A, A]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"field": "f1", "op": "empty", "value": "left over"}, {"field": "a", "op": "empty"}),
        ({"field": "f2", "op": ">=", "value": "5.0"}, {"field": "n", "op": ">=", "value": 5.0}),
        ({"field": "?gone", "op": "==", "value": "x"}, {"field": "gone", "op": "==", "value": "x"}),
        ({"field": "f3", "op": "==", "value": ""}, {"field": "c", "op": "==", "value": ""}),
        ({"field": "f3", "op": "not_in", "value": "x\n\ny"}, {"field": "c", "op": "not_in", "value": ["x", "y"]}),
        ({"field": "f4", "op": "contains", "value": "x"}, {"field": "l", "op": "contains", "value": "x"}),
        (
            {"field": "f4", "op": "contains_any", "value": "x\ny"},
            {"field": "l", "op": "contains_any", "value": ["x", "y"]},
        ),
        ({"field": "f5", "op": "contains", "value": "2"}, {"field": "m", "op": "contains", "value": 2}),
        ({"field": "f1", "op": "contains", "value": "x"}, {"field": "a", "op": "contains", "value": "x"}),
        ({"field": "f1", "op": "in", "value": "a b\nc"}, {"field": "a", "op": "in", "value": ["a b", "c"]}),
        (
            {"field": "f1", "op": "attempts>=", "value": "2", "side": "answer"},
            {"field": "a", "op": "attempts>=", "value": 2},
        ),
        ({"field": "f1", "op": "in", "value": "x", "side": "today"}, {"field": "a", "op": "in", "value": ["x"]}),
        ({"field": "f1", "op": "<", "side": "answer", "ref": "f2"}, {"field": "a", "op": "<", "ref": "n"}),
        ({"field": "f1", "op": "<", "side": "today"}, {"field": "a", "op": "<", "ref": "$today"}),
        (
            {"field": "f1", "op": "<", "side": "today", "offset_by": "18", "offset_unit": "Y", "offset_sign": "-"},
            {"field": "a", "op": "<", "ref": "$today", "offset": "-P18Y"},
        ),
        (
            {"field": "f1", "op": "<", "side": "answer", "ref": "f2", "offset_by": " 4 ", "offset_unit": "M"},
            {"field": "a", "op": "<", "ref": "n", "offset": "P4M"},
        ),
        ({"field": "f1", "op": "<", "side": "today", "offset_by": "18"}, {"field": "a", "op": "<", "ref": "$today"}),
        ({"field": "f1", "op": "<", "side": "today", "offset_unit": "D"}, {"field": "a", "op": "<", "ref": "$today"}),
    ],
)
def test_a_sentence_is_a_comparison(texts: dict[str, str], expected: Any) -> None:
    assert stated(**texts) == (expected, {})


@pytest.mark.parametrize(
    ("texts", "place", "words"),
    [
        ({"op": "=="}, "field", "Choose what is looked at."),
        ({"field": "f9", "op": "=="}, "field", "Choose what is looked at."),
        ({"field": "f1"}, "op", "Choose how it is compared."),
        ({"field": "f1", "op": "==", "value": " "}, "value", "Say what to compare with."),
        ({"field": "f2", "op": "==", "value": "many"}, "value", "Give a number, like 30 or 2.5."),
        ({"field": "f3", "op": "==", "value": "z"}, "value", "Choose one of the list."),
        ({"field": "f3", "op": "in", "value": ""}, "value", "Choose at least one."),
        ({"field": "f1", "op": "attempts>=", "value": "0.5"}, "value", "Give a whole number, like 30."),
        ({"field": "f1", "op": "==", "side": "answer"}, "ref", "Choose the other answer."),
        (
            {"field": "f1", "op": "<", "side": "today", "offset_by": "few", "offset_unit": "Y"},
            "offset_by",
            "Give a whole number, like 18.",
        ),
        (
            {"field": "f1", "op": "<", "side": "answer", "ref": "f2", "offset_by": "1٨", "offset_unit": "Y"},
            "offset_by",
            "Give a whole number, like 18.",
        ),
        (
            {"field": "f1", "op": "<", "side": "today", "offset_by": "1", "offset_unit": "X"},
            "offset_by",
            "Give a whole number, like 18.",
        ),
    ],
)
def test_a_sentence_with_a_gap_is_told_and_leaves_what_was(texts: dict[str, str], place: str, words: str) -> None:
    old = shown({"any": [A, N]})
    wrong = {"field": "", "op": "", "value": "", **texts}
    row = with_rows(old, "rows", typed(old.parts["rows"][0], **wrong), old.parts["rows"][1])

    assert read(row) == ({"any": [A, N]}, {f"rows-c1-{place}": words})
    assert stated(**texts)[1].get(f"rows-n1-{place}") == words


def test_comparisons_in_groups_are_read_like_any_other() -> None:
    old = shown({"any": [A, {"all": [A, N]}]})
    (group,) = old.parts["groups"]

    less = with_rows(old, "groups", with_rows(group, "rows", group.parts["rows"][0]))
    other = with_rows(old, "groups", typed(group, mode="not_any"))
    none = with_rows(old, "groups", with_rows(group, "rows"))
    wrong = with_rows(old, "groups", typed(group, mode=""), Row(key="n1", texts={"mode": "x"}))

    assert read(less) == ({"any": [A, {"all": [A]}]}, {})
    assert read(other) == ({"any": [A, {"not": {"any": [A, N]}}]}, {})
    assert read(none) == ({"any": [A]}, {})
    assert read(wrong)[0] == {"any": [A, {"all": [A, N]}]}
    assert read(wrong)[1] == dict.fromkeys(
        ("groups-g1-mode", "groups-n1-mode"), "Choose how the conditions are joined."
    )


def test_what_is_not_edited_stays_though_its_field_is_of_another_kind_by_now() -> None:
    """Rows and groups that nobody touched are not read again; that they no longer fit is told by the check."""
    fields = References.to([Known(key="f1", name="n", schema={"type": "number"}, now={"type": "string"})])
    new = Row(key="n1", texts={"field": "f1", "op": "empty"})
    beside, within = {"all": [N, N]}, {"any": [{"all": [N]}, {"all": [N, N]}]}
    row, groups = show_condition(beside, fields), show_condition(within, fields)

    assert read_condition(with_rows(row, "rows", row.parts["rows"][0], new), Place("at", fields)) == {
        "all": [N, {"field": "n", "op": "empty"}]
    }
    assert read_condition(with_rows(groups, "groups", groups.parts["groups"][1]), Place("at", fields)) == {
        "any": [{"all": [N, N]}]
    }


def test_a_group_that_stays_as_it_is_is_kept_whole() -> None:
    old = shown({"any": [A, {"all": [A, N]}]})

    assert read(typed(old, mode="not_all"))[0] == {"not": {"all": [A, {"all": [A, N]}]}}


def test_a_condition_needs_to_be_joined_and_to_have_parts() -> None:
    old = shown({"any": [A, N]})

    none = {"mode": "Add a condition, or choose that there is none."}
    assert read(typed(old, mode="some")) == ({"any": [A, N]}, {"mode": "Choose how the conditions are joined."})
    assert read(with_rows(old, "rows")) == ({"any": [A, N]}, none)
    assert read(Row(texts={"mode": "all"})) == (None, none)


def test_one_comparison_stands_alone_unless_it_did_not_before() -> None:
    new = comparison(field="f1", op="empty")

    assert read(Row(texts={"mode": "not_any"}, parts={"rows": (new,)}))[0] == {"not": {"field": "a", "op": "empty"}}
    assert read(with_rows(shown({"not": {"any": [A, N]}}), "rows", new))[0] == {
        "not": {"any": [{"field": "a", "op": "empty"}]}
    }
    assert read(with_rows(shown({"not": A}), "rows", new))[0] == {"not": {"field": "a", "op": "empty"}}
    assert read(replace(Row(texts={"mode": "all"}, parts={"rows": (new,)}), base="odd"))[0] == {
        "field": "a",
        "op": "empty",
    }


def test_a_value_is_read_as_it_was_on_the_page_or_as_it_is_now() -> None:
    now = {"enum": ["new", "y"]}
    fields = References.to(
        [Known(key="f1", name="c", schema={"enum": ["old", "y", "gone"]}, now=now, values={"old": "new"})]
    )
    was = {"all": [{"field": "c", "op": "==", "value": "old"}, {"field": "c", "op": "empty"}]}
    row = show_condition(was, fields)

    def other(value: str) -> tuple[Any, int]:
        place = Place("at", fields)
        first = typed(row.parts["rows"][0], op="!=", value=value)
        return read_condition(with_rows(row, "rows", first, row.parts["rows"][1]), place)["all"][0], len(place.mistakes)

    assert other("old") == ({"field": "c", "op": "!=", "value": "new"}, 0)
    assert other("new") == ({"field": "c", "op": "!=", "value": "new"}, 0)
    assert other("gone") == ({"field": "c", "op": "==", "value": "new"}, 1)
    assert other("never") == ({"field": "c", "op": "==", "value": "new"}, 1)


def test_a_number_that_a_list_may_hold_is_followed_likewise() -> None:
    was, now = {"type": "array", "items": {"enum": [1, 2]}}, {"type": "array", "items": {"enum": [10, 2]}}
    fields = References.to([Known(key="f1", name="m", schema=was, now=now, values={1: 10})])
    row = Row(texts={"mode": "all"}, parts={"rows": (comparison(field="f1", op="contains", value="1"),)})

    assert read_condition(row, Place("at", fields)) == {"field": "m", "op": "contains", "value": 10}
