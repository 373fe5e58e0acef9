"""The panel in which a draft is tried out, and an author who presses its buttons."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string

from authoring.trial.panel import Panel, panel
from authoring.trial.walking import Walk
from engine.tests.builders import TODAY, document, info, step

LOAN = document(
    step("one", "amount", "name"),
    info("notice", description="Read this."),
    step("extras", "gift", required=False),
    properties={
        "amount": {"type": "number", "maximum": 100, "title": "Amount"},
        "name": {"type": "string", "title": "Name"},
    },
    required=["amount", "name"],
    confirmation="required",
    end_action_type="api_call",
    end_action_target="https://bank.example/loans",
)


def shown_by(source: Any, posted: QueryDict) -> Panel:
    shown: Panel = panel(source, posted, today=TODAY)["trial"]
    return shown


class Author:
    """Presses buttons, and posts with each what the panel showed before."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        self.source = source
        self.panel = Panel()
        self.press("")

    def press(self, button: str, **answers: str) -> Walk:
        posted = QueryDict(mutable=True)
        posted.update({f"try-{name}": answer for name, answer in answers.items()})
        posted["trial-acts"], posted["trial-button"] = self.panel.acts, button
        if self.panel.walk and self.panel.walk.correcting:
            posted["trial-correcting"] = self.panel.walk.correcting
        self.panel = shown_by(self.source, posted)
        return self.walk

    @property
    def walk(self) -> Walk:
        assert self.panel.walk is not None
        return self.panel.walk

    @property
    def state(self) -> dict[str, str]:
        return {value.field: value.words for value in self.walk.collected}

    @property
    def acts(self) -> list[str]:
        return [act["act"] for act in json.loads(self.panel.acts)]

    @property
    def html(self) -> str:
        return render_to_string("authoring/_trial.html", {"trial": self.panel})
