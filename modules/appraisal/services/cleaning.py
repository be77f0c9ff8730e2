"""Points as people give them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

CENT = Decimal("0.01")


def points(value: Any, most: int | Decimal) -> Decimal | None:
    """0 to ``most`` with two decimals at most; ``None`` for anything else."""
    if isinstance(value, float) or len(str(value)) > 12:
        return None
    try:
        given = Decimal(str(value).strip())
        if not given.is_finite() or not 0 <= given <= most:
            return None
        exact = given.quantize(CENT)
    except InvalidOperation:
        return None
    return exact if exact == given else None
