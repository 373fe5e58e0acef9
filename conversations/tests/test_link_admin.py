"""Operators make links for people in the admin."""

import html
import re
from collections.abc import Callable

from django.contrib.admin.models import LogEntry
from django.test import Client

from conftest import NOW
from conversations.links import opened
from instances.models import Workflow
from instances.tests.admin_pages import ACT, LIST, SEE, page
from rest.tests.staff import browser, browser_of, staff, violations

type Make = Callable[..., Workflow]


def test_an_operator_makes_a_link_for_the_person(make_workflow: Make) -> None:
    workflow, person = make_workflow(), staff(SEE, ACT)
    client = browser_of(person)
    path = f"{LIST}{workflow.pk}/link/"
    assert path in page(client, workflow)
    asked = client.get(path).content.decode()
    assert ("/w/" in asked, LogEntry.objects.count()) == (False, 0)

    made = client.post(path)

    assert "no-store" in made.headers["Cache-Control"]
    shown = html.unescape(made.content.decode())
    (url,) = re.findall(r'value="(http://testserver/w/[^"]+)"', shown)
    assert opened(url.split("/")[-2], at=NOW).workflow_id == workflow.pk
    assert Client().get(url).status_code == 200
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (person, str(workflow.pk))
    assert entry.change_message.startswith("Made a link for the person, good until ")
    assert "/w/" not in entry.change_message
    assert violations(asked) == violations(shown) == []


def test_who_may_only_look_makes_no_link(make_workflow: Make) -> None:
    workflow, client = make_workflow(), browser(SEE)
    path = f"{LIST}{workflow.pk}/link/"

    assert path not in page(client, workflow)
    assert (client.get(path).status_code, client.post(path).status_code) == (403, 403)
    assert Client().post(path).status_code == 302
    assert not LogEntry.objects.exists()


def test_of_a_deleted_workflow_there_is_no_link(make_workflow: Make) -> None:
    workflow = make_workflow()
    workflow.delete()

    gone = browser(SEE, ACT).post(f"{LIST}{workflow.pk}/link/", follow=True)

    assert "There is no such workflow." in gone.content.decode()
