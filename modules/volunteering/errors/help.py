"""Refusals around requests for help."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Gone, Invalid, NotFound, TooMany


class HelpInvalid(Invalid):
    code = "volunteering.help_invalid"
    message = _("求助内容有误，请按提示修改。")


class HelpMissing(NotFound):
    code = "volunteering.help_not_found"
    message = _("没有找到这条求助，或它不对您开放。")


class HelpMoved(Conflict):
    code = "volunteering.help_moved"
    message = _("这条求助的状态已经变了，请刷新后再看。")


class HelpTaken(Conflict):
    code = "volunteering.help_taken"
    message = _("已经有志愿者认领了这条求助。")


class FormExpired(Conflict):
    code = "volunteering.form_expired"
    message = _("页面打开太久或已经失效，请刷新后重新填写。")


class LooksAutomatic(Conflict):
    code = "volunteering.looks_automatic"
    message = _("提交得太快了，请稍等几秒再提交。")


class TooManyRequests(TooMany):
    code = "volunteering.too_many_help_requests"
    message = _("求助提交得太多了，请稍后再试，紧急情况请直接打电话。")


class ReceiptUnknown(NotFound):
    code = "volunteering.receipt_unknown"
    message = _("回执号或查询码不对，请核对后重试。")


class ReceiptExpired(Gone):
    code = "volunteering.receipt_expired"
    message = _("页面已过期，请用回执号和查询码重新查询。")


class TooManyLookUps(TooMany):
    code = "volunteering.too_many_look_ups"
    message = _("查询得太频繁了，请稍后再试。")
