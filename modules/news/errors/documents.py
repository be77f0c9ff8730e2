"""Refusals about circulated documents."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, Invalid, NotFound


class CirculationMissing(NotFound):
    code = "news.circulation_not_found"
    message = _("这份文件没有发给这个组织。")


class AlreadySigned(Conflict):
    code = "news.already_signed"
    message = _("这个组织已经签收。")


class DocumentArchived(Conflict):
    code = "news.document_archived"
    message = _("文件已归档，不能再签收、批注或提醒。")


class NumberTaken(Conflict):
    code = "news.document_number_taken"
    message = _("已有相同文号或归档号的文件。")


class NobodyOutstanding(Conflict):
    code = "news.nobody_outstanding"
    message = _("所有组织都已签收，不需要提醒。")


class AllRemindedLately(Conflict):
    code = "news.all_reminded_lately"
    message = _("未签收的组织 24 小时内都提醒过，或已达三次上限，请改用电话联系。")


class OpinionInvalid(Invalid):
    code = "news.opinion_invalid"
    message = _("意见有误，请按提示修改。")
