from typing import Any

import pytest

from engine.conditions import AllOf, AnyOf, Not, Operator, Row, Truth, fields_of, key_of, parse, rows, same
from engine.tests.builders import holds, row

TRUE, FALSE, UNKNOWN = row("yes", "==", 1), row("yes", "==", 2), row("never_answered", "==", 1)
PARTS: dict[Truth, dict[str, Any]] = {True: TRUE, False: FALSE, None: UNKNOWN}


@pytest.mark.parametrize(
    ("left", "op", "right", "truth"),
    [
        (1, "==", 1, True),
        (1, "==", 1.0, True),
        (1, "==", 2, False),
        (1, "==", "1", False),
        ("a", "==", "a", True),
        ("a", "==", "A", False),
        (True, "==", 1, False),
        (0, "==", False, False),
        (False, "==", False, True),
        ([1, 2], "==", [1, 2.0], True),
        ([1, 2], "==", [2, 1], False),
        ([1], "==", [True], False),
        ({"a": [1]}, "==", {"a": [1]}, True),
        (1, "!=", 1, False),
        (1, "!=", True, True),
        ("a", "!=", "b", True),
        (1, "<", 2, True),
        (2, "<", 2, False),
        (3, "<", 2, False),
        (1, "<=", 2, True),
        (2, "<=", 2.0, True),
        (3, "<=", 2, False),
        (2.5, ">", 2, True),
        (2, ">", 2, False),
        (1, ">", 2, False),
        (3, ">=", 2, True),
        (2, ">=", 2, True),
        (1, ">=", 2, False),
        ("a", "<", "b", True),
        ("Z", "<", "a", True),
        ("2026-01-09", "<", "2026-01-10", True),
        ("b", ">=", "a", True),
    ],
)
def test_two_values_compare(left: Any, op: str, right: Any, truth: bool) -> None:
    assert holds(row("field", op, right), {"field": left}) is truth


@pytest.mark.parametrize(
    ("left", "op", "right", "truth"),
    [
        ("a", "in", ["a", "b"], True),
        ("c", "in", ["a", "b"], False),
        (1, "in", [True, "1"], False),
        (1, "in", [], False),
        ([1], "in", [[1], [2]], True),
        ("a", "not_in", ["a"], False),
        ("c", "not_in", ["a"], True),
        ("c", "not_in", [], True),
        (["a", "b"], "contains", "a", True),
        (["a", "b"], "contains", "c", False),
        ([], "contains", "c", False),
        ([1], "contains", True, False),
        ([[1, 2]], "contains", [1, 2], True),
        (["a", "b"], "contains_any", ["c", "b"], True),
        (["a", "b"], "contains_any", ["c"], False),
        (["a"], "contains_any", [], False),
        (["a", "b"], "contains_all", ["b", "a"], True),
        (["a", "b"], "contains_all", ["a", "c"], False),
        (["a"], "contains_all", [], True),
    ],
)
def test_lists_contain(left: Any, op: str, right: Any, truth: bool) -> None:
    assert holds(row("field", op, right), {"field": left}) is truth


@pytest.mark.parametrize(
    ("left", "op", "right"),
    [
        (1, "<", "2"),
        ("1", "<=", 2),
        (True, ">", 0),
        (1, ">=", False),
        (True, "<", True),
        ([1], "<", [2]),
        ({}, "<", {}),
        ("abc", "contains", "a"),
        ({"a": 1}, "contains", "a"),
        ("abc", "contains_any", ["a"]),
        (5, "contains_all", [5]),
    ],
)
def test_across_kinds_there_is_no_answer(left: Any, op: str, right: Any) -> None:
    assert holds(row("field", op, right), {"field": left}) is None


@pytest.mark.parametrize("op", ["in", "not_in", "contains_any", "contains_all"])
def test_a_list_operator_with_another_field_that_is_no_list_has_no_answer(op: str) -> None:
    assert holds(row("field", op, ref="other"), {"field": ["a"], "other": "a"}) is None


@pytest.mark.parametrize("op", [op for op in Operator if op not in ("answered", "empty", "attempts>=")])
@pytest.mark.parametrize("values", [{}, {"field": None}])
def test_a_comparison_with_an_unanswered_field_is_unknown(op: str, values: dict[str, Any]) -> None:
    assert holds(row("field", op, ["a"]), values) is None


@pytest.mark.parametrize("values", [{"field": 1}, {"field": 1, "other": None}])
def test_a_comparison_with_an_unanswered_other_field_is_unknown(values: dict[str, Any]) -> None:
    assert holds(row("field", "==", ref="other"), values) is None


@pytest.mark.parametrize("value", [0, False, [], {}, "", "a"])
def test_whatever_is_present_is_answered(value: Any) -> None:
    assert holds(row("field", "answered"), {"field": value}) is True
    assert holds(row("field", "empty"), {"field": value}) is False


@pytest.mark.parametrize("values", [{}, {"field": None}])
def test_null_and_nothing_are_empty(values: dict[str, Any]) -> None:
    assert holds(row("field", "answered"), values) is False
    assert holds(row("field", "empty"), values) is True


@pytest.mark.parametrize(("refused", "truth"), [(0, False), (1, False), (2, True), (3, True)])
def test_refusals_are_counted(refused: int, truth: bool) -> None:
    assert holds(row("field", "attempts>=", 2), field=refused) is truth


def test_a_field_never_refused_has_no_attempts() -> None:
    assert holds(row("field", "attempts>=", 1), {"field": 1}, other=5) is False


@pytest.mark.parametrize(("truth", "negated"), [(True, False), (False, True), (None, None)])
def test_not_turns_the_truth_and_leaves_unknown(truth: Truth, negated: Truth) -> None:
    assert holds({"not": PARTS[truth]}, {"yes": 1}) is negated


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, True, False, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, True, None, True),
        (None, False, False, None),
        (None, None, None, None),
    ],
)
def test_all_and_any_know_unknown_as_sql_does(left: Truth, right: Truth, both: Truth, either: Truth) -> None:
    parts = [PARTS[left], PARTS[right]]

    assert holds({"all": parts}, {"yes": 1}) is both
    assert holds({"any": parts}, {"yes": 1}) is either


def test_groups_nest() -> None:
    condition = {"all": [{"any": [FALSE, {"not": FALSE}]}, {"not": {"all": [TRUE, FALSE]}}]}

    assert holds(condition, {"yes": 1}) is True


@pytest.mark.parametrize(("start", "end", "truth"), [("a", "b", True), ("b", "b", False), ("c", "b", False)])
def test_a_field_compares_with_another(start: str, end: str, truth: bool) -> None:
    assert holds(row("end", ">", ref="start"), {"start": start, "end": end}) is truth


@pytest.mark.parametrize(("born", "minor"), [("2008-03-14", False), ("2008-03-15", True), ("1990-01-01", False)])
def test_a_date_compares_with_today_moved(born: str, minor: bool) -> None:
    assert holds(row("born", ">", ref="$today", offset="-P18Y"), {"born": born}) is minor


@pytest.mark.parametrize(("day", "truth"), [("2026-03-14", True), ("2026-03-15", False)])
def test_a_date_compares_with_today_itself(day: str, truth: bool) -> None:
    assert holds(row("day", "==", ref="$today"), {"day": day}) is truth


def test_a_list_of_dates_contains_today() -> None:
    assert holds(row("days", "contains", ref="$today"), {"days": ["2026-03-14"]}) is True


def test_another_field_moves_too() -> None:
    condition = row("end", "<=", ref="start", offset="P4M")

    assert holds(condition, {"start": "2026-01-31", "end": "2026-05-31"}) is True
    assert holds(condition, {"start": "2026-01-31", "end": "2026-06-01"}) is False


@pytest.mark.parametrize("start", [5, True, ["2026-01-01"], "no date", None])
def test_what_is_no_date_cannot_move_and_is_unknown(start: Any) -> None:
    assert holds(row("end", "!=", ref="start", offset="P1D"), {"start": start, "end": "2026-01-02"}) is None


def test_a_number_that_is_referred_to_compares_as_it_is() -> None:
    assert holds(row("most", ">=", ref="least"), {"most": 5, "least": 5}) is True


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (None, None, True),
        (None, 0, False),
        (None, False, False),
        (1, 1.0, True),
        (True, 1, False),
        (1, True, False),
        (False, 0, False),
        (True, True, True),
        ("1", 1, False),
        ([], {}, False),
        ([1, [2]], [1, [2.0]], True),
        ([1], [1, 1], False),
        ([0], [False], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 1}, False),
        ({"a": 1}, {"b": 1}, False),
        ({"a": {"b": 1}}, {"a": {"b": True}}, False),
        ({"a": 1, "b": 1}, {"a": 1, "b": 2}, False),
    ],
)
def test_equality_is_that_of_json(left: Any, right: Any, equal: bool) -> None:
    assert same(left, right) is equal
    assert (key_of(left) == key_of(right)) is equal


def test_a_document_is_read_as_values() -> None:
    source = {
        "all": [row("a", "==", 1), {"any": [row("b", ">", ref="$today", offset="-P1Y")]}, {"not": row("c", "empty")}]
    }

    condition = parse(source)

    assert condition == AllOf(
        (
            Row(field="a", op=Operator.EQUAL, value=1),
            AnyOf((Row(field="b", op=Operator.GREATER, ref="$today", offset="-P1Y"),)),
            Not(Row(field="c", op=Operator.EMPTY)),
        )
    )


def test_each_row_has_its_place() -> None:
    source = {"all": [row("a", "answered"), {"any": [row("b", "empty"), {"not": row("c", "empty")}]}]}

    places = [(place, found.field) for place, found in rows(parse(source), "/steps/0/when")]

    assert places == [
        ("/steps/0/when/all/0", "a"),
        ("/steps/0/when/all/1/any/0", "b"),
        ("/steps/0/when/all/1/any/1/not", "c"),
    ]


def test_a_single_row_stands_at_the_place_itself() -> None:
    assert [place for place, _ in rows(parse(row("a", "empty")))] == [""]


def test_the_fields_looked_at_are_named_once_in_order_and_today_is_none() -> None:
    condition = parse({"all": [row("b", ">", ref="a"), row("a", "==", 1), row("c", "<", ref="$today")]})

    assert fields_of(condition) == ("b", "a", "c")
