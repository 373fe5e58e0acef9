"""A service on a port, a conversation to have with it, and clients that are run as they are."""

import runpy
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from chat.__main__ import main
from chat.stand_in import NAME, serving
from chat.tests.listening import Listener, listening
from conftest import step
from permissions.models import UserType
from permissions.services import issue_api_key
from registry.models import WorkflowTemplate

ROOT = Path(__file__).parents[2]

type Talk = Callable[[Sequence[str]], str]
"""Says these things, one after the other, and returns everything that was shown."""


@pytest.fixture(scope="session")
def stand_in() -> Iterator[str]:
    """Return the base URL of a stand-in."""
    with serving() as url:
        yield url


@pytest.fixture
def service(
    live_server: LiveServer, stand_in: str, hotel: WorkflowTemplate, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Listener]:
    """Run the service; the environment names it, the key of a chat backend, and the stand-in in place of each model."""
    with listening(live_server.url) as listener:
        variables = {
            "WORKFLOWS_URL": listener.url,
            "WORKFLOWS_KEY": issue_api_key("chat", scopes=["workflows:read", "workflows:run"]),
            "USER_TYPE": "guest",
            "OPENAI_BASE_URL": stand_in,
            "OPENAI_API_KEY": "none",
            "ANTHROPIC_BASE_URL": stand_in.removesuffix("/v1"),
            "ANTHROPIC_API_KEY": "none",
            "OPENAI_MODEL": NAME,
            "ANTHROPIC_MODEL": NAME,
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        for name in ("CHAT_BASE_URL", "CHAT_API_KEY", "CHAT_MODEL"):
            monkeypatch.delenv(name, raising=False)
        yield listener


@pytest.fixture
def hotel(
    transactional_db: None, make_template: Callable[..., WorkflowTemplate], make_user_type: Callable[..., UserType]
) -> WorkflowTemplate:
    """Return a template that guests may use, with something to refuse, to branch on, and to confirm."""
    template = make_template(
        name="hotel",
        description="A room in our hotel",
        properties={
            "name": {"type": "string", "title": "Your name", "x-order": 1},
            "nights": {
                "type": "integer",
                "title": "How many nights",
                "minimum": 1,
                "x-order": 2,
                "x-ask": ["How long will you stay?", "For how many nights, one at least?"],
                "x-messages": {"minimum": "Nobody can stay for less than a night."},
            },
            "breakfast": {"type": "boolean", "title": "Breakfast", "x-order": 3},
            "time": {
                "title": "When to have it",
                "oneOf": [{"const": "early", "title": "At six"}, {"const": "late", "title": "At nine"}],
                "x-order": 4,
            },
        },
        steps=[
            step("stay", fields=["name", "nights"]),
            step("food", fields=["breakfast"]),
            step("table", fields=["time"], when={"field": "breakfast", "op": "==", "value": True}),
        ],
        confirmation="required",
    )
    make_user_type(template, name="guest")
    return template


@pytest.fixture
def in_terminal(service: Listener, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a way to chat in the terminal, with more arguments if need be."""

    def talk(said: Sequence[str], *more: str) -> str:
        script = tmp_path / "script.txt"
        script.write_text("\n".join(said))
        status = main(["--script", str(script), "--user-type", "guest", *more])
        shown = capsys.readouterr().out
        assert status == 0, shown
        return shown

    return talk


@pytest.fixture
def run_example(
    service: Listener, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Return a way to run a script of examples/clients as it is, with what a person types."""

    def run(name: str, said: Sequence[str], *arguments: str) -> str:
        monkeypatch.setattr("sys.argv", [name, *arguments])
        monkeypatch.setattr("sys.stdin", StringIO("".join(f"{line}\n" for line in said)))
        runpy.run_path(str(ROOT / "examples" / "clients" / name), run_name="__main__")
        return capsys.readouterr().out

    return run


def arguments_of(calls: Sequence[Any], name: str) -> list[Any]:
    """Return what a tool was called with, each time."""
    return [call["arguments"] for call in calls if call["name"] == name]
