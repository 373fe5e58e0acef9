"""The picture of a template: everything is in it, and nothing lies on anything else."""

from collections.abc import Iterable
from itertools import combinations, pairwise
from typing import Any, Protocol

from hypothesis import given, settings

from authoring.diagram.drawing import SMALL, TEXT, TITLE, Box, Diagram, Label, layout
from authoring.diagram.outline import MAX_SHOWN
from authoring.diagram.shapes import Shape
from authoring.diagram.text_width import text_width
from authoring.tests.drafts import DRAFTS, SCHEMA

type Json = dict[str, Any]

SIZES = {"title": TITLE, "text": TEXT, "small": SMALL}


class Placed(Protocol):
    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def width(self) -> float: ...
    @property
    def height(self) -> float: ...


def only_if(field: str, value: Any, op: str = "==") -> Json:
    return {"field": field, "op": op, "value": value}


def draw(*steps: Json, **parts: Any) -> Diagram:
    named = [{"id": f"s{number}", "name": f"Step {number}", **step} for number, step in enumerate(steps, start=1)]
    return layout({"state_schema": SCHEMA, "steps": named, **parts})


def of_step(diagram: Diagram, number: int) -> Box:
    return next(box for box in diagram.boxes if box.number == number)


def shapes(diagram: Diagram) -> list[Shape]:
    return [box.shape for box in diagram.boxes]


def words_on_arrows(diagram: Diagram) -> list[str]:
    return [" ".join(line.text for line in arrow.label.lines) for arrow in diagram.arrows if arrow.label]


def overlaps(one: Placed, other: Placed) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def crosses(points: Iterable[tuple[float, float]], box: Placed) -> bool:
    """Tell whether a line goes through the inside of a box."""
    for (x1, y1), (x2, y2) in pairwise(points):
        beside = max(x1, x2) <= box.x or min(x1, x2) >= box.x + box.width
        above = max(y1, y2) <= box.y or min(y1, y2) >= box.y + box.height
        if not beside and not above:
            return True
    return False


def test_steps_stand_below_each_other_from_start_to_end() -> None:
    diagram = draw({"fields": ["purpose"]}, {"description": "Read this"})

    assert shapes(diagram) == [Shape.START, Shape.ASKING, Shape.INFORMATION, Shape.END]
    assert all(one.bottom < other.y for one, other in pairwise(diagram.boxes))
    assert len(diagram.arrows) == 3


def test_a_box_knows_its_step() -> None:
    box = of_step(layout({"steps": [{"id": "a b/<é>", "name": "The loan"}]}), 1)

    assert (box.step, box.step_in_url) == ("a b/<é>", "a%20b%2F%3C%C3%A9%3E")
    assert box.sentence == "1. The loan: tells the person its name."


def test_what_comes_first_the_confirmation_and_the_end_have_their_places() -> None:
    diagram = draw({}, prerequisites=["kyc"], confirmation="required", end_action_type="workflow")

    assert shapes(diagram) == [Shape.START, Shape.NEEDS, Shape.INFORMATION, Shape.CONFIRMATION, Shape.END]


def test_a_conditional_step_stands_beside_the_line_with_a_way_past() -> None:
    diagram = draw({}, {"when": only_if("purpose", "a")}, {})

    assert of_step(diagram, 2).x > of_step(diagram, 1).x == of_step(diagram, 3).x
    assert words_on_arrows(diagram) == ["Only if Purpose is “A home”", "otherwise"]


def test_different_choices_of_one_field_are_branches_of_one_fork() -> None:
    diagram = draw({}, {"when": only_if("purpose", "a")}, {"when": only_if("purpose", "b")}, {})

    assert shapes(diagram).count(Shape.FORK) == 1
    assert words_on_arrows(diagram).count("otherwise") == 1
    assert len([arrow for arrow in diagram.arrows if len(arrow.points) == 4]) == 1, "they come together again"


def test_conditions_that_can_both_hold_are_two_forks() -> None:
    diagram = draw({"when": only_if("purpose", "a")}, {"when": only_if("purpose", ["a", "b"], "in")})

    assert shapes(diagram).count(Shape.FORK) == 2


def test_steps_under_the_same_condition_share_a_branch() -> None:
    diagram = draw({"when": only_if("purpose", "a")}, {"when": only_if("purpose", "a")})

    assert shapes(diagram).count(Shape.FORK) == 1
    assert of_step(diagram, 1).bottom < of_step(diagram, 2).y
    assert words_on_arrows(diagram) == ["Only if Purpose is “A home”", "otherwise"]


PAIN = {"when": only_if("purpose", "a"), "fields": ["level"]}
STRONG = {"when": only_if("level", 8, ">")}


def test_what_needs_an_answer_from_a_branch_follows_in_it() -> None:
    diagram = draw(PAIN, STRONG, {"when": only_if("purpose", "b")}, {})

    assert shapes(diagram).count(Shape.FORK) == 1
    assert words_on_arrows(diagram)[:2] == ["Only if Purpose is “A home”", "Only if Level is more than 8"]
    middles = {box.y + box.height / 2 for box in diagram.boxes if box.number in (1, 2, 3)}
    assert middles == {
        arrow.points[0][1] for arrow in diagram.arrows if arrow.points[0][0] == of_step(diagram, 1).x + 264
    }


def test_an_ending_in_a_branch_leaves_the_way_past_it() -> None:
    diagram = draw(PAIN, {**STRONG, "end": {}}, {})

    ways = [arrow for arrow in diagram.arrows if len(arrow.points) == 4]
    assert [arrow.points[0][1] for arrow in ways] == [of_step(diagram, 1).y + of_step(diagram, 1).height / 2]


def test_what_others_may_answer_as_well_has_a_fork_of_its_own() -> None:
    asked_twice = draw({"fields": ["level"]}, PAIN, STRONG)
    of_an_ending = draw({**PAIN, "end": {}}, STRONG)
    of_the_line = draw({"fields": ["level"]}, STRONG)
    one_after_the_other = draw(PAIN, {**STRONG, "fields": ["since"]}, {"when": only_if("level", 9, ">")})

    forks = [shapes(drawn).count(Shape.FORK) for drawn in (asked_twice, of_an_ending, of_the_line, one_after_the_other)]
    assert forks == [2, 2, 1, 2]


def test_no_way_leads_out_of_an_ending() -> None:
    on_line = draw({"end": {"outcome": "no"}})
    beside = draw({"when": only_if("purpose", "a"), "end": {"outcome": "no"}}, {})
    before = draw({"when": only_if("purpose", "a"), "end": {}}, {"when": only_if("purpose", "a"), "end": {}})

    assert [arrow.points[-1][1] for arrow in on_line.arrows] == [of_step(on_line, 1).y]
    assert not [arrow for arrow in beside.arrows if arrow.points[0][1] == of_step(beside, 1).bottom]
    assert not [arrow for arrow in before.arrows if arrow.points[0][1] == of_step(before, 1).bottom]


def test_each_kind_has_a_shape_of_its_own_and_optional_ones_are_dashed() -> None:
    diagram = draw({"fields": ["a"]}, {}, {"action": {}}, {"end": {}}, {"fields": ["a"], "required": False})

    assert shapes(diagram)[1:5] == [Shape.ASKING, Shape.INFORMATION, Shape.ACTION, Shape.ENDING]
    assert [box.is_optional for box in diagram.boxes if box.number] == [False, False, False, False, True]


def test_the_shapes_are_drawn_differently() -> None:
    paths = {Box(shape=shape, x=0, y=0, width=100, height=50).path for shape in Shape}

    assert len(paths) == len(Shape) - 2, (
        "the two kinds of endings are drawn alike, and what is no step like one that asks"
    )


def test_arrows_point_where_they_lead() -> None:
    diagram = draw({"when": only_if("purpose", "a")})
    down, left = (
        diagram.arrows[0],
        next(arrow for arrow in diagram.arrows if len(arrow.points) == 3 and not arrow.label),
    )
    past = next(arrow for arrow in diagram.arrows if arrow.is_open)

    assert down.path == "M36 44.9 L36 66.9"
    assert down.head == "M36 66.9 L32 59.9 L40 59.9 z"
    assert left.head.startswith(f"M36 {left.points[-1][1]:g} L43 ")
    assert past.head == ""


def test_of_very_many_steps_the_rest_is_counted() -> None:
    diagram = layout({"steps": [{"name": "Again"}] * (MAX_SHOWN + 7)})

    assert [line.text for line in diagram.boxes[-2].lines] == ["… and 7 more steps"]


def test_the_sentences_are_the_picture_in_words() -> None:
    assert draw({"fields": ["purpose"]}, name="loan").sentences == (
        "1. Step 1: asks for Purpose.",
        "Finally: the answers are kept, and nothing else happens.",
    )


@settings(max_examples=60, deadline=None)
@given(DRAFTS)
def test_nothing_overflows_or_lies_on_anything_else(draft: Json) -> None:
    diagram = layout(draft)
    labels = [arrow.label for arrow in diagram.arrows if arrow.label]
    placed: list[Placed] = [*diagram.boxes, *labels]

    assert not [pair for pair in combinations(placed, 2) if overlaps(*pair)]
    assert not [1 for arrow in diagram.arrows for thing in placed if crosses(arrow.points, thing)]
    for thing in placed:
        assert thing.x >= 0
        assert thing.x + thing.width <= diagram.width
        assert thing.y + thing.height <= diagram.height
    holders: list[Box | Label] = [*diagram.boxes, *labels]
    for holder in holders:
        for line in holder.lines:
            width = text_width(line.text, SIZES[line.role], is_bold=line.role == "title")
            assert line.x + width <= holder.x + holder.width + 0.001
            assert holder.y < line.y - 0.7 * SIZES[line.role] < line.y < holder.y + holder.height
