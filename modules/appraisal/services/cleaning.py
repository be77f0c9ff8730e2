"""One rule for text and numbers that people type, whichever surface they came through."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.text import clean

CENT = Decimal("0.01")


class Cleaner:
    """Collects cleaned values and every fault, so that a person sees all of them at once."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.faults: list[FieldError] = []

    def text(self, name: str, value: Any, longest: int, *, needed: bool = False) -> Cleaner:
        if not isinstance(value, str | None):
            return self.refuse(name, "invalid_text", _("请填写文字。"))
        # Far too long is refused before it is looked at more closely.
        if value and len(value) > 4 * longest + 1000:
            return self.refuse(name, "too_long", _("不能超过 %(count)d 个字。") % {"count": longest})
        try:
            text = clean(value or "")
        except Invalid as error:
            return self.refuse(name, "invalid_text", error.detail)
        if needed and not text:
            return self.refuse(name, "required", _("此项不能为空。"))
        if len(text) > longest:
            return self.refuse(name, "too_long", _("不能超过 %(count)d 个字。") % {"count": longest})
        self.values[name] = text
        return self

    def number(self, name: str, value: Any, low: int, high: int) -> Cleaner:
        """A whole number."""
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            message = _("应为 %(low)d 到 %(high)d 的整数。") % {"low": low, "high": high}
            return self.refuse(name, "out_of_range", message)
        self.values[name] = value
        return self

    def refuse(self, name: str, code: str, message: str) -> Cleaner:
        self.faults.append(FieldError(f"/{name}", code, message))
        return self

    def done(self, error: Callable[..., Exception]) -> dict[str, Any]:
        if self.faults:
            raise error(fields=tuple(self.faults))
        return self.values


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
