"""What the log of tool calls may keep. It knows no Django: settings name it before there are any apps."""

import logging

# The library puts them on every record: what people said, and the request, whose headers hold the key.
_PRIVATE = ("arguments", "request")


class WithoutArguments(logging.Filter):
    """Takes out of a record what was called with; which tool was called, with what result and how long, stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without what is private."""
        for name in _PRIVATE:
            record.__dict__.pop(name, None)
        return True
