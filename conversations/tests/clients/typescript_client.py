"""The official TypeScript client, in a process of node that is told what to do line by line."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from conversations.tests.clients.driving import Refused

HOME = Path(__file__).parents[1] / "typescript"


def node() -> str | None:
    """Return the path of the node that runs it, if it can run here."""
    found = os.environ.get("NODE") or shutil.which("node")
    return found if found and (HOME / "node_modules").is_dir() else None


class TypeScriptDriver:
    """Connects clients, all of which live in one process."""

    def __init__(self, executable: str) -> None:
        self._names = count(1)
        self._process = subprocess.Popen(  # noqa: S603  our own script
            [executable, "client.mjs"],
            cwd=HOME,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def connect(self, url: str, key: str, *, mode: str = "modern", agrees: bool | None = None) -> "TypeScriptClient":
        """Connect a client that shows a key."""
        name = f"client {next(self._names)}"
        about = self.ask(name, "connect", url=url, key=key, mode=mode, agrees=agrees)
        return TypeScriptClient(self, name, about)

    def ask(self, client: str, act: str, **more: Any) -> Any:
        """Let a client do something, and return what came of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps({"client": client, "act": act, **more}), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise Refused(json.dumps(answer["error"]))
        return answer["result"]

    def close(self) -> None:
        """Disconnect every client."""
        with self._process:
            self._process.stdin.close() if self._process.stdin else None
            self._process.wait(10)


class TypeScriptClient:
    """A client that is connected."""

    def __init__(self, driver: TypeScriptDriver, name: str, about: Mapping[str, Any]) -> None:
        self._driver = driver
        self._name = name
        self.version = about["version"]
        self.capabilities: Mapping[str, Any] = about["capabilities"]
        self.instructions = about["instructions"]

    def asked(self) -> list[str]:
        """Return what its person was asked."""
        return list(self._ask("asked"))

    def tools(self) -> list[dict[str, Any]]:
        """List the tools, past what the client remembers of them."""
        return list(self._ask("tools"))

    def prompts(self) -> list[dict[str, Any]]:
        """List the prompts."""
        return list(self._ask("prompts"))

    def prompt(self, name: str) -> list[dict[str, Any]]:
        """Return the messages of a prompt."""
        return list(self._ask("prompt", prompt=name))

    def resources(self) -> list[dict[str, Any]]:
        """List the resources."""
        return list(self._ask("resources"))

    def resource(self, uri: str) -> list[dict[str, Any]]:
        """Return the contents of a resource."""
        return list(self._ask("resource", uri=uri))

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool; a question is put to the person."""
        return dict(self._ask("call", tool=tool, args=arguments))

    def round(self, tool: str, arguments: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
        """Call a tool once, with what answers its question, if anything does."""
        return dict(self._ask("round", tool=tool, args=arguments, more=more))

    def _ask(self, act: str, **more: Any) -> Any:
        return self._driver.ask(self._name, act, **more)
