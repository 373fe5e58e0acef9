"""Template documents in files: JSON, JSON Lines and YAML, read as strictly as a request."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from engine import strict_json
from engine.errors import Invalid

SUFFIXES: Mapping[str, str] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".yaml": "yaml",
    ".yml": "yaml",
}
FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))

_OTHER_LINE_BREAKS = re.compile("[\x85\u2028\u2029]")


class UnreadableFile(Invalid):
    """A file cannot be read as template documents."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One document, and where in its file it stands (a line of JSON Lines, a number in a list, or nothing)."""

    place: str
    document: Any


class _CoreLoader(yaml.SafeLoader):
    """YAML as JSON sees it (the core schema of YAML 1.2): `no` and 2026-01-31 are texts, keys occur once."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  as PyYAML declares it

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases, a few lines of which unfold to gigabytes, and tags, which name kinds that JSON has not."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(None, None, "aliases are not supported", event.start_mark)
        if event.tag is not None:
            raise yaml.constructor.ConstructorError(None, None, "tags are not supported", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  PyYAML's own
        """Refuse a key that occurs twice."""
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key occurs twice", node.start_mark)
        return mapping


class _CoreDumper(yaml.SafeDumper):
    """Writes what :class:`_CoreLoader`, and any older reader, reads back as the same value."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out: the reader takes no aliases."""
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Write lines as lines; what PyYAML takes for a line break and JSON does not is escaped."""
    style = '"' if _OTHER_LINE_BREAKS.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _resolve_like_json() -> None:
    for tag, pattern, first in (
        ("null", r"^(?:~|null|)$", ["~", "n", ""]),
        ("bool", r"^(?:true|false)$", ["t", "f"]),
        ("int", r"^-?(?:0|[1-9][0-9]*)$", list("-0123456789")),
        ("float", r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", list("-0123456789")),
    ):
        for reader_or_writer in (_CoreLoader, _CoreDumper):
            reader_or_writer.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


_resolve_like_json()
_CoreDumper.add_representer(str, _represent_text)


def files_in(path: Path) -> list[Path]:
    """Return the file itself, or every template file below a folder, sorted.

    :raises UnreadableFile: there is no such file, or a file of no kind we read
    """
    if path.is_dir():
        return sorted(found for found in path.rglob("*") if found.suffix.lower() in SUFFIXES and found.is_file())
    if not path.is_file():
        raise UnreadableFile("There is no such file or folder.")
    if path.suffix.lower() not in SUFFIXES:
        raise UnreadableFile(f"Its name must end in one of: {', '.join(SUFFIXES)}.")
    return [path]


def read(text: bytes, kind: str) -> list[Found]:
    """Return the documents of a file: one, a list of them, or one a line.

    :raises UnreadableFile: the text is not of this kind, or there is nothing in it
    """
    found = _lines(text) if kind == "jsonl" else _documents(text, kind)
    if not found:
        raise UnreadableFile("There is no document in it.")
    return found


def _documents(text: bytes, kind: str) -> list[Found]:
    match kind:
        case "yaml":
            documents = _yaml(text)
        case _:
            documents = [_json(text)]
    if len(documents) == 1 and not isinstance(documents[0], list):
        return [Found(place="", document=documents[0])]
    flat = [item for part in documents for item in (part if isinstance(part, list) else [part])]
    return [Found(place=f"#{number}", document=item) for number, item in enumerate(flat, start=1)]


def write(documents: Sequence[Mapping[str, Any]], kind: str) -> str:
    """Return documents as the text of one file; `read` gives back the same."""
    match kind:
        case "jsonl":
            return "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
        case "yaml":
            return "---\n".join(
                yaml.dump(dict(document), Dumper=_CoreDumper, sort_keys=False, allow_unicode=True, width=100)
                for document in documents
            )
        case _:
            whole = documents[0] if len(documents) == 1 else list(documents)
            return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _lines(text: bytes) -> list[Found]:
    """Read every line, so that all that are wrong are named at once."""
    found: list[Found] = []
    wrong: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                found.append(Found(place=f"line {number}", document=_json(line)))
            except UnreadableFile as error:
                wrong.append(f"line {number}: {error.message}")
    if wrong:
        raise UnreadableFile("\n".join(wrong))
    return found


def _json(text: bytes) -> Any:
    try:
        return strict_json.loads(text)
    except strict_json.UnreadableJson as error:
        raise UnreadableFile(error.message) from None


def _yaml(text: bytes) -> list[Any]:
    try:
        documents = list(yaml.load_all(text, Loader=_CoreLoader))
        strict_json.check(documents)
    except strict_json.UnreadableJson as error:
        raise UnreadableFile(error.message) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise UnreadableFile(f"This is not YAML we read: {error.problem}{where}.") from None
    except yaml.reader.ReaderError as error:
        raise UnreadableFile(f"This is not YAML we read: {error.reason} (position {error.position}).") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UnreadableFile(f"This is not YAML we read: {error}") from None
    return documents
