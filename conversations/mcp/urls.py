"""Where clients of the Model Context Protocol knock; outside of `/api`, whose answers are those of REST."""

from django.urls import URLPattern, path

from conversations.mcp.service import server

# Both, because a POST cannot be redirected.
urlpatterns: list[URLPattern] = [
    path("mcp/", server, name="mcp"),
    path("mcp", server),
]
