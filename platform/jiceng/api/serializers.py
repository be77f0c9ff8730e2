"""Bases for module serializers: strict about what comes in, UTC in what goes out.

``Serializer`` for input: unknown fields, wrong JSON types, control characters and times without a zone are refused; text is
cleaned by ``kernel.text.clean``. ``ModelSerializer`` for output: times in UTC with ``Z``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _
from rest_framework import serializers

from jiceng.kernel.errors import Invalid
from jiceng.kernel.text import clean

# Which JSON types each kind of field takes. Fields not listed here check for themselves.
_TEXTUAL = (
    serializers.CharField,
    serializers.UUIDField,
    serializers.DateTimeField,
    serializers.DateField,
    serializers.TimeField,
    serializers.ChoiceField,
    serializers.PrimaryKeyRelatedField,
)


class StrictMixin(serializers.BaseSerializer):  # type: ignore[type-arg]
    """Refuses what DRF would silently convert or drop."""

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        fields: dict[str, serializers.Field] = super().get_fields()  # type: ignore[misc,type-arg]
        for field in fields.values():
            if isinstance(field, serializers.DateTimeField) and getattr(field, "timezone", None) is None:
                field.timezone = UTC
        return fields

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            fields = self.fields  # type: ignore[attr-defined]
            writable = {name for name, field in fields.items() if not field.read_only}
            faults: dict[str, Any] = {
                name: serializers.ErrorDetail(_("不认识的字段。"), "unknown_field")
                for name in data
                if name not in writable
            }
            cleaned = {}
            for name in data:
                if name in writable:
                    try:
                        cleaned[name] = _strict(fields[name], data[name])
                    except serializers.ValidationError as error:
                        faults[name] = error.detail
            if faults:
                raise serializers.ValidationError(faults)
            data = cleaned
        return super().to_internal_value(data)


class Serializer(StrictMixin, serializers.Serializer):  # type: ignore[type-arg,misc]
    """Plain strict serializer."""


class ModelSerializer(StrictMixin, serializers.ModelSerializer):  # type: ignore[type-arg,misc]
    """Strict serializer over a model. Fields that an API must not accept belong into ``read_only_fields``."""


def _strict(field: serializers.Field, value: Any) -> Any:  # type: ignore[type-arg]
    """``value`` as the field may see it. Raises ``ValidationError``."""
    if value is None:
        return None
    if isinstance(field, serializers.ListField):
        return [_strict(field.child, item) for item in value] if isinstance(value, list) else value
    if isinstance(field, serializers.BooleanField):
        return _typed(value, bool, _("请填写 true 或 false。"))
    if isinstance(field, serializers.IntegerField):
        return _typed(value, int, _("请填写整数。"))
    if isinstance(field, serializers.FloatField):
        return _typed(value, (int, float), _("请填写数字。"))
    if isinstance(field, _TEXTUAL):
        return _text(field, value)
    return value


def _typed(value: Any, kind: Any, message: str) -> Any:
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise serializers.ValidationError(message, "wrong_type")
    return value


def _text(field: serializers.Field, value: Any) -> Any:  # type: ignore[type-arg]
    if isinstance(field, serializers.MultipleChoiceField):
        return value
    if isinstance(field, serializers.ChoiceField):
        if not any(type(value) is type(choice) for choice in field.choices):
            raise serializers.ValidationError(_("请从给出的选项中选择。"), "invalid_choice")
        return value
    _typed(value, str, _("请填写文字。"))
    if isinstance(field, serializers.DateTimeField):
        return _aware(value)
    try:
        return clean(value)
    except Invalid as error:
        raise serializers.ValidationError(error.detail, "invalid_text") from error


def _aware(value: str) -> str:
    try:
        parsed = parse_datetime(value)
    except ValueError:
        parsed = None
    if parsed is not None and is_naive(parsed):
        raise serializers.ValidationError(_("时间需带时区，例如 2026-01-01T08:00:00+08:00。"), "zone_missing")
    return value
