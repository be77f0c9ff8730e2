"""What the platform knows of a person, what for, and who may see it: the list that people are owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..directory.rules import DECIDED, PHONE_CONSENT, Levels, current_levels
from ..directory.rules import FIELDS as LISTED
from ..fields import FIELDS
from ..models import Person, ViewerKind, Visibility
from .consents import stands_of
from .selectors import shown_values

IDENTITY = gettext_lazy("确认身份，建立和核对名册")
STAFF = gettext_lazy("人员管理和统计")
CONTACT = gettext_lazy("工作联系")
PURPOSES: Mapping[str, Any] = {
    "name": IDENTITY, "gender": STAFF, "ethnicity": STAFF, "birth_date": STAFF, "education": STAFF,
    "employee_number": IDENTITY, "id_kind": IDENTITY, "id_number": IDENTITY, "phone": CONTACT, "office_phone": CONTACT,
    "email": CONTACT, "work_start_date": STAFF, "hire_date": STAFF, "title": CONTACT,
    "is_listed": gettext_lazy("决定是否列入通讯录"),
}  # fmt: skip
# Where the directory shows a field under another name.
DIRECTORY_NAMES = {"birth_date": "birthday"}


@dataclass(frozen=True, slots=True)
class Known:
    """One field. ``value``: masked where sensitive. ``seen_by``: a sentence."""

    label: str
    value: str
    purpose: str
    seen_by: str


def known_of(person: Person) -> list[Known]:
    """Two queries."""
    levels, values = current_levels(), shown_values(person)
    if any(stand.purpose.code == PHONE_CONSENT and not stand.holds for stand in stands_of(person)):
        levels |= {("phone", audience): Visibility.HIDDEN for audience in DECIDED if audience != ViewerKind.OFFICERS}
    return [
        Known(str(field.label), values[code], str(PURPOSES[code]), _seen_by(code, levels))
        for code, field in FIELDS.items()
    ]


def _seen_by(code: str, levels: Levels) -> str:
    if code == "name":
        return _("通讯录中的所有成员、人员管理员")
    if FIELDS[code].is_sensitive:
        managers = _("人员管理员（默认只见部分，查看完整须写理由并留痕）")
    else:
        managers = _("人员管理员")
    listed = DIRECTORY_NAMES.get(code, code)
    if listed not in LISTED:
        return managers
    seen = [
        f"{ViewerKind(audience).label}（{Visibility(level).label}）"
        for audience in DECIDED
        if (level := levels[listed, audience]) != Visibility.HIDDEN
    ]
    return "、".join([*map(str, seen), managers])
