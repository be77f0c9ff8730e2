"""Query parameters: every one is declared, everything else is refused. Nothing here reaches the ORM unchecked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _
from rest_framework import serializers

from jiceng.kernel.errors import FieldError

from .errors import ParameterInvalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 100
MAX_TEXT = 200


class Filters(serializers.Serializer):  # type: ignore[type-arg]
    """Declares the filters of a list: one optional field each, named as the query parameter.

    ``source`` is the ORM lookup where it differs from the name: ``DateField(source="published_at__gte")``.
    ``help_text`` becomes the parameter's description in the OpenAPI document.
    """

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        for declared in fields.values():
            declared.required = False
            declared.allow_null = False
            if isinstance(declared, serializers.DateTimeField):
                declared.timezone = UTC
            if isinstance(declared, serializers.CharField) and declared.max_length is None:
                declared.max_length = MAX_TEXT
        return fields


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A list request, checked. ``ordering``: a field with ``-`` for descending. ``fields``: ``None`` for all."""

    limit: int = DEFAULT_LIMIT
    cursor: str = ""
    ordering: str = ""
    fields: tuple[str, ...] | None = None
    wants_count: bool = False
    updated_since: datetime | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)


def refuse_unknown(parameters: QueryDict, allowed: Iterable[str]) -> None:
    """Raise ``ParameterInvalid`` for parameters that are not ``allowed`` or stand there twice. Values are not echoed."""
    known = frozenset(allowed)
    faults = [_fault(name, "unknown_parameter", _("不认识的查询参数。")) for name in parameters if name not in known]
    faults += [
        _fault(name, "repeated_parameter", _("这个查询参数只能出现一次。"))
        for name, values in parameters.lists()
        if name in known and len(values) > 1
    ]
    if faults:
        raise ParameterInvalid(fields=faults)


def parse_fields(parameters: QueryDict, available: Iterable[str]) -> tuple[str, ...] | None:
    """``?fields=id,title``: the chosen names in their own order; ``None`` without the parameter."""
    if "fields" not in parameters:
        return None
    known = tuple(available)
    chosen = {name.strip() for name in str(parameters["fields"]).split(",") if name.strip()}
    if not chosen or not chosen.issubset(known):
        raise ParameterInvalid(fields=[_fault("fields", "unknown_field", _("含有不认识的字段名。"))])
    return tuple(name for name in known if name in chosen)


def parse_list(
    parameters: QueryDict, *, available: Iterable[str], orderings: tuple[str, ...], filters: type[Filters] | None
) -> ListQuery:
    """Check a list's parameters; unknown ones were refused before. Raises ``ParameterInvalid`` naming each fault."""
    if not parameters:
        return ListQuery(ordering=orderings[0])
    faults: list[FieldError] = []
    limit = _limit(parameters.get("limit"), faults)
    ordering = _ordering(parameters.get("ordering"), orderings, faults)
    include = parameters.get("include")
    if include not in (None, "count"):
        faults.append(_fault("include", "unknown_value", _("只能取值 count。")))
    since = _moment(parameters.get("updated_since"), faults)
    values = _filters(parameters, filters, faults)
    if faults:
        raise ParameterInvalid(fields=faults)
    return ListQuery(
        limit=limit, cursor=parameters.get("cursor", ""), ordering=ordering,
        fields=parse_fields(parameters, available), wants_count=include == "count", updated_since=since, filters=values,
    )  # fmt: skip


def _fault(name: str, code: str, message: str) -> FieldError:
    return FieldError(f"?{name[:100]}", code, message)


def _limit(raw: str | None, faults: list[FieldError]) -> int:
    if raw is None:
        return DEFAULT_LIMIT
    # str.isdigit() also accepts other scripts' digits.
    if raw.isascii() and raw.isdigit() and len(raw) <= 4 and 1 <= int(raw) <= MAX_LIMIT:
        return int(raw)
    faults.append(_fault("limit", "out_of_range", _("应为 1 至 %(limit)d 的整数。") % {"limit": MAX_LIMIT}))
    return DEFAULT_LIMIT


def _ordering(raw: str | None, allowed: tuple[str, ...], faults: list[FieldError]) -> str:
    """``allowed`` fields may be asked for in either direction; the first is the default."""
    if raw is None:
        return allowed[0]
    if raw.removeprefix("-") not in {name.removeprefix("-") for name in allowed} or raw.startswith("--"):
        faults.append(_fault("ordering", "unknown_value", _("不能按这个字段排序。")))
    return raw


def _moment(raw: str | None, faults: list[FieldError]) -> datetime | None:
    if raw is None:
        return None
    try:
        return _aware(raw).astimezone(UTC)
    except (ValueError, OverflowError):
        faults.append(_fault("updated_since", "invalid", _zone_needed()))
        return None


def _zone_needed() -> str:
    return _("应为带时区的时间，例如 2026-01-01T00:00:00Z。")


def _aware(raw: str) -> datetime:
    """An ISO time with its zone. Raises ``ValueError``. A "+" arrives as a space where the client did not encode it."""
    moment = parse_datetime(raw.replace(" ", "+") if raw.count(" ") == 1 and "T" in raw else raw)
    if moment is None or is_naive(moment):
        raise ValueError(raw[:40])
    return moment


def _filters(parameters: QueryDict, declared: type[Filters] | None, faults: list[FieldError]) -> Mapping[str, Any]:
    if declared is None:
        return {}
    serializer = declared(data={name: parameters[name] for name in parameters})
    fields: Mapping[str, Any] = serializer.fields
    given = [name for name in fields if name in parameters]
    before = len(faults)
    for name in given:
        if isinstance(fields[name], serializers.DateTimeField):
            try:
                _aware(str(parameters[name]))
            except ValueError:
                faults.append(_fault(name, "invalid", _zone_needed()))
    if not given or len(faults) > before:
        return {}
    if not serializer.is_valid():
        for name, messages in serializer.errors.items():
            faults.extend(_fault(name, getattr(item, "code", "invalid"), str(item)) for item in messages)
        return {}
    sources = {fields[name].source for name in given}
    return {source: value for source, value in serializer.validated_data.items() if source in sources}
