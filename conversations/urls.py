from django.urls import path, register_converter

from conversations.context_views import ConversationContextViewSet, WorkflowContextViewSet
from conversations.converters import ConversationIdConverter

register_converter(ConversationIdConverter, "conversation")

urlpatterns = [
    path("workflows/<uuid:pk>/context", WorkflowContextViewSet.as_view({"get": "retrieve"}), name="workflow-context"),
    path(
        "conversations/<conversation:conversation_id>/context",
        ConversationContextViewSet.as_view({"get": "retrieve"}),
        name="conversation-context",
    ),
]
