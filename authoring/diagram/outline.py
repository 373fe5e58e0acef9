"""What a diagram shows of a template document, in words. Any JSON is read: a draft may be wrong in any way."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from authoring.diagram.text_width import NO_BREAK, clean
from engine.conditions import Operator, key_of
from engine.plain_words import listed, quoted, readable
from engine.wording import Vocabulary, as_list, as_mapping, condition_in_words

MAX_SHOWN = 100
"""So many steps are drawn, so many fields of a step named."""

_BETWEEN = f"{NO_BREAK}· "


class Kind(StrEnum):
    """What a step does; each has a shape of its own."""

    ASKING = "asking"
    INFORMATION = "information"
    ACTION = "action"
    ENDING = "ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A condition on one field of which the answer is, or is not, among these."""

    field: str
    among: frozenset[Hashable]
    is_other: bool = False

    def excludes(self, other: "Choice") -> bool:
        """Tell whether no answer fits both."""
        if self.field != other.field or (self.is_other and other.is_other):
            return False
        if self.is_other:
            return other.among <= self.among
        return self.among <= other.among if other.is_other else self.among.isdisjoint(other.among)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One step in words; `condition` is empty if it always applies."""

    number: int
    id: str | None
    name: str
    kind: Kind
    is_optional: bool
    says: str
    """What happens in it, as the end of a sentence."""
    shows: str
    """The same as briefly as a box needs it."""
    ends: str = ""
    """What it comes to, if the workflow ends here."""
    condition: str = ""
    when: Hashable = None
    """Two steps with the same condition have the same key."""
    choice: Choice | None = None
    asked: tuple[str, ...] = ()
    """The names of its fields."""
    needed: frozenset[str] = frozenset()
    """The fields without an answer to which it does not apply."""

    @property
    def sentence(self) -> str:
        """The step in plain words."""
        parts = ["may be skipped"] if self.is_optional else []
        parts += [f"only if {self.condition}"] if self.condition else []
        parts += [words for words in (self.says, self.ends) if words]
        return f"{self.number}. {self.name}: {'; '.join(parts)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A whole template in words."""

    name: str
    needs: str
    """What must be completed before, or nothing."""
    steps: tuple[Part, ...]
    left_out: int
    """How many steps there are beyond those that are shown."""
    must_confirm: bool
    finish: str
    """What happens at the end."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The template in plain words, in its order."""
        found = [f"First: {self.needs}."] if self.needs else []
        found += [part.sentence for part in self.steps]
        found += [f"And {self.left_out} more steps."] if self.left_out else []
        found += ["Then: the person looks at all answers and confirms them."] if self.must_confirm else []
        return (*found, f"Finally: {self.finish}.")


def outline(document: Any) -> Outline:
    """Return what a document says, as far as it can be read."""
    whole = as_mapping(document)
    reader = _Reader(Vocabulary.of(whole))
    steps = as_list(whole.get("steps"))
    return Outline(
        name=_text(whole.get("name")) or "Template without a name",
        needs=_needs(whole),
        steps=tuple(reader.part(number, as_mapping(step)) for number, step in enumerate(steps[:MAX_SHOWN], start=1)),
        left_out=max(0, len(steps) - MAX_SHOWN),
        must_confirm=whole.get("confirmation") == "required",
        finish=_end_action(whole) or "the answers are kept, and nothing else happens",
    )


class _Reader:
    """Reads steps with the names that their document gives to fields and choices."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def part(self, number: int, step: Mapping[str, Any]) -> Part:
        when, ending = step.get("when"), step.get("end")
        kind = _kind(step)
        step_id = step.get("id")
        asked = [name for name in as_list(step.get("fields")) if isinstance(name, str)]
        return Part(
            number=number,
            id=step_id.encode("utf-8", "replace").decode() if isinstance(step_id, str) and step_id else None,
            name=self._words(step.get("name")) or "Step without a name",
            kind=kind,
            is_optional=step.get("required") is False,
            says=self._says(step, kind, fields=_listed(_told_apart(map(self._field, asked)))),
            shows=self._says(step, kind, fields=_BETWEEN.join(map(self._brief_field, asked[:MAX_SHOWN]))),
            ends=_ending(as_mapping(ending)) if kind is Kind.ENDING else "",
            condition=self._condition(when) if when is not None else "",
            when=key_of(when),
            choice=_choice(when),
            asked=tuple(asked),
            needed=_needed(when),
        )

    def _says(self, step: Mapping[str, Any], kind: Kind, *, fields: str) -> str:
        if kind is Kind.ACTION:
            action = as_mapping(step.get("action"))
            return f"the server finds out {fields} {_source(action)}" if fields else f"the server {_act(action)}"
        if fields:
            return f"asks for {fields}"
        told = self._words(step.get("description")).rstrip(".")
        if told:
            return f"tells the person “{told}”"
        return "" if kind is Kind.ENDING else "tells the person its name"

    def _words(self, value: Any) -> str:
        return clean(self._vocabulary.text(value)) if isinstance(value, str) else ""

    def _field(self, name: str) -> str:
        label = clean(self._vocabulary.label(name))
        when = self._vocabulary.schema(name).get("x-when")
        return label if when is None else f"{label} (only if {self._condition(when)})"

    def _brief_field(self, name: str) -> str:
        label = clean(self._vocabulary.label(name))
        return f"{label} (sometimes)" if "x-when" in self._vocabulary.schema(name) else label

    def _condition(self, when: Any) -> str:
        return clean(condition_in_words(when, self._vocabulary))


def _kind(step: Mapping[str, Any]) -> Kind:
    if isinstance(step.get("end"), Mapping):
        return Kind.ENDING
    if isinstance(step.get("action"), Mapping):
        return Kind.ACTION
    return Kind.ASKING if as_list(step.get("fields")) else Kind.INFORMATION


def _choice(when: Any) -> Choice | None:
    match when:
        case {"field": str(field), "op": "==" | "!=" as op, "value": value}:
            return Choice(field=field, among=frozenset([key_of(value)]), is_other=op == "!=")
        case {"field": str(field), "op": "in" | "not_in" as op, "value": list(values)}:
            return Choice(field=field, among=frozenset(map(key_of, values)), is_other=op == "not_in")
        case _:
            return None


def _needed(when: Any) -> frozenset[str]:
    """Return the fields without an answer to which a condition is never true, as far as that is plain."""
    match when:
        case {"all": [*parts]}:
            return frozenset().union(*map(_needed, parts))
        case {"any": [first, *others]}:
            return _needed(first).intersection(*map(_needed, others))
        case {"field": str(field), "op": str(op)} if op != Operator.EMPTY:
            return frozenset([field])
        case _:
            return frozenset()


def _needs(document: Mapping[str, Any]) -> str:
    entries = as_list(document.get("prerequisites"))
    named = [_text(as_mapping(entry).get("template") if isinstance(entry, Mapping) else entry) for entry in entries]
    templates = _listed([quoted(name) for name in named if name])
    return f"the person must have completed {templates}" if templates else ""


def _ending(ending: Mapping[str, Any]) -> str:
    outcome = _text(ending.get("outcome"))
    words = f"ends here as “{readable(outcome)}”" if outcome else "ends here"
    action = _end_action(ending)
    return f"{words} and {action}" if action else words


def _end_action(source: Mapping[str, Any]) -> str:
    target = _text(source.get("end_action_target"))
    match source.get("end_action_type"):
        case "api_call":
            return f"sends the answers to {_host(target)}"
        case "workflow":
            return f"goes on with “{target}”" if target else "goes on with another template"
        case "tool_call":
            return f"uses the tool “{target}”" if target else "uses a tool"
        case _:
            return ""


def _source(action: Mapping[str, Any]) -> str:
    target = _text(action.get("target"))
    if action.get("type") == "tool_call":
        return f"with the tool “{target}”" if target else "with a tool"
    return f"from {_host(target)}"


def _act(action: Mapping[str, Any]) -> str:
    """Say what an action does of which nothing is kept."""
    target = _text(action.get("target"))
    if action.get("type") == "tool_call":
        return f"uses the tool “{target}”" if target else "uses a tool"
    return f"sends a request to {_host(target)}"


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname
    except ValueError:  # as in "http://["
        host = None
    return host or url or "an address that is still missing"


def _listed(words: Sequence[str]) -> str:
    """Return names as people list them, and only the number of those beyond what anybody reads."""
    more = len(words) - MAX_SHOWN
    return listed([*words[:MAX_SHOWN], f"{more} more"] if more > 0 else words) if words else ""


def _told_apart(names: Iterable[str]) -> list[str]:
    """Put names into quotation marks if one of them reads like a list itself."""
    known = list(names)
    return [quoted(name) for name in known] if any("," in name or " and " in name for name in known) else known


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""
