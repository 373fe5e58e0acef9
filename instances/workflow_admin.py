"""Workflows in the admin: found, read, and acted on through the same services as over REST."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone

from engine.acts import Act, is_allowed
from engine.errors import DomainError, RevisionConflict
from engine.progress import Status
from instances import services
from instances.acting import Acting
from instances.models import Workflow
from instances.slots import OnActive
from instances.workflow_page import may_be_retried, page_of
from permissions.authentication import staff_caller
from registry.models import WorkflowTemplate
from rest.admin import CappedPaginator, ReadOnlyAdmin, staff_page
from rest.encryption import KeyLost

ACT_ON = "instances.change_workflow"
PAGE = "admin:instances_workflow_change"


class TemplateFilter(admin.SimpleListFilter):
    """Narrow the list to one template, of which nothing but the name is read."""

    title = "template"
    parameter_name = "template"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Offer all templates."""
        return [(str(pk), name) for pk, name in WorkflowTemplate.objects.order_by("name").values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Workflow]) -> QuerySet[Workflow]:
        """Return the workflows of the chosen one; what is none of them is no choice."""
        chosen = _uuid(self.value() or "")
        return queryset.filter(template=chosen) if chosen else queryset


class RelyingForm(forms.Form):
    """An act to confirm, and the revision that the person has seen."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class CancelForm(RelyingForm):
    """To cancel, and why."""

    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Clients and colleagues read it. Name no person in it.",
    )


@admin.register(Workflow)
class WorkflowAdmin(ReadOnlyAdmin):
    """The list of workflows, the page of each, and what operators do to one."""

    list_display = ("created_at", "template", "status", "user_type", "user_id", "conversation_id")
    list_filter = ("status", TemplateFilter, "created_at")
    search_fields = ("conversation_id", "user_id")
    search_help_text = "The whole id of a conversation, of a person, or of a workflow."
    ordering = ("-created_at", "id")
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count a big table once more

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workflow]:
        """Return what a list shows of each."""
        return Workflow.objects.at_a_glance()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Workflow], search_term: str
    ) -> tuple[QuerySet[Workflow], bool]:
        """Find whole ids, for which there are indexes: a part of one would be looked for in every row."""
        wanted = search_term.strip()
        if not wanted:
            return queryset, False
        found, own = Q(conversation_id=wanted) | Q(user_id=wanted), _uuid(wanted)
        return queryset.filter(found if own is None else found | Q(pk=own)), False

    def get_urls(self) -> list[URLPattern]:
        """Add the pages on which acts are confirmed."""
        acts = [
            path(
                f"<uuid:workflow_id>/{act}/",
                self.admin_site.admin_view(view),
                name=f"instances_workflow_{act}",
            )
            for act, view in ((Act.CANCEL, self.cancel_view), (Act.RETRY, self.retry_view))
        ]
        return [*acts, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show one workflow."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        own = _uuid(object_id)
        workflow = Workflow.objects.with_names().filter(pk=own).first() if own else None
        if workflow is None:
            return self._missing(request)
        try:
            shown = page_of(workflow, staff_caller(request.user), page=request.GET.get("page"))
        except KeyLost as lost:
            return self._closed(request, lost)
        return self._page(request, "page", title=f"{workflow.template.name}: {workflow.status}", **shown)

    def cancel_view(self, request: HttpRequest, workflow_id: UUID) -> HttpResponse:
        """Cancel a workflow, with a reason."""

        def cancel(form: RelyingForm, acting: Acting) -> None:
            services.cancel(workflow_id, acting, reason=form.cleaned_data["reason"])

        return self._act(request, workflow_id, Act.CANCEL, CancelForm, cancel)

    def retry_view(self, request: HttpRequest, workflow_id: UUID) -> HttpResponse:
        """Ask again for what failed."""

        def retry(_: RelyingForm, acting: Acting) -> None:
            services.retry(workflow_id, None, acting, on_active=OnActive.REJECT)

        return self._act(request, workflow_id, Act.RETRY, RelyingForm, retry)

    def _act(
        self, request: HttpRequest, workflow_id: UUID, act: Act, form_class: type[RelyingForm], do: Any
    ) -> HttpResponse:
        """Ask first, then do it through the service, and tell what came of it."""
        if not request.user.has_perm(ACT_ON):
            raise PermissionDenied
        workflow = Workflow.objects.with_names().filter(pk=workflow_id).first()
        if workflow is None:
            return self._missing(request)
        form = (
            form_class(request.POST)
            if request.method == "POST"
            else form_class(initial={"revision": workflow.revision})
        )
        if form.is_valid():
            self._done(request, workflow, act, form, do)
            return redirect(PAGE, workflow_id)
        try:
            is_offered = _is_offered(workflow, act)
        except KeyLost as lost:
            return self._closed(request, lost)
        if not is_offered:
            self.message_user(request, _REFUSED[act], messages.WARNING)
            return redirect(PAGE, workflow_id)
        return self._page(request, act, title=_TITLES[act], workflow=workflow, form=form)

    def _done(self, request: HttpRequest, workflow: Workflow, act: Act, form: RelyingForm, do: Any) -> None:
        revision = form.cleaned_data["revision"]
        acting = Acting(caller=staff_caller(request.user), at=timezone.now(), expected_revision=revision)
        try:
            with transaction.atomic():
                do(form, acting)
                # The reason is in the event, which is blanked when somebody is forgotten; here it would stay.
                self.log_change(request, workflow, _DONE[act])
        except RevisionConflict:
            words = "Somebody changed this workflow since you looked at it. Look again before you decide."
            self.message_user(request, words, messages.ERROR)
        except DomainError as refused:
            self.message_user(request, refused.message, messages.ERROR)
        else:
            self.message_user(request, _DONE[act], messages.SUCCESS)

    def _closed(self, request: HttpRequest, lost: KeyLost) -> HttpResponse:
        self.message_user(request, lost.message, messages.ERROR)
        return redirect("admin:instances_workflow_changelist")

    def _missing(self, request: HttpRequest) -> HttpResponse:
        self.message_user(request, "There is no such workflow. It may have been deleted.", messages.WARNING)
        return redirect("admin:instances_workflow_changelist")

    def _page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        return staff_page(self, request, f"workflow/{name}", may_act=request.user.has_perm(ACT_ON), **context)


_TITLES = {Act.CANCEL: "Cancel this workflow", Act.RETRY: "Ask again for what failed"}
_DONE = {Act.CANCEL: "Cancelled.", Act.RETRY: "Asked again for what failed."}
_REFUSED = {
    Act.CANCEL: "This workflow cannot be cancelled: it has ended, or is just about to.",
    Act.RETRY: "Nothing has failed here that could be asked for again.",
}


def _is_offered(workflow: Workflow, act: Act) -> bool:
    return may_be_retried(workflow) if act is Act.RETRY else is_allowed(act, Status(workflow.status))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
