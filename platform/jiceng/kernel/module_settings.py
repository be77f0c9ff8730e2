"""Typed module settings: read anywhere in a tenant, written as numbered versions that are never changed.

The manifest's settings dataclass is the schema: unknown keys, wrong types and values out of bounds are refused.
"""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction

from .errors import Conflict, FieldError, Invalid, NotFound
from .models import ModuleSetting
from .registry import registry
from .text import clean

CACHE_SECONDS = 300
STALE = "设置已被他人修改，请刷新后重试。"


def read(module: str) -> Any:
    """The module's settings as an instance of its dataclass; fields never set have their defaults."""
    key = f"module-settings:{module}"
    values = cache.get(key)
    if values is None:
        latest = latest_version(module)
        values = latest.values if latest else {}
        cache.set(key, values, CACHE_SECONDS)
    return _build(_settings_type(module), values)


def latest_version(module: str) -> ModuleSetting | None:
    return ModuleSetting.objects.filter(module=module).order_by("-version").first()


def preview(module: str, values: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What ``values`` would change: field -> (before, after). Raises ``Invalid``; writes nothing."""
    checked = check(module, values)
    before = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(read(module)).items()}
    return {name: (before[name], after) for name, after in checked.items() if before[name] != after}


@transaction.atomic
def write(module: str, values: dict[str, Any], *, expected_version: int, changed_by: str) -> ModuleSetting:
    """Store a new version. ``expected_version``: the version the editor saw (0 for none).

    Raises ``Invalid`` and, when somebody else was faster, ``Conflict``.
    """
    checked = check(module, values)
    latest = latest_version(module)
    current = latest.version if latest else 0
    if current != expected_version:
        raise Conflict(STALE)
    merged = {**(latest.values if latest else {}), **checked}
    version = ModuleSetting(module=module, version=current + 1, values=merged, changed_by=changed_by)
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError as error:  # two editors at once: the unique number lets one of them win
        raise Conflict(STALE) from error
    transaction.on_commit(lambda: cache.delete(f"module-settings:{module}"))
    return version


def check(module: str, values: dict[str, Any]) -> dict[str, Any]:
    """Validate ``values`` against the module's dataclass. Raises ``Invalid`` naming every faulty field."""
    settings_type = _settings_type(module)
    fields = {field.name: field for field in dataclasses.fields(settings_type)}
    hints = typing.get_type_hints(settings_type)
    faults: list[FieldError] = []
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in fields:
            faults.append(FieldError(f"/{name}", "unknown_setting", f"没有名为“{name}”的设置项。"))
            continue
        try:
            checked[name] = _checked_value(value, hints[name], fields[name].metadata)
        except Invalid as error:
            faults.append(FieldError(f"/{name}", "invalid_setting", error.detail))
    if faults:
        raise Invalid("设置内容有误。", fields=faults)
    return checked


def _settings_type(module: str) -> type:
    manifest = registry.get(module)
    if manifest is None:
        raise NotFound("没有这个功能模块。")
    return manifest.settings


def _build(settings_type: type, values: dict[str, Any]) -> Any:
    hints = typing.get_type_hints(settings_type)
    known = {field.name for field in dataclasses.fields(settings_type)}
    restored = {
        name: tuple(value) if typing.get_origin(hints[name]) is tuple else value
        for name, value in values.items()
        if name in known
    }
    return settings_type(**restored)


def _checked_value(value: Any, kind: Any, metadata: Any) -> Any:
    if kind is bool:
        if not isinstance(value, bool):
            raise Invalid("请填写“是”或“否”。")
        return value
    if kind is int:
        return _checked_int(value, metadata)
    if kind is str:
        return _checked_str(value, metadata)
    return _checked_list(value, metadata)


def _checked_int(value: Any, metadata: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid("请填写整数。")
    low, high = metadata.get("minimum"), metadata.get("maximum")
    if low is not None and value < low:
        raise Invalid(f"不能小于 {low}。")
    if high is not None and value > high:
        raise Invalid(f"不能大于 {high}。")
    return value


def _checked_str(value: Any, metadata: Any) -> str:
    if not isinstance(value, str):
        raise Invalid("请填写文字。")
    text = clean(value)
    choices = [choice for choice, _label in metadata.get("choices", ())]
    if choices and text not in choices:
        raise Invalid("请从给出的选项中选择。")
    if len(text) > metadata.get("max_length", 200):
        raise Invalid(f"不能超过 {metadata['max_length']} 个字。")
    return text


def _checked_list(value: Any, metadata: Any) -> list[str]:
    if not isinstance(value, (list, tuple)) or len(value) > 200:
        raise Invalid("请填写不超过 200 项的列表。")
    return [_checked_str(item, metadata) for item in value]
