"""Pages of a template about reusable steps: take a newer version into the draft, make a step reusable."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from authoring.reuse import services as reuse
from authoring.reuse.words import touched_in_words
from engine.differences import differences
from engine.errors import DomainError
from engine.uses import MAX_SLUG
from engine.wording import Vocabulary, as_list, as_mapping
from permissions.authentication import staff_caller
from registry.documents import working_document
from registry.errors import DraftRevisionConflict, InvalidStepTemplate, NameTaken
from registry.models import StepTemplate, WorkflowTemplate
from rest.admin import AnyModelAdmin

CHANGE, ADD_STEP, CHANGE_STEP = (
    f"registry.{right}" for right in ("change_workflowtemplate", "add_steptemplate", "change_steptemplate")
)


class ReusableForm(forms.Form):
    """How a step is to be known that others can use."""

    name = forms.CharField(label="Name", max_length=255, help_text="What it asks for, like “Postal address”.")
    slug = forms.CharField(
        label="Short name",
        max_length=MAX_SLUG,
        help_text="By which templates name it. Small letters and digits, with hyphens between words.",
    )
    description = forms.CharField(
        label="What it is for", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_next = forms.BooleanField(
        label="Make it the next version of the reusable step that has this short name", required=False
    )


class DraftForm(forms.Form):
    """Which state of the draft was looked at."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ReusePages(AnyModelAdmin):
    """What the admin of templates has for reusable steps."""

    def get_urls(self) -> list[URLPattern]:
        """Add both pages; the step is named by the query, for its id may be any text."""
        view = self.admin_site.admin_view
        return [
            path("<uuid:template_id>/newer/", view(self.newer_view), name="registry_workflowtemplate_newer"),
            path("<uuid:template_id>/reusable/", view(self.reusable_view), name="registry_workflowtemplate_reusable"),
            *super().get_urls(),
        ]

    def newer_view(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        """Show what the newer version would change in a step, and put it into the draft once that is confirmed."""
        if not request.user.has_perm("registry.view_workflowtemplate"):
            raise PermissionDenied
        template = get_object_or_404(WorkflowTemplate, pk=template_id)
        match request.method:
            case "GET" | "HEAD":
                return self._newer_page(request, template)
            case "POST":
                return self._take_newer(request, template)
            case _:
                return HttpResponseNotAllowed(["GET", "POST"])

    def reusable_view(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        """Ask how a step is to be known, and make it reusable."""
        if not (request.user.has_perm("registry.view_workflowtemplate") and request.user.has_perm(ADD_STEP)):
            raise PermissionDenied
        template = get_object_or_404(WorkflowTemplate, pk=template_id)
        document = working_document(template)
        step, words = _step_of(document, _step_id(request)), Vocabulary.of(document)
        match request.method:
            case "GET" | "HEAD":
                name = words.text(str(step.get("name") or _step_id(request)))
                description = words.text(str(step.get("description") or ""))
                initial = {"name": name[:255], "slug": _slug_of(name), "description": description}
                return self._reusable_page(request, template, ReusableForm(initial=initial))
            case "POST":
                return self._make_reusable(request, template, ReusableForm(request.POST))
            case _:
                return HttpResponseNotAllowed(["GET", "POST"])

    def _newer_page(self, request: HttpRequest, template: WorkflowTemplate, *, problem: str = "") -> HttpResponse:
        try:
            found = reuse.newer_step(working_document(template), _step_id(request))
        except reuse.StepNotReused as refused:
            raise Http404(refused.message) from None
        upgrade = found.upgrade
        context = {
            "title": "Take the newer version",
            "newer": found,
            "step_name": Vocabulary.of(found.before).step(_step_id(request)),
            "changes": [change.words for change in differences(found.before, upgrade.document)],
            "kept": [touched_in_words(touched, found.before) for touched in upgrade.kept],
            "overwritten": [touched_in_words(touched, found.before) for touched in upgrade.overwritten],
            "problems": [*([problem] if problem else []), *reuse.told(upgrade.findings)],
            "form": DraftForm(initial={"revision": template.draft_revision}),
            "may_take": request.user.has_perm(CHANGE),
        }
        return self._reuse_page(request, template, "newer", context)

    def _take_newer(self, request: HttpRequest, template: WorkflowTemplate) -> HttpResponse:
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        form = DraftForm(request.POST)
        if not form.is_valid():
            return self._newer_page(request, template, problem="Look at the changes below, and then take them.")
        try:
            is_taken = self._taken(request, template, revision=form.cleaned_data["revision"])
        except DraftRevisionConflict:
            words = "Somebody saved the draft since you looked. These are the changes as they would be now."
            template.refresh_from_db()
            return self._newer_page(request, template, problem=words)
        except reuse.StepNotReused as refused:
            raise Http404(refused.message) from None
        except DomainError as refused:
            return self._newer_page(request, template, problem=refused.message)
        return redirect(_editor_of(template)) if is_taken else self._newer_page(request, template)

    @transaction.atomic
    def _taken(self, request: HttpRequest, template: WorkflowTemplate, *, revision: int) -> bool:
        """Take the newer version, and write down who did."""
        actor, step_id = staff_caller(request.user).actor, _step_id(request)
        found = reuse.take_newer(template.pk, step_id, revision=revision, actor=actor, at=timezone.now())
        if found.upgrade.findings or not found.is_behind:
            return False
        words = f"Took version {found.latest} of the reusable step {found.slug} into the draft."
        self.log_change(request, template, words)
        self.message_user(request, f"{words} Publish it when you are ready.", messages.SUCCESS)
        return True

    def _make_reusable(self, request: HttpRequest, template: WorkflowTemplate, form: ReusableForm) -> HttpResponse:
        if not form.is_valid():
            return self._reusable_page(request, template, form)
        if form.cleaned_data["is_next"] and not request.user.has_perm(CHANGE_STEP):
            raise PermissionDenied
        try:
            made = self._made(request, template, form)
        except NameTaken as refused:
            form.add_error("slug", f"{refused.message} Choose another one, or make it the next version of that.")
        except InvalidStepTemplate as refused:
            for finding in refused.findings:
                form.add_error("slug" if finding.path == "/slug" else None, finding.message)
        else:
            return redirect(reverse("admin:registry_steptemplate_change", args=[made.pk]))
        return self._reusable_page(request, template, form)

    @transaction.atomic
    def _made(self, request: HttpRequest, template: WorkflowTemplate, form: ReusableForm) -> StepTemplate:
        """Make the step reusable, and write down who did."""
        document, actor = working_document(template), staff_caller(request.user).actor
        made, leaves_when = reuse.make_reusable(
            document, _step_id(request), **form.cleaned_data, actor=actor, at=timezone.now()
        )
        log = self.log_addition if made.current_version == 1 else self.log_change
        log(request, made, f"Version {made.current_version}, made of a step of {template.name}.")
        left = " Its condition stays with this template, for it looks at other steps." if leaves_when else ""
        self.message_user(request, f"{made.name} can be used in other templates now.{left}", messages.SUCCESS)
        return made

    def _reusable_page(self, request: HttpRequest, template: WorkflowTemplate, form: ReusableForm) -> HttpResponse:
        name = Vocabulary.of(working_document(template)).step(_step_id(request))
        context = {"title": "Make a step reusable", "step_name": name, "form": form}
        return self._reuse_page(request, template, "reusable", context)

    def _reuse_page(
        self, request: HttpRequest, template: WorkflowTemplate, name: str, context: dict[str, Any]
    ) -> HttpResponse:
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "subtitle": template.name,
            "template": template,
            "editor_url": _editor_of(template),
        }
        return TemplateResponse(request, f"authoring/{name}_step.html", {**shared, **context})


def _step_id(request: HttpRequest) -> str:
    return request.GET.get("step", "")


def _step_of(document: Any, step_id: str) -> Any:
    """Return a step of any document.

    :raises django.http.Http404: there is none of this id
    """
    for step in map(as_mapping, as_list(as_mapping(document).get("steps"))):
        if step_id and step.get("id") == step_id:
            return step
    raise Http404("There is no such step.")


def _slug_of(name: str) -> str:
    """Return a short name made of a name."""
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in name.lower()).split()
    return "-".join(words)[:MAX_SLUG].strip("-")


def _editor_of(template: WorkflowTemplate) -> str:
    return reverse("admin:registry_workflowtemplate_change", args=[template.pk])
