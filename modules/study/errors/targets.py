"""Refusals around what a year asks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid


class PlanInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "study.plan_invalid"
    message = _("年度要求有误，请按提示修改。")


class PlanStale(Conflict):
    code = "study.plan_stale"
    message = _("年度要求刚被别人修改过，请刷新后重试。")


class NobodyToRemind(Conflict):
    code = "study.nobody_to_remind"
    message = _("没有可以提醒的人：都已达标、没有账号，或七天内提醒过。")
