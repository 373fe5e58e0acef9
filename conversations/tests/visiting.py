"""Somebody who opens the link to a workflow and presses buttons there, as a browser without scripts would."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.test import Client
from django.utils import timezone

from authoring.tests.page_forms import form_on, post
from conversations.links import page_link
from instances.models import Workflow

TAGS = re.compile(r"<(head|script|style).*?</\1>|<[^>]+>", re.DOTALL)


def path_of(workflow: Workflow) -> str:
    """Return where the page of a workflow is, for a day from now."""
    return page_link(workflow, base_url="", at=timezone.now()).url


@dataclass
class Visitor:
    """A person with a link; `page` is what they see."""

    path: str
    browser: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    page: Any = None

    @classmethod
    def of(cls, workflow: Workflow) -> "Visitor":
        """Return somebody who has just opened the page."""
        visitor = cls(path_of(workflow))
        visitor.open()
        return visitor

    def open(self, query: str = "") -> Any:
        """Open the page, or load it again."""
        self.page = self.browser.get(self.path + query)
        return self.page

    def change(self, name: str) -> Any:
        """Follow the link beside an answer."""
        assert f'href="?change={name}"' in self.html, self.text
        return self.open(f"?change={name}")

    def inputs(self) -> dict[str, list[str]]:
        """Return what the form on the page would post."""
        return form_on(self.page.content, "page").inputs

    def press(self, button: str, **answers: Any) -> Any:
        """Fill the form in and press a button; a redirect is followed, as browsers do."""
        inputs = {**self.inputs(), "do": [button]}
        for name, answer in answers.items():
            inputs[f"answer-{name}"] = answer if isinstance(answer, list) else [str(answer)]
        return self.send(inputs)

    def send(self, inputs: dict[str, Any]) -> Any:
        """Post anything."""
        self.page = post(self.browser, self.path, inputs)
        if self.page.status_code == 303:
            assert self.page["Location"] == self.path
            self.open()
        return self.page

    @property
    def html(self) -> str:
        """The page as it was sent."""
        text: str = self.page.content.decode()
        return text

    @property
    def text(self) -> str:
        """The page as it is read, on one line."""
        return " ".join(unescape(TAGS.sub(" ", self.html)).split())
