"""The dialects in which tools are described."""

from enum import StrEnum


class Dialect(StrEnum):
    """For whom tools are described; `openai-strict` is what constrained decoding of OpenAI takes."""

    OPENAI = "openai"
    OPENAI_STRICT = "openai-strict"
    ANTHROPIC = "anthropic"
    MCP = "mcp"
