"""What documents say, as facts about each thing, and two of them beside each other."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.describing import described
from engine.difference import Part
from engine.side_by_side import Line, Row, State, side_by_side
from engine.tests.builders import TEXT, row, rule
from engine.tests.loans import CHECK, fields_of, loan

type Json = dict[str, Any]

SECRET = "Bearer planted-value"


def facts(part: Part, key: str, source: Any) -> list[str]:
    """Return what is said of one thing."""
    return list(described(source)[part][key].facts.values())


def rows(part: str, change: Callable[[Json], Any]) -> dict[str, Row]:
    """Return the rows of one part, by title, of the document and of what a change makes of it."""
    after = loan()
    change(after)
    (table,) = (table for table in side_by_side(loan(), after) if table.title == part)
    return {found.title: found for found in table.rows}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("device", ["one of a list, required", "choices: “Phone”, “Tablet” and “pc”"]),
        ("days", ["whole number, required", "at most 90"]),
        ("extras", ["several of a list, optional", "choices: “bag” and “cable”"]),
        ("people", ["list of people or things, required", "column “Age”: number"]),
        ("born", ["date, optional"]),
    ],
)
def test_a_field_is_described_by_what_it_says(name: str, said: list[str]) -> None:
    assert facts(Part.INFORMATION, name, loan()) == said


def test_a_message_does_not_hide_the_limit_that_it_is_about() -> None:
    source = loan()
    fields_of(source)["days"]["x-messages"] = {"maximum": "Too long."}

    said = facts(Part.INFORMATION, "days", source)

    assert said == ["whole number, required", "at most 90", "message if the answer is too high: “Too long.”"]


def test_what_cannot_be_read_is_left_out() -> None:
    source = loan()
    fields_of(source)["days"].update({"maximum": "many", "x-depends-on": 5})

    assert facts(Part.INFORMATION, "days", source) == ["whole number, required"]


def test_steps_are_described_by_what_they_do() -> None:
    assert facts(Part.STEPS, "id/loan", loan()) == [
        "asks for Device, Number of days and Extras",
        "checks that Number of days is at most 90 (“Too long.”)",
        "checks that Number of days is more than 0 (“Too short.”)",
    ]
    assert facts(Part.STEPS, "id/who", loan()) == [
        "asks for People and Date of birth",
        "applies only if Device is “Tablet”",
    ]
    assert facts(Part.STEPS, "id/hint", loan()) == [
        "asks for nothing",
        "ends the workflow, outcome “told”",
        "last message: “Bye.”",
        "nothing more is done",
    ]
    assert facts(Part.STEPS, "id/last", loan()) == ["asks for Note", "optional"]


def test_what_the_server_does_is_described() -> None:
    source = loan()
    source["steps"][3]["action"] = {"type": "tool_call", "target": "make_reference"}
    source["steps"][1]["action"] = {"type": "magic"}
    source["steps"][2]["end"] = {"end_action_type": "magic"}

    assert "the server finds this out itself: the tool “make_reference” is used" in facts(Part.STEPS, "id/last", source)
    assert "the server finds this out itself: in a way a developer wrote" in facts(Part.STEPS, "id/who", source)
    assert facts(Part.STEPS, "id/hint", source)[1:] == [
        "ends the workflow, outcome nothing",
        "something a developer wrote",
    ]


def test_the_whole_is_described() -> None:
    source = loan(
        is_active=False,
        description="Lend a device.",
        end_action_type="api_call",
        end_action_target="https://bank.example",
        end_action_config={"headers": {"Authorization": SECRET}, "method": "POST", "body": SECRET},
        confirmation="required",
        expires_after="P7D",
        prerequisites=["kyc", {"template": "score", "check": row("points", ">", 5)}, {"template": "age"}, 5],
    )

    about = {item.title: list(item.facts.values()) for item in described(source)[Part.ABOUT].values()}
    finish = {item.title: list(item.facts.values()) for item in described(source)[Part.FINISH].values()}

    assert about == {
        "Name": ["loan"],
        "Description": ["Lend a device."],
        "Category": [],
        "Guidelines": ["Be kind."],
        "Time zone": [],
        "Offered": ["no, switched off"],
        "Metadata": ["owner: “anna”"],
    }
    assert finish == {
        "End action": ["a request to “https://bank.example”", "header “Authorization”", "with 2 more settings"],
        "Confirmation": ["asked for before the end"],
        "Expiry": ["after 7 days without an answer"],
        "Prerequisites": ["“kyc”", "“score” if Points is more than 5", "“age”", "nothing"],
    }
    assert SECRET not in repr([about, finish])


def test_what_says_nothing_is_described_by_what_goes_without_saying() -> None:
    assert facts(Part.FINISH, "expires_after", {}) == ["never"]
    assert facts(Part.FINISH, "confirmation", {}) == ["not asked for"]
    assert facts(Part.FINISH, "end_action", {}) == ["nothing more is done"]
    assert facts(Part.ABOUT, "is_active", {}) == ["yes"]


def test_equal_documents_differ_in_no_row() -> None:
    tables = side_by_side(loan(), loan())

    assert [(table.title, len(table.differing)) for table in tables] == [
        ("About", 0),
        ("Information", 0),
        ("Steps", 0),
        ("Finish", 0),
    ]
    assert {found.state for table in tables for found in table.rows} == {State.SAME}


def test_what_changed_is_marked_line_by_line() -> None:
    found = rows("Information", lambda after: fields_of(after)["days"].update(maximum=60))["Number of days"]

    assert (found.state, found.differs, found.is_opaque) == (State.CHANGED, True, False)
    assert found.lines == (
        Line(left="whole number, required", right="whole number, required"),
        Line(left="at most 90", right="at most 60"),
    )
    assert [line.differs for line in found.lines] == [False, True]


@pytest.mark.parametrize(
    ("part", "title", "changes"),
    [
        ("About", "Name", {"name": "lend"}),
        ("About", "Description", {"description": "Lend."}),
        ("About", "Category", {"category": "IT"}),
        ("About", "Guidelines", {"guidelines": "Be quick."}),
        ("About", "Time zone", {"time_zone": "Europe/Paris"}),
        ("About", "Offered", {"is_active": False}),
        ("About", "Metadata", {"metadata": {"owner": "bert"}}),
        ("Finish", "End action", {"end_action_type": "workflow"}),
        ("Finish", "Confirmation", {"confirmation": "required"}),
        ("Finish", "Expiry", {"expires_after": "P7D"}),
        ("Finish", "Prerequisites", {"prerequisites": ["kyc"]}),
    ],
)
def test_a_change_of_a_setting_is_seen_in_its_row_alone(part: str, title: str, changes: Json) -> None:
    found = rows(part, lambda after: after.update(changes))

    assert {key: one.state for key, one in found.items() if one.differs} == {title: State.CHANGED}
    assert not found[title].is_opaque


def test_what_is_handed_over_at_the_end_is_seen_to_differ_and_not_shown() -> None:
    found = rows("Finish", lambda after: after.update(end_action_config={"body": SECRET}))["End action"]
    other = side_by_side(loan(end_action_config={"body": SECRET}), loan(end_action_config={"body": "another"}))[
        -1
    ].differing

    assert found.state is State.CHANGED
    assert [(one.title, one.is_opaque) for one in other] == [("End action", True)]
    assert SECRET not in repr([found, other])


def test_another_target_is_seen_in_the_row_of_the_end_action() -> None:
    first, second = (loan(end_action_type="workflow", end_action_target=target) for target in ("return", "renew"))

    (found,) = side_by_side(first, second)[-1].differing

    assert found.lines == (Line(left="the workflow “return” begins", right="the workflow “renew” begins"),)


def test_whether_it_is_offered_goes_without_saying() -> None:
    silent = {key: part for key, part in loan().items() if key != "is_active"}

    assert [table.differing for table in side_by_side(silent, loan(is_active=True))] == [(), (), (), ()]


def test_a_column_and_a_step_have_the_names_that_their_author_gave_them() -> None:
    source = loan()
    fields_of(source)["people"]["items"]["properties"] = {"first_name": TEXT}
    source["steps"][1]["name"] = "For {{state.born}}"

    assert facts(Part.INFORMATION, "people", source)[1] == "column “First name”: text"
    assert described(source)[Part.STEPS]["id/who"].title == "For [Date of birth]"


def test_a_new_name_is_a_change_that_is_seen() -> None:
    found = rows("Information", lambda after: fields_of(after)["days"].update(title="Days"))["Days"]

    assert (found.left, found.right, found.is_renamed, found.is_opaque) == ("Number of days", "Days", True, False)


def test_what_no_line_says_is_said_to_be_a_developers() -> None:
    found = rows("Information", lambda after: fields_of(after)["days"].update({"x-colour": "red"}))["Number of days"]

    assert (found.state, found.is_opaque, found.is_renamed) == (State.CHANGED, True, False)


def test_what_becomes_required_is_a_change_of_the_field() -> None:
    found = rows("Information", lambda after: after["state_schema"]["required"].append("note"))["Note"]

    assert found.lines == (Line(left="text, optional", right="text, required"),)
    assert found.state is State.CHANGED


def test_rows_follow_the_right_side_and_what_is_gone_stays_where_it_was() -> None:
    def change(after: Json) -> None:
        properties = fields_of(after)
        del properties["device"], properties["extras"], properties["people"]
        properties["until"] = {**TEXT, "x-order": 5.5}

    found = rows("Information", change)

    assert [(title, one.state) for title, one in found.items()] == [
        ("Device", State.ONLY_LEFT),
        ("Number of days", State.SAME),
        ("Extras", State.ONLY_LEFT),
        ("People", State.ONLY_LEFT),
        ("Date of birth", State.SAME),
        ("Until", State.ONLY_RIGHT),
        ("Note", State.SAME),
    ]
    assert (found["Device"].right, found["Until"].left) == (None, None)
    assert found["Until"].lines == (Line(left=None, right="text, optional"),)
    assert [(cell.name, cell.lines) for cell in found["Until"].cells] == [
        (None, ()),
        ("Until", (("text, optional", True),)),
    ]
    assert [cell.lines for cell in found["Device"].cells][1] == ()


def test_what_moved_says_so_also_if_it_changed() -> None:
    def change(after: Json) -> None:
        steps = after["steps"]
        steps.insert(0, steps.pop(2))
        steps[0]["end"]["outcome"] = "gone"
        steps.append(steps.pop(1))

    found = rows("Steps", change)

    assert [(title, one.state, one.has_moved) for title, one in found.items()] == [
        ("Hint", State.CHANGED, True),
        ("Who", State.SAME, False),
        ("Last", State.SAME, False),
        ("Loan", State.MOVED, True),
    ]
    assert [one.differs for one in found.values()] == [True, False, False, True]


def test_another_number_in_the_same_order_is_no_difference_of_a_field() -> None:
    found = rows("Information", lambda after: fields_of(after)["note"].update({"x-order": 60}))

    assert {one.state for one in found.values()} == {State.SAME}
    assert rows("Information", lambda after: fields_of(after)["note"].update({"x-order": "6"}))["Note"].is_opaque


def test_rules_without_words_are_described_all_the_same() -> None:
    source = loan()
    source["steps"][3]["rules"] = [5, rule(CHECK, "")]

    assert facts(Part.STEPS, "id/last", source)[2:] == [
        "checks that a condition a developer wrote (without a message)",
        "checks that Number of days is at most 90 (without a message)",
    ]
