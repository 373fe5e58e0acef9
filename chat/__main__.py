"""Chat in the terminal: `make chat`, or `python -m chat` with a service that runs."""

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from chat.conversation import Conversation
from chat.exchange import Trouble
from chat.model import Model
from chat.service import Service
from chat.stand_in import NAME, serving
from chat.terminal import Terminal

ENVIRONMENT = """\
environment:
  WORKFLOWS_URL   the service (http://127.0.0.1:8000)
  WORKFLOWS_KEY   an API key of it; without one, `make chat` runs a service of its own with the examples
  CHAT_BASE_URL   an endpoint that speaks as OpenAI's does, such as https://api.openai.com/v1;
                  without one a scripted stand-in answers, which is no AI
  CHAT_API_KEY    a key for that endpoint
  CHAT_MODEL      the model to ask for there
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Chat until the person ends it; return the status of the process."""
    asked = _asked(arguments)
    key = os.environ.get("WORKFLOWS_KEY", "")
    if not key:
        print("WORKFLOWS_KEY is not set: `make up` prints a key, once, and `make chat` needs none.", file=sys.stderr)
        return 2
    service = Service(
        url=os.environ.get("WORKFLOWS_URL") or "http://127.0.0.1:8000",
        key=key,
        conversation=asked.conversation,
        user=asked.user,
        user_type=asked.user_type,
    )
    with _model() as model:
        return _chat(service, model, asked)


def _asked(arguments: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(
        prog="python -m chat",
        description="A chat in the terminal, which runs workflows.",
        epilog=ENVIRONMENT,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--script", type=Path, help="a file with what the person says, line by line")
    parser.add_argument("--verbose", action="store_true", help="show which tools are called, and with what")
    parser.add_argument("--user-type", default="organiser", help="what kind of user somebody is (organiser)")
    parser.add_argument("--user", default="somebody", help="the id of the user (somebody)")
    parser.add_argument("--conversation", default=f"chat-{uuid4()}", help="go on with an earlier conversation")
    return parser.parse_args(arguments)


@contextmanager
def _model() -> Iterator[Model]:
    """Give the model of the environment, or the stand-in."""
    base_url = os.environ.get("CHAT_BASE_URL")
    if not base_url:
        with serving() as url:
            yield Model(base_url=url, key="none", name=NAME)
        return
    yield Model(
        base_url=base_url, key=os.environ.get("CHAT_API_KEY", "none"), name=os.environ.get("CHAT_MODEL", "default")
    )


def _chat(service: Service, model: Model, asked: Namespace) -> int:
    terminal = Terminal(sys.stdout, bot=model.name[:1].upper() + model.name[1:])
    conversation = Conversation(service=service, model=model, watch=terminal.call if asked.verbose else _unseen)
    try:
        _greet(terminal, service, model)
        said = terminal.replayed(asked.script.read_text().splitlines()) if asked.script else terminal.typed()
        failures = sum(not _turn(terminal, conversation, one) for one in said)
    except (OSError, Trouble) as trouble:
        terminal.trouble(str(trouble))
        return 1
    except KeyboardInterrupt:
        terminal.notice("")
        return 0
    return 1 if failures and asked.script else 0


def _greet(terminal: Terminal, service: Service, model: Model) -> None:
    """Say who answers, and what there is to talk about."""
    context = service.context()
    terminal.notice(f"Conversation {service.conversation} at {service.url}, as {service.user_type}. Ctrl-D ends it.")
    if model.name == NAME:
        terminal.notice(
            "NOT AN AI: a scripted stand-in answers, which looks for numbers, dates, choices and the like in what you\n"
            "say. For a model set CHAT_BASE_URL, CHAT_API_KEY and CHAT_MODEL."
        )
    if workflow := context.get("workflow"):
        terminal.notice(f"Under way: {workflow['template']}")
    for one in context.get("startable", ()):
        terminal.notice(f"- {one['workflow']}: {one['description']}")
    terminal.notice("")


def _turn(terminal: Terminal, conversation: Conversation, said: str) -> bool:
    """Answer one message, and tell whether that succeeded."""
    try:
        terminal.reply(conversation.answer(said))
    except Trouble as trouble:
        terminal.trouble(str(trouble))
        return False
    return True


def _unseen(*_: object) -> None:
    """Watch nothing."""


if __name__ == "__main__":
    raise SystemExit(main())
