"""The page as a person uses it: from the first question to the end, with mistakes and corrections on the way."""

from collections.abc import Callable

from conftest import step
from conversations.tests.loans import ACCOUNT, acknowledged, given, stored, to_the_summary
from conversations.tests.visiting import Visitor
from events.models import Event
from instances.models import Workflow

type Make = Callable[..., Workflow]


# ---- The whole way ----


def test_a_person_goes_all_the_way_without_any_model(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    assert "Small loan Step 1 of 4" in visitor.text
    assert "The loan What it is for Amount (EUR) How much do you need? At least 1,000" in visitor.text

    visitor.press("answer", amount=5000, purpose='"car"')
    assert "Step 2 of 5" in visitor.text
    visitor.press("answer", plate="AB-123")
    assert "Our terms You pay it back in 10 years. I have read this" in visitor.text
    visitor.press("acknowledge")
    visitor.press("answer", account=ACCOUNT, born="1990-02-03")
    visitor.press("answer", note="Thank you", **{"children-0-0": "Mia", "children-0-1": "7"})
    assert "Is everything right?" in visitor.text
    assert "Amount 5000 EUR Change Amount" in visitor.text
    assert "Purpose A car" in visitor.text
    visitor.press("confirm")

    assert "Thank you We have everything we need. You can close this page, or go back to the chat." in visitor.text
    workflow = stored(loan)
    assert workflow.status == "completed"
    assert workflow.progress.values == {
        "amount": 5000,
        "purpose": "car",
        "plate": "AB-123",
        "account": ACCOUNT,
        "born": "1990-02-03",
        "note": "Thank you",
        "children": [{"name": "Mia", "age": 7}],
    }
    assert set(workflow.progress.sources.values()) == {"user"}
    actors = Event.objects.of(loan.pk).exclude(type__in=["workflow.created", "workflow.activated"])
    assert set(actors.values_list("actor", flat=True)) == {"page"}


def test_what_was_given_in_the_chat_is_not_asked_again(loan: Workflow) -> None:
    given(loan, amount=5000, purpose="home")

    visitor = Visitor.of(loan)

    assert "Our terms" in visitor.text
    assert "Your answers so far Amount 5000 EUR" in visitor.text


def test_an_answer_that_is_refused_stays_with_the_authors_words_beside_it(loan: Workflow) -> None:
    visitor = Visitor.of(loan)

    visitor.press("answer", amount=500, purpose='"home"')

    assert visitor.page.status_code == 200
    assert "We lend 1,000 or more." in visitor.text
    assert visitor.inputs()["answer-amount"] == ["500"]
    assert visitor.inputs()["answer-purpose"] == ['"home"']
    assert "Please look again" not in visitor.text
    assert stored(loan).progress.values == {"purpose": "home"}


def test_numbers_are_read_as_people_write_them(loan: Workflow) -> None:
    Visitor.of(loan).press("answer", amount="5,000", purpose='"home"')

    assert stored(loan).progress.values["amount"] == 5000


def test_nothing_answered_is_said_and_asked_again(loan: Workflow) -> None:
    visitor = Visitor.of(loan)

    visitor.press("answer")

    assert "Nothing was answered yet." in visitor.text
    assert "The loan" in visitor.text
    assert stored(loan).revision == loan.revision


def test_an_optional_answer_that_is_refused_does_not_get_lost(make_workflow: Make) -> None:
    workflow = make_workflow(
        properties={"name": {"type": "string"}, "age": {"type": "integer"}, "end": {"type": "string"}},
        required=["name", "end"],
        steps=[step("who", fields=["name", "age"]), step("last", fields=["end"])],
    )
    visitor = Visitor.of(workflow)

    visitor.press("answer", name="Ada", age="old")
    assert "Age (optional) Age must be a whole number. Save" in visitor.text
    assert visitor.inputs()["answer-age"] == ["old"]
    visitor.press("answer", age="36")

    assert stored(workflow).progress.values == {"name": "Ada", "age": 36}
    assert "Last" in visitor.text


def test_what_is_written_down_nowhere_is_refused_by_the_form(loan: Workflow) -> None:
    visitor = Visitor.of(loan)

    visitor.press("answer", amount="9" * 80, purpose='"home"')

    assert "This cannot be sent" in visitor.text
    assert visitor.inputs()["answer-purpose"] == ['"home"']
    assert stored(loan).progress.values == {}


def test_what_was_not_touched_is_not_corrected_by_sending_the_form(make_workflow: Make) -> None:
    moment = {"type": "string", "format": "date-time"}
    workflow = make_workflow(
        properties={"at": moment, "note": {"type": "string", "x-depends-on": ["at"]}, "end": {"type": "string"}},
        required=["at", "note", "end"],
        steps=[step("one", fields=["at", "note", "end"])],
        confirmation="required",
        time_zone="Europe/Paris",
    )
    given(workflow, at="2026-03-01T13:30:00Z", note="two\nlines")
    visitor = Visitor.of(workflow)

    visitor.press("answer", end="x")

    assert stored(workflow).progress.values == {"at": "2026-03-01T13:30:00Z", "note": "two\nlines", "end": "x"}
    assert stored(workflow).progress.contested == frozenset()
    assert not Event.objects.of(workflow.pk).filter(type__contains="corrected").exists()


# ---- What is not shown ----


def test_what_no_model_may_see_is_given_here_and_shown_to_nobody(loan: Workflow) -> None:
    given(loan, amount=5000, purpose="home")
    acknowledged(loan, "terms")
    visitor = Visitor.of(loan)
    assert "Account number What you write here is not shown again." in visitor.text

    visitor.press("answer", account=ACCOUNT)
    assert stored(loan).progress.values["account"] == ACCOUNT
    assert ACCOUNT not in visitor.html
    assert "Given, and not shown here. Leave this empty to keep it." in visitor.text

    visitor.press("answer", born="1990-02-03")
    visitor.press("skip")
    assert "Account number Given, not shown Change" in visitor.text
    assert "Date of birth Given, not shown Change" in visitor.text
    visitor.press("confirm")
    assert stored(loan).status == "completed"
    assert ACCOUNT not in visitor.html
    assert "1990-02-03" not in visitor.html


def test_a_secret_that_is_refused_is_not_sent_back(loan: Workflow) -> None:
    given(loan, amount=5000, purpose="home")
    acknowledged(loan, "terms")
    visitor = Visitor.of(loan)

    visitor.press("answer", account="very secret", born="1990-02-03")

    assert "Account number is not written as expected." in visitor.text
    assert "very secret" not in visitor.html
    assert "1990-02-03" not in visitor.html


def test_a_secret_is_replaced_and_left_alone(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    to_the_summary(visitor)

    visitor.change("account")
    visitor.press("answer")
    assert stored(loan).progress.values["account"] == ACCOUNT
    visitor.change("account")
    visitor.press("answer", account="***")
    assert stored(loan).progress.values["account"] == ACCOUNT
    visitor.change("account")
    visitor.press("answer", account="DE9876")

    assert stored(loan).progress.values["account"] == "DE9876"


# ---- Changing one's mind ----


def test_every_answer_can_be_changed_before_it_is_confirmed(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    to_the_summary(visitor)

    visitor.change("purpose")
    assert "Purpose" in visitor.text
    assert visitor.inputs()["answer-purpose"] == ['"home"']
    visitor.press("answer", purpose='"car"')

    assert "The car Number plate" in visitor.text
    visitor.press("answer", plate="AB-123")
    assert "Purpose A car" in visitor.text
    visitor.press("confirm")
    assert stored(loan).progress.values["purpose"] == "car"


def test_what_falls_away_is_told(loan: Workflow) -> None:
    given(loan, amount=5000, purpose="car", plate="AB-123")
    visitor = Visitor.of(loan)

    visitor.change("purpose")
    visitor.press("answer", purpose='"home"')

    assert "Number plate is kept aside: with these answers it is not asked for." in visitor.text
    assert "Our terms" in visitor.text


def test_what_was_left_out_can_be_added_and_taken_back(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    to_the_summary(visitor)
    assert "Note Not answered Add Note" in visitor.text

    visitor.change("note")
    visitor.press("answer", note="Hello")
    assert "Note Hello Change Note" in visitor.text
    visitor.change("note")
    assert "Take this answer back" in visitor.text
    visitor.press("remove:note")

    assert "note" not in stored(loan).progress.values
    assert "Note Not answered" in visitor.text


def test_an_input_that_is_emptied_takes_the_answer_back(loan: Workflow) -> None:
    given(loan, amount=5000, purpose="home", note="Hello")
    visitor = Visitor.of(loan)

    visitor.change("note")
    visitor.press("answer", note="")

    assert "note" not in stored(loan).progress.values


def test_what_nobody_may_change_has_no_link(loan: Workflow) -> None:
    given(loan, amount=5000, purpose="home")
    visitor = Visitor.of(loan)
    assert "In all 5000" in visitor.text
    before = visitor.text

    assert "change=double" not in visitor.html
    for name in ("double", "score", "plate", "nothing", "%00", ""):
        assert Visitor.of(loan).open(f"?change={name}").status_code == (400 if name == "%00" else 200)
    visitor.open("?change=double&change=score&change=plate")
    assert visitor.text == before
