"""What differs between the fields of two documents, and between the columns of their lists."""

from collections.abc import Hashable, Mapping
from typing import Any

from engine.conditions import is_number, key_of, same
from engine.difference import (
    MISSING,
    OPAQUE,
    Both,
    Difference,
    Kind,
    Place,
    Saying,
    Teller,
    Telling,
    are_objects,
    changed_keys,
    clause,
    flag,
    moved,
    noun,
    phrase,
    text,
    told_by,
    wording,
)
from engine.plain_words import counted, is_text, listed, number_in_words, quoted
from engine.wording import (
    Vocabulary,
    as_list,
    as_mapping,
    computed_in_words,
    condition_in_words,
    kind_in_words,
    label_of,
    plain_value,
)

_EACH = ", each entry"
_SITUATIONS = {
    "*": "is wrong in any other way",
    "minimum": "is too low",
    "maximum": "is too high",
    "exclusiveMinimum": "is too low",
    "exclusiveMaximum": "is too high",
    "minLength": "is too short",
    "maxLength": "is too long",
    "minItems": "has too few entries",
    "maxItems": "has too many entries",
    "type": "is of another kind",
    "format": "is written in another way",
    "pattern": "is written in another way",
    "enum": "is none of the choices",
    "oneOf": "is none of the choices",
}
_CHOSEN_BY = {"value": "kept by", "label": "shown by"}
_PRIVACY = {"mask": "hidden from whoever has no right to see it", "never_llm": "never shown to a model"}


def schema_differences(place: Place, before: Any, after: Any, within: Both) -> Telling:
    """Return what differs between two state schemas."""
    if not are_objects(before, after):
        return None
    both = as_mapping(before), as_mapping(after)
    has_plain_type = all(part.get("type", "object") == "object" for part in both)  # that goes without saying
    tellers: Mapping[str, Teller] = {"properties": _properties, "required": _required}
    found = told_by(tellers, place, both, already=("type",) if has_plain_type else ())
    return found or None


def _properties(place: Place, before: Any, after: Any, within: Both) -> Telling:
    if not are_objects(before, after):
        return None
    old, new = as_mapping(before), as_mapping(after)
    found: list[Difference] = []
    for name, was, now in changed_keys(old, new):
        at = _child(place, name, was if now is MISSING else now).at(name)
        if was is MISSING:
            facts = _facts(name, now, within[1])
            found.append(at.state(f"added ({facts})", Kind.ADDED, after=facts))
        elif now is MISSING:
            found.append(at.state("removed", Kind.REMOVED, before=_facts(name, was, within[0])))
        elif isinstance(was, Mapping) and isinstance(now, Mapping):
            found += _schemas(at, was, now)
        else:
            found.append(at.state(OPAQUE))
    found += _order(place, old, new)
    return found or None


def _child(place: Place, name: str, schema: Any) -> Place:
    """Return the place of a field, or of a part of one, under its own name."""
    label = f"{place.noun} {quoted(label_of(name, as_mapping(schema)))}"
    return place.at(subject=label if place.noun == "Field" else f"{place.subject.removesuffix(_EACH)}, {label}")


def _facts(name: str, schema: Any, within: Mapping[str, Any]) -> str:
    """Return what is worth knowing of a field that comes or goes."""
    return f"{kind_in_words(schema)}, {'required' if name in as_list(within.get('required')) else 'optional'}"


def _order(place: Place, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return which fields stand elsewhere; of new numbers that change no order, nothing if fields came or went."""
    found = []
    for name, ahead in moved(ordered_fields(before), ordered_fields(after)):
        where = (
            f"after {quoted(label_of(ahead, as_mapping(after[ahead])))}" if ahead is not None else "to the beginning"
        )
        found.append(_child(place, name, after[name]).at(name).state(f"moved {where}", Kind.MOVED))
    if found or before.keys() != after.keys():
        return found
    renumbered = (name for name in ordered_fields(after) if has_new_number(before[name], after[name]))
    return [
        _child(place, name, after[name]).at(name, "x-order").state("has another number; the order is as before")
        for name in list(renumbered)[:1]
    ]


def ordered_fields(properties: Mapping[str, Any]) -> list[str]:
    """Return the names of properties in the order in which people see them."""

    def place(name: str) -> tuple[Any, str]:
        number = as_mapping(properties[name]).get("x-order")
        return (number if is_number(number) else 0), name

    return sorted(properties, key=place)


def has_new_number(before: Any, after: Any) -> bool:
    """Tell whether two schemas differ in the number by which they are ordered."""
    old, new = (as_mapping(schema).get("x-order", MISSING) for schema in (before, after))
    are_schemas = isinstance(before, Mapping) and isinstance(after, Mapping)
    return are_schemas and not same(old, new) and all(number is MISSING or is_number(number) for number in (old, new))


def _required(place: Place, before: Any, after: Any, within: Both) -> Telling:
    """Return which fields are required now, and which no longer; of those that came or went that is told with them."""
    if not all(names is MISSING or _is_names(names) for names in (before, after)):
        return None
    properties = [as_mapping(part.get("properties")) for part in within]
    passing = properties[0].keys() ^ properties[1].keys()
    old, new = (dict.fromkeys(name for name in as_list(names) if name not in passing) for names in (before, after))
    found = [
        _child(place, name, properties[1].get(name)).state(f"is now {'required' if name in new else 'optional'}")
        for name in {**old, **new}
        if (name in old) != (name in new)
    ]
    return found or ([] if passing and list(old) == list(new) else None)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _schemas(place: Place, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what differs between two schemas of one field; a new place in the order is told with those of others."""
    kinds = kind_in_words(before), kind_in_words(after)
    found, already = _choices(place, before, after)
    if kinds[0] != kinds[1]:
        found.insert(0, place.tell(f"{kinds[0]} becomes {kinds[1]}", before=kinds[0], after=kinds[1]))
        already |= {"type", "format"}
    if has_new_number(before, after):
        already.add("x-order")
    return found + told_by(_TELLERS, place, (before, after), already=already)


def _choices(place: Place, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[Difference], set[str]]:
    """Return what differs between what two schemas offer to choose from, and the keys by which they do."""
    (old_key, old), (new_key, new) = options_of(before), options_of(after)
    whole = place.at(subject=place.subject.removesuffix(_EACH))
    found: list[Difference] = []
    for key in dict.fromkeys((*old, *new)):
        if key not in new:
            gone = choice_in_words(old[key])
            found.append(whole.at(old_key).tell(f"choice removed {gone}", Kind.REMOVED, before=gone))
        elif key not in old:
            come = choice_in_words(new[key])
            found.append(whole.at(new_key).tell(f"choice added {come}", Kind.ADDED, after=come))
        elif not same(old[key], new[key]):
            found += _other_choice(whole.at(new_key), old[key], new[key])
    for key, ahead in moved(list(old), list(new)):
        where = f"after {choice_in_words(new[ahead])}" if ahead is not None else "to the beginning"
        found.append(whole.at(new_key).tell(f"choice {choice_in_words(new[key])} moved {where}", Kind.MOVED))
    changed = {key for key, *_ in changed_keys(before, after)}
    return found, {old_key, new_key} & changed if found else set()


def _other_choice(place: Place, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    old, new = choice_in_words(before), choice_in_words(after)
    renamed = [place.tell(f"choice {old} is now called {new}", before=old, after=new)] if old != new else []
    rest = {key for key, *_ in changed_keys(before, after)} - {"title"}
    return renamed if renamed and not rest else [*renamed, place.tell(f"choice {new} {OPAQUE}")]


def options_of(schema: Mapping[str, Any]) -> tuple[str, dict[Hashable, Mapping[str, Any]]]:
    """Return the keyword by which a schema offers choices, and the choices by their values."""
    options = as_list(schema.get("oneOf"))
    if options and all("const" in as_mapping(option) for option in options):
        return "oneOf", {key_of(option["const"]): option for option in options}
    return "enum", {key_of(value): {"const": value} for value in as_list(schema.get("enum"))}


def choice_in_words(option: Mapping[str, Any]) -> str:
    """Return what people read of a choice."""
    title = option.get("title")
    return quoted(title) if is_text(title) else plain_value(option["const"])


def _items(place: Place, before: Any, after: Any, within: Both) -> Telling:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return None
    return _schemas(place.at(subject=place.subject + _EACH, noun="column"), before, after)


def _parts(place: Place, before: Any, after: Any, within: Both) -> Telling:
    """Return what differs between the parts of a group of values, or between the columns of a list."""
    teller = _properties if place.path.endswith("/properties") else _required
    noun = "column" if place.noun == "column" else "part"
    return teller(place.at(noun=noun), before, after, within)


def _title(place: Place, before: Any, after: Any, within: Both) -> Telling:
    if not (is_text(before) and is_text(after)):
        return _TITLE.told(place, before, after, within)
    old, new = quoted(before.strip()), quoted(after.strip())
    if old == new:
        return None
    earlier = place.at(subject=place.subject.removesuffix(new) + old)
    return [earlier.state(f"is now called {new}", before=old, after=new)]


def _messages(place: Place, before: Any, after: Any, within: Both) -> Telling:
    if not are_objects(before, after):
        return None
    both = as_mapping(before), as_mapping(after)
    return told_by(_MESSAGE_TELLERS, place, both) or None


def _limit(value: Any, within: Mapping[str, Any], _words: Vocabulary) -> str | None:
    return number_in_words(value, within.get("x-unit")) if is_number(value) else None


def _characters(value: Any, _within: Mapping[str, Any], _words: Vocabulary) -> str | None:
    return counted(value, "character") if type(value) is int else None


def _entries(value: Any, _within: Mapping[str, Any], _words: Vocabulary) -> str | None:
    return counted(value, "item") if type(value) is int else None


def _any_value(value: Any, within: Mapping[str, Any], _words: Vocabulary) -> str | None:
    return plain_value(value, within)


def _wordings(value: Any, _within: Mapping[str, Any], words: Vocabulary) -> str | None:
    return listed([words.text(plain_value(asked)) for asked in value]) if as_list(value) else None


def _fields(value: Any, _within: Mapping[str, Any], words: Vocabulary) -> str | None:
    names = [words.label(name) for name in as_list(value) if isinstance(name, str)]
    return listed(names) if names else None


def _source(value: Any, _within: Mapping[str, Any], words: Vocabulary) -> str | None:
    """Read out of which list the choices come, and by which parts of its entries they are kept and shown."""
    known = as_mapping(value)
    if not isinstance(known.get("ref"), str):
        return None
    parts = [f"{verb} {plain_value(known[key])}" for key, verb in _CHOSEN_BY.items() if key in known]
    return ", ".join([words.label(known["ref"]), *parts])


def _condition(value: Any, _within: Mapping[str, Any], words: Vocabulary) -> str | None:
    return condition_in_words(value, words)


def _computed(value: Any, _within: Mapping[str, Any], words: Vocabulary) -> str | None:
    return computed_in_words(value, words)


def _privacy(value: Any, _within: Mapping[str, Any], _words: Vocabulary) -> str | None:
    return _PRIVACY.get(value) if isinstance(value, str) else None


_TITLE = noun("label", text)
MESSAGE_SAYINGS: Mapping[str, Saying] = {
    key: noun(f"message if the answer {words}", wording) for key, words in _SITUATIONS.items()
}
_MESSAGE_TELLERS = {key: saying.told for key, saying in MESSAGE_SAYINGS.items()}
FIELD_SAYINGS: Mapping[str, Saying] = {
    "description": noun("help", wording),
    "minimum": phrase("at least", _limit),
    "maximum": phrase("at most", _limit),
    "exclusiveMinimum": phrase("more than", _limit),
    "exclusiveMaximum": phrase("less than", _limit),
    "multipleOf": phrase("a multiple of", _limit),
    "minLength": phrase("at least", _characters),
    "maxLength": phrase("at most", _characters),
    "minItems": phrase("at least", _entries),
    "maxItems": phrase("at most", _entries),
    "uniqueItems": flag("without the same entry twice"),
    "pattern": noun("pattern of the answer", text),
    "default": noun("suggestion", _any_value),
    "const": phrase("always", _any_value),
    "readOnly": flag("asked of nobody: whoever starts the workflow gives it, or an action finds it out"),
    "x-ask": noun("question", _wordings),
    "x-ask-first": flag("accepted only after it was asked"),
    "x-choices": phrase("choices from", _source),
    "x-computed": phrase("computed as", _computed),
    "x-depends-on": phrase("checked again after a change of", _fields),
    "x-on-change": flag("asked again if what it depends on changes", when="reset"),
    "x-own-address": flag("the person's own address, to which e-mails may go"),
    "x-sensitive": phrase("sensitive,", _privacy),
    "x-unit": noun("unit", text),
    "x-when": clause("asked only", "if", _condition),
}
_TELLERS: Mapping[str, Teller] = {
    **{key: saying.told for key, saying in FIELD_SAYINGS.items()},
    "title": _title,
    "items": _items,
    "properties": _parts,
    "required": _parts,
    "x-messages": _messages,
}
