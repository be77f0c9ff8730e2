"""Refusals of this module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class ReliefInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "rankings.invalid"
    message = _("内容有误，请按提示修改。")


class BoardsClosed(Conflict):
    code = "rankings.closed"
    message = _("减负模式已开启，不公开排行，请查看自己的进度。")


class UnitMissing(NotFound):
    code = "rankings.unit_not_found"
    message = _("没有找到这个组织的排行。")


class ReliefUnchanged(Conflict):
    code = "rankings.unchanged"
    message = _("减负模式已经是这个状态，请刷新页面。")


class NotOnRoster(Conflict):
    code = "rankings.not_on_roster"
    message = _("您的账号还没有对应到成员名册，请联系管理员。")
