"""The page that imports, as people use it."""

import json
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import document, step
from rest.tests.staff import browser as staff

URL = "/admin/registry/workflowtemplate/import/"
LIST = "/admin/registry/workflowtemplate/"
EVERYTHING = (
    "registry.view_workflowtemplate",
    "registry.add_workflowtemplate",
    "registry.change_workflowtemplate",
    "registry.publish_workflowtemplate",
)
AUTHOR = EVERYTHING[:3]
BAD = document(name="bad", steps=[step("a", name="The loan", fields=["emial"])])


def publisher() -> Client:
    return staff(*EVERYTHING)


def show(browser: Client, *files: tuple[str, Any], text: str = "") -> str:
    answer = browser.post(URL, {"uploads": [upload(*file) for file in files], "text": text})
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def store(browser: Client, shown: str, **choices: str) -> Any:
    """Send the form back as it was shown; a choice is named c0_1 for the second document of the first file."""
    given = {f"choice-{name[1:].replace('_', '-')}": choice for name, choice in choices.items()}
    return browser.post(URL, {"signed": signature_in(shown), **given}, follow=True)


def signature_in(page: str) -> str:
    found = re.search(r'name="signed" value="([^"]+)"', page)
    assert found
    return found[1]


def upload(name: str, content: Any) -> SimpleUploadedFile:
    if isinstance(content, list):
        content = "\n".join(json.dumps(entry) for entry in content)
    elif isinstance(content, dict):
        content = json.dumps(content)
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
