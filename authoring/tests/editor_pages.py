"""The editor of a template in somebody's browser: what its page holds, what is typed into it, what is pressed."""

import re
from typing import Any

from django.contrib.admin.models import LogEntry
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from authoring.tests.page_forms import form_on, identities_on, post
from registry.models import WorkflowTemplate
from rest.tests.staff import browser

VIEW = "registry.view_workflowtemplate"
CHANGE = "registry.change_workflowtemplate"
PUBLISH = "registry.publish_workflowtemplate"
ADD = "registry.add_workflowtemplate"

type Answer = Any  # the answers of Django's test client are built of more than the stubs say


def viewer() -> Client:
    return browser(VIEW)


def author() -> Client:
    return browser(VIEW, CHANGE)


def publisher() -> Client:
    return browser(VIEW, CHANGE, PUBLISH)


def address(page: str, template: WorkflowTemplate) -> str:
    return reverse(f"admin:registry_workflowtemplate_{page}", args=[template.pk])


class Editor:
    """The page of a template, opened."""

    def __init__(self, browser: Client, template: WorkflowTemplate) -> None:
        self.browser, self.template = browser, template
        self.page = b""
        self.inputs: dict[str, list[str]] = {}
        self.read(browser.get(address("change", template)))

    def read(self, answer: Answer) -> None:
        """Go on with the page that was answered."""
        assert answer.status_code == 200
        self.page, self.inputs = answer.content, form_on(answer.content).inputs

    def type(self, name: str, *texts: str) -> "Editor":
        """Type into an input; no text empties it."""
        assert name in self.inputs or not texts or name.endswith("-keys") or self.has(f"id_{name}"), name
        self.inputs[name] = list(texts)
        return self

    def add(self, prefix: str, key: str, **texts: str) -> "Editor":
        """Add a row at the end."""
        self.inputs.setdefault(f"{prefix}-keys", []).append(key)
        self.inputs |= {f"{prefix}-{key}-{name}": [text] for name, text in texts.items()}
        return self

    def press(self, action: str, **more: str) -> Answer:
        """Press a button of the form."""
        return post(self.browser, address("change", self.template), {**self.inputs, "action": action, **more})

    def ask(self, **more: str) -> Answer:
        """Ask as the page's script does while somebody types."""
        posted = {name: texts for name, texts in self.inputs.items() if name != "json"}
        return post(self.browser, address("live", self.template), {**posted, "panel": "checks", **more})

    def has(self, identity: str) -> bool:
        """Tell whether the page has an element with this id."""
        return identity in identities_on(self.page)


def draft_of(template: WorkflowTemplate) -> Any:
    return WorkflowTemplate.objects.get(pk=template.pk).draft


def kept(template: WorkflowTemplate) -> Any:
    """Return everything that is stored of a template."""
    return WorkflowTemplate.objects.filter(pk=template.pk).values().get()


def on_record() -> list[str]:
    """Return what the log of the admin tells of templates, the latest last."""
    return list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))


def text_of(answer: HttpResponseBase) -> str:
    """Return what is read of a page."""
    page = re.sub(r"<(script|style|template).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
