"""One rule for text that people type, whichever surface it came through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.text import clean


class Cleaner:
    """Collects cleaned values and every fault, so that a person sees all of them at once."""

    def __init__(self, within: str = "") -> None:
        """``within``: the object that the fields are in, for the pointers."""
        self.prefix = f"/{within}" if within else ""
        self.values: dict[str, Any] = {}
        self.faults: list[FieldError] = []

    def text(self, name: str, value: Any, longest: int, *, needed: bool = False) -> Cleaner:
        try:
            text = clean(value if isinstance(value, str) else "")
        except Invalid as error:
            return self.refuse(name, "invalid_text", error.detail)
        if needed and not text:
            return self.refuse(name, "required", _("此项不能为空。"))
        if len(text) > longest:
            return self.refuse(name, "too_long", _("不能超过 %(count)d 个字。") % {"count": longest})
        self.values[name] = text
        return self

    def refuse_unknown(self, given: Mapping[str, Any], known: set[str]) -> Cleaner:
        """Refuse what is not ``known``."""
        for name in sorted(set(given) - known)[:10]:
            self.refuse(str(name)[:40].replace("~", "~0").replace("/", "~1"), "unknown_field", _("没有这个字段。"))
        return self

    def refuse(self, name: str, code: str, message: str) -> Cleaner:
        self.faults.append(FieldError(f"{self.prefix}/{name}", code, message))
        return self

    def done(self, error: Callable[..., Exception]) -> dict[str, Any]:
        if self.faults:
            raise error(fields=tuple(self.faults))
        return self.values
