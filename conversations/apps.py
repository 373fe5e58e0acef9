from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """What models and people who talk are given: contexts, tools, MCP, and a page of our own."""

    name = "conversations"
