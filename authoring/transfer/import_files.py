"""What somebody hands in to be imported: files and pasted text, read within limits.

Between the two requests it is signed into the form, so that nothing of it is kept on the server.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from authoring.diagram.text_width import clean
from authoring.transfer.documents import SUFFIXES, Found, UnreadableFile, read
from engine.errors import Invalid
from engine.strict_json import MAX_BYTES

if TYPE_CHECKING:
    AnyUploadedFile = UploadedFile[Any]
else:  # only the stubs make it generic
    AnyUploadedFile = UploadedFile

MAX_FILES = 20
MAX_DOCUMENTS = 200
MAX_TOGETHER = 4 * MAX_BYTES
MAX_SIGNED = 900_000
"""So many characters fit into a form."""
MAX_AGE = 2 * 60 * 60
PASTED = "Pasted text"

_SALT = "authoring.import"


class TooMuch(Invalid):
    """More was handed in at once than can be looked at."""

    code = "too_much"


class NotOurs(Invalid):
    """What came back is not what was shown, or it was shown too long ago."""

    code = "not_ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """One file: its documents, or why it cannot be read. `seen` is what was stored for each when it was shown."""

    name: str
    documents: tuple[Found, ...] = ()
    problems: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()


def read_all(files: Iterable[AnyUploadedFile], text: str) -> list[HandedIn]:
    """Return what was handed in, each file with its documents or with what is wrong with it.

    :raises TooMuch: there are too many files or documents, or they are too large together
    """
    given = list(files)
    if len(given) > MAX_FILES:
        raise TooMuch(f"Choose at most {MAX_FILES} files at once.")
    if sum(file.size or 0 for file in given) > MAX_TOGETHER:
        raise TooMuch("Together these files are larger than 4 MB. Import fewer at once.")
    handed_in = [_read_file(file) for file in given]
    if text.strip():
        handed_in.append(_read(PASTED, text.encode("utf-8", "surrogatepass"), _kind_of(text)))
    if sum(len(file.documents) for file in handed_in) > MAX_DOCUMENTS:
        raise TooMuch(f"There are more than {MAX_DOCUMENTS} templates in it. Import fewer at once.")
    return handed_in


def sign(handed_in: Sequence[HandedIn], *, user: object) -> str:
    """Return what was read as a text that only we can write and only this person can send back.

    :raises TooMuch: it does not fit into a form
    """
    files = [
        [file.name, [[found.place, found.document] for found in file.documents], list(file.seen)] for file in handed_in
    ]
    signed = signing.dumps([str(user), files], salt=_SALT, compress=True)
    if len(signed) > MAX_SIGNED:
        raise TooMuch("Together these files are too large to be shown before they are stored. Import fewer at once.")
    return signed


def unsign(signed: str, *, user: object) -> list[HandedIn]:
    """Return what was signed for this person.

    :raises NotOurs: it was not, it was changed, or it is older than two hours
    """
    try:
        owner, files = signing.loads(signed, salt=_SALT, max_age=MAX_AGE)
    except signing.SignatureExpired:
        raise NotOurs("You looked at this more than two hours ago. Choose the files again.") from None
    except signing.BadSignature:
        raise NotOurs("This form is not the one that was shown. Choose the files again.") from None
    if owner != str(user):
        raise NotOurs("This form was shown to somebody else. Choose the files again.")
    return [_handed_in(name, documents, seen) for name, documents, seen in files]


def _handed_in(name: str, documents: Iterable[tuple[str, Any]], seen: Iterable[str]) -> HandedIn:
    found = tuple(Found(place=place, document=document) for place, document in documents)
    return HandedIn(name=name, documents=found, seen=tuple(seen))


def _read_file(file: AnyUploadedFile) -> HandedIn:
    name = clean(file.name or "")[-100:] or "File without a name"
    kind = SUFFIXES.get(PurePath(name).suffix.lower())
    if kind is None:
        return HandedIn(name=name, problems=(f"Its name must end in one of: {', '.join(SUFFIXES)}.",))
    if (file.size or 0) > MAX_BYTES:
        return HandedIn(name=name, problems=("It is larger than 1 MB. Split it, or leave out what is not needed.",))
    return _read(name, file.read(MAX_BYTES), kind)


def _read(name: str, content: bytes, kind: str) -> HandedIn:
    try:
        return HandedIn(name=name, documents=tuple(read(content.removeprefix(b"\xef\xbb\xbf"), kind)))
    except UnreadableFile as error:
        return HandedIn(name=name, problems=tuple(error.message.splitlines()))


def _kind_of(text: str) -> str:
    """Guess how a text is written: JSON begins with a brace, and in JSON Lines every line is an object of its own."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines[0][0] not in "{[":
        return "yaml"
    is_lines = len(lines) > 1 and all(line.startswith("{") and line.endswith("}") for line in lines)
    return "jsonl" if is_lines else "json"
