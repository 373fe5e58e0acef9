"""What the editor's script asks while somebody types: what is wrong, what the panels show, rows to put in."""

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from authoring.diagram.drawing import layout
from authoring.editor import showing
from authoring.editor.drafting import save
from authoring.editor.posting import draft_posted, with_unfit_name
from authoring.editor.samples import sample_answers
from authoring.editor.showing import Checked
from authoring.people import person
from authoring.sheet.rows import BrokenForm
from authoring.sheet.whole import Compiled, Sheet, compiled, read_sheet
from authoring.trial.following import Names
from authoring.trial.panel import panel, today_of
from engine.errors import DomainError
from permissions.authentication import staff_caller
from registry.errors import DraftRevisionConflict, InvalidDocument, NameTaken
from registry.models import WorkflowTemplate
from registry.step_templates import expansion_of
from rest.admin import AnyModelAdmin

CHANGE = "registry.change_workflowtemplate"
PUBLISH = "registry.publish_workflowtemplate"


class LivePages(AnyModelAdmin):
    """What stands beside the rows, made from how they are now."""

    def get_urls(self) -> list[URLPattern]:
        """Add what the editor's script asks."""
        view = self.admin_site.admin_view
        own = [
            path("<uuid:template_id>/live/", view(self.live_view), name="registry_workflowtemplate_live"),
            path("<uuid:template_id>/insert/", view(self.insert_view), name="registry_workflowtemplate_insert"),
        ]
        return [*own, *super().get_urls()]

    @method_decorator(require_POST)
    def live_view(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        """Return what the page shows beside the rows, made from how they are now; with `autosave`, save them too."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        template = get_object_or_404(WorkflowTemplate, pk=template_id)
        try:
            return JsonResponse(self._answer(request, template))
        except BrokenForm as broken:
            return JsonResponse({"broken": str(broken)}, status=400)

    def _answer(self, request: HttpRequest, template: WorkflowTemplate) -> dict[str, Any]:
        """Return what is to be shown.

        :raises BrokenForm: what was posted is not what our page posts
        """
        may_change = request.user.has_perm(CHANGE)
        # A browser posts nothing of rows that may not be changed.
        sheet = read_sheet(request.POST) if may_change else showing.opened(template)
        made = compiled(sheet)
        answer: dict[str, Any] = {}
        if may_change and request.POST.get("autosave") == "on":
            made = self._autosave(request, template, sheet, made, answer)
        checked = showing.check(made, sheet, staff_caller(request.user))
        found = showing.facts(made, sheet)
        more = {"may_publish_this": request.user.has_perm(PUBLISH) and showing.is_news(template, made)}
        return {
            **answer,
            "errors": [{"id": f"id_{mistake.place}", "message": mistake.message} for mistake in checked.mistakes],
            "counts": checked.counts(),
            "checks": render_to_string("authoring/editor/_checks.html", {**showing.checks_context(checked), **more}),
            "facts": found,
            "samples": sample_answers(sheet, made),
            "name": made.document.get("name", ""),
            **_panel(request, made, checked, found),
        }

    @method_decorator(require_POST)
    def insert_view(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        """Return the rows of a reusable step, with names that no other row has."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        get_object_or_404(WorkflowTemplate, pk=template_id)
        try:
            made = compiled(read_sheet(request.POST))
            rows = showing.inserted(
                str(request.POST.get("slug", "")).replace("\0", ""),
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
            saved = save(template, draft_posted(request, made), caller=staff_caller(request.user), at=timezone.now())
        except DraftRevisionConflict:
            who = person(template.draft_author)
            answer["conflict"] = f"{who} saved this draft meanwhile. Save to see the difference and choose."
            return made
        except (NameTaken, InvalidDocument) as refused:
            return with_unfit_name(made, sheet, refused)
        if saved.is_changed and saved.is_first:
            self.log_change(request, template, "Worked on the draft (saved by itself).")
        when = timezone.localtime(saved.template.draft_saved_at) if saved.template.draft_saved_at else None
        answer["saved"] = {
            "revision": saved.template.draft_revision,
            "words": f"Draft saved {when:%H:%M}" if when and saved.template.draft is not None else "",
            "draft": saved.template.draft is not None,
        }
        return made


def _panel(request: HttpRequest, made: Compiled, checked: Checked, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return the panel that is open beside the rows, and the document if it is looked at."""
    found: dict[str, str] = {}
    match request.POST.get("panel"):
        case "try":
            document = expansion_of(made.document).document
            today = today_of(document, at=timezone.now())
            names = Names(
                fields={field["key"]: field["name"] for field in facts["fields"]},
                steps={step["key"]: step["id"] for step in facts["steps"]},
            )
            context = panel(document, request.POST, today=today, findings=checked.findings, names=names)
            found["trial"] = render_to_string("authoring/_trial.html", context)
        case "diagram":
            context = {
                "diagram": layout(expansion_of(made.document).document),
                "diagram_id": "diagram",
                "editor_url": "",
            }
            found["diagram"] = render_to_string("authoring/_diagram.html", context)
    if request.POST.get("wants_json") == "on":
        found["json"] = showing.as_json(made.document)
    return found
