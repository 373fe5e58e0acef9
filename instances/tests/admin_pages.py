"""The pages of workflows in the admin as tests read them, and what is done by them."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.test import Client

from conftest import NOW, OPERATOR
from instances import results
from instances.acting import Acting
from instances.models import Workflow
from rest.tests.staff import violations

LIST = "/admin/instances/workflow/"
SEE, ACT = "instances.view_workflow", "instances.change_workflow"
ACTING = Acting(caller=OPERATOR, at=NOW)


@contextmanager
def held(workflow: Workflow) -> Iterator[Workflow]:
    """Lock a workflow for what came from outside."""
    with transaction.atomic():
        found = results.hold(workflow.pk, ACTING)
        assert found is not None
        yield found


def page(client: Client, workflow: Workflow, query: str = "") -> str:
    response = client.get(f"{LIST}{workflow.pk}/change/{query}")
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def lines(text: str, section: str) -> dict[str, str]:
    """Return the names and words of one part of the page, and not where they are from."""
    return {name: words for name, words, _ in _facts(text, section)}


def sources(text: str, section: str) -> dict[str, str]:
    """Return the names of one part of the page, and where what they name is from."""
    return {name: source for name, _, source in _facts(text, section)}


def _facts(text: str, section: str) -> list[tuple[str, str, str]]:
    (part,) = re.findall(rf'<section[^>]*aria-labelledby="{section}">(.*?)</section>', text, re.DOTALL)
    return re.findall(r'<dt>(.*?)</dt><dd>(.*?)(?: <span class="staff-source">\((.*?)\)</span>)?</dd>', part, re.DOTALL)


def told(text: str) -> list[tuple[str, str]]:
    """Return what the timeline says, and who did it."""
    (part,) = re.findall(r'<table class="staff-timeline">(.*?)</table>', text, re.DOTALL)
    return re.findall(r"</th><td>(.*?)</td><td>(.*?)</td>", part, re.DOTALL)


def confirm(client: Client, workflow: Workflow, name: str, **sent: Any) -> Any:
    """Open the page on which an act is confirmed, and confirm it."""
    address = f"{LIST}{workflow.pk}/{name}/"
    form = client.get(address).content.decode()
    assert violations(form) == []
    (revision,) = re.findall(r'name="revision" value="(\d+)"', form)
    return client.post(address, {"revision": revision, **sent}, follow=True)
