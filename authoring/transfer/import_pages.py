"""Templates taken in from files: shown first, and stored only after somebody chose what is to become of each."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from authoring.transfer.import_files import (
    MAX_FILES,
    AnyUploadedFile,
    HandedIn,
    NotOurs,
    TooMuch,
    read_all,
    sign,
    unsign,
)
from authoring.transfer.import_preview import Allowed, preview
from authoring.transfer.importing import Change, Choice, Chosen, FileRefused, Imported, StoredChanged, import_chosen
from permissions.authentication import staff_caller
from registry.publish_checks import Publisher
from rest.admin import AnyModelAdmin

PUBLISH = "registry.publish_workflowtemplate"
ADD = "registry.add_workflowtemplate"
CHANGE = "registry.change_workflowtemplate"

_DONE = {
    Change.CREATED: "published as version {version}",
    Change.UPDATED: "published as version {version}",
    Change.UNCHANGED: "unchanged",
    Change.DRAFTED: "kept as a draft",
}

_TOLD = 20
"""So many are named when it is done."""


class SeveralFilesInput(forms.ClearableFileInput):
    """Lets people choose several files at once."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Several files."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[AnyUploadedFile]:
        """Return all of them; an empty one is there to be complained about by name."""
        return list(data or ())


class ImportForm(forms.Form):
    """What is to be taken in."""

    uploads = SeveralFilesField(
        label="Files",
        required=False,
        help_text=f"At most {MAX_FILES}, of at most 1 MB each: .yaml, .json or .jsonl, as they are exported.",
    )
    text = forms.CharField(
        label="Or paste what is in such a file",
        required=False,
        strip=False,
        max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for something, if there is nothing."""
        given = super().clean() or {}
        if not self.errors and not given.get("uploads") and not (given.get("text") or "").strip():
            raise forms.ValidationError("Choose a file, or paste a text.")
        return given


class ImportPages(AnyModelAdmin):
    """Takes templates in, after it was shown what would happen."""

    change_list_template = "authoring/template_list.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the page that imports."""
        page = path("import/", self.admin_site.admin_view(self.import_view), name="registry_workflowtemplate_import")
        return [page, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead from the list of templates to the page that imports."""
        return super().changelist_view(
            request, {"may_import": self.has_import_permission(request), **(extra_context or {})}
        )

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Tell whether somebody may do anything with what is imported, and may see what it is compared with."""
        may_store = any(map(request.user.has_perm, (PUBLISH, ADD, CHANGE)))
        return may_store and self.has_view_permission(request)

    def import_view(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for files, show what would happen, or store what was chosen."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._asked_for_files(request, ImportForm())
        try:
            if "signed" in request.POST:
                return self._store(request, unsign(request.POST["signed"], user=request.user.pk))
            return self._show(request)
        except (TooMuch, NotOurs) as refusal:
            return self._asked_for_files(request, ImportForm(), problem=refusal.message)

    def _show(self, request: HttpRequest) -> HttpResponseBase:
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._asked_for_files(request, form)
        return self._shown(request, read_all(form.cleaned_data["uploads"], form.cleaned_data["text"]))

    def _store(self, request: HttpRequest, handed_in: Sequence[HandedIn]) -> HttpResponseBase:
        chosen = [_chosen(request, number, file) for number, file in enumerate(handed_in)]
        self._refuse_what_may_not_be(request, chosen)
        at = timezone.now()
        again: list[HandedIn] = []
        stored: list[Imported] = []
        for file, entries in zip(handed_in, chosen, strict=True):
            try:
                stored += self._store_file(request, file, entries, at=at)
            except StoredChanged as refusal:
                again.append(replace(file, problems=(f"{refusal.message} Look at it again: nothing was stored.",)))
            except FileRefused as refusal:
                problems = [str(mistake) for mistake in refusal.mistakes]
                again.append(replace(file, problems=("Nothing of this file was stored.", *problems)))
        if stored:
            done = [f"“{entry.name}” {_DONE[entry.change].format(version=entry.version)}" for entry in stored]
            more = [f"and {len(done) - _TOLD} more"] if len(done) > _TOLD else []
            self.message_user(request, f"Imported: {'; '.join([*done[:_TOLD], *more])}.", messages.SUCCESS)
        if again:
            return self._shown(request, again, status=409)
        if not stored:
            self.message_user(request, "Nothing was chosen, so nothing was stored.", messages.WARNING)
        return HttpResponseRedirect(reverse("admin:registry_workflowtemplate_changelist"))

    def _store_file(
        self, request: HttpRequest, file: HandedIn, chosen: Sequence[Chosen], *, at: datetime
    ) -> list[Imported]:
        caller = staff_caller(request.user)
        with transaction.atomic():
            stored = import_chosen(chosen, publisher=Publisher.of(caller), actor=caller.actor, at=at)
            for entry in stored:
                done = _DONE[entry.change].format(version=entry.version)
                log = self.log_addition if entry.is_new else self.log_change
                log(request, entry.template, f"Imported from {file.name}: {done}.")
        return stored

    def _refuse_what_may_not_be(self, request: HttpRequest, chosen: Iterable[Sequence[Chosen]]) -> None:
        """Refuse what the form does not offer to this person."""
        entries = [entry for file in chosen for entry in file]
        needed = {PUBLISH for entry in entries if entry.choice is Choice.PUBLISH}
        needed |= {CHANGE if entry.seen else ADD for entry in entries if entry.choice is Choice.DRAFT}
        if not request.user.has_perms(needed):
            raise PermissionDenied

    def _shown(self, request: HttpRequest, handed_in: Sequence[HandedIn], *, status: int = 200) -> TemplateResponse:
        caller = staff_caller(request.user)
        allowed = Allowed(
            may_publish=request.user.has_perm(PUBLISH),
            may_add=request.user.has_perm(ADD),
            may_change=request.user.has_perm(CHANGE),
        )
        at = timezone.now()
        publisher = Publisher.of(caller)
        previews = [
            preview(file.documents, allowed=allowed, publisher=publisher, actor=caller.actor, at=at)
            for file in handed_in
        ]
        seen = [
            replace(file, seen=tuple(entry.seen for entry in entries))
            for file, entries in zip(handed_in, previews, strict=True)
        ]
        context = {
            "files": list(zip(seen, previews, strict=True)),
            "signed": sign(seen, user=request.user.pk),
            "can_store": any(len(entry.choices) > 1 for entries in previews for entry in entries),
            "may_publish": allowed.may_publish,
            "title": "Look at what would be imported",
        }
        return self._import_page(request, "authoring/import_preview.html", context, status=status)

    def _asked_for_files(self, request: HttpRequest, form: ImportForm, *, problem: str = "") -> TemplateResponse:
        context = {"form": form, "problem": problem, "title": "Import templates"}
        return self._import_page(
            request, "authoring/import.html", context, status=400 if problem or form.errors else 200
        )

    def _import_page(
        self, request: HttpRequest, name: str, context: dict[str, Any], *, status: int
    ) -> TemplateResponse:
        common = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, name, {**common, **context}, status=status)


def _chosen(request: HttpRequest, number: int, file: HandedIn) -> list[Chosen]:
    """Return what was chosen for each document of a file; what is no choice leaves it out."""
    entries = []
    for index, (found, seen) in enumerate(zip(file.documents, file.seen, strict=True)):
        given = request.POST.get(f"choice-{number}-{index}", "")
        choice = Choice(given) if given in Choice else Choice.LEAVE
        entries.append(Chosen(found=found, choice=choice, seen=seen))
    return entries
