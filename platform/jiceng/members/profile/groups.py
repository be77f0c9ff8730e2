"""What can be asked for together: the fields that need approval, as people think of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Group:
    """``advice``: which evidence helps the approver."""

    code: str
    label: Any
    fields: tuple[str, ...]
    advice: Any
    icon: str


GROUPS: Mapping[str, Group] = {
    group.code: group
    for group in (
        Group("phone", _("手机号码"), ("phone",), _("一般不需要证明材料。"), "phone"),
        Group("name", _("姓名"), ("name",), _("请上传户口簿或身份证的照片。"), "user-round"),
        Group(
            "document", _("证件"), ("id_kind", "id_number"), _("请上传证件照片，可遮住与核对无关的内容。"), "id-card"
        ),
        Group("birth", _("出生日期"), ("birth_date",), _("请上传身份证或干部档案认定材料。"), "cake"),
        Group("basic", _("性别与民族"), ("gender", "ethnicity"), _("请上传身份证或户口簿的照片。"), "users"),
        Group(
            "work",
            _("参加工作时间"),
            ("work_start_date",),
            _("请上传劳动合同、报到证或组织人事部门的证明。"),
            "briefcase",
        ),
    )
}


def group_of(code: str) -> Group:
    """Raises ``NotFound``."""
    if code not in GROUPS:
        raise NotFound
    return GROUPS[code]
