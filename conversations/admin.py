"""The page of a workflow in the admin, with a link for the person: people ask those who support them for one."""

from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from conversations.links import base_url_of, page_link
from instances.models import Workflow
from instances.workflow_admin import ACT_ON, WorkflowAdmin

admin.site.unregister(Workflow)


@admin.register(Workflow)
class WorkflowWithLinkAdmin(WorkflowAdmin):
    """Workflows in the admin, and links to their pages."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page on which a link is made."""
        view = self.admin_site.admin_view(never_cache(self.link_view))
        return [path("<uuid:workflow_id>/link/", view, name="instances_workflow_link"), *super().get_urls()]

    def link_view(self, request: HttpRequest, workflow_id: UUID) -> HttpResponse:
        """Make a link to the page of a workflow, and show it once: nothing of it is stored but that it was made."""
        if not request.user.has_perm(ACT_ON):
            raise PermissionDenied
        workflow = Workflow.objects.with_names().filter(pk=workflow_id).first()
        if workflow is None:
            return self._missing(request)
        link = None
        if request.method == "POST":
            link = page_link(workflow, base_url=base_url_of(request), at=timezone.now())
            self.log_change(
                request, workflow, f"Made a link for the person, good until {link.expires_at:%Y-%m-%d %H:%M} UTC."
            )
        return self._page(request, "link", title="Link for the person", workflow=workflow, link=link)
