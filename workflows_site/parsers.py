"""How request bodies are read: JSON with limits, and nothing else."""

from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from rest_framework.parsers import BaseParser

from engine import strict_json


class StrictJSONParser(BaseParser):
    """Read a JSON body of at most 1 MiB; an empty one means an empty object."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value.

        :raises RequestDataTooBig: the body is larger than 1 MiB
        :raises engine.strict_json.UnreadableJson: it is not JSON that everybody understands alike
        """
        text = stream.read(strict_json.MAX_BYTES + 1)
        if len(text) > strict_json.MAX_BYTES:
            raise RequestDataTooBig
        return strict_json.loads(text) if text else {}
