"""What a tool answers when nothing could be done: a code that clients rely on, and words that say what to do next."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, OperationalError
from django_mcpz.server import ToolError
from rest_framework.exceptions import ValidationError

from engine.errors import Conflict, DomainError
from rest.encryption import KeyLost
from rest.problems import flatten, is_clash

logger = logging.getLogger(__name__)

_NEXT = {
    "user_type_required": "Nothing tells who the person in this conversation is. If it has begun, look whether "
    "conversation_id is the same as before; else start a workflow with start_workflow, with user_id and user_type."
}
"""What a model reads where the words for programs would not help it: most tools do not take what those ask for."""


@contextmanager
def told() -> Iterator[None]:
    """Turn what is refused into the error of a tool, which the model reads.

    :raises django_mcpz.server.ToolError: something was refused
    """
    try:
        yield
    except DomainError as error:
        if isinstance(error, KeyLost):
            logger.error("%s", error.message)  # noqa: TRY400  only who operates this can help
        raise ToolError(words_of(error)) from None
    except ValidationError as error:
        wrong = list(flatten(error.detail))
        raise _refusal("invalid", "The call is not well formed. Each mistake is in errors.", errors=wrong) from None
    except IntegrityError as error:
        if not is_clash(error):
            raise
        logger.warning("Two writers met")
        sentence = "Something this depends on changed at the same moment. Try again."
        raise _refusal(Conflict.code, sentence) from None
    except OperationalError as error:
        logger.error("The database did not answer", exc_info=error)  # noqa: TRY400  it is ours to tell
        raise _refusal("database_unavailable", "The database is busy or away. Try again.") from None


def words_of(error: DomainError) -> str:
    """Return what a model reads of an error."""
    return words(error.code, _NEXT.get(error.code, error.message), **error.details)


def _refusal(code: str, detail: str, /, **members: Any) -> ToolError:
    return ToolError(words(code, detail, **members))


def words(code: str, detail: str, /, **members: Any) -> str:
    """Return a refusal as a model reads it: JSON, so that programs can read it, too."""
    return json.dumps({"code": code, "detail": detail, **members}, cls=DjangoJSONEncoder, ensure_ascii=False)
