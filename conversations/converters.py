"""Parts of paths that Django has no word for."""


class ConversationIdConverter:
    """The id of a conversation as its chat backend chose it: any characters at all, slashes and new lines too."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """Return the id."""
        return value

    def to_url(self, value: str) -> str:
        """Return what stands in the path."""
        return value
