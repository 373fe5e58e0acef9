"""A scripted stand-in for a model: rules, no AI, served in the wire formats of OpenAI and of Anthropic."""

from chat.stand_in.server import serving
from chat.stand_in.wire import NAME

__all__ = ["NAME", "serving"]
