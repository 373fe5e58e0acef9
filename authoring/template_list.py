"""The list of templates, and how one comes to be and goes."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from engine.errors import DomainError
from permissions.authentication import staff_caller
from permissions.models import UserTypeWorkflowTemplate
from registry.documents import working_document
from registry.errors import InvalidDocument
from registry.models import TemplateVersion, WorkflowTemplate
from registry.registry import WorkflowRegistry
from rest.admin import AnyModelAdmin

EMPTY: dict[str, Any] = {
    "state_schema": {"type": "object", "properties": {}, "required": []},
    "steps": [],
    "end_action_type": "none",
}


class BeginForm(forms.Form):
    """How a template begins: with a name, from nothing or from a copy."""

    name = forms.CharField(
        max_length=255, help_text="Short, and the same for good: other systems start the workflow by this name."
    )
    copy_of = forms.ModelChoiceField(
        queryset=WorkflowTemplate.objects.order_by("name"),
        required=False,
        label="Begin with a copy of",
        empty_label="nothing: an empty workflow",
    )


class TemplateList(AnyModelAdmin):
    """Which templates there are."""

    list_display = ("name", "category", "state", "pages", "updated_at")
    list_filter = ("is_active", "category")
    search_fields = ("name", "description")

    @admin.display(description="State")
    def state(self, template: WorkflowTemplate) -> str:
        """Return what is published, and whether there is more."""
        published = f"Version {template.current_version}" if template.is_published else "Never published"
        more = (
            format_html(' <span class="badge badge-draft">{}</span>', "Unpublished changes") if template.draft else ""
        )
        return format_html("{}{}{}", published, "" if template.is_active else ", not offered", more)

    @admin.display(description="More")
    def pages(self, template: WorkflowTemplate) -> str:
        """Lead to what else there is of a template."""
        links = [
            (reverse(f"admin:registry_workflowtemplate_{page}", args=[template.pk]), words)
            for page, words in (("try", "Try it"), ("diagram", "Diagram"), ("export", "Export"))
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', links)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the templates without their documents, which the list does not show."""
        found: QuerySet[Any] = super().get_queryset(request)
        is_list = str(getattr(request.resolver_match, "url_name", "")).endswith("_changelist")
        return found.defer("state_schema", "steps", "guidelines", "tests", "metadata") if is_list else found

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask for a name, and open the editor."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BeginForm(request.POST or None)
        if form.is_valid():
            source: WorkflowTemplate | None = form.cleaned_data["copy_of"]
            document = {**(working_document(source) if source else EMPTY), "name": form.cleaned_data["name"]}
            try:
                begun = WorkflowRegistry.begin(document, actor=staff_caller(request.user).actor, at=timezone.now())
            except InvalidDocument as refused:
                form.add_error("name", next(finding.message for finding in refused.findings))
            except DomainError as refused:
                form.add_error("name", refused.message)
            else:
                self.log_addition(request, begun, "Began a draft.")
                return redirect("admin:registry_workflowtemplate_change", begun.pk)
        context = {**self.admin_site.each_context(request), "title": "New workflow", "opts": self.opts, "form": form}
        return TemplateResponse(request, "admin/registry/workflowtemplate/begin.html", context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what goes with templates; their versions and grants are parts of them and need no other right."""
        listed, counts, needed, protected = super().get_deleted_objects(objs, request)
        parts = {str(model._meta.verbose_name) for model in (TemplateVersion, UserTypeWorkflowTemplate)}
        return listed, counts, set(map(str, needed)) - parts, protected

    def delete_model(self, request: HttpRequest, obj: WorkflowTemplate) -> None:
        """Delete one through the registry."""
        WorkflowRegistry.delete(obj.pk)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask first, and delete; it is said why not if a workflow was made from it in between."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except DomainError as refused:
            messages.error(request, refused.message)
            return redirect("admin:registry_workflowtemplate_changelist")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[WorkflowTemplate]) -> None:
        """Delete several through the registry; those that workflows were made from stay, and it is said why."""
        for template in queryset:
            try:
                WorkflowRegistry.delete(template.pk)
            except DomainError as refused:
                messages.error(request, refused.message)
