"""What a client sends: one JSON-RPC message, read as strictly as a body of the API."""

from http import HTTPStatus

from django.http import HttpRequest
from django_mcpz.jsonrpc import INVALID_REQUEST, PARSE_ERROR, Message, decode_message

from engine import strict_json

MEDIA_TYPE = "application/json"


class Unreadable(Exception):
    """The request holds no message; the words say what is wrong with it."""

    def __init__(self, status: HTTPStatus, code: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.code = code
        self.words = words


def message_in(request: HttpRequest) -> Message:
    """Return the message of a request.

    :raises Unreadable: it is no JSON that everybody understands alike, or too much of it
    :raises django_mcpz.jsonrpc.MessageError: it is JSON, and no message
    """
    if request.content_type != MEDIA_TYPE:
        words = f"Send {MEDIA_TYPE}."
        raise Unreadable(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, INVALID_REQUEST, words)
    text = _body_of(request)
    try:
        strict_json.loads(text)
    except strict_json.UnreadableJson as error:
        raise Unreadable(HTTPStatus.BAD_REQUEST, PARSE_ERROR, error.message) from None
    return decode_message(text)


def _body_of(request: HttpRequest) -> bytes:
    text: bytes = request.read(strict_json.MAX_BYTES + 1)
    if len(text) > strict_json.MAX_BYTES:
        raise Unreadable(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, INVALID_REQUEST, "The body is larger than 1 MiB.")
    return text
