"""What of a schema is told in words, for models that read descriptions rather than keywords."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from engine.messages import choices
from engine.placeholders import PLACEHOLDER
from engine.plain_words import is_text

UNKNOWN = "…"
"""What stands where a value will: what is told here is told before there are values."""

MAX_CHARACTERS = 300
"""Of a keyword that has no words of its own."""

_SENTENCES = {
    "minLength": "At least {} characters.",
    "maxLength": "At most {} characters.",
    "minItems": "At least {} entries.",
    "maxItems": "At most {} entries.",
    "uniqueItems": "No entry twice.",
    "format": "Format: {}.",
    "default": "Suggested: {}.",
    "examples": "Examples: {}.",
}


def sentences(*parts: str) -> str:
    """Return parts of a description as one text, each ended like a sentence."""
    said = (part.strip() for part in parts)
    return " ".join(part if part[-1] in ".!?:…" else f"{part}." for part in said if part)


def blanked(text: str) -> str:
    """Return an author's text without values: where one belongs, it says that there is something."""
    return PLACEHOLDER.sub(UNKNOWN, text)


def description_of(schema: Mapping[str, Any]) -> str:
    """Return what a person would need to know to give this value: its label, its unit, what the choices mean."""
    ask_first = "Only in answer to this question, never inferred" if schema.get("x-ask-first") is True else ""
    return sentences(
        _text(schema, "title"),
        _text(schema, "description"),
        f"In {unit}" if (unit := _text(schema, "x-unit")) else "",
        _choices_in_words(schema),
        "One of the choices that the context offers" if schema.get("x-choices") else "",
        ask_first,
    )


def named(names: Iterable[tuple[str, str]]) -> str:
    """Return names with what people call the things: a = An apple; b = A book."""
    return "; ".join(f"{name} = {blanked(title)}" for name, title in names)


def keyword_in_words(keyword: str, value: Any) -> str:
    """Return a sentence for what a keyword asks, or its JSON where there is none."""
    if keyword == "uniqueItems" and value is not True:
        return ""
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    if sentence := _SENTENCES.get(keyword):
        return sentence.format(told[:MAX_CHARACTERS])
    return f"Also, in JSON Schema, {keyword}: {told[:MAX_CHARACTERS]}."


def _text(schema: Mapping[str, Any], key: str) -> str:
    found = schema.get(key)
    return blanked(found) if is_text(found) else ""


def _choices_in_words(schema: Mapping[str, Any]) -> str:
    """Return what the choices mean, if that is more than what they are."""
    titled = () if "enum" in schema else choices(schema) or ()
    return f"Choices: {named((_told(value), title) for value, title in titled)}" if titled else ""


def _told(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
