"""Reusable steps in plain words: what one asks, and what became of an author's own edits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.plain_words import quoted
from engine.reusable import ReusableStep
from engine.upgrades import Touched
from engine.wording import Vocabulary, as_list, computed_in_words, condition_in_words, kind_in_words, offers_of

_PARTS = {
    "title": "how it is called",
    "description": "the help",
    "x-ask": "the questions",
    "x-messages": "what is said when an answer is refused",
    "x-when": "when it is asked",
    "x-sensitive": "who may see it",
    "x-unit": "the unit",
    "x-ask-first": "whether it must be asked",
    "required": "whether it is required",
    "pattern": "how it is written",
    "oneOf": "the choices",
    "enum": "the choices",
    "type": "the kind of answer",
    "format": "the kind of answer",
}
_PARTS_OF_STEP = {
    "name": "the name of the step",
    "description": "what the step says",
    "fields": "what the step asks for",
    "rules": "what must hold",
    "when": "when the step is asked",
    "required": "whether the step can be skipped",
}
_SENSITIVE = {"mask": "shown to nobody without the right to see it", "never_llm": "never given to a language model"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldInWords:
    """What a reusable step asks for with one field."""

    label: str
    kind: str
    question: str
    notes: tuple[str, ...]


def step_in_words(reusable: ReusableStep) -> dict[str, Any]:
    """Return a reusable step with its words as people read them where nobody has answered."""
    words, step = _vocabulary(reusable), reusable.content["step"]
    return {**step, "name": words.text(step["name"]), "description": words.text(step.get("description") or "")}


def fields_in_words(reusable: ReusableStep) -> list[FieldInWords]:
    """Return the fields of a reusable step as people read them."""
    required = reusable.content["state_schema"].get("required", ())
    words = _vocabulary(reusable)
    return [
        FieldInWords(
            label=words.label(name),
            kind=kind_in_words(part),
            question=next((words.text(ask) for ask in as_list(part.get("x-ask"))), ""),
            notes=tuple(_notes(part, words, is_required=name in required)),
        )
        for name, part in reusable.fields().items()
    ]


def rules_in_words(reusable: ReusableStep) -> list[str]:
    """Return what must hold, each with what is said when it does not."""
    words = _vocabulary(reusable)
    return [
        f"{condition_in_words(rule['check'], words)}. Else: {quoted(words.text(rule['message']))}"
        for rule in reusable.content["step"].get("rules", ())
    ]


def touched_in_words(touched: Touched, document: Any) -> str:
    """Return which part of a step it is in which an author had a hand."""
    if touched.field is None:
        return _PARTS_OF_STEP.get(touched.key, f"the part {quoted(touched.key)} of the step")
    label = quoted(Vocabulary.of(document).label(touched.field))
    if touched.key == "*":
        return f"the field {label}"
    return f"{label}: {_PARTS.get(touched.key, 'the part ' + quoted(touched.key))}"


def _vocabulary(reusable: ReusableStep) -> Vocabulary:
    return Vocabulary.of({"state_schema": reusable.content["state_schema"]})


def _notes(part: Mapping[str, Any], words: Vocabulary, *, is_required: bool) -> Iterator[str]:
    if "x-computed" in part:
        yield f"worked out: {computed_in_words(part['x-computed'], words)}"
    else:
        yield "required" if is_required else "may be left open"
    titles = [title or str(value) for value, title in offers_of(part)]
    if titles:
        yield f"choices: {', '.join(titles)}"
    if "x-when" in part:
        yield f"asked only if {condition_in_words(part['x-when'], words)}"
    if part.get("x-ask-first"):
        yield "counts only in answer to the question"
    if part.get("x-sensitive") in _SENSITIVE:
        yield _SENSITIVE[part["x-sensitive"]]
