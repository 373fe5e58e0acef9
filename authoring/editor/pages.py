"""The editor over HTTP: opened, saved, published."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from authoring.editor import showing
from authoring.editor.drafting import Saved, publish, save
from authoring.editor.live_pages import CHANGE, PUBLISH, LivePages
from authoring.editor.posting import draft_posted, note_posted, number_posted, with_unfit_name
from authoring.people import person
from authoring.sheet.rows import NOT_WHOLE, BrokenForm
from authoring.sheet.whole import Compiled, Sheet, compiled, read_sheet, sheet_of
from authoring.versions.history import changes, versions_context
from engine import strict_json
from engine.errors import DomainError
from permissions.authentication import staff_caller
from registry.documents import working_document
from registry.errors import DraftOutdated, DraftRevisionConflict, InvalidDocument, NameTaken
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

_PAGE = "admin/registry/workflowtemplate/editor.html"
_TAKEN_OVER = "The document is taken over into the other tabs. It is not saved yet."
_STILL_MINE = "This is what you wrote, and it is not saved yet. Saving it puts it in the place of what the other saved."


class EditorPages(LivePages):
    """The page on which a template is written."""

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
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        acts: dict[str, Callable[[HttpRequest, WorkflowTemplate], HttpResponse]] = {
            "apply": self._apply,
            "go_on": self._go_on,
            "publish": self._publish,
            "discard": self._discard,
            "overwrite": self._overwrite,
        }
        try:
            return acts.get(str(request.POST.get("action")), self._save)(request, template)
        except BrokenForm as broken:
            messages.error(request, str(broken))
            return _back(request)

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
            "may_change": request.user.has_perm(CHANGE),
            "may_publish": request.user.has_perm(PUBLISH),
            "may_publish_this": request.user.has_perm(PUBLISH) and showing.is_news(template, made),
            "revision": request.POST.get("expected_revision", template.draft_revision),
            "base_version": request.POST.get("base_version", template.current_version),
            **{
                f"{page}_url": reverse(f"admin:registry_workflowtemplate_{page}", args=[template.pk])
                for page in ("live", "insert", "newer", "reusable", "export", "compare")
            },
            "may_reuse": request.user.has_perm("registry.add_steptemplate"),
            **versions_context(template, request.GET.get("page", 1), may_change=request.user.has_perm(CHANGE)),
            "open_tab": _tab(request),
            **({"json": request.POST.get("json", ""), "json_error": problem} if _has_unapplied(request) else {}),
            **more,
        }
        return TemplateResponse(request, _PAGE, context)

    # ---- What its buttons do ----

    def _save(self, request: HttpRequest, template: WorkflowTemplate) -> HttpResponse:
        sheet, made, problem = _read(request)
        if problem:
            return self._page(request, template, sheet, made, problem=problem, is_posted=True)
        try:
            saved = save(template, draft_posted(request, made), caller=staff_caller(request.user), at=timezone.now())
        except DraftRevisionConflict:
            return self._conflict(request, template, made)
        except (NameTaken, InvalidDocument) as refused:
            return self._page(request, template, sheet, with_unfit_name(made, sheet, refused), is_posted=True)
        self._tell_of(request, saved)
        return _back(request)

    def _tell_of(self, request: HttpRequest, saved: Saved) -> None:
        if saved.is_changed:
            self.log_change(request, saved.template, "Saved the draft.")
        if saved.template.draft is not None:
            messages.success(request, "The draft is saved. It counts once it is published.")
        else:
            messages.info(request, "Nothing was changed.")

    def _publish(self, request: HttpRequest, template: WorkflowTemplate) -> HttpResponse:
        if not request.user.has_perm(PUBLISH):
            raise PermissionDenied
        sheet, made, problem = _read(request)
        if problem:
            return self._page(request, template, sheet, made, problem=problem, is_posted=True)
        note, overwrite = note_posted(request), request.POST.get("overwrite") == "on"
        try:
            published = publish(
                template,
                draft_posted(request, made),
                caller=staff_caller(request.user),
                at=timezone.now(),
                note=note,
                overwrite=overwrite,
            )
        except DraftRevisionConflict:
            return self._conflict(request, template, made)
        except DraftOutdated:
            return self._outdated(request, template, note)
        except NameTaken as refused:
            return self._page(request, template, sheet, with_unfit_name(made, sheet, refused), is_posted=True)
        except InvalidDocument:
            words = "This cannot be published yet. What must be corrected is listed under “Checks”."
            return self._page(request, template, sheet, made, problem=words, is_posted=True)
        except DomainError as refused:
            return self._page(request, template, sheet, made, problem=refused.message, is_posted=True)
        if published.current_version == template.current_version and published.updated_at == template.updated_at:
            messages.info(request, "Nothing was changed since it was published.")
            return _back(request)
        self.log_change(request, published, f"Published version {published.current_version}. {note}".strip())
        messages.success(request, f"Version {published.current_version} is published. New conversations use it.")
        return _back(request)

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
        return self._unsaved(request, template, document, _TAKEN_OVER)

    def _discard(self, request: HttpRequest, template: WorkflowTemplate) -> HttpResponse:
        """Throw the draft away, once the difference was seen."""
        if template.draft is None:
            messages.info(request, "There is no draft to throw away.")
            return _back(request)
        revision, actor = number_posted(request.POST, "expected_revision"), staff_caller(request.user).actor
        if request.POST.get("sure") != "yes" or revision != template.draft_revision:
            # What somebody else saved meanwhile is shown too, before it is lost.
            return self._ask(request, template, "discard", lost=changes(template.document(), template.draft))
        try:
            WorkflowRegistry.discard_draft(template.pk, actor=actor, at=timezone.now(), expected_revision=revision)
        except DomainError as refused:
            messages.error(request, refused.message)
        else:
            self.log_change(request, template, "Threw the draft away.")
            messages.success(request, "The draft is gone. What is published is unchanged.")
        return _back(request)

    def _conflict(self, request: HttpRequest, template: WorkflowTemplate, made: Compiled) -> HttpResponse:
        """Show what two people wrote, before anything is overwritten."""
        template.refresh_from_db()
        theirs = working_document(template)
        return self._ask(
            request,
            template,
            "conflict",
            changed=changes(theirs, made.document),
            json=showing.as_json(made.document),
            who=person(template.draft_author),
            status=409,
        )

    def _go_on(self, request: HttpRequest, template: WorkflowTemplate) -> HttpResponse:
        """Go on with one's own document, which the next save puts in the place of the draft that was shown."""
        return self._unsaved(request, template, _own_document(request), _STILL_MINE)

    def _unsaved(
        self, request: HttpRequest, template: WorkflowTemplate, document: dict[str, Any], notice: str
    ) -> HttpResponse:
        sheet = sheet_of(document, published=showing.published_names(template))
        return self._page(request, template, sheet, compiled(sheet), notice=notice)

    def _overwrite(self, request: HttpRequest, template: WorkflowTemplate) -> HttpResponse:
        """Put one's own document in the place of the draft that was shown beside it."""
        document = _own_document(request)
        made = Compiled(document=document)
        try:
            saved = save(template, draft_posted(request, made), caller=staff_caller(request.user), at=timezone.now())
        except DraftRevisionConflict:
            return self._conflict(request, template, made)
        except (NameTaken, InvalidDocument) as refused:
            sheet = sheet_of(document, published=showing.published_names(template))
            return self._page(
                request, template, sheet, with_unfit_name(compiled(sheet), sheet, refused), is_posted=True
            )
        self._tell_of(request, saved)
        return _back(request)

    def _outdated(self, request: HttpRequest, template: WorkflowTemplate, note: str) -> HttpResponse:
        """Show what was published since the draft was begun, before it is published over."""
        template.refresh_from_db()
        begun_on = template.draft_base_version
        number = number_posted(request.POST, "base_version") if template.draft is None or begun_on is None else begun_on
        base = template.versions.filter(number=number).first()
        since = changes(base.content() if base else {}, template.content())
        more = {"changed": since, "note": note, "base": number, "status": 409}
        return self._ask(request, template, "outdated", posted=request.POST, **more)

    def _ask(self, request: HttpRequest, template: WorkflowTemplate, page: str, **more: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": template.name,
            "opts": self.opts,
            "template": template,
            "open_tab": _tab(request),
            **more,
        }
        status = int(more.get("status", 200))
        return TemplateResponse(request, f"admin/registry/workflowtemplate/{page}.html", context, status=status)


def _has_unapplied(request: HttpRequest) -> bool:
    """Tell whether the document under “Advanced” was changed, and neither applied nor undone."""
    return request.POST.get("json_changed") == "on" and request.POST.get("action") != "apply"


def _own_document(request: HttpRequest) -> dict[str, Any]:
    """Return what somebody wrote, as the page that tells of a conflict carries it along.

    :raises BrokenForm: it is not there
    """
    try:
        document = strict_json.loads(str(request.POST.get("json", "")))
    except strict_json.UnreadableJson:
        document = None
    if not isinstance(document, dict):
        raise BrokenForm(NOT_WHOLE)
    return document


def _back(request: HttpRequest) -> HttpResponse:
    """Open the editor again on the tab that somebody was on."""
    return redirect(f"{request.path}?tab={_tab(request)}")


def _tab(request: HttpRequest) -> str:
    wanted = request.POST.get("tab") or request.GET.get("tab")
    return wanted if wanted in dict(showing.TABS) else "about"


def _read(request: HttpRequest) -> tuple[Sheet, Compiled, str]:
    """Return what was posted, and in one sentence what keeps it from being saved."""
    sheet = read_sheet(request.POST)
    made = compiled(sheet)
    if _has_unapplied(request):
        return sheet, made, "The document under “Advanced” was changed and not applied. Apply it or undo it first."
    count = len(made.mistakes)
    if count:
        return sheet, made, f"Please correct what is marked: {count} {'thing' if count == 1 else 'things'}."
    return sheet, made, ""
