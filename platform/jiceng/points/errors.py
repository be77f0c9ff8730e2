"""Refusals around points."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class PointsInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "points.invalid"
    message = _("内容有误，请按提示修改。")


class PointsOff(Conflict):
    code = "points.off"
    message = _("积分没有启用。")


class EntryMissing(NotFound):
    code = "points.entry_not_found"
    message = _("没有找到这条积分记录。")


class EntryReversed(Conflict):
    code = "points.entry_reversed"
    message = _("这条积分已经收回，或本身就是收回的记录。")


class RulesStale(Conflict):
    code = "points.rules_stale"
    message = _("积分规则已被他人修改，请刷新后再编辑。")


class NothingChanged(Conflict):
    code = "points.nothing_changed"
    message = _("规则没有变化。")


class PersonMissing(NotFound):
    code = "points.person_not_found"
    message = _("没有找到这个人。")


class AppealMissing(NotFound):
    code = "points.appeal_not_found"
    message = _("没有找到这条申诉。")


class AppealOpen(Conflict):
    code = "points.appeal_open"
    message = _("您对这条积分的申诉还在处理中。")


class AppealAnswered(Conflict):
    code = "points.appeal_answered"
    message = _("这条申诉已经答复。")


class FlagMissing(NotFound):
    code = "points.flag_not_found"
    message = _("没有找到这条提示。")


class NotOnRoster(Conflict):
    code = "points.not_on_roster"
    message = _("您的账号还没有对应到成员名册，请联系管理员。")
