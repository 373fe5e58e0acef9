"""The editor over HTTP: opened, saved, published, and asked while somebody types."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from authoring.diagram.drawing import layout
from authoring.editor import showing
from authoring.editor.drafting import Draft, Saved, publish, save
from authoring.editor.samples import sample_answers
from authoring.editor.showing import Checked
from authoring.sheet.rows import BrokenForm, Mistake
from authoring.sheet.whole import REST, Compiled, Sheet, compiled, read_sheet, sheet_of
from authoring.trial.panel import panel, today_of
from authoring.versions.history import versions_context
from engine import strict_json
from engine.differences import differences
from engine.errors import DomainError
from permissions.authentication import staff_caller
from registry.errors import DraftOutdated, DraftRevisionConflict, InvalidDocument, NameTaken
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry
from rest.admin import AnyModelAdmin

_PAGE = "admin/registry/workflowtemplate/editor.html"
_CHANGE = "registry.change_workflowtemplate"
_PUBLISH = "registry.publish_workflowtemplate"


class EditorPages(AnyModelAdmin):
    """The page on which a template is written."""

    def get_urls(self) -> list[URLPattern]:
        """Add what the editor's script asks."""
        view = self.admin_site.admin_view
        own = [
            path("<uuid:template_id>/live/", view(self.live_view), name="registry_workflowtemplate_live"),
            path("<uuid:template_id>/insert/", view(self.insert_view), name="registry_workflowtemplate_insert"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the editor, or do what one of its buttons asks."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        template = self.get_object(request, object_id)
        if template is None:
            messages.warning(request, "There is no such workflow template any more.")
            return redirect("admin:registry_workflowtemplate_changelist")
        if request.method != "POST":
            sheet = showing.opened(template)
            return self._page(request, template, sheet, compiled(sheet))
        if not request.user.has_perm(_CHANGE):
            raise PermissionDenied
        acts: dict[str, Callable[[HttpRequest, WorkflowTemplate], HttpResponse]] = {
            "apply": self._apply,
            "publish": self._publish,
            "discard": self._discard,
            "overwrite": self._overwrite,
        }
        try:
            return acts.get(str(request.POST.get("action")), self._save)(request, template)
        except BrokenForm as broken:
            messages.error(request, str(broken))
            return redirect(request.path)

    # ---- The page ----

    def _page(
        self,
        request: HttpRequest,
        template: WorkflowTemplate,
        sheet: Sheet,
        made: Compiled,
        *,
        problem: str = "",
        is_posted: bool = False,
        **more: Any,
    ) -> HttpResponse:
        checked = showing.check(made, sheet, staff_caller(request.user))
        context = {
            **self.admin_site.each_context(request),
            **showing.page_context(template, sheet, made, checked, mistakes=made.mistakes if is_posted else ()),
            "title": template.name,
            "opts": self.opts,
            "problem": problem,
            "may_change": request.user.has_perm(_CHANGE),
            "may_publish": request.user.has_perm(_PUBLISH),
            "revision": request.POST.get("expected_revision", template.draft_revision),
            "base_version": request.POST.get("base_version", template.current_version),
            **{
                f"{page}_url": reverse(f"admin:registry_workflowtemplate_{page}", args=[template.pk])
                for page in ("live", "insert", "newer", "reusable", "export", "compare")
            },
            "may_reuse": request.user.has_perm("registry.add_steptemplate"),
            **versions_context(template, request.GET.get("page", 1), may_change=request.user.has_perm(_CHANGE)),
            "open_tab": _tab(request),
            **more,
        }
        return TemplateResponse(request, _PAGE, context)

    # ---- What its buttons do ----

    def _save(self, request: HttpRequest, template: WorkflowTemplate) -> HttpResponse:
        sheet, made, problem = _read(request, template)
        if problem:
            return self._page(request, template, sheet, made, problem=problem, is_posted=True)
        try:
            saved = save(template, _draft(request, made), caller=staff_caller(request.user), at=timezone.now())
        except DraftRevisionConflict:
            return self._conflict(request, template, made)
        except (NameTaken, InvalidDocument) as refused:
            return self._page(request, template, sheet, _unfit_name(made, sheet, refused), is_posted=True)
        self._tell_of(request, saved)
        return redirect(f"{request.path}?tab={_tab(request)}")

    def _tell_of(self, request: HttpRequest, saved: Saved) -> None:
        if saved.is_changed:
            self.log_change(request, saved.template, "Saved the draft.")
            messages.success(request, "The draft is saved. It counts once it is published.")
        else:
            messages.info(request, "Nothing was changed.")

    def _publish(self, request: HttpRequest, template: WorkflowTemplate) -> HttpResponse:
        if not request.user.has_perm(_PUBLISH):
            raise PermissionDenied
        sheet, made, problem = _read(request, template)
        if problem:
            return self._page(request, template, sheet, made, problem=problem, is_posted=True)
        note, overwrite = str(request.POST.get("note", ""))[:500].strip(), request.POST.get("overwrite") == "on"
        try:
            published = publish(
                template,
                _draft(request, made),
                caller=staff_caller(request.user),
                at=timezone.now(),
                note=note,
                overwrite=overwrite,
            )
        except DraftRevisionConflict:
            return self._conflict(request, template, made)
        except DraftOutdated:
            return self._outdated(request, template, made, note)
        except InvalidDocument:
            words = "This cannot be published yet. What must be corrected is listed under “Checks”."
            return self._page(request, template, sheet, made, problem=words, is_posted=True)
        except DomainError as refused:
            return self._page(request, template, sheet, made, problem=refused.message, is_posted=True)
        if published.current_version == template.current_version and published.updated_at == template.updated_at:
            messages.info(request, "Nothing was changed since it was published.")
            return redirect(request.path)
        self.log_change(request, published, f"Published version {published.current_version}. {note}".strip())
        messages.success(request, f"Version {published.current_version} is published. New conversations use it.")
        return redirect(request.path)

    def _apply(self, request: HttpRequest, template: WorkflowTemplate) -> HttpResponse:
        """Make rows of the document that a developer wrote; it is saved like any other change."""
        try:
            document = strict_json.loads(str(request.POST.get("json", "")))
            wrong = "" if isinstance(document, dict) else "The document must be a JSON object."
        except strict_json.UnreadableJson as unreadable:
            document, wrong = None, unreadable.message
        if wrong:
            sheet = read_sheet(request.POST)
            more = {"json_error": wrong, "json": request.POST.get("json", "")}
            return self._page(request, template, sheet, compiled(sheet), is_posted=True, **more)
        sheet = sheet_of(document, published=showing.published_names(template))
        words = "The document is taken over into the other tabs. It is not saved yet."
        return self._page(request, template, sheet, compiled(sheet), notice=words)

    def _discard(self, request: HttpRequest, template: WorkflowTemplate) -> HttpResponse:
        """Throw the draft away, once the difference was seen."""
        if request.POST.get("sure") != "yes":
            lost = differences(template.document(), template.draft or {})
            return self._ask(request, template, "discard", lost=lost)
        try:
            WorkflowRegistry.discard_draft(template.pk, actor=staff_caller(request.user).actor, at=timezone.now())
        except DomainError as refused:
            messages.error(request, refused.message)
        else:
            self.log_change(request, template, "Threw the draft away.")
            messages.success(request, "The draft is gone. What is published is unchanged.")
        return redirect(request.path)

    def _conflict(self, request: HttpRequest, template: WorkflowTemplate, made: Compiled) -> HttpResponse:
        """Show what two people wrote, before anything is overwritten."""
        template.refresh_from_db()
        theirs = showing.document_of(template)
        return self._ask(
            request,
            template,
            "conflict",
            differences=differences(theirs, made.document),
            json=showing.as_json(made.document),
            who=template.draft_author.removeprefix("user:").removeprefix("key:"),
            status=409,
        )

    def _overwrite(self, request: HttpRequest, template: WorkflowTemplate) -> HttpResponse:
        """Put one's own document in the place of the draft that was shown beside it."""
        try:
            document = strict_json.loads(str(request.POST.get("json", "")))
        except strict_json.UnreadableJson as unreadable:
            raise BrokenForm(unreadable.message) from None
        made = Compiled(document=document if isinstance(document, dict) else {})
        try:
            saved = save(template, _draft(request, made), caller=staff_caller(request.user), at=timezone.now())
        except DraftRevisionConflict:
            return self._conflict(request, template, made)
        except DomainError as refused:
            messages.error(request, refused.message)
            return redirect(request.path)
        self._tell_of(request, saved)
        return redirect(request.path)

    def _outdated(self, request: HttpRequest, template: WorkflowTemplate, made: Compiled, note: str) -> HttpResponse:
        """Show what was published since the draft was begun, before it is published over."""
        template.refresh_from_db()
        begun_on = template.draft_base_version
        number = _number(request.POST, "base_version") if template.draft is None or begun_on is None else begun_on
        base = template.versions.filter(number=number).first()
        since = differences(base.content() if base else {}, template.content())
        more = {"differences": since, "note": note, "base": number, "status": 409}
        return self._ask(request, template, "outdated", posted=request.POST, **more)

    def _ask(self, request: HttpRequest, template: WorkflowTemplate, page: str, **more: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": template.name,
            "opts": self.opts,
            "template": template,
            **more,
        }
        status = int(more.get("status", 200))
        return TemplateResponse(request, f"admin/registry/workflowtemplate/{page}.html", context, status=status)

    # ---- While somebody types ----

    @method_decorator(require_POST)
    def live_view(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        """Return what the page shows beside the rows, made from how they are now; with `autosave`, save them too."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        template = get_object_or_404(WorkflowTemplate, pk=template_id)
        try:
            sheet = read_sheet(request.POST)
        except BrokenForm as broken:
            return JsonResponse({"broken": str(broken)}, status=400)
        made = compiled(sheet)
        answer: dict[str, Any] = {}
        if request.POST.get("autosave") == "on" and request.user.has_perm(_CHANGE):
            made = self._autosave(request, template, sheet, made, answer)
        checked = showing.check(made, sheet, staff_caller(request.user))
        more = {"may_publish": request.user.has_perm(_PUBLISH)}
        answer |= {
            "errors": [{"id": f"id_{mistake.place}", "message": mistake.message} for mistake in checked.mistakes],
            "counts": checked.counts(),
            "checks": render_to_string("authoring/editor/_checks.html", {**showing.checks_context(checked), **more}),
            "facts": showing.facts(made, sheet),
            "samples": sample_answers(sheet, made),
            "name": made.document.get("name", ""),
        }
        answer |= _panel(request, made, checked)
        return JsonResponse(answer)

    @method_decorator(require_POST)
    def insert_view(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        """Return the rows of a reusable step, with names that no other row has."""
        if not request.user.has_perm(_CHANGE):
            raise PermissionDenied
        get_object_or_404(WorkflowTemplate, pk=template_id)
        try:
            made = compiled(read_sheet(request.POST))
            rows = showing.inserted(
                str(request.POST.get("slug", "")),
                **showing.taken_in(made.document),
                mark=f"r{secrets.token_hex(4)}",
            )
        except (BrokenForm, DomainError) as refused:
            return JsonResponse({"broken": str(refused)}, status=400)
        found = {
            kind: "".join(render_to_string(row.page_name, {"row": row}) for row in rows[kind])
            for kind in ("fields", "steps")
        }
        return JsonResponse(found)

    def _autosave(
        self, request: HttpRequest, template: WorkflowTemplate, sheet: Sheet, made: Compiled, answer: dict[str, Any]
    ) -> Compiled:
        try:
            saved = save(template, _draft(request, made), caller=staff_caller(request.user), at=timezone.now())
        except DraftRevisionConflict:
            who = template.draft_author.removeprefix("user:").removeprefix("key:")
            answer["conflict"] = f"{who} saved this draft meanwhile. Save to see the difference and choose."
            return made
        except (NameTaken, InvalidDocument) as refused:
            return _unfit_name(made, sheet, refused)
        if saved.is_changed and saved.is_first:
            self.log_change(request, template, "Worked on the draft (saved by itself).")
        when = timezone.localtime(saved.template.draft_saved_at) if saved.template.draft_saved_at else None
        answer["saved"] = {
            "revision": saved.template.draft_revision,
            "words": f"Draft saved {when:%H:%M}" if when and saved.template.draft is not None else "",
            "draft": saved.template.draft is not None,
        }
        return made


def _panel(request: HttpRequest, made: Compiled, checked: Checked) -> dict[str, str]:
    """Return the panel that is open beside the rows, and the document if it is looked at."""
    found: dict[str, str] = {}
    match request.POST.get("panel"):
        case "try":
            today = today_of(made.document, at=timezone.now())
            context = panel(made.document, request.POST, today=today, findings=checked.findings)
            found["trial"] = render_to_string("authoring/_trial.html", context)
        case "diagram":
            context = {"diagram": layout(made.document), "diagram_id": "diagram", "editor_url": ""}
            found["diagram"] = render_to_string("authoring/_diagram.html", context)
    if request.POST.get("wants_json") == "on":
        found["json"] = showing.as_json(made.document)
    return found


def _tab(request: HttpRequest) -> str:
    wanted = request.POST.get("tab") or request.GET.get("tab")
    return wanted if wanted in dict(showing.TABS) else "about"


def _read(request: HttpRequest, template: WorkflowTemplate) -> tuple[Sheet, Compiled, str]:
    """Return what was posted, and in one sentence what keeps it from being saved."""
    sheet = read_sheet(request.POST)
    made = compiled(sheet)
    if request.POST.get("json_changed") == "on":
        return sheet, made, "The document under “Advanced” was changed and not applied. Apply it or undo it first."
    count = len(made.mistakes)
    if count:
        return sheet, made, f"Please correct what is marked: {count} {'thing' if count == 1 else 'things'}."
    return sheet, made, ""


def _draft(request: HttpRequest, made: Compiled) -> Draft:
    return Draft(
        document=made.document,
        expected_revision=_number(request.POST, "expected_revision"),
        begun_on=_number(request.POST, "base_version"),
    )


def _number(posted: QueryDict, name: str) -> int:
    text = str(posted.get(name, ""))
    if not text.isdecimal() or len(text) > 9:
        raise BrokenForm("This form is not whole. Load the page again.")
    return int(text)


def _unfit_name(made: Compiled, sheet: Sheet, refused: DomainError) -> Compiled:
    """Return what was written with the mistake that keeps a template from being known by it."""
    mistake = Mistake(place=f"{REST}-{sheet.rest.key}-name", message=_first_message(refused))
    return replace(made, mistakes=(*made.mistakes, mistake))


def _first_message(refused: DomainError) -> str:
    if isinstance(refused, InvalidDocument):
        return next(finding.message for finding in refused.findings)
    return refused.message
