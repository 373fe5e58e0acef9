"""The order of fields on the page and in the document, where `x-order` says it: an object keeps none of its own."""

from collections.abc import Mapping, Sequence
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
    stay = _staying(keys)
    orders: list[float | None] = [_order(part) if number in stay else None for number, part in enumerate(parts)]
    if None not in orders:
        return [None] * len(parts)
    filled = _filled(orders)
    if filled is None:
        return [wanted if _order(part) != wanted else None for wanted, part in enumerate(parts, start=1)]
    return [None if number in stay else _plain(order) for number, order in enumerate(filled)]


def _staying(keys: Sequence[tuple[float, int] | None]) -> set[int]:
    """Return the largest set of positions that rise and leave room for the others between them."""
    best: list[tuple[int, int | None]] = []
    """For each position, how many can stay up to it, and which is the last before it."""
    for number, key in enumerate(keys):
        fit = [
            (best[earlier][0], earlier)
            for earlier, other in enumerate(keys[:number])
            if key is not None and other is not None and other < key and (other[0] < key[0] or earlier == number - 1)
        ]
        count, before = max(fit, default=(0, None))
        best.append((count + 1 if key is not None else 0, before))
    found: set[int] = set()
    last = max(range(len(best)), key=lambda number: best[number][0], default=None)
    while last is not None and keys[last] is not None:
        found.add(last)
        last = best[last][1]
    return found


def _filled(orders: Sequence[float | None]) -> list[float] | None:
    """Return the orders with numbers in the gaps; None if a gap has no room."""
    filled: list[float] = []
    for number, order in enumerate(orders):
        low = filled[-1] if filled else None
        high = next((later for later in orders[number + 1 :] if later is not None), None)
        found = _between(low, high) if order is None else order
        if order is None and not ((low is None or low < found) and (high is None or found < high)):
            return None
        filled.append(found)
    return filled


def _between(low: float | None, high: float | None) -> float:
    if low is None:
        return 1.0 if high is None else high - 1
    return float(int(low) + 1) if high is None else (low + high) / 2


def _plain(order: float) -> float:
    return int(order) if order == int(order) else order
