"""Changing module settings with a trace: the kernel keeps the versions, here they are audited. Runs in a tenant's scope."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel import module_settings as store
from jiceng.kernel.errors import NotFound
from jiceng.kernel.models import ModuleSetting
from jiceng.kernel.registry import registry


class SettingVersionUnknown(NotFound):
    code = "setting_version_unknown"
    message = _("没有这个版本的设置。")


@transaction.atomic
def change_settings(*, module: str, values: dict[str, Any], expected_version: int, actor: Actor) -> ModuleSetting:
    """Store ``values`` as the next version. ``expected_version``: the one the editor saw, 0 for none.

    Raises ``NotFound`` (no such module), ``Invalid`` (by field), ``Conflict`` when somebody else was faster.
    """
    changes = store.preview(module, values)
    version = store.write(module, values, expected_version=expected_version, changed_by=actor.display_name)
    record(
        action="platform.settings.changed", actor=actor, target=module, target_label=_name(module),
        before={name: before for name, (before, _after) in changes.items()},
        after={name: after for name, (_before, after) in changes.items()}, note=f"v{version.version}",
    )  # fmt: skip
    return version


@transaction.atomic
def restore_settings(*, module: str, version: int, expected_version: int, actor: Actor) -> ModuleSetting:
    """Make an old version's values the newest version. Fields it did not know get their defaults.

    Raises ``SettingVersionUnknown``, ``Conflict``, and ``Invalid`` when the bounds have been tightened since.
    """
    if registry.get(module) is None:
        raise NotFound("没有这个功能模块。")
    values: dict[str, Any] = {}
    if version:
        old = ModuleSetting.objects.filter(module=module, version=version).first()
        if old is None:
            raise SettingVersionUnknown
        values = old.values
    return change_settings(
        module=module, values=complete_values(module, values), expected_version=expected_version, actor=actor
    )


def complete_values(module: str, stored: dict[str, Any]) -> dict[str, Any]:
    """Every field of the module's settings: the stored value, or its default."""
    defaults = dataclasses.asdict(registry.by_code[module].settings())
    return {name: stored.get(name, default) for name, default in defaults.items()}


def list_versions(module: str) -> list[ModuleSetting]:
    """All stored versions, newest first. Version 0, the defaults, is not stored."""
    return list(ModuleSetting.objects.filter(module=module).order_by("-version"))


def _name(module: str) -> str:
    return str(registry.by_code[module].name)
