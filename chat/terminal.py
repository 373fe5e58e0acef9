"""How the chat looks in a terminal: who speaks, in colour where there is any."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, TextIO

YOU = "You"

_BOLD, _DIM, _RED = "1", "2", "31"


class Terminal:
    """Where the conversation is shown, line by line."""

    def __init__(self, out: TextIO, *, bot: str) -> None:
        self._out = out
        self._bot = bot
        self._has_colours = out.isatty() and "NO_COLOR" not in os.environ

    def notice(self, text: str) -> None:
        """Show something that neither side said."""
        self._show(text, colour=_DIM)

    def trouble(self, text: str) -> None:
        """Show what went wrong."""
        self._show(text, colour=_RED)

    def reply(self, text: str) -> None:
        """Show what the bot said."""
        self._show(f"{self._in_colour(f'{self._bot}:', _BOLD)} {text}\n")

    def call(self, call: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Show that a tool was called, and what came of it in short."""
        error, result = answer["error"], answer["result"]
        became = error["code"] if error else f"{result['outcome']}, next: {result['next']}"
        self._show(f"  [{call['name']} {call['arguments']}: {became}]", colour=_DIM)

    def typed(self) -> Iterator[str]:
        """Return what the person types, until they end it with Ctrl-D or Ctrl-C."""
        with suppress(ImportError):
            import readline  # noqa: F401, PLC0415  arrows and history, where the platform has it
        with suppress(EOFError, KeyboardInterrupt):
            while True:
                if said := input(f"{YOU}: ").strip():
                    yield said
        self._show("")

    def replayed(self, lines: Iterable[str]) -> Iterator[str]:
        """Return what a script says, shown as if it had been typed; lines that begin with `#` are comments."""
        for line in lines:
            if (said := line.strip()) and not said.startswith("#"):
                self._show(f"{YOU}: {said}")
                yield said

    def _show(self, text: str, *, colour: str = "") -> None:
        print(self._in_colour(text, colour), file=self._out, flush=True)

    def _in_colour(self, text: str, colour: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if colour and text and self._has_colours else text
