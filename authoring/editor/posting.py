"""What was posted with a draft: the document, and which state of the template somebody had before them."""

from dataclasses import replace

from django.http import HttpRequest, QueryDict

from authoring.editor.drafting import Draft
from authoring.sheet.rows import NOT_WHOLE, BrokenForm, Mistake
from authoring.sheet.whole import REST, Compiled, Sheet
from engine.errors import DomainError
from registry.errors import InvalidDocument

MAX_NOTE = 500


def draft_posted(request: HttpRequest, made: Compiled) -> Draft:
    """Return what is to be saved.

    :raises BrokenForm: it is not told of which state of the template it was made
    """
    return Draft(
        document=made.document,
        expected_revision=number_posted(request.POST, "expected_revision"),
        begun_on=number_posted(request.POST, "base_version"),
    )


def number_posted(posted: QueryDict, name: str) -> int:
    """Return a number that our page carries along.

    :raises BrokenForm: it is none
    """
    text = str(posted.get(name, ""))
    if not text.isdecimal() or len(text) > 9:
        raise BrokenForm(NOT_WHOLE)
    return int(text)


def note_posted(request: HttpRequest) -> str:
    """Return what somebody says of what they publish; databases cannot keep the character NUL."""
    return str(request.POST.get("note", "")).replace("\0", "").strip()[:MAX_NOTE].strip()


def with_unfit_name(made: Compiled, sheet: Sheet, refused: DomainError) -> Compiled:
    """Return what was written with the mistake that keeps a template from being known by it."""
    mistake = Mistake(place=f"{REST}-{sheet.rest.key}-name", message=_first_message(refused))
    return replace(made, mistakes=(*made.mistakes, mistake))


def _first_message(refused: DomainError) -> str:
    if isinstance(refused, InvalidDocument):
        return next(finding.message for finding in refused.findings)
    return refused.message
