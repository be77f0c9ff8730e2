"""Refusals about audiences. Codes are stable; sentences are for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Forbidden, Invalid


class AudienceInvalid(Invalid):
    """Carries one ``FieldError`` per faulty place."""

    code = "members.audience_invalid"
    message = _("发布范围有误，请按提示修改。")


class AudienceEmpty(Invalid):
    code = "members.audience_empty"
    message = _("没有选择接收人，或所选的范围内没有人，请重新选择。")


class AudienceOutOfReach(Forbidden):
    code = "members.audience_out_of_reach"
    message = _("发布范围超出了您的管理范围。")
