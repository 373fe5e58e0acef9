"""Where a value came from: who gave it, or how it got here."""

from enum import StrEnum


class Source(StrEnum):
    """Who gave what is handed over."""

    CLIENT = "client"
    """The chat backend itself."""
    USER = "user"
    """The person, on a page or in a form."""
    LLM = "llm"
    """A model, from what the person said; it gives no value that no model may see."""
    OPERATOR = "operator"
    PREFILL = "prefill"
    """It was there when the workflow started."""
    ACTION = "action"
    """The server found it out itself."""


# The others are known from what happens, and nobody's to claim.
CLAIMABLE = (Source.CLIENT, Source.USER, Source.LLM, Source.OPERATOR)
