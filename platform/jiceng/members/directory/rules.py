"""Who sees which field of an entry: what holds by default, what a tenant says instead, what the person objects to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..models import ViewerKind, Visibility, VisibilityRule

FULL, MASKED, HIDDEN = Visibility.FULL, Visibility.MASKED, Visibility.HIDDEN
# Whose view a tenant decides; everybody sees all of their own entry.
DECIDED = (ViewerKind.OFFICERS, ViewerKind.SAME_UNIT, ViewerKind.MEMBERS)
# Withdrawn, it hides the phone from all but the person and those who hold a post.
PHONE_CONSENT = "directory_phone"

Levels = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class DirectoryField:
    """``officers``, ``same_unit``, ``members``: the default levels. ``masked_as``: what 部分隐藏 shows; ``""`` where there is none."""

    code: str
    label: Any
    officers: str = FULL
    same_unit: str = FULL
    members: str = FULL
    masked_as: Any = ""

    @property
    def levels(self) -> tuple[str, ...]:
        return (FULL, MASKED, HIDDEN) if self.masked_as else (FULL, HIDDEN)

    def default(self, audience: str) -> str:
        return str(getattr(self, audience))


FIELDS: Mapping[str, DirectoryField] = {
    field.code: field
    for field in (
        DirectoryField("phone", _("手机号码"), members=MASKED, masked_as=_("只显示前三位和后四位")),
        DirectoryField("office_phone", _("办公电话")),
        DirectoryField("email", _("电子邮箱"), members=HIDDEN, masked_as=_("只显示首字母和域名")),
        DirectoryField("title", _("职务")),
        DirectoryField("posts", _("组织任职")),
        DirectoryField("memberships", _("组织关系"), members=MASKED, masked_as=_("只显示所在组织，不显示身份")),
        DirectoryField("birthday", _("生日（月、日）"), members=HIDDEN),
    )
}


def default_levels() -> dict[tuple[str, str], str]:
    """(field, audience) -> level."""
    return {(code, audience): field.default(audience) for code, field in FIELDS.items() for audience in DECIDED}


def current_levels() -> dict[tuple[str, str], str]:
    """The defaults with the tenant's own word on them. One query."""
    levels = default_levels()
    for rule in VisibilityRule.objects.all():
        if (rule.field, rule.audience) in levels and rule.level in FIELDS[rule.field].levels:
            levels[rule.field, rule.audience] = rule.level
    return levels


def level_of(levels: Levels, field: str, audience: str, *, objects: bool = False) -> str:
    """What ``audience`` sees of ``field``. ``objects``: the person withdrew the consent to show the phone."""
    if audience == ViewerKind.SELF:
        return FULL
    if objects and field == "phone" and audience != ViewerKind.OFFICERS:
        return HIDDEN
    return levels[field, audience]
