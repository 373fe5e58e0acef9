"""Inputs that each stand for one keyword of a property: what they show of it, and how they write it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from authoring.sheet.kinds import Kind, Schema
from authoring.sheet.naming import pattern_of
from authoring.sheet.rows import Misfit, shown
from authoring.sheet.values import number_of, number_text, value_of, value_text

_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.EMAIL, Kind.LINK})
_NUMBERS = frozenset({Kind.NUMBER, Kind.INTEGER})
_LISTS = frozenset({Kind.CHOICES, Kind.TEXTS, Kind.THINGS})
_ASKED = frozenset(Kind) - {Kind.COMPUTED, Kind.LOCKED}
_ALL = frozenset(Kind) - {Kind.LOCKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One input of a field. `write` raises :class:`Misfit` for a text that it cannot take."""

    name: str
    kinds: frozenset[Kind]
    show: Callable[[Schema], str]
    write: Callable[[dict[str, Any], str], None]


def _words(name: str, keyword: str, kinds: frozenset[Kind], *, lines: bool = False) -> Column:
    def write(schema: dict[str, Any], text: str) -> None:
        _set(schema, keyword, text.strip() or None)

    return Column(name=name, kinds=kinds, show=lambda schema: shown(schema.get(keyword), lines=lines), write=write)


def _flag(name: str, keyword: str, kinds: frozenset[Kind], *, value: Any = True) -> Column:
    def write(schema: dict[str, Any], text: str) -> None:
        _set(schema, keyword, value if text else None)

    return Column(name=name, kinds=kinds, show=lambda schema: "on" if schema.get(keyword) is value else "", write=write)


def _number(name: str, keyword: str, kinds: frozenset[Kind], *, least: int | None = None) -> Column:
    def write(schema: dict[str, Any], text: str) -> None:
        value = number_of(text, whole=least is not None) if text.strip() else None
        if value is not None and least is not None and value < least:
            raise Misfit(f"Give a whole number, {least} or more.")
        _set(schema, keyword, value)

    return Column(name=name, kinds=kinds, show=lambda schema: number_text(schema.get(keyword)), write=write)


def _one_of(name: str, keyword: str, kinds: frozenset[Kind], allowed: Iterable[str]) -> Column:
    allowed = frozenset(allowed)

    def show(schema: Schema) -> str:
        return schema[keyword] if schema.get(keyword) in allowed else ""

    def write(schema: dict[str, Any], text: str) -> None:
        if text and text not in allowed:
            raise Misfit("Choose one of the list.")
        _set(schema, keyword, text or None)

    return Column(name=name, kinds=kinds, show=show, write=write)


def _set(schema: dict[str, Any], keyword: str, value: Any) -> None:
    if value is None:
        schema.pop(keyword, None)
    else:
        schema[keyword] = value


def _show_wordings(schema: Schema) -> str:
    wordings = schema.get("x-ask")
    return "\n".join(map(shown, wordings)) if isinstance(wordings, list) else ""


def _write_wordings(schema: dict[str, Any], text: str) -> None:
    _set(schema, "x-ask", [line.strip() for line in text.split("\n") if line.strip()] or None)


def _explained(schema: Schema) -> bool:
    """Tell whether the pattern of a property is that of its first example."""
    examples = schema.get("examples")
    return bool(
        isinstance(examples, list)
        and examples
        and isinstance(examples[0], str)
        and shown(examples[0]) == examples[0]
        and schema.get("pattern") == pattern_of(examples[0])
    )


def _show_example(schema: Schema) -> str:
    return str(schema["examples"][0]) if _explained(schema) else ""


def _write_example(schema: dict[str, Any], text: str) -> None:
    listed = schema.get("examples")
    examples = listed if isinstance(listed, list) else []
    others = examples[1:] if _explained(schema) else examples
    if text.strip():
        schema["pattern"], schema["examples"] = pattern_of(text.strip()), [text.strip(), *others]
    elif _explained(schema):
        del schema["pattern"]
        _set(schema, "examples", others or None)


def _show_pattern(schema: Schema) -> str:
    return "" if _explained(schema) else shown(schema.get("pattern"))


def _write_pattern(schema: dict[str, Any], text: str) -> None:
    if not _explained(schema) or text:
        _set(schema, "pattern", text or None)


def _show_suggestion(schema: Schema) -> str:
    return value_text(schema["default"]) or "" if "default" in schema else ""


def _write_suggestion(schema: dict[str, Any], text: str) -> None:
    _set(schema, "default", value_of(text, schema) if text.strip() else None)


COLUMNS: tuple[Column, ...] = (
    _words("label", "title", _ALL),
    _words("help", "description", _ALL, lines=True),
    _words("unit", "x-unit", _NUMBERS | {Kind.COMPUTED, Kind.TEXT}),
    _number("minimum", "minimum", _NUMBERS),
    _number("maximum", "maximum", _NUMBERS),
    _number("min_length", "minLength", _TEXTS, least=0),
    _number("max_length", "maxLength", _TEXTS, least=1),
    _number("min_items", "minItems", _LISTS, least=0),
    _number("max_items", "maxItems", _LISTS, least=1),
    Column(name="example", kinds=frozenset({Kind.TEXT}), show=_show_example, write=_write_example),
    Column(name="pattern", kinds=_TEXTS, show=_show_pattern, write=_write_pattern),
    _flag("must_be_yes", "const", frozenset({Kind.BOOLEAN})),
    Column(name="ask", kinds=_ASKED, show=_show_wordings, write=_write_wordings),
    Column(
        name="suggestion",
        kinds=_TEXTS | _NUMBERS | {Kind.BOOLEAN, Kind.DATE, Kind.CHOICE},
        show=_show_suggestion,
        write=_write_suggestion,
    ),
    _one_of("sensitive", "x-sensitive", _ALL, ("mask", "never_llm")),
    _flag("read_only", "readOnly", _ASKED),
    _flag("ask_first", "x-ask-first", _ASKED),
    _flag("own_address", "x-own-address", frozenset({Kind.EMAIL})),
    _one_of("on_change", "x-on-change", _ASKED, ("revalidate", "reset")),
)

LIMITS = (("minimum", "maximum"), ("min_length", "max_length"), ("min_items", "max_items"))
"""Pairs of inputs of which the first must not be above the second."""
