from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """What models and people who talk are given: contexts, tools, MCP, and a page of our own."""

    name = "conversations"

    def ready(self) -> None:
        """Let acts answer with the context after them."""
        # They read models, which are not there before.
        from conversations.including import context_included  # noqa: PLC0415
        from instances import inclusions  # noqa: PLC0415

        inclusions.register("context", context_included)
