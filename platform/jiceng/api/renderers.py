"""JSON out, and how clients choose it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

_to_text = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=JSONEncoder().default
).encode


def encode(data: Any) -> bytes:
    """Compact UTF-8 JSON."""
    return _to_text(data).encode()


class CompactJSONRenderer(JSONRenderer):
    """UTF-8 without escapes and spaces. Plain values go straight through the C encoder."""

    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else encode(data)


class JSONNegotiation(DefaultContentNegotiation):
    """Spares the common ``Accept`` headers the full negotiation. Anything but JSON is refused with 406."""

    _COMMON = frozenset({"", "*/*", "application/json", "application/problem+json"})

    def select_renderer(
        self, request: Any, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        accept = request.META.get("HTTP_ACCEPT", "*/*")
        if accept in self._COMMON:
            return renderers[0], "application/json"
        return super().select_renderer(request, renderers, format_suffix)
