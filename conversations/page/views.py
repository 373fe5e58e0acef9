"""The page over HTTP: who may enter, and what is pressed there."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from conversations.links import workflow_id_of
from engine.errors import NotFound


def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page of the workflow that a link is for."""
    try:
        workflow_id_of(token, at=timezone.now())
    except NotFound as refusal:
        raise Http404(refusal.message) from None
    return HttpResponse("This page is being built.", content_type="text/plain")
