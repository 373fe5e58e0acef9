"""Making of what an author wrote, and of what people said, the request or the arguments that are sent. Pure.

Values are inserted as what they are and nothing else: as JSON in a body, as one quoted piece in a URL, as one line in a
header. A secret keeps its name until :func:`fill_secrets`, which fills in the places that the author gave it and never
what merely looks like one of them.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Never
from urllib.parse import quote, unquote

from engine.definition import NOTHING, EndAction, Field
from engine.errors import Invalid
from engine.headers import refused_header
from engine.placeholders import PLACEHOLDER, Placeholder, Source, placeholder_of
from engine.requests import Request, Slot

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
WITH_DEFAULT_BODY = frozenset({"POST", "PUT", "PATCH"})
WORKFLOW_FACTS = ("id", "template", "version", "conversation_id", "user_id")
SECRET_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?")

_CONTENT_TYPE = "Content-Type"
_GAP = "\x00"  # no document and no value holds it
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HIDDEN = "***"


class Unrenderable(Invalid):
    """What people said, or left open, cannot be put where the author wants it. The message never holds a value."""

    code = "unrenderable"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, reason=code)
        self.reason = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What placeholders can ask for: the live values, and of the workflow `WORKFLOW_FACTS` and `metadata`."""

    state: Mapping[str, Any]
    workflow: Mapping[str, Any] = NOTHING


def render_request(action: EndAction, facts: Facts) -> Request:
    """Return the request of an `api_call`, with its secrets still to be filled in.

    :raises Unrenderable: a value does not fit where it is to go, or is missing there
    """
    config = action.config
    method = config.get("method", "POST")
    slots: list[Slot] = []
    headers = {name: _header(name, text, facts, slots) for name, text in sorted(config.get("headers", {}).items())}
    body = None
    if "body" in config or method in WITH_DEFAULT_BODY:
        pieces = _json(config["body"], facts) if "body" in config else [canonical(_default_body(facts))]
        body = _joined(pieces, slots, header=None)
        if _CONTENT_TYPE.lower() not in map(str.lower, headers):
            headers[_CONTENT_TYPE] = "application/json"
    return Request(method=method, url=render_url(action.target, facts), headers=headers, body=body, slots=tuple(slots))


def render_arguments(action: EndAction, facts: Facts) -> dict[str, Any]:
    """Return the arguments of a `tool_call`; one that is just a field, and not answered, is left out.

    :raises Unrenderable: a secret is named; tools have secrets of their own
    """
    arguments = action.config.get("arguments", {})
    return {name: _filled(part, facts) for name, part in arguments.items() if not _is_unanswered(part, facts)}


def own_addresses(fields: Mapping[str, Field], state: Mapping[str, Any]) -> frozenset[str]:
    """Return the e-mail addresses among the live values that the template says are the person's own."""
    own = (state.get(name) for name, field in fields.items() if field.is_own_address)
    return frozenset(value for value in own if isinstance(value, str))


def secret_names(request: Request) -> tuple[str, ...]:
    """Return the names of the secrets that are still to be filled in, each once, sorted."""
    return tuple(sorted({slot.secret for slot in request.slots}))


def fill_secrets(request: Request, secrets: Mapping[str, str]) -> Request:
    """Return the request as it is sent. Every name in :func:`secret_names` must be among the secrets."""
    places: defaultdict[str | None, list[Slot]] = defaultdict(list)
    for slot in request.slots:
        places[slot.header].append(slot)
    headers = {name: _spliced(text, places[name], secrets) for name, text in request.headers.items()}
    escaped = {name: _inside_text(value) for name, value in secrets.items()}
    body = request.body and _spliced(request.body, places[None], escaped)
    return replace(request, headers=headers, body=body, slots=())


def preview(request: Request) -> dict[str, Any]:
    """Return a rendered request as people are shown it before it is sent: secrets hidden, the body as JSON."""
    shown = fill_secrets(request, dict.fromkeys(secret_names(request), _HIDDEN))
    body = None if shown.body is None else json.loads(shown.body)
    return {"method": shown.method, "url": shown.url, "headers": dict(shown.headers), "body": body}


def canonical(value: Any) -> str:
    """Return a value as JSON text that is always the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _default_body(facts: Facts) -> dict[str, Any]:
    named = {"workflow_id" if name == "id" else name: facts.workflow.get(name) for name in WORKFLOW_FACTS}
    return {**named, "state": dict(facts.state), "metadata": facts.workflow.get("metadata", {})}


# ---- What a placeholder stands for ----


def _value(wanted: Placeholder, facts: Facts) -> Any:
    if wanted.source is Source.STATE:
        return facts.state.get(wanted.name)
    return facts.workflow.get(wanted.name) if wanted.name in WORKFLOW_FACTS else None


def _answered(wanted: Placeholder, facts: Facts, *, place: str) -> str:
    """Return a value as text where there must be one."""
    value = _value(wanted, facts)
    if value is None:
        raise Unrenderable("placeholder_unanswered", f"{_spelt(wanted)} in {place} has no value. Answer it first.")
    return _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical(value)


def _spelt(wanted: Placeholder) -> str:
    return f"{wanted.source}.{wanted.name}"


def _pieces(text: str) -> Iterator[str | Placeholder]:
    """Take a text apart into what is said and what is asked for."""
    end = 0
    for match in PLACEHOLDER.finditer(text):
        yield text[end : match.start()]
        yield placeholder_of(match)
        end = match.end()
    yield text[end:]


def _only(text: str) -> Placeholder | None:
    """Return the placeholder that a text consists of."""
    match = PLACEHOLDER.fullmatch(text)
    return placeholder_of(match) if match else None


# ---- Secrets keep their places ----


@dataclass(frozen=True, slots=True)
class _Secret:
    name: str


def _secret(wanted: Placeholder) -> _Secret:
    if not SECRET_NAME.fullmatch(wanted.name):
        raise Unrenderable("secret_name", f"{wanted.name[:100]!r} is no name of a secret.")
    return _Secret(wanted.name)


def _joined(pieces: Iterable[str | _Secret], slots: list[Slot], *, header: str | None) -> str:
    """Join the pieces of a header or of the body, and note where its secrets go."""
    parts: list[str] = []
    length = 0
    for piece in pieces:
        if isinstance(piece, _Secret):
            slots.append(Slot(secret=piece.name, start=length, header=header))
            parts.append(slots[-1].marker)
        else:
            parts.append(piece)
        length += len(parts[-1])
    return "".join(parts)


def _spliced(text: str, slots: Iterable[Slot], values: Mapping[str, str]) -> str:
    parts, end = [], 0
    for slot in sorted(slots, key=lambda slot: slot.start):
        parts += [text[end : slot.start], values[slot.secret]]
        end = slot.start + len(slot.marker)
    return "".join([*parts, text[end:]])


# ---- Bodies and arguments ----


def _json(part: Any, facts: Facts) -> Iterator[str | _Secret]:
    """Return the JSON text of a part with its placeholders replaced, like :func:`canonical` does without them."""
    match part:
        case str():
            yield from _json_text(part, facts)
        case Mapping():
            yield "{"
            for index, name in enumerate(sorted(part)):
                yield ("," if index else "") + canonical(name) + ":"
                yield from _json(part[name], facts)
            yield "}"
        case list() | tuple():
            yield "["
            for index, entry in enumerate(part):
                yield "," if index else ""
                yield from _json(entry, facts)
            yield "]"
        case _:
            yield canonical(part)


def _json_text(text: str, facts: Facts) -> Iterator[str | _Secret]:
    only = _only(text)
    if only is not None and only.source is not Source.SECRET:
        yield canonical(_value(only, facts))
        return
    yield '"'
    for piece in _pieces(text):
        match piece:
            case str():
                yield _inside_text(piece)
            case Placeholder(source=Source.SECRET):
                yield _secret(piece)
            case _:
                yield _inside_text(_text(_value(piece, facts)))
    yield '"'


def _inside_text(text: str) -> str:
    return canonical(text)[1:-1]


def _filled(part: Any, facts: Facts) -> Any:
    match part:
        case str():
            pieces = list(_pieces(part))
            if any(isinstance(piece, Placeholder) and piece.source is Source.SECRET for piece in pieces):
                raise Unrenderable("secret_misplaced", "A tool is given no secrets. Take the placeholder out.")
            only = _only(part)
            if only is not None:
                return _value(only, facts)
            return "".join(piece if isinstance(piece, str) else _text(_value(piece, facts)) for piece in pieces)
        case Mapping():
            return {name: _filled(below, facts) for name, below in part.items()}
        case list() | tuple():
            return [_filled(below, facts) for below in part]
        case _:
            return part


def _is_unanswered(part: Any, facts: Facts) -> bool:
    only = _only(part) if isinstance(part, str) else None
    return only is not None and only.source is Source.STATE and only.name not in facts.state


# ---- Headers ----


def _header(name: str, text: str, facts: Facts, slots: list[Slot]) -> str:
    place = f"the header {name}"
    pieces: list[str | _Secret] = []
    for piece in _pieces(text):
        match piece:
            case str():
                pieces.append(piece)
            case Placeholder(source=Source.SECRET):
                pieces.append(_secret(piece))
            case _:
                pieces.append(_answered(piece, facts, place=place).strip(" \t"))
    value = _joined(pieces, slots, header=name)
    refusal = refused_header(name, value)
    if refusal is not None:
        asked = [_spelt(piece) for piece in _pieces(text) if isinstance(piece, Placeholder)]
        raise Unrenderable("header_refused", f"{refusal} It is made of: {', '.join(asked) or 'no field'}.")
    return value


# ---- URLs ----


def render_url(target: str, facts: Facts) -> str:
    """Return a URL in which every value is one quoted piece of a path segment or of the query.

    :raises Unrenderable: see :func:`render_request`
    """
    wanted = [placeholder_of(match) for match in PLACEHOLDER.finditer(target)]
    shape = PLACEHOLDER.sub(_GAP, target)
    address, hash_mark, fragment = shape.partition("#")
    address, question_mark, query = address.partition("?")
    scheme, _, rest = address.partition("://")
    authority, slash, path = rest.partition("/")
    if _GAP in scheme + authority + fragment:
        _misplaced("Placeholders stand only in the path and in the query of a URL, never before or after them.")
    if _BROKEN_ESCAPE.search(shape):
        _misplaced("A % in a URL begins an escape like %20. Write %25 for the sign itself.")
    values = iter([_quoted(one, facts) for one in wanted])
    segments = "/".join(_segment(segment, values, wanted) for segment in path.split("/"))
    return f"{scheme}://{authority}{slash}{segments}{question_mark}{_fill(query, values)}{hash_mark}{fragment}"


def _quoted(wanted: Placeholder, facts: Facts) -> str:
    if wanted.source is Source.SECRET:
        _misplaced("A secret never stands in a URL, which is logged everywhere. Send it in a header or in the body.")
    text = _answered(wanted, facts, place="the URL")
    if isinstance(_value(wanted, facts), Mapping | list | tuple):
        raise Unrenderable("placeholder_not_plain", f"{_spelt(wanted)} in the URL is a list or an object.")
    return quote(text, safe="")


def _segment(shape: str, values: Iterator[str], wanted: Iterable[Placeholder]) -> str:
    """Return a segment of the path; one that means another folder, or is gone, would reach something else."""
    segment = _fill(shape, values)
    if unquote(segment) in (".", "..") or (shape and not segment):
        asked = ", ".join(_spelt(one) for one in wanted) or "no field"
        raise Unrenderable(
            "path_segment", f"A part of the URL's path would be empty, '.' or '..'. It is made of: {asked}."
        )
    return segment


def _fill(shape: str, values: Iterator[str]) -> str:
    first, *others = shape.split(_GAP)
    return first + "".join(next(values) + other for other in others)


def _misplaced(message: str) -> Never:
    raise Unrenderable("placeholder_misplaced", message)
