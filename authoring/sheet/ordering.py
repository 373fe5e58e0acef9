"""The order of fields on the page and in the document, where `x-order` says it: an object keeps none of its own."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any


def in_order(properties: Mapping[str, Any], asked: Mapping[str, int]) -> list[tuple[str, Any]]:
    """Return properties in their order: by `x-order`, then as they are asked, then by name."""

    def place(item: tuple[str, Any]) -> tuple[float, int, str]:
        return _order(item[1]), asked.get(item[0], len(asked)), item[0]

    return sorted(properties.items(), key=place)


def _order(schema: Any) -> float:
    order = schema.get("x-order", 0) if isinstance(schema, Mapping) else 0
    return float(order) if isinstance(order, int | float) and not isinstance(order, bool) else 0.0


def orders_after(parts: Sequence[Any], was_at: Sequence[int | None]) -> list[float | None]:
    """Return the `x-order` that each part must get for the parts to come in this order; None where it has a fit one.

    `was_at` is where a part stood before, None for a new one. As few parts as possible get another number.
    """
    keys = [None if at is None else (_order(part), at) for part, at in zip(parts, was_at, strict=True)]
    stay = _longest_rise(keys)
    orders: list[float | None] = [_order(part) if number in stay else None for number, part in enumerate(parts)]
    if None not in orders:
        return [None] * len(parts)
    filled = _filled(orders)
    if filled is None:
        numbers = [float(number) for number in range(1, len(parts) + 1)]
        return [_plain(wanted) if _order(part) != wanted else None for part, wanted in zip(parts, numbers, strict=True)]
    return [None if number in stay else _plain(order) for number, order in enumerate(filled)]


def _longest_rise(keys: Sequence[tuple[float, int] | None]) -> set[int]:
    """Return which positions make the longest sequence that rises (patience sorting)."""
    tails: list[tuple[float, int]] = []
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for number, key in enumerate(keys):
        if key is None:
            continue
        at = bisect_left(tails, key)
        before[number] = ends[at - 1] if at else None
        tails[at : at + 1], ends[at : at + 1] = [key], [number]
    found: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found


def _filled(orders: Sequence[float | None]) -> list[float] | None:
    """Return the orders with numbers in the gaps; None if a gap has no room."""
    filled = list(orders)
    for number, order in enumerate(filled):
        if order is None:
            low = filled[number - 1] if number else None
            high = next((later for later in filled[number + 1 :] if later is not None), None)
            filled[number] = _between(low, high)
    found = [order for order in filled if order is not None]
    rises = all(low < high for low, high in pairwise(found) if (low, high))
    moved = [number for number, order in enumerate(orders) if order is None]
    fits = all(
        (number == 0 or found[number - 1] < found[number])
        and (number + 1 == len(found) or found[number] < found[number + 1])
        for number in moved
    )
    return found if rises or fits else None


def _between(low: float | None, high: float | None) -> float:
    if low is None:
        return 1.0 if high is None else high - 1
    return float(int(low) + 1) if high is None else (low + high) / 2


def _plain(order: float) -> float:
    return int(order) if order == int(order) else order
