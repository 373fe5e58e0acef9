"""A person with a link, on a phone, with nothing but a keyboard: every moment is accessible and fits."""

from collections.abc import Callable

from playwright.sync_api import Page, ViewportSize, expect

from browsing.browsers import Complaints, Look, assert_accessible, assert_fits
from browsing.fixtures import PageOf, every_look
from browsing.hands import Keyboard
from conftest import step
from conversations.tests.loans import ACCOUNT, LISTS, stored
from conversations.tests.visiting import path_of
from instances.models import Workflow

type Make = Callable[..., Workflow]

SMALLEST: ViewportSize = {"width": 320, "height": 568}


def good(page: Page) -> None:
    assert_accessible(page)
    assert_fits(page)


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def test_a_person_goes_all_the_way_by_keyboard_on_a_small_phone(page_of: PageOf, loan: Workflow) -> None:
    page = page_of(look=Look.PHONE)
    page.set_viewport_size(SMALLEST)
    hands = Keyboard(page)
    page.goto(path_of(loan))

    heading(page, "The loan")
    hands.fill(page.get_by_label("Amount"), "500")
    hands.choose(page.get_by_label("Purpose"), '"home"')
    hands.press(page.get_by_role("button", name="Next"))
    expect(page.get_by_label("Amount")).to_have_accessible_description(
        "How much do you need? At least 1,000 We lend 1,000 or more."
    )
    good(page)
    hands.fill(page.get_by_label("Amount"), "5,000")
    page.keyboard.press("Enter")
    heading(page, "Our terms")
    hands.press(page.get_by_role("button", name="I have read this"))
    heading(page, "About you")
    hands.fill(page.get_by_label("Account number"), ACCOUNT)
    hands.reach(page.get_by_label("Date of birth"))
    page.keyboard.type("03021990")
    hands.press(page.get_by_role("button", name="Next"))
    heading(page, "Anything else")
    good(page)
    hands.press(page.get_by_role("button", name="Skip this step"))

    heading(page, "Is everything right?")
    good(page)
    assert ACCOUNT not in page.content()
    hands.press(page.get_by_role("link", name="Change Purpose"))
    heading(page, "Purpose")
    hands.choose(page.get_by_label("Purpose"), '"car"')
    hands.press(page.get_by_role("button", name="Save"))
    heading(page, "The car")
    hands.fill(page.get_by_label("Number plate"), "A" * 60)
    hands.press(page.get_by_role("button", name="Next"))
    heading(page, "Is everything right?")
    good(page)
    hands.press(page.get_by_role("button", name="Confirm"))

    heading(page, "Thank you")
    good(page)
    assert stored(loan).progress.values["account"] == ACCOUNT
    assert stored(loan).status == "completed"


@every_look
def test_every_moment_is_accessible_in_every_look(page_of: PageOf, loan: Workflow, look: Look) -> None:
    page = page_of(look=look)
    page.goto(path_of(loan))
    good(page)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Nothing was answered yet.")).to_be_visible()
    page.get_by_label("Amount").fill("500")
    page.get_by_label("Purpose").select_option("A home")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("We lend 1,000 or more.")).to_be_visible()
    page.get_by_text("Your answers so far").click()
    good(page)
    page.get_by_label("Amount").fill("5000")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="I have read this").click()
    heading(page, "About you")
    page.get_by_text("What you were told so far").click()
    expect(page.get_by_text("You pay it back in 10 years.")).to_be_visible()
    good(page)
    page.get_by_label("Account number").fill(ACCOUNT)
    page.get_by_label("Date of birth").fill("1990-02-03")
    page.get_by_role("button", name="Next").click()
    heading(page, "Anything else")
    good(page)
    page.get_by_role("button", name="Skip this step").click()
    heading(page, "Is everything right?")
    good(page)


@every_look
def test_a_list_is_answered_with_none_by_keyboard_in_every_look(
    page_of: PageOf, make_workflow: Make, look: Look
) -> None:
    workflow = make_workflow(
        properties=LISTS, required=[*LISTS], steps=[step("all", name="Lists", fields=[*LISTS])], confirmation="required"
    )
    page = page_of(look=look)
    hands = Keyboard(page)
    page.goto(path_of(workflow))
    good(page)

    page.get_by_label("Medicines", exact=True).fill("aspirin")
    for name in ("None (Medicines)", "None (Children)", "None of these (Extras)"):
        hands.reach(page.get_by_role("checkbox", name=name))
        page.keyboard.press("Space")
    hands.press(page.get_by_role("button", name="Next"))
    expect(page.get_by_text("is ticked, and yet there is an answer.")).to_be_visible()
    good(page)
    page.get_by_label("Medicines", exact=True).fill("")
    hands.press(page.get_by_role("button", name="Next"))

    heading(page, "Is everything right?")
    good(page)
    assert stored(workflow).progress.values == {"medicines": [], "children": [], "extras": []}


@every_look
def test_a_link_that_leads_nowhere_says_what_to_do(page_of: PageOf, complaints: Complaints, look: Look) -> None:
    page = page_of(look=look)
    complaints.expected.append("404")

    page.goto("/w/forged/")

    heading(page, "This link does not work")
    good(page)
