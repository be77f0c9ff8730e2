"""Refusals about what members hand in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict


class ContributionsClosed(Conflict):
    code = "news.contributions_closed"
    message = _("这个栏目现在不接受投稿。")


class ContributionFixed(Conflict):
    code = "news.contribution_fixed"
    message = _("投稿已提交，不能再修改；审核中的可以先取回。")


class NotUnderReview(Conflict):
    code = "news.contribution_not_under_review"
    message = _("这篇投稿没有在审核，不能取回。")


class NotACase(Conflict):
    code = "news.not_a_case"
    message = _("只有好案例可以用作模板。")
