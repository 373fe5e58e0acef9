"""Workflows in the admin: found, and read in words."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from conftest import NOW, step
from events.models import NewEvent
from instances import results
from instances.models import Workflow
from instances.tests.admin_pages import ACT, ACTING, LIST, SEE, held, lines, page, sources, told
from instances.tests.calls import act, submit
from registry.models import WorkflowTemplate
from rest.admin import CappedPaginator
from rest.tests.staff import browser, violations

type Builder[T] = Callable[..., T]

SENSITIVE = "instances.view_sensitive"
CARD = "4929 1234 5678 9012"
NOBODY = "00000000-0000-4000-8000-000000000000"


def test_the_page_says_where_a_workflow_stands_in_words(client: APIClient, loan: Workflow) -> None:
    submit(client, loan, {"purpose": "car", "amount": 500, "card": CARD})

    shown = page(browser(SEE), loan)

    standing = lines(shown, "standing")
    assert standing["Status"] == "active"
    assert standing["Current step"] == "The car"
    assert standing["Missing"] == "Number plate"
    assert standing["Waits for"] == "answers of the person"
    assert standing["Template"] == "loan, version 1"
    assert lines(shown, "values") == {"Purpose": "A car", "Amount": "500 EUR", "Card number": "***"}
    assert violations(shown) == []


def test_where_each_value_came_from_stands_beside_it(client: APIClient, loan: Workflow) -> None:
    submit(client, loan, {"purpose": "car", "plate": "B 1"}, source="llm")
    submit(client, loan, {"purpose": "home", "card": CARD}, source="user")

    shown = page(browser(SEE), loan)

    assert sources(shown, "values") == {"Purpose": "from the person", "Card number": "from the person"}
    assert sources(shown, "parked") == {"Number plate": "from a model"}


def test_sensitive_values_are_shown_to_those_alone_who_may_see_them(
    client: APIClient, loan: Workflow, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    submit(client, loan, {"purpose": "home", "card": CARD})

    hidden, open_ = page(browser(SEE, ACT), loan), page(browser(SEE, SENSITIVE), loan)

    assert CARD not in hidden
    assert lines(open_, "values")["Card number"] == CARD
    assert CARD not in caplog.text


def test_what_is_set_aside_taken_out_and_refused_is_told_apart(client: APIClient, make_workflow: Any) -> None:
    properties = {
        "kind": {"type": "string", "title": "Kind"},
        "pin": {"type": "string", "title": "PIN", "x-sensitive": "mask", "x-when": _is("kind", "card")},
        "slot": {"type": "string", "title": "Slot", "x-depends-on": ["kind"], "x-on-change": "reset"},
        "age": {"type": "integer", "title": "Age"},
    }
    workflow = make_workflow(properties=properties, required=["kind", "slot", "age"], steps=_steps(properties))
    submit(client, workflow, {"kind": "card", "pin": "1234 5678", "slot": "noon"})
    submit(client, workflow, {"kind": "cash", "age": "old"})
    submit(client, workflow, {"age": "very old"})

    shown = page(browser(SEE), workflow)

    assert lines(shown, "values") == {"Kind": "cash"}
    assert lines(shown, "parked") == {"PIN": "***"}
    assert lines(shown, "previous") == {"Slot": "noon"}
    assert lines(shown, "refused") == {"Age": "2"}
    assert "1234 5678" not in shown
    assert lines(page(browser(SEE, SENSITIVE), workflow), "parked") == {"PIN": "1234 5678"}


def test_the_result_of_the_end_is_shown_without_what_is_hidden(make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow(
        properties={"card": {"type": "string", "x-sensitive": "mask"}},
        end_action_type="api_call",
        end_action_target="https://bank.example/loans",
        state_data={"card": CARD},
    )
    answer = {"id": 7, "lines": [{"paid": True}], "echo": f"of {CARD}"}
    with held(workflow) as found:
        results.finish(found, result=answer, acting=ACTING)

    hidden, open_ = page(browser(SEE), workflow), page(browser(SEE, SENSITIVE), workflow)

    assert lines(hidden, "result") == {"id": "7", "lines": "paid: Yes", "echo": "of ***"}
    assert CARD not in hidden
    assert lines(open_, "result")["echo"] == f"of {CARD}"


def test_the_timeline_tells_what_happened_newest_first_and_quotes_no_answer(client: APIClient, loan: Workflow) -> None:
    submit(client, loan, {"purpose": "car", "card": CARD})
    submit(client, loan, {"purpose": "home", "amount": 5000})
    act(client, loan, "pause", reason="lunch")

    said = told(page(browser(SEE), loan))

    words = [line for line, _ in said]
    assert words[0] == "Paused. lunch"
    assert "Corrected: Purpose. Refused: Amount. From the client." in words
    assert "Answered: Purpose, Card number. From the client." in words
    assert words[-2:] == ["Began.", "Started."]
    assert said[0][1].startswith("API key ")
    assert said[-1][1] == "test"
    assert CARD not in " ".join(words)


def test_a_long_timeline_comes_in_pages(loan: Workflow) -> None:
    loan.log([NewEvent(type="workflow.resumed", data={})] * 120, at=NOW, actor="user:ada")

    first, last = page(browser(SEE), loan), page(browser(SEE), loan, "?page=3")

    assert [len(told(text)) for text in (first, last)] == [50, 22]
    assert told(first)[0] == ("Resumed.", "ada")
    assert told(last)[-1][0] == "Started."
    assert "Page 3 of 3" in last


@pytest.mark.parametrize("wanted", ["?page=x", "?page=99", "?page=-1"])
def test_pages_that_are_not_there_are_no_failure(loan: Workflow, wanted: str) -> None:
    assert told(page(browser(SEE), loan, wanted))


def test_the_list_is_searched_by_whole_ids_and_narrowed(make_workflow: Builder[Workflow], make_template: Any) -> None:
    kept, other = make_template(name="kept"), make_template(name="other")
    wanted = make_workflow(template=kept, conversation_id="chat 1")
    make_workflow(template=other, conversation_id="chat 11")
    client = browser(SEE)

    def found(**query: str) -> int:
        response = client.get(LIST, query)
        assert response.status_code == 200
        return len(response.context["cl"].result_list)

    assert found() == found(q="user 1") == 2
    assert found(q=" chat 1 ") == found(q=str(wanted.pk)) == found(template=str(kept.pk)) == 1
    assert found(q="chat") == found(status__exact="paused") == found(template=NOBODY) == found(q="a\x1fb") == 0
    assert found(template="nonsense") == 2


def test_the_price_of_the_list_does_not_grow(
    make_workflow: Builder[Workflow],
    make_template: Builder[WorkflowTemplate],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = browser(SEE)
    for _ in range(12):
        make_workflow()
    client.get(LIST)

    with django_assert_num_queries(7):  # session, person, their permissions; names of templates, count, rows
        shown = client.get(LIST).content.decode()

    assert shown.count('class="field-template') == 12
    assert violations(shown) == []


def test_a_list_is_counted_only_so_far(make_workflow: Builder[Workflow], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CappedPaginator, "MOST", 3)
    for _ in range(5):
        make_workflow()

    response = browser(SEE).get(LIST)

    assert response.context["cl"].result_count == 3


def test_the_price_of_a_page_does_not_grow(
    client: APIClient, loan: Workflow, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    operator = browser(SEE, ACT, "deliveries.view_delivery")
    for amount in range(10):
        submit(client, loan, {"amount": amount, "purpose": "car"})
    page(operator, loan)

    with django_assert_num_queries(7):  # session, person, their permissions; workflow, count and page of the timeline
        shown = page(operator, loan)

    assert f"/admin/deliveries/delivery/?workflow__id__exact={loan.pk}" in shown
    assert operator.get(f"/admin/deliveries/delivery/?workflow__id__exact={loan.pk}").status_code == 200


@pytest.mark.parametrize("path", ["", "{}/change/", "{}/cancel/", "{}/retry/", "{}/history/"])
def test_strangers_are_not_let_in(loan: Workflow, path: str) -> None:
    address = LIST + path.format(loan.pk)

    assert browser("deliveries.view_delivery").get(address).status_code == 403
    assert Client().get(address).headers["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("path", ["nonsense/change/", f"{NOBODY}/change/", f"{NOBODY}/cancel/"])
def test_a_workflow_that_is_not_there_is_no_failure(loan: Workflow, path: str) -> None:
    response = browser(SEE, ACT).get(LIST + path, follow=True)

    assert response.status_code == 200
    assert "There is no such workflow." in response.content.decode()


def test_what_people_said_is_text_and_not_markup(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow(properties={"a": {"type": "string", "title": "<i>A</i>"}, "b": {"type": "string"}})
    submit(client, workflow, {"a": "<script>alert(1)</script>"})

    shown = browser(SEE).get(f"{LIST}{workflow.pk}/change/").content.decode()

    assert "<script>alert" not in shown
    assert "<i>A</i>" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def _is(field: str, value: str) -> dict[str, str]:
    return {"field": field, "op": "==", "value": value}


def _steps(properties: dict[str, Any]) -> list[dict[str, Any]]:
    return [step(name, fields=[name]) for name in properties]
