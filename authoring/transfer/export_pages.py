"""Templates given out as a file, from the list of them and from each one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header

from authoring.transfer.exporting import MAX_EXPORTED, NothingToExport, Which, file_of
from registry.models import WorkflowTemplate
from rest.admin import AnyModelAdmin

CONTENT_TYPES = {"json": "application/json", "jsonl": "application/x-ndjson", "yaml": "application/yaml"}


class ExportForm(forms.Form):
    """What is to be in the file, and how it is to be written."""

    which = forms.ChoiceField(
        label="What",
        choices=[
            (Which.PUBLISHED.value, "What is published"),
            (Which.DRAFT.value, "The draft, or what is published where there is no draft"),
        ],
        widget=forms.RadioSelect,
    )
    format = forms.ChoiceField(
        label="How it is written",
        choices=[("yaml", "YAML (easier to read)"), ("json", "JSON (easier for programs)")],
        widget=forms.RadioSelect,
    )


class ExportPages(AnyModelAdmin):
    """Gives out templates as files that can be imported again."""

    actions = ("export_chosen",)

    def get_urls(self) -> list[URLPattern]:
        """Add the page that exports one template."""
        page = path(
            "<uuid:template_id>/export/",
            self.admin_site.admin_view(self.export_view),
            name="registry_workflowtemplate_export",
        )
        return [page, *super().get_urls()]

    def export_view(self, request: HttpRequest, template_id: UUID) -> HttpResponseBase:
        """Ask what is to be in the file of one template, or give it out: `?which=published&format=yaml`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        template = get_object_or_404(WorkflowTemplate, pk=template_id)
        is_asked = "format" in request.GET or "which" in request.GET
        return self._export(request, [template], request.GET if is_asked else None)

    @admin.action(description="Export the chosen templates", permissions=["view"])
    def export_chosen(self, request: HttpRequest, queryset: QuerySet[WorkflowTemplate]) -> HttpResponseBase:
        """Ask what is to be in the file of several templates, and then give it out."""
        chosen = list(queryset.order_by("name")[: MAX_EXPORTED + 1])
        return self._export(request, chosen, request.POST if "format" in request.POST else None)

    def _export(
        self, request: HttpRequest, chosen: list[WorkflowTemplate], given: QueryDict | None
    ) -> HttpResponseBase:
        form = ExportForm(given, initial={"which": Which.PUBLISHED.value, "format": "yaml"})
        if len(chosen) > MAX_EXPORTED:
            problem = f"Choose at most {MAX_EXPORTED} templates. The command export_templates exports all of them."
            return self._asked_for_export(request, chosen, form, problem=problem)
        if given is not None and form.is_valid():
            try:
                return _attached(*file_of(chosen, Which(form.cleaned_data["which"]), form.cleaned_data["format"]))
            except NothingToExport as refusal:
                return self._asked_for_export(request, chosen, form, problem=refusal.message)
        return self._asked_for_export(request, chosen, form)

    def _asked_for_export(
        self, request: HttpRequest, chosen: list[WorkflowTemplate], form: ExportForm, *, problem: str = ""
    ) -> TemplateResponse:
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Export templates" if len(chosen) != 1 else "Export a template",
            "opts": self.opts,
            "chosen": chosen[:MAX_EXPORTED],
            "form": form,
            "problem": problem,
            "is_several": request.method == "POST",
            "select_across": request.POST.get("select_across", "0"),
            "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(
            request, "authoring/export.html", context, status=400 if problem or form.errors else 200
        )


def _attached(name: str, text: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=f"{CONTENT_TYPES[name.rpartition('.')[2]]}; charset=utf-8")
    answer.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return answer
