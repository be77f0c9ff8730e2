"""Lists without a serializer per row: what to read and how to write it, worked out once from the declaration.

A serializer whose fields are all plain columns is compiled to column paths and converters; its lists are then read as tuples.
Any other serializer works as DRF made it, only slower.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from rest_framework import serializers

from .serializers import StrictMixin

Convert = Callable[[Any], Any]
# Only these exact classes: a subclass may convert in its own way.
_AS_IS = (
    serializers.CharField, serializers.EmailField, serializers.SlugField, serializers.URLField, serializers.IntegerField,
    serializers.BooleanField, serializers.FloatField, serializers.JSONField, serializers.ChoiceField,
)  # fmt: skip
_CONVERTED = (
    serializers.UUIDField, serializers.DateTimeField, serializers.DateField, serializers.PrimaryKeyRelatedField,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """``columns``: ORM paths to read, in the order of ``names``; ``converters``: one each, ``None`` for as it is."""

    names: tuple[str, ...]
    columns: tuple[str, ...]
    converters: tuple[Convert | None, ...]

    def represent(self, rows: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
        """JSON objects of rows that begin with ``columns``; what else they hold is left out."""
        names, changed = self.names, [(i, c) for i, c in enumerate(self.converters) if c is not None]
        found = []
        for row in rows:
            values = list(row)
            for index, convert in changed:
                if values[index] is not None:
                    values[index] = convert(values[index])
            found.append(dict(zip(names, values, strict=False)))
        return found


def utc_text(value: datetime) -> str:
    """ISO 8601 in UTC with ``Z``."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _identifier(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value


_plans: dict[tuple[type[Any], tuple[str, ...] | None], FieldPlan | None] = {}
MAX_PLANS = 512


def plan_of(serializer: type[Any], fields: tuple[str, ...] | None) -> FieldPlan | None:
    """The plan for ``serializer`` cut to ``fields``; ``None`` when it needs more than columns. Worked out once."""
    key = (serializer, fields)
    if key not in _plans:
        if len(_plans) >= MAX_PLANS:
            _plans.clear()
        _plans[key] = _compile(serializer, fields)
    return _plans[key]


def _compile(serializer: type[Any], fields: tuple[str, ...] | None) -> FieldPlan | None:
    model = getattr(getattr(serializer, "Meta", None), "model", None)
    if model is None or _is_customised(serializer):
        return None
    names, columns, converters = [], [], []
    for name, field in serializer().fields.items():
        if field.write_only or (fields is not None and name not in fields):
            continue
        found = _column(model, field)
        if found is None:
            return None
        column, stored = found
        names.append(name)
        columns.append(column)
        converters.append(_converter(field, stored))
    return FieldPlan(tuple(names), tuple(columns), tuple(converters))


def read(rows: QuerySet[Any], plan: FieldPlan, *extra: str) -> list[tuple[Any, ...]]:
    """Run the query for the plan's columns and ``extra`` ones behind them."""
    return list(rows.prefetch_related(None).values_list(*plan.columns, *extra))


def _is_customised(serializer: type[Any]) -> bool:
    if not issubclass(serializer, StrictMixin):
        return True
    return getattr(serializer, "to_representation", None) is not serializers.Serializer.to_representation


def _column(model: type[models.Model], field: Any) -> tuple[str, models.Field[Any, Any] | None] | None:
    """The ORM path of the field's source and the column there, if it is one concrete column behind forward keys.

    ``None`` for the column means an annotation of the selector's query: what the model does not know can be nothing else.
    """
    if not _is_plain(field):
        return None
    stored: Any = None
    for step in field.source_attrs:
        owner = model if stored is None else getattr(stored, "related_model", None)
        if owner is None:
            return None
        try:
            stored = owner._meta.get_field(step)
        except FieldDoesNotExist:
            is_annotation = len(field.source_attrs) == 1 and not hasattr(owner, step)
            return (step, None) if is_annotation else None
        if not getattr(stored, "concrete", False) or stored.many_to_many:
            return None
    if stored.is_relation and not isinstance(field, serializers.PrimaryKeyRelatedField):
        return None
    return "__".join(field.source_attrs), stored


def _is_plain(field: Any) -> bool:
    """Whether the field is one of DRF's own, with nothing about it that changes what it writes."""
    if type(field) not in (*_AS_IS, *_CONVERTED) or not field.source_attrs:
        return False
    own = vars(field)
    if "to_representation" in own or (isinstance(field, serializers.DateTimeField) and "format" in own):
        return False
    return not (isinstance(field, serializers.PrimaryKeyRelatedField) and field.pk_field is not None)


def _converter(field: Any, stored: models.Field[Any, Any] | None) -> Convert | None:
    """What DRF's field does to the value, where the stored value is not that already."""
    if isinstance(field, serializers.DateTimeField):
        return utc_text
    if isinstance(field, serializers.DateField):
        return date.isoformat
    if isinstance(field, (serializers.UUIDField, serializers.PrimaryKeyRelatedField)):
        return _identifier
    if isinstance(field, serializers.CharField):
        return None if isinstance(stored, (models.CharField, models.TextField)) else str
    if isinstance(field, serializers.IntegerField):
        return None if isinstance(stored, models.IntegerField) else int
    if isinstance(field, serializers.FloatField):
        return None if isinstance(stored, models.FloatField) else float
    return None
