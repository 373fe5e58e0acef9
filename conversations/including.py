"""`?include=context`: the context after an act, in its answer."""

from rest_framework.request import Request

from conversations.contexts import context_of
from conversations.links import base_url_of
from conversations.parameters import WantedSerializer, read, wanted_of
from instances.inclusions import Acted, Build

_PARAMETERS = frozenset(WantedSerializer().fields)


def context_included(request: Request) -> Build:
    """Read how the context is wanted, and return what builds it."""
    wanted = wanted_of(read(request, WantedSerializer, among=_PARAMETERS))
    base_url = base_url_of(request)

    def build(acted: Acted) -> dict[str, object]:
        return context_of(
            acted.workflow,
            acted.definition,
            acted.caller,
            wanted=wanted,
            position=acted.position,
            report=acted.report,
            say=acted.say,
            base_url=base_url,
        )

    return build
