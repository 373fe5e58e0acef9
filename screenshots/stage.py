"""The service that is photographed: fresh, with the examples, a draft that has problems, and a few workflows."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workflows_site.tests.servers import Server, Site, site

AUTHOR = "Nora"
EXAMPLE = Path(__file__).parent / "flu_vaccination.json"
"""What the authors' guide builds."""
TOLD = {
    "completed_for": "myself",
    "full_name": "Ada Moss",
    "date_of_birth": "1985-03-04",
    "sex_at_birth": "female",
    "phone": "+33 1 23 45 67 89",
    "visit_reason": "pain",
}
PASSWORD = "made for pictures"  # noqa: S105  of a database that is gone when they are taken


@contextmanager
def stage(folder: Path) -> Iterator[tuple[Server, str]]:
    """Serve it from a database in this folder until the block ends; with it comes the link to somebody's workflow."""
    scene = site(folder, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
    _manage(scene, "migrate", "--verbosity", "0")
    _manage(scene, "createsuperuser", "--noinput", "--username", AUTHOR, "--email", "")
    _manage(scene, "bootstrap")
    key = _manage(scene, "issue_api_key", "pictures").strip()
    with scene.serving() as server:
        extra = _Extra(server, key)
        extra.play()
        yield server, extra.link()


def _manage(scene: Site, *arguments: str) -> str:
    ran = scene.manage(*arguments)
    if ran.returncode:
        raise RuntimeError(f"manage.py {arguments[0]}: {ran.stderr}")
    return ran.stdout


class _Extra:
    """A chat backend that gives the author something to look at."""

    def __init__(self, server: Server, key: str) -> None:
        self._server, self._key = server, key

    def play(self) -> None:
        """Publish the guide's example, change it, save a draft with a slip in it, and lead some conversations."""
        self._publish_example()
        (draft,) = self._ask("GET", "/api/workflow-templates?name=appointment")["results"]
        draft["steps"][0]["fields"].append("prefered_day")
        template = draft["id"]
        for told in ("id", "current_version", "has_draft", "created_at", "updated_at"):
            del draft[told]
        self._ask("PUT", f"/api/workflow-templates/{template}/draft", {"document": draft})
        for number, template in enumerate(["medical_intake", "medical_intake", "customer_feedback", "appointment"]):
            self._start(template, conversation=number)
        feedback = self._start("customer_feedback", conversation=10)
        said = {"topic": "website", "rating": 2, "what_went_wrong": ["hard_to_use"]}
        self._ask("POST", f"/api/workflows/{feedback}/submit", {"acknowledge": ["privacy"], "data": said})
        self._ask("POST", f"/api/workflows/{feedback}/submit", {"skip": ["complaint", "idea", "contact"]})

    def link(self) -> str:
        """Return the path of the page of somebody who has told the chat who they are, and that they are in pain."""
        intake = self._start("medical_intake", conversation=20)
        self._ask("POST", f"/api/workflows/{intake}/submit", {"acknowledge": ["emergency_notice"], "data": TOLD})
        url: str = self._ask("POST", f"/api/workflows/{intake}/link")["url"]
        return urlsplit(url).path

    def _publish_example(self) -> None:
        example = json.loads(EXAMPLE.read_text())
        made = self._ask("POST", "/api/workflow-templates", example)
        example["state_schema"]["properties"]["full_name"]["minLength"] = 2
        self._save_and_publish(made["id"], example, note="A name has two letters at least.")
        example["steps"][3]["rules"][0]["message"] = "We need a day to prepare: please choose one after today."
        self._ask("PUT", f"/api/workflow-templates/{made['id']}/draft", {"document": example})

    def _save_and_publish(self, template: str, document: Any, *, note: str) -> None:
        self._ask("PUT", f"/api/workflow-templates/{template}/draft", {"document": document})
        self._ask("POST", f"/api/workflow-templates/{template}/publish", {"note": note})

    def _start(self, template: str, *, conversation: int) -> str:
        person = {"user_id": f"patient {conversation}", "user_type": "patient"}
        order = {"template": template, "conversation_id": f"conversation {conversation}", **person}
        workflow: str = self._ask("POST", "/api/workflows", order)["id"]
        return workflow

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body)
        status, answer = self._server.ask(path, method=method, body=sent, **headers)
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {answer}")
        return json.loads(answer)
