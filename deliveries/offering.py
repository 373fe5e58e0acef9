"""What authors can name of what this app keeps: its tools, and its secrets by name."""

from collections.abc import Iterator

from deliveries.models import Secret
from deliveries.tools import every_tool
from registry.offers import Offer, Offered


def tools_and_secrets() -> Iterator[Offer]:
    """Return every tool, with the names of its arguments, and every secret."""
    for tool in every_tool():
        arguments = tuple(tool.arguments["properties"])
        yield Offer(kind=Offered.TOOL, name=tool.name, description=tool.description, arguments=arguments)
    for name in Secret.objects.order_by("name").values_list("name", flat=True):
        yield Offer(kind=Offered.SECRET, name=name)
