from django.urls import URLPattern, path, register_converter

from conversations.context_views import ConversationContextViewSet, WorkflowContextViewSet
from conversations.converters import ConversationIdConverter
from conversations.link_views import LinkViewSet
from conversations.tool_views import TemplateToolsViewSet, ToolCallViewSet

register_converter(ConversationIdConverter, "conversation")

urlpatterns: list[URLPattern] = [
    path("workflows/<uuid:pk>/context", WorkflowContextViewSet.as_view({"get": "retrieve"}), name="workflow-context"),
    path("workflows/<uuid:pk>/link", LinkViewSet.as_view({"post": "create"}), name="workflow-link"),
    path(
        "conversations/<conversation:conversation_id>/context",
        ConversationContextViewSet.as_view({"get": "retrieve"}),
        name="conversation-context",
    ),
    path(
        "conversations/<conversation:conversation_id>/tool-calls",
        ToolCallViewSet.as_view({"post": "create"}),
        name="tool-calls",
    ),
    path(
        "workflow-templates/<uuid:pk>/tools", TemplateToolsViewSet.as_view({"get": "retrieve"}), name="template-tools"
    ),
]
