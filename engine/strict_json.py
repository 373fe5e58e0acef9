"""JSON as every door of the service reads it: bounded, unambiguous, and storable in any database."""

import json
import math
import re
from collections import Counter
from typing import Any, NoReturn

from engine.errors import Invalid

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_INTEGER = 2**53

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


class UnreadableJson(Invalid):
    """The text is not JSON, or JSON that two readers could understand differently (RFC 8259, section 4 and 6)."""

    code = "unreadable_json"


def loads(text: bytes | str) -> Any:
    """Return the value of a JSON text.

    :raises UnreadableJson: not UTF-8, not JSON, a duplicate key, NaN or an infinity, NUL or a lone surrogate, an
        integer beyond 2**53, or nested deeper than 32 levels
    """
    try:
        value = json.loads(
            text.decode() if isinstance(text, bytes) else text,
            object_pairs_hook=_object_of,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as error:
        raise UnreadableJson(f"The text is not UTF-8 (byte {error.start}).") from None
    except json.JSONDecodeError as error:
        raise UnreadableJson(f"This is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None
    except ValueError:  # CPython refuses integers of more than 4,300 digits
        raise UnreadableJson("A number has too many digits. Send large numbers as strings.") from None
    except RecursionError:
        raise _too_deep() from None
    check(value)
    return value


def check(value: Any) -> None:
    """Refuse a value that JSON, SQLite and PostgreSQL would not all keep as it is.

    :raises UnreadableJson: as :func:`loads`; also for a value that is no JSON at all
    """
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            match item:
                case dict():
                    for key in item:
                        _check_key(key)
                    below.extend(item.values())
                case list():
                    below.extend(item)
                case _:
                    _check_scalar(item)
        if not below:
            return
        level = below
    for item in level:
        if isinstance(item, dict | list):
            raise _too_deep()
        _check_scalar(item)


def _check_key(key: Any) -> None:
    if not isinstance(key, str):
        raise UnreadableJson(f"A key must be a string, not {key!r}.")
    _check_text(key)


def _check_scalar(value: Any) -> None:
    match value:
        case None | bool():
            return
        case str():
            _check_text(value)
        case int():
            if abs(value) > MAX_INTEGER:
                raise UnreadableJson("An integer is beyond 2**53. Send large numbers as strings.")
        case float():
            if not math.isfinite(value):
                raise UnreadableJson("A number is not finite. Send large numbers as strings.")
            # Beyond 2**53 a float is whole, and PostgreSQL gives it back as an integer.
            if abs(value) > MAX_INTEGER:
                raise UnreadableJson("A number is beyond 2**53. Send large numbers as strings.")
        case _:
            raise UnreadableJson(f"{type(value).__name__} is not a kind of value that JSON has.")


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise UnreadableJson("A text contains the NUL character.")
    if _LONE_SURROGATE.search(text):
        raise UnreadableJson("A text contains half of a surrogate pair.")


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = Counter(key for key, _ in pairs).most_common()[0][0]
        raise UnreadableJson(f"The key {twice[:100]!r} occurs twice in one object.")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise UnreadableJson(f"{name} is not JSON.")


def _too_deep() -> UnreadableJson:
    return UnreadableJson(f"The value is nested deeper than {MAX_DEPTH} levels.")
