"""What an organisation says of itself: its name, colour and time zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.text import clean

from . import directory
from .context import platform_scope, tenant_scope
from .models import Tenant

# The colours that tokens.css knows and whose contrast is tested.
THEMES: Mapping[str, Any] = {"red": _("红"), "blue": _("蓝"), "green": _("绿")}
ZONES: Mapping[str, Any] = {
    "Asia/Shanghai": _("北京时间（UTC+8）"),
    "Asia/Urumqi": _("乌鲁木齐时间（UTC+6）"),
    "Asia/Hong_Kong": _("香港时间（UTC+8）"),
    "Asia/Macau": _("澳门时间（UTC+8）"),
}
NAME_LENGTH = 100


@transaction.atomic
def update_profile(*, tenant_id: object, name: str, theme: str, zone: str, actor: Actor) -> Tenant:
    """Change the organisation's profile; every process follows with its next request.

    Raises ``Invalid`` by field. Audited in the tenant: as a change, or as confirmed where nothing changed.
    """
    after = {"name": _checked_name(name), "theme": theme, "zone": zone}
    _check_choices(after)
    with platform_scope():
        tenant = Tenant.objects.select_for_update().get(pk=tenant_id)
        before = {field: getattr(tenant, field) for field in after}
        if before != after:
            Tenant.objects.filter(pk=tenant.pk).update(**after)
            tenant.refresh_from_db()
            directory.changed(tenant)
    with tenant_scope(tenant):
        record(
            action="platform.profile.confirmed" if before == after else "platform.profile.changed",
            actor=actor, target=str(tenant.id), target_label=tenant.name,
            before={field: value for field, value in before.items() if value != after[field]},
            after={field: value for field, value in after.items() if value != before[field]},
        )  # fmt: skip
    return tenant


def _checked_name(name: str) -> str:
    try:
        text = clean(name)
    except Invalid as error:
        raise Invalid(error.detail, fields=[FieldError("/name", "invalid", error.detail)]) from error
    if not text:
        raise Invalid(fields=[FieldError("/name", "required", "请填写单位名称。")])
    if len(text) > NAME_LENGTH:
        raise Invalid(fields=[FieldError("/name", "too_long", f"单位名称不能超过 {NAME_LENGTH} 个字。")])
    return text


def _check_choices(values: dict[str, str]) -> None:
    allowed = {"theme": THEMES, "zone": ZONES}
    faults = [
        FieldError(f"/{field}", "unknown_choice", "请从给出的选项中选择。")
        for field, choices in allowed.items()
        if values[field] not in choices
    ]
    if faults:
        raise Invalid(fields=faults)
