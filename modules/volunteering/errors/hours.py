"""Refusals around hours and certificates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class HoursInvalid(Invalid):
    code = "volunteering.hours_invalid"
    message = _("时长有误，请按提示修改。")


class HoursMissing(NotFound):
    code = "volunteering.hours_not_found"
    message = _("没有找到这条时长记录。")


class HoursReversed(Conflict):
    code = "volunteering.hours_reversed"
    message = _("这条时长已经冲销，不能再改。")


class HoursTwice(Conflict):
    code = "volunteering.hours_twice"
    message = _("这个人这个班次的时长已经核实过了。")


class TooManyHours(Conflict):
    code = "volunteering.too_many_hours"
    message = _("同一个人一天的服务时长不能超过 24 小时。")


class NothingToVerify(Invalid):
    code = "volunteering.nothing_to_verify"
    message = _("请先勾选要核实的人。")


class NothingToCertify(Conflict):
    code = "volunteering.nothing_to_certify"
    message = _("还没有核实过的服务时长，暂时不能开具证明。")


class CertificateMissing(NotFound):
    code = "volunteering.certificate_not_found"
    message = _("没有找到这份证明，请核对编号。")


class CertificateInvalid(Invalid):
    code = "volunteering.certificate_invalid"
    message = _("请按提示修改。")


class CertificateRevoked(Conflict):
    code = "volunteering.certificate_revoked"
    message = _("这份证明已经撤销。")
