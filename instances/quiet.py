"""Logging what went wrong without what people said: a database quotes the row, other code what it was given."""

import logging
from traceback import format_tb


def log_quietly(logger: logging.Logger, what: str, error: Exception) -> None:
    """Log what could not be done, the kind of the error and where it came up; not its message."""
    where = "".join(format_tb(error.__traceback__))
    logger.error("%s: %s\n%s", what, type(error).__name__, where)
