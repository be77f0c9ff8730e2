"""Refusals around class hours."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class HoursInvalid(Invalid):
    """Carries one ``FieldError`` per faulty field."""

    code = "study.hours_invalid"
    message = _("学时登记有误，请按提示修改。")


class HoursMissing(NotFound):
    code = "study.hours_not_found"
    message = _("没有找到这条学时记录。")


class LearnerMissing(NotFound):
    code = "study.learner_not_found"
    message = _("没有找到这个人，或他不在您管理的组织内。")


class HoursReversed(Conflict):
    code = "study.hours_reversed"
    message = _("这条学时已经冲销，不能再次冲销。")
